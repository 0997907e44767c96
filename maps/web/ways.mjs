// Other ways to name a place than pointing at it: coordinates or a radius typed by hand, a photo taken there.
import { fromLonLat } from 'ol/proj.js';
import { tilejson } from './base.mjs';
import { lonLatOf } from './coordinates.mjs';
import { h, icon, icons, uniqueId } from './dom.mjs';
import { t } from './texts.mjs';

// put(at): as if it had been pointed at; tell(text): seen and heard.
export function coordinates(id, { put, tell }) {
  const hint = uniqueId('hint'), words = h('p', { class: 'hint', id: hint }, t('coordinates_hint_degrees'));
  tilejson().then(({ metric }) => { // only Czechia writes S-JTSK
    if (metric === 'EPSG:5514') words.textContent = t('coordinates_hint');
  }, () => {}); // the map says it itself
  const input = h('input', { id, class: 'input', type: 'text', inputmode: 'text', autocomplete: 'off', 'aria-describedby': hint });
  const use = async () => {
    const at = await lonLatOf(input.value);
    if (!at) {
      tell(t('coordinates_wrong'));
      return;
    }
    put(fromLonLat(at));
    input.value = '';
  };
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    use();
  });
  return h('details', { class: 'more' }, h('summary', {}, t('coordinates')),
    h('label', { class: 'label label--small', for: id }, t('coordinates_label')),
    words,
    h('div', { class: 'place__row' }, input, h('button', { type: 'button', class: 'button button--plain', onclick: use }, t('coordinates_use'))));
}

export function photo(id, { put, tell }) {
  const hint = uniqueId('hint');
  const read = async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    try {
      const { placeOf } = await import('./photo.mjs');
      const at = await placeOf(file);
      if (at) put(fromLonLat(at));
      tell(t(at ? 'photo_done' : 'photo_none'));
    } catch {
      tell(t('photo_none'));
    }
    target.value = ''; // the photo is not sent, and the same one may be tried again
  };
  return h('details', { class: 'more' }, h('summary', {}, t('photo')),
    h('p', { class: 'hint', id: hint }, t('photo_hint')),
    h('label', { class: 'button button--plain filepick', for: id }, icon(icons.photo), t('photo_choose')),
    h('input', { id, class: 'sr', type: 'file', accept: 'image/*', 'aria-describedby': hint, onchange: read }));
}

// use(metres): the radius of the circle that is drawn.
export function radius(id, use) {
  const input = h('input', { id, class: 'input input--number', type: 'text', inputmode: 'decimal', autocomplete: 'off' });
  const read = () => {
    const metres = Number(input.value.replace(/[\s\u00a0]/g, '').replace(',', '.'));
    if (metres > 0) use(metres);
  };
  input.addEventListener('change', read);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    read();
  });
  return h('div', { class: 'bar__radius', hidden: true }, h('label', { for: id }, t('radius_label')), input, h('span', {}, 'm'));
}
