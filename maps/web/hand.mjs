// What pointing at the map and pressing keys over it does to the place: the same for mouse, finger and keyboard,
// which points with the cross in the middle.
import { LineString, Point } from 'ol/geom.js';
import { addressAt, shapeAt } from './choose.mjs';
import { KINDS, circleAround, complete, geometryOf, metresBetween } from './kinds.mjs';
import { toleranceOf } from './marks.mjs';
import { t } from './texts.mjs';

const ZOOM_NEAR = 16, ZOOM_DRAW = 17, CROSS_PX = 14, GRASP_PX = 30;

export class Hand {
  // say(text): heard; tell(text): seen and heard; help(): the keys; measured(feature): sizes while the hand moves.
  constructor({ place, surface, marks, snap, say, tell, help, measured }) {
    Object.assign(this, { place, surface, marks, snap, say, tell, help, measured, asked: 0 });
    const { map } = surface;
    marks.snapped = (at) => this.snapped(at, CROSS_PX)?.at;
    map.on('click', ({ coordinate, pixel, originalEvent }) => this.click(coordinate, pixel, originalEvent));
    map.on('pointermove', ({ coordinate, pixel, dragging, originalEvent }) => {
      if (dragging || originalEvent.pointerType === 'touch') return;
      this.hover(coordinate, pixel, toleranceOf(originalEvent));
    });
    map.getViewport().addEventListener('pointerleave', () => this.rest());
    place.onChange((what) => { if (what !== 'drag') this.rest(); });
  }

  // Only what is drawn by its edges meets the edges of the map.
  snapped(at, tolerance) {
    const row = KINDS[this.place.feature?.kind ?? this.place.kind];
    return row.closes && this.place.kind !== 'route' ? this.snap.near(at, tolerance) : null;
  }

  // ---- the pointer ----

  click(coordinate, pixel, event) {
    const { place, marks } = this, tolerance = toleranceOf(event), { sketch, feature } = place;
    if (place.held >= 0) {
      this.put(coordinate, tolerance);
      return;
    }
    const vertex = feature && KINDS[feature.kind].closes ? marks.vertexAt(pixel, tolerance) : -1;
    if (sketch && vertex >= 0 && !KINDS[sketch.kind].round) {
      const last = vertex === sketch.vertices.length - 1, first = vertex === 0 && KINDS[sketch.kind].ring;
      if (last || first) place.close();
      return;
    }
    if (!sketch && vertex >= 0) {
      place.hold(vertex); // a tap takes a vertex, the next one puts it: dragging is not the only way
      return;
    }
    const other = place.several && !sketch && !KINDS[place.kind].chosen ? marks.featureAt(pixel, tolerance) : null;
    if (other && other.id !== place.current && (other.kind === place.kind || KINDS[other.kind].most === 1)) place.select(other.id);
    else this.put(coordinate, tolerance);
  }

  put(coordinate, tolerance = CROSS_PX) {
    const { place, surface } = this;
    if (KINDS[place.kind].chosen) return this.choose(coordinate);
    if (place.kind === 'address') return this.toNearestAddress(coordinate);
    const caught = this.snapped(coordinate, tolerance), first = place.feature?.vertices.length !== 1;
    this.caught = caught?.to;
    if (place.add(caught?.at ?? coordinate)) {
      // Put from afar it is only roughly there: come closer, so that it can be put right.
      if (first && place.feature?.vertices.length === 1 && surface.zoom < ZOOM_NEAR) surface.show(coordinate, ZOOM_DRAW);
      return true;
    }
    this.tell(t(`refused_${place.refusal}`, { most: place.refusal === 'most' ? KINDS[place.kind].most : place.most }));
    return false;
  }

  // The spot under the hand while it moves: the next edge, what it would meet, and how large it would be.
  hover(coordinate, pixel, tolerance) {
    const { place, marks, surface } = this, { sketch } = place;
    const grasp = marks.vertexAt(pixel, tolerance) >= 0 || Boolean(marks.middleAt(pixel, tolerance));
    surface.surface.classList.toggle('mapui__surface--over', grasp);
    const caught = grasp ? null : this.snapped(coordinate, tolerance);
    marks.show('catch', caught && (sketch || KINDS[place.kind].closes) ? new Point(caught.at) : null);
    if (sketch) this.stretch(caught?.at ?? coordinate);
  }

