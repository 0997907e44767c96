// What every page runs. Nothing here is needed: without it the pages work, and the server judges again.
import { follow } from './conditions.mjs';
import { suggest } from './suggest.mjs';
import { grow } from './groups.mjs';
import { keepDraft } from './drafts.mjs';
import { number } from './editor.mjs';
import { readPapers } from './scan.mjs';
import { lookNear } from './near.mjs';
import { sayValues } from './values.mjs';

document.documentElement.classList.add('js');

// What is wrong is the first thing to be read: the summary takes the focus, its links lead into the field.
const faults = document.getElementById('faults');
if (faults) {
  faults.focus();
  faults.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    (field.closest('.field') ?? field).scrollIntoView();
  });
} else if (/^#(field|group)-/.test(location.hash)) {
  document.getElementById(location.hash.slice(1))?.focus(); // back from "Change" on the review page
}

// Scripts that few forms need, for a form or for an item added to a group of it.
function takeFiles(part) {
  if (part.querySelector('[data-files]')) import('./attachments.mjs').then(({ attach }) => attach(part));
  if (part.querySelector('[data-signature]')) import('./signature.mjs').then(({ sign }) => sign(part));
}

for (const form of document.querySelectorAll('form[data-form]')) {
  grow(form, takeFiles);
  follow(form);
  keepDraft(form);
  lookNear(form);
  sayValues(form);
  takeFiles(form);
}

for (const box of document.querySelectorAll('[data-editor]')) number(box);
for (const form of document.querySelectorAll('form.seek')) suggest(form);

// A second click on the way does nothing; it counts again after a while, and when the page comes back.
for (const form of document.querySelectorAll('form[data-once]')) {
  let sent = 0;
  form.addEventListener('submit', (event) => {
    if (Date.now() - sent < 5000) event.preventDefault();
    else if (event.submitter?.value !== 'edit') sent = Date.now();
  });
  addEventListener('pageshow', () => { sent = 0; });
}

const paper = document.querySelector('form[data-scan]');
if (paper) readPapers(paper);

for (const box of document.querySelectorAll('[data-print]')) {
  box.hidden = false;
  box.querySelector('button').addEventListener('click', () => print());
}
