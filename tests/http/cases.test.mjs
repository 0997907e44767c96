// What becomes of a request: moves by rules, whose turn it is, and what the applicant may do with it - each with the
// rights of others tried.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';

import { dogJson, file, post } from '../browser/support/forms.mjs';
import { startDemo } from '../support/portal.mjs';
import { signIn } from './support/people.mjs';

let portal, clerk, other, chip = 203012345670000;
const newDog = () => file(portal.url, 'dog_fee', 'registration', { ...dogJson('umo-3'), chip: String(++chip) });
before(async () => {
  portal = await startDemo();
  [clerk, other] = await Promise.all([signIn(portal, 'umo-3'), signIn(portal, 'umo-4')]);
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const get = async (path, cookie = '') => {
  const answer = await fetch(portal.url + path, { headers: { cookie, 'accept-language': 'cs' }, redirect: 'manual' });
  return { status: answer.status, text: await answer.text() };
};
const send = async (path, fields, cookie = '') => {
  const answer = await post(portal.url, path, new URLSearchParams(fields), { cookie, 'accept-language': 'cs' });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
};
const move = (number, from, state, note = '', cookie = clerk) => send(`/office/cases/${number}`, { from, state, note }, cookie);
const own = (filed) => `/submissions/${filed.number}?receipt=${filed.receipt}`;

describe('states with rules', () => {
  it('the clerk is offered what the agenda allows; a note that it needs is asked for', async () => {
    const filed = await newDog(), path = `/office/cases/${filed.number}`;
    const offered = [...(await get(path, clerk)).text.matchAll(/name="state" id="move-(\w+)"/g)].map(([, state]) => state);
    assert.deepEqual(offered, ['in_progress', 'returned', 'payment', 'accepted', 'refused', 'withdrawn']);
    const refused = await move(filed.number, 'received', 'refused');
    assert.equal(refused.status, 422);
    assert.match(refused.text, /napište poznámku: žadatel se z ní dozví/);
    assert.equal((await move(filed.number, 'received', 'nonsense', 'x')).status, 409);
    assert.equal((await move(filed.number, 'received', 'refused', 'Pes není z obce.')).status, 303);
    assert.doesNotMatch((await get(path, clerk)).text, /name="state"/, 'an end leads nowhere');
    assert.equal((await move(filed.number, 'refused', 'received', 'x')).status, 409);
  });

  it('the applicant sees whose turn it is and until when', async () => {
    const filed = await newDog();
    assert.match((await get(own(filed))).text, /Na řadě je úřad\./);
    assert.equal((await move(filed.number, 'received', 'returned', 'Chybí číslo čipu.')).status, 303);
    const page = (await get(own(filed))).text;
    assert.match(page, /Na řadě jste vy\.<\/strong>\s*<span>Nejpozději do \d+\. \d+\. \d{4}\./);
    assert.match(page, /Chybí číslo čipu\./);
    assert.match((await get(`/office/cases/${filed.number}`, clerk)).text, /Čeká se na žadatele\./);
    assert.equal((await move(filed.number, 'returned', 'accepted', '')).status, 409, 'not from there');
  });
});

describe('taking a request back', () => {
  it('by its key, once, and by nobody else', async () => {
    const filed = await newDog(), path = `/submissions/${filed.number}/withdraw`;
    const form = { key: filed.receipt, state: 'received', note: 'Pes už není.' };
    assert.match((await get(own(filed))).text, new RegExp(`action="${path}"`));
    assert.equal((await send(path, { ...form, key: '' })).status, 404);
    assert.equal((await send(path, { ...form, key: 'a'.repeat(26) })).status, 404);
    assert.equal((await send(path, { ...form, key: (await newDog()).receipt })).status, 404, "another's key");
    assert.equal((await send(path, { ...form, key: '' }, clerk)).status, 404, 'a clerk is no applicant');
    assert.equal((await send(path, { ...form, state: 'in_progress' })).status, 409, 'the state seen is another');
    assert.equal((await send(path, { ...form, note: 'x'.repeat(2001) })).status, 422);
    const done = await send(path, form);
    assert.equal(done.status, 303);
    const page = (await get(done.location)).text;
    assert.match(page, /Vzato zpět/);
    assert.match(page, /žadatel<p>Pes už není\./);
    assert.doesNotMatch(page, /action="[^"]*withdraw"/);
    assert.equal((await send(path, form)).status, 409, 'twice');
    assert.match((await get(`/office/cases/${filed.number}`, clerk)).text, /Pes už není\./);
  });

  it('not after an end', async () => {
    const filed = await newDog();
    assert.equal((await move(filed.number, 'received', 'accepted')).status, 303);
    assert.doesNotMatch((await get(own(filed))).text, /\/withdraw"/);
    assert.equal((await send(`/submissions/${filed.number}/withdraw`, { key: filed.receipt, state: 'accepted' })).status, 409);
  });
});

it("a case of another office is not there for a clerk", async () => {
  const filed = await newDog();
  assert.equal((await get(`/office/cases/${filed.number}`, other)).status, 404);
  assert.equal((await move(filed.number, 'received', 'accepted', '', other)).status, 404);
});
