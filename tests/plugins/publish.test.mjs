// What a change would do and when it counts: tried on what was filed, then from midnight of a day on, in a portal
// that serves; the clock of the demo is moved, nothing waits for a real day.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { file } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { binary } from '../support/portal.mjs';
import { events, openFolder, place, start, until } from './support/plugins.mjs';

const both = { cs: 'x', en: 'x' };
const form = (label) => ({
  id: 'pass', title: { cs: 'Průjezd', en: 'Pass' }, computed: [{ id: 'toll', type: 'money', label: { cs: 'Mýto', en: 'Toll' } }],
  sections: [{ id: 'who', title: { cs: 'Kdo', en: 'Who' }, fields: [{ id: 'name', type: 'text', label: { cs: label, en: label } }] }],
});
const manifest = (more = {}) => ({
  name: 'toll', version: '1', abi: '1.0', runtime: 'lua', main: 'agenda.lua', title: { cs: 'Mýtné', en: 'Tolls' }, summary: both, forms: ['forms/pass.json'],
  parameters: { rate: 1000 }, parameter_types: { rate: { type: 'money', public: true, label: { cs: 'Sazba', en: 'Rate' } } }, routing: { office: 'umo-3' },
  rights: ['records'], records: { pass: { title: both, fields: [{ id: 'district', type: 'text', label: both, required: false }] } }, ...more,
});
const script = (check) => `return {compute = function(call) call:set("toll", call.parameters.rate) end, check = function(call) ${check} end,
assess = function(call)
  call:ledger_post{kind = "assessment", person = call.record.person, record = call.record.key, period = call.period, due = call.period .. "-06-30", haler = call.parameters.rate, reference = call.record.key .. call.period}
end}\n`;
const files = (check, more, label = 'Jméno') => ({ 'manifest.json': manifest(more), 'agenda.lua': script(check), 'forms/pass.json': form(label) });
const REFUSES = 'if call.answers.name == "Eva" then call:fail("bad_input", "answers.name", "no_eva", "x") end';

let folder, portal, admin;
const aside = (kind) => join(folder, `aside-${kind}`, 'toll');
/** A demo that serves, or is started, lives on that day from its midnight on. */
const becomes = (day) => writeFileSync(join(folder, 'demo-day'), day);
const at = async (day) => {
  if (portal) assert.equal(await portal.stop(), 0, portal.log.slice(-3000));
  becomes(day);
  portal = await start(folder);
  admin = await signIn(portal, 'admin');
};
const epo = (...args) => spawnSync(binary, [...args, '-C', folder], { encoding: 'utf8' });
const post = (path, fields) => fetch(portal.url + path, { method: 'POST', redirect: 'manual', headers: { cookie: admin, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields) });
const page = async (path) => (await (await portal.get(path, { cookie: admin })).text()).replace(/<[^>]*>/g, ' ').replace(/&nbsp;/g, ' ').replace(/[\s\u00a0]+/g, ' ');
const toll = async () => (await portal.post('/api/v1/forms/toll/pass/check', { answers: { name: 'Jan' } })).json.values[0]?.text.replace('\u00a0', ' ');
const count = (table) => spawnSync('sqlite3', [join(folder, 'portal.db'), `SELECT count(*) FROM ${table}`], { encoding: 'utf8' }).stdout.trim();

before(async () => {
  folder = openFolder();
  place(folder, 'agendas', 'toll', files(''));
  // changed folders of the same name, placed aside
  place(folder, 'aside-strict', 'toll', files(REFUSES));
  place(folder, 'aside-broken', 'toll', files('if'));
  place(folder, 'aside-tables', 'toll', { ...files('', { rights: ['records', 'tables'], statements: { all: { sql: 'SELECT name FROM toll_names' } } }), 'sql/001_names.sql': 'CREATE TABLE toll_names (name TEXT NOT NULL PRIMARY KEY) STRICT;\n' });
  await at('2026-12-01');
  for (const name of ['Eva', 'Jan', 'Ota']) await file(portal.url, 'toll', 'pass', { name });
});
after(() => portal?.clear());

