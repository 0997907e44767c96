// A disk that is full, a database that is locked, damaged or gone: nobody loses what they typed, nobody is told
// that something was saved which was not, and the portal is well again when the machine is.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, openSync, closeSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { body, dog, dogJson, file, post } from '../browser/support/forms.mjs';
import { accounts, demoFolder, serve } from '../support/portal.mjs';
import { lockDatabase } from './support/lock.mjs';
import { signIn } from './support/people.mjs';

const FORM = '/agendas/dog_fee/registration', FILING = '/api/v1/forms/dog_fee/registration/submissions';
const answers = { ...dog, home: JSON.stringify(dogJson('umo-3').home), name: 'Jana "Háček" Nováková & dcera' };
const unescape = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
/** name -> value of the hidden inputs of a page: what it would send again. */
const hidden = (html) => Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [name, unescape(value)]));

async function start(t, folder) {
  const portal = await serve(folder);
  t.after(portal.clear);
  return portal;
}

/** The page before sending: its key. */
async function review(portal) {
  const answer = await post(portal.url, FORM, body(answers, { _action: 'review' })), text = await answer.text();
  assert.equal(answer.status, 200, text);
  return hidden(text)._key;
}
const send = (portal, key) => post(portal.url, FORM, body(answers, { _action: 'send', _key: key }));
const health = async (portal) => { const answer = await fetch(`${portal.url}/healthz`); return `${answer.status} ${(await answer.text()).trim()}`; };
const until = async (holds) => { while (!(await holds())) await sleep(200); };

/** A page that says what is wrong and keeps all that was typed. */
async function keptPage(sent, key) {
  const page = await sent.text(), kept = hidden(page);
  assert.equal(sent.status, 503, page);
  assert.ok(Number(sent.headers.get('retry-after')) >= 1);
  assert.ok(/role="alert"[^>]*>\s*<h2[^>]*>Podání se nepodařilo odeslat/.test(page) || /<h1>Teď to nejde zkontrolovat<\/h1>/.test(page), page.match(/<main[^]*?<\/h1>/)?.[0]);
  for (const [name, value] of Object.entries(answers))
    if (name === 'home') assert.deepEqual(JSON.parse(kept.home), JSON.parse(value));
    else assert.equal(kept[name], value, `${name} is kept`);
  if (kept._key) assert.equal(kept._key, key, 'under the same key');
  assert.doesNotMatch(page, /sqlite|SQL|portal\.db|disk I\/O/);
}

/** While saving fails: clear pages, problems, 503 from /healthz. At once, since a locked database lets each wait. */
async function expectTrouble(portal, code, key, status = 503) {
  const [sent, api, login] = await Promise.all([
    send(portal, key),
    fetch(portal.url + FILING, { method: 'POST', body: JSON.stringify(dogJson('umo-3')), headers: { 'content-type': 'application/json' } }),
    post(portal.url, '/login', new URLSearchParams({ name: 'umo-3', password: accounts(portal.folder)['umo-3'] })),
    until(async () => (await health(portal)) === `503 ${code}`),
  ]);
  await keptPage(sent, key);
  assert.equal(api.status, status);
  if (status === 503) assert.ok(Number(api.headers.get('retry-after')) >= 1);
  assert.match(api.headers.get('content-type'), /problem\+json/);
  assert.doesNotMatch(await api.text(), /sqlite|SQL|portal\.db|disk I\/O|writer/);
  assert.ok([503, status].includes(login.status), `${login.status}`);
  if (login.status === 503) assert.match(await login.text(), /value="umo-3"/, 'the name typed is kept');
  assert.deepEqual(login.headers.getSetCookie(), []);
}

async function expectWell(portal, key) {
  await until(async () => (await health(portal)) === '200 ok');
  const sent = await send(portal, key);
  assert.equal(sent.status, 303, await sent.text());
  const [, number] = sent.headers.get('location').match(/^\/submissions\/(\d{4}-\d+)\?key=/);
  assert.equal((await fetch(portal.url + sent.headers.get('location'))).status, 200);
  return number;
}

/** The audit trail and the receipts hold together, numbers have no gap, and the file is sound. */
function expectSound(folder, count) {
  const sql = (text) => execFileSync('sqlite3', [join(folder, 'portal.db'), text], { encoding: 'utf8' }).trim();
  assert.equal(sql('PRAGMA integrity_check'), 'ok');
  assert.equal(sql('SELECT count(*), max(number) - min(number) + 1 FROM submissions'), `${count}|${count}`);
  assert.equal(sql('SELECT count(*) FROM submissions WHERE number NOT IN (SELECT number FROM cases) OR number NOT IN (SELECT number FROM locations)'), '0');
}

