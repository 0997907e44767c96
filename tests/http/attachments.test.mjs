// Files that people send: what is taken, what is refused and why, who gets them back; hostile ones among them.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { day, post, spots, stall } from '../browser/support/forms.mjs';
import { startDemo } from '../support/portal.mjs';
import { GPS, docx, jpeg, odt, pdf, png, sha256, zip } from './support/files.mjs';
import { signIn } from './support/people.mjs';

const FORM = '/agendas/public_space/occupy', FILING = '/api/v1/forms/public_space/occupy/submissions';
let portal;
before(async () => { portal = await startDemo({ attachments: { file_bytes: 500000, request_bytes: 2000000 } }); });
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const part = (bytes, name) => { const form = new FormData(); form.set('file', new Blob([bytes]), name); return form; };
async function send(bytes, name, headers = {}) {
  const answer = await fetch(portal.url + '/api/v1/attachments?lang=en', { method: 'POST', body: part(bytes, name), headers });
  return { status: answer.status, ...await answer.json() };
}
// Each filing has days of its own: the form lets nobody else stand on the same ground.
let days = 40;
const next = () => { days += 2; return { from: day(days), to: day(days) }; };
const answers = { ...stall, affects_road: false, area: { type: 'Point', coordinates: spots['umo-3'] }, area_m2: 2 };
const file = (references, key = crypto.randomUUID(), when = next()) => fetch(portal.url + FILING + '?lang=en', {
  method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key },
  body: JSON.stringify({ ...answers, ...when, ...(references ? { sketch: references } : {}) }),
});
async function filed(references, key, when) {
  const answer = await file(references, key, when), json = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(json));
  return json;
}

