// The place picker: makes a location field into a map with a search, buttons, a list of vertices and words.
// The form keeps one input with the GeoJSON; the server judges it as if it had been typed.
import { fromLonLat } from 'ol/proj.js';
import { boundingExtent } from 'ol/extent.js';
import { Check } from './check.mjs';
import { button, debounce, h, iconButton, icons, uniqueId } from './dom.mjs';
import { lonLat, Place, readCoordinates } from './place.mjs';
import { Marks } from './marks.mjs';
import { Search } from './search.mjs';
import { Surface } from './surface.mjs';
import { lang, number, t } from './texts.mjs';

const ZOOM_PLACE = 18, ZOOM_NEAR = 16, ACCURATE_M = 50;

// What stands in a data attribute or an input as JSON; null where it is none.
const object = (text) => {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
};

export class Picker {
  constructor(box) {
    this.box = box;
    this.field = box.closest('.place');
    this.plain = this.field.querySelector('[data-plain]');
    this.id = box.dataset.picker;
    this.store = this.plain.querySelector(`textarea[name="${CSS.escape(box.dataset.name)}"]`);
    this.place = new Place(object(box.dataset.kinds) ?? []);
    this.takeOver();
    this.build();
    this.restore();
    addEventListener('pageshow', ({ persisted }) => { if (persisted || this.place.empty) this.restore(); });
  }

  // What serves without scripts goes, except for the one input that is sent.
  takeOver() {
    const words = this.plain.querySelector(`[name="${CSS.escape(this.id)}.q"]`);
    const chosen = this.plain.querySelector(`[name="${CSS.escape(this.id)}.address"]:checked`);
    this.query = words?.value ?? '';
    this.invalid = words?.getAttribute('aria-invalid') === 'true';
    this.chosenLabel = chosen && this.plain.querySelector(`label[for="${CSS.escape(chosen.id)}"]`)?.textContent;
    this.hidden = h('input', { type: 'hidden', name: this.store.name, value: this.store.value });
    this.plain.replaceWith(this.hidden);
  }

  build() {
    const { box, field, id, place } = this;
    this.live = h('div', { class: 'sr', role: 'status', 'aria-live': 'polite' });
    this.say = debounce(120, (text) => { this.live.textContent = text; });
    const help = uniqueId('map-help'), mapBox = h('div');
    this.search = new Search({
      id: `field-${id}`, label: t('search'), value: this.query, invalid: this.invalid, describedBy: field.getAttribute('aria-describedby'),
      chosen: (feature) => this.toAddress(feature), say: (text) => this.say(text),
    });
    this.kinds = h('div', { class: 'picker__tools', role: 'group', 'aria-label': t('kinds') });
    this.tools = h('div', { class: 'picker__tools', role: 'group', 'aria-label': t('tools') });
    this.measure = h('p', { class: 'picker__measure' });
    this.corners = h('ol', { class: 'corners' });
    this.cornersBox = h('details', { class: 'more', hidden: true }, h('summary', {}, t('corners')), this.corners);
    const words = field.querySelector('[data-words]'), drawn = place.kinds.some((kind) => kind !== 'point');
    // Above the map nothing may come and go, or the map would slip away under the finger.
    box.replaceChildren(this.search.element, this.kinds, mapBox, this.measure, this.tools, words,
      h('p', { class: 'hint picker__help', id: help }, t(drawn ? 'help_area' : 'help_point'), ' ', h('span', { class: 'picker__keys' }, t(drawn ? 'keys_area' : 'keys_point'))),
      this.cornersBox, this.typed(), this.live);
    box.hidden = false;
    this.surface = new Surface(mapBox, { label: `${t('map')}: ${box.dataset.label}`, help, keys: (event) => this.key(event), zoomTo: () => this.zoomTo() });
    this.surface.moved = debounce(600, () => this.underCross());
    this.gps = iconButton(t('gps'), icons.gps, { onclick: () => this.toMe() });
    this.surface.tools.append(this.gps);
    this.marks = new Marks(this.surface.map, place);
    this.check = new Check({ form: box.closest('form'), field: id, box: words, said: (text) => this.say(text) });
    this.surface.map.on('click', ({ coordinate, pixel, originalEvent }) => this.click(coordinate, pixel, originalEvent));
    place.onChange((what) => this.changed(what));
    // What the agenda says of a place hangs on other answers too: the days, the purpose.
    box.closest('form').addEventListener('change', ({ target }) => {
      if (!box.contains(target) && target !== this.hidden && place.complete) this.check.soon();
    });
    this.drawTools();
  }

  // ---- what the person does ----

  click(coordinate, pixel, { pointerType }) {
    const { place } = this, tolerance = pointerType === 'touch' ? 24 : 14;
    const vertex = place.kind === 'point' ? -1 : this.marks.vertexAt(pixel, tolerance);
    if (vertex === 0 && place.kind === 'area' && place.close()) return;
    if (vertex === place.vertices.length - 1 && vertex > 0 && place.kind === 'line' && place.close()) return;
    if (vertex < 0) this.put(coordinate);
  }

