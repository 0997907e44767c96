// TLS by the portal itself: what it speaks, and certificates that change while it serves.
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';

import { accounts, demoFolder, serve } from '../support/portal.mjs';
import { makeCertificate } from './support/certificate.mjs';
import { dial, request, say } from './support/wire.mjs';

let portal;
before(async () => {
  const folder = demoFolder({ http: { tls: { certificate: 'chain.pem', key: 'key.pem' } } });
  makeCertificate(folder, 'first');
  portal = await serve(folder);
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const tls = (options = {}) => ({ tls: options });
const name = (wire) => wire.socket.getPeerCertificate().subject.CN;
async function reload() {
  const before = portal.log.length;
  portal.child.kill('SIGHUP');
  while (!portal.log.slice(before).includes('"reload.done"')) { assert.equal(portal.exit, undefined, portal.log.slice(-6000)); await sleep(30); }
  return portal.log.slice(before);
}

it('tells its address as https', () => assert.match(portal.out, new RegExp(`^https://127\\.0\\.0\\.1:${portal.port}\n`)));

describe('what it speaks', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'])
    it(version, async () => {
      const wire = await dial(portal.port, tls({ minVersion: version, maxVersion: version }));
      assert.equal(wire.socket.getProtocol(), version);
      assert.equal((await wire.send(request('GET', '/')).answer()).status, 200);
      wire.hangUp();
    });

  it('nothing older, no key exchange without forward secrecy, nothing unencrypted', async () => {
    await assert.rejects(dial(portal.port, tls({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' })));
    await assert.rejects(dial(portal.port, tls({ maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' })));
    await assert.rejects(dial(portal.port, tls({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' })));
    const plain = await dial(portal.port);
    plain.send(request('GET', '/'));
    await plain.closed;
    assert.doesNotMatch(plain.bytes.toString('latin1'), /HTTP/);
  });

  it('HTTP/1.1 also to who prefers HTTP/2', async () => {
    const wire = await dial(portal.port, tls({ ALPNProtocols: ['h2', 'http/1.1'] }));
    assert.notEqual(wire.socket.alpnProtocol, 'h2');
    assert.equal((await wire.send(request('GET', '/')).answer()).first, 'HTTP/1.1 200 OK');
    wire.hangUp();
  });

  it('sessions again, by ticket', async () => {
    const first = connect({ port: portal.port, host: '127.0.0.1', rejectUnauthorized: false }), session = await new Promise((done) => first.once('session', done));
    first.destroy();
    const again = await dial(portal.port, tls({ session }));
    assert.equal(again.socket.isSessionReused(), true);
    assert.equal((await again.send(request('GET', '/')).answer()).status, 200);
    again.hangUp();
  });

  it('long answers whole, to a slow reader too', async () => {
    const wire = await dial(portal.port, tls());
    wire.socket.pause();
    for (let i = 0; i < 20; i++) wire.send(request('GET', '/api/v1/openapi.json'));
    await sleep(200);
    wire.socket.resume();
    for (let i = 0; i < 20; i++) assert.match((await wire.answer()).body, /\}$/);
    wire.hangUp();
  });
});

it('binds browsers to https: HSTS, cookies for this host and secure connections only, origins of https', async () => {
  const ask = (method, path, headers, body = '') => say(portal.port, request(method, path, { 'content-length': body.length, ...headers }, body), tls());
  assert.match((await ask('GET', '/')).headers['strict-transport-security'], /max-age=\d{8}/);
  assert.match((await ask('GET', '/nowhere')).headers['strict-transport-security'], /max-age/);
  const form = { 'content-type': 'application/x-www-form-urlencoded', host: 'portal.example' };
  const login = String(new URLSearchParams({ name: 'umo-3', password: accounts(portal.folder)['umo-3'] }));
  const signed = await ask('POST', '/login', form, login), cookies = signed.all.filter(([header]) => header === 'set-cookie').map(([, value]) => value);
  assert.equal(signed.status, 303);
  const session = cookies.find((cookie) => cookie.startsWith('__Host-epo_session='));
  assert.match(session, /; Secure/);
  assert.match(session, /; Path=\/;/);
  assert.doesNotMatch(session, /Domain/i);
  assert.equal((await ask('GET', '/office', { cookie: session.split(';')[0] })).status, 200);
  assert.equal((await ask('GET', '/office', { cookie: session.split(';')[0].replace('__Host-', '') })).status, 303, 'the plain name is not believed here');
  assert.equal((await ask('POST', '/login', { ...form, origin: 'https://portal.example' }, login)).status, 303);
  assert.equal((await ask('POST', '/login', { ...form, origin: 'http://portal.example' }, login)).status, 403);
});

describe('a new certificate', () => {
  it('comes with SIGHUP, without a dropped connection', async () => {
    const old = await dial(portal.port, tls());
    assert.equal(name(old), 'first');
    let on = true, served = 0;
    const failed = [], crowd = Array.from({ length: 4 }, async () => {
      while (on) {
        const answer = await say(portal.port, request('GET', '/'), tls()).catch((error) => ({ status: error.code }));
        if (answer?.status === 200) served++; else failed.push(answer?.status ?? 'no answer');
      }
    });
    for (const next of ['second', 'third']) {
      makeCertificate(portal.folder, next);
      await reload();
      const fresh = await dial(portal.port, tls());
      assert.equal(name(fresh), next);
      fresh.hangUp();
      assert.equal((await old.send(request('GET', '/robots.txt')).answer()).status, 200, 'the old connection goes on');
    }
    on = false;
    await Promise.all(crowd);
    assert.deepEqual(failed, []);
    assert.ok(served > 3);
    old.hangUp();
  });

  it('that cannot be used leaves the old one in force, and says why', async () => {
    writeFileSync(join(portal.folder, 'chain.pem'), 'no certificate');
    assert.match(await reload(), /"reload\.http".*chain\.pem/);
    const wire = await dial(portal.port, tls());
    assert.equal(name(wire), 'third');
    wire.hangUp();
  });
});

it('lets go of who never finishes the greeting', async () => {
  makeCertificate(portal.folder, 'fourth');
  const file = join(portal.folder, 'epo.json'), settings = JSON.parse(readFileSync(file, 'utf8'));
  settings.http.idle_timeout_s = 1;
  writeFileSync(file, JSON.stringify(settings));
  await reload();
  const wire = await dial(portal.port);
  wire.send(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
  await wire.closed;
  wire.hangUp();
});