describe('what is taken', () => {
  for (const [name, bytes, type] of [['plan.pdf', pdf(), 'application/pdf'], ['a.png', png(), 'image/png'], ['a.odt', odt(), 'application/vnd.oasis.opendocument.text'],
    ['a.docx', docx(), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document']])
    it(name, async () => {
      const sent = await send(bytes, name);
      assert.equal(sent.status, 201, JSON.stringify(sent));
      assert.deepEqual([sent.name, sent.type, sent.bytes, sent.sha256], [name, type, bytes.length, sha256(bytes)]);
      assert.match(sent.reference, /^[0-9a-z]{26}\.[0-9a-z]{26}$/);
      assert.ok(sent.reference.startsWith(sent.id + '.'));
    });
  it('a photo without the place and the camera, turned as before', async () => {
    const sent = await send(jpeg({ comment: 'secret words', behind: 'PK\x03\x04 hidden' }), 'IMG_1.JPG');
    assert.equal(sent.status, 201, JSON.stringify(sent));
    const number = (await filed([sent.reference])).page;
    const page = await (await fetch(portal.url + number)).text();
    const bytes = Buffer.from(await (await fetch(portal.url + page.match(/href="(\/submissions\/[^"]+\/files\/[^"]+)"/)[1].replaceAll('&amp;', '&'))).arrayBuffer());
    for (const word of [GPS, 'secret words', 'hidden', 'PK']) assert.ok(!bytes.includes(word), word);
    const exif = bytes.indexOf('Exif\0\0MM');
    assert.ok(exif > 0);
    assert.equal(bytes[exif + 6 + 8 + 2 + 9], 6, 'orientation');
    assert.equal(sha256(bytes), sent.sha256);
    assert.deepEqual([...bytes.subarray(-2)], [0xff, 0xd9]);
  });
  it('a picture without its texts and what hangs behind', async () => {
    const sent = await send(png({ more: [['tEXt', 'Comment\0secret'], ['eXIf', 'MM secret']], behind: '<script>alert(1)</script>' }), 'a.png');
    assert.equal(sent.sha256, sha256(png()));
  });
  it('an unknown extension gets the right one only where there was none', async () => {
    assert.equal((await send(pdf(), 'scan')).name, 'scan.pdf');
    assert.equal((await send(pdf(), '../../etc/passwd')).name, 'passwd.pdf');
    assert.equal((await send(pdf(), 'x"; filename="y.exe')).status, 422); // Node writes the quote as %22
  });
});

describe('what is refused', () => {
  const cases = {
    'nothing': [Buffer.alloc(0), 'a.pdf', 'attachment.empty'],
    'a page called a picture': [Buffer.from('<!doctype html><script>alert(1)</script>'), 'a.png', 'attachment.type'],
    'SVG': [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 'a.svg', 'attachment.type'],
    'a program': [Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200), Buffer.from('PE\0\0')]), 'a.pdf', 'attachment.type'],
    'a shell script': [Buffer.from('#!/bin/sh\nrm -rf /\n'), 'a.docx', 'attachment.type'],
    'HEIC': [Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(4), Buffer.from('mif1heic')]), 'a.heic', 'attachment.heic'],
    'a plain zip': [zip([['a.txt', 'a']]), 'a.zip', 'attachment.type'],
    'a PDF called a program': [pdf(), 'a.exe', 'attachment.extension'],
    'a picture called a PDF': [png(), 'a.pdf', 'attachment.extension'],
    'a PDF without an end': [Buffer.concat([pdf().subarray(0, 200), Buffer.alloc(3000, 32)]), 'a.pdf', 'attachment.damaged'],
    'half a photo': [jpeg().subarray(0, 160), 'a.jpg', 'attachment.damaged'],
    'half a picture': [png().subarray(0, 50), 'a.png', 'attachment.damaged'],
    'a picture of a billion points': [png({ width: 40000, height: 40000 }), 'a.png', 'attachment.pixels'],
    'a document that unpacks into gigabytes': [odt([['bomb.xml', 'x'.repeat(100), { unpacked: 3e9 }]]), 'a.odt', 'attachment.bomb'],
    'a document of ten thousand parts': [odt(Array.from({ length: 5001 }, (_, i) => [`${i}`, ''])), 'a.odt', 'attachment.bomb'],
    'a document with macros': [docx([['word/vbaProject.bin', 'x']]), 'a.docx', 'attachment.active'],
    'a document with a program': [odt([['setup.EXE', 'x']]), 'a.odt', 'attachment.active'],
    'a document that leads out of its folder': [odt([['../../x', 'x']]), 'a.odt', 'attachment.damaged'],
    'a locked document': [odt([['x', 'x', { flags: 1 }]]), 'a.odt', 'attachment.locked'],
    'a document with something behind it': [Buffer.concat([odt(), Buffer.from('MZ program')]), 'a.odt', 'attachment.damaged'],
  };
  for (const [what, [bytes, name, code]] of Object.entries(cases))
    it(what, async () => {
      const sent = await send(bytes, name);
      assert.equal(sent.status, 422, JSON.stringify(sent));
      assert.equal(sent.code, code, JSON.stringify(sent));
      assert.ok(sent.detail.length > 20 && !sent.detail.includes('{'), sent.detail);
    });
  it('one over the limit, before and after it is read', async () => {
    assert.equal((await send(Buffer.concat([pdf(), Buffer.alloc(500000)]), 'a.pdf')).status, 413);
    const answer = await fetch(portal.url + '/api/v1/attachments', { method: 'POST', body: part(Buffer.alloc(4000000), 'a.pdf') }).catch((error) => error);
    assert.ok(answer instanceof Error || answer.status === 413);
  });
  it('several, or none, or broken parts', async () => {
    const two = part(pdf(), 'a.pdf');
    two.append('file', new Blob([pdf()]), 'b.pdf');
    assert.equal((await fetch(portal.url + '/api/v1/attachments', { method: 'POST', body: two })).status, 400);
    const raw = (body, type = 'multipart/form-data; boundary=x') => fetch(portal.url + '/api/v1/attachments', { method: 'POST', headers: { 'content-type': type }, body });
    for (const body of ['', '--x', '--x\r\n', '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-', '--x--', '--y\r\n\r\n--y--', '--x\r\n\r\n\r\n--x--',
      '--x\r\nContent-Disposition: form-data; name=; filename=\r\n\r\n\r\n--x--', `--x\r\nContent-Disposition: form-data; name="file"; filename="${'a'.repeat(100000)}\r\n\r\n--x--`])
      assert.ok([400, 422].includes((await raw(body)).status), body.slice(0, 60));
    assert.equal((await raw('{}', 'application/json')).status, 400);
    const many = new FormData();
    for (let i = 0; i < 60; i++) many.append('sketch', new Blob([pdf()]), `${i}.pdf`);
    assert.equal((await fetch(portal.url + FORM, { method: 'POST', body: many })).status, 413);
  });
  it('a large body that is no upload, also in chunks', async () => {
    const body = 'a='.padEnd(1500000, 'x');
    const plain = await fetch(portal.url + FORM, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }).catch((error) => error);
    assert.ok(plain instanceof Error || plain.status === 413, String(plain.status));
    const form = part(Buffer.alloc(1500000), 'a.pdf');
    const elsewhere = await fetch(portal.url + '/login', { method: 'POST', body: form }).catch((error) => error);
    assert.ok(elsewhere instanceof Error || elsewhere.status === 413);
  });
});

