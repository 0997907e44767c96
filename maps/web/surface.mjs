// A map on a page: base layer, zoom, one finger for the page and two for the map, and the keyboard. What is
// under the middle of the map is under its cross.
import Map from 'ol/Map.js';
import View from 'ol/View.js';
import { defaults as defaultInteractions, DragPan, MouseWheelZoom } from 'ol/interaction.js';
import { containsCoordinate, getCenter } from 'ol/extent.js';
import { fromLonLat } from 'ol/proj.js';
import { baseLayer, extentOf, tilejson } from './base.mjs';
import { h, iconButton, icons } from './dom.mjs';
import { recall } from './remember.mjs';
import { lang, t } from './texts.mjs';

const still = matchMedia('(prefers-reduced-motion: reduce)');
const duration = (ms) => (still.matches ? 0 : ms);
const PAN_PX = 64, PAN_FINE_PX = 8;

function interactions(surface) {
  const all = defaultInteractions({ dragPan: false, mouseWheelZoom: false, keyboard: false, altShiftDragRotate: false, pinchRotate: false, doubleClickZoom: false });
  // One finger scrolls the page, two move the map; a mouse drags it.
  all.push(new DragPan({
    condition(event) {
      return event.originalEvent.pointerType !== 'touch' || surface.free || this.getPointerCount() === 2;
    },
  }));
  // The wheel scrolls the page until the map has the focus (or with Ctrl).
  all.push(new MouseWheelZoom({
    condition: ({ originalEvent: wheel }) => wheel.ctrlKey || wheel.metaKey || surface.free || surface.surface.contains(document.activeElement),
  }));
  return all;
}

export class Surface {
  // keys(event): what the caller does with a key that moves nothing; true = taken.
  constructor(box, { label, help, keys = () => false, zoomTo, wanted = [] }) {
    this.box = box;
    this.wanted = wanted; // layers that are shown from the beginning
    this.surface = h('div', { class: 'mapui__surface', tabindex: '0', role: 'application', 'aria-label': label, 'aria-describedby': help });
    this.cross = h('div', { class: 'mapui__cross', 'aria-hidden': 'true' });
    this.hint = h('p', { class: 'mapui__hint', 'aria-hidden': 'true' }, t('two_fingers'));
    this.note = h('p', { class: 'mapui__note' });
    this.away = h('p', { class: 'mapui__away', hidden: true }, t('away'), ' ', h('button', { type: 'button', class: 'as-link', onclick: () => this.whole() }, t('to_city')));
    this.free = false; // one finger moves the map
    this.tools = h('div', { class: 'mapui__tools' },
      iconButton(t('zoom_in'), icons.plus, { onclick: () => this.zoomBy(1) }),
      iconButton(t('zoom_out'), icons.minus, { onclick: () => this.zoomBy(-1) }));
    this.looks = iconButton(t('looks'), icons.layers, { 'aria-expanded': 'false', onclick: () => this.openLooks() });
    this.tools.append(this.looks);
    this.bar = h('div', { class: 'mapui__bar', role: 'alert' });
    box.classList.add('mapui');
    const picture = box.querySelector('[data-picture]'); // of the same spot, until the map has drawn itself
    box.replaceChildren(...(picture ? [picture] : []), this.surface, this.cross, this.hint, this.tools, h('div', { class: 'mapui__messages' }, this.away, this.bar), this.note);
    box.hidden = false;
    this.map = new Map({
      target: this.surface,
      controls: [],
      interactions: interactions(this),
      view: new View({ center: fromLonLat([13.3776, 49.7475]), zoom: 13, minZoom: 10, maxZoom: 20, enableRotation: false, smoothExtentConstraint: !still.matches }),
    });
    if (picture) this.map.once('rendercomplete', () => picture.remove());
    this.listen(keys);
    this.ready = this.start(zoomTo);
  }

  get view() { return this.map.getView(); }
  // Where the map is going to stand: keys may come faster than it moves.
  get center() { return (this.view.getAnimating() && this.goal?.center) || this.view.getCenter(); }
  get zoom() { return (this.view.getAnimating() && this.goal?.zoom) || this.view.getZoom(); }

  go(goal, ms) {
    this.goal = { center: this.center, zoom: this.zoom, ...goal };
    this.view.cancelAnimations();
    this.view.animate({ ...this.goal, duration: duration(ms) });
  }

