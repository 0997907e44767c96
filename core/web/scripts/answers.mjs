// The answers of a form as they stand in the page, in the types of the JSON interface.

const number = (text) => {
  const plain = text.replace(/[\s\u00a0]/g, '').replace(',', '.');
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : text;
};
const json = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
const one = (inputs) => {
  const input = inputs.find((each) => (each.type === 'radio' ? each.checked : true));
  return input ? input.value.trim() : '';
};

const range = (box, name) => {
  const [from, to] = ['from', 'to'].map((side) => [...box.querySelectorAll('input')].find((each) => each.name === `${name}.${side}`)?.value);
  return from || to ? { from, to } : undefined;
};

// Each kind of field whose value is not plain text.
const kinds = {
  number,
  money: number,
  yes_no: (text) => (text === 'yes' || text === 'true' ? true : text === 'no' || text === 'false' ? false : text),
  location: json,
};

export function answer(box) {
  const name = box.dataset.field;
  const inputs = [...box.querySelectorAll('input, select, textarea')].filter((each) => each.name === name);
  if (box.dataset.type === 'date_range') return range(box, name);
  if (box.dataset.type === 'choices') return inputs.filter((each) => each.checked).map((each) => each.value);
  const text = one(inputs);
  if (text === '') return undefined;
  return kinds[box.dataset.type]?.(text) ?? text;
}

// The item ("dogs.0") of a repeated group that the field stands in, or undefined.
export const itemOf = (box) => box.closest('[data-item]')?.dataset.item.split('.');

export function answers(form) {
  const all = {};
  const shown = (box) => !box.closest('[data-hidden]');
  for (const group of form.querySelectorAll('[data-group]')) {
    if (shown(group)) all[group.dataset.group] = [...group.querySelectorAll('[data-item]')].map(() => ({}));
  }
  for (const box of form.querySelectorAll('[data-field]')) {
    if (!shown(box)) continue;
    const value = answer(box);
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const item = itemOf(box);
    const where = item ? all[item[0]][item[1]] : all;
    where[box.dataset.field.split('.').at(-1)] = value;
  }
  return all;
}
