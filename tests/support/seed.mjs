// Files many demo requests over the API of a running portal, for looking at the desk with something in it:
//
//   node tests/support/seed.mjs http://127.0.0.1:8080 300
//
// The same figures each time; every fifth lies near the one before it. The portal must not limit how many come from
// one address ("http": {"limited_per_minute": 0} in epo.json).
import { dog, stall } from '../browser/support/forms.mjs';

const [address, count = '100'] = process.argv.slice(2);
if (!address) {
  console.error('usage: seed.mjs ADDRESS [COUNT]');
  process.exit(2);
}
const names = ['Jana Nováková', 'Petr Svoboda', 'Žofie Říhová', 'Karel Dvořák', 'Milena Černá', 'Jiří Procházka', 'Věra Kučerová', 'Šimon Žák'];
let state = 20261128;
const random = () => { // a linear congruential generator: any run gives the same
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const square = ([lon, lat]) => ({ type: 'Polygon', coordinates: [[[0, 0], [5, 0], [5, 4], [0, 4], [0, 0]].map(([x, y]) => [lon + x / 72000, lat + y / 111000])] });
const filed = new Map();
let last = [13.3776, 49.7475];
for (let i = 0; i < Number(count); i++) {
  const near = i % 5 === 4, [lon, lat] = near ? last : [13.3776 + (random() - 0.5) * 0.06, 49.7475 + (random() - 0.5) * 0.04];
  last = near ? [lon + 0.0001, lat + 0.00005] : [lon, lat];
  const name = names[i % names.length];
  const [path, answers] = i % 3 === 0 ? ['public_space/occupy', { ...stall, name, affects_road: false, area: square(last) }] : ['dog_fee/registration', { ...dog, name, other_dogs: 0, home: { type: 'Point', coordinates: last } }];
  const answer = await fetch(`${address}/api/v1/forms/${path}/submissions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(answers) });
  const what = answer.status === 201 ? 'filed' : `${answer.status} ${(await answer.json()).errors?.map(({ path: at, code }) => `${at} ${code}`).join(', ')}`;
  filed.set(what, (filed.get(what) ?? 0) + 1);
}
for (const [what, times] of filed) console.log(`${what}: ${times}`);
