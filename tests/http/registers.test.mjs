// Records and ledger: fed by the city's own systems, written by a request that a clerk accepts, seen by whose they are
// and by the clerks of their office, and by nobody else.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { dogJson, post } from '../browser/support/forms.mjs';
import { accounts, epo, startDemo } from '../support/portal.mjs';

const cookies = {};
let portal, token;

const send = (path, fields, who) => post(portal.url, path, new URLSearchParams(fields), { 'sec-fetch-site': 'same-origin', ...(who && { cookie: cookies[who] }) });
const get = (path, who) => fetch(portal.url + path, { redirect: 'manual', headers: { 'accept-language': 'en', ...(who && { cookie: cookies[who] }) } });
const page = async (path, who) => {
  const answer = await get(path, who), text = await answer.text();
  assert.equal(answer.status, 200, `${path}: ${text.slice(0, 300)}`);
  return text;
};
async function signIn(who, name, password) {
  const answer = await send('/login', { name, password });
  assert.equal(answer.status, 303, `${name} signs in`);
  cookies[who] = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
}
async function api(method, path, { body, type = 'application/json', bearer = token } = {}) {
  const answer = await fetch(`${portal.url}/api/v1/agendas/${path}`, {
    method, headers: { 'accept-language': 'en', ...(bearer && { authorization: `Bearer ${bearer}` }), ...(body && { 'content-type': type }) }, body: body && (typeof body === 'string' ? body : JSON.stringify(body)),
  });
  return { status: answer.status, headers: answer.headers, json: await answer.json() };
}
const dogRow = (key, more = {}) => ({ key, person: '4711', from: '2025-05-01', data: { dog_born: '2024-01-01', held_since: '2025-05-01', house_kind: 'family_house', other_dogs: 0, relief: 'none', payment: 'once', district: '546003' }, ...more });
const codes = (report) => report.rejected.map(({ index, path, code }) => [index, path, code]);

before(async () => {
  portal = await startDemo();
  const rows = accounts(portal.folder);
  for (const [who, name] of [['jana', 'obcan@example.cz'], ['third', 'umo-3'], ['fourth', 'umo-4'], ['city', 'mesto']]) await signIn(who, name, rows[name]);
  const made = epo('token', 'add', 'register of dogs', '--agenda', 'dog_fee', '-C', portal.folder);
  assert.equal(made.status, 0, made.stderr);
  token = made.stdout.trim().split(/\s+/)[1];
});
after(() => portal.clear());

