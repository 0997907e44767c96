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

describe('messages', () => {
  const write = (filed, fields, cookie) => send(`/submissions/${filed.number}/messages`, fields, cookie);
  const answer = (filed, fields, cookie = clerk) => send(`/office/cases/${filed.number}/messages`, fields, cookie);
  const count = (text) => (text.match(/class="message( |")/g) ?? []).length;

  it('go both ways, are new until opened, and a second press sends nothing again', async () => {
    const filed = await newDog(), path = `/office/cases/${filed.number}`, hello = { key: filed.receipt, _key: 'one', text: 'Kdy to bude?\n<b>Děkuji</b>' };
    const first = await write(filed, hello), again = await write(filed, hello);
    assert.deepEqual([first.status, again.status], [303, 303]);
    let page = (await get(path, clerk)).text;
    assert.equal(count(page), 1);
    assert.match(page, /&lt;b&gt;Děkuji&lt;\/b&gt;/);
    assert.match(page, /message__fresh/);
    assert.doesNotMatch((await get(path, clerk)).text, /message__fresh/, 'read now');
    assert.equal((await write(filed, { ...hello, text: 'Kdy?' })).status, 303, 'another text of the same page is another message');
    assert.equal((await answer(filed, { _key: 'two', text: 'Do týdne.' })).status, 303);
    page = (await get(own(filed))).text;
    assert.equal(count(page), 3);
    assert.match(page, /message__fresh[^]*Do týdne\./);
    assert.doesNotMatch((await get(own(filed))).text, /message__fresh/);
    assert.match((await get(path, clerk)).text, /: zpráva/, 'in the audit trail');
  });

  it('only of who may: no key, a key of another, another office, a citizen among clerks', async () => {
    const filed = await newDog(), stranger = await newDog(), text = 'x';
    assert.equal((await write(filed, { text, _key: 'k' })).status, 404);
    assert.equal((await write(filed, { text, _key: 'k', key: stranger.receipt })).status, 404);
    assert.equal((await write(filed, { text, _key: 'k' }, clerk)).status, 404);
    assert.equal((await answer(filed, { text, _key: 'k' }, other)).status, 404);
    assert.ok([303, 401, 403].includes((await answer(filed, { text, _key: 'k' }, '')).status));
    assert.equal(count((await get(own(filed))).text), 0);
  });

  it('are bounded: nothing, too much, too many unread', async () => {
    const filed = await newDog(), key = filed.receipt;
    assert.equal((await write(filed, { key, text: '  ', _key: 'k' })).status, 422);
    const long = await write(filed, { key, text: 'ř'.repeat(4001), _key: 'k' });
    assert.equal(long.status, 422);
    assert.match(long.text, /ř{4001}<\/textarea>/, 'nothing typed is lost');
    for (let i = 0; i < 20; i++) assert.equal((await write(filed, { key, text: `zpráva ${i}`, _key: `k${i}` })).status, 303);
    assert.equal((await write(filed, { key, text: 'ještě', _key: 'x' })).status, 429);
    await get(`/office/cases/${filed.number}`, clerk);
    assert.equal((await write(filed, { key, text: 'ještě', _key: 'x' })).status, 303);
  });
});

it("a case of another office is not there for a clerk", async () => {
  const filed = await newDog();
  assert.equal((await get(`/office/cases/${filed.number}`, other)).status, 404);
  assert.equal((await move(filed.number, 'received', 'accepted', '', other)).status, 404);
});
