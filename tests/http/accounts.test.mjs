// Accounts that people make themselves: registering, getting back in, the mails that go with it.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SMTPServer } from 'smtp-server';

import { post } from '../browser/support/forms.mjs';
import { place } from '../plugins/support/plugins.mjs';
import { accounts, demoFolder, epo, serve } from '../support/portal.mjs';

const PASSWORD = 'kolo mlha vratka osm', mails = [], waiting = [];
const both = (text) => ({ cs: text, en: text });
/** A form of two words, to be sent from an account. */
const oathForm = (id, more) => ({ id, title: both(`Formulář ${id}`), ...more, sections: [{ id: 'what', title: both('Co'), fields: [
  { id: 'who', type: 'email', label: both('E-mail'), autocomplete: 'email', prefill: { from: 'email', readonly: true } }, { id: 'word', type: 'text', label: both('Slovo') },
  { id: 'call', type: 'phone', label: both('Telefon'), required: false, autocomplete: 'tel' }] }] });
let portal, sink, refuse = false;

/** The next mail that the server took. */
const nextMail = () => new Promise((done, fail) => {
  const timer = setTimeout(() => fail(new Error('no mail came')), 15000);
  const take = (mail) => { clearTimeout(timer); done(mail); };
  if (mails.length) take(mails.shift()); else waiting.push(take);
});

function readMail(source) {
  const [head, text] = source.split(/\r\n\r\n/);
  const headers = Object.fromEntries(head.replace(/\r\n /g, ' ').split('\r\n').map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
  const subject = headers.subject.replace(/=\?UTF-8\?B\?(.*?)\?= ?/g, (_, word) => Buffer.from(word, 'base64').toString());
  return { headers, subject, text: Buffer.from(text, 'base64').toString() };
}

before(async () => {
  sink = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let source = '';
      stream.setEncoding('utf8').on('data', (part) => { source += part; }).on('end', () => {
        if (refuse) { done(new Error('later')); return; }
        const mail = { ...readMail(source), to: session.envelope.rcptTo.map((to) => to.address), source };
        if (waiting.length) waiting.shift()(mail); else mails.push(mail);
        done();
      });
    },
  });
  await new Promise((done) => sink.listen(0, '127.0.0.1', done));
  const folder = demoFolder({ demo: false, mail: { server: `smtp://127.0.0.1:${sink.server.address().port}`, from: 'portal@mesto.cz' } });
  mkdirSync(join(folder, 'breached'));
  const leaked = createHash('sha1').update('correct horse battery staple').digest('hex').toUpperCase();
  writeFileSync(join(folder, 'breached', `${leaked.slice(0, 5)}.txt`), `${'0'.repeat(35)}:3\r\n${leaked.slice(5)}:12\r\n`);
  place(folder, 'agendas', 'oath', {
    'manifest.json': { name: 'oath', version: '1.0.0', abi: '1.0', runtime: 'lua', main: 'agenda.lua', title: both('Žádosti'), summary: both('Zkouška úrovní'), assurance: 'registered', forms: ['forms/plea.json', 'forms/vow.json'], routing: { office: 'umo-2' } },
    'agenda.lua': 'return {}\n',
    'forms/plea.json': oathForm('plea', {}), 'forms/vow.json': oathForm('vow', { assurance: 'verified' }),
  });
  portal = await serve(folder);
});
after(async () => {
  await new Promise((done) => sink.close(done));
  assert.equal(await portal.stop(), 0, portal.log);
  await portal.remove();
});

const body = (answer) => answer.text();
const get = (path, cookie) => fetch(portal.url + path, { redirect: 'manual', headers: cookie ? { cookie } : {} });
const send = (path, fields, headers) => post(portal.url, path, new URLSearchParams(fields), headers);
const register = (email, fields) => send('/register', { name: 'Jana Nováková', email, password: PASSWORD, ...fields });
const linkOf = (mail) => new URL(mail.text.match(/http\S+/)[0]);
const cookieOf = (answer) => answer.headers.getSetCookie().find((line) => line.startsWith('epo_session=')).split(';')[0];

async function registered(email) {
  await body(await register(email));
  const link = linkOf(await nextMail());
  const answer = await send(link.pathname, {});
  assert.equal(answer.status, 303, await answer.text());
  return cookieOf(answer);
}

/** The code of an app (RFC 6238), reckoned apart from the portal; step: so many half minutes from now. */
function totp(secret, step = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + step));
  const mac = createHmac('sha1', key).update(counter).digest(), at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, '0');
}

