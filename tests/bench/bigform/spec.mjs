// The big form that the benchmark "bigform" compares: 200 fields in 20 sections and a group of 4 fields that repeats 50
// times. One description; make.mjs writes it as a form of ours, the peers read it as JSON.
const KINDS = ['text', 'text', 'text', 'number', 'date', 'choice', 'text', 'email', 'number', 'text'];
const OPTIONS = ['north', 'east', 'south', 'west'];
const VALUES = { text: 'Americká 42', number: '12', date: '2026-05-04', choice: 'south', email: 'jana@example.cz' };

const field = (id, kind, label) => ({ id, kind, label, ...(kind === 'choice' && { options: OPTIONS }) });

export const sections = Array.from({ length: 20 }, (_, s) => ({
  id: `part_${s + 1}`, title: `Part ${s + 1}`,
  fields: KINDS.map((kind, f) => field(`f_${s * 10 + f + 1}`, kind, `Question ${s * 10 + f + 1}`)),
}));
export const group = { id: 'items', title: 'Items', count: 50, fields: ['text', 'number', 'date', 'choice'].map((kind, f) => field(`item_${f + 1}`, kind, `Item question ${f + 1}`)) };

/** Everything answered, as a browser posts it. */
export function answers() {
  const all = new URLSearchParams();
  for (const { fields } of sections) for (const { id, kind } of fields) all.append(id, VALUES[kind]);
  for (let i = 0; i < group.count; i++) for (const { id, kind } of group.fields) all.append(`${group.id}.${i}.${id}`, VALUES[kind]);
  return all;
}
