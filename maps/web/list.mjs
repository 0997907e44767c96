// What is on the map as a list: everything that can be done there by pointing can be done here by name.
import { DESCRIPTION_MOST, KINDS, complete, lonLat } from './kinds.mjs';
import { button, h, icons, uniqueId } from './dom.mjs';
import { sizeOf } from './sizes.mjs';
import { number, t } from './texts.mjs';

// Draws again without taking the focus away: what had it is found again by its name.
function redraw(box, children, fallback) {
  const name = box.contains(document.activeElement) ? document.activeElement.dataset.name ?? '' : null;
  box.replaceChildren(...children);
  if (name !== null) (box.querySelector(`[data-name="${CSS.escape(name)}"]`) ?? box.querySelector('button, input') ?? fallback).focus();
}

const link = (name, text, label, onclick) => h('button', { type: 'button', class: 'as-link', 'data-name': name, 'aria-label': label, onclick }, text);

export class List {
  // show(feature or vertex): brings it into the middle of the map; pick(index): takes hold of a vertex.
  constructor({ place, paths, describe, show, pick, surface }) {
    Object.assign(this, { place, paths, describe, show, pick, surface, wrong: new Set() });
    this.count = h('p', { class: 'hint places__count' });
    this.items = h('ol', { class: 'places__list' });
    this.places = h('div', { class: 'places' }, this.count, this.items);
    this.corners = h('ol', { class: 'corners' });
    this.cornersTitle = h('summary');
    this.cornersBox = h('details', { class: 'more', hidden: true }, this.cornersTitle, this.corners);
  }

  draw() {
    this.drawPlaces();
    this.drawCorners();
  }

  // Which of several places the server does not take as they are.
  mark(wrong) {
    this.wrong = wrong;
    if (!this.places.hidden) [...this.items.children].forEach((item, i) => this.markItem(item, i));
  }
  markItem(item, index) {
    const wrong = this.wrong.has(index);
    item.classList.toggle('places__item--wrong', wrong);
    item.querySelector('.places__wrong').hidden = !wrong;
  }

  drawPlaces() {
    const { place } = this, { several } = place, shown = place.features.filter(complete);
    this.places.hidden = shown.length === 0 || !(several || this.describe || KINDS[shown[0].kind].chosen);
    this.count.hidden = !several;
    if (several) this.count.textContent = t(several.min > 1 ? 'places_range' : 'places_most', { count: shown.length, least: several.min, most: place.most });
    redraw(this.items, this.places.hidden ? [] : shown.map((feature) => this.item(feature)), this.surface);
    this.mark(this.wrong);
  }

  item(feature) {
    const { place } = this, { id, kind, shapes } = feature, count = place.features.indexOf(feature) + 1;
    const named = place.several ? t('place_number', { count, kind: t(`kind_${kind}_one`) }) : t(`kind_${kind}_one`);
    const size = sizeOf(feature, this.paths.of(feature));
    return h('li', { class: `places__item${id === place.current && place.several ? ' places__item--on' : ''}`, 'data-feature': id },
      h('div', { class: 'places__head' },
        h('button', { type: 'button', class: 'places__name', 'data-name': `choose-${id}`, 'aria-pressed': place.several ? String(id === place.current) : null, onclick: () => this.show(feature) },
          h('span', { class: 'places__wrong', hidden: true }, h('span', { 'aria-hidden': 'true' }, '! '), h('span', { class: 'sr' }, `${t('fault')} `)), h('strong', {}, named), size ? h('span', {}, ` ${size}`) : null),
        button(t('remove'), icons.clear, { class: 'tool tool--small tool--bare', 'data-name': `remove-${id}`, 'aria-label': t('remove_place', { name: named }), onclick: () => place.clear(id) })),
      KINDS[kind].chosen ? h('ul', { class: 'chips' }, shapes.map((shape) => this.chip(feature, shape))) : null,
      this.describe ? this.description(feature, named) : null);
  }

  // One parcel or building of those that make up the place.
  chip(feature, shape) {
    const name = shape.label || shape.ids.join(', ');
    return h('li', { class: 'chip' }, name, h('button', {
      type: 'button', class: 'chip__button', 'data-name': `drop-${shape.ids[0]}`, 'aria-label': t('remove_place', { name }), title: t('remove'),
      onclick: () => {
        this.place.select(feature.id);
        this.place.toggle(shape, feature.kind);
      },
    }, '×'));
  }

  description({ id, description }, named) {
    const input = uniqueId('description');
    return h('div', { class: 'places__words' },
      h('label', { class: 'label label--small', for: input }, t('describe'), h('span', { class: 'sr' }, ` (${named})`)),
      h('input', {
        id: input, class: 'input', type: 'text', maxlength: DESCRIPTION_MOST, value: description, autocomplete: 'off', 'data-name': `describe-${id}`,
        oninput: ({ target }) => this.place.describe(id, target.value), onkeydown: (event) => { if (event.key === 'Enter') event.preventDefault(); },
      }));
  }

  drawCorners() {
    const { feature } = this.place, rows = feature && KINDS[feature.kind].closes && !KINDS[feature.kind].round ? feature.vertices : [];
    this.cornersBox.hidden = rows.length === 0;
    this.cornersTitle.textContent = t(feature?.kind === 'area' ? 'corners' : 'vertices', { count: rows.length });
    redraw(this.corners, rows.map((vertex, i) => {
      const [lon, lat] = lonLat(vertex), count = i + 1;
      return h('li', {}, h('span', { class: 'corners__at' }, `${number(lat, 5)}, ${number(lon, 5)}`),
        link(`show-${i}`, t('show'), t('corner_show', { count }), () => this.show(vertex)),
        link(`move-${i}`, t('move'), t('corner_move', { count }), () => this.pick(i)),
        link(`remove-${i}`, t('remove'), t('corner_remove', { count }), () => this.place.remove(i)));
    }), this.surface);
  }
}