describe('registering', () => {
  it('ends with the button behind the mailed link, once', async () => {
    const answer = await register(' Jana.Novakova@Example.cz ');
    assert.equal(answer.status, 200);
    assert.match(await body(answer), /jana\.novakova@example\.cz/);
    const mail = await nextMail(), link = linkOf(mail);
    assert.deepEqual(mail.to, ['jana.novakova@example.cz']);
    assert.equal(mail.subject, 'Dokončete založení účtu');
    assert.equal(mail.headers['auto-submitted'], 'auto-generated');
    assert.match(mail.headers['message-id'], /^<\w{26}@mesto\.cz>$/);
    assert.ok(!mail.text.includes('Nováková'), 'no name that a stranger could choose in a mail to somebody');
    assert.equal(link.origin, portal.url);
    assert.equal((await get(link.pathname)).status, 200, 'looking at it does nothing yet');
    const done = await send(link.pathname, {});
    assert.equal(done.status, 303);
    assert.equal(done.headers.get('location'), '/account');
    assert.match(await body(await get('/account', cookieOf(done))), /Jana Nováková/);
    const again = await send(link.pathname, {});
    assert.equal(again.status, 404);
    assert.match(await body(again), /Odkaz už neplatí/);
    const login = await send('/login', { name: 'jana.novakova@example.cz', password: PASSWORD });
    assert.equal(login.status, 303);
  });

  it('says the same to an address that has an account, and tells its owner', async () => {
    await registered('petr@example.cz');
    const fresh = await body(await register('pavel@example.cz')), taken = await body(await register('petr@example.cz'));
    assert.equal(fresh.replaceAll('pavel', 'petr'), taken);
    const both = [await nextMail(), await nextMail()];
    assert.deepEqual(both.map((mail) => [mail.to[0], mail.subject]).sort(), [['pavel@example.cz', 'Dokončete založení účtu'], ['petr@example.cz', 'Účet už máte']]);
    assert.equal((await send('/login', { name: 'petr@example.cz', password: PASSWORD })).status, 303, 'his password stands');
  });

  for (const [what, fields, said] of [
    ['a short password', { password: 'krátké heslo' }, /aspoň 15 znaků/],
    ['a guessable one', { password: 'aaaaaaaaaaaaaaaaaa' }, /uhodnout/],
    ['a leaked one', { password: 'correct horse battery staple' }, /uniklo/],
    ['no name', { name: ' ' }, /Napište jméno/],
    ['an address with a second one', { email: 'a@example.cz,b@example.cz' }, /Napište e-mail/],
    ['an address with a header', { email: 'a@example.cz\r\nBcc: b@example.cz' }, /Napište e-mail/],
    ['an address in brackets', { email: 'a@[127.0.0.1]' }, /Napište e-mail/],
  ]) {
    it(`refuses ${what}, keeps what was typed but no password`, async () => {
      const answer = await register('nova@example.cz', fields), page = await body(answer);
      assert.equal(answer.status, 422);
      assert.match(page, said);
      if (!fields.name) assert.match(page, /value="Jana Nováková"/);
      assert.ok(!page.includes(fields.password ?? PASSWORD));
    });
  }

  it('mails one address three times an hour, and says nothing of it', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await register('mnoho@example.cz')).status, 200);
    for (let i = 0; i < 3; i++) assert.equal((await nextMail()).to[0], 'mnoho@example.cz');
    assert.equal((await register('posledni@example.cz')).status, 200);
    assert.equal((await nextMail()).to[0], 'posledni@example.cz', 'nothing else came in between');
  });
});

describe('a forgotten password', () => {
  it('is set anew by a link; other sessions end, the owner is told', async () => {
    const before = await registered('eva@example.cz');
    assert.equal((await send('/recover', { email: 'EVA@example.cz' })).status, 200);
    const link = linkOf(await nextMail());
    assert.equal((await send(link.pathname, { password: 'krátké' })).status, 422, 'the link stays good');
    const done = await send(link.pathname, { password: 'jiná dlouhá věta zde' });
    assert.equal(done.status, 303);
    assert.equal((await nextMail()).subject, 'Heslo bylo změněno');
    assert.equal((await get('/account', before)).status, 303, 'the session before has ended');
    assert.equal((await get('/account', cookieOf(done))).status, 200);
    assert.equal((await send('/login', { name: 'eva@example.cz', password: PASSWORD })).status, 401);
    assert.equal((await send(link.pathname, { password: 'jiná dlouhá věta zde' })).status, 404);
  });

  it('says the same of an address without an account', async () => {
    await registered('ota@example.cz');
    const known = await body(await send('/recover', { email: 'ota@example.cz' })), unknown = await body(await send('/recover', { email: 'nikdo@example.cz' }));
    assert.equal(known.replaceAll('ota@', 'nikdo@'), unknown);
    assert.equal((await nextMail()).to[0], 'ota@example.cz');
  });

  it('takes no link of another kind', async () => {
    await body(await register('kamil@example.cz'));
    const token = linkOf(await nextMail()).pathname.split('/').pop();
    assert.equal((await send(`/recover/${token}`, { password: PASSWORD })).status, 404);
    assert.equal((await send(`/register/${token}x`, {})).status, 404);
  });
});

