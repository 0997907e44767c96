// Requests and forms on paper: what the PDF says and to whom it is given.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { body, dog, post, spots } from '../browser/support/forms.mjs';
import { startDemo } from '../support/portal.mjs';
import { fileDog, signIn } from './support/people.mjs';

let portal, filed, clerk;
before(async () => {
  portal = await startDemo();
  filed = await fileDog(portal);
  clerk = await signIn(portal, 'umo-3');
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const get = async (url, cookie) => {
  const answer = await fetch(portal.url + url, { headers: cookie ? { cookie } : {} });
  return { status: answer.status, type: answer.headers.get('content-type'), cache: answer.headers.get('cache-control'), bytes: Buffer.from(await answer.arrayBuffer()) };
};
const onDisk = (bytes, name = 'paper.pdf') => { const path = join(portal.folder, name); writeFileSync(path, bytes); return path; };
const run = (command, ...args) => execFileSync(command, args, { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
const words = (path) => run('pdftotext', '-layout', path, '-').toString();

describe('a filed form as PDF', () => {
  it('is for those who may see the request, and for nobody else', async () => {
    const path = `/submissions/${filed.number}.pdf`, key = filed.page.match(/key=(\w+)/)[1];
    for (const query of [`?key=${key}`, `?receipt=${filed.receipt}`]) {
      const seen = await get(path + query);
      assert.deepEqual([seen.status, seen.type, seen.cache], [200, 'application/pdf', 'private, no-store']);
    }
    for (const [query, cookie] of [['', ''], ['?key=x', ''], ['', clerk], ['', await signIn(portal, 'umo-4')], ['', await signIn(portal, 'admin')]])
      assert.equal((await get(path + query, cookie)).status, 404, query);
    assert.equal((await get('/submissions/.pdf')).status, 404);
  });

  it('says what was sent, when, what it costs and where, and can be verified', async () => {
    const key = filed.page.match(/key=(\w+)/)[1];
    const { bytes } = await get(`/submissions/${filed.number}.pdf?key=${key}`), path = onDisk(bytes), text = words(path);
    assert.match(run('qpdf', '--check', path).toString(), /No syntax or stream encoding errors/);
    for (const part of ['Přihlášení psa', filed.number, filed.receipt, 'Portál města Plzně', 'Jana Nováková', 'Kč', 'Ověření', 'Strana 1 z'])
      assert.ok(text.includes(part), `${part}:\n${text}`);
    const tree = run('pdfinfo', '-struct-text', path).toString();
    assert.match(tree, /^Document\n {2}H1/);
    assert.match(tree, /Figure[\s\S]*Figure/); // the map and the code
    const answers = run('qpdf', '--show-attachment=answers.json', path);
    const api = await (await fetch(`${portal.url}/api/v1/submissions/${filed.number}?receipt=${filed.receipt}`)).json();
    assert.deepEqual(JSON.parse(answers), api.answers);
    const facts = JSON.parse(run('qpdf', '--show-attachment=submission.json', path));
    assert.equal(facts.receipt, filed.receipt);
    const again = await get(`/submissions/${filed.number}.pdf?key=${key}`);
    assert.equal(createHash('sha256').update(again.bytes).digest('hex'), createHash('sha256').update(bytes).digest('hex'), 'the same file each time');
  });

  it('is drawn for a clerk on record', async () => {
    const path = `/office/cases/${filed.number}.pdf`;
    assert.equal((await get(path, clerk)).type, 'application/pdf');
    assert.equal((await get(path, await signIn(portal, 'umo-4'))).status, 404);
    assert.match((await get(`/office/cases/${filed.number}`, clerk)).bytes.toString(), /tisk podání/);
  });
});

/** Half of a form as a browser posts it. */
const half = () => ({ holder_kind: 'person', name: 'Jiří Žák', birth_date: dog.birth_date, dog_name: 'Rek', marking: 'chip', chip: dog.chip,
  home: JSON.stringify({ type: 'Point', coordinates: spots['umo-3'] }) });
const printed = async (raw, form = 'dog_fee/registration') => {
  const answer = await post(portal.url, `/agendas/${form}`, new URLSearchParams({ ...raw, _action: 'print' }));
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/pdf']);
  return Buffer.from(await answer.arrayBuffer());
};

describe('a form as PDF', () => {
  it('is empty at its own address: boxes, options, help, conditions in words, law', async () => {
    for (const form of ['dog_fee/registration', 'public_space/occupy']) {
      const { status, type, bytes } = await get(`/agendas/${form}.pdf`), path = onDisk(bytes);
      assert.deepEqual([status, type], [200, 'application/pdf']);
      assert.match(run('qpdf', '--check', path).toString(), /No syntax or stream encoding errors/);
      const text = words(path);
      for (const part of ['Zákon č. 565/1990 Sb.', '☐', 'Osm číslic, například 00075370.', 'Vyplňte, jen když „', 'právnická osoba', 'Podpis', 'Pro přepážku'])
        assert.ok(text.includes(part), `${part}:\n${text}`);
      assert.ok(!text.includes('☒'));
    }
    assert.equal((await get('/agendas/dog_fee/nothing.pdf')).status, 404);
  });

  it('is printed with what was typed, without a script as well', async () => {
    const page = (await get('/agendas/dog_fee/registration')).bytes.toString();
    assert.match(page, /<button[^>]* name="_action" value="print"[^>]*>Vytisknout a přinést</);
    const path = onDisk(await printed(half())), text = words(path);
    for (const part of ['Jiří Žák', '14. 5. 1980', '☒ *člověk', 'Rek', dog.chip, 'náměstí Republiky', '☐ *rodinný dům'])
      assert.match(text, new RegExp(part));
    const file = JSON.parse(run('qpdf', '--show-attachment=form.json', path));
    assert.deepEqual([file.agenda, file.form, file.raw], ['dog_fee', 'registration', half()]);
  });
});

/** A page as a scanner or a telephone sees it: turned by so many degrees, as JPEG. */
function photograph(pdf, degrees, quality = 60) {
  const stem = join(portal.folder, 'page');
  run('pdftoppm', '-r', '200', '-gray', pdf, stem);
  const last = readdirSync(portal.folder).filter((name) => /^page-.*\.pgm$/.test(name)).sort().pop();
  const bytes = readFileSync(join(portal.folder, last)), [head, width, height] = bytes.subarray(0, 30).toString('latin1').match(/^P5\s+(\d+)\s+(\d+)\s+255\s/);
  const [w, h, pixels, turned] = [Number(width), Number(height), bytes.subarray(head.length), Buffer.alloc(width * height, 255)];
  const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
    const fromX = Math.round(cos * (x - w / 2) + sin * (y - h / 2) + w / 2), fromY = Math.round(cos * (y - h / 2) - sin * (x - w / 2) + h / 2);
    if (fromX >= 0 && fromX < w && fromY >= 0 && fromY < h) turned[y * w + x] = pixels[fromY * w + fromX];
  }
  return execFileSync('cjpeg', ['-quality', String(quality)], { input: Buffer.concat([Buffer.from(`P5\n${w} ${h}\n255\n`), turned]), maxBuffer: 1 << 24 });
}

const readFile = async (bytes, cookie = clerk) => {
  const answer = await fetch(`${portal.url}/office/scan/read`, { method: 'POST', body: bytes, headers: { cookie, accept: 'application/json' } });
  return { status: answer.status, ...await answer.json() };
};
const openCodes = async (codes, cookie = clerk) => {
  const answer = await post(portal.url, '/office/scan', new URLSearchParams({ codes }), { cookie });
  return { status: answer.status, page: await answer.text() };
};
const unescape = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&#34;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
/** What the form's page would post again, of the names that were typed. */
function typedIn(page, names) {
  const found = {};
  for (const [tag] of page.matchAll(/<(?:input|textarea)\b[^>]*>/g)) {
    const at = (name) => tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1], name = at('name');
    if (!names.includes(name) || (/type="(radio|checkbox)"/.test(tag) && !/ checked/.test(tag))) continue;
    found[name] = unescape(at('value') ?? '');
  }
  return found;
}
const samePlace = (one, other) => assert.deepEqual(JSON.parse(one).coordinates ?? JSON.parse(one).geometry.coordinates, JSON.parse(other).coordinates);
function assertFilled(page, raw) {
  const { home, ...rest } = raw, { home: place, ...found } = typedIn(page, Object.keys(raw));
  assert.deepEqual(found, rest);
  samePlace(place, home);
  assert.match(page, /Vyplňujete za občana na přepážce/);
}

describe('a form on paper that comes back', () => {
  it('is read from a crooked photograph, a scan in a PDF, the PDF itself and a hand scanner', async () => {
    const raw = half(), pdf = onDisk(await printed(raw), 'half.pdf');
    const photo = await readFile(photograph(pdf, 3));
    assert.match(photo.text, /^EPO1/);
    assertFilled((await openCodes(photo.text)).page, raw);
    run('qpdf', '--remove-attachment=form.json', pdf, join(portal.folder, 'scan.pdf'));
    const scan = await readFile(readFileSync(join(portal.folder, 'scan.pdf')));
    assert.match(scan.text, /^EPO1/);
    assertFilled((await openCodes(scan.text)).page, raw);
    assertFilled((await openCodes((await readFile(readFileSync(pdf))).text)).page, raw);
    const form = new FormData();
    form.append('codes', '');
    form.append('file', new Blob([readFileSync(join(portal.folder, 'scan.pdf'))], { type: 'application/pdf' }), 'scan.pdf');
    assertFilled(await (await post(portal.url, '/office/scan', form, { cookie: clerk })).text(), raw); // without a script
    assertFilled((await openCodes(`  ${photo.text.split('\n')[0]} `)).page, raw);
  });

  it('comes in several codes when much was typed; the first one opens the form', async () => {
    const note = Array.from({ length: 400 }, (_, i) => createHash('sha1').update(`${i}`).digest('base64').slice(0, 7)).join(' ');
    const raw = { ...half(), name: 'Jiří Žák', address: note.slice(0, 1400) }, pdf = onDisk(await printed(raw), 'long.pdf');
    const { text } = await readFile(photograph(pdf, 0, 85)), codes = [...new Set(text.trim().split('\n'))];
    assert.ok(codes.length > 2, `${codes.length} codes`);
    assertFilled((await openCodes(codes.toReversed().join('\n'))).page, raw);
    const some = [];
    for (const code of codes) some.push(await openCodes(code));
    assert.equal(some.filter(({ status, page }) => status === 200 && /zbývají: \d/.test(page) && /name="dog_name"/.test(page)).length, 1);
    assert.equal(some.filter(({ status, page }) => status === 422 && /Chybí první kód/.test(page)).length, codes.length - 1);
  });

  it('is filed for the citizen by the clerk, on record', async () => {
    const answers = { ...dog, home: half().home, _counter: '1' };
    const review = await (await post(portal.url, '/agendas/dog_fee/registration', body(answers, { _action: 'review' }), { cookie: clerk })).text();
    assert.match(review, /Vyplňujete za občana[\s\S]*name="_counter" value="1"/);
    const key = review.match(/name="_key" value="(\w+)"/)[1];
    const sent = await post(portal.url, '/agendas/dog_fee/registration', body(answers, { _action: 'send', _key: key }), { cookie: clerk });
    assert.equal(sent.status, 303);
    const number = sent.headers.get('location').match(/\d{4}-\d+/)[0], page = (await get(`/office/cases/${number}`, clerk)).bytes.toString();
    assert.match(page, /na přepážce/);
    assert.match(page, /Úřad[^:]*: podání přijato na přepážce/);
    assert.equal((await get(`/submissions/${number}`, clerk)).status, 404, 'it is not the clerk’s own');
    // Who is no clerk files for themselves, whatever the page says.
    const own = await post(portal.url, '/agendas/dog_fee/registration', body(answers, { _action: 'review' }));
    assert.doesNotMatch(await own.text(), /Vyplňujete za občana/);
  });

  it('of another version says so and names what has no place any more', async () => {
    const file = { agenda: 'dog_fee', form: 'registration', version: '0'.repeat(64), raw: { ...half(), tax_office: 'Plzeň' } };
    const { page } = await openCodes(JSON.stringify(file));
    assertFilled(page, half());
    assert.match(page, /starší verze formuláře/);
    assert.match(page, /tax_office<\/span>: Plzeň/);
    assert.equal((await openCodes(JSON.stringify({ ...file, form: 'nothing' }))).status, 422);
  });

  it('is for clerks alone, and what is none is told', async () => {
    assert.equal((await fetch(`${portal.url}/office/scan`, { redirect: 'manual' })).status, 303);
    assert.equal((await fetch(`${portal.url}/office/scan/read`, { method: 'POST', body: 'x', redirect: 'manual' })).status, 303);
    for (const bytes of ['', 'text', '%PDF-1.7 broken', '\x89PNG\r\n\x1a\n broken', '\xff\xd8\xff broken'])
      assert.deepEqual([(await readFile(Buffer.from(bytes, 'latin1'))).code], ['codes.kind'], bytes);
    const blank = run('pdftoppm', '-r', '30', '-png', '-f', '1', '-l', '1', onDisk(await printed(half())));
    assert.equal((await readFile(blank)).text, '');
    for (const text of ['', 'https://example.cz', 'EPO1', 'EPO10009:000000000/', '{"agenda":"x"}', '{'])
      assert.equal((await openCodes(text)).status, 422, text);
  });
});
