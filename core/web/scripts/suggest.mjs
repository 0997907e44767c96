// Suggestions under a search field while one types (a combobox with a listbox, after the ARIA practices). The field is
// a form of its own: without scripts, or when nothing is chosen, it searches.
import texts from 'texts:suggest';

const WAIT_MS = 150;
let made = 0;

export function suggest(form) {
  const input = form.querySelector('input[name=q]'), words = texts[document.documentElement.lang] ?? texts.cs;
  const list = document.createElement('ul'), said = document.createElement('p');
  list.id = `suggest-${++made}`;
  list.className = 'suggest';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', words.label);
  said.className = 'sr';
  said.setAttribute('role', 'status');
  input.after(list);
  form.append(said);
  for (const [name, value] of [['role', 'combobox'], ['aria-expanded', 'false'], ['aria-controls', list.id], ['aria-autocomplete', 'list']]) input.setAttribute(name, value);

  let timer, asked = 0, at = -1;
  const options = () => [...list.children];
  function mark(next) {
    at = next;
    options().forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
    if (at < 0) input.removeAttribute('aria-activedescendant');
    else {
      input.setAttribute('aria-activedescendant', options()[at].id);
      options()[at].scrollIntoView({ block: 'nearest' });
    }
  }
  function show(results) {
    list.replaceChildren(...results.map(({ title, url, kind }, i) => {
      const option = document.createElement('li'), note = document.createElement('span');
      option.id = `${list.id}-${i}`;
      option.setAttribute('role', 'option');
      option.dataset.url = url;
      note.className = 'suggest__kind';
      note.textContent = words[kind] ?? '';
      option.append(title, ' ', note);
      return option;
    }));
    list.hidden = results.length === 0;
    input.setAttribute('aria-expanded', String(results.length > 0));
    mark(-1);
    said.textContent = results.length > 0 ? words.some.replace('{n}', results.length) : '';
  }
  const close = () => { clearTimeout(timer); asked++; show([]); };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    const mine = ++asked, query = input.value.trim();
    if (query.length < 2) return show([]);
    timer = setTimeout(async () => {
      try {
        const answer = await fetch(`/api/v1/search?limit=6&lang=${document.documentElement.lang}&q=${encodeURIComponent(query)}`);
        const { results = [] } = answer.ok ? await answer.json() : {};
        if (mine === asked) show(results.filter(({ url }) => url));
      } catch { /* no network: the form searches when it is sent */ }
    }, WAIT_MS);
  });
  input.addEventListener('keydown', (event) => {
    const count = list.children.length;
    if (event.key === 'Escape' && count > 0) { event.preventDefault(); close(); }
    if (count === 0) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      mark(at + step >= count ? -1 : at + step < -1 ? count - 1 : at + step);
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      location.assign(options()[at].dataset.url);
    }
  });
  list.addEventListener('mousedown', (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (option) location.assign(option.dataset.url);
  });
  input.addEventListener('blur', close);
}