describe('whose they are', () => {
  it('another cannot attach it: neither by its id nor by a made-up ticket', async () => {
    const mine = await send(pdf(), 'a.pdf'), other = await send(pdf(), 'b.pdf');
    for (const wrong of [mine.id, `${mine.id}.${other.reference.split('.')[1]}`, `${mine.id}.${'0'.repeat(26)}`, `${mine.id}.`, '../../etc/passwd', mine.reference.toUpperCase()]) {
      const answer = await file([wrong]), json = await answer.json();
      assert.equal(answer.status, 422, wrong);
      assert.equal(json.errors[0].path, 'sketch');
    }
  });
  it('once it is part of a request, it cannot become part of another; a repeat gets the first answer', async () => {
    const { reference } = await send(pdf(), 'a.pdf'), key = crypto.randomUUID(), when = next();
    const first = await filed([reference], key, when);
    const again = await file([reference], key, when);
    assert.equal((await again.json()).number, first.number);
    assert.equal((await file([reference])).status, 409);
    assert.equal((await file([reference, reference])).status, 422);
  });
  it('is read by its sender and by the clerk of its office, as a file to be saved', async () => {
    const bytes = pdf(), sent = await send(bytes, 'Náčrt č. 1.pdf'), request = await filed([sent.reference]);
    const key = new URL(request.page, portal.url).searchParams.get('key');
    const path = `/submissions/${request.number}/files/${sent.id}`, office = `/office/cases/${request.number}/files/${sent.id}`;
    const get = (address, cookie) => fetch(portal.url + address, { headers: cookie ? { cookie } : {}, redirect: 'manual' });
    const own = await get(`${path}?key=${key}`);
    assert.equal(own.status, 200);
    assert.deepEqual(Buffer.from(await own.arrayBuffer()), bytes);
    assert.equal(own.headers.get('content-disposition'), `attachment; filename="file"; filename*=UTF-8''N%C3%A1%C4%8Drt%20%C4%8D.%201.pdf`);
    assert.equal(own.headers.get('x-content-type-options'), 'nosniff');
    assert.match(own.headers.get('content-security-policy'), /^sandbox; default-src 'none'/);
    assert.match(own.headers.get('cache-control'), /no-store/);
    const [clerk, foreign] = await Promise.all([signIn(portal, 'umo-3'), signIn(portal, 'umo-2')]);
    assert.equal((await get(office, clerk)).status, 200);
    assert.equal((await get(office, foreign)).status, 404);
    assert.equal((await get(office)).status, 303);
    for (const [address, cookie] of [[path], [`${path}?key=${'0'.repeat(26)}`], [path, foreign], [`${path}?key=${key}`.replace(sent.id, '0'.repeat(26))]])
      assert.equal((await get(address, cookie)).status, 404, address);
    const other = await filed(); // somebody else's request opens none of my files
    assert.equal((await get(`/submissions/${other.number}/files/${sent.id}?key=${new URL(other.page, portal.url).searchParams.get('key')}`)).status, 404);
    const page = await (await get(`/office/cases/${request.number}`, clerk)).text();
    assert.match(page, /opened an attachment|otevřel přílohu/);
  });
  it('stands in the receipt by its hash', async () => {
    const sent = await send(pdf('x'), 'a.pdf'), request = await filed([sent.reference]);
    const answer = await fetch(`${portal.url}/api/v1/submissions/${request.number}`, { headers: { authorization: `Receipt ${request.receipt}` } });
    assert.deepEqual((await answer.json()).answers.sketch, [{ id: sent.id, name: 'a.pdf', type: 'application/pdf', bytes: sent.bytes, sha256: sent.sha256 }]);
  });
});

describe('a page without a script', () => {
  const hidden = (html) => [...html.matchAll(/<input type="hidden" name="sketch" value="([^"]+)">/g)].map((found) => found[1]);
  const submit = async (action, { files = [], references = [], more = {} } = {}) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...stall, ...more, _action: action })) form.append(name, value);
    for (const reference of references) form.append('sketch', reference);
    for (const [bytes, name] of files) form.append('sketch', new Blob([bytes]), name);
    if (files.length === 0) form.append('sketch', new Blob([]), '');
    const answer = await fetch(portal.url + FORM, { method: 'POST', body: form, headers: { 'accept-language': 'en' } });
    return { status: answer.status, html: await answer.text() };
  };
  it('keeps what was sent through errors, another upload, a removal and the review', async () => {
    const area = { ...next(), area: JSON.stringify({ type: 'Point', coordinates: spots['umo-3'] }), area_m2: '2' };
    const wrong = await submit('review', { files: [[pdf(), 'one.pdf']], more: { ...area, email: 'nonsense' } });
    assert.equal(wrong.status, 422);
    assert.match(wrong.html, /one\.pdf/);
    const [one] = hidden(wrong.html);
    const second = await submit('upload', { files: [[png(), 'two.png'], [Buffer.from('MZ'), 'bad.exe']], references: [one], more: area });
    assert.equal(second.status, 422);
    assert.match(second.html, /bad\.exe/);
    assert.equal(hidden(second.html).length, 2);
    assert.equal(hidden(second.html)[0], one);
    const removed = await submit('file:sketch:remove-1', { references: hidden(second.html), more: area });
    assert.deepEqual(hidden(removed.html), [hidden(second.html)[1]]);
    const review = await submit('review', { references: hidden(removed.html), more: area });
    assert.equal(review.status, 200, review.html);
    assert.match(review.html, /two\.png/);
    const fields = new URLSearchParams([...review.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [name, value.replaceAll('&#34;', '"').replaceAll('&quot;', '"').replaceAll('&amp;', '&')]));
    fields.set('_action', 'send');
    const sent = await post(portal.url, FORM, fields);
    assert.equal(sent.status, 303, await sent.text());
    assert.match(await (await fetch(portal.url + sent.headers.get('location'))).text(), /two\.png/);
  });
});

