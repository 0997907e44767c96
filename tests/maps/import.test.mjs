// epo map import against a portal that serves: the new map is taken by itself, a broken or killed import leaves
// the old one, and the command line says what became of each row.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { binary, epo, serve } from '../support/portal.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'epo-import-'));
const file = (name, text) => { writeFileSync(join(scratch, name), text); return join(scratch, name); };
const square = (lon, lat, size, properties) => ({
  type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [[[lon, lat], [lon + size, lat],
    [lon + size, lat + size], [lon, lat + size], [lon, lat]]] },
});
const collection = (...features) => JSON.stringify({ type: 'FeatureCollection', features });
const spot = [13.3777, 49.7475];
const city = collection(square(spot[0] - 0.02, spot[1] - 0.02, 0.04, { KOD: '554791', NAZEV: 'Plzeň' }));
const zones = collection(square(spot[0] - 0.001, spot[1] - 0.001, 0.002, { id: 'A', name: 'Zóna A' }),
  { type: 'Feature', properties: { id: 'B' }, geometry: null });

describe('importing while it serves', () => {
  let portal;
  // A city that is nothing but its border: its tiles are made in no time.
  before(async () => {
    const folder = join(scratch, 'portal');
    assert.equal(epo('init', folder).status, 0);
    const settings = JSON.parse(readFileSync(join(folder, 'epo.json'), 'utf8'));
    writeFileSync(join(folder, 'epo.json'), JSON.stringify({ ...settings, http: { limited_per_minute: 0 } }));
    const bare = epo('serve', '-C', folder, '--listen', '127.0.0.1:0');
    assert.equal(bare.status, 1);
    assert.match(bare.stderr, /has no map base yet: "epo map import" makes one/);
    const done = epo('map', 'import', file('city.geojson', city), '--layer', 'city', '-C', folder);
    assert.equal(done.status, 0, done.stderr);
    portal = await serve(folder);
  });
  after(async () => { await portal?.stop(); rmSync(scratch, { recursive: true, force: true }); });

  const locate = async () => (await fetch(`${portal.url}/api/v1/locate?lon=${spot[0]}&lat=${spot[1]}`)).json();
  const importing = (...args) => epo('map', 'import', ...args, '-C', portal.folder);
  /** Waits for the portal to take another map than this. */
  const another = async (version) => {
    for (let i = 0; i < 300; i++) {
      const facts = await locate();
      if (facts.map_version !== version) return facts;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the portal still serves ${version}:\n${portal.log}`);
  };

  it('takes the new map with its tiles by itself', async () => {
    const old = await locate();
    assert.equal(old.layers.parking, undefined);
    const done = importing(file('zones.geojson', zones), '--layer', 'parking');
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /^1 rows: 1 new, 0 changed, 0 the same; 0 removed\n/);
    assert.match(done.stderr, /zones\.geojson:2: no place\n/);
    assert.match(readFileSync(join(scratch, 'zones.geojson.rejected.csv'), 'utf8'), /^"zones.geojson",2,"B","left out","no place"$/m);
    const facts = await another(old.map_version);
    assert.deepEqual(facts.layers.parking, [{ id: 'A', name: 'Zóna A' }]);
    assert.equal(facts.in_city, true);
    const tiles = await (await fetch(`${portal.url}/tiles/city.json`)).json();
    assert.ok(tiles.vector_layers.some((layer) => layer.id === 'parking'));
    assert.deepEqual(readdirSync(join(portal.folder, 'map')).sort(), ['map.db', 'tiles.mbtiles']);
  });

  it('changes nothing when the file says nothing new', async () => {
    const before = await locate(), times = () => readFileSync(join(portal.folder, 'map/map.db')).length;
    const size = times(), done = importing(join(scratch, 'zones.geojson'), '--layer', 'parking');
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /0 new, 0 changed, 1 the same; 0 removed\nthe map holds this already/);
    assert.equal(times(), size);
    assert.equal((await locate()).map_version, before.map_version);
  });

  it('leaves the old map when a file cannot be used, and says where it is wrong', async () => {
    const before = await locate();
    const cases = [
      [[file('broken.geojson', '{"type":"FeatureCollection","features":[{"a":"b"c"}]}'), '--layer', 'parking'], 1, /broken\.geojson/],
      [[join(scratch, 'missing.shp'), '--layer', 'parking'], 1, /missing\.shp cannot be read/],
      [[join(scratch, 'zones.geojson')], 1, /--layer/],
      [[join(scratch, 'zones.geojson'), '--layer', 'parking', '--mapping', file('own.json', '{"layers": {\n"parking": {"role": "x"}}}')], 1,
        /own\.json:2: "role" is/],
      [[], 2, /^usage: epo map/],
    ];
    for (const [args, status, says] of cases) {
      const done = importing(...args);
      assert.equal(done.status, status, done.stderr);
      assert.match(done.stderr, says);
    }
    assert.equal((await locate()).map_version, before.map_version);
  });

  it('leaves the old map when it is killed, and the next import goes through', async () => {
    const before = await locate();
    const many = collection(...Array.from({ length: 30000 }, (_, i) => square(13.2 + (i % 300) / 1000, 49.7 + Math.floor(i / 300) / 1000, 0.0008, { id: `x${i}` })));
    const args = ['map', 'import', file('many.geojson', many), '--layer', 'many', '-C', portal.folder];
    const child = spawn(binary, args, { stdio: 'ignore' });
    const ended = new Promise((done) => child.on('exit', (code, signal) => done(signal ?? code)));
    while (!existsSync(join(portal.folder, 'map/aside/map.db')) && child.exitCode === null) await new Promise((done) => setTimeout(done, 5));
    // while one is under way another is refused
    const second = importing(join(scratch, 'zones.geojson'), '--layer', 'parking2');
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    assert.equal(second.status, 3);
    assert.match(second.stderr, /another import is under way/);
    assert.equal((await locate()).map_version, before.map_version);
    assert.ok(existsSync(join(portal.folder, 'map/aside')));
    const done = importing(join(scratch, 'zones.geojson'), '--layer', 'parking2');
    assert.equal(done.status, 0, done.stderr);
    assert.ok((await another(before.map_version)).layers.parking2);
    assert.ok(!existsSync(join(portal.folder, 'map/aside')));
  });

  it('keeps what is for clerks from everybody else', async () => {
    const before = await locate();
    writeFileSync(join(portal.folder, 'layers.json'), JSON.stringify({ layers: { secret: { visible: 'clerks' } } }));
    const done = importing(join(scratch, 'zones.geojson'), '--layer', 'secret');
    assert.equal(done.status, 0, done.stderr);
    assert.equal((await another(before.map_version)).layers.secret, undefined);
    const tiles = await (await fetch(`${portal.url}/tiles/city.json`)).text();
    assert.ok(!tiles.includes('"secret"'));
    assert.match(epo('map', 'layers', '-C', portal.folder).stdout, /^secret +area +fact +clerks +1 /m);
  });

  it('takes a change of layers.json without the files again, and lets nothing out that became private', async () => {
    const settings = join(portal.folder, 'layers.json'), apply = () => epo('map', 'layers', '--apply', '-C', portal.folder);
    const says = (layers) => writeFileSync(settings, JSON.stringify({ layers: { secret: { visible: 'clerks' }, ...layers } }));
    const fields = async () => (await (await fetch(`${portal.url}/ogc/collections/parking/items?f=json`)).json()).features?.map(({ properties }) => properties);
    const tiles = async () => (await (await fetch(`${portal.url}/tiles/city.json`)).json()).vector_layers.find(({ id }) => id === 'parking');
    const at = [(spot[0] + 180) / 360, (1 - Math.asinh(Math.tan((spot[1] * Math.PI) / 180)) / Math.PI) / 2].map((share) => Math.floor(share * 2 ** 16));
    const drawn = async () => Buffer.from(await (await fetch(`${portal.url}/tiles/city/16/${at[0]}/${at[1]}.mvt`)).arrayBuffer()).toString();
    let facts = await locate();
    assert.deepEqual(await fields(), [{ name: 'Zóna A' }]);
    assert.ok((await drawn()).includes('Zóna A'));
    says({ parking2: { visible: 'clerks' }, parking: { title: { cs: 'Zóny', en: 'Zones' }, public_fields: [] } });
    let done = apply();
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /^parking: public_fields: "name" is now ""$/m);
    facts = await another(facts.map_version);
    assert.deepEqual(facts.layers.parking, [{ id: 'A' }]);
    assert.deepEqual(await fields(), [{}]);
    assert.ok(await tiles());
    assert.ok(!(await drawn()).includes('Zóna A'));
    assert.match(apply().stdout, /^the map is as layers\.json says: nothing was changed$/m);
    says({ parking2: { visible: 'clerks' }, parking: { visible: 'clerks' } });
    done = apply();
    assert.equal(done.status, 0, done.stderr);
    facts = await another(facts.map_version);
    assert.equal(facts.layers.parking, undefined);
    assert.equal(await fields(), undefined);
    assert.equal(await tiles(), undefined);
    writeFileSync(settings, '{"layers": {\n"parking": {"visible": "nobody"}}}');
    done = apply();
    assert.equal(done.status, 1);
    assert.match(done.stderr, /layers\.json:2: "visible" is/);
    assert.equal((await locate()).map_version, facts.map_version);
  });
});
