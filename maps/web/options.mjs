// The button on the map that opens its looks: light, dark or high contrast, pictures of the ground, and what
// lies around. Everything chosen is remembered in this browser.
import { Live } from './live.mjs';
import { groundLayer } from './ground.mjs';
import { h, uniqueId } from './dom.mjs';
import { recall, remember } from './remember.mjs';
import { choose, scheme, SCHEMES } from './palette.mjs';
import { lang, t } from './texts.mjs';

const list = { started: null };
// What this portal offers beside the base map, read once for all maps of the page.
const offered = () => (list.started ??= fetch(`/api/v1/layers?lang=${lang}`, { headers: { Accept: 'application/json' } }).then((answer) => {
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}).catch((error) => {
  list.started = null;
  throw error;
}));

const remembered = () => {
  try {
    const ids = JSON.parse(recall('extra'));
    return Array.isArray(ids) ? ids : [];
  } catch {
    return [];
  }
};

export class Options {
  constructor(surface) {
    Object.assign(this, { surface, shown: new Map(), ground: '' });
    this.id = uniqueId('map-looks');
    this.button = surface.looks;
    this.button.setAttribute('aria-controls', this.id);
    this.panel = h('div', { class: 'mapui__panel', id: this.id, role: 'group', 'aria-label': t('looks'), hidden: true });
    this.panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      this.toggle(false);
    });
    surface.tools.after(this.panel);
  }

  // Once the base map stands: what was chosen the last time, and what the field asks about.
  async start() {
    try {
      this.offer = await offered();
      this.apply();
    } catch { /* without them the map is whole */ }
  }

  apply() {
    this.setGround(this.offer.backgrounds.find(({ id, overlay }) => id === recall('ground') && !overlay));
    const wanted = [...remembered(), ...this.surface.wanted];
    for (const extra of this.extras()) this.setExtra(extra, wanted.includes(extra.id));
  }

  extras() { return [...this.offer.backgrounds.filter(({ overlay }) => overlay), ...this.offer.layers]; }

  async toggle(open = this.panel.hidden) {
    this.panel.hidden = !open;
    this.button.setAttribute('aria-expanded', String(open));
    if (!open) {
      this.button.focus();
      return;
    }
    this.draw();
    this.panel.querySelector('input:checked')?.focus();
    if (this.offer) return;
    try {
      this.offer = await offered();
      this.draw();
    } catch { /* the looks alone are left */ }
  }

  // ---- what is in the panel ----

  draw() {
    const focused = this.panel.contains(document.activeElement) ? document.activeElement.id : null;
    const grounds = this.offer?.backgrounds.filter(({ overlay }) => !overlay) ?? [];
    this.lists = new Map();
    this.panel.replaceChildren(...[
      grounds.length > 0 ? this.choices('ground', t('looks_ground'), [{ id: '', title: t('looks_city') }, ...grounds], this.ground, (id) => {
        remember('ground', id);
        this.setGround(grounds.find((each) => each.id === id));
      }) : null,
      this.choices('scheme', t('looks_scheme'), SCHEMES.map((id) => ({ id, title: t(`scheme_${id}`) })), scheme(), choose),
      this.offer && this.extras().length > 0 ? this.checks() : null,
      h('button', { type: 'button', class: 'as-link mapui__close', onclick: () => this.toggle(false) }, t('looks_close')),
    ].filter(Boolean));
    this.drawLists();
    if (focused) document.getElementById(focused)?.focus();
  }

  choices(name, legend, all, current, change) {
    return h('fieldset', { class: 'looks' }, h('legend', {}, legend), all.map(({ id, title }) => {
      const input = `${this.id}-${name}-${id}`;
      return h('div', { class: 'looks__row' },
        h('input', { type: 'radio', name: `${this.id}-${name}`, id: input, value: id, checked: id === current, onchange: () => change(id) }), h('label', { for: input }, title));
    }));
  }

  checks() {
    return h('fieldset', { class: 'looks' }, h('legend', {}, t('looks_extra')), this.extras().map((extra) => {
      const input = `${this.id}-extra-${extra.id}`, words = h('div', { class: 'looks__list' });
      this.lists.set(extra.id, words);
      return h('div', { class: 'looks__row' },
        h('input', { type: 'checkbox', id: input, checked: this.shown.has(extra.id), onchange: ({ target }) => {
          this.setExtra(extra, target.checked);
          remember('extra', JSON.stringify([...this.shown.keys()].filter((each) => !this.surface.wanted.includes(each))));
        } }), h('label', { for: input }, extra.title), words);
    }));
  }

  drawLists() {
    if (this.panel.hidden || !this.lists) return;
    for (const [id, words] of this.lists) {
      const live = this.shown.get(id);
      if (!(live instanceof Live)) words.replaceChildren();
      else if (live.failed) words.replaceChildren(h('p', { class: 'hint' }, t('layer_failed')));
      else this.drawNearest(words, live);
    }
  }

  drawNearest(words, live) {
    const near = live.nearest();
    words.replaceChildren(...[
      near.length === 0 ? h('p', { class: 'hint' }, t('layer_nothing')) : h('ul', {}, near.map(({ title, text, url }) =>
        h('li', {}, url ? h('a', { href: url }, title) : title, text ? h('span', { class: 'looks__more' }, ` ${text}`) : null))),
      live.more ? h('p', { class: 'hint' }, t('layer_more')) : null,
    ].filter(Boolean));
  }

  // ---- what it does ----

  async setGround(info) {
    const { surface } = this;
    this.ground = info?.id ?? '';
    const layer = info ? await groundLayer(info, { failed: () => this.groundFailed(info) }) : null;
    if (this.ground !== (info?.id ?? '')) return; // another one was chosen meanwhile
    if (this.groundLayer) surface.map.removeLayer(this.groundLayer);
    this.groundLayer = layer;
    if (layer) surface.map.addLayer(layer);
    surface.base?.layOver(Boolean(info));
    this.attribute();
  }

  // Without the picture the map of the city comes back, for this time.
  groundFailed(info) {
    this.setGround(null);
    this.surface.notice(t('ground_failed', { title: info.title }));
    if (!this.panel.hidden) this.draw();
  }

  setExtra(info, on) {
    const { map } = this.surface, before = this.shown.get(info.id);
    if (Boolean(before) === on) return;
    before?.remove();
    this.shown.delete(info.id);
    if (on) this.shown.set(info.id, info.overlay ? this.overlay(info) : new Live(map, info, () => this.drawLists()));
    this.attribute();
    this.drawLists();
  }

  // Lines over the map, such as the cadastre's.
  overlay(info) {
    const { map } = this.surface, made = { remove() { made.gone = true; } };
    groundLayer(info, { failed: () => this.surface.notice(t('overlay_failed', { title: info.title })) }).then((layer) => {
      if (made.gone) return;
      map.addLayer(layer);
      made.remove = () => map.removeLayer(layer);
    });
    return made;
  }

  attribute() {
    const seen = this.offer?.backgrounds.filter(({ id }) => id === this.ground || this.shown.has(id)) ?? [];
    this.surface.attribute(seen.map(({ attribution }) => attribution).filter(Boolean));
  }
}
