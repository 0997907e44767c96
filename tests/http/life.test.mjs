// From start to end: stopping, reloading, handing over to a new program, and more work than hands.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { dogJson } from '../browser/support/forms.mjs';
import { binary, demoFolder, epo, serve, startFor } from '../support/portal.mjs';
import { crowd } from './support/crowd.mjs';
import { lockDatabase } from './support/lock.mjs';
import { fileDog } from './support/people.mjs';
import { dial, request, say } from './support/wire.mjs';

const FILING = '/api/v1/forms/dog_fee/registration/submissions';
const filing = (key = crypto.randomUUID()) => {
  const json = JSON.stringify(dogJson('umo-3'));
  return request('POST', FILING, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json), 'idempotency-key': key }, json);
};
/** Waits until the condition holds; node's own time limit of a test is the only clock. */
const until = async (holds) => { for (;; await sleep(30)) { const is = await holds(); if (is) return is; } };
const dead = (port) => say(port, request('GET', '/')).then(() => false, (error) => error.code === 'ECONNREFUSED');
const edit = (file, change) => writeFileSync(file, change(readFileSync(file, 'utf8')));
const setting = (folder, change) => edit(join(folder, 'epo.json'), (text) => { const json = JSON.parse(text); change(json); return JSON.stringify(json, null, 2); });

describe('SIGTERM', () => {
  it('lets what is under way finish, says so, and takes no more', async (t) => {
    const portal = await startFor(t), lock = await lockDatabase(t, portal.folder);
    const [busy, idle] = [await dial(portal.port), await dial(portal.port)];
    assert.equal((await idle.send(request('GET', '/')).answer()).status, 200);
    busy.send(filing());
    await sleep(300); // until it waits for the lock: nothing outside shows that
    portal.child.kill('SIGTERM');
    await until(() => dead(portal.port));
    await idle.closed;
    assert.equal(portal.exit, undefined, 'it waits for the one that is under way');
    await lock.release();
    const answer = await busy.answer();
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.connection, 'close');
    assert.equal(await portal.ended, 0, portal.log);
    const again = await serve(portal.folder);
    t.after(again.clear);
    const filed = JSON.parse(answer.body);
    assert.equal((await fetch(`${again.url}/api/v1/submissions/${filed.number}?receipt=${filed.receipt}`)).status, 200);
    assert.equal(await again.stop(), 0);
  });

  it('a second time does not wait', async (t) => {
    const portal = await startFor(t), lock = await lockDatabase(t, portal.folder);
    const busy = await dial(portal.port);
    busy.send(filing());
    await sleep(300);
    portal.child.kill('SIGTERM');
    await until(() => portal.log.includes('http.stopping'));
    portal.child.kill('SIGTERM');
    assert.equal(await portal.ended, 'SIGTERM');
    await busy.closed;
    assert.equal(busy.bytes.length, 0, 'nothing was promised');
    await lock.release();
  });
});

