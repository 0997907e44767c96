// Asks the server what it says about a place, in words, at once: facts, faults, and what the agenda computes.
import { answers } from '../../core/web/scripts/answers.mjs';
import { debounce, h } from './dom.mjs';
import { lang, t } from './texts.mjs';

export class Check {
  // box: where the words go; said(text): for those who do not see them.
  constructor({ form, field, box, said }) {
    Object.assign(this, { form, field, box, said, asked: 0 });
    this.soon = debounce(220, (how) => this.ask(how));
  }

  clear() {
    this.last = '';
    this.asked += 1; // an answer on its way is stale
    this.soon.cancel();
    this.box.replaceChildren();
    this.box.removeAttribute('aria-busy');
  }

  async ask({ quiet = false } = {}) {
    const asked = ++this.asked;
    const { agenda, form } = this.form.dataset;
    this.box.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(`/api/v1/forms/${encodeURIComponent(agenda)}/${encodeURIComponent(form)}/check?field=${encodeURIComponent(this.field)}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ answers: answers(this.form), lang }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const words = await answer.json();
      if (asked === this.asked) this.show(words, quiet);
    } catch {
      if (asked === this.asked) this.box.replaceChildren(h('p', { class: 'hint' }, t('check_failed')));
    }
    if (asked === this.asked) this.box.removeAttribute('aria-busy');
  }

  show({ words = [], errors = [], values = [], explain = [] }, quiet) {
    // Members of a list may be inside the place ("area" or "area.coordinates"); other fields speak later.
    const wrong = errors.filter(({ path }) => path === this.field || String(path).startsWith(`${this.field}.`));
    const row = ({ label, text }) => h('div', {}, h('dt', {}, label), h('dd', {}, text));
    this.box.replaceChildren(...[
      words.length ? h('dl', { class: 'facts' }, words.map(row)) : null,
      ...wrong.map(({ message }) => h('p', { class: 'fault' }, h('span', { class: 'sr' }, `${t('fault')} `), message)),
      values.length ? h('dl', { class: 'facts facts--values' }, values.map(row)) : null,
      explain.length ? h('ul', { class: 'explain' }, explain.map((each) => h('li', {}, each))) : null,
    ].filter(Boolean));
    const said = [
      ...wrong.map(({ message }) => `${t('fault')} ${message}`),
      ...[...words, ...values].map(({ label, text }) => `${label}: ${text}`),
    ].join('. ');
    if (!quiet && said !== this.last) this.said(said);
    this.last = said;
  }
}