describe('mails', () => {
  it('wait for a server that refuses, through a restart', async () => {
    refuse = true;
    assert.equal((await register('ceka@example.cz')).status, 200);
    while (!portal.log.includes('mail.unsent')) await new Promise((done) => setTimeout(done, 50));
    assert.equal(await portal.stop(), 0);
    refuse = false;
    portal = await serve(portal.folder);
    assert.equal(mails.length, 0);
    const figures = await body(await get('/metrics'));
    assert.match(figures, /^epo_mails_waiting 1$/m);
  });

  it('do not lead where a client says the portal is', async () => {
    const status = await new Promise((done, fail) => {
      const ask = request(`${portal.url}/register`, { method: 'POST', headers: { host: 'zly.example', 'content-type': 'application/x-www-form-urlencoded' } }, (answer) => { answer.resume(); done(answer.statusCode); });
      ask.on('error', fail).end(new URLSearchParams({ name: 'Jana Nováková', email: 'host@example.cz', password: PASSWORD }).toString());
    });
    assert.equal(status, 403);
    assert.equal(mails.length, 0);
  });

  it('are shown by a demo alone', async () => {
    assert.equal((await get('/demo/mailbox')).status, 404);
    assert.ok(accounts(portal.folder));
  });
});

describe('identity', () => {
  const said = { given_name: 'Eva', family_name: 'Malá', birth_date: '1.5.1990', address: 'Slovanská 5, 326 00 Plzeň' };
  const clerk = async (login) => cookieOf(await send('/login', { name: login, password: accounts(portal.folder)[login] }));
  let person, code;

  it('is said by the one it belongs to', async () => {
    assert.equal((await send('/account/identity', said)).headers.get('location'), '/login?next=/account/identity');
    person = await registered('mala@example.cz');
    assert.equal((await send('/account/identity', { ...said, birth_date: '1. 5. 2090' }, { cookie: person })).status, 422);
    assert.equal((await send('/account/identity', said, { cookie: person })).status, 303);
    code = (await body(await get('/account/identity', person))).match(/class="code">([^<]+)</)[1];
  });

  it('is seen by clerks of an office that verifies alone', async () => {
    assert.equal((await get(`/office/identity?code=${code}`)).status, 303, 'a visitor goes to the sign-in page');
    assert.notEqual((await get(`/office/identity?code=${code}`, person)).status, 200, 'a citizen');
    const city = await clerk('mesto'), page = await body(await get(`/office/identity?code=${code}`, city));
    assert.ok(!page.includes('Malá'), 'the clerk of the whole city sits in no office');
    assert.equal((await send('/office/identity', { code, document: 'id_card', document_last: '123' }, { cookie: city })).status, 403);
  });

  it('needs a document, of which no more than the end is kept; then the code is used up', async () => {
    const cookie = await clerk('umo-2'), confirm = (fields) => send('/office/identity', { code, document: 'id_card', document_last: '987x', ...fields }, { cookie });
    assert.equal((await confirm({ document: 'library_card' })).status, 422);
    assert.equal((await confirm({ document_last: '123456789' })).status, 422);
    assert.equal((await confirm({ code: '0000-0000' })).status, 404);
    assert.equal((await confirm({})).status, 303);
    assert.equal((await confirm({})).status, 404);
    assert.equal((await nextMail()).subject, 'Totožnost ověřena');
    assert.match(await body(await get('/account/identity', person)), /ověřená/);
  });

  it('is withdrawn by the office that verified it, not by another', async () => {
    const page = await body(await get('/office/identity', await clerk('umo-2'))), account = page.match(/name="withdraw" value="(\w+)"/)[1];
    const withdraw = async (login, reason = 'Omyl při porovnání.') => (await send('/office/identity', { withdraw: account, reason }, { cookie: await clerk(login) })).status;
    assert.equal(await withdraw('umo-3'), 404);
    assert.equal(await withdraw('umo-2', ' '), 422);
    assert.equal(await withdraw('umo-2'), 303);
    assert.equal((await nextMail()).subject, 'Ověření totožnosti bylo odvoláno');
    assert.match(await body(await get('/account/identity', person)), /Omyl při porovnání/);
  });

  it('ends when the person says something else', async () => {
    await send('/account/identity', said, { cookie: person });
    const again = (await body(await get('/account/identity', person))).match(/class="code">([^<]+)</)[1];
    assert.equal((await send('/office/identity', { code: again, document: 'passport', document_last: '001' }, { cookie: await clerk('umo-4') })).status, 303);
    assert.match(await body(await get('/account', person)), /totožnost je ověřená/);
    assert.equal((await nextMail()).subject, 'Totožnost ověřena');
    await send('/account/identity', { ...said, family_name: 'Velká' }, { cookie: person });
    assert.doesNotMatch(await body(await get('/account', person)), /totožnost je ověřená/);
  });
});

