// The buttons around the map: what kind of place it is to be, and what can be done with what is drawn. Buttons of the
// bar stay where they are; one that makes no sense now says so instead of going away under the finger. What comes and
// goes stands at the end.
import { KINDS, enough } from './kinds.mjs';
import { button, h, icons } from './dom.mjs';
import { t } from './texts.mjs';

const able = (element, yes) => element.setAttribute('aria-disabled', String(!yes));

export class Tools {
  // actions: {finish, undo, redo, clear, snap, keys, another}
  constructor(place, actions) {
    this.place = place;
    this.kinds = h('div', { class: 'kinds', role: 'group', 'aria-label': t('kinds') }, place.kinds.map((kind) =>
      button(t(`kind_${kind}`), icons[kind], { class: 'kind', 'data-kind': kind, onclick: () => place.setKind(kind) })));
    this.kinds.hidden = place.kinds.length < 2;
    const tool = (name, path, more = {}) => button(t(name), path, { 'data-tool': name, onclick: ({ currentTarget }) => actions[name](currentTarget), ...more });
    this.done = tool('finish', icons.done, { class: 'tool tool--main' });
    this.another = tool('another', icons.plus);
    this.undo = tool('undo', icons.undo, { class: 'tool tool--small' });
    this.redo = tool('redo', icons.redo, { class: 'tool tool--small' });
    this.clear = tool('clear', icons.clear, { class: 'tool tool--small', 'aria-label': t('clear_all') });
    this.snap = tool('snap', icons.snap, { class: 'tool tool--small', title: t('snap_hint') });
    this.keys = tool('keys', icons.keys, { class: 'tool tool--small tool--keys', title: t('keys'), 'aria-haspopup': 'dialog' });
    this.bar = h('div', { class: 'bar__tools', role: 'group', 'aria-label': t('tools') }, this.undo, this.redo, this.clear, this.snap, this.keys, this.another, this.done);
  }

  draw(snapping, fallback) {
    const { place } = this, { sketch, feature } = place, { activeElement } = document;
    for (const each of this.kinds.children) each.setAttribute('aria-pressed', String(each.dataset.kind === place.kind));
    this.done.hidden = !sketch || !enough(sketch);
    this.another.hidden = !place.several || !KINDS[place.kind].chosen || !feature || place.full;
    able(this.undo, place.past.length > 0);
    able(this.redo, place.future.length > 0);
    able(this.clear, !place.empty);
    this.snap.hidden = !place.kinds.some((kind) => KINDS[kind].closes && kind !== 'route');
    this.snap.setAttribute('aria-pressed', String(snapping));
    if (activeElement !== document.body && activeElement.closest?.('.bar__tools') && activeElement.hidden) fallback.focus();
  }
}