describe('saving', { concurrency: true }, () => {
  it('goes on after a full disk has room again', { skip: process.getuid() !== 0 && 'mounting needs root' }, async (t) => {
    const disk = mkdtempSync(join(tmpdir(), 'epo-disk-')), made = demoFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]);
    t.after(() => { execFileSync('umount', ['-l', disk]); rmSync(disk, { recursive: true }); });
    cpSync(made, join(disk, 'portal'), { recursive: true });
    rmSync(made, { recursive: true });
    const portal = await start(t, join(disk, 'portal')), cookie = await signIn(portal, 'umo-3');
    const filed = await file(portal.url, 'dog_fee', 'registration', dogJson('umo-3')), key = await review(portal);
    try { writeFileSync(join(disk, 'ballast'), Buffer.alloc(64 << 20)); } catch (error) { assert.equal(error.code, 'ENOSPC'); }
    await expectTrouble(portal, 'store.full', key);
    assert.equal((await fetch(`${portal.url}/submissions/${filed.number}?receipt=${filed.receipt}`)).status, 200, 'reading goes on');
    assert.equal((await fetch(`${portal.url}/office/cases/${filed.number}`, { headers: { cookie } })).status, 503, 'what cannot be put on record is not shown');
    assert.match(portal.log, /"level":"error"[^\n]*store\.full/);
    rmSync(join(disk, 'ballast'));
    const number = await expectWell(portal, key);
    assert.equal(Number(number.slice(5)), Number(filed.number.slice(5)) + 1, 'no number was lost on the way');
    assert.equal((await fetch(`${portal.url}/office/cases/${filed.number}`, { headers: { cookie } })).status, 200);
    assert.equal(await portal.stop(), 0, portal.log);
    expectSound(portal.folder, 2);
  });

  it('goes on after writes failed for another reason', async (t) => {
    const portal = await start(t, demoFolder()), key = await review(portal);
    const most = (bytes) => execFileSync('prlimit', ['--pid', String(portal.child.pid), `--fsize=${bytes}:unlimited`]);
    most(4096);
    await expectTrouble(portal, 'store.io', key);
    assert.equal(portal.exit, undefined, 'the signal of that limit does not end it');
    most('unlimited');
    await expectWell(portal, key);
    assert.equal(await portal.stop(), 0, portal.log);
    expectSound(portal.folder, 1);
  });

  it('goes on after another program gave the lock back', async (t) => {
    const portal = await start(t, demoFolder()), key = await review(portal), lock = await lockDatabase(t, portal.folder);
    await expectTrouble(portal, 'store.busy', key);
    await lock.release();
    await expectWell(portal, key);
    assert.equal(await portal.stop(), 0, portal.log);
    expectSound(portal.folder, 1);
  });

  it('stops when the database has vanished, and goes on when it is back', async (t) => {
    const portal = await start(t, demoFolder()), key = await review(portal), name = join(portal.folder, 'portal.db');
    renameSync(name, `${name}.away`);
    await expectTrouble(portal, 'store.missing', key, 500);
    cpSync(`${name}.away`, name);
    await expectTrouble(portal, 'store.missing', key, 500); // another file under its name is not the database
    renameSync(`${name}.away`, name);
    await expectWell(portal, key);
    assert.equal(await portal.stop(), 0, portal.log);
    expectSound(portal.folder, 1);
  });

  it('stops when the database is damaged, and says so until somebody sees to it', async (t) => {
    const portal = await start(t, demoFolder()), key = await review(portal), name = join(portal.folder, 'portal.db');
    execFileSync('sqlite3', [name, 'PRAGMA wal_checkpoint(TRUNCATE)']);
    const whole = openSync(name, 'r+'), page = Buffer.alloc(4096, 0xa5);
    for (let at = 4096; at < statSync(name).size; at += 4096) writeSync(whole, page, 0, page.length, at);
    closeSync(whole);
    await expectTrouble(portal, 'store.corrupt', key, 500);
    assert.equal(await health(portal), '503 store.corrupt', 'not forgotten');
    assert.equal((await fetch(`${portal.url}/agendas`)).status, 200, 'what needs no database is there');
    assert.notEqual(await portal.stop(), undefined);
  });
});
