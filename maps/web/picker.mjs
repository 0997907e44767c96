// The place picker: makes a location field into a map with a search, buttons, a list of what is drawn and words.
// The form keeps one input with the GeoJSON; the server judges it as if it had been typed.
import { createEmpty, extend, isEmpty } from 'ol/extent.js';
import { fromLonLat } from 'ol/proj.js';
import { Check } from './check.mjs';
import { partsOf, wordsAt } from './choose.mjs';
import { readCoordinates } from './coordinates.mjs';
import { debounce, h, iconButton, icons, uniqueId } from './dom.mjs';
import { Hand } from './hand.mjs';
import { findMe } from './here.mjs';
import { KINDS, complete, enough, geometryOf, offered } from './kinds.mjs';
import { List } from './list.mjs';
import { Marks } from './marks.mjs';
import { Memory, object } from './memory.mjs';
import { Place } from './place.mjs';
import { Paths } from './route.mjs';
import { Search } from './search.mjs';
import { Sheet } from './sheet.mjs';
import { sizesOf } from './sizes.mjs';
import { Snap } from './snap.mjs';
import { voice, wordsOf } from './speech.mjs';
import { Surface } from './surface.mjs';
import { t } from './texts.mjs';
import { Tools } from './tools.mjs';
import { coordinates, photo, radius } from './ways.mjs';
import { breathe } from './when.mjs';

const ZOOM_PLACE = 18, ZOOM_STREET = 16, STILL_MS = 600;
const WIDE = ['street', 'part', 'place']; // what the search finds that is no spot

// Layers of which the place is to be one: shown from the beginning.
const layersOf = (rules) => (Array.isArray(rules) ? rules : []).filter(({ rule }) => rule === 'feature').map(({ layer }) => layer);

export class Picker {
  constructor(box) {
    const { dataset } = box, asked = object(dataset.kinds) ?? [];
    this.box = box;
    this.field = box.closest('.place');
    this.form = box.closest('form');
    this.plain = this.field.querySelector('[data-plain]');
    this.id = dataset.picker;
    this.asked = asked;
    this.place = new Place(offered(asked), object(dataset.several));
    this.paths = new Paths(() => this.place.tell('path'));
    this.memory = new Memory(this.id);
  }

  // In pieces: the map, what is around it in place of what served until now, and what was named already.
  static async start(box) {
    const picker = new Picker(box);
    picker.makeMap();
    await breathe();
    const typing = picker.plain.contains(document.activeElement);
    picker.takeOver();
    picker.build();
    if (typing) picker.goOn();
    await breathe();
    picker.restore();
    addEventListener('pageshow', ({ persisted }) => { if (persisted || picker.place.empty) picker.restore(); });
  }

