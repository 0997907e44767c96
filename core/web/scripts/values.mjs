// What the agenda computes (a fee) while the form is filled in, a moment after each change. With a map on the page the
// picker says it; without this script the review does.
const AFTER_MS = 700; // since the last change

/** What the form would post, as the interface for programs takes it: texts as typed, several of a name as a list. */
function typed(form) {
  const answers = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== 'string' || name.startsWith('_')) continue;
    answers[name] = name in answers ? [answers[name], value].flat() : value;
  }
  return JSON.stringify({ answers, lang: document.documentElement.lang });
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

export function sayValues(form) {
  const box = form.querySelector('[data-values]');
  if (!box || form.querySelector('[data-picker]')) return;
  const said = box.querySelector('[role="status"]'), { agenda, form: id } = form.dataset;
  let timer, asked = '', under;

  function show({ values, explain }) {
    const rows = values.flatMap(({ label, text, amount }) => [element('p', 'value__label', label), element('p', amount ? 'value__text value__text--amount' : 'value__text', text)]);
    const list = document.createElement('ul');
    list.className = 'value__explain';
    list.append(...explain.map((line) => element('li', '', line)));
    if (explain.length > 0) rows.push(list);
    const fresh = document.createElement('div');
    fresh.append(...rows);
    box.hidden = values.length === 0;
    if (fresh.innerHTML !== said.innerHTML) said.replaceChildren(...rows); // the same is not said twice
  }
  async function ask() {
    const body = typed(form);
    if (body === asked) return;
    asked = body;
    under?.abort();
    under = new AbortController();
    try {
      const answer = await fetch(`/api/v1/forms/${encodeURIComponent(agenda)}/${encodeURIComponent(id)}/check`,
        { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, signal: under.signal });
      if (answer.ok) show(await answer.json());
      else asked = '';
    } catch { /* asked once more after the next change; the review says it in any case */ }
  }
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, AFTER_MS);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  addEventListener('pageshow', later);
}
