// Passkeys: a form with data-passkey ("create" or "get") asks the portal for a question, hands it to the browser, and
// posts the answer as any form is posted. Without a script, or in a browser that has none, the form stays hidden.
import texts from 'texts:passkey';

const words = texts[document.documentElement.lang === 'en' ? 'en' : 'cs'];
const toBytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const ids = (list) => list.map((each) => ({ ...each, id: toBytes(each.id) }));

async function ask(kind) {
  const answer = await fetch('/passkey/ask', { method: 'POST', body: new URLSearchParams({ for: kind }), headers: { accept: 'application/json' } });
  if (answer.status === 403) { location.assign('/account/confirm?next=/account/security'); return undefined; }
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function answer(form) {
  const kind = form.dataset.passkey, asked = await ask(kind);
  if (!asked) return;
  const put = (name, bytes) => { form.elements[name].value = toText(bytes); };
  const publicKey = { ...asked, challenge: toBytes(asked.challenge) };
  if (kind === 'create') {
    publicKey.user = { ...asked.user, id: toBytes(asked.user.id) };
    publicKey.excludeCredentials = ids(asked.excludeCredentials);
  } else publicKey.allowCredentials = ids(asked.allowCredentials);
  const made = await navigator.credentials[kind]({ publicKey });
  put('credential', made.rawId);
  put('client', made.response.clientDataJSON);
  if (kind === 'create') put('data', made.response.getAuthenticatorData());
  else { put('data', made.response.authenticatorData); put('signature', made.response.signature); }
  form.submit();
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll('form[data-passkey]') : []) {
  const fault = form.querySelector('[data-passkey-fault]'), button = form.querySelector('button');
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    fault.hidden = true;
    button.disabled = true;
    answer(form).catch((problem) => {
      fault.textContent = problem.name === 'InvalidStateError' ? words.known : words.failed;
      fault.hidden = false;
      button.disabled = false;
    });
  });
}