  // Who was just typing into what is gone goes on in the search.
  goOn() {
    const { input } = this.search;
    input.focus();
    if (input.value) input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  // What serves without scripts goes, except for the one input that is sent.
  takeOver() {
    const { plain, box } = this, store = plain.querySelector(`input[name="${CSS.escape(box.dataset.name)}"]`);
    const words = plain.querySelector(`[name="${CSS.escape(this.id)}.q"]`);
    const chosen = plain.querySelector(`[name="${CSS.escape(this.id)}.address"]:checked`);
    this.query = words?.value ?? '';
    this.invalid = words?.getAttribute('aria-invalid') === 'true';
    this.chosenLabel = chosen && plain.querySelector(`label[for="${CSS.escape(chosen.id)}"]`)?.textContent;
    this.hidden = h('input', { type: 'hidden', name: store.name, value: store.value });
    plain.replaceWith(this.hidden);
    this.field.querySelector('.offers')?.remove(); // offered again with the words
  }

  makeMap() {
    this.mapBox = h('div');
    this.helpId = uniqueId('map-help');
    this.surface = new Surface(this.mapBox, { label: `${t('map')}: ${this.box.dataset.label}`, help: this.helpId, keys: (event) => this.hand.key(event), zoomTo: () => this.zoomTo(), wanted: layersOf(object(this.box.dataset.rules)) });
  }

  build() {
    const { box, field, place, paths, id, mapBox, helpId: help } = this, words = field.querySelector('[data-words]');
    this.live = h('div', { class: 'sr', role: 'status', 'aria-live': 'polite' });
    this.say = voice(this.live);
    this.search = new Search({
      id: `field-${id}`, label: t('search'), value: this.query, invalid: this.invalid, describedBy: field.getAttribute('aria-describedby'),
      chosen: (feature) => this.toAddress(feature), say: (text) => this.say(text),
    });
    this.tools = new Tools(place, {
      finish: () => place.close(), undo: () => this.travel('undo'), redo: () => this.travel('redo'), clear: () => place.clear() || this.say(t('nothing_yet')),
      snap: () => this.hand.toggleSnap(), keys: () => this.showKeys(), another: () => this.another(),
    });
    this.list = new List({
      place, paths, describe: box.dataset.describe !== undefined, surface: this.surface.surface,
      show: (what) => this.show(what), pick: (index) => this.pick(index),
    });
    this.measure = h('p', { class: 'bar__measure' });
    this.radius = radius(`field-${id}-radius`, (metres) => place.setRadius(metres));
    this.help = h('p', { class: 'hint picker__help', id: help });
    const ways = { put: (at) => this.putAt(at), tell: (text) => this.tell(text) };
    // Above the map nothing may come and go, or the map would slip away under the finger.
    const sheet = h('div', { class: 'picker__sheet' }, words, this.list.places, this.help, this.list.cornersBox, coordinates(`field-${id}-coordinates`, ways), photo(`field-${id}-photo`, ways));
    box.replaceChildren(h('div', { class: 'picker__find' }, this.search.element, this.tools.kinds),
      h('div', { class: 'picker__stage' }, mapBox, h('div', { class: 'bar' }, h('div', { class: 'bar__line' }, this.measure, this.radius), this.tools.bar)), sheet, this.live);
    box.hidden = false;
    this.gps = iconButton(t('gps'), icons.gps, { onclick: () => this.toMe() });
    this.surface.tools.append(this.gps, iconButton(t('whole_city'), icons.city, { onclick: () => this.surface.whole() }));
    this.sheet = new Sheet({ box, surface: this.surface, element: sheet, closed: () => this.memory.write(this.hidden.value) });
    this.marks = new Marks(this.surface.map, place, paths);
    this.snap = new Snap(this.surface.map);
    this.hand = new Hand({
      place, surface: this.surface, marks: this.marks, snap: this.snap, say: (text) => this.say(text), tell: (text) => this.tell(text),
      help: () => this.showKeys(), measured: (feature) => this.drawMeasure(feature),
    });
    this.check = new Check({ form: this.form, field: id, box: words, said: (text) => this.say(text, 'facts'), use: (answers) => this.useInstead(answers), wrong: (indices) => this.list.mark(indices) });
    this.listen();
    this.draw();
  }

  listen() {
    const { box, place, form } = this, still = debounce(STILL_MS, () => this.underCross());
    this.surface.moved = () => {
      this.hand.moved();
      still();
    };
    place.onChange((what) => this.changed(what));
    box.addEventListener('keydown', (event) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches('input, textarea') || (key !== 'z' && key !== 'y')) return;
      event.preventDefault();
      this.travel(key === 'y' || event.shiftKey ? 'redo' : 'undo');
    });
    // What the agenda says of a place hangs on other answers too: the days, the purpose.
    form.addEventListener('change', ({ target }) => {
      if (!box.contains(target) && target !== this.hidden && place.complete) this.check.soon();
    });
    // Who goes on with a drawing that only lacks "done" means it.
    form.addEventListener('submit', () => {
      place.close();
      this.memory.write();
    });
  }

  // ---- what the person does ----

  travel(way) { if (!this.place[way]()) this.say(t(`${way}_none`)); }

  another() {
    this.place.select(null);
    this.tell(t(`help_${this.place.kind}`));
  }

  async showKeys() {
    const { showKeys } = await import('./keys.mjs');
    showKeys(this.place.kinds.some((kind) => KINDS[kind].closes), Boolean(this.place.several));
  }

  show(what) {
    if (Array.isArray(what)) {
      this.surface.show(what, ZOOM_PLACE);
      return;
    }
    if (this.place.several) this.place.select(what.id);
    this.surface.fit(geometryOf(what, this.paths.of(what)).getExtent(), ZOOM_PLACE);
  }

  pick(index) {
    this.surface.show(this.place.feature.vertices[index], ZOOM_PLACE);
    this.place.hold(index);
    this.surface.surface.focus();
  }

  // A spot that was named, not pointed at: the map goes there, and it counts as pointed at.
  putAt(at) {
    this.surface.show(at, ZOOM_PLACE);
    this.hand.put(at, 0);
  }

  // What the search found: the place itself, a stop of a route, or only where to draw.
  toAddress({ id, geometry, properties: { kind, label } }) {
    const { place, surface, marks, hand } = this, at = fromLonLat(geometry.coordinates), row = KINDS[place.kind];
    const wide = WIDE.includes(kind); // found, but where in it?
    const spot = row.most === 1 && !row.round, address = kind === 'address' && this.asked.includes('address');
    surface.show(at, wide ? ZOOM_STREET : ZOOM_PLACE);
    hand.label = label;
    if (!wide && spot && (address || place.kind === 'point')) {
      const found = { kind: address ? 'address' : 'point', ids: address ? [String(id)] : [], vertices: [at] };
      if (!place.put(found)) this.tell(t('refused_full', { most: place.most }));
    } else if (!wide && (spot || place.kind === 'route' || place.kind === kind)) hand.put(at, 0);
    else {
      marks.show('found', geometryOf({ kind: 'point', vertices: [at] }));
      this.say(t(wide ? (kind === 'street' ? 'street_shown' : 'place_shown') : 'address_shown', { label }));
    }
  }

  toMe() {
    const { surface, marks, place } = this;
    findMe({ button: this.gps, surface, marks, tell: (text) => this.tell(text), found: (at, exact) => exact && place.kind === 'point' && place.add(at) });
  }

  // What the server offered: a place, or answers of other fields such as the days.
  useInstead(answers) {
    for (const [id, value] of Object.entries(answers)) {
      const input = this.form.querySelector(`[data-field="${CSS.escape(id)}"] input`);
      if (id === this.id) {
        if (!this.place.exchange(value)) return;
        this.zoomTo();
      } else if (input) {
        input.value = value;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }
    }
    this.tell(t('offer_used'));
  }

  // ---- what follows from it ----

  changed(what) {
    const { place } = this;
    if (what === 'drag') {
      this.drawMeasure(place.feature);
      return;
    }
    this.draw(what);
    if (what === 'read' || !['kind', 'select', 'hold', 'tools', 'path'].includes(what)) this.kept(what);
    const said = wordsOf(what, { place, paths: this.paths, caught: this.hand.caught, label: this.hand.label });
    this.hand.caught = null;
    if (what === 'close') this.marks.show('found', null);
    if (said) this.say(said);
    this.paths.ask(place.feature);
  }

  // The value has changed: the form has it, the page remembers it, the server is asked about it.
  kept(what) {
    const { place, hidden } = this, geojson = place.geojson(), value = geojson ? JSON.stringify(geojson) : '';
    hidden.value = value;
    if (what !== 'read') {
      this.memory.keep(value);
      hidden.dispatchEvent(new Event('change', { bubbles: true }));
    }
    if (what === 'describe') return;
    if (geojson) this.check.soon({ quiet: what === 'read' });
    else this.check.clear();
  }

  draw(what) {
    const { place } = this;
    this.tools.draw(this.snap.on, this.surface.surface);
    if (what !== 'describe') this.list.draw();
    if (place.several) this.aboutOne();
    this.drawMeasure();
    this.help.replaceChildren(t(`help_${place.kind}`), ' ', h('span', { class: 'picker__keys' }, t('keys_short')));
    const round = place.feature && KINDS[place.feature.kind].round;
    this.radius.hidden = !round;
    const input = this.radius.querySelector('input');
    if (round && document.activeElement !== input) input.value = place.feature.radius_m > 0 ? String(Math.round(place.feature.radius_m * 10) / 10) : '';
  }

  // Of several places the words are about the chosen one.
  aboutOne() {
    const { feature, features } = this.place, index = feature && complete(feature) ? features.filter(complete).indexOf(feature) : null;
    this.check.about(index, index === null ? '' : t('place_number', { count: index + 1, kind: t(`kind_${feature.kind}_one`) }));
  }

  tell(text) { // seen and heard
    this.message = text;
    this.drawMeasure();
    this.say(text);
  }

  // Sizes of what is being drawn or chosen, and what to do next. moving: as the hand moves.
  drawMeasure(moving) {
    const { place, paths } = this, feature = moving ?? place.feature, parts = [];
    if (feature) parts.push(...sizesOf(feature, paths.of(feature)).map((size, i) => h(i === 0 ? 'strong' : 'span', {}, size)));
    if (this.message && !moving) parts.push(h('span', {}, this.message));
    else if (place.held >= 0) parts.push(h('span', {}, t('held_hint')));
    else if (place.sketch) parts.push(h('span', {}, t(KINDS[place.sketch.kind].round ? 'radius_hint' : enough(place.sketch) ? 'finish_hint' : 'more_vertices')));
    else if (feature && paths.failed(feature)) parts.push(h('span', {}, t('route_failed')));
    if (!moving) this.message = '';
    if (parts.length === 0) parts.push(h('span', { class: 'bar__quiet' }, t(place.empty ? 'nothing_yet' : `kind_${(feature ?? place.features[0]).kind}_one`)));
    this.measure.replaceChildren(...parts.flatMap((part, i) => (i > 0 ? [' · ', part] : [part])));
  }

  // What lies under the cross, for those who steer by keys and cannot see it.
  async underCross() {
    const asked = (this.crossAsked = (this.crossAsked ?? 0) + 1);
    try {
      const where = await wordsAt(this.surface.center);
      if (where && asked === this.crossAsked) this.say(t('under_cross', { where }), 'cross');
    } catch { /* the words are a help, the map works without them */ }
  }

  // ---- coming back ----

  restore() {
    const { kept } = this.memory;
    if (kept !== undefined) this.hidden.value = kept;
    const typed = readCoordinates(this.hidden.value)?.lonLat;
    const value = object(this.hidden.value) ?? (typed ? { type: 'Point', coordinates: typed } : kept === undefined ? object(this.box.dataset.geojson) : null);
    if (this.chosenLabel) this.search.input.value = this.chosenLabel.trim();
    if (!value || !this.place.read(value)) return;
    this.zoomTo();
    this.tellApart();
  }

  // Parcels and buildings come back joined: which part is which is asked again, so that each can be dropped.
  async tellApart() {
    for (const feature of this.place.features.filter(({ kind }) => KINDS[kind].chosen)) {
      const parts = await partsOf(feature);
      if (parts) this.place.refine(feature.id, parts);
    }
  }

  zoomTo() {
    const begin = object(this.box.dataset.view), extent = createEmpty();
    for (const feature of this.place.features) extend(extent, geometryOf(feature).getExtent());
    if (!isEmpty(extent) || this.place.features.length > 0) this.surface.fit(extent, ZOOM_PLACE);
    else if (begin) this.surface.show(fromLonLat([begin.lon, begin.lat]), begin.zoom);
    else return false;
    return true;
  }
}
