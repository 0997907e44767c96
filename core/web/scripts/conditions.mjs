// Shows and hides fields by their conditions (data-when, the subset of JsonLogic that form definitions use).
// What it cannot read it shows: the server decides in any case.
import { answers, itemOf } from './answers.mjs';

const unknown = Symbol('unknown');
const truthy = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
const same = (a, b) => a === b || (a != null && b != null && typeof a !== typeof b && String(a) === String(b));
const both = (compare) => ([a, b]) => (a == null || b == null ? false : compare(a, b));

const operators = {
  '==': ([a, b]) => same(a, b),
  '===': ([a, b]) => a === b,
  '!=': ([a, b]) => !same(a, b),
  '!==': ([a, b]) => a !== b,
  '<': both((a, b) => a < b),
  '<=': both((a, b) => a <= b),
  '>': both((a, b) => a > b),
  '>=': both((a, b) => a >= b),
  '!': ([a]) => !truthy(a),
  '!!': ([a]) => truthy(a),
  and: (list) => list.every(truthy),
  or: (list) => list.some(truthy),
  in: ([needle, hay]) => (hay == null ? false : hay.includes?.(needle) ?? false),
};

export function evaluate(rule, data) {
  if (rule === null || typeof rule !== 'object') return rule;
  if (Array.isArray(rule)) return rule.map((each) => evaluate(each, data));
  const [name] = Object.keys(rule);
  if (name === 'var') {
    const [path, otherwise = null] = [rule.var].flat();
    return String(path).split('.').reduce((at, key) => at?.[key], data) ?? otherwise;
  }
  if (!Object.hasOwn(operators, name)) return unknown;
  const given = [rule[name]].flat(1).map((each) => evaluate(each, data));
  return given.includes(unknown) ? unknown : operators[name](given);
}

function holds(box, data) {
  try {
    const value = evaluate(JSON.parse(box.dataset.when), data);
    return value === unknown || truthy(value);
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
