// epo agenda new makes an agenda that works at once; epo agenda test runs an agenda's own cases and says file and line
// of a wrong one; those that are shipped pass theirs.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { body, file, post, spots } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { epo } from '../support/portal.mjs';
import { finish, here, openFolder, place, start } from './support/plugins.mjs';

let folder, portal;
before(() => { folder = openFolder(); });
after(() => finish(portal));
const test = (...names) => epo('agenda', 'test', ...names, '-C', folder);

describe('epo agenda new', () => {
  it('makes a folder whose own cases pass', () => {
    const made = epo('agenda', 'new', 'pond_permit', '-C', folder);
    assert.deepEqual([made.status, made.stderr], [0, '']);
    assert.ok(made.stdout.startsWith(`${folder}/agendas/pond_permit is ready`), made.stdout);
    const run = test('pond_permit');
    assert.deepEqual([run.status, run.stdout, run.stderr], [0, 'pond_permit: 3 passed, 0 failed\n', '']);
  });

  it('refuses a name that is taken or is none', () => {
    const again = epo('agenda', 'new', 'pond_permit', '-C', folder);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /pond_permit cannot be made: File exists/);
    for (const name of ['Pond', '../x', 'a', '9lives', 'x'.repeat(41), '']) {
      const { status, stderr } = epo('agenda', 'new', name, '-C', folder);
      assert.deepEqual([name, status], [name, 1]);
      assert.match(stderr, /cannot be the name of an agenda/);
    }
    assert.equal(epo('agenda', 'new', '-C', folder).status, 2);
  });

  it('the agenda works from its form to the clerk', async () => {
    portal = await start(folder);
    const answers = { name: 'Jana Nováková', email: 'jana@example.cz', pieces: 3, place: { type: 'Point', coordinates: spots['umo-3'] } };
    const filed = await file(portal.url, 'pond_permit', 'request', answers);
    assert.equal(filed.place.district.number, 3);
    const form = body({ ...answers, pieces: '4', place: JSON.stringify(answers.place) });
    const review = await (await post(portal.url, '/agendas/pond_permit/request', form)).text();
    assert.match(review, /400\u00a0Kč/);
    assert.match(review, /4 ks po 100\u00a0Kč/);
    const refused = await portal.post('/api/v1/forms/pond_permit/request/submissions', { ...answers, pieces: 11 });
    assert.deepEqual([refused.status, refused.json.errors.map(({ path, code }) => [path, code])], [422, [['pieces', 'too_many_pieces']]]);
    const cookie = await signIn(portal, 'umo-3');
    assert.ok((await (await portal.get('/office', { cookie })).text()).includes(filed.number), 'in the inbox of Plzeň 3');
    assert.ok(!(await (await portal.get('/office', { cookie: await signIn(portal, 'umo-1') })).text()).includes(`/office/cases/${filed.number}`));
  });
});

describe('epo agenda test', () => {
  /** Runs pond_permit with its second case changed; the lines of stderr. */
  function changed(change) {
    const path = join(folder, 'agendas/pond_permit/tests/request.json'), before = readFileSync(path, 'utf8');
    const cases = JSON.parse(before);
    change(cases[1]);
    writeFileSync(path, JSON.stringify(cases, null, 2));
    const at = JSON.stringify(cases, null, 2).split('\n').findIndex((line, i) => line === '  {' && i > 1) + 1;
    const run = test('pond_permit');
    writeFileSync(path, before);
    assert.equal(run.status, 1);
    assert.equal(run.stdout, 'pond_permit: 2 passed, 1 failed\n');
    const where = `${path}:${at}: more than the agenda allows: `;
    return run.stderr.trim().split('\n').map((line) => {
      assert.ok(line.startsWith(where), `${line}\nbegins with ${where}`);
      return line.slice(where.length);
    });
  }

  it('says file, line and case of what differs', () => {
    assert.deepEqual(changed((one) => { one.expect.errors = ['polite']; }), ['the error "polite" was expected and did not come', 'the error "too_many_pieces" at "pieces" was not expected: Tolik kusů najednou povolit nejde.']);
    assert.deepEqual(changed((one) => { one.answers.pieces = 2; one.expect = { values: { total: 1 } }; }), ['the value "total" is 20000, expected 1']);
    assert.deepEqual(changed((one) => { one.answers.pieces = 2; one.expect = { explain: ['x'] }; }), ['the explanation is ["2 ks po 100\u00a0Kč"], expected ["x"]']);
    assert.deepEqual(changed((one) => { one.answers.pieces = 2; one.expect = { result: { due: '2026-01-01' } }; }), ['the result "due" is null, expected "2026-01-01"']);
    assert.deepEqual(changed((one) => { one.form = 'other'; }), ['the case needs "answers" and a "form" that the agenda has']);
    assert.deepEqual(changed((one) => { one.answers.pieces = 2; one.case = { from: 'received', to: 'flown' }; one.expect = {}; }), ['The agenda allows no move from "received" to "flown". (state.not_allowed)']);
  });

  it('says file and line of a script that stumbles, of a case that is no JSON, of an agenda that does not load', () => {
    const from = join(folder, 'agendas/pond_permit'), script = readFileSync(join(from, 'agenda.lua'), 'utf8');
    place(folder, 'agendas', 'pond_permit', { 'agenda.lua': script.replace('call:set("total", pieces * price)', 'call:set("total", pieces * prise)') });
    const stumbled = test('pond_permit');
    assert.equal(stumbled.status, 1);
    assert.match(stumbled.stderr, /request\.json:2: three pieces: pond_permit\/agenda\.lua:8: attempt to perform arithmetic on a nil value \(global 'prise'\) \(lua\.error\)/);
    place(folder, 'agendas', 'pond_permit', { 'agenda.lua': 'return {' });
    const broken = test('pond_permit');
    assert.deepEqual([broken.status, broken.stdout], [1, 'pond_permit: 0 passed, 1 failed\n']);
    assert.match(broken.stderr, /^pond_permit\/agenda\.lua:1: unexpected symbol near <eof>$/m);
    place(folder, 'agendas', 'pond_permit', { 'agenda.lua': script, 'tests/more.json': '[\n  {"name": "x",}\n]' });
    const half = test('pond_permit');
    assert.deepEqual([half.status, half.stdout], [1, 'pond_permit: 3 passed, 1 failed\n']);
    assert.match(half.stderr, /tests\/more\.json:2:\d+: /);
    place(folder, 'agendas', 'pond_permit', { 'tests/more.json': '[]' });
    const none = test('no_such_agenda');
    assert.deepEqual([none.status, none.stderr], [1, 'epo: there is no agenda no_such_agenda\n']);
  });

  it('passes for those that are shipped, with the worked examples of the rates', () => {
    const run = test();
    assert.deepEqual([run.status, run.stderr], [0, '']);
    const counts = Object.fromEntries([...run.stdout.matchAll(/^(\w+): (\d+) passed, 0 failed$/gm)].map(([, name, passed]) => [name, Number(passed)]));
    assert.ok(['dog_fee', 'flat_lease', 'land_lease', 'public_space', 'stay_fee'].every((name) => counts[name] >= 25) && counts.waste_fee >= 15 && counts.pond_permit === 3, run.stdout);
  });

  it('leaves nothing behind: no table, no file', () => {
    assert.ok(!existsSync(join(here, 'test.db')));
    assert.equal(epo('check', '-C', folder).status, 0);
  });
});
