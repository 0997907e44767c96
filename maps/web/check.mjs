// Asks the server what it says about a place, in words, at once: facts, faults, and what the agenda computes.
import { answers } from '../../core/web/scripts/answers.mjs';
import { debounce, h } from './dom.mjs';
import { lang, locale, number, t } from './texts.mjs';

const SETTLE_MS = 220, SLOW_MS = 700;
const UNFINISHED = ['place.no_description', 'place.too_few']; // nobody is told off while still at it

export class Check {
  // box: where the words go; said(text): for those who do not see them; use(answers): takes what is offered instead;
  // wrong(indices): which of several places have faults.
  constructor({ form, field, box, said, use, wrong }) {
    Object.assign(this, { form, field, box, said, use, wrong });
    this.later = debounce(SETTLE_MS, (how) => this.ask(how));
    this.slow = debounce(SLOW_MS, () => this.box.replaceChildren(h('p', { class: 'hint' }, t('check_wait'))));
  }

  // From now on an answer on its way is about a place that is no more: it is not waited for.
  forget() {
    this.under?.abort();
    this.under = null;
    this.later.cancel();
    this.slow.cancel();
  }

  soon(how) {
    this.forget();
    this.answer = null;
    this.box.setAttribute('aria-busy', 'true');
    this.slow(); // what stands there is about the place before
    this.later(how);
  }

  clear() {
    this.forget();
    this.last = '';
    this.answer = null;
    this.wrong(new Set());
    this.box.replaceChildren();
    this.box.removeAttribute('aria-busy');
  }

  async ask({ quiet = false } = {}) {
    const under = new AbortController(), { agenda, form } = this.form.dataset;
    this.under = under;
    let words = null;
    try {
      const answer = await fetch(`/api/v1/forms/${encodeURIComponent(agenda)}/${encodeURIComponent(form)}/check?field=${encodeURIComponent(this.field)}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ answers: answers(this.form), lang }),
        signal: under.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      words = await answer.json();
    } catch { /* said below, unless nobody waits for it any more */ }
    if (this.under !== under) return;
    this.forget();
    if (words) this.show(words, quiet);
    else this.box.replaceChildren(h('p', { class: 'hint' }, t('check_failed')));
    this.box.removeAttribute('aria-busy');
  }

  // A fault, and the ways out of it that the server knows: a free place near by, free days for this one.
  fault({ message, alternative, free_from: from, free_to: to, free_answers: days }) {
    const day = (iso) => new Date(`${iso}T12:00`).toLocaleDateString(locale);
    const offer = (text, answers) => h('button', { type: 'button', class: 'button button--plain button--small', onclick: () => this.use(answers) }, text);
    return h('div', { class: 'fault' }, h('p', {}, h('span', { class: 'sr' }, `${t('fault')} `), message),
      alternative?.answers ? offer(t('offer_place', { metres: number(Math.round(alternative.distance_m)) }), alternative.answers) : null,
      days ? offer(t('offer_days', { first: day(from), last: day(to) }), days) : null);
  }

  // Which of several places the words are about; null: about all of them.
  about(index, title) {
    Object.assign(this, { index, title });
    if (this.answer) this.draw();
  }

  show(answer, quiet) {
    // Members of a list may be inside the place ("area" or "area.coordinates"); other fields speak later.
    const wrong = (answer.errors ?? []).filter(({ path, code }) => (path === this.field || String(path).startsWith(`${this.field}.`)) && !UNFINISHED.includes(code));
    this.answer = { words: [], values: [], explain: [], ...answer, wrong };
    this.wrong(new Set(wrong.map(({ feature }) => feature)));
    const shown = this.draw();
    const said = [
      ...wrong.map(({ message }) => `${t('fault')} ${message}`),
      ...[...shown, ...this.answer.values].map(({ label, text }) => `${label}: ${text}`),
    ].join('. ');
    if (!quiet && said !== this.last) this.said(said);
    this.last = said;
  }

  // Gives the words that it shows.
  draw() {
    const { words, places, wrong, values, explain } = this.answer, own = places?.[this.index];
    const row = ({ label, text }) => h('div', {}, h('dt', {}, label), h('dd', {}, text)), shown = own ?? words;
    this.box.replaceChildren(...[
      ...wrong.map((each) => this.fault(each)),
      own ? h('p', { class: 'words__title' }, this.title) : null,
      shown.length ? h('dl', { class: 'facts' }, shown.map(row)) : null,
      values.length ? h('dl', { class: 'facts facts--values' }, values.map(row)) : null,
      explain.length ? h('ul', { class: 'explain' }, explain.map((each) => h('li', {}, each))) : null,
    ].filter(Boolean));
    return shown;
  }
}
