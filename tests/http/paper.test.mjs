// Requests and forms on paper: what the PDF says and to whom it is given.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

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
