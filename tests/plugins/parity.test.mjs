// What a C plugin can do, a script can do: the dog fee in Lua and in C (tests/bench/plugins/dog_fee_c) say the same of
// the same answers: values, explanation, errors, the day of payment.
import { strict as assert } from 'node:assert';
import { after, before, it } from 'node:test';
import { join } from 'node:path';
import { cpSync, rmSync } from 'node:fs';

import { epo } from '../support/portal.mjs';
import { build, openFolder, place, root } from './support/plugins.mjs';

const COUNT = 300, LUA = join(root, 'lua/agendas/dog_fee'), PEER = join(root, 'tests/bench/plugins/dog_fee_c');
let folder;
before(() => { folder = openFolder(); });
after(() => rmSync(folder, { recursive: true, force: true }));

let seed = 20261124;
const random = (count) => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return Math.floor(seed / 2 ** 32 * count); };
const any = (...list) => list[random(list.length)];
const date = (first, last) => new Date(Date.UTC(first, 0, 1) + random((last - first + 1) * 365) * 86400000).toISOString().slice(0, 10);

/** Answers as people give them: mostly right, some not, some left out. */
function answers(today) {
  const held = any(date(2019, 2025), `${today.slice(0, 4)}-0${1 + random(9)}-${10 + random(18)}`);
  const born = any(held, date(2018, 2025), held.replace(/^\d+/, (year) => String(year - 1)), `${today.slice(0, 4)}-0${1 + random(3)}-1${random(9)}`);
  const given = {
    holder_kind: any('person', 'person', 'person', 'company'), name: 'Jana Nováková', birth_date: any(date(1935, 2000), date(1958, 1963), `${today.slice(0, 4) - 65}-01-01`),
    company_name: 'Psí ráj s.r.o.', ico: any('00075370', '27074358', '00075371'), address: 'Americká 42, 301 00 Plzeň', email: 'jana@example.cz',
    home: { type: 'Point', coordinates: [13.3776, 49.7475] }, house_kind: any('family_house', 'apartment_house'), dog_name: 'Rek', breed: 'kříženec', sex: 'male', colour: 'černá',
    dog_born: born, marking: 'chip', chip: any('203098100123456', '900108001234567', '001098100123456', '999098100123456'), held_since: held, other_dogs: any(0, 0, 1, 3),
    relief: any('none', 'none', 'none', 'none', 'blind', 'dependent', 'card', 'training', 'shelter', 'duty'), relief_proof: 'ukážu', payment: any('once', 'half'),
  };
  for (const name of given.holder_kind === 'person' ? ['company_name', 'ico'] : ['birth_date']) delete given[name];
  for (const name of given.relief === 'none' ? ['relief_proof'] : ['payment']) delete given[name];
  if (random(8) === 0) delete given[any('held_since', 'dog_born', 'house_kind', 'other_dogs', 'relief', 'chip')];
  return given;
}

// What is expected is never there, so that each case says what it got.
const expect = { values: { fee: -1 }, errors: [], explain: [], result: { due: 'never' } };
const cases = Array.from({ length: COUNT }, (_, i) => {
  const today = any('2026-01-02', '2026-03-01', '2026-06-30', '2026-07-01', '2026-11-24', '2026-12-31', date(2024, 2027));
  return { name: `case ${i}`, form: 'registration', today, lang: any('cs', 'en'), answers: answers(today), expect };
});

/** What the agenda said of each case. */
function said(name) {
  const run = epo('agenda', 'test', name, '-C', folder);
  assert.equal(run.stdout, `${name}: 0 passed, ${COUNT} failed\n`, run.stderr.slice(0, 2000));
  return run.stderr.trim().split('\n').map((line) => line.slice(line.indexOf(': case ') + 2));
}

it('the same answers to the same questions', () => {
  cpSync(LUA, join(folder, 'agendas/dog_fee'), { recursive: true });
  cpSync(PEER, join(folder, 'agendas/dog_fee_c'), { recursive: true });
  for (const part of ['forms', 'texts']) cpSync(join(LUA, part), join(folder, 'agendas/dog_fee_c', part), { recursive: true });
  cpSync(build(join(PEER, 'dog_fee_c.c')), join(folder, 'agendas/dog_fee_c/dog_fee_c.so'));
  for (const name of ['dog_fee', 'dog_fee_c']) {
    rmSync(join(folder, 'agendas', name, 'tests'), { recursive: true, force: true });
    place(folder, 'agendas', name, { 'tests/generated.json': cases });
  }
  const lua = said('dog_fee'), c = said('dog_fee_c');
  assert.deepEqual(c, lua);
  const distinct = (pattern) => new Set(lua.map((line) => line.match(pattern)?.[1]).filter(Boolean)).size;
  assert.ok(distinct(/"fee" is (\d+),/) > 20, 'many fees');
  assert.ok(distinct(/"due" is ("\d+-\d+-\d+")/) > 5, 'many days of payment');
  assert.ok(distinct(/the explanation is (.*), expected/) > 60, 'many explanations');
  assert.ok(distinct(/the error "(\w+|form\.\w+)"/) >= 5, 'each kind of error');
});
