// Acting for others: businesses confirmed at a counter, mandates given, entered from paper and ended, and what they open.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { body, dog, dogJson, post } from '../browser/support/forms.mjs';
import { accounts, epo, startDemo } from '../support/portal.mjs';

const PATH = '/agendas/dog_fee/registration', fields = { ...dog, home: JSON.stringify(dogJson('umo-3').home) };
let portal, cookies;
const passwords = {};
const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), text], { encoding: 'utf8' }).trim();

const get = (path, who) => fetch(portal.url + path, { redirect: 'manual', headers: who ? { cookie: cookies[who] } : {} });
const page = async (path, who) => (await get(path, who)).text();
const send = (path, what, who) => post(portal.url, path, what instanceof URLSearchParams ? what : new URLSearchParams(what), who ? { cookie: cookies[who] } : {});
const idOf = (text, label) => text.match(new RegExp(`name="id" value="(\\w+)"[^]{0,120}?${label}`))[1];
const choices = (text) => Object.fromEntries([...text.matchAll(/<option value="(\w+)"[^>]*>([^<(]+?)\s*[(<]/g)].map(([, id, name]) => [name, id]));

async function signIn(who, name, password) {
  const answer = await send('/login', { name, password });
  assert.equal(answer.status, 303, `${who}: ${answer.status}`);
  cookies[who] = answer.headers.getSetCookie().find((line) => line.startsWith('epo_session=')).split(';')[0];
}
async function citizen(who, name) {
  const made = epo('account', 'add', `${who}@example.cz`, '--name', name, '-C', portal.folder);
  assert.equal(made.status, 0, made.stderr);
  passwords[who] = made.stdout.trim().split(/\s+/)[1];
  await signIn(who, `${who}@example.cz`, passwords[who]);
}
/** The identity of a person, seen at the counter. */
async function verified(who, given_name, family_name) {
  await send('/account/identity', { given_name, family_name, birth_date: '1.5.1980', address: 'Slovanská 5, 326 00 Plzeň' }, who);
  const code = (await page('/account/identity', who)).match(/class="code">([^<]+)</)[1];
  assert.equal((await send('/office/identity', { code, document: 'id_card', document_last: '987X' }, 'clerk')).status, 303);
}
async function filedFor(who, id, more = {}) {
  const for_ = id ? { _for: id } : {};
  const review = await (await send(PATH, body({ ...fields, ...more }, { _action: 'review', ...for_ }), who)).text();
  const key = review.match(/name="_key" value="(\w+)"/)?.[1];
  return send(PATH, body({ ...fields, ...more }, { _action: 'send', _key: key ?? '', ...for_ }), who);
}
const act = (id, who) => send('/account/acting', { for: id }, who);

before(async () => {
  portal = await startDemo();
  cookies = {};
  await signIn('clerk', 'umo-3', accounts(portal.folder)['umo-3']);
  await citizen('jan', 'Jan Novák');
  await citizen('eva', 'Eva Malá');
  await citizen('ota', 'Ota Cizí');
  await verified('jan', 'Jan', 'Novák');
});
after(async () => {
  assert.equal(await portal.stop(), 0, portal.log);
  await portal.remove();
});

describe('a business', () => {
  const claim = { kind: 'company', number: '000 75 370', business_name: 'Stavby Plzeň s.r.o.', seat: 'Americká 1, 301 00 Plzeň', data_box: 'abc1234' };
  let code;

  it('is claimed with a number that fits, and counts for nothing yet', async () => {
    for (const wrong of [{ number: '00075371' }, { kind: 'bank' }, { seat: 'x' }, { data_box: 'abc' }, { business_name: '' }])
      assert.equal((await send('/account/business', { ...claim, ...wrong }, 'jan')).status, 422, JSON.stringify(wrong));
    assert.equal((await send('/account/business', claim, 'jan')).status, 303);
    const text = await page('/account/mandates', 'jan');
    code = text.match(/class="code">([^<]+)</)[1];
    assert.match(text, /Stavby Plzeň s\.r\.o\. \(IČO 00075370\)/);
    assert.deepEqual(choices(await page('/account', 'jan')), {});
  });

  it('is confirmed by a clerk who identifies, after the person', async () => {
    const decide = (more, who = 'clerk') => send('/office/mandates', { ...claim, do: 'confirm', code, extract: 'výpis z obchodního rejstříku z 28. 11. 2026', ...more }, who);
    assert.equal((await send('/account/business', { ...claim, number: '27074358' }, 'eva')).status, 303);
    const ofEva = (await page('/account/mandates', 'eva')).match(/class="code">([^<]+)</)[1];
    assert.equal((await decide({ code: ofEva })).status, 403, 'her own identity is not verified');
    assert.equal((await decide({ code: ofEva, do: 'refuse', refused: ' ' })).status, 422);
    assert.equal((await decide({ code: ofEva, do: 'refuse', refused: 'Ve výpisu nejste.' })).status, 303);
    assert.match(await page('/account/mandates', 'eva'), /Ve výpisu nejste\./);
    assert.match(await page(`/office/mandates?code=${code.toUpperCase()}`, 'clerk'), /Jan Novák, 1\. 5\. 1980/);
    await signIn('city', 'mesto', accounts(portal.folder).mesto);
    assert.equal((await decide({}, 'city')).status, 403, 'sits in no office');
    assert.equal((await decide({ extract: '' })).status, 422);
    assert.equal((await decide({ business_name: 'Stavby Plzeň, s. r. o.' })).status, 303);
    assert.equal((await decide({})).status, 404, 'the code is used up');
    assert.deepEqual(Object.keys(choices(await page('/account', 'jan'))), ['Stavby Plzeň, s. r. o.']);
    assert.equal((await send('/login', { name: 'ico-00075370', password: '' })).status, 401, 'nobody signs in as a business');
  });

  it('files: both stand in the submission, the form is filled in with its data', async () => {
    const id = choices(await page('/account', 'jan'))['Stavby Plzeň, s. r. o.'];
    assert.equal((await act(id, 'jan')).status, 303);
    const blank = await page(PATH, 'jan');
    assert.match(blank, /name="_for" value="\w+"/);
    assert.match(blank, /value="00075370"/);
    assert.match(blank, /value="Stavby Plzeň, s\. r\. o\."/);
    assert.match(blank, /value="Americká 1, 301 00 Plzeň"/);
    assert.ok(!blank.includes('value="Jan Novák"'));
    const done = await filedFor('jan', id);
    assert.equal(done.status, 303);
    const at = done.headers.get('location');
    assert.match(at, /^\/submissions\/[\d-]+\?sent=1$/, 'no key is given out');
    const number = at.match(/submissions\/([\d-]+)/)[1];
    assert.match(await page(at, 'jan'), /Stavby Plzeň, s\. r\. o\., zastupuje Jan Novák/);
    assert.match(await page(`/office/cases/${number}`, 'clerk'), /Stavby Plzeň, s\. r\. o\., zastupuje Jan Novák/);
    assert.match(await page('/office', 'clerk'), /Stavby Plzeň, s\. r\. o\., zastupuje Jan Novák/);
    const receipt = (await page(at, 'jan')).match(/mono--long">([0-9a-f]{64})</)[1];
    assert.equal((await get(`/submissions/${number}?receipt=${receipt}`)).status, 404, 'the receipt opens it to nobody else');
    assert.equal((await get(at, 'eva')).status, 404);
    assert.ok((await page('/account', 'jan')).includes(number));
    await act('', 'jan');
    assert.ok((await page('/account', 'jan')).includes(number), 'listed among one\'s own too, with for whom');
  });
});

describe('a mandate', () => {
  const give = (more, who = 'jan') => send('/account/mandates/new', { to: 'eva@example.cz', rights: 'read', scope: 'some', agenda: 'dog_fee', ...more }, who);
  let jan, own;

  it('is given by a verified identity and accepted by the one it was offered to', async () => {
    own = (await filedFor('jan')).headers.get('location').match(/submissions\/([\d-]+)/)[1];
    assert.equal((await give({ to: 'jan@example.cz' }, 'eva')).status, 403, 'Eva is not verified');
    for (const wrong of [{ rights: '' }, { agenda: 'nothing' }, { until: '1. 1. 2020' }, { from: 'zítra' }, { to: 'jan@example.cz' }, { to: 'a@b.cz\r\nBcc: c@d.cz' }])
      assert.equal((await give(wrong)).status, 422, JSON.stringify(wrong));
    assert.equal((await give({ principal: 'somebodyelse' })).status, 403);
    assert.equal((await give({})).status, 303);
    assert.equal((await give({ to: 'nikdo@example.cz' })).status, 303, 'nobody learns who has an account');
    const offer = idOf(await page('/account/mandates', 'eva'), 'Přijmout');
    assert.equal((await get(`/submissions/${own}`, 'eva')).status, 404, 'only offered');
    assert.equal((await send('/account/mandates', { do: 'accept', id: offer }, 'ota')).status, 404);
    assert.equal((await send('/account/mandates', { do: 'accept', id: offer }, 'eva')).status, 303);
    jan = choices(await page('/account', 'eva'))['Jan Novák'];
    assert.match(jan, /^\w{26}$/);
  });

  it('lets read what it covers and nothing else', async () => {
    const waste = '/agendas/waste_fee';
    assert.equal((await get(`/submissions/${own}`, 'eva')).status, 200);
    assert.equal((await get(`/submissions/${own}`, 'ota')).status, 404);
    assert.ok(!(await page(`/submissions/${own}`, 'eva')).includes('name="text"'), 'no message may be written');
    assert.equal((await send(`/submissions/${own}/messages`, { text: 'Dobrý den' }, 'eva')).status, 403);
    assert.equal((await send(`/submissions/${own}/withdraw`, { state: 'received' }, 'eva')).status, 403);
    await act(jan, 'eva');
    const list = await page('/account', 'eva');
    assert.ok(list.includes(own));
    assert.doesNotMatch(await page(PATH, 'eva'), /name="_for"/, 'it does not let file');
    assert.equal((await filedFor('eva', jan)).status, 422);
    assert.ok((await get(waste, 'eva')).ok);
    assert.equal((await act(jan, 'ota')).status, 403, 'another cannot choose him');
    assert.ok(!(await page('/account', 'ota')).includes(own));
  });

  it('lets file within its agendas; what was filed is the principal\'s', async () => {
    assert.equal((await give({ rights: 'file', to: 'ota@example.cz', until: '31. 12. 2099' })).status, 303);
    await send('/account/mandates', { do: 'accept', id: idOf(await page('/account/mandates', 'ota'), 'Přijmout') }, 'ota');
    assert.equal((await get(`/submissions/${own}`, 'ota')).status, 404, 'it does not let read');
    await act(jan, 'ota');
    const blank = await page(PATH, 'ota');
    assert.match(blank, /value="jan@example\.cz"/);
    assert.ok(!blank.includes(dog.address), 'what he sent before is not shown to who may not read it');
    const done = await filedFor('ota', jan, { dog_name: 'Azor' }), at = done.headers.get('location');
    assert.equal(done.status, 303);
    assert.equal((await get(at, 'ota')).status, 200, 'what one has sent oneself one sees');
    const number = at.match(/submissions\/([\d-]+)/)[1];
    assert.equal((await get(`/submissions/${number}`, 'jan')).status, 200);
    assert.match(await page('/account', 'jan'), /Jan Novák, zastupuje Ota Cizí/);
    const api = (who, more) => fetch(`${portal.url}/api/v1/forms/dog_fee/registration/submissions?for=${jan}`, { method: 'POST', headers: { 'content-type': 'application/json', cookie: cookies[who], ...more }, body: JSON.stringify({ ...dogJson('umo-3'), dog_name: 'Brit' }) });
    assert.equal((await api('eva')).status, 403, 'who may only read');
    const program = await api('ota'), { page: shown } = await program.json();
    assert.equal(program.status, 201);
    assert.equal((await get(shown, 'jan')).status, 200);
    const data = await (await get('/account/data.json', 'jan')).json();
    assert.ok(data.submissions.some((row) => row.number === number));
    assert.ok(data.mandates.length >= 3);
  });

  it('that ends between filling in and sending files nothing, and loses nothing', async () => {
    const text = await page('/account/mandates', 'jan'), id = idOf(text, 'Ota Cizí');
    const review = await (await send(PATH, body({ ...fields, dog_name: 'Brok' }, { _action: 'review', _for: jan }), 'ota')).text();
    const key = review.match(/name="_key" value="(\w+)"/)[1];
    assert.equal((await send('/account/mandates', { do: 'end', id }, 'eva')).status, 404, 'a stranger ends nothing');
    assert.equal((await send('/account/mandates', { do: 'end', id }, 'jan')).status, 303);
    const answer = await send(PATH, body({ ...fields, dog_name: 'Brok' }, { _action: 'send', _key: key, _for: jan }), 'ota');
    assert.equal(answer.status, 422);
    const again = await answer.text();
    assert.match(again, /zastoupení skončilo/);
    assert.match(again, /value="Brok"/);
    assert.ok(!(await page('/account', 'jan')).includes('Brok'));
    assert.doesNotMatch(await page('/account', 'ota'), /Jan Novák, zastupuje/, 'nor is what was sent before seen any more');
  });

  it('is ended by the holder too', async () => {
    await send('/account/mandates', { do: 'end', id: idOf(await page('/account/mandates', 'eva'), 'Jan Novák') }, 'eva');
    assert.equal((await get(`/submissions/${own}`, 'eva')).status, 404);
    assert.deepEqual(choices(await page('/account', 'eva')), {});
  });

  it('is entered at a counter from paper, for a business as well, and ended there with a reason', async () => {
    const enter = (more, who = 'clerk') => send('/office/mandates', { do: 'paper', principal: '00075370', holder: 'eva@example.cz', document: 'plná moc z 20. 11. 2026', rights: 'read', scope: 'all', ...more }, who);
    assert.equal((await enter({}, 'city')).status, 403);
    assert.equal((await enter({ document: '' })).status, 422);
    assert.equal((await enter({ principal: 'nikdo@example.cz' })).status, 404);
    assert.equal((await enter({ holder: 'umo-3' })).status, 404, 'clerks act as clerks');
    assert.equal((await enter({ principal: 'eva@example.cz' })).status, 422);
    assert.equal((await enter({})).status, 303);
    assert.deepEqual(Object.keys(choices(await page('/account', 'eva'))), ['Stavby Plzeň, s. r. o.']);
    const text = await page('/office/mandates', 'clerk'), id = text.match(/name="id" value="(\w+)"><label class="sr" for="end-0"/)[1];
    assert.equal((await send('/office/mandates', { do: 'end', id, reason: ' ' }, 'clerk')).status, 422);
    await signIn('other', 'umo-4', accounts(portal.folder)['umo-4']);
    assert.equal((await send('/office/mandates', { do: 'end', id, reason: 'Plná moc byla odvolána.' }, 'other')).status, 404);
    assert.equal((await send('/office/mandates', { do: 'end', id, reason: 'Plná moc byla odvolána.' }, 'clerk')).status, 303);
    assert.deepEqual(choices(await page('/account', 'eva')), {});
  });

  it('tells both sides by mail, without a word that a stranger could choose', async () => {
    const box = join(portal.folder, 'mailbox');
    for (let i = 0; ; i++) {
      const mails = readdirSync(box).map((name) => readFileSync(join(box, name), 'utf8'));
      const texts = mails.map((mail) => Buffer.from(mail.split('\r\n\r\n')[1], 'base64').toString());
      if (texts.some((text) => text.includes('kdosi vás žádá')) && texts.some((text) => text.includes('bylo ukončeno'))) {
        assert.ok(!texts.some((text) => text.includes('Novák')));
        break;
      }
      assert.ok(i < 100, texts.join('\n---\n'));
      await new Promise((done) => setTimeout(done, 100));
    }
  });
});

describe('the right to identify', () => {
  const find = async (login) => (await page(`/admin/accounts?q=${login}`, 'admin')).match(/account=(\w{26})">/)[1];
  const change = (more, who = 'admin') => send('/admin/accounts', more, who);

  it('is of the account, given and taken by an admin, who stays one', async () => {
    await signIn('admin', 'admin', accounts(portal.folder).admin);
    assert.equal((await get('/admin/accounts', 'clerk')).status, 403);
    const list = await page('/admin/accounts?role=clerk', 'admin'), account = await find('umo-4');
    assert.match(list, /umo-4/);
    assert.ok(!list.includes('jan@example.cz'));
    assert.match(await page('/admin/accounts?q=%25', 'admin'), /Takový účet tu není/, 'a pattern is no pattern');
    assert.match(await page('/admin/accounts?q=NOVÁK', 'admin'), /Takový účet|jan@example/);
    assert.equal((await change({ account, do: 'role', role: 'clerk', office: 'umo-4' }, 'clerk')).status, 403);
    assert.equal((await change({ account, do: 'role', role: 'clerk', office: 'nowhere' })).status, 422);
    assert.equal((await change({ account: await find('admin'), do: 'role', role: 'citizen' })).status, 403);
    assert.equal((await change({ account: 'nobody', do: 'sign_out' })).status, 404);
    assert.equal((await change({ account, do: 'role', role: 'clerk', office: 'umo-4' })).status, 303);
    assert.equal((await get('/office/identity', 'other')).status, 303, 'signed out by it');
    await signIn('other', 'umo-4', accounts(portal.folder)['umo-4']);
    assert.equal((await send('/office/identity', { code: '0000-0000', document: 'id_card', document_last: '123' }, 'other')).status, 403);
    assert.match(await page('/office/identity', 'other'), /neověřuje/);
    assert.equal(epo('account', 'role', 'umo-4', 'clerk', '--office', 'umo-4', '--identify', '-C', portal.folder).status, 0);
    assert.match(epo('account', 'list', '-C', portal.folder).stdout, /umo-4 .* identifies /);
    await signIn('other', 'umo-4', accounts(portal.folder)['umo-4']);
    assert.equal((await send('/office/identity', { code: '0000-0000', document: 'id_card', document_last: '123' }, 'other')).status, 404, 'no such code, but it may');
    assert.notEqual(epo('account', 'role', 'jan@example.cz', 'citizen', '--identify', '-C', portal.folder).status, 0);
  });

  it('an account is signed out everywhere, disabled and enabled', async () => {
    const account = await find('umo-4');
    assert.equal((await change({ account, do: 'sign_out' })).status, 303);
    assert.equal((await get('/office', 'other')).status, 303);
    await signIn('other', 'umo-4', accounts(portal.folder)['umo-4']);
    assert.equal((await change({ account, do: 'disable' })).status, 303);
    assert.equal((await send('/login', { name: 'umo-4', password: accounts(portal.folder)['umo-4'] })).status, 401);
    assert.equal((await change({ account, do: 'enable' })).status, 303);
    await signIn('other', 'umo-4', accounts(portal.folder)['umo-4']);
    assert.equal(epo('account', 'sign-out', 'umo-4', '-C', portal.folder).status, 0);
    assert.equal((await get('/office', 'other')).status, 303);
  });

  it('is shown with places and hours, on a map drawn without a script', async () => {
    const text = await page('/identification'), picture = text.match(/src="(\/api\/v1\/map\.png[^"]+)"/)[1].replaceAll('&amp;', '&');
    assert.match(text, /Úřad městského obvodu Plzeň 3/);
    assert.match(text, /po, st 8:00–17:00/);
    const drawn = await get(picture);
    assert.equal(drawn.status, 200);
    assert.equal(drawn.headers.get('content-type'), 'image/png');
    assert.match(await page('/account/identity', 'eva'), /given_name|\/identification/);
  });
});

describe('a link to the city\'s registers', () => {
  const look = (login, person) => page(`/office/registers?login=${login}&agenda=dog_fee&person=${person}`, 'clerk');
  const deed = (more, who = 'clerk') => send('/office/registers', { login: 'jan@example.cz', agenda: 'dog_fee', person: '5550000001', ...more }, who);
  const use = (code, who) => send('/account/registers', { code }, who);

  it('is made at the counter by comparing, never by a name', async () => {
    for (const person of ['5550000001', '5550000002', '5550000003'])
      sql(`INSERT INTO records (tenant, agenda, key, person, kind, data, from_day, changed_at_us) VALUES ('plzen', 'dog_fee', 'test-${person}', '${person}', 'dog', '{"name":"Rek","breed":"jezevčík"}', '2024-01-01', 1)`);
    const text = await look('jan@example.cz', '5550000001');
    assert.match(text, /1\. 5\. 1980/);
    assert.match(text, /test-5550000001/);
    assert.match(await look('eva@example.cz', '5550000001'), /Ověřený účet s tímto e-mailem/, 'hers is not verified');
    assert.match(await look('jan@example.cz', '5559999999'), /není nic/);
    assert.equal((await deed({ do: 'link', login: 'eva@example.cz' })).status, 404);
    assert.equal((await deed({ do: 'link', person: '5559999999' })).status, 404);
    await signIn('city', 'mesto', accounts(portal.folder).mesto);
    assert.equal((await deed({ do: 'link' }, 'city')).status, 403);
    assert.equal((await deed({ do: 'link' })).status, 200);
    assert.match(await page('/account/registers', 'jan'), /5550000001<\/span><br>propojil Úřad městského obvodu Plzeň 3 po ověření/);
    assert.equal((await deed({ do: 'link', login: '00075370' })).status, 409, 'one account for a number');
    assert.equal((await deed({ do: 'link', person: '5550000002' })).status, 409, 'one number for an account');
    assert.equal((await deed({ do: 'link', login: '00075370', person: '5550000003' })).status, 200, 'a business too');
  });

  it('is ended with a reason by the office, or by the person', async () => {
    assert.equal((await deed({ do: 'end' })).status, 422);
    assert.equal((await deed({ do: 'end', reason: 'Číslo patří jinému.' })).status, 200);
    assert.match(await page('/account/registers', 'jan'), /Číslo patří jinému\./);
    assert.equal((await deed({ do: 'end', reason: 'Znovu.' })).status, 404);
    assert.equal((await deed({ do: 'link' })).status, 200);
    assert.equal((await send('/account/registers', { agenda: 'dog_fee' }, 'eva')).status, 404, 'nobody ends another\'s');
    assert.equal((await send('/account/registers', { agenda: 'dog_fee' }, 'jan')).status, 303);
  });

  it('is made with the code of a letter, once, by who has it; wrong codes slow down', async () => {
    const printed = async () => (await (await deed({ do: 'letter', login: '', person: '5550000002' })).text()).match(/class="code">([\w-]+)</)[1];
    const first = await printed(), code = await printed();
    assert.ok(!sql('SELECT seal FROM link_codes').includes(code.replaceAll('-', '')), 'the code itself is not kept');
    assert.equal((await deed({ do: 'letter', person: '5550000002' }, 'city')).status, 403);
    assert.equal((await use(first, 'eva')).status, 404, 'a second letter takes the place of the first');
    sql('UPDATE link_codes SET until_us = 1');
    assert.equal((await use(code, 'eva')).status, 404, 'expired');
    const good = await printed();
    assert.equal((await use(good.toUpperCase().replaceAll('-', ' '), 'eva')).status, 303);
    assert.match(await page('/account/registers', 'eva'), /5550000002<\/span><br>propojeno kódem z dopisu/);
    assert.equal((await use(good, 'ota')).status, 404, 'used up');
    for (let i = 0; i < 5; i++) await use('0000-0000-0000', 'ota');
    assert.equal((await use('0000-0000-0000', 'ota')).status, 429);
  });
});

describe('two accounts of one person', () => {
  const SOURCE = readFileSync(new URL('../../core/portal/account_merge.c', import.meta.url), 'utf8');
  const SCHEMA = new URL('../../core/store/schema/', import.meta.url);
  // Columns that name those who work here (their accounts are not merged), the trail itself, and what is no account.
  const STAYS = new Set(['audit.actor', 'counter_filings.account', 'case_completions.actor', 'case_decisions.actor', 'assignments.account', 'handovers.actor', 'handovers.to_account', 'merged.actor', 'form_edits.actor',
    'businesses.account', 'identities.clerk', 'business_claims.clerk', 'link_codes.clerk', 'ledger_entries.by_account', 'ledger_lines.account', 'attachments.owner', 'account_merges.gone', 'account_merges.by_account',
    'api_tokens.made_by', 'parameter_changes.actor', 'parameter_withdrawals.actor', 'parameter_records.actor', 'replays.actor', 'publications.actor']);
  const merge = (who, other, more) => send('/account/merge', { other: `${other}@example.cz`, password: passwords[other], sure: 'yes', ...more }, who);
  const atCounter = (kept, gone, more, who = 'clerk') => send('/office/merge', { kept: `${kept}@example.cz`, gone: `${gone}@example.cz`, document: 'občanský průkaz, 987X', ...more }, who);
  const idIn = (login) => sql(`SELECT id FROM accounts WHERE login = '${login}@example.cz'`);
  let number, gone, kept;

  it('are compared column by column with the schema: a later table that is forgotten fails here', () => {
    const NAMES = /^(account|account_id|owner|sender|holder|principal|agent|actor|clerk|by_account|to_account|made_by|ended_by|acting_for|subject)$/;
    const tables = readdirSync(SCHEMA).flatMap((file) => [...readFileSync(new URL(file, SCHEMA), 'utf8').matchAll(/CREATE TABLE (\w+)/g)].map(([, table]) => table));
    const forgotten = [];
    let found = 0;
    for (const table of tables.filter((name) => sql(`SELECT 1 FROM sqlite_master WHERE name = '${name}'`))) {
      const keyed = sql(`SELECT "from" FROM pragma_foreign_key_list('${table}') WHERE "table" = 'accounts' AND "from" <> 'tenant'`).split('\n');
      for (const column of sql(`SELECT name FROM pragma_table_info('${table}')`).split('\n').filter((name) => NAMES.test(name) || keyed.includes(name))) {
        if (STAYS.has(`${table}.${column}`)) continue;
        found++;
        if (!new RegExp(`(UPDATE ${table} SET ${column} =|DELETE FROM ${table} WHERE[^"]*${column} =)`).test(SOURCE)) forgotten.push(`${table}.${column}`);
      }
    }
    assert.deepEqual(forgotten, [], 'say in account_merge.c what becomes of it, or in STAYS here that it names no citizen');
    assert.ok(found > 15);
  });

  it('become one when both identities are verified and agree; everything moves, the other is closed', async () => {
    await citizen('petr', 'Petr Dvojí');
    await citizen('petr2', 'Petr Dvojí');
    await verified('petr', 'Petr', 'Dvojí');
    assert.equal((await merge('petr', 'petr2')).status, 403, 'the other is not verified');
    await verified('petr2', 'Petr', 'DVOJÍ');
    gone = idIn('petr2'); kept = idIn('petr');
    number = (await filedFor('petr2')).headers.get('location').match(/submissions\/([\d-]+)/)[1];
    await send(PATH, body({ ...fields }, { _action: 'save' }), 'petr2');
    await send('/account/mandates/new', { to: 'eva@example.cz', rights: 'read', scope: 'all' }, 'petr2');
    await send('/account/mandates', { do: 'accept', id: idOf(await page('/account/mandates', 'eva'), 'Přijmout') }, 'eva');
    await send('/account/mandates/new', { to: 'petr2@example.cz', rights: 'read', scope: 'all' }, 'jan');
    await send('/account/business', { kind: 'trader', number: '27074358', business_name: 'Petr Dvojí', seat: 'Americká 2, 301 00 Plzeň' }, 'petr2');
    sql(`INSERT INTO person_links (tenant, agenda, person, account, how, by_account, at_us) VALUES ('plzen', 'waste_fee', '777', '${gone}', 'demo', '', 1)`);
    sql(`INSERT INTO contacts (tenant, account, phone, address, changed_at_us) VALUES ('plzen', '${gone}', '+420777123456', '', 1)`);
    assert.equal((await merge('petr', 'petr2', { sure: '' })).status, 422);
    assert.equal((await merge('petr', 'petr2', { password: 'něco jiného' })).status, 403);
    assert.equal((await merge('petr', 'petr')).status, 403, 'with itself');
    assert.equal((await merge('petr', 'jan')).status, 403, 'somebody else, whose password one even knows');
    assert.equal((await merge('petr', 'petr2')).status, 303);
    assert.equal((await get('/account', 'petr2')).status, 303, 'signed out');
    assert.equal((await send('/login', { name: 'petr2@example.cz', password: passwords.petr2 })).status, 401);
    assert.equal((await get(`/submissions/${number}`, 'petr')).status, 200);
    assert.match(await page('/account', 'petr'), /Rozepsan/);
    assert.match(await page('/account/registers', 'petr'), /777/);
    assert.equal(sql(`SELECT phone FROM contacts WHERE account = '${kept}'`), '+420777123456', 'the kept one said no other');
    const mandates = await page('/account/mandates', 'petr');
    assert.match(mandates, /Eva Malá/);
    assert.match(mandates, /Přijmout/, 'the offer to the other address');
    assert.match(mandates, /27074358/);
    await act(kept, 'eva');
    assert.equal((await get(`/submissions/${number}`, 'eva')).status, 200);
    assert.match(await page('/account/audit', 'petr'), /založení účtu[^]*založení účtu/, 'the trail of both');
  });

  it('leave the closed one in the trail and nowhere else', () => {
    const places = [];
    for (const table of sql(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%VIRTUAL%'`).split('\n')) {
      for (const column of sql(`SELECT name FROM pragma_table_info('${table}')`).split('\n').filter(Boolean)) {
        if (sql(`SELECT count(*) FROM "${table}" WHERE "${column}" = '${gone}'`) !== '0') places.push(`${table}.${column}`);
      }
    }
    assert.deepEqual(places.sort(), ['account_merges.gone', 'accounts.id', 'audit.actor', 'audit.detail', 'audit.object']);
  });

  it('are merged by a clerk who has seen the document, never two people, and whole or not at all', async () => {
    await citizen('petr3', 'Petr D.');
    assert.match(await page('/office/merge?kept=petr@example.cz&gone=petr3@example.cz', 'clerk'), /Petr Dvojí 1\. 5\. 1980/);
    assert.equal((await atCounter('petr', 'petr3', { document: '' })).status, 422);
    assert.equal((await atCounter('petr3', 'petr')).status, 403, 'the one that stays is verified');
    assert.equal((await atCounter('petr', 'jan')).status, 403, 'of different people');
    await signIn('city', 'mesto', accounts(portal.folder).mesto);
    assert.equal((await atCounter('petr', 'petr3', {}, 'city')).status, 403);
    const third = idIn('petr3');
    sql(`INSERT INTO person_links (tenant, agenda, person, account, how, by_account, at_us) VALUES ('plzen', 'waste_fee', '778', '${third}', 'demo', '', 1)`);
    await send(PATH, body({ ...fields }, { _action: 'save' }), 'petr3');
    assert.equal((await atCounter('petr', 'petr3')).status, 409, 'two numbers in one agenda');
    assert.equal(sql(`SELECT count(*) FROM drafts WHERE owner = '${third}'`), '1');
    sql(`UPDATE person_links SET ended_at_us = 2 WHERE account = '${third}'`);
    assert.equal((await atCounter('petr', 'petr3')).status, 303);
    assert.equal(sql(`SELECT count(*) FROM drafts WHERE owner = '${kept}'`), '2');
    assert.equal(sql(`SELECT how || office FROM account_merges WHERE gone = '${third}'`), 'counterumo-3');
  });
});
