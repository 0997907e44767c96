// Saves what is being filled in as a draft: a moment after each change and on leaving. The server numbers the
// saves; a page that knows an older number is told, and never overwrites what another one has saved.
import texts from 'texts:draft.script';

const AFTER_MS = 3000; // since the last change
const AGAIN_MS = 15000; // after a failure
const words = texts[document.documentElement.lang] ?? texts.cs;

/** What the form would post, without files: those are sent by themselves. */
function typed(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form))
    if (typeof value === 'string' && !['_key', '_action'].includes(name)) fields.append(name, value);
  return fields;
}

export function keepDraft(form) {
  const status = form.querySelector('[data-draft-status]');
  if (!status) return;
  const { _draft: draft, _draft_version: version } = form.elements;
  const page = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  let timer, saving, stopped = form.ownerDocument.getElementById('faults')?.querySelector('[value^="keep:"]') != null;
  let saved = typed(form).toString();
  const say = (text) => { if (status.textContent !== text) status.textContent = text; };

  function stop(text) {
    stopped = true;
    clearTimeout(timer);
    say(text);
  }
  /** The address says which step this is and of which draft: a reload comes back to it. */
  function settle() {
    const url = new URL(form.action);
    url.searchParams.set('draft', draft.value);
    history.replaceState(history.state, '', url);
  }
  /** The two contents side by side: the server draws them, as for a page without scripts. */
  function offerBoth() {
    stop(words.changed);
    const button = document.createElement('button');
    Object.assign(button, { type: 'submit', name: '_action', value: 'save', className: 'button button--plain', textContent: words.show });
    status.append(' ', button);
  }
  async function take(answer, fields) {
    if (answer.ok) {
      const { draft: reference, version: now, saved: at } = await answer.json();
      draft.value = reference;
      version.value = now;
      saved = fields;
      say(words.saved.replace('{at}', at));
      if (!new URL(location).searchParams.has('draft')) settle();
    } else if (answer.status === 409) offerBoth();
    else if (answer.status === 404) stop(words.gone);
    else if (answer.status === 413) stop(words.full);
    else if (answer.status === 401) {
      draft.value = ''; // an account's, and the sign-in has ended: kept as one of its own
      version.value = 0;
      await send(typed(form), false);
      say(words.apart);
    } else throw new Error(answer.statusText);
  }
  async function send(fields, keepalive) {
    const content = fields.toString();
    fields.append('_page', page);
    fields.append('_agenda', form.dataset.agenda);
    fields.append('_form', form.dataset.form);
    const answer = await fetch(draft.value ? `/drafts/${draft.value}` : '/drafts', {
      method: draft.value ? 'PUT' : 'POST', body: fields, headers: { accept: 'application/json' }, keepalive,
    });
    await take(answer, content);
  }
  // On leaving, only what was typed since: a save of what scripts arranged would overtake the page that is next.
  function save(leaving = false) {
    const typedSince = timer !== undefined;
    clearTimeout(timer);
    timer = undefined;
    if (stopped || saving || (leaving && !typedSince)) return saving;
    const fields = typed(form), content = fields.toString();
    if (content.replace(/(^|&)_draft[^&]*/g, '') === saved.replace(/(^|&)_draft[^&]*/g, '')) return undefined;
    say(words.saving);
    saving = send(fields, leaving && content.length < 60000)
      .catch(() => { say(words.later); later(AGAIN_MS); })
      .finally(() => { saving = undefined; });
    return saving;
  }
  function later(ms) {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  }
  form.addEventListener('input', () => later(AFTER_MS));
  form.addEventListener('change', () => later(AFTER_MS));
  // A save that is under way ends first: else the page would post a number that is older than its own save.
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    if (!saving) { stopped = true; return; }
    event.preventDefault();
    const { submitter } = event;
    saving.then(() => form.requestSubmit(submitter));
  });
  addEventListener('pageshow', ({ persisted }) => { if (persisted) stopped = false; });
  addEventListener('pagehide', () => save(true));
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(true); });
  if (stopped || new URL(form.action).pathname === location.pathname) return;
  if (draft.value) settle(); // "Continue" led here from the step before, whose address still stands there
  else {
    saved = '';
    save();
  }
}
