// Behind a proxy: whose word is believed, and the nginx configuration that we ship, run by a real nginx.
import { strict as assert } from 'node:assert';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { accounts, startDemo } from '../support/portal.mjs';
import { makeCertificate } from './support/certificate.mjs';
import { dial, request, say } from './support/wire.mjs';

describe('a trusted proxy', () => {
  const PROXY = '127.0.0.2';
  let portal;
  before(async () => { portal = await startDemo({ http: { trusted_proxies: [PROXY, '10.1.0.0/16'], limited_per_minute: 3, connections_per_address: 4 } }); });
  after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

  const ask = (path, headers, from = PROXY) => say(portal.port, request('GET', path, headers), { from });
  /** How many look-ups of the rate limit were left to who comes so. */
  async function left(headers, from) {
    for (let count = 0; ; count++) if ((await ask('/submissions', headers, from)).status === 429) return count;
  }

  it('tells the scheme and the host; nobody else does', async () => {
    const told = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'portal.example.cz' };
    const believed = await ask('/tiles/city.json', told), not = await ask('/tiles/city.json', told, '127.0.0.3');
    assert.match(JSON.parse(believed.body).tiles[0], /^https:\/\/portal\.example\.cz\//);
    assert.ok(believed.headers['strict-transport-security']);
    assert.match(JSON.parse(not.body).tiles[0], /^http:\/\/localhost\//);
    assert.equal(not.headers['strict-transport-security'], undefined);
    const login = String(new URLSearchParams({ name: 'umo-3', password: accounts(portal.folder)['umo-3'] }));
    const post = (headers, from) => say(portal.port, request('POST', '/login', { 'content-type': 'application/x-www-form-urlencoded', 'content-length': login.length, ...headers }, login), { from });
    const names = (answer) => { assert.equal(answer.status, 303); return answer.all.filter(([name]) => name === 'set-cookie').map(([, value]) => value.split('=')[0]).sort(); };
    assert.deepEqual(names(await post({ ...told, origin: 'https://portal.example.cz' }, PROXY)), ['__Host-device', '__Host-epo_session']);
    assert.deepEqual(names(await post(told, '127.0.0.4')), ['device', 'epo_session']);
    assert.equal((await post({ ...told, origin: 'https://portal.example.cz' }, '127.0.0.4')).status, 403);
    assert.match(JSON.parse((await ask('/tiles/city.json', { ...told, 'x-forwarded-host': 'a"b' })).body).tiles[0], /^https:\/\/localhost\//, 'a host that is none is not taken over');
  });

  it('tells who asks: each is counted alone, whatever they say of themselves', async () => {
    assert.equal(await left({ 'x-forwarded-for': '192.0.2.1' }), 3);
    assert.equal(await left({ 'x-forwarded-for': '192.0.2.1' }), 0);
    assert.equal(await left({ 'x-forwarded-for': '192.0.2.2' }), 3, 'another is another');
    assert.equal(await left({ 'x-forwarded-for': '203.0.113.9, 192.0.2.2' }), 0, 'what stands before the last is hearsay');
    assert.equal(await left({ 'x-forwarded-for': '192.0.2.3, 10.1.2.3' }), 3, 'a chain of trusted ones is followed');
    assert.equal(await left({ 'x-forwarded-for': '192.0.2.3' }), 0);
    assert.equal(await left({ 'x-forwarded-for': '2001:db8::1' }), 3);
    assert.equal(await left({ 'x-forwarded-for': '2001:db8::2' }), 0, 'one household of IPv6');
    assert.equal(await left({ 'x-forwarded-for': '192.0.2.4' }, '127.0.0.5'), 3);
    assert.equal(await left({ 'x-forwarded-for': '192.0.2.5' }, '127.0.0.5'), 0, 'who is not trusted stays who he is');
  });

  it('may have more connections than a citizen', async () => {
    const held = await Promise.all(Array.from({ length: 12 }, () => dial(portal.port, { from: PROXY })));
    for (const wire of held) assert.equal((await wire.send(request('GET', '/')).answer()).status, 200);
    for (const wire of held) wire.hangUp();
  });
});

/** A port that was free a moment ago. */
const freePort = () => new Promise((done) => { const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); }); });

