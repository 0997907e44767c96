// Requests and forms on paper: what the PDF says and to whom it is given.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { dog, post, spots } from '../browser/support/forms.mjs';
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