describe('epo agenda replay', () => {
  const json = (...args) => { const run = epo('agenda', 'replay', 'toll', '--json', ...args); assert.equal(run.status, 0, run.stderr); return JSON.parse(run.stdout); };

  it('says what other parameters would have cost, in all and by district, and writes nothing', () => {
    const more = join(folder, 'more.json'), before = ['submissions', 'cases', 'case_events', 'outbox'].map(count);
    writeFileSync(more, JSON.stringify({ rate: { value: 1500, reason: 'x', from: '2026-01-01' } }));
    const { differences, sums } = json('--parameters', more);
    assert.equal(differences.length, 3);
    assert.deepEqual(differences[0].changes, [{ what: 'toll', before: '1000', after: '1500', money: true }]);
    assert.deepEqual([sums.counted, sums.different, sums.refused, sums.money_before, sums.money_after], [3, 3, 0, 3000, 4500]);
    assert.deepEqual(sums.districts, [{ code: '', counted: 3, different: 3, money_before: 3000, money_after: 4500 }]);
    assert.ok(!JSON.stringify(differences).includes('Eva'), 'numbers alone, no answers');
    assert.deepEqual(['submissions', 'cases', 'case_events', 'outbox'].map(count), before);
  });

  it('assesses the records of a period by both versions, by the parameters of its first day', () => {
    const more = join(folder, 'more.json'), put = (key, person) => spawnSync('sqlite3', [join(folder, 'portal.db'), `INSERT INTO records VALUES ('plzen', 'toll', '${key}', '${person}', 'pass', '{"district":"546003"}', NULL, '2026-01-01', NULL, 1)`]);
    put('a', 'P1');
    put('b', '');
    writeFileSync(more, JSON.stringify({ rate: { value: 1500, reason: 'x', from: '2027-01-01' } }));
    const { differences, sums } = json('--parameters', more, '--period', '2027');
    assert.deepEqual(differences.map(({ number, changes }) => [number, changes]), [['a', [{ what: 'assessed', before: '1000', after: '1500', money: true }]]]);
    assert.deepEqual([sums.counted, sums.different, sums.both], [5, 1, 1], 'b has nobody who would owe it');
    assert.equal(count("ledger_entries WHERE agenda = 'toll'"), '0', 'nothing is posted');
    spawnSync('sqlite3', [join(folder, 'portal.db'), "DELETE FROM records WHERE agenda = 'toll'"]);
  });

  it('says whom another script would have refused, and with which error', () => {
    const { differences, sums } = json('--folder', aside('strict'));
    assert.deepEqual(differences.map(({ changes }) => changes.map(({ what, after }) => `${what} ${after}`)), [['accepted false', 'errors ["no_eva"]', 'office ', 'due ']]);
    assert.deepEqual([sums.different, sums.refused, sums.accepted, sums.broken], [1, 1, 0, 0]);
  });

  it('names file and line of a version that would not start', () => {
    const run = epo('agenda', 'replay', 'toll', '--folder', aside('broken'));
    assert.equal(run.status, 1);
    assert.match(run.stderr, /toll\/agenda\.lua:1: /);
  });

  it('runs on the admin page in the background: progress, differences, all as a file, on record', async () => {
    const answer = await post('/admin/parameters/toll/rate', { _action: 'try', district: '', value: '25', from_day: '2027-01-01', reason_cs: 'x', seen: '0' });
    assert.equal(answer.status, 303);
    const where = answer.headers.get('location');
    const done = await until(portal, 'the replay', async () => { const text = await page(where); return /hotovo/.test(text) && text; });
    assert.match(done, /Vyzkoušeno žádostí a záznamů 3 .*30 Kč → 75 Kč \(rozdíl 45 Kč\)/);
    assert.match(done, /2026-000001 Mýto 10 Kč 25 Kč/);
    const csv = (await (await portal.get(`${where}/differences.csv`, { cookie: admin })).text()).replaceAll('\u00a0', ' ');
    assert.equal(csv.trim().split('\r\n').length, 4);
    assert.match(csv, /"2026-000001","2026-12-01","pass","","Mýto","10 Kč","25 Kč"/);
    assert.equal((await portal.get(where, { cookie: await signIn(portal, 'umo-3') })).status, 403);
    assert.equal(count("audit WHERE action = 'replay.started'"), '5');
    const cancelled = await post('/admin/parameters/toll', { _action: 'try' });
    await post(cancelled.headers.get('location'), {});
    assert.match(await page(cancelled.headers.get('location')), /zrušeno|hotovo/, 'cancelled, unless it was faster');
  });
});

