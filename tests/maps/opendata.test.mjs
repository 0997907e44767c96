// Open data: every public layer as GeoJSON and GeoPackage, made once for each map and only of what is public.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';

import { check } from '@placemarkio/check-geojson';

import { demoFolder, epo, serve } from '../support/portal.mjs';

let folder, portal, scratch, map;
const run = (program, args) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 120000, maxBuffer: 1 << 28 });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
};
const sql = (file, text) => run('sqlite3', [file, text]).trim();
const count = (layer) => Number(sql(map, `SELECT count(*) FROM (SELECT layer FROM area UNION ALL SELECT layer FROM line UNION ALL SELECT layer FROM point) WHERE layer = (SELECT id FROM layer WHERE name = '${layer}')`));
const get = (path, headers = {}, method = 'GET') => fetch(portal.url + path, { method, headers });
async function patiently(path) { // as the portal says: again, when the file is being made
  for (let tries = 0; tries < 300; tries++) {
    const answer = await get(path);
    if (answer.status !== 503) return answer;
    assert.equal((await answer.json()).code, 'opendata.making');
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    await new Promise((done) => setTimeout(done, 100));
  }
  return assert.fail(`${path} is never made`);
}
const save = async (answer, name) => {
  assert.equal(answer.status, 200, await (answer.status === 200 ? '' : answer.text()));
  const file = join(scratch, name);
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  return file;
};

before(async () => {
  folder = demoFolder();
  map = join(folder, 'map/map.db');
  scratch = mkdtempSync(join(tmpdir(), 'epo-opendata-'));
  // parks for clerks, one public field of public space, and more addresses than are written while one waits
  sql(map, `UPDATE layer SET visible = 'clerks' WHERE name = 'park';
    UPDATE layer SET public_fields = 'name' WHERE name = 'public_space';
    CREATE TEMP TABLE more AS SELECT * FROM address;
    UPDATE more SET id = id + 100000, code = code || '-a'; INSERT INTO address SELECT * FROM more;
    UPDATE more SET id = id + 100000, code = code || '-b'; INSERT INTO address SELECT * FROM more;
    CREATE TEMP TABLE boxes AS SELECT * FROM idx_address_geometry;
    INSERT INTO idx_address_geometry SELECT pkid + 100000, xmin, xmax, ymin, ymax FROM boxes;
    INSERT INTO idx_address_geometry SELECT pkid + 200000, xmin, xmax, ymin, ymax FROM boxes`);
  portal = await serve(folder);
});
after(async () => {
  assert.equal(await portal.stop(), 0, portal.log);
  await portal.remove();
  rmSync(scratch, { recursive: true });
});

it('the page names every public layer and leads to both of its files', async () => {
  const page = await (await get('/opendata')).text();
  const linked = [...page.matchAll(/href="\/opendata\/(\w+)\.(geojson|gpkg)"/g)].map(([, layer, kind]) => `${layer}.${kind}`);
  const layers = sql(map, "SELECT name FROM layer WHERE visible = 'public'").split('\n').concat('address');
  assert.deepEqual(linked.toSorted(), layers.flatMap((each) => [`${each}.geojson`, `${each}.gpkg`]).toSorted());
  assert.match(page, /<a href="\/opendata">/, 'in the footer');
  assert.match(await (await get('/opendata?lang=en')).text(), /Open data/);
});

it('a layer as GeoJSON is all its features as OGC API gives them', async () => {
  const answer = await patiently('/opendata/district.geojson');
  assert.equal(answer.headers.get('content-type'), 'application/geo+json');
  assert.match(answer.headers.get('content-disposition'), /^attachment; filename="district.geojson"$/);
  const { features } = check(await answer.text());
  assert.deepEqual(features, (await (await get('/ogc/collections/district/items?limit=1000')).json()).features);
  const streets = check(await (await patiently('/opendata/street.geojson')).text());
  assert.equal(new Set(streets.features.map(({ id }) => id)).size, count('street'));
});

it('a layer as GeoPackage holds the map base to the millimetre, in its own system', async () => {
  for (const [layer, table] of [['parcel', 'area'], ['street', 'line'], ['place_label', 'point']]) {
    const file = await save(await patiently(`/opendata/${layer}.gpkg`), `${layer}.gpkg`);
    const said = run('ogrinfo', ['-so', '-al', file]);
    assert.match(said, new RegExp(`Feature Count: ${count(layer)}\n`));
    assert.match(said, /ID\["EPSG",5514\]/);
    const text = (from, select) => run('ogr2ogr', ['-f', 'CSV', '/vsistdout/', from, '-dialect', 'SQLITE', '-sql', select]);
    assert.equal(text(file, `SELECT id AS code, ST_AsText(CastToMulti(geometry)) AS shape FROM "${layer}" ORDER BY fid LIMIT 200`),
      text(map, `SELECT code, ST_AsText(CastToMulti(geometry)) AS shape FROM ${table} WHERE layer = (SELECT id FROM layer WHERE name = '${layer}') ORDER BY id LIMIT 200`));
  }
  assert.equal(sql(join(scratch, 'parcel.gpkg'), 'SELECT count(DISTINCT owner) FROM parcel'), sql(map, "SELECT count(DISTINCT kind) FROM area WHERE layer = (SELECT id FROM layer WHERE name = 'parcel')"));
  assert.equal(sql(join(scratch, 'parcel.gpkg'), 'PRAGMA integrity_check'), 'ok');
});