  put(coordinate) {
    if (this.place.add(coordinate)) {
      // Put from afar it is only roughly there: come closer, so that it can be put right.
      if (this.place.vertices.length === 1 && this.surface.zoom < ZOOM_NEAR) this.surface.show(coordinate, ZOOM_NEAR + 1);
      return;
    }
    if (this.place.closed) this.say(t('already_closed'));
  }

  key(event) {
    const { place } = this;
    const keys = {
      Enter: () => this.put(this.surface.center),
      Backspace: () => (place.empty ? this.say(t('nothing_yet')) : place.removeLast()),
      Delete: () => place.clear(),
      Escape: () => place.drawing && place.clear(),
    };
    if (!keys[event.key] || (event.key === 'Escape' && !place.drawing)) return false;
    keys[event.key]();
    return true;
  }

  toAddress({ geometry, properties }) {
    const at = fromLonLat(geometry.coordinates);
    this.surface.show(at, properties.kind === 'street' ? 16 : ZOOM_PLACE);
    if (this.place.kind === 'point' && properties.kind !== 'street') this.place.add(at);
    else this.say(t(this.place.kind === 'point' ? 'street_shown' : 'address_shown', { label: properties.label }));
  }

  toMe() {
    if (!navigator.geolocation) {
      this.tell(t('gps_none'));
      return;
    }
    this.gps.setAttribute('aria-busy', 'true');
    this.tell(t('gps_wait'));
    navigator.geolocation.getCurrentPosition(({ coords: { longitude, latitude, accuracy } }) => {
      this.gps.removeAttribute('aria-busy');
      const at = fromLonLat([longitude, latitude]), metres = number(Math.max(1, Math.round(accuracy)));
      this.surface.show(at, accuracy > ACCURATE_M ? 16 : ZOOM_PLACE);
      if (accuracy > ACCURATE_M || this.place.kind !== 'point') this.tell(t('gps_rough', { metres }));
      else {
        this.place.add(at);
        this.tell(t('gps_done', { metres }));
      }
    }, ({ code }) => {
      this.gps.removeAttribute('aria-busy');
      this.tell(t(code === 1 ? 'gps_denied' : 'gps_failed'));
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 });
  }