describe('nginx with core/http/nginx.conf.example', () => {
  let portal, nginx, folder, secure, plain, ended;
  before(async () => {
    portal = await startDemo({ http: { trusted_proxies: ['127.0.0.1'], limited_per_minute: 3 } });
    folder = mkdtempSync(join(tmpdir(), 'epo-nginx-'));
    [secure, plain] = [await freePort(), await freePort()];
    const { certificate, key } = makeCertificate(folder, 'portal.example.cz');
    const shipped = readFileSync(new URL('../../core/http/nginx.conf.example', import.meta.url), 'utf8');
    const changes = [['127.0.0.1:8080', `127.0.0.1:${portal.port}`], ['listen 80;', `listen 127.0.0.1:${plain};`], ['listen 443 ssl http2;', `listen 127.0.0.1:${secure} ssl http2;`],
      ['    listen [::]:80;\n', ''], ['    listen [::]:443 ssl http2;\n', ''], ['/etc/ssl/portal/chain.pem', certificate], ['/etc/ssl/portal/key.pem', key], ['/var/log/nginx/epo.log', join(folder, 'epo.log')]];
    const adapted = changes.reduce((text, [from, to]) => { assert.ok(text.includes(from), `${from} stands in the example`); return text.replace(from, to); }, shipped);
    writeFileSync(join(folder, 'epo.conf'), adapted);
    for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'nginx.conf'), `daemon off; master_process off; pid ${folder}/pid; error_log stderr warn; events {}
      http { client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      include ${folder}/epo.conf; }`);
    nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { stdio: ['ignore', 'inherit', 'pipe'] });
    nginx.log = '';
    nginx.stderr.on('data', (bytes) => { nginx.log += bytes; });
    ended = new Promise((done) => nginx.on('exit', done));
    for (let up = false; !up; await sleep(50)) {
      assert.equal(nginx.exitCode, null, nginx.log);
      up = await dial(secure).then((wire) => { wire.hangUp(); return true; }, () => false);
    }
  });
  after(async () => {
    nginx?.kill('SIGTERM');
    await ended;
    assert.equal(await portal.stop(), 0, portal.log);
    await portal.remove();
    rmSync(folder, { recursive: true });
  });

  const NAME = 'portal.example.cz';
  /** curl as a browser would come: by name, HTTP/2. Gives {version, status, headers, body}. */
  async function curl(path, ...more) {
    const { stdout } = await promisify(execFile)('curl', ['-sS', '--http2', '-i', '--connect-to', `${NAME}:443:127.0.0.1:${secure}`, '--insecure', `https://${NAME}${path}`, ...more], { maxBuffer: 1 << 24 });
    const [head, ...body] = stdout.split('\r\n\r\n'), [first, ...lines] = head.split('\r\n');
    const headers = {};
    for (const line of lines) { const [name, value] = line.split(/: (.*)/); (headers[name] ??= []).push(value); }
    return { version: first.split(' ')[0], status: Number(first.split(' ')[1]), headers, body: body.join('\r\n\r\n') };
  }

  it('speaks HTTP/2, and its answers are the portal\'s own', async () => {
    const answer = await curl('/');
    assert.equal(answer.version, 'HTTP/2');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-security-policy'][0], /default-src 'none'/);
    assert.match(answer.headers['strict-transport-security'][0], /max-age/);
    assert.match(answer.body, /<main id="main"/);
    const again = await curl('/', '-H', `If-None-Match: ${(await curl('/')).headers.etag}`);
    assert.equal(again.status, 304);
    assert.equal((await curl('/nowhere')).status, 404);
    assert.match((await curl('/nowhere')).body, /<main id="main"/);
  });

  it('carries many requests on one connection', async () => {
    const session = connect(`https://127.0.0.1:${secure}`, { rejectUnauthorized: false });
    assert.equal(await new Promise((done, fail) => { session.on('connect', () => done(session.alpnProtocol)); session.on('error', fail); }), 'h2');
    const paths = ['/', '/agendas', '/agendas/dog_fee/registration', '/tiles/city.json', '/api/v1/openapi.json'];
    const statuses = await Promise.all(Array.from({ length: 60 }, (_, i) => new Promise((done, fail) => {
      const stream = session.request({ ':path': paths[i % paths.length], ':authority': NAME });
      let status, bytes = 0;
      stream.on('response', (headers) => { status = headers[':status']; });
      stream.on('data', (part) => { bytes += part.length; });
      stream.on('end', () => done(bytes > 100 ? status : 0));
      stream.on('error', fail);
    })));
    assert.deepEqual([...new Set(statuses)], [200]);
    session.close();
  });

  it('signs in over it: secure cookies, origins of https', async () => {
    const form = ['--data-urlencode', 'name=umo-3', '--data-urlencode', `password=${accounts(portal.folder)['umo-3']}`, '--interface', '127.0.0.21'];
    const answer = await curl('/login', ...form, '-H', `Origin: https://${NAME}`);
    assert.equal(answer.status, 303, answer.body);
    const session = answer.headers['set-cookie'].find((cookie) => cookie.startsWith('__Host-epo_session='));
    assert.match(session, /; Secure/);
    assert.equal((await curl('/office', '-b', session.split(';')[0])).status, 200);
    assert.equal((await curl('/login', ...form, '-H', 'Origin: https://evil.example')).status, 403);
  });

  it('tells the portal who asks, whatever they say of themselves, and its own log too', async () => {
    const lookUp = async (from, ...more) => (await curl('/submissions?number=2026-000001&receipt=secret', '--interface', from, ...more)).status;
    for (let i = 0; i < 3; i++) assert.equal(await lookUp('127.0.0.22'), 404);
    assert.equal(await lookUp('127.0.0.22'), 429);
    assert.equal(await lookUp('127.0.0.22', '-H', 'X-Forwarded-For: 192.0.2.7', '-H', 'Forwarded: for=192.0.2.7'), 429);
    assert.equal(await lookUp('127.0.0.23'), 404);
    const log = readFileSync(join(folder, 'epo.log'), 'utf8');
    assert.match(log, /^\S+ 127\.0\.0\.22 GET \/submissions HTTP\/2\.0 429 /m);
    assert.match(log, /^\S+ 127\.0\.0\.23 GET \/submissions HTTP\/2\.0 404 /m);
    assert.doesNotMatch(log, /secret|receipt|2026-000001/, 'no query stands in it');
  });

  it('lets the portal say what is too large, and keeps figures to this machine', async () => {
    writeFileSync(join(folder, 'large'), Buffer.alloc((1 << 20) + 1000, 'a'));
    const large = await curl('/agendas/dog_fee/registration', '--data-binary', `@${join(folder, 'large')}`, '-H', 'Expect:');
    assert.equal(large.status, 413);
    assert.match(large.body, /<main id="main"/);
    assert.equal((await curl('/metrics', '--interface', '127.0.0.24')).status, 403);
    assert.match((await curl('/metrics', '--interface', '127.0.0.1')).body, /^epo_requests_total/m);
  });

  it('sends who comes without encryption to https', async () => {
    const answer = await say(plain, request('GET', '/agendas?a=b', { host: NAME }));
    assert.equal(answer.status, 301);
    assert.equal(answer.headers.location, `https://${NAME}/agendas?a=b`);
  });

  it('complained of nothing', () => assert.doesNotMatch(nginx.log, /\[(error|crit|alert|emerg)\](?!.*(access forbidden|client intended))/));
});
