// The picker over the whole screen: the map, and what is known of the place on a sheet that can be drawn up. There one
// finger moves the map, since there is no page to scroll; the back key of a phone leads back to the form, not out of it.
import { h, iconButton, icons } from './dom.mjs';
import { t } from './texts.mjs';

export class Sheet {
  // box: the picker; surface: its map; element: what the sheet holds; closed(): told afterwards.
  constructor({ box, surface, element, closed }) {
    Object.assign(this, { box, surface, closed, quiet: [] });
    this.handle = h('button', { type: 'button', class: 'sheet__handle', 'aria-expanded': 'false', onclick: () => this.draw(this.handle.getAttribute('aria-expanded') !== 'true') },
      h('span', { class: 'sheet__grip', 'aria-hidden': 'true' }), h('span', {}, t('sheet')));
    element.classList.add('sheet');
    element.prepend(this.handle);
    this.toggle = iconButton(t('full'), icons.full, { class: 'mapui__button mapui__button--full', 'aria-pressed': 'false', onclick: () => (this.full ? this.leave() : this.enter()) });
    surface.tools.append(this.toggle);
    this.close = h('button', { type: 'button', class: 'button sheet__close', onclick: () => this.leave() }, t('full_end'));
    element.append(this.close);
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.full || event.defaultPrevented) return;
      event.preventDefault();
      this.leave();
    });
    addEventListener('popstate', () => { if (this.full && !history.state?.map) this.set(false); });
  }

  enter() {
    history.pushState({ ...history.state, map: true }, '');
    this.set(true);
  }
  leave() {
    if (history.state?.map) history.back();
    else this.set(false);
  }

  get full() { return this.box.classList.contains('picker--full'); }

  draw(open) {
    this.handle.setAttribute('aria-expanded', String(open));
    this.box.classList.toggle('picker--open', open);
  }

  // All that is not the picker steps back: for the eye, for the tab key and for a screen reader.
  set(full) {
    this.box.classList.toggle('picker--full', full);
    document.documentElement.classList.toggle('under-map', full);
    this.surface.oneFinger(full);
    this.toggle.setAttribute('aria-pressed', String(full));
    const label = t(full ? 'full_end' : 'full');
    this.toggle.setAttribute('aria-label', label);
    this.toggle.title = label;
    for (const each of this.quiet) each.inert = false;
    this.quiet = [];
    for (let at = this.box; full && at !== document.body; at = at.parentElement) {
      for (const each of at.parentElement.children) if (each !== at && !each.inert && each.tagName !== 'SCRIPT') this.quiet.push(each);
    }
    for (const each of this.quiet) each.inert = true;
    this.draw(false);
    if (!full) {
      this.box.scrollIntoView({ block: 'nearest' });
      this.closed();
    }
    this.toggle.focus();
  }
}