  async start(zoomTo) {
    try {
      const info = await tilejson();
      this.base = baseLayer(info, { trouble: (missing) => this.notice(missing ? t('some_tiles') : '', missing && (() => this.base.reload())) });
      this.map.getLayers().insertAt(0, this.base);
      this.city = extentOf(info);
      const [first, ...rest] = (info.attribution ?? '').split(' / '); // "Czech / English", or one for both
      this.maker = lang === 'cs' ? first : rest[0] ?? first;
      this.attribute([]);
      this.notice('');
      this.map.on('moveend', () => this.lookForCity());
      if (!zoomTo?.(this) && !this.placed) this.view.setCenter(info.center ? fromLonLat(info.center.slice(0, 2)) : getCenter(this.city));
      if (recall('ground') || recall('extra') || this.wanted.length > 0) await (await this.options()).start();
    } catch {
      // The place can still be searched for, typed, or set under the cross by whoever knows where it is.
      this.notice(t('no_tiles'), () => this.start(zoomTo));
      zoomTo?.(this);
    }
  }

  // The panel of looks and layers comes when it is wanted.
  options() {
    this.optionsMade ??= import('./options.mjs').then(({ Options }) => new Options(this));
    return this.optionsMade;
  }

  async openLooks() {
    try {
      (await this.options()).toggle();
    } catch {
      this.optionsMade = undefined;
      this.notice(t('some_tiles'));
    }
  }

  // What went wrong, over the map and not instead of it; again: what to do about it.
  notice(text, again) {
    if (text === (this.bar.firstChild?.textContent ?? '')) return;
    this.bar.replaceChildren(...(text ? [h('span', {}, text)] : []),
      ...(text && again ? [h('button', { type: 'button', class: 'as-link', onclick: again }, t('load_again'))] : []));
  }

  // Who made what is seen, the base map first.
  attribute(more) {
    this.note.textContent = [this.maker, ...more].filter(Boolean).join(' · ');
  }

  zoomBy(step) {
    const zoom = Math.round(this.zoom + step);
    this.go({ zoom: Math.min(Math.max(zoom, this.view.getMinZoom()), this.view.getMaxZoom()) }, 180);
  }

  show(center, zoom) {
    this.placed = true;
    this.go({ center, zoom: Math.max(this.zoom ?? 0, zoom) }, 250);
  }

  // At once: nobody has seen the map elsewhere yet.
  stand(center, zoom) {
    this.placed = true;
    this.view.setCenter(center);
    this.view.setZoom(zoom);
  }

  fit(extent, maxZoom = 18) {
    this.placed = true;
    const fit = () => this.view.fit(extent, { size: this.map.getSize(), padding: [40, 60, 40, 40], maxZoom });
    if (this.map.getSize()?.every((each) => each > 0)) fit();
    else this.map.once('change:size', fit); // it was made inside a hidden part of the page
  }

  // Nothing holds a person at the edge of the city; who has gone too far is shown the way back.
  lookForCity() {
    this.away.hidden = containsCoordinate(this.city, this.view.getCenter());
  }

  whole() {
    if (!this.city) return;
    this.view.cancelAnimations();
    this.fit(this.city, 14);
    this.surface.focus();
  }

  oneFinger(free) {
    this.free = free;
    this.box.classList.toggle('mapui--free', free);
  }

  pan(x, y) {
    const [cx, cy] = this.center, step = this.view.getResolution();
    this.go({ center: [cx + x * step, cy + y * step] }, 90);
    this.moved?.();
  }

  listen(keys) {
    this.surface.addEventListener('keydown', (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const step = event.shiftKey ? PAN_FINE_PX : PAN_PX;
      const moves = {
        ArrowLeft: () => this.pan(-step, 0), ArrowRight: () => this.pan(step, 0), ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
        '+': () => this.zoomBy(1), '-': () => this.zoomBy(-1), '=': () => this.zoomBy(1), Home: () => this.whole(),
      };
      if (moves[event.key]) moves[event.key]();
      else if (!keys(event)) return;
      this.box.classList.add('mapui--keys');
      event.preventDefault();
    });
    this.surface.addEventListener('focus', () => this.box.classList.toggle('mapui--keys', this.surface.matches(':focus-visible')));
    this.surface.addEventListener('blur', () => this.box.classList.remove('mapui--keys'));
    this.surface.addEventListener('pointerdown', () => this.box.classList.remove('mapui--keys'));
    let timer = 0, from = null;
    this.surface.addEventListener('touchstart', ({ touches }) => { from = touches.length === 1 ? touches[0].clientY : null; }, { passive: true });
    this.surface.addEventListener('touchmove', ({ touches }) => {
      if (this.free || from === null || touches.length !== 1 || Math.abs(touches[0].clientY - from) < 20) return;
      this.box.classList.add('mapui--two');
      clearTimeout(timer);
      timer = setTimeout(() => this.box.classList.remove('mapui--two'), 1500);
    }, { passive: true });
  }
}
