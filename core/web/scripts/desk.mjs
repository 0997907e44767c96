// The clerks' desk: keys for the list, and word of new cases. Both only help: without them the page is whole.
import all from 'texts:script';

const KEYS_OFF = 'epo.desk.keys_off', ASK_MS = 30000;
const texts = all[document.documentElement.lang === 'en' ? 'en' : 'cs'];

const remembered = () => {
  try { return localStorage.getItem(KEYS_OFF) === '1'; } catch { return false; }
};
const remember = (off) => {
  try { localStorage.setItem(KEYS_OFF, off ? '1' : '0'); } catch { /* for this page only, then */ }
};

// One letter each, so they can be switched off (WCAG 2.1.4), and they never act while something is typed.
function keys(list) {
  const rows = [...list.querySelectorAll('[data-case]')], link = (row) => row.querySelector('.case__link');
  const help = document.getElementById('desk-keys'), off = help?.querySelector('[name=keys-off]');
  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const go = (at) => link(rows[Math.min(Math.max(at, 0), rows.length - 1)])?.focus();
  const actions = {
    j: () => go(here() + 1),
    k: () => go(here() < 0 ? 0 : here() - 1),
    o: () => { if (here() >= 0) link(rows[here()]).click(); },
    x: () => rows[here()]?.querySelector('.tick').click(),
    t: () => document.querySelector('#bulk button[value=take]')?.click(),
    '/': () => document.getElementById('filter-q')?.focus(),
    '?': () => help?.showModal(),
  };
  if (off) {
    off.checked = remembered();
    off.addEventListener('change', () => remember(off.checked));
  }
  for (const button of document.querySelectorAll('[data-opens="desk-keys"]')) {
    button.hidden = false;
    button.addEventListener('click', () => help.showModal());
  }
  addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input:not([type=checkbox]), textarea, select, dialog, [role=application], [contenteditable]');
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action || typing || event.ctrlKey || event.metaKey || event.altKey || off?.checked || remembered()) return;
    event.preventDefault();
    action();
  });
}

// "2 new": said politely, and the list stays as it is until the clerk wants to see them.
function news(line) {
  let tag = '';
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(line.dataset.news, { headers: tag ? { 'If-None-Match': tag } : {}, cache: 'no-store' });
      if (answer.status !== 200) return;
      tag = answer.headers.get('etag') ?? '';
      const { count, text } = await answer.json();
      if (count === 0) return line.replaceChildren();
      const link = document.createElement('a');
      link.href = line.dataset.list;
      link.textContent = texts.desk_new.replace('{count}', text);
      line.replaceChildren(link);
    } catch { /* asked again later */ }
  };
  setInterval(ask, ASK_MS);
  document.addEventListener('visibilitychange', ask);
}

const list = document.querySelector('.cases'), line = document.querySelector('[data-news]');
if (list) keys(list);
if (line) news(line);