describe('levels of assurance', () => {
  const words = { who: 'kdosi@example.cz', word: 'Přísahám' }, PLEA = '/agendas/oath/plea', VOW = '/agendas/oath/vow';
  const api = async (form, json, cookie) => {
    const answer = await fetch(`${portal.url}/api/v1/forms/oath/${form}/submissions`, { method: 'POST', headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) }, body: JSON.stringify(json) });
    return { status: answer.status, type: answer.headers.get('content-type'), challenge: answer.headers.get('www-authenticate'), json: await answer.json() };
  };
  const location = (answer) => answer.headers.get('location');
  let person;

  it('are said before the form is begun: on the agenda, on the form, to programs', async () => {
    const page = await body(await get('/agendas/oath'));
    assert.match(page, /Odesílá se z účtu\./);
    assert.match(page, /Odesílá se z účtu s ověřenou totožností\./);
    assert.match(await body(await get(PLEA)), /Než formulář odešlete, přihlaste se/);
    assert.doesNotMatch(await body(await get('/agendas/dog_fee/registration')), /identify:/);
    const { agendas } = await (await get('/api/v1/agendas')).json(), of = (name) => agendas.find((agenda) => agenda.name === name);
    assert.deepEqual([of('oath').assurance, ...of('oath').forms.map(({ assurance }) => assurance)], ['registered', 'registered', 'verified']);
    assert.equal(of('dog_fee').forms[0].assurance, 'anonymous');
  });

  it('lead through a registration by mail and back; what was typed is there', async () => {
    const away = await send(PLEA, { ...words, _action: 'identify:register' });
    assert.equal(away.status, 303);
    const next = new URL(location(away), portal.url).searchParams.get('next');
    assert.match(next, /^\/agendas\/oath\/plea\?draft=\w+\.\w+$/, 'a draft that its link opens');
    assert.ok((await body(await get(location(away)))).includes(`name="next" value="${next.replace('&', '&amp;')}"`));
    await body(await register('prisaha@example.cz', { next }));
    const done = await send(linkOf(await nextMail()).pathname, {});
    person = cookieOf(done);
    assert.equal(location(done), next);
    const form = await body(await get(next, person));
    assert.match(form, /value="Přísahám"/);
    assert.doesNotMatch(form, /identify:/, 'known well enough now');
  });

  it('are asked again when it is sent: nobody, or one who is not verified, sends nothing', async () => {
    const key = 'a'.repeat(26), review = await body(await send(VOW, { ...words, _action: 'review' }));
    assert.match(review, /identify:login/);
    assert.doesNotMatch(review, /class="button" type="submit" name="_action" value="send"/);
    const refused = await send(VOW, { ...words, _action: 'send', _key: key });
    assert.equal(refused.status, 403);
    assert.match(await body(refused), /Nejdřív se přihlaste/);
    const again = await send(VOW, { ...words, _action: 'send', _key: key }, { cookie: person });
    assert.equal(again.status, 403);
    assert.match(await body(again), /Nejdřív si nechte ověřit totožnost/);
    assert.equal((await send(PLEA, { ...words, _action: 'send', _key: key }, { cookie: person })).status, 303);
  });

  it('lead to the identity and back to the form, which waits in the account', async () => {
    const away = await send(VOW, { ...words, _action: 'identify:identity' }, { cookie: person });
    const said = { given_name: 'Jana', family_name: 'Nováková', birth_date: '1.5.1990', address: 'Slovanská 5, 326 00 Plzeň' };
    const next = new URL(location(away), portal.url).searchParams.get('next');
    const told = await send('/account/identity', { ...said, next }, { cookie: person });
    assert.match(await body(await get(location(told), person)), /Rozepsaný formulář je uložený/);
    assert.match(await body(await get('/account', person)), /Formulář vow/);
    const code = (await body(await get('/account/identity', person))).match(/class="code">([^<]+)</)[1];
    const clerk = cookieOf(await send('/login', { name: 'umo-2', password: accounts(portal.folder)['umo-2'] }));
    assert.equal((await send('/office/identity', { code, document: 'id_card', document_last: '111' }, { cookie: clerk })).status, 303);
    assert.equal((await nextMail()).subject, 'Totožnost ověřena');
    assert.match(await body(await get(location(told), person)), /Pokračovat ve formuláři/);
    assert.match(await body(await get(next, person)), /value="Přísahám"/);
    assert.equal((await send(VOW, { ...words, _action: 'send', _key: 'b'.repeat(26) }, { cookie: person })).status, 303);
  });

  it('refuse a program with 401 and 403; who is known files as the account', async () => {
    const nobody = await api('vow', words), unverified = await api('vow', words, await registered('neovereny@example.cz'));
    assert.deepEqual([nobody.status, nobody.json.code, nobody.json.assurance], [401, 'assurance.sign_in', 'verified']);
    assert.match(nobody.type, /problem\+json/);
    assert.ok(nobody.challenge);
    assert.deepEqual([unverified.status, unverified.json.code, unverified.json.assurance], [403, 'assurance.verify', 'verified']);
    const filed = await api('vow', words, person);
    assert.equal(filed.status, 201, JSON.stringify(filed.json));
    assert.ok((await body(await get('/account', person))).includes(filed.json.number));
    const answers = (await (await fetch(`${portal.url}/api/v1/submissions/${filed.json.number}?receipt=${filed.json.receipt}`)).json()).answers;
    assert.equal(answers.who, 'prisaha@example.cz', 'what the account says, not what the program says');
  });

  it('let nobody out of the portal on the way', async () => {
    for (const page of ['/login?next=//zly.example/', '/register?next=https://zly.example/', '/recover?next=/%5Czly.example/'])
      assert.match(await body(await get(page)), /name="next" value=""/, page);
    await body(await register('ven@example.cz', { next: '//zly.example/' }));
    assert.equal(location(await send(linkOf(await nextMail()).pathname, {})), '/account');
  });
});

