// What the person has named so far: one feature or several, with everything that may be done to them, and the way
// back and forth. Knows neither map nor page.
import { KINDS, SHAPES_MOST, RADIUS_MOST_M, blank, complete, enough, featuresOf, geojsonOf, idsOf, metresBetween } from './kinds.mjs';

const PLACES_MOST = 50, STEPS_MOST = 200, SAME_M = 0.05, RADIUS_LEAST_M = 0.5;

const spliced = (list, at, count, ...more) => [...list.slice(0, at), ...more, ...list.slice(at + count)];
const bounded = (metres) => Math.min(Math.max(metres, RADIUS_LEAST_M), RADIUS_MOST_M);

export class Place {
  // kinds: names of KINDS, the first is the one that is on; several: {min, max} or null.
  constructor(kinds, several = null) {
    Object.assign(this, { kinds, several, kind: kinds[0], features: [], current: null, past: [], future: [], listeners: [], serial: 0 });
    this.held = -1; // a vertex that was picked up: the next spot is where it goes
    this.descriptions = new Map(); // by id of a feature: typing is no step of the map, so undo leaves it alone
  }

  onChange(listener) { this.listeners.push(listener); }
  tell(what) { for (const listener of this.listeners) listener(what); }

  get feature() { return this.features.find(({ id }) => id === this.current) ?? null; }
  get empty() { return this.features.length === 0; }
  // What is being drawn right now.
  get sketch() {
    const { feature } = this;
    return feature && KINDS[feature.kind].closes && !feature.closed ? feature : null;
  }
  get most() { return this.several ? this.several.max ?? PLACES_MOST : 1; }
  get full() { return this.features.filter(complete).length >= this.most; }
  get complete() { return this.features.some(complete); }

  // ---- steps: each can be taken back ----

  get state() { return { features: this.features, current: this.current }; }

  step(what, next) {
    this.past.push(this.state);
    if (this.past.length > STEPS_MOST) this.past.shift();
    this.future = [];
    this.take(next);
    this.tell(what);
    return true;
  }

  take({ features, current }) {
    const worded = (each) => (this.descriptions.has(each.id) ? { ...each, description: this.descriptions.get(each.id) } : each);
    Object.assign(this, { features: features.map(worded), current, held: -1 });
    if (this.feature && this.kinds.includes(this.feature.kind)) this.kind = this.feature.kind;
  }

  travel(from, to, what) {
    if (from.length === 0) return false;
    to.push(this.state);
    this.take(from.pop());
    this.tell(what);
    return true;
  }

  undo() { return this.travel(this.past, this.future, 'undo'); }
  redo() { return this.travel(this.future, this.past, 'redo'); }

  // The features with one of them replaced, or taken away where there is nothing left of it.
  with(feature) {
    return { current: feature.id, features: this.features.map((each) => (each.id === feature.id ? feature : each)) };
  }
  without(id) {
    const features = this.features.filter((each) => each.id !== id);
    return { features, current: this.several ? null : features.at(-1)?.id ?? null };
  }
  // With a new one: instead of the one before where only one is asked for.
  plus(feature) {
    const fresh = { ...feature, id: ++this.serial }, others = this.several ? this.features.filter(complete) : [];
    return { features: [...others, fresh], current: fresh.id };
  }

  // ---- what the person does ----

  // Choosing a kind gives up an unfinished drawing, but nothing that is done.
  setKind(kind) {
    if (kind === this.kind || !this.kinds.includes(kind)) return;
    if (this.sketch) this.step('cleared', this.without(this.current));
    else if (this.several) this.current = null;
    this.held = -1;
    this.kind = kind;
    this.tell('kind');
  }

  // A spot on the map: a new point, the next vertex, the edge of a circle; "done" when it is the last one once more.
  // false where it cannot be: see refusal.
  add(at) {
    const { kind, feature, sketch } = this, row = KINDS[kind];
    if (this.held >= 0) return this.move(this.held, at);
    if (sketch) return this.draw(sketch, at);
    const same = !this.several && feature?.kind === kind;
    if (same && row.most === 1 && !row.round) return this.step('add', this.with({ ...feature, vertices: [[...at]], ids: [] }));
    if (same || (this.several && this.full)) return false;
    return this.step('add', this.plus({ ...blank(kind), vertices: [[...at]] }));
  }

  draw(sketch, at) {
    const row = KINDS[sketch.kind], last = sketch.vertices.at(-1);
    if (row.round) return metresBetween(last, at) >= SAME_M && this.setRadius(metresBetween(last, at), true);
    if (metresBetween(last, at) < SAME_M) return this.close(); // a double click
    if (sketch.vertices.length >= row.most) return false;
    return this.step('add', this.with({ ...sketch, vertices: [...sketch.vertices, [...at]] }));
  }

  // Why add said no.
  get refusal() { return this.sketch ? 'most' : this.several && this.full ? 'full' : 'closed'; }

  setRadius(metres, close = false) {
    const { feature } = this;
    if (!feature || !KINDS[feature.kind].round) return false;
    return this.step(close ? 'close' : 'radius', this.with({ ...feature, radius_m: bounded(metres), closed: true }));
  }