it('a large layer is made aside, and who asks is told to come again', async () => {
  const first = await get('/opendata/address.gpkg');
  assert.equal(first.status, 503);
  assert.match(first.headers.get('content-type'), /^application\/problem\+json/);
  const file = await save(await patiently('/opendata/address.gpkg'), 'address.gpkg');
  assert.equal(sql(file, 'SELECT count(*) FROM address'), sql(map, 'SELECT count(*) FROM address'));
});

it('many who ask at once get whole files, made one after the other', async () => {
  const layers = ['water', 'cadastral_area', 'city', 'rail', 'built_up'];
  const files = await Promise.all(layers.flatMap((layer) => [`${layer}.gpkg`, `${layer}.geojson`, `${layer}.geojson`])
    .map(async (name) => [name, Buffer.from(await (await patiently(`/opendata/${name}`)).arrayBuffer())]));
  for (const [name, bytes] of files) assert.equal(name.endsWith('gpkg') ? bytes.subarray(0, 15).toString() : JSON.parse(bytes).type, name.endsWith('gpkg') ? 'SQLite format 3' : 'FeatureCollection', name);
  assert.deepEqual(readdirSync(join(folder, 'opendata')).filter((name) => name.includes('.part')), []);
});

it('is kept until the map changes, then made anew and the old files go', async () => {
  const first = await get('/opendata/city.gpkg'), etag = first.headers.get('etag');
  await first.arrayBuffer();
  assert.equal((await get('/opendata/city.gpkg', { 'if-none-match': etag })).status, 304);
  const head = await get('/opendata/city.gpkg', {}, 'HEAD');
  assert.ok(Number(head.headers.get('content-length')) > 10000);
  const aside = join(scratch, 'map.db');
  copyFileSync(map, aside);
  sql(aside, "UPDATE area SET name = 'Nové Město' WHERE layer = (SELECT id FROM layer WHERE name = 'city'); UPDATE meta SET value = 'fedcba9876543210' WHERE key = 'content'");
  renameSync(aside, map);
  portal.child.kill('SIGHUP');
  let answer;
  for (let i = 0; i < 200 && !(answer = await patiently('/opendata/city.geojson')).headers.get('etag').includes('fedcba'); i++) await new Promise((done) => setTimeout(done, 50));
  assert.equal((await answer.json()).features[0].properties.name, 'Nové Město');
  assert.deepEqual(readdirSync(join(folder, 'opendata')), ['fedcba9876543210-city.geojson']);
});

it('lets out no layer and no field that is not public', async () => {
  for (const name of ['park.geojson', 'park.gpkg', 'x.gpkg', 'city.shp', 'city', '..%2fmap%2fmap.gpkg', '.gpkg']) assert.equal((await get(`/opendata/${name}`)).status, 404, name);
  for (const { properties } of (await (await patiently('/opendata/public_space.geojson')).json()).features) assert.deepEqual(Object.keys(properties), ['name']);
  const file = await save(await patiently('/opendata/public_space.gpkg'), 'public_space.gpkg');
  assert.deepEqual(sql(file, "SELECT name FROM pragma_table_info('public_space')").split('\n'), ['fid', 'geometry', 'id', 'name']);
  for (const path of ['/opendata', '/opendata/catalog.jsonld']) assert.equal(/\bpark\b/.test(await (await get(path)).text()), false, path);
});

it('the catalogue names each dataset with its files', async () => {
  const answer = await get('/opendata/catalog.jsonld'), catalogue = await answer.json();
  assert.equal(answer.headers.get('content-type'), 'application/ld+json');
  assert.equal(catalogue['@type'], 'dcat:Catalog');
  const district = catalogue['dcat:dataset'].find((each) => each['@id'].endsWith('/district'));
  assert.deepEqual(district['dct:title'].map((each) => each['@language']), ['cs', 'en']);
  for (const file of district['dcat:distribution']) {
    const one = await patiently(file['dcat:downloadURL']['@id'].slice(portal.url.length));
    assert.equal(one.status, 200);
    assert.equal(`http://www.iana.org/assignments/media-types/${one.headers.get('content-type')}`, file['dcat:mediaType']['@id']);
    await one.arrayBuffer();
    assert.match(file['dct:license']['@id'], /^https:\/\/creativecommons\.org\//);
  }
});

it('epo map export writes the same files', async () => {
  const file = join(scratch, 'own.geojson');
  assert.equal(epo('map', 'export', 'district', file, '-C', folder).status, 0);
  assert.equal(run('ogrinfo', ['-so', '-al', file]).match(/Feature Count: (\d+)/)[1], String(count('district')));
  assert.equal(epo('map', 'export', 'street', join(scratch, 'own.gpkg'), '-C', folder).status, 0);
  for (const [layer, name, why] of [['district', 'own.shp', /must end in/], ['park', 'park.gpkg', /no such public layer/], ['city', 'none/own.gpkg', /cannot be written/], ['city', 'none/own.geojson', /cannot be written/]]) {
    const said = epo('map', 'export', layer, join(scratch, name), '-C', folder);
    assert.notEqual(said.status, 0, name);
    assert.match(said.stderr, why);
  }
});