describe('from a day on', () => {
  it('a script, a form and a parameter are planned; what would not start is refused at once', async () => {
    assert.equal(epo('agenda', 'publish', 'toll', '--folder', aside('broken'), '--from', '2027-01-01').status, 1);
    assert.equal(epo('agenda', 'publish', 'toll', '--folder', aside('strict'), '--from', '2026-11-30').status, 1, 'a day that is over');
    const planned = epo('agenda', 'publish', 'toll', '--folder', `${aside('strict')}/`, '--from', '2027-01-01', '--note', 'bez Evy');
    assert.equal(planned.status, 0, planned.stderr);
    assert.equal(epo('agenda', 'publish', 'toll', '--folder', aside('tables'), '--from', '2027-01-02', '--note', 'tabulky').status, 0);
    assert.equal((await post('/admin/parameters/toll/rate', { _action: 'save', district: '', value: '25', from_day: '2027-01-01', reason_cs: 'oprava mostu', seen: '0' })).status, 303);
    const source = JSON.stringify(form('Celé jméno'));
    assert.equal((await post('/admin/forms/toll/pass', { _action: 'publish', source, note: 'přesněji', base: '0', from_day: '2026-12-01' })).status, 422, 'not a day to come');
    assert.equal((await post('/admin/forms/toll/pass', { _action: 'publish', source, note: 'přesněji', base: '0', from_day: '2027-01-01' })).status, 303);
    assert.equal((await post('/admin/forms/toll/pass', { _action: 'publish', source: JSON.stringify(form('Omyl')), note: 'omyl', base: '0', from_day: '2027-01-01' })).status, 303);
    const listed = await page('/admin/publications');
    for (const says of [/bez Evy shell .*čeká na svůj den/, /přesněji Správce portálu/, /Sazba , celé město 25 Kč/]) assert.match(listed, says);
    const [, id] = (await (await portal.get('/admin/publications', { cookie: admin })).text()).match(/omyl<\/td>[\s\S]*?name="cancel" value="(\d+)"/);
    assert.equal((await post('/admin/publications', { cancel: id })).status, 303);
    assert.equal((await post('/admin/publications', { cancel: id })).status, 409);
    assert.equal(await toll(), '10 Kč');
  });

  it('they count from midnight, in a portal that serves, and the kept page says so', async () => {
    await at('2026-12-31');
    assert.match(await page('/agendas/toll'), /Sazba celé město 10 Kč celé město 25 Kč ještě neplatí oprava mostu/);
    assert.equal((await file(portal.url, 'toll', 'pass', { name: 'Eva' })).number.slice(0, 4), '2026');
    becomes('2027-01-01');
    await until(portal, 'the new version', async () => (await toll()) === '25 Kč' && events(portal, 'publication.live').length === 2);
    assert.equal((await portal.post('/api/v1/forms/toll/pass/check', { answers: { name: 'Eva' } })).json.errors[0].code, 'no_eva');
    assert.doesNotMatch(await page('/agendas/toll'), /ještě neplatí/);
    assert.match(await page('/agendas/toll/pass'), /Celé jméno/);
    admin = await signIn(portal, 'admin'); // the session of yesterday has idled away
    assert.match(await page('/admin/publications'), /bez Evy shell .* platí/);
  });

  it('one that cannot be loaded on its day leaves the old one running and says why; a restart changes nothing', async () => {
    for (const version of readdirSync(join(folder, 'versions'))) {
      if (readdirSync(join(folder, 'versions', version, 'toll')).includes('sql')) writeFileSync(join(folder, 'versions', version, 'toll', 'sql', '001_names.sql'), 'CREATE TABEL toll_names (name TEXT);\n');
    }
    await at('2027-01-02');
    assert.equal(await toll(), '25 Kč');
    assert.match(await page('/admin/publications'), /tabulky shell .*nepovedlo se, platí dosavadní .*syntax error/);
    assert.match(await page('/admin'), /\/admin\/publications toll: .*syntax error/);
    assert.equal((await portal.post('/api/v1/forms/toll/pass/check', { answers: { name: 'Eva' } })).json.errors[0].code, 'no_eva');
    const [, id] = (await (await portal.get('/admin/publications', { cookie: admin })).text()).match(/bez Evy<\/td>[\s\S]*?name="cancel" value="(\d+)"/);
    assert.equal((await post('/admin/publications', { cancel: id })).status, 303, 'a folder that serves gives way to the usual one');
    assert.deepEqual((await portal.post('/api/v1/forms/toll/pass/check', { answers: { name: 'Eva' } })).json.errors, []);
  });
});