describe('one\'s own security', () => {
  it('shows the sessions; one can be ended from another, never somebody else\'s', async () => {
    const here = await registered('dva@example.cz'), other = await registered('cizi@example.cz');
    const there = cookieOf(await send('/login', { name: 'dva@example.cz', password: PASSWORD }, { 'user-agent': 'Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0' }));
    const page = await body(await get('/account/security', here)), ids = [...page.matchAll(/name="session" value="(\w+)"/g)].map(([, id]) => id);
    assert.match(page, /Firefox, Android/);
    assert.equal(ids.length, 1, 'not the one that looks');
    assert.equal((await send('/account/security', { session: ids[0] }, { cookie: other })).status, 303);
    assert.equal((await get('/account', there)).status, 200, 'a stranger ends nothing');
    assert.equal((await send('/account/security', { session: ids[0] }, { cookie: here })).status, 303);
    assert.equal((await get('/account', there)).status, 303);
    assert.equal((await get('/account', here)).status, 200);
  });

  it('changes the password for who knows the present one; the other sessions end', async () => {
    const here = await registered('tri@example.cz'), there = cookieOf(await send('/login', { name: 'tri@example.cz', password: PASSWORD }));
    const change = async (current, password) => (await send('/account/security', { current, password }, { cookie: here })).status;
    assert.equal(await change('něco úplně jiného', 'nová dlouhá věta zde'), 403);
    assert.equal(await change(PASSWORD, 'krátké'), 422);
    assert.equal(await change(PASSWORD, 'nová dlouhá věta zde'), 303);
    assert.equal((await nextMail()).subject, 'Heslo bylo změněno');
    assert.equal((await get('/account', there)).status, 303);
    assert.equal((await get('/account', here)).status, 200);
    assert.equal((await send('/login', { name: 'tri@example.cz', password: 'nová dlouhá věta zde' })).status, 303);
  });
});