// Speaks clamd's protocol on a real socket; what it says is ours.
describe('a virus scanner (its protocol spoken by a server of this test)', () => {
  it('refuses what it finds, and takes nothing while it cannot be asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'epo-clamd-')), path = join(folder, 'clamd.sock');
    const seen = [];
    const server = createServer((socket) => {
      let all = Buffer.alloc(0);
      socket.on('data', (bytes) => {
        all = Buffer.concat([all, bytes]);
        if (all.toString('latin1') === 'zPING\0') return socket.end('PONG\0');
        let at = 10, content = Buffer.alloc(0);
        while (at + 4 <= all.length) {
          const len = all.readUInt32BE(at);
          if (len === 0) { seen.push(content); return socket.end(content.includes('EICAR') ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0'); }
          content = Buffer.concat([content, all.subarray(at + 4, at + 4 + len)]);
          at += 4 + len;
        }
      });
      socket.on('error', () => {});
    });
    await new Promise((done) => server.listen(path, done));
    const own = await startDemo({ attachments: { clamd: path } });
    const put = async (bytes) => { const answer = await fetch(own.url + '/api/v1/attachments?lang=en', { method: 'POST', body: part(bytes, 'a.pdf') }); return { status: answer.status, ...await answer.json() }; };
    try {
      assert.equal((await put(pdf())).status, 201);
      assert.deepEqual(seen[0], pdf());
      const large = pdf('x'.repeat(200000));
      assert.equal((await put(large)).status, 201);
      assert.deepEqual(seen[1], large);
      const found = await put(pdf('EICAR'));
      assert.deepEqual([found.status, found.code], [422, 'attachment.virus']);
      assert.match(found.detail, /Eicar-Test-Signature/);
      await new Promise((done) => server.close(done));
      const gone = await put(pdf());
      assert.deepEqual([gone.status, gone.code], [503, 'attachment.scanner']);
    } finally {
      assert.equal(await own.stop(), 0, own.log);
      await own.remove();
      rmSync(folder, { recursive: true });
    }
  });
});

// The real one, with one signature of ours instead of its database.
describe('clamd', () => {
  it('finds what its signature says, in a file of several pieces too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'epo-clamd-')), path = join(folder, 'clamd.sock');
    mkdirSync(join(folder, 'db'));
    writeFileSync(join(folder, 'db', 'own.ldb'), `Own-Mark;Engine:51-255,Target:0;0;${Buffer.from('EPO-EVIL-MARK').toString('hex')}\n`);
    writeFileSync(join(folder, 'clamd.conf'), `LocalSocket ${path}\nDatabaseDirectory ${join(folder, 'db')}\nForeground yes\nUser ${userInfo().username}\n`);
    const clamd = spawn('/usr/sbin/clamd', ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' });
    const ended = new Promise((done) => clamd.on('exit', done).on('error', done));
    while (!existsSync(path) && clamd.exitCode === null && clamd.pid) await sleep(50);
    const own = await startDemo({ attachments: { clamd: path } });
    try {
      const put = async (bytes) => { const answer = await fetch(own.url + '/api/v1/attachments?lang=en', { method: 'POST', body: part(bytes, 'a.pdf') }); return { status: answer.status, ...await answer.json() }; };
      assert.equal((await put(pdf('x'.repeat(200000)))).status, 201);
      const found = await put(pdf('x'.repeat(200000) + 'EPO-EVIL-MARK'));
      assert.deepEqual([found.status, found.code], [422, 'attachment.virus'], JSON.stringify(found));
      assert.match(found.detail, /Own-Mark/);
    } finally {
      clamd.kill();
      await ended;
      assert.equal(await own.stop(), 0, own.log);
      await own.remove();
      rmSync(folder, { recursive: true });
    }
  });
});