describe('records from the city\'s own system', () => {
  it('are put, put again and changed', async () => {
    const first = await api('POST', 'dog_fee/records', { body: [dogRow('a-1'), dogRow('a-2')] });
    assert.equal(first.status, 200, JSON.stringify(first.json));
    assert.deepEqual(first.json, { added: 2, changed: 0, same: 0, rejected: [] });
    const lines = [dogRow('a-1'), dogRow('a-2', { until: '2026-08-31' }), dogRow('a-3')].map((row) => JSON.stringify(row)).join('\n');
    const again = await api('POST', 'dog_fee/records', { body: lines, type: 'application/x-ndjson' });
    assert.deepEqual(again.json, { added: 1, changed: 1, same: 1, rejected: [] });
  });
  it('are rejected one by one, each with its reason', async () => {
    const wrong = dogRow('b-2');
    wrong.data.relief = 'rich';
    delete wrong.data.dog_born;
    const report = await api('POST', 'dog_fee/records', { body: [dogRow('b-1'), wrong, dogRow(''), dogRow('b-4', { from: '1. 5. 2025' }), 7, dogRow('b-6', { colour: 'red' })] });
    assert.equal(report.status, 200);
    assert.equal(report.json.added, 1);
    assert.deepEqual(codes(report.json), [[1, 'data.dog_born', 'form.required'], [1, 'data.relief', 'form.choice'], [2, 'key', 'record.key'], [3, 'from', 'record.day'], [4, '', 'record.object'], [5, 'colour', 'record.unknown']]);
    assert.ok(report.json.rejected.every(({ message }) => message && !message.startsWith('error.')), JSON.stringify(report.json.rejected));
  });
  it('are read in pages', async () => {
    const first = await api('GET', 'dog_fee/records?limit=2');
    assert.equal(first.json.records.length, 2);
    const keys = [...first.json.records.map(({ key }) => key)];
    for (let next = first.json.next; next;) {
      const { json } = await api('GET', `dog_fee/records?limit=2&after=${encodeURIComponent(next)}`);
      keys.push(...json.records.map(({ key }) => key));
      next = json.next;
    }
    assert.deepEqual(keys, [...new Set(keys)].sort());
    assert.ok(['a-1', 'a-2', 'a-3', 'b-1', '203098100123456'].every((key) => keys.includes(key)));
    const mine = await api('GET', 'dog_fee/records?person=4711');
    assert.equal(mine.json.records.length, 4);
  });
  it('are bounded, and only what they say they are', async () => {
    assert.equal((await api('POST', 'dog_fee/records', { body: Array.from({ length: 1001 }, (_, i) => ({ key: `${i}` })) })).status, 413);
    assert.equal((await api('POST', 'dog_fee/records', { body: { key: 'x' } })).status, 400);
    assert.equal((await api('POST', 'dog_fee/records', { body: 'key;from', type: 'text/csv' })).status, 415);
  });
  it('need a token that holds, for this agenda', async () => {
    const without = await api('GET', 'dog_fee/records', { bearer: null });
    assert.equal(without.status, 401);
    assert.equal(without.headers.get('www-authenticate'), 'Bearer');
    assert.equal((await api('GET', 'dog_fee/records', { bearer: 'x'.repeat(26) })).status, 401);
    assert.equal((await api('GET', 'waste_fee/records')).status, 403);
    const other = epo('token', 'add', 'another', '--agenda', 'dog_fee', '-C', portal.folder).stdout.trim().split(/\s+/);
    assert.equal((await api('GET', 'dog_fee/records', { bearer: other[1] })).status, 200);
    assert.equal(epo('token', 'revoke', other[0], '-C', portal.folder).status, 0);
    assert.equal((await api('GET', 'dog_fee/records', { bearer: other[1] })).status, 401);
    assert.ok(!epo('token', 'list', '-C', portal.folder).stdout.includes(token), 'the list does not show it');
    assert.equal(epo('token', 'add', 'x', '--agenda', 'dog_fee', '--right', 'root', '-C', portal.folder).status, 1);
  });
  it('come from a CSV file as people type them', () => {
    const file = join(portal.folder, 'dogs.csv');
    writeFileSync(file, '\ufeffkey;person;from;dog_born;held_since;house_kind;other_dogs;relief;payment;dog_name\r\n'
      + 'c-1;4712;1. 5. 2025;1. 1. 2024;1. 5. 2025;family_house;0;none;once;"Rek ""malý""; druhý"\r\n'
      + 'c-2;4712;1. 5. 2025;;1. 5. 2025;family_house;0;none;once;Alík\r\n');
    const first = epo('agenda', 'import', 'dog_fee', file, '-C', portal.folder);
    assert.equal(first.status, 1);
    assert.match(first.stdout, /^2 rows: 1 added, 0 changed, 0 as they were, 1 rejected/);
    assert.match(first.stderr, /line 3, data\.dog_born: .*form\.required/);
    assert.match(epo('agenda', 'import', 'dog_fee', file, '-C', portal.folder).stdout, /1 as they were, 1 rejected/);
    writeFileSync(file, 'key,from,colour\nc-3,2025-05-01,red\n');
    const unknown = epo('agenda', 'import', 'dog_fee', file, '-C', portal.folder);
    assert.equal(unknown.status, 1);
    assert.match(unknown.stderr, /colour/);
  });
});

describe('the ledger', () => {
  const entry = (more) => ({ kind: 'payment', person: '4711', day: '2026-05-04', haler: 50000, reference: 'bank/1', ...more });
  it('takes an entry once', async () => {
    assert.deepEqual((await api('POST', 'dog_fee/ledger', { body: [entry()] })).json, { added: 1, same: 0, rejected: [] });
    const again = await api('POST', 'dog_fee/ledger', { body: [entry(), entry({ haler: 1 }), entry({ haler: -3, reference: 'bank/2' }), entry({ kind: 'reversal', haler: undefined, reverses: 999999, reference: 'bank/3' })] });
    assert.equal(again.json.same, 1);
    assert.deepEqual(codes(again.json), [[2, 'haler', 'ledger.haler'], [1, 'reference', 'ledger.reference_used'], [3, 'reference', 'ledger.unknown_entry']]);
  });
  it('assesses a period over all records, and only once', async () => {
    const trial = epo('agenda', 'assess', 'dog_fee', '--period', '2026', '--dry-run', '-C', portal.folder);
    assert.match(trial.stdout, /[1-9]\d* to post/);
    const first = epo('agenda', 'assess', 'dog_fee', '--period', '2026', '-C', portal.folder);
    assert.equal(first.status, 0, first.stderr);
    assert.equal(first.stdout.match(/, (\d+) posted /)[1], trial.stdout.match(/, (\d+) to post/)[1]);
    assert.match(epo('agenda', 'assess', 'dog_fee', '--period', '2026', '-C', portal.folder).stdout, /, 0 posted/);
    assert.equal(epo('agenda', 'assess', 'dog_fee', '--period', 'soon', '-C', portal.folder).status, 1);
    const { json } = await api('GET', 'dog_fee/ledger?limit=1000');
    const assessed = json.entries.filter(({ kind, person, period }) => kind === 'assessment' && person === '4711' && period === '2026');
    assert.deepEqual(assessed.map(({ record, haler }) => [record, haler]).sort(), [['a-1', 50000], ['a-2', 33400], ['a-3', 50000], ['b-1', 50000]]);
  });
});

