// Address search as you type: the combobox pattern of WAI-ARIA with a list box.
import { debounce, h, uniqueId } from './dom.mjs';
import { lang, t } from './texts.mjs';

const WAIT_MS = 160, LIMIT = 8;

export class Search {
  // chosen(feature): what to do with the address; say(text): for those who do not see the list.
  constructor({ id, label, value = '', invalid, describedBy, chosen, say }) {
    Object.assign(this, { chosen, say, found: [], active: -1, asked: 0 });
    const list = uniqueId('addresses'), hint = uniqueId('search-hint');
    this.input = h('input', {
      id, class: 'input search__input', type: 'text', role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list,
      autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'search', value,
      'aria-describedby': [hint, describedBy].filter(Boolean).join(' '), 'aria-invalid': invalid ? 'true' : null,
    });
    this.list = h('ul', { id: list, class: 'search__list', role: 'listbox', 'aria-label': t('addresses'), hidden: true });
    this.element = h('div', { class: 'search' },
      h('label', { class: 'label label--small', for: id }, label),
      h('p', { class: 'hint', id: hint }, t('search_hint')),
      h('div', { class: 'search__box' }, this.input, this.list));
    this.ask = debounce(WAIT_MS, () => this.fetch());
    this.input.addEventListener('input', () => this.ask());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('blur', () => setTimeout(() => this.close(), 150));
    this.list.addEventListener('pointerdown', (event) => event.preventDefault()); // keep the focus in the field
    this.list.addEventListener('click', (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  async fetch() {
    const query = this.input.value.trim(), asked = ++this.asked;
    if (query.length < 2) return this.close();
    let features = [];
    try {
      const answer = await fetch(`/api/v1/addresses?${new URLSearchParams({ q: query, limit: LIMIT, lang })}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      ({ features } = await answer.json());
    } catch {
      if (asked === this.asked) this.note(t('search_failed'));
      return undefined;
    }
    if (asked !== this.asked || document.activeElement !== this.input) return undefined; // something newer was typed
    return this.open(features);
  }

  note(text) {
    this.found = [];
    this.list.replaceChildren(h('li', { class: 'search__none', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, text));
    this.show(true);
    this.say(text);
  }

  open(features) {
    if (features.length === 0) return this.note(t('search_nothing'));
    this.found = features;
    this.active = -1;
    this.list.replaceChildren(...features.map(({ properties: { label, district, kind, address } }) => h('li', { id: uniqueId('address'), class: 'search__option', role: 'option', 'aria-selected': 'false' },
      h('span', { class: 'search__label' }, label),
      h('span', { class: 'search__more' }, [kind === 'address' ? null : t(`found_${kind}`), district ?? address].filter(Boolean).join(' · ')))));
    this.show(true);
    return this.say(t('search_found', { count: features.length }));
  }

  show(open) {
    this.list.hidden = !open;
    this.input.setAttribute('aria-expanded', String(open));
    if (!open) this.input.removeAttribute('aria-activedescendant');
  }

  close() {
    this.found = [];
    this.active = -1;
    this.show(false);
  }

  mark(index) {
    const options = [...this.list.children];
    this.active = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute('aria-selected', String(i === this.active)));
    this.input.setAttribute('aria-activedescendant', options[this.active].id);
    options[this.active].scrollIntoView({ block: 'nearest' });
  }

  key(event) {
    const open = this.found.length > 0;
    if (event.key === 'ArrowDown') {
      if (open) this.mark(this.active + 1);
      else this.fetch();
    } else if (event.key === 'ArrowUp' && open) this.mark(this.active < 0 ? -1 : this.active - 1);
    else if (event.key === 'Enter') this.enter(open); // never sends the form: it means "find"
    else if (event.key === 'Escape' && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }

  async enter(open) {
    if (!open) await this.fetch();
    if (this.found.length > 0) this.choose(Math.max(this.active, 0));
  }

  choose(index) {
    const feature = this.found[index];
    if (!feature) return;
    this.asked += 1;
    this.ask.cancel();
    this.input.value = feature.properties.label;
    this.close();
    this.chosen(feature);
  }
}