  // Coordinates typed by hand add to the place like a click.
  typed() {
    const id = `field-${this.id}-coordinates`, hint = uniqueId('hint');
    const input = h('input', { id, class: 'input', type: 'text', inputmode: 'text', autocomplete: 'off', 'aria-describedby': hint });
    const use = () => {
      const at = readCoordinates(input.value);
      if (!at) {
        this.tell(t('coordinates_wrong'));
        return;
      }
      this.surface.show(fromLonLat(at), ZOOM_PLACE);
      this.put(fromLonLat(at));
      input.value = '';
    };
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      use();
    });
    return h('details', { class: 'more' }, h('summary', {}, t('coordinates')),
      h('label', { class: 'label label--small', for: id }, t('coordinates_label')),
      h('p', { class: 'hint', id: hint }, t('coordinates_hint')),
      h('div', { class: 'place__row' }, input, h('button', { type: 'button', class: 'button button--plain', onclick: use }, t('coordinates_use'))));
  }

  // ---- what follows from it ----

  changed(what) {
    const { place } = this, geojson = place.geojson();
    this.drawMeasure();
    if (what === 'drag') return;
    this.hidden.value = geojson ? JSON.stringify(geojson) : '';
    if (what !== 'read') history.replaceState({ ...history.state, [this.memory]: this.hidden.value }, '');
    this.drawTools();
    this.drawCorners();
    if (what !== 'read') {
      this.hidden.dispatchEvent(new Event('change', { bubbles: true }));
      this.speak(what);
    }
    if (geojson) this.check.soon({ quiet: what === 'read' });
    else this.check.clear();
  }

  speak(what) {
    const { place } = this, count = place.vertices.length;
    const size = place.area_m2() > 0 ? `, ${t('area_m2', { area: number(place.area_m2(), place.area_m2() < 100 ? 1 : 0) })}` : '';
    const said = {
      add: place.kind === 'point' ? t('point_set') : t('vertex_added', { count }) + size,
      insert: t('vertex_added', { count }),
      move: t('moved') + size,
      remove: t('vertex_removed', { count }),
      close: t(place.kind === 'area' ? 'area_done' : 'line_done') + size,
      clear: t('cleared'),
      undo: t('undone', { count }),
      kind: t(`start_${place.kind}`),
    };
    if (said[what]) this.say(said[what]);
  }

  tell(text) { // seen and heard
    this.message = text;
    this.drawMeasure();
    this.say(text);
  }

  drawMeasure() {
    const { place } = this, parts = [];
    const area = place.area_m2(), length = place.length_m();
    if (area > 0) parts.push(h('strong', {}, t('area_m2', { area: number(area, area < 100 ? 1 : 0) })));
    if (length > 0) parts.push(h('strong', {}, t('length_m', { length: number(length) })));
    if (place.drawing) parts.push(h('span', {}, t(place.enough ? 'finish_hint' : 'more_vertices', { count: place.vertices.length })));
    if (this.message) parts.push(h('span', {}, this.message));
    this.message = '';
    this.measure.replaceChildren(...parts.flatMap((part, i) => (i > 0 ? [' · ', part] : [part])));
    this.measure.hidden = parts.length === 0;
  }

  // The buttons that make sense now. One that goes while it has the focus gives it to the map.
  drawTools() {
    const { place } = this;
    const both = [this.kinds, this.tools];
    const focused = both.some((each) => each.contains(document.activeElement)) ? document.activeElement.dataset.tool : null;
    const tool = (name, text, path, onclick, more = {}) => button(text, path, { 'data-tool': name, onclick, ...more });
    const kinds = place.kinds.length > 1
      ? place.kinds.map((kind) => tool(`kind-${kind}`, t(`kind_${kind}`), icons[kind], () => place.setKind(kind), { 'aria-pressed': String(kind === place.kind) })) : [];
    this.kinds.replaceChildren(...kinds);
    this.tools.replaceChildren(...[
      place.kind !== 'point' && place.enough && !place.closed ? tool('done', t('done'), icons.done, () => place.close(), { class: 'tool tool--main' }) : null,
      place.past.length > 0 ? tool('undo', t('undo'), icons.undo, () => place.undo()) : null,
      !place.empty ? tool('clear', t(place.kind === 'point' ? 'clear_point' : 'clear'), icons.clear, () => place.clear()) : null,
    ].filter(Boolean));
    for (const each of both) each.hidden = each.childElementCount === 0;
    if (focused) (both.map((each) => each.querySelector(`[data-tool="${focused}"]`)).find(Boolean) ?? this.surface.surface).focus();
  }

  drawCorners() {
    const { place } = this, { corners } = this;
    const focused = corners.contains(document.activeElement);
    this.cornersBox.hidden = place.kind === 'point' || place.empty;
    corners.replaceChildren(...(place.kind === 'point' ? [] : place.vertices).map((vertex, i) => {
      const [lon, lat] = lonLat(vertex);
      return h('li', {}, h('span', { class: 'corners__at' }, `${number(lat, 5)}, ${number(lon, 5)}`),
        h('button', { type: 'button', class: 'as-link', 'aria-label': t('corner_show', { count: i + 1 }), onclick: () => this.surface.show(vertex, ZOOM_PLACE) }, t('corner_show_short')),
        h('button', { type: 'button', class: 'as-link', 'aria-label': t('corner_remove', { count: i + 1 }), onclick: () => place.remove(i) }, t('corner_remove_short')));
    }));
    if (focused) (corners.querySelector('button') ?? this.surface.surface).focus();
  }

  // What lies under the cross, for those who steer by keys and cannot see it.
  async underCross() {
    const [lon, lat] = lonLat(this.surface.center), asked = (this.crossAsked = (this.crossAsked ?? 0) + 1);
    try {
      const answer = await fetch(`/api/v1/locate?${new URLSearchParams({ lon, lat, lang })}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || asked !== this.crossAsked) return;
      const { address, district } = await answer.json();
      const where = [address?.text, district?.name].filter(Boolean).join(', ');
      if (where) this.say(t('under_cross', { where }));
    } catch { /* the words are a help, the map works without them */ }
  }

  // ---- coming back ----

  // After a reload or a step back the place stands where it was left: kept with this entry of the history, since
  // browsers bring back only inputs that came with the page.
  get memory() { return `place:${this.id}`; }

  restore() {
    const kept = history.state?.[this.memory];
    if (kept !== undefined) this.hidden.value = kept;
    const typed = this.hidden.value ? readCoordinates(this.hidden.value) : null;
    const value = object(this.hidden.value) ?? (typed ? { type: 'Point', coordinates: typed } : kept === undefined ? object(this.box.dataset.geojson) : null);
    if (this.chosenLabel) this.search.input.value = this.chosenLabel.trim();
    if (value && this.place.read(value)) this.zoomTo();
  }

  zoomTo() {
    const { vertices } = this.place, begin = object(this.box.dataset.view);
    if (vertices.length === 0 && begin) this.surface.show(fromLonLat([begin.lon, begin.lat]), begin.zoom);
    if (vertices.length === 0) return Boolean(begin);
    this.surface.fit(boundingExtent(vertices), ZOOM_PLACE);
    return true;
  }
}