describe('a second factor: codes of an app', () => {
  const EMAIL = 'druhy@example.cz', jar = (answer) => answer.headers.getSetCookie().map((line) => line.split(';')[0]).filter((cookie) => !/=$/.test(cookie)).join('; ');
  const login = (headers) => send('/login', { name: EMAIL, password: PASSWORD, next: '/agendas/oath/plea' }, headers);
  const second = (cookie, code) => send('/login/second', { code }, { cookie });
  let person, device, known, secret, codes;

  async function setUp(cookie) {
    const page = await body(await get('/account/security/totp', cookie)), value = (name) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))[1];
    return { secret: value('secret'), seal: value('seal') };
  }

  it('is set up with a code that the app shows; ten recovery codes are shown once; the owner is told', async () => {
    person = await registered(EMAIL);
    const fresh = await setUp(person);
    secret = fresh.secret;
    assert.match(secret, /^[A-Z2-7]{32}$/);
    assert.equal((await send('/account/security/totp', { ...fresh, code: '000000' }, { cookie: person })).status, 422);
    const stranger = await registered('cizi2@example.cz');
    assert.equal((await send('/account/security/totp', { ...fresh, code: totp(secret) }, { cookie: stranger })).status, 200, 'a secret made for another account');
    assert.match(await body(await get('/account/security', stranger)), /Přihlašujete se jen heslem/);
    const done = await body(await send('/account/security/totp', { ...fresh, code: totp(secret, -1) }, { cookie: person }));
    codes = [...done.matchAll(/<li class="mono">([^<]+)</g)].map(([, code]) => code);
    assert.equal(codes.length, 10);
    assert.ok(codes.every((code) => /^(\w{4}-){5}\w{4}$/.test(code)));
    assert.equal((await nextMail()).subject, 'Druhý krok přihlášení je zapnutý');
    const page = await body(await get('/account/security', person));
    assert.match(page, /Nepoužitých záložních kódů: 10/);
    assert.ok(codes.every((code) => !page.includes(code)));
  });

  it('is asked for after the password; the password alone opens nothing', async () => {
    const first = await login();
    assert.equal(first.headers.get('location'), '/login/second');
    const cookie = jar(first);
    assert.doesNotMatch(cookie, /epo_session/);
    assert.equal((await get('/account', cookie)).status, 303);
    assert.equal((await get('/account', cookie.replace('second', 'epo_session'))).status, 303, 'the waiting sign-in is no session');
    assert.equal((await get('/login/second')).headers.get('location'), '/login');
    assert.equal((await second(cookie, '123456')).status, 403);
    const done = await second(cookie, totp(secret));
    assert.equal(done.headers.get('location'), '/agendas/oath/plea', 'the way goes on');
    device = jar(done);
    known = device.split('; ').find((each) => each.startsWith('device'));
    assert.equal((await get('/account', device)).status, 200);
    assert.equal((await second(cookie, totp(secret, 1))).headers.get('location'), '/login', 'what waited is used up');
  });

  it('takes no code twice', async () => {
    const cookie = jar(await login());
    assert.equal((await second(cookie, totp(secret))).status, 403, 'used by the sign-in before');
    assert.equal((await second(cookie, totp(secret, -1))).status, 403, 'an older one');
  });

  it('takes each recovery code once, however it is typed', async () => {
    assert.equal((await second(jar(await login()), codes[0].toUpperCase().replaceAll('-', ' '))).status, 303);
    assert.equal((await second(jar(await login()), codes[0])).status, 403);
    assert.match(await body(await get('/account/security', device)), /Nepoužitých záložních kódů: 9/);
  });

  it('is asked for after a forgotten password too', async () => {
    await body(await send('/recover', { email: EMAIL }));
    const done = await send(linkOf(await nextMail()).pathname, { password: PASSWORD });
    assert.equal((await nextMail()).subject, 'Heslo bylo změněno');
    assert.equal(done.headers.get('location'), '/login/second');
    const inside = await second(jar(done), codes[1]);
    assert.equal(inside.status, 303);
    person = cookieOf(inside);
  });

  it('slows down who guesses, but not the owner in the browser that is known', async () => {
    const cookie = jar(await login());
    let status;
    for (let i = 0; i < 8 && status !== 429; i++) status = (await second(cookie, '111111')).status;
    assert.equal(status, 429);
    const own = jar(await login({ cookie: device }));
    assert.equal((await second(`${own}; ${known}`, codes[2])).status, 303);
  });

  it('shows the owner what happened, wrong codes too', async () => {
    const page = await body(await get('/account/security', person));
    for (const text of ['založení účtu', 'zapnuté kódy z aplikace', 'nesprávný kód ve druhém kroku', 'heslem a kódem z aplikace', 'heslem a záložním kódem', 'nové heslo']) assert.ok(page.includes(text), text);
    const data = await (await get('/account/data.json', person)).json();
    assert.deepEqual(data.factors.map(({ kind }) => kind), ['totp']);
    assert.ok(!JSON.stringify(data).includes(secret));
  });

  it('is changed only by who has proved lately to be the owner', async () => {
    execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), 'UPDATE sessions SET proved_at_us = proved_at_us - 601000000']);
    const drop = () => send('/account/security/factors', { _do: 'totp_off' }, { cookie: person });
    const away = await drop();
    assert.equal(away.headers.get('location'), '/account/confirm?next=/account/security');
    assert.equal((await get('/account/security/totp', person)).status, 303);
    const prove = (password, code) => send('/account/confirm', { password, code, next: '/account/security' }, { cookie: `${person}; ${known}` });
    assert.equal((await prove('něco úplně jiného', codes[3])).status, 403);
    assert.equal((await prove(PASSWORD, codes[0])).status, 403, 'a code that was used');
    assert.equal((await prove(PASSWORD, codes[3])).headers.get('location'), '/account/security');
    assert.equal((await drop()).headers.get('location'), '/account/security?done=factor');
    assert.equal((await nextMail()).subject, 'Kódy z aplikace jsou vypnuté');
    assert.equal((await login()).headers.get('location'), '/agendas/oath/plea', 'the password alone is enough again');
  });

  it('may be required of those who work here: they set it up before they see anything', async () => {
    const file = join(portal.folder, 'epo.json'), before = readFileSync(file, 'utf8');
    const clerk = cookieOf(await send('/login', { name: 'umo-3', password: accounts(portal.folder)['umo-3'] }));
    assert.equal((await get('/office', clerk)).status, 200);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(before), staff_second_factor: 'required' }));
    portal.child.kill('SIGHUP');
    while ((await get('/office', clerk)).status === 200) await new Promise((done) => setTimeout(done, 50));
    assert.equal((await get('/office', clerk)).headers.get('location'), '/account/security/totp');
    assert.match(await body(await get('/account/security/totp', clerk)), /musí mít druhý krok/);
    const fresh = await setUp(clerk);
    await body(await send('/account/security/totp', { ...fresh, code: totp(fresh.secret) }, { cookie: clerk }));
    assert.equal((await get('/office', clerk)).status, 200);
    assert.equal(epo('account', 'drop-factors', 'umo-3', '-C', portal.folder).status, 0);
    assert.equal((await get('/office', clerk)).status, 303, 'signed out by the administrator');
  });
});