describe('SIGHUP under load', () => {
  it('brings new settings, forms, scripts and agendas; a mistake leaves the old in force', async (t) => {
    const portal = await startFor(t), { folder } = portal;
    const reload = async () => {
      const before = portal.log.length;
      portal.child.kill('SIGHUP');
      await until(() => { assert.equal(portal.exit, undefined, portal.log.slice(-6000)); return portal.log.slice(before).includes('"reload.done"'); });
      return portal.log.slice(before);
    };
    const page = async (path) => { const answer = await say(portal.port, request('GET', path)); return answer.status === 200 ? answer.body : answer.status; };
    const asks = [request('GET', '/'), request('GET', '/agendas/dog_fee/registration'), request('GET', '/tiles/city.json'), request('GET', '/api/v1/agendas'), request('GET', '/login')];
    const people = crowd(portal.port, 6, (i) => (i % 6 ? asks[i % 5] : filing()));
    setting(folder, (json) => { json.city.name.cs = 'Portál jiného města'; });
    await reload();
    assert.match(await page('/'), /Portál jiného města/);

    assert.equal(await page('/agendas/pond_permit'), 404);
    assert.equal(epo('agenda', 'new', 'pond_permit', '-C', folder).status, 0);
    await reload();
    assert.match(await page('/agendas/pond_permit'), /Nová agenda/);

    const agenda = (name) => join(folder, 'agendas/pond_permit', name), rename = (name) => (text) => text.replace(/"title": \{"cs": "[^"]*"/, `"title": {"cs": "${name}"`);
    edit(agenda('manifest.json'), rename('Rybník'));
    await reload();
    assert.match(await page('/agendas/pond_permit'), /<h1>Rybník/);

    const script = readFileSync(agenda('agenda.lua'), 'utf8');
    writeFileSync(agenda('agenda.lua'), `${script}\nlocal x = = 1\n`);
    edit(agenda('manifest.json'), rename('Rozbitá'));
    assert.match(await reload(), /agenda\.lua","line":\d+/);
    assert.match(await page('/agendas/pond_permit'), /<h1>Rybník/, 'the version before goes on serving');
    writeFileSync(agenda('agenda.lua'), script);
    await reload();
    assert.match(await page('/agendas/pond_permit'), /<h1>Rozbitá/);

    const good = readFileSync(join(folder, 'epo.json'), 'utf8');
    for (const [bad, why] of [['{"tenant": ', /settings\.fault/], [good.replace('"tenant": "plzen"', '"tenant": "brno"'), /cannot change/], [good.replace('"http": {', '"http": {"loops": "many", '), /http\.loops/], [good.replace('"http": {', '"http": {"trusted_proxies": ["here"], '), /trusted_proxies/]]) {
      writeFileSync(join(folder, 'epo.json'), bad);
      assert.match(await reload(), why);
      assert.match(await page('/'), /Portál jiného města/);
    }
    writeFileSync(join(folder, 'epo.json'), good);
    await reload();

    setting(folder, (json) => { json.http.limited_per_minute = 1; });
    const { failed, answered } = await people.stop();
    assert.deepEqual(failed.slice(0, 5), [], `${failed.length} failed of ${answered}`);
    assert.ok(answered > 50, `${answered} answered`);
    await reload();
    await say(portal.port, filing());
    assert.equal((await say(portal.port, filing())).status, 429, 'the limit is in force');
    assert.equal(await portal.stop(), 0, portal.log);
  });
});

describe('SIGUSR2', () => {
  const started = (log) => [...log.matchAll(/"event":"http\.hand_over","pid":(\d+)/g)].map(([, pid]) => Number(pid));
  const alive = (pid) => { try { process.kill(pid, 0); return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8')); } catch { return false; } };

  const end = (pids) => { for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGKILL'); };

  it('hands over to a new program, and on to the next, without one refused connection', async (t) => {
    const portal = await startFor(t), people = crowd(portal.port, 6, (i) => (i % 4 ? request('GET', '/agendas') : filing()));
    const held = await dial(portal.port);
    assert.equal((await held.send(request('GET', '/')).answer()).status, 200);
    const pids = [portal.child.pid];
    t.after(() => end(pids));
    for (let times = 1; times <= 2; times++) {
      const before = people.answered;
      process.kill(pids.at(-1), 'SIGUSR2');
      pids.push(await until(() => started(portal.log)[times - 1]));
      await until(() => !alive(pids[times - 1]));
      const then = people.answered;
      assert.ok(then > before);
      await until(() => people.answered > then + 30);
    }
    const { failed, answered, byStatus } = await people.stop();
    assert.deepEqual(failed.slice(0, 5), [], `${failed.length} failed of ${answered}`);
    assert.ok(byStatus[201] > 5 && byStatus[200] > 30, JSON.stringify(byStatus));
    assert.equal(portal.exit, 0, 'the first one ended in peace');
    await held.closed;
    const filed = await fileDog(portal);
    assert.equal(Number(filed.number.slice(5)), byStatus[201] + 1, 'numbers go on without a gap from one process to the next');
    process.kill(pids.at(-1), 'SIGTERM');
    await until(() => !alive(pids.at(-1)));
    assert.doesNotMatch(portal.log, /AddressSanitizer|LeakSanitizer/);
  });

  it('goes on serving where the new program does not come up', async (t) => {
    const portal = await startFor(t), good = readFileSync(join(portal.folder, 'epo.json'), 'utf8');
    writeFileSync(join(portal.folder, 'epo.json'), '{');
    process.kill(portal.child.pid, 'SIGUSR2');
    const [pid] = await until(() => started(portal.log).length && started(portal.log));
    await until(() => !alive(pid));
    for (let i = 0; i < 20; i++) assert.equal((await say(portal.port, request('GET', '/agendas'))).status, 200);
    writeFileSync(join(portal.folder, 'epo.json'), good);
    process.kill(portal.child.pid, 'SIGUSR2');
    t.after(() => end(started(portal.log)));
    const [, second] = await until(() => started(portal.log).length === 2 && started(portal.log));
    await portal.ended;
    assert.equal((await say(portal.port, request('GET', '/agendas'))).status, 200, 'the next try succeeds');
    process.kill(second, 'SIGTERM');
    await until(() => !alive(second));
  });
});

it('a socket that systemd holds is taken over', async (t) => {
  const listener = createServer(), folder = demoFolder();
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  const { port } = listener.address();
  const child = spawn('sh', ['-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" serve -C "$1"', binary, folder], { stdio: ['ignore', 'ignore', 'pipe', listener._handle.fd] });
  t.after(() => { child.kill('SIGKILL'); rmSync(folder, { recursive: true }); });
  let log = '';
  child.stderr.on('data', (bytes) => { log += bytes; });
  const ended = new Promise((done) => child.on('exit', done));
  await until(() => log.includes('http.listening'));
  listener._handle.close();
  assert.match(log, new RegExp(`"port":${port},`));
  for (let i = 0; i < 10; i++) assert.equal((await say(port, request('GET', '/robots.txt'))).status, 200);
  child.kill('SIGTERM');
  assert.equal(await ended, 0, log);
});

describe('more work than hands', () => {
  it('is told to come back, in a page for people and a problem for programs; then served', async (t) => {
    const portal = await startFor(t, { http: { loops: 1, workers: 1, queue: 4 } }), lock = await lockDatabase(t, portal.folder);
    const ask = (path, headers) => say(portal.port, request('GET', path, headers));
    const stuck = await dial(portal.port);
    stuck.send(request('GET', '/healthz')); // writes, and waits for the lock on the only worker
    await sleep(300);
    const queued = [];
    let page;
    while (!page) { // until the queue is full; a job of an agenda may stand in it too
      const wire = await dial(portal.port);
      wire.send(request('GET', '/login', { 'accept-language': 'cs' }));
      const answer = wire.answer();
      page = await Promise.race([answer, sleep(300)]);
      if (!page) queued.push(answer);
      assert.ok(queued.length <= 5, 'the queue has an end');
    }
    assert.equal(page.status, 503);
    assert.ok(queued.length >= 1);
    assert.ok(Number(page.headers['retry-after']) >= 1);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.match(page.headers['content-security-policy'], /default-src 'none'/);
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.match(page.body, /<html lang="cs">[^]*<title>[^<]+<\/title>[^]*<main id="main"[^]*<h1>[^<]+<\/h1>/);
    assert.match((await ask('/login', { 'accept-language': 'en' })).body, /<html lang="en">/);
    const problem = await ask('/api/v1/agendas');
    assert.equal(problem.status, 503);
    assert.match(problem.headers['content-type'], /^application\/problem\+json/);
    assert.ok(Number(problem.headers['retry-after']) >= 1);
    assert.equal(JSON.parse(problem.body).status, 503);
    assert.equal((await ask('/robots.txt')).status, 200, 'what needs no worker is answered');
    await lock.release();
    for (const answer of queued) assert.equal((await answer).status, 200, 'who waited is served');
    assert.equal((await stuck.answer()).status, 200);
    assert.equal((await ask('/login')).status, 200);
    assert.equal(await portal.stop(), 0, portal.log);
  });

  it('who has waited too long is told so, and the work is not done for nobody', async (t) => {
    const portal = await startFor(t, { http: { loops: 1, workers: 1, deadline_ms: 100 } }), lock = await lockDatabase(t, portal.folder);
    const [stuck, waits] = await Promise.all([dial(portal.port), dial(portal.port)]);
    stuck.send(request('GET', '/healthz'));
    await sleep(300);
    waits.send(filing());
    await sleep(1000); // longer than the deadline, from when it has come
    await lock.release();
    const late = await waits.answer();
    assert.equal(late.status, 503);
    assert.ok(Number(late.headers['retry-after']) >= 1);
    const filed = await until(() => fileDog(portal).catch(() => null)); // on a slow machine this may come late, too
    assert.equal(filed.number.slice(5), '000001', 'the late one was not filed');
    assert.equal(await portal.stop(), 0, portal.log);
  });
});
