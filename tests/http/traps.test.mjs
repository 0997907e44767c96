// The traps of libh2o 2.2, each tried from outside over raw sockets: what it would accept, wait for or hold on to.
import { strict as assert } from 'node:assert';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { body, day, dog } from '../browser/support/forms.mjs';
import { build, startDemo } from '../support/portal.mjs';
import { figures, memory } from './support/figures.mjs';
import { dial, request, say } from './support/wire.mjs';

const BODY_MAX = 1 << 20;

/** What every refusal must be: ours, with our headers, the last on its connection. */
function refused(answer, status, type = /^text\/html/) {
  assert.ok(answer, 'an answer came');
  assert.equal(answer.status, status, answer.first);
  assert.match(answer.headers['content-type'], type);
  assert.match(answer.headers['content-security-policy'], /default-src 'none'/);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.equal(answer.headers.connection, 'close');
}

describe('heads', () => {
  let portal;
  before(async () => { portal = await startDemo(); });
  after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

  const head = (...lines) => ['GET / HTTP/1.1', 'Host: localhost', ...lines].join('\r\n') + '\r\n\r\n';
  const refusals = {
    'two Content-Lengths that differ': [400, head('Content-Length: 5', 'Content-Length: 6') + 'hello!'],
    'two Content-Lengths that agree': [400, head('Content-Length: 5', 'Content-Length: 5') + 'hello'],
    'a list as Content-Length': [400, head('Content-Length: 5, 5') + 'hello'],
    'a signed Content-Length': [400, head('Content-Length: +5') + 'hello'],
    'a hexadecimal Content-Length': [400, head('Content-Length: 0x5') + 'hello'],
    'an empty Content-Length': [400, head('Content-Length:')],
    'Content-Length with Transfer-Encoding': [400, head('Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
    'Transfer-Encoding with Content-Length': [400, head('Transfer-Encoding: chunked', 'Content-Length: 5') + '0\r\n\r\n'],
    'two Transfer-Encodings': [400, head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
    'another coding before chunked': [400, head('Transfer-Encoding: gzip, chunked') + '0\r\n\r\n'],
    'a coding hidden behind a control character': [400, head('Transfer-Encoding: \x0bchunked') + '0\r\n\r\n'],
    'chunks in HTTP/1.0': [400, 'GET / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    'no Host': [400, 'GET / HTTP/1.1\r\nAccept: */*\r\n\r\n'],
    'two Hosts': [400, head('Host: elsewhere')],
    'a Host with a space before the colon': [400, 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    'a Host that is no host': [400, 'GET / HTTP/1.1\r\nHost: a"onload=x\r\n\r\n'],
    'a folded header': [400, head('X-Long: a', ' b')],
    'a bare line feed': [400, 'GET / HTTP/1.1\nHost: localhost\n\n'],
    'a zero byte': [400, head('X-Zero: a\0b')],
    'a method that is none': [400, 'G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    'HTTP/2 without asking': [400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    'bytes of a TLS hello': [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    'an address too long': [414, `GET /${'a'.repeat(5000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    'an address without end': [414, `GET /${'a'.repeat(9000)}`],
    'a head too long': [431, head(`X-Long: ${'a'.repeat(17000)}`)],
    'a head without end': [431, `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'a'.repeat(17000)}`],
    'too many headers': [431, head(...Array.from({ length: 101 }, (_, i) => `X-${i}: a`))],
    'an expectation that cannot be met': [417, head('Expect: a-miracle')],
    'a body announced over the limit': [413, head(`Content-Length: ${BODY_MAX + 1}`)],
    'a body longer than numbers go': [413, head('Content-Length: 99999999999999999999')],
  };
  for (const [what, [status, bytes]] of Object.entries(refusals))
    it(`refuses ${what} with ${status}, and the connection with it`, async () => {
      const wire = await dial(portal.port);
      wire.send(Buffer.from(bytes, 'latin1'));
      refused(await wire.answer(), status);
      // A request that hid behind it must never be answered.
      wire.send(request('GET', '/robots.txt'));
      await wire.closed;
      assert.equal(wire.bytes.length, 0, wire.bytes.toString());
      wire.hangUp();
    });

  it('refuses programs with a problem, people in their language', async () => {
    const problem = await say(portal.port, 'POST /api/v1/forms/dog_fee/registration/submissions HTTP/1.1\r\n\r\n');
    refused(problem, 400, /^application\/problem\+json/);
    assert.equal(JSON.parse(problem.body).status, 400);
    const english = await say(portal.port, 'GET / HTTP/1.1\r\nAccept-Language: en\r\n\r\n');
    assert.match(english.body, /<html lang="en">/);
  });

  it('goes on with what is unusual but right', async () => {
    const fine = [
      ['GET / HTTP/1.0\r\n\r\n', 200], ['\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 200],
      ['GET / HTTP/1.1\r\nhost:\tlocalhost:8080 \r\n\r\n', 200], ['GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n', 200],
      [`GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n`, 200],
      [head('X-Almost: ' + 'a'.repeat(16000)), 200], [head(...Array.from({ length: 99 }, (_, i) => `X-${i}: a`)), 200],
    ];
    for (const [bytes, status] of fine) assert.equal((await say(portal.port, bytes))?.status, status, JSON.stringify(bytes.slice(0, 90)));
    const slowly = await dial(portal.port);
    for (const byte of head('X-By: bytes')) { slowly.send(byte); await sleep(1); }
    assert.equal((await slowly.answer()).status, 200);
    slowly.hangUp();
  });

  it('stays with HTTP/1.1 when asked for h2c', async () => {
    const answer = await say(portal.port, head('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'));
    assert.equal(answer.first, 'HTTP/1.1 200 OK');
    assert.equal(answer.headers.upgrade, undefined);
    const websocket = await say(portal.port, head('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='));
    assert.equal(websocket.first, 'HTTP/1.1 200 OK');
  });

  it('answers a pipeline in order and ends it at the first doubtful head', async () => {
    const wire = await dial(portal.port);
    wire.send(request('GET', '/robots.txt') + request('GET', '/nowhere') + request('GET', '/favicon.ico'));
    assert.match((await wire.answer()).body, /User-agent/i);
    assert.equal((await wire.answer()).status, 404);
    assert.ok((await wire.answer()).status < 400);
    wire.send(request('GET', '/robots.txt') + head('Content-Length: 1', 'Content-Length: 9') + request('GET', '/robots.txt'));
    const first = await wire.answer();
    assert.equal(first.status, 200);
    const second = await wire.answer();
    if (second) assert.equal(second.status, 400);
    await wire.closed;
    assert.equal(wire.bytes.length, 0, 'nothing behind it was answered');
    wire.hangUp();
  });
});

describe('bodies', () => {
  let portal;
  const path = '/agendas/dog_fee/registration', form = { 'content-type': 'application/x-www-form-urlencoded' };
  before(async () => { portal = await startDemo(); });
  after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

  it('says 413 to a body that comes in whole though refused', async () => {
    const wire = await dial(portal.port);
    wire.send(request('POST', path, { ...form, 'content-length': 6 * BODY_MAX }));
    for (let i = 0; i < 6; i++) wire.send(Buffer.alloc(BODY_MAX, 'a'));
    refused(await wire.answer(), 413);
    wire.hangUp();
  });

  it('says 413 before "go on" to who asks first, and goes on where the body fits', async () => {
    refused(await say(portal.port, request('POST', path, { ...form, 'content-length': BODY_MAX + 1, expect: '100-continue' })), 413);
    const wire = await dial(portal.port);
    wire.send(request('POST', path, { ...form, 'content-length': 9, expect: '100-continue' }));
    assert.equal((await wire.answer()).status, 100);
    assert.equal((await wire.send('name=Jana').answer()).status, 422);
    wire.hangUp();
  });

  it('says 413 when chunks grow over the limit, and 400 to broken ones', async () => {
    const wire = await dial(portal.port);
    wire.send(request('POST', path, { ...form, 'transfer-encoding': 'chunked' }));
    const piece = Buffer.alloc(1 << 16, 'a');
    for (let sent = 0; sent <= BODY_MAX + piece.length; sent += piece.length) wire.send('10000\r\n').send(piece).send('\r\n');
    refused(await wire.answer(), 413);
    wire.hangUp();
    refused(await say(portal.port, request('POST', path, { ...form, 'transfer-encoding': 'chunked' }, 'xyz\r\n')), 400);
  });

  it('reads chunks like a body of known length', async () => {
    const bytes = String(body({ name: 'Jana Nováková' }));
    const answer = await say(portal.port, request('POST', path, { ...form, 'transfer-encoding': 'chunked' },
      `5\r\n${bytes.slice(0, 5)}\r\n${(bytes.length - 5).toString(16)};x=y\r\n${bytes.slice(5)}\r\n0\r\nTrailer: a\r\n\r\n`));
    assert.equal(answer.status, 422);
    assert.match(answer.body, /value="Jana Nováková"/);
  });

  it('refuses a form of too many fields, urlencoded and multipart', async () => {
    const many = 'a=1&'.repeat(1001), parts = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(1001) + '--b--';
    const url = await say(portal.port, request('POST', path, { ...form, 'content-length': many.length }, many));
    assert.equal(url.status, 413);
    const multipart = await say(portal.port, request('POST', path, { 'content-type': 'multipart/form-data; boundary=b', 'content-length': parts.length }, parts));
    assert.equal(multipart.status, 413);
    const query = await say(portal.port, request('GET', `/agendas?${'a&'.repeat(1001)}`));
    assert.equal(query.status, 413);
    assert.match(query.body, /<h1>/);
  });
});

describe('slow and greedy clients', { concurrency: true }, () => {
  let portal, big, times;
  before(async () => {
    portal = await startDemo({ http: { request_timeout_s: 2, write_timeout_s: 2, idle_timeout_s: 3, connections_per_address: 8, requests_per_connection: 200 } });
    const sizes = readdirSync(join(build, 'share/assets')).filter((name) => name.endsWith('.js')).map((name) => ({ url: `/assets/${name}`, bytes: statSync(join(build, 'share/assets', name)).size }));
    big = sizes.sort((a, b) => b.bytes - a.bytes)[0];
    times = Math.ceil((16 << 20) / big.bytes);
  });
  after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

  /** Sends a byte now and then until the other side has had enough. */
  async function drip(wire, bytes) {
    for (let i = 0; !wire.ended; i++) { wire.send(bytes[i % bytes.length]); await sleep(100); }
    return wire;
  }

  it('cuts a head that drips', async () => {
    const wire = await dial(portal.port, { from: '127.0.0.11' });
    wire.send('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    await drip(wire, 'abc');
    assert.equal(wire.bytes.length, 0);
  });

  it('cuts a body that drips', async () => {
    const wire = await dial(portal.port, { from: '127.0.0.12' });
    wire.send(request('POST', '/login', { 'content-type': 'application/x-www-form-urlencoded', 'content-length': 4000 }));
    await drip(wire, 'name=');
    assert.equal(wire.bytes.length, 0);
  });

  it('cuts chunks that drip', async () => {
    const wire = await dial(portal.port, { from: '127.0.0.13' });
    wire.send(request('POST', '/login', { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' }));
    await drip(wire, ['1\r\na\r\n']);
    assert.equal(wire.bytes.length, 0);
  });

  it('lets an idle connection go, new or used', async () => {
    const fresh = await dial(portal.port, { from: '127.0.0.14' }), used = await dial(portal.port, { from: '127.0.0.14' });
    assert.equal((await used.send(request('GET', '/')).answer()).status, 200);
    await Promise.all([fresh.closed, used.closed]);
    assert.equal(fresh.bytes.length + used.bytes.length, 0);
  });

  /** Asks for far more than the kernel's buffers hold, on one connection. */
  const ask = (wire) => { for (let i = 0; i < times; i++) wire.send(request('GET', big.url)); return wire; };

  it('cuts who never reads, not who reads slowly', async () => {
    const [never, slowly] = await Promise.all(['127.0.0.15', '127.0.0.16'].map((from) => dial(portal.port, { from })));
    assert.ok(times < 200);
    never.socket.pause();
    ask(never);
    let got = 0, patience = 60;
    slowly.socket.removeAllListeners('data').on('data', (part) => {
      got += part.length;
      if (patience-- < 0) return;
      slowly.socket.pause();
      setTimeout(() => slowly.socket.resume(), 100);
    });
    ask(slowly);
    while (got < times * big.bytes && !slowly.ended) await sleep(100);
    assert.ok(got > times * big.bytes, `the slow one had it all: ${got} of ${times * big.bytes} bytes`);
    never.socket.resume();
    await never.closed;
    assert.ok(never.bytes.length < times * big.bytes, 'who did not read was cut in the middle');
  });

  it('closes after so many requests on one connection, saying so before', async () => {
    const wire = await dial(portal.port, { from: '127.0.0.17' });
    for (let i = 1; i <= 200; i++)
      assert.equal((await wire.send(request('GET', '/robots.txt')).answer()).headers.connection, i < 200 ? 'keep-alive' : 'close');
    await wire.closed;
  });

  it('takes so many connections of one address, and others beside them', async () => {
    const from = '127.0.0.18', held = await Promise.all(Array.from({ length: 8 }, () => dial(portal.port, { from })));
    for (const wire of held) assert.equal((await wire.send(request('GET', '/')).answer()).status, 200);
    const over = await dial(portal.port, { from });
    over.send(request('GET', '/'));
    await over.closed;
    assert.equal(over.bytes.length, 0, 'the ninth is closed without an answer');
    assert.equal((await say(portal.port, request('GET', '/'), { from: '127.0.0.19' })).status, 200);
    held.pop().hangUp();
    for (let answered = false; !answered; await sleep(50)) answered = (await say(portal.port, request('GET', '/'), { from }))?.status === 200;
    for (const wire of held) wire.hangUp();
    assert.ok((await figures(portal)).epo_connections_refused_total >= 1);
  });
});

describe('clients that vanish', () => {
  let portal;
  // ASan keeps freed memory back to find uses of it: little, so that growth is ours.
  const env = { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=1` };
  before(async () => { portal = await startDemo({ http: { connections_per_address: 1000, workers: 1 } }, { env }); });
  after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

  // Heavy ones, so that 600 which stayed would show: the place is missing, so that each is answered 422.
  const review = String(body({ ...dog, held_since: day(-30), _action: 'review', filler: 'a'.repeat(100000) }));
  const post = request('POST', '/agendas/dog_fee/registration', { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(review) }, review);

  /** A crowd asks for work and is gone before, while and after it is done. */
  async function round(size) {
    const wires = await Promise.all(Array.from({ length: size }, () => dial(portal.port)));
    await Promise.all(wires.map(async (wire, i) => {
      wire.send(post);
      await sleep(i % 10 * 5);
      if (i % 3) wire.vanish(); else wire.hangUp();
    }));
  }

  async function quiet() {
    for (;; await sleep(100)) {
      const now = await figures(portal);
      if (now.epo_worker_queue === 0 && now.epo_connections_open === 1) return now;
    }
  }

  it('serves others meanwhile and keeps nothing of them', async () => {
    await round(150);
    await quiet();
    const before = memory(portal.child.pid);
    // Who left is looked for once a second: a quick machine may be done before that, and gets another crowd.
    const skipped = async () => (await figures(portal)).epo_requests_abandoned_total > 0;
    for (let i = 0; i < 4 || (i < 24 && !(await skipped())); i++) {
      const crowd = round(150);
      const served = await Promise.all(Array.from({ length: 5 }, () => say(portal.port, post)));
      for (const answer of served) assert.equal(answer?.status, 422, answer?.first);
      await crowd;
    }
    const after = await quiet();
    assert.equal(after.epo_requests_open, 1, 'every one was let go but that for these figures');
    assert.ok(after.epo_requests_abandoned_total > 0, 'work was skipped for who had left');
    const grown = memory(portal.child.pid) - before;
    assert.ok(grown < 20 << 20, `${grown} bytes grown over the vanished requests of ${post.length} bytes`);
  });
});