  stretch(to) {
    const { place: { sketch }, marks } = this, last = sketch.vertices.at(-1);
    if (KINDS[sketch.kind].round) {
      const radius_m = metresBetween(last, to);
      marks.show('rubber', radius_m > 0 ? circleAround(last, radius_m) : null);
      this.measured({ ...sketch, radius_m });
      return;
    }
    const ring = KINDS[sketch.kind].ring && sketch.vertices.length > 1;
    marks.show('rubber', new LineString(ring ? [last, to, sketch.vertices[0]] : [last, to]));
    this.measured({ ...sketch, vertices: [...sketch.vertices, to] });
  }

  rest() {
    this.marks.show('rubber', null);
    this.marks.show('catch', null);
    this.measured(null);
  }

  // ---- the keys ----

  key(event) {
    const { place } = this, { key } = event;
    if (key === 'Escape') return this.escape();
    const keys = {
      Enter: () => this.put(this.surface.center),
      ' ': () => this.put(this.surface.center),
      Backspace: () => (place.empty ? this.say(t('nothing_yet')) : place.removeLast()),
      Delete: () => (place.empty ? this.say(t('nothing_yet')) : place.clear()),
      '?': () => this.help(),
      s: () => this.toggleSnap(),
      m: () => this.grasp(),
      n: () => this.next(1),
      p: () => this.next(-1),
    };
    const work = keys[key.length === 1 ? key.toLowerCase() : key];
    work?.();
    return Boolean(work);
  }

  escape() {
    const { place } = this;
    if (place.held >= 0) place.hold(-1);
    else if (place.sketch) place.clear();
    else return false;
    return true;
  }

  // The cross has moved: what hangs on it moves along.
  moved() {
    const { place, surface } = this;
    if (place.sketch) this.stretch(this.snapped(surface.center, CROSS_PX)?.at ?? surface.center);
  }

  grasp() {
    const { place, marks, surface } = this;
    if (place.held >= 0) return this.put(surface.center);
    const { feature } = place, reach = GRASP_PX * surface.view.getResolution(), [x, y] = surface.center;
    const near = feature ? marks.handles(feature).map((at, i) => ({ i, far: Math.hypot(at[0] - x, at[1] - y) })).sort((a, b) => a.far - b.far)[0] : null;
    if (near && near.far <= reach) return place.hold(near.i);
    return this.say(t('nothing_to_move'));
  }

  next(step) {
    const { place, surface, marks } = this, all = place.features.filter(complete);
    if (all.length === 0) return this.say(t('nothing_yet'));
    const at = all.findIndex(({ id }) => id === place.current), first = step > 0 ? 0 : all.length - 1;
    const to = all[at < 0 ? first : (at + step + all.length) % all.length];
    if (to.id === place.current) place.tell('select');
    else place.select(to.id);
    return surface.fit(geometryOf(to, marks.paths.of(to)).getExtent(), 18);
  }

  toggleSnap() {
    this.snap.on = !this.snap.on;
    this.say(t(this.snap.on ? 'snap_on' : 'snap_off'));
    this.place.tell('tools');
  }

  // ---- what the map knows ----

  // Answers may come in any order; one that comes after the kind has been changed is not wanted any more.
  async ask(work, take) {
    const { place } = this, { kind } = place, asked = ++this.asked;
    this.tell(t('locating'));
    try {
      const found = await work();
      if (place.kind !== kind) return;
      if (found) take(found);
      else this.tell(t(`none_${kind}`));
    } catch {
      if (asked === this.asked) this.tell(t('locate_failed'));
    }
  }

  choose(at) {
    const { kind } = this.place;
    return this.ask(() => shapeAt(at, kind), (shape) => {
      this.label = shape.label;
      if (!this.place.toggle(shape, kind)) this.tell(t(this.place.full ? 'refused_full' : 'refused_shapes', { most: this.place.most }));
    });
  }

  toNearestAddress(at) {
    return this.ask(() => addressAt(at), ({ ids, label, at: there }) => {
      this.label = label;
      if (!this.place.put({ kind: 'address', ids, vertices: [there] })) this.tell(t('refused_full', { most: this.place.most }));
    });
  }
}