  close() {
    const { sketch } = this;
    return Boolean(sketch) && enough(sketch) && this.step('close', this.with({ ...sketch, closed: true }));
  }

  insert(index, at) {
    const { feature } = this;
    this.step('insert', this.with({ ...feature, vertices: spliced(feature.vertices, index, 0, [...at]) }));
  }

  hold(index) {
    this.held = index;
    this.tell('hold');
  }

  // The edge of a circle counts as its vertex 1. An address that is moved is a point.
  moved(index, at) {
    const { feature } = this;
    if (KINDS[feature.kind].round && index === 1) return this.with({ ...feature, radius_m: bounded(metresBetween(feature.vertices[0], at)) });
    const kind = feature.kind === 'address' ? 'point' : feature.kind;
    return this.with({ ...feature, kind, ids: [], vertices: spliced(feature.vertices, index, 1, [...at]) });
  }
  move(index, at) { return this.step('move', this.moved(index, at)); }

  // While a vertex is being dragged nothing is a step; the drop is one.
  grab() { this.grabbed = this.state; }
  drag(index, at) {
    const { features } = this.moved(index, at);
    this.features = features;
    this.tell('drag');
  }
  drop(index, at) {
    const dropped = this.moved(index, at);
    this.take(this.grabbed);
    return this.step('move', dropped);
  }
  letGo() { // the system took the pointer away
    this.take(this.grabbed);
    this.tell('drag');
  }

  remove(index) {
    const { feature } = this;
    if (!feature || !(index in feature.vertices)) return false;
    const rest = { ...feature, vertices: spliced(feature.vertices, index, 1) };
    if (rest.vertices.length === 0) return this.step('cleared', this.without(feature.id));
    return this.step('remove', this.with({ ...rest, closed: rest.closed && enough(rest) }));
  }
  removeLast() {
    const { feature } = this;
    if (!feature) return false;
    return KINDS[feature.kind].chosen ? this.toggle(feature.shapes.at(-1), feature.kind) : this.remove(feature.vertices.length - 1);
  }

  clear(id = this.current ?? this.features.at(-1)?.id) {
    return this.features.some((each) => each.id === id) && this.step('cleared', this.without(id));
  }

  // A ready feature: an address, a place that the server offered.
  put(feature) {
    if (this.several && this.full) return false;
    return this.step('add', this.plus({ ...blank(feature.kind), closed: true, ...feature }));
  }
  // What was offered instead: the same places, elsewhere.
  exchange(value) {
    const found = this.fitting(value), before = this.features.filter(complete);
    const features = found.map((each, i) => ({ ...each, id: before[i]?.id ?? ++this.serial }));
    return features.length > 0 && this.step('move', { features, current: this.several ? this.current : features[0].id });
  }

  // A parcel or a building: chosen, or chosen no more.
  toggle(shape, kind = this.kind) {
    const { feature } = this, on = feature?.kind === kind ? feature : null;
    if (!on) return !(this.several && this.full) && this.step('choose', this.plus({ ...blank(kind), closed: true, shapes: [shape] }));
    const rest = on.shapes.filter(({ ids }) => !ids.some((id) => shape.ids.includes(id)));
    if (rest.length < on.shapes.length) return rest.length === 0 ? this.step('unchoose', this.without(on.id)) : this.step('unchoose', this.with({ ...on, shapes: rest }));
    return idsOf(on).length < SHAPES_MOST && this.step('choose', this.with({ ...on, shapes: [...on.shapes, shape] }));
  }
  // What stood in the form as one geometry, told apart: nothing that the person did.
  refine(id, shapes) {
    const feature = this.features.find((each) => each.id === id);
    if (!feature) return;
    this.features = this.with({ ...feature, shapes }).features;
    this.tell('read');
  }

  select(id) {
    if (id === this.current || (this.sketch && !this.step('cleared', this.without(this.current)))) return;
    this.take({ features: this.features, current: id });
    this.tell('select');
  }

  describe(id, description) {
    this.descriptions.set(id, description);
    this.features = this.features.map((each) => (each.id === id ? { ...each, description } : each));
    this.tell('describe');
  }

  // ---- what is sent, and what comes back ----

  geojson() {
    const done = this.features.filter(complete);
    if (done.length === 0) return null;
    if (!this.several) return geojsonOf(done[0], true);
    return { type: 'FeatureCollection', features: done.map((each) => geojsonOf(each, false)) };
  }

  fitting(value) {
    const allowed = (kind) => this.kinds.includes(kind) || (kind === 'address' && this.kinds.includes('point'));
    return featuresOf(value).filter(({ kind }) => allowed(kind)).slice(0, this.most);
  }

  // Takes over a stored or typed value; false where it is not a place of an allowed kind.
  read(value) {
    const features = this.fitting(value).map((each) => ({ ...each, id: ++this.serial }));
    if (features.length === 0) return false;
    this.take({ features, current: this.several ? null : features[0].id });
    this.tell('read');
    return true;
  }
}
