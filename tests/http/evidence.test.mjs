// What was chosen on the map stays provable: picture and facts are the same bytes after the map was replaced, who may
// see them is who may see the submission, and what a crash left out is made after it.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { spots } from '../browser/support/forms.mjs';
import { importMap, serve, startDemo } from '../support/portal.mjs';
import { fileDog, signIn } from './support/people.mjs';

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
const isPng = (bytes) => bytes.subarray(1, 4).toString() === 'PNG';

let portal, filed, clerk;
before(async () => {
  portal = await startDemo();
  filed = await fileDog(portal);
  clerk = await signIn(portal, 'umo-3');
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const fetchPicture = async (url, headers = {}) => {
  const answer = await fetch(portal.url + url, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), cache: answer.headers.get('cache-control'), bytes: Buffer.from(await answer.arrayBuffer()) };
};
const casePage = async (number = filed.number) => (await fetch(`${portal.url}/office/cases/${number}`, { headers: { cookie: clerk } })).text();
const pictureOf = (page) => page.match(/src="(\/submissions\/[^"]*map\.png[^"]*)"/)[1].replaceAll('&amp;', '&');
/** The case page once the record is made; it says so itself. */
async function recorded(number) {
  for (let i = 0; ; i++) {
    const page = await casePage(number), sum = page.match(/<dt>Otisk obrázku \(SHA-256\)<\/dt><dd class="mono mono--long">([0-9a-f]{64})<\/dd>/);
    if (sum) return { page, sum: sum[1] };
    assert.ok(i < 600, page);
    await sleep(50);
  }
}

describe('the picture of a submission', () => {
  it('is for those who may see the submission, and for nobody else', async () => {
    const path = `/submissions/${filed.number}/map.png`, key = filed.page.match(/key=(\w+)/)[1];
    for (const query of [`?key=${key}`, `?receipt=${filed.receipt}`]) {
      const seen = await fetchPicture(path + query);
      assert.deepEqual([seen.status, seen.type, seen.cache], [200, 'image/png', 'private, no-store']);
      assert.ok(isPng(seen.bytes));
    }
    const other = await signIn(portal, 'umo-4'), admin = await signIn(portal, 'admin');
    for (const [query, cookie] of [['', ''], ['?key=x', ''], [`?key=${filed.receipt.slice(1)}`, ''], ['', other], ['', clerk], ['', admin], ['?case=x', clerk]])
      assert.equal((await fetchPicture(path + query, cookie ? { cookie } : {})).status, 404, `${query} ${cookie.slice(0, 9)}`);
    const own = pictureOf(await casePage());
    assert.equal((await fetchPicture(own, { cookie: clerk })).status, 200, 'as the page that is on record gives it');
    assert.equal((await fetchPicture(own, { cookie: other })).status, 404, 'which is for that clerk alone');
    assert.equal((await fetchPicture(own)).status, 404);
    assert.equal((await fetchPicture('/submissions/2026-999999/map.png?key=x')).status, 404);
  });

  it('stands on the receipt and before sending', async () => {
    const receipt = await (await fetch(portal.url + filed.page)).text(), shown = pictureOf(receipt);
    assert.ok(isPng((await fetchPicture(shown)).bytes));
    assert.match(receipt, /alt="Mapa s vyznačeným místem: [^"]+"/);
  });
});

describe('evidence', () => {
  /** A new pond around the place, so many degrees to each side: a file to import. */
  const lake = (d) => {
    const [lon, lat] = spots['umo-3'], path = join(portal.folder, 'lake.geojson');
    const ring = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d], [lon - d, lat - d]];
    const feature = { type: 'Feature', properties: { id: 'lake', name: 'Nové jezero', kind: 'pond' }, geometry: { type: 'Polygon', coordinates: [ring] } };
    writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
    return path;
  };

  it('is made soon after filing: features with their versions, the map, a picture with its hash', async () => {
    const { page, sum } = await recorded();
    const picture = await fetchPicture(pictureOf(page), { cookie: clerk });
    assert.equal(hash(picture.bytes), sum);
    for (const words of ['Parcela', 'Adresa', 'Městsk', 'Verze mapy při podání', 'v provozu od']) assert.ok(page.includes(words), words);
    const versions = [...page.matchAll(/<td class="mono">([0-9a-f]{16})<\/td>/g)].map(([, version]) => version);
    assert.ok(versions.length >= 4, 'each feature has the hash of its content');
    assert.match(page, /uložení obrázku místa/, 'the record itself is on record');
  });

  it('stays the same bytes when the map is replaced', async () => {
    const before = await recorded(), picture = await fetchPicture(pictureOf(before.page), { cookie: clerk });
    const facts = (page) => page.slice(page.indexOf('Co bylo na mapě zvoleno'), page.indexOf('</details>'));
    const [lon, lat] = spots['umo-3'];
    const fresh = async () => Buffer.from(await (await fetch(`${portal.url}/api/v1/map.png?center=${lon},${lat}&zoom=17`)).arrayBuffer());
    const old = await fresh(), done = importMap(portal.folder, lake(0.004), 'water');
    assert.equal(done.status, 0, done.stderr);
    for (let i = 0; !portal.log.includes('"event":"map.changed"'); i++) { assert.ok(i < 600, portal.log); await sleep(50); }
    assert.ok(!old.equals(await fresh()), 'the map is another one now');
    const now = await recorded(), again = await fetchPicture(pictureOf(now.page), { cookie: clerk });
    assert.equal(now.sum, before.sum);
    assert.ok(again.bytes.equals(picture.bytes));
    assert.equal(facts(now.page), facts(before.page));
  });

  it('that a crash left out is made after it, and says that the map was replaced meanwhile', async () => {
    // Filed and killed before the record: only what the save keeps is there.
    const second = await fileDog(portal, 'after-the-swap');
    portal.child.kill('SIGKILL');
    await portal.ended;
    execFileSync('sqlite3', [join(portal.folder, 'portal.db'), 'DELETE FROM evidence WHERE number % 1000000000 = 2']);
    assert.equal(importMap(portal.folder, lake(0.002), 'water').status, 0);
    portal = await serve(portal.folder);
    clerk = await signIn(portal, 'umo-3');
    const { page, sum } = await recorded(second.number);
    assert.equal(hash((await fetchPicture(pictureOf(page), { cookie: clerk })).bytes), sum);
    assert.match(page, /Mapa byla mezi podáním a uložením obrázku vyměněna/);
  });
});