describe('passkeys, by a browser that may lie', () => {
  const sha = (bytes) => createHash('sha256').update(bytes).digest(), text = (bytes) => Buffer.from(bytes).toString('base64url');
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }), { x, y } = pair.publicKey.export({ format: 'jwk' });
  const id = randomBytes(32), bytes = (value) => Buffer.from(value, 'base64url');
  const cose = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), bytes(x), Buffer.from('225820', 'hex'), bytes(y)]);
  let base, person, count = 0;
  const jar = (answer) => answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const at = (path, fields, cookie) => post(base, path, new URLSearchParams(fields), cookie ? { cookie } : {});
  const history = async () => body(await fetch(`${base}/account/security`, { headers: { cookie: person } }));

  async function ask(kind, cookie) {
    const answer = await at('/passkey/ask', { for: kind }, cookie);
    return { status: answer.status, options: answer.status === 200 ? await answer.json() : undefined, cookie: [cookie, jar(answer)].filter(Boolean).join('; ') };
  }
  /** What an authenticator says, with whatever is to be wrong about it. */
  function said({ options }, { kind = 'get', type = `webauthn.${kind}`, origin = base, rp = 'localhost', flags = kind === 'create' ? 0x45 : 5, challenge = options.challenge, counter = ++count, key = pair.privateKey, crossOrigin = false } = {}) {
    const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin })), head = Buffer.alloc(5);
    head[0] = flags;
    head.writeUInt32BE(counter, 1);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const data = Buffer.concat([sha(rp), head, ...(kind === 'create' ? [Buffer.alloc(16), length, id, cose] : [])]);
    return { credential: text(id), data: text(data), client: text(client), signature: text(sign('sha256', Buffer.concat([data, sha(client)]), key)) };
  }

  before(() => { base = portal.url.replace('127.0.0.1', 'localhost'); });

  it('are made only as asked: for this portal, this browser, this question, an owner who was verified', async () => {
    person = await registered('klic@example.cz');
    assert.equal((await ask('create')).status, 403, 'nobody is signed in');
    const make = async (wrong, answer) => {
      const asked = answer ?? await ask('create', person);
      return (await at('/account/security/passkeys', { ...said(asked, { kind: 'create', ...wrong }), name: 'klíč <b>' }, asked.cookie)).status;
    };
    for (const wrong of [{ origin: 'https://zly.example' }, { rp: 'zly.example' }, { challenge: text(randomBytes(32)) }, { type: 'webauthn.get' }, { flags: 0x41 }, { flags: 0x44 }, { crossOrigin: true }])
      assert.equal(await make(wrong), 303, JSON.stringify(wrong));
    assert.doesNotMatch(await history(), /klíč &lt;b>/);
    const asked = await ask('create', person), other = await registered('jiny-klic@example.cz');
    assert.equal((await at('/account/security/passkeys', said(asked, { kind: 'create' }), asked.cookie.replace(person, other))).status, 303);
    assert.equal(await make({}, asked), 200, 'recovery codes come with the first factor');
    assert.equal((await nextMail()).subject, 'Přidaný přístupový klíč');
    assert.match(await history(), /<strong>klíč &lt;b&gt;/);
    assert.equal(await make({}, asked), 303, 'the question was used up');
    assert.equal(await make({}), 303, 'it is known already');
    assert.equal((await history()).match(/value="passkey_off"/g).length, 1);
  });

  it('open the account to a right signature alone, once', async () => {
    const asked = await ask('get');
    assert.deepEqual(asked.options.allowCredentials, [], 'nobody is named before');
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    for (const wrong of [{ origin: 'https://zly.example' }, { rp: 'zly.example' }, { challenge: text(randomBytes(32)) }, { type: 'webauthn.create' }, { flags: 1 }, { flags: 4 }, { key: stranger }])
      assert.equal((await at('/login/passkey', said(asked, wrong), asked.cookie)).status, 403, JSON.stringify(wrong));
    for (const broken of [{ data: '' }, { data: 'AAAA' }, { client: text('{') }, { client: '!' }, { signature: 'A'.repeat(9000) }, { credential: text('x') }])
      assert.equal((await at('/login/passkey', { ...said(asked), ...broken }, asked.cookie)).status, 403, JSON.stringify(broken).slice(0, 60));
    assert.equal((await at('/login/passkey', said(asked))).status, 403, 'a browser that was not asked');
    const good = said(asked);
    assert.equal((await at('/login/passkey', { ...good, next: '//zly.example/' }, asked.cookie)).headers.get('location'), '/account');
    assert.equal((await at('/login/passkey', good, asked.cookie)).status, 403);
    const copy = await ask('get');
    assert.equal((await at('/login/passkey', said(copy, { counter: 1 }), copy.cookie)).status, 403, 'a copy that has not counted on');
  });

  it('stand for the second step and for the proof before a change; another account\'s do not', async () => {
    const first = await at('/login', { name: 'klic@example.cz', password: PASSWORD }), waiting = jar(first);
    assert.equal(first.headers.get('location'), '/login/second');
    const asked = await ask('get', waiting);
    assert.deepEqual(asked.options.allowCredentials.map((each) => each.id), [text(id)]);
    assert.equal((await at('/login/passkey', said(asked), asked.cookie)).status, 303);
    const own = await ask('get', person);
    assert.equal((await at('/account/confirm', { ...said(own), next: '/account' }, own.cookie)).headers.get('location'), '/account');
    const other = await registered('treti-klic@example.cz'), foreign = await ask('get', other);
    assert.equal((await at('/account/confirm', said(foreign), foreign.cookie)).status, 403);
  });

  it('are removed by their owner alone; then the password is enough again', async () => {
    const key = (await history()).match(/name="passkey" value="(\w+)"/)[1], other = await registered('ctvrty-klic@example.cz');
    await body(await at('/account/security/factors', { _do: 'passkey_off', passkey: key }, other));
    assert.match(await history(), /passkey_off/);
    assert.equal((await at('/account/security/factors', { _do: 'passkey_off', passkey: key }, person)).status, 303);
    assert.equal((await nextMail()).subject, 'Odebraný přístupový klíč');
    assert.match(await history(), /Přihlašujete se jen heslem/);
    const asked = await ask('get');
    assert.equal((await at('/login/passkey', said(asked), asked.cookie)).status, 403);
    assert.equal((await at('/login', { name: 'klic@example.cz', password: PASSWORD })).headers.get('location'), '/account');
  });
});

