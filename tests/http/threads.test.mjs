// Everything at once, for ThreadSanitizer: loops, workers, the writer and reloads share what they share under locks.
// tests/run runs it with the TSan build, which ends the process at the first race.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { body, dog, dogJson } from '../browser/support/forms.mjs';
import { demoFolder, epo, importMap, serve } from '../support/portal.mjs';
import { makeCertificate } from './support/certificate.mjs';
import { crowd } from './support/crowd.mjs';
import { signIn } from './support/people.mjs';
import { dial, request, say } from './support/wire.mjs';

const json = (path, value, headers = {}) => { const text = JSON.stringify(value); return request('POST', path, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }, text); };
const form = (path, fields, headers = {}) => { const text = String(fields); return request('POST', path, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': text.length, ...headers }, text); };

async function reload(portal) {
  const before = portal.log.length;
  portal.child.kill('SIGHUP');
  while (!portal.log.slice(before).includes('"reload.done"')) { assert.equal(portal.exit, undefined, portal.log); await sleep(30); }
}

it('a busy day: pages, forms, saves, the office, tiles, reloads, a copy, clients that leave', async (t) => {
  const portal = await serve(demoFolder({ http: { access_log: true, connections_per_address: 1000 } }));
  t.after(portal.clear);
  const cookie = await signIn(portal, 'umo-3'), home = { home: JSON.stringify(dogJson('umo-3').home) };
  const asks = [
    () => request('GET', '/'), () => request('GET', '/agendas/dog_fee/registration?lang=en', { 'accept-encoding': 'br' }),
    () => json('/api/v1/forms/dog_fee/registration/submissions', dogJson('umo-3'), { 'idempotency-key': crypto.randomUUID() }),
    () => form('/agendas/dog_fee/registration', body({ ...dog, ...home }, { _action: 'review' })),
    () => form('/agendas/public_space/occupy', body({ kind: 'stall' }, { _action: 'review' })),
    () => request('GET', '/office', { cookie }), () => request('GET', '/office/cases/2026-000001', { cookie }), () => request('GET', '/office/cases.geojson', { cookie }),
    () => request('GET', '/tiles/city/13/4400/2786.mvt'), () => request('GET', '/api/v1/map.png?center=13.37775,49.74836&zoom=16&size=200x150'), () => request('GET', '/tiles/city.json'), () => request('GET', '/api/v1/openapi.json'),
    () => request('GET', '/api/v1/addresses?q=Klatovsk%C3%A1'), () => request('GET', '/api/v1/locate?lon=13.37775&lat=49.74836&words=1'),
    () => json('/api/v1/forms/dog_fee/registration/check?field=home', { answers: { home: dogJson('umo-3').home, other_dogs: '1' } }),
    () => request('GET', '/ogc/collections/parcel/items?limit=20&bbox=13.37,49.74,13.38,49.75'), () => request('GET', '/ogc/collections/address/items?limit=20'),
    () => request('GET', '/opendata/park.geojson'), () => request('GET', '/opendata/street.geojson'), // a GeoPackage is GDAL's affair, see tsan.supp
    () => request('GET', '/metrics'), () => request('GET', '/healthz'), () => request('GET', '/nowhere'), () => form('/login', new URLSearchParams({ name: 'x', password: 'y' })),
  ];
  // 404: no case of that number yet; 422: not all was filled in; 401, 429: nobody's account, 503: too many try theirs, or read features, or an export is being made.
  const good = ({ status, body: text }) => status < 400 || [401, 404, 422, 429].includes(status) || (status === 503 && /name="password"|map\.busy|opendata\.making/.test(text));
  const people = crowd(portal.port, 8, (i) => asks[i % asks.length](), good);
  let leaving = true;
  const leavers = (async () => {
    for (let i = 0; leaving; i++) {
      const wire = await dial(portal.port);
      wire.send(asks[i % asks.length]());
      await sleep(i % 7);
      wire.vanish();
    }
  })();
  const enough = async (more) => { const until = people.answered + more; while (people.answered < until) { assert.equal(portal.exit, undefined, portal.log); await sleep(50); } };
  await enough(60);
  assert.equal(epo('agenda', 'new', 'pond_permit', '-C', portal.folder).status, 0);
  for (let i = 0; i < 3; i++) {
    const file = join(portal.folder, 'epo.json'), settings = JSON.parse(readFileSync(file, 'utf8'));
    settings.city.name.cs = `Portál ${i}`;
    settings.http.trusted_proxies = [`10.0.${i}.0/24`];
    writeFileSync(file, JSON.stringify(settings));
    await reload(portal);
    await enough(30);
  }
  // Another map while all go on: it is swapped in, and the exports are made anew.
  const stops = join(portal.folder, 'stops.csv');
  writeFileSync(stops, 'id;name;lon;lat\n1;Hlavní nádraží;13.388;49.743\n');
  const imported = importMap(portal.folder, stops, 'stop');
  assert.equal(imported.status, 0, imported.stderr);
  while (!portal.log.includes('"map.changed"')) { assert.equal(portal.exit, undefined, portal.log); await sleep(50); }
  await enough(60);
  const copy = join(portal.folder, 'copy.backup'), made = epo('backup', '-C', portal.folder, copy);
  assert.equal(made.status, 0, made.stderr);
  rmSync(copy);
  const { failed, answered } = await people.stop();
  leaving = false;
  await leavers;
  assert.deepEqual(failed.slice(0, 3), [], `${failed.length} failed of ${answered}`);
  assert.equal(await portal.stop(), 0, portal.log.slice(-6000));
  assert.doesNotMatch(portal.log, /ThreadSanitizer/);
  assert.equal(execFileSync('sqlite3', [join(portal.folder, 'portal.db'), 'PRAGMA integrity_check'], { encoding: 'utf8' }), 'ok\n');
});

it('TLS while certificates change', async (t) => {
  const folder = demoFolder({ http: { tls: { certificate: 'chain.pem', key: 'key.pem' } } });
  makeCertificate(folder, 'one');
  const portal = await serve(folder);
  t.after(portal.clear);
  let on = true, served = 0;
  const people = Array.from({ length: 6 }, async (_, i) => {
    for (; on; served++) assert.equal((await say(portal.port, request('GET', i % 2 ? '/' : '/login'), { tls: {} }))?.status, 200);
  });
  for (const name of ['two', 'three']) { makeCertificate(folder, name); await reload(portal); await sleep(300); }
  while (served < 30) await sleep(50);
  on = false;
  await Promise.all(people);
  assert.equal(await portal.stop(), 0, portal.log.slice(-6000));
  assert.doesNotMatch(portal.log, /ThreadSanitizer/);
});