describe('a person sees', () => {
  it('own agendas, with what is owed and how to pay', async () => {
    assert.match(await page('/account/agendas', 'jana'), /\/account\/agendas\/dog_fee/);
    const shown = await page('/account/agendas/dog_fee', 'jana');
    assert.match(shown, /Baryk/);
    assert.match(shown, /2000145399\/0100/);
    assert.match(shown, /1000000008/);
    assert.match(shown, /<path d="M\d+ \d+h/);
  });
  it('statements', async () => {
    const csv = Buffer.from(await (await get('/account/agendas/dog_fee/statement.csv?from=2026-01-01', 'jana')).arrayBuffer()).toString();
    assert.ok(csv.startsWith('\ufeff"Day",'));
    assert.ok(csv.includes('"2026-06-25","Payment"') && !csv.includes('2025-06-12'), csv);
    assert.doesNotMatch(csv, /(^|,)"[=+@-]/m);
    const pdf = await get('/account/agendas/dog_fee/statement.pdf', 'jana');
    assert.equal(pdf.headers.get('content-type'), 'application/pdf');
    assert.ok(Buffer.from(await pdf.arrayBuffer()).subarray(0, 5).toString() === '%PDF-');
  });
  it('nothing of others', async () => {
    for (const path of ['/account/agendas/stay_fee', '/account/agendas/nothing', '/account/agendas/dog_fee/other.pdf']) assert.equal((await get(path, 'jana')).status, 404, path);
    for (const who of ['third', 'city']) assert.equal((await get('/account/agendas/dog_fee', who)).status, 404);
    assert.equal((await get('/account/agendas/dog_fee')).status, 303);
    assert.equal((await get('/office/persons/dog_fee/1000000008', 'jana')).status, 403);
  });
  it('what a clerk has accepted, under a number of their own', async () => {
    const answers = { ...dogJson('umo-3'), chip: '203098100777777' };
    const filed = await (await fetch(`${portal.url}/api/v1/forms/dog_fee/registration/submissions`, { method: 'POST', headers: { 'content-type': 'application/json', cookie: cookies.jana }, body: JSON.stringify(answers) })).json();
    assert.ok(filed.number, JSON.stringify(filed));
    const moved = await send(`/office/cases/${filed.number}`, { from: 'received', state: 'accepted', note: 'ok' }, 'third');
    assert.equal(moved.status, 303, await moved.text());
    const { json } = await api('GET', 'dog_fee/records?person=1000000008');
    assert.ok(json.records.some(({ key, data }) => key === '203098100777777' && data.district === '546003'), JSON.stringify(json));
    assert.match(await page('/account/agendas/dog_fee', 'jana'), new RegExp(filed.number));
  });
});

describe('a clerk', () => {
  const path = '/office/persons/dog_fee/1000000008';
  it('sees those of the own district alone', async () => {
    assert.match(await page(path, 'third'), /Baryk/);
    assert.match(await page(path, 'city'), /Baryk/);
    assert.equal((await get(path, 'fourth')).status, 404);
    assert.equal((await get('/office/persons/dog_fee/none', 'city')).status, 404);
    assert.equal((await send(path, { what: 'remission', amount: '10', note: 'x', once: 'y' }, 'fourth')).status, 404);
  });
  it('notes a remission and a reversal with a reason, each once', async () => {
    const once = (await page(path, 'third')).match(/name="once" value="(\w+)"/)[1];
    assert.equal((await send(path, { what: 'remission', amount: '10,50', note: '', once }, 'third')).status, 422);
    assert.equal((await send(path, { what: 'remission', amount: 'much', note: 'x', once }, 'third')).status, 422);
    for (let i = 0; i < 2; i++) assert.equal((await send(path, { what: 'remission', amount: '10,50', note: 'tvrdost', once }, 'third')).status, 303);
    const { json } = await api('GET', 'dog_fee/ledger?limit=1000');
    const noted = json.entries.filter(({ kind, person }) => kind === 'remission' && person === '1000000008');
    assert.deepEqual(noted.map(({ haler, note }) => [haler, note]), [[1050, 'tvrdost']]);
    const back = { what: 'reversal', entry: `${noted[0].id}`, note: 'omyl' };
    assert.equal((await send(path, { ...back, once: 'first' }, 'third')).status, 303);
    assert.equal((await send(path, { ...back, once: 'second' }, 'third')).status, 409);
    assert.match(await page(path, 'third'), /omyl/);
  });
});