describe('another e-mail', () => {
  const ask = (email, cookie) => send('/account/email', { email }, { cookie });
  const signsIn = async (name, password = PASSWORD) => (await send('/login', { name, password })).status === 303;

  it('counts once its link was followed; the old address is told and can take it back', async () => {
    const person = await registered('stara@example.cz');
    assert.equal((await ask('Nova@Example.cz', person)).status, 200);
    const link = linkOf(await nextMail());
    assert.ok(await signsIn('stara@example.cz'), 'nothing has changed yet');
    await body(await get(link.pathname));
    assert.ok(!await signsIn('nova@example.cz'), 'looking at the link does nothing');
    assert.equal((await send(link.pathname, {})).status, 200);
    assert.ok(await signsIn('nova@example.cz'));
    assert.equal((await send(link.pathname, {})).status, 404, 'once');
    const told = await nextMail();
    assert.deepEqual([told.to, told.subject], [['stara@example.cz'], 'E-mail účtu byl změněn']);
    assert.match(told.text, /nova@example\.cz/);
    const back = await send(linkOf(told).pathname, {});
    assert.match(back.headers.get('location'), /^\/recover\/\w{26}$/);
    assert.equal((await get('/account', person)).status, 303, 'signed out everywhere');
    const done = await send(back.headers.get('location'), { password: 'zase moje dlouhé heslo' });
    assert.equal(done.status, 303);
    assert.equal((await nextMail()).to[0], 'stara@example.cz');
    assert.ok(await signsIn('stara@example.cz', 'zase moje dlouhé heslo'));
    assert.match(await body(await get('/account/security', cookieOf(done))), /vrácení původního e-mailu/);
  });

  it('is no other account\'s, and tells nobody that there is one', async () => {
    const person = await registered('ptam@example.cz');
    await registered('obsazena@example.cz');
    const fresh = await body(await ask('volna@example.cz', person)), taken = await body(await ask('obsazena@example.cz', person));
    assert.equal(fresh.replaceAll('volna', 'obsazena'), taken);
    const mail = await nextMail();
    assert.equal(mail.to[0], 'volna@example.cz', 'the other got none');
    await registered('volna@example.cz');
    assert.equal((await send(linkOf(mail).pathname, {})).status, 404, 'somebody else was faster');
    assert.equal((await ask('a@example.cz\r\nBcc: b@example.cz', person)).status, 422);
  });

  it('is asked for by who has proved lately to be the owner', async () => {
    const person = await registered('pozde@example.cz');
    execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), 'UPDATE sessions SET proved_at_us = proved_at_us - 601000000']);
    assert.equal((await ask('jinam@example.cz', person)).headers.get('location'), '/account/confirm?next=/account/email');
    assert.equal((await get('/account/email', person)).status, 303);
    assert.equal((await send('/account/email', { email: 'jinam@example.cz' })).headers.get('location'), '/login?next=/account/email');
  });
});

describe('phone and address', () => {
  it('are kept as one says them, told by mail, and filled into forms', async () => {
    const person = await registered('telefon@example.cz'), say = (fields) => send('/account/contact', fields, { cookie: person });
    for (const phone of ['12345', '+1234567890123456', 'zavolejte', '777 123 45x']) {
      const wrong = await say({ phone, post: '' });
      assert.equal(wrong.status, 422, phone);
      assert.match(await body(wrong), /Napište telefon/);
    }
    assert.equal((await say({ phone: '', post: 'ab' })).status, 422);
    assert.equal((await say({ phone: '777 123 456', post: 'Slovanská 5, Plzeň' })).status, 303);
    assert.equal((await nextMail()).subject, 'Změna telefonu nebo adresy');
    assert.match(await body(await get('/account/contact', person)), /value="\+420777123456"/);
    const form = await body(await get('/agendas/oath/plea', person));
    assert.match(form, /value="\+420777123456"/);
    const data = await (await get('/account/data.json', person)).json();
    assert.deepEqual(data.contact.map(({ phone, address }) => [phone, address]), [['+420777123456', 'Slovanská 5, Plzeň']]);
    const other = await registered('bez-telefonu@example.cz');
    assert.doesNotMatch(await body(await get('/agendas/oath/plea', other)), /777123456/);
  });
});
