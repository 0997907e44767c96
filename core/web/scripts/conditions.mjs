// Shows and hides fields by their conditions (data-when). What it cannot read it shows: the server decides in any case.
import { answers, itemOf } from './answers.mjs';
import { evaluate, truthy } from './jsonlogic.mjs';

function holds(box, data) {
  try {
    return truthy(evaluate(JSON.parse(box.dataset.when), data));
  } catch {
    return true;
  }
}

// What a condition sees: inside an item of a repeated group its own answers before those of the form.
// data-known: answers of other steps.
function seen(box, form) {
  const all = { ...JSON.parse(form.dataset.known ?? '{}'), ...answers(form) };
  const item = itemOf(box);
  return item ? { ...all, ...all[item[0]]?.[item[1]] } : all;
}

export function follow(form) {
  if (!form.querySelector('[data-when], template')) return;
  // In the order of the page: a condition speaks of earlier fields, and a hidden field has no answer.
  const update = () => {
    for (const box of form.querySelectorAll('[data-when]')) {
      const shown = holds(box, seen(box, form));
      if (shown === !box.hasAttribute('data-hidden')) continue;
      box.toggleAttribute('data-hidden', !shown);
      box.dispatchEvent(new CustomEvent('epo:shown', { bubbles: true, detail: { shown } }));
    }
  };
  form.addEventListener('input', update);
  form.addEventListener('change', update);
  addEventListener('pageshow', update); // the browser has put back what was typed
  update();
}
