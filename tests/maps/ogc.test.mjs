// OGC API - Features, judged by its living clients (GDAL, ogc-client, ogcapi-js), by others' validators and by the
// map base itself: what comes out is what lies in map.db, and only what is public.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { OgcApiEndpoint } from '@camptocamp/ogc-client';
import { FeatureService } from '@ogcapi-js/features';
import { check } from '@placemarkio/check-geojson';
import { Validator } from '@seriousme/openapi-schema-validator';

import { demoFolder, epo, serve } from '../support/portal.mjs';

const URI = { crs84: 'OGC/1.3/CRS84', 4326: 'EPSG/0/4326', 3857: 'EPSG/0/3857', 5514: 'EPSG/0/5514' };
const crs = (name) => `http://www.opengis.net/def/crs/${URI[name]}`;

let folder, portal, scratch, layers, live;

const run = (program, args, input) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input, timeout: 120000, maxBuffer: 1 << 28 });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
};
const sql = (file, text) => run('sqlite3', [file, text]);
const get = (path, headers = {}) => fetch(path.startsWith('http') ? path : portal.url + path, { headers });
const json = async (path) => {
  const answer = await get(path, { accept: 'application/geo+json, application/json' });
  assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
  return answer.json();
};
const items = (layer, query = '') => json(`/ogc/collections/${layer}/items?${query}`);
const ids = ({ features }) => features.map(({ id }) => id);
async function whole(layer, query = '') { // every page, by the links "next"
  const all = [];
  for (let url = `/ogc/collections/${layer}/items?${query}`, page; url; url = page.links.find(({ rel }) => rel === 'next')?.href) {
    page = await json(url);
    assert.equal(page.numberReturned, page.features.length);
    all.push(...page.features);
  }
  return all;
}
const positions = ({ coordinates }) => (function flat(list) { return typeof list[0] === 'number' ? [list] : list.flatMap(flat); })(coordinates);
const polygons = ({ type, coordinates }) => (type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : []);

before(async () => {
  folder = demoFolder();
  scratch = mkdtempSync(join(tmpdir(), 'epo-ogc-'));
  // parks are for clerks alone, of public space only the name is public
  sql(join(folder, 'map/map.db'), `UPDATE layer SET visible = 'clerks' WHERE name = 'park';
    UPDATE layer SET public_fields = 'name' WHERE name = 'public_space'`);
  // as `epo map layers` counts them: name, kind, role, who sees it, features
  layers = Object.fromEntries(epo('map', 'layers', '-C', folder).stdout.trim().split('\n').map((line) => line.match(/^(\w+) .*? (\d+)(?: |$)/)).map(([, name, count]) => [name, Number(count)]));
  assert.ok(layers.parcel > 1000 && layers.park > 0);
  delete layers.park;
  live = ['permits', 'requests']; // of agendas: ogc_live.test.mjs
  portal = await serve(folder);
});
after(async () => {
  assert.equal(await portal.stop(), 0, portal.log);
  await portal.remove();
  rmSync(scratch, { recursive: true });
});

describe('living clients', () => {
  it('GDAL lists every public layer with all its features', () => {
    const said = run('ogrinfo', ['-so', '-al', `OAPIF:${portal.url}/ogc`]);
    const theirs = Object.fromEntries([...said.matchAll(/^Layer name: (\S+)[\s\S]*?^Feature Count: (\d+)/gm)].map(([, name, count]) => [name, Number(count)]));
    assert.deepEqual(theirs, { ...layers, permits: 0, requests: 0 });
  });

  it('GDAL copies whole layers into a GeoPackage, page after page', () => {
    for (const layer of ['parcel', 'street', 'address']) {
      const file = join(scratch, `${layer}.gpkg`);
      run('ogr2ogr', ['-f', 'GPKG', file, `OAPIF:${portal.url}/ogc`, layer, '-oo', 'PAGE_SIZE=1000']);
      assert.equal(Number(sql(file, `SELECT count(DISTINCT id) FROM "${layer}"`)), layers[layer], layer);
    }
  });

  it('GDAL asks for a box and gets what lies in it', () => {
    const said = run('ogrinfo', ['-so', '-spat', '13.37', '49.74', '13.38', '49.75', `OAPIF:${portal.url}/ogc`, 'address']);
    const inside = Number(said.match(/Feature Count: (\d+)/)[1]);
    const ours = Number(sql(join(scratch, 'address.gpkg'), `SELECT count(*) FROM rtree_address_geom WHERE minx BETWEEN 13.37 AND 13.38 AND miny BETWEEN 49.74 AND 49.75`));
    assert.ok(inside > 50);
    assert.ok(Math.abs(inside - ours) <= 1, `${inside} of GDAL, ${ours} of the GeoPackage's index in single precision`);
  });

  it('ogc-client reads what there is and its features', async () => {
    const endpoint = new OgcApiEndpoint(`${portal.url}/ogc`);
    assert.equal(await endpoint.hasFeatures, true);
    assert.deepEqual((await endpoint.featureCollections).toSorted(), [...Object.keys(layers), ...live].toSorted());
    const { crs: systems, storageCrs } = await endpoint.getCollectionInfo('district');
    assert.equal(storageCrs, crs(5514));
    assert.equal(systems.length, 4);
    const read = await endpoint.getCollectionItems('district', 4, 2);
    assert.deepEqual(read.map(({ id }) => id), ids(await items('district', 'limit=4&offset=2')));
  });

  it('ogcapi-js reads a page, a feature and what the service keeps to', async () => {
    const service = new FeatureService({ baseUrl: `${portal.url}/ogc` });
    const { features } = await service.getFeatures('district', { limit: 3 });
    assert.deepEqual(features, (await items('district', 'limit=3')).features);
    assert.equal((await service.getFeature('district', features[1].id)).properties.name, features[1].properties.name);
    assert.equal((await service.getConformance()).conformsTo.length, 5);
  });
});

describe('what comes out is what lies in the map base', () => {
  // Straight from map.db, by SpatiaLite: id to geometry in EPSG:5514.
  const stored = (table, layer, count) => {
    const out = run('ogr2ogr', ['-f', 'GeoJSON', '/vsistdout/', join(folder, 'map/map.db'), '-dialect', 'SQLITE', '-lco', 'COORDINATE_PRECISION=6', '-lco', 'RFC7946=NO', '-sql',
      table === 'address' ? `SELECT code, geometry FROM address ORDER BY id LIMIT ${count}`
        : `SELECT code, geometry FROM ${table} WHERE layer = (SELECT id FROM layer WHERE name = '${layer}') ORDER BY id LIMIT ${count}`]);
    return new Map(JSON.parse(out).features.map(({ properties, geometry }) => [properties.code, geometry]));
  };
  const sorted = (geometry) => positions(geometry).toSorted(([ax, ay], [bx, by]) => ax - bx || ay - by);
  const close = (ours, theirs, most) => ours.length === theirs.length && ours.every(([x, y], i) => Math.abs(x - theirs[i][0]) <= most && Math.abs(y - theirs[i][1]) <= most);
  // The 1 m operation "S-JTSK to WGS 84 (5)" of EPSG, as GDAL computes it.
  const OPERATION = '+proj=pipeline +step +inv +proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999 +x_0=0 +y_0=0 +ellps=bessel '
    + '+step +proj=push +v_3 +step +proj=cart +ellps=bessel +step +proj=helmert +x=572.213 +y=85.334 +z=461.94 +rx=-4.9732 +ry=-1.529 +rz=-5.2484 +s=3.5378 +convention=coordinate_frame '
    + '+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg';
  const transformed = (list, ...how) => run('gdaltransform', ['-output_xy', ...how], list.map(([x, y]) => `${x} ${y}`).join('\n')).trim().split('\n').map((line) => line.split(' ').map(Number));

  for (const [table, layer] of [['area', 'parcel'], ['line', 'street'], ['address', 'address'], ['area', 'building']]) {
    it(`${layer}: in EPSG:5514 to a centimetre, in degrees to 1e-7, axes in their order`, async () => {
      const base = stored(table, layer, 40);
      const in5514 = await items(layer, `limit=40&crs=${crs(5514)}`), in84 = await items(layer, 'limit=40'), in4326 = await items(layer, `limit=40&crs=${crs(4326)}`), in3857 = await items(layer, `limit=40&crs=${crs(3857)}`);
      assert.deepEqual(ids(in5514), [...base.keys()]);
      for (const { id, geometry } of in5514.features) assert.ok(close(sorted(geometry), sorted(base.get(id)), 0.01), id);
      const metres = in5514.features.flatMap(({ geometry }) => positions(geometry)), degrees = in84.features.flatMap(({ geometry }) => positions(geometry));
      assert.ok(close(degrees, transformed(metres, '-ct', OPERATION), 1e-7));
      assert.deepEqual(in4326.features.flatMap(({ geometry }) => positions(geometry)), degrees.map(([lon, lat]) => [lat, lon]));
      assert.ok(close(in3857.features.flatMap(({ geometry }) => positions(geometry)), transformed(degrees, '-s_srs', 'OGC:CRS84', '-t_srs', 'EPSG:3857'), 0.012));
    });
  }

  it('says in which system it answers', async () => {
    for (const name of Object.keys(URI)) {
      const { id } = (await items('district', 'limit=1')).features[0];
      for (const path of ['items?limit=1&', `items/${id}?`]) {
        assert.equal((await get(`/ogc/collections/district/${path}crs=${crs(name)}`)).headers.get('content-crs'), `<${crs(name)}>`);
      }
    }
    assert.equal((await get('/ogc/collections/district/items')).headers.get('content-crs'), `<${crs('crs84')}>`);
  });

  it('is GeoJSON by RFC 7946: ids once, rings right-handed, degrees in range with at most 7 decimals', async () => {
    for (const layer of Object.keys(layers)) {
      const text = await (await get(`/ogc/collections/${layer}/items?limit=60`)).text();
      const page = check(text);
      assert.equal(new Set(ids(page)).size, page.features.length);
      assert.equal('crs' in page, false);
      assert.equal(/\d\.\d{8}/.test(text.slice(0, text.indexOf('"timeStamp"'))), false, 'more than 7 decimals');
      for (const { id, geometry } of page.features) {
        for (const [lon, lat] of positions(geometry)) assert.ok(lon > 12 && lon < 19 && lat > 48 && lat < 52, `${layer} ${id}`);
        for (const rings of polygons(geometry)) {
          rings.forEach((ring, i) => {
            const area = ring.slice(1).reduce((sum, [x, y], j) => sum + (ring[j][0] - ring[0][0]) * (y - ring[0][1]) - (x - ring[0][0]) * (ring[j][1] - ring[0][1]), 0);
            assert.ok(i === 0 ? area >= 0 : area <= 0, `${layer} ${id}: ring ${i} runs the wrong way`);
          });
        }
      }
      assert.deepEqual((await json(`/ogc/collections/${layer}/items/${page.features[0].id}`)).geometry, page.features[0].geometry);
    }
  });
});

describe('pages', () => {
  it('follow one another without a gap, whatever their size', async () => {
    const all = await whole('street', 'limit=1000');
    assert.equal(all.length, layers.street);
    assert.deepEqual((await whole('street', 'limit=97')).map(({ id }) => id), all.map(({ id }) => id));
    assert.deepEqual(ids(await items('street', 'limit=5&offset=3')), all.slice(3, 8).map(({ id }) => id));
    assert.deepEqual(ids(await items('street', `limit=5&offset=${layers.street}`)), []);
    assert.equal((await items('street')).features.length, 10);
    assert.equal((await items('parcel', 'limit=99999999999999999999')).features.length, 1000);
    for (const query of ['limit=1', 'limit=1&offset=5', 'limit=7']) assert.equal((await items('street', query)).numberMatched, layers.street);
  });

  it('of one owner are all of that owner', async () => {
    for (const owner of ['city', 'state', 'nobody']) {
      const all = await whole('parcel', `owner=${owner}&limit=1000`);
      assert.ok(all.every(({ properties }) => properties.owner === owner));
      assert.equal(all.length, Number(sql(join(folder, 'map/map.db'), `SELECT count(*) FROM area WHERE layer = (SELECT id FROM layer WHERE name = 'parcel') AND kind = '${owner}'`)));
    }
    const { features: [one] } = await items('parcel', 'limit=1&offset=50');
    assert.deepEqual(ids(await items('parcel', `number=${encodeURIComponent(one.properties.number)}&cadastral_area=${encodeURIComponent(one.properties.cadastral_area)}&area_m2=${one.properties.area_m2}`)), [one.id]);
  });
});

describe('a box', () => {
  const box = [13.371, 49.741, 13.379, 49.749];
  it('gives the points that lie in it, and of areas those that meet it', async () => {
    const all = await whole('address', 'limit=1000'), within = ([lon, lat]) => lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3];
    const expected = all.filter(({ geometry }) => within(geometry.coordinates)).map(({ id }) => id);
    assert.ok(expected.length > 50);
    assert.deepEqual((await whole('address', `limit=1000&bbox=${box}`)).map(({ id }) => id), expected);
    assert.deepEqual((await whole('address', `limit=13&bbox=${box[0]},${box[1]},-5,${box[2]},${box[3]},900`)).map(({ id }) => id), expected);
    assert.equal((await items('address', `limit=13&bbox=${box}`)).numberMatched, expected.length);
    const areas = await whole('public_space', 'limit=1000'), found = new Set((await whole('public_space', `limit=1000&bbox=${box}`)).map(({ id }) => id));
    for (const { id, geometry } of areas) {
      const at = positions(geometry), lons = at.map(([lon]) => lon), lats = at.map(([, lat]) => lat);
      if (at.some(within)) assert.ok(found.has(id), `${id} has a corner in the box`);
      else if (Math.max(...lons) < box[0] || Math.min(...lons) > box[2] || Math.max(...lats) < box[1] || Math.min(...lats) > box[3]) assert.ok(!found.has(id), `${id} lies beside the box`);
    }
    // the whole city around a small box
    assert.deepEqual(ids(await items('city', 'bbox=13.3776,49.7475,13.3777,49.7476')), ids(await items('city')));
  });

  it('may be given in every system, in its own axis order', async () => {
    const { features } = await items('address', `limit=1000&bbox=${box}`), one = features[Math.floor(features.length / 2)];
    for (const name of Object.keys(URI)) {
      const [a, b] = (await json(`/ogc/collections/address/items/${one.id}?crs=${crs(name)}`)).geometry.coordinates, d = name === '3857' || name === '5514' ? 0.01 : 1e-7;
      const around = await items('address', `limit=1000&bbox-crs=${crs(name)}&bbox=${a - d},${b - d},${a + d},${b + d}`);
      assert.ok(ids(around).includes(one.id), `${name}: ${a},${b}`);
      assert.ok(around.features.length <= 2);
    }
    assert.deepEqual(ids(await items('address', `limit=1000&bbox-crs=${crs(4326)}&bbox=${box[1]},${box[0]},${box[3]},${box[2]}`)), ids({ features }));
  });

  it('may reach round the earth, or lie where nothing is', async () => {
    const all = ids(await items('district', 'limit=20'));
    for (const bbox of ['-180,-90,180,90', '-1e9,-1e9,1e9,1e9', '13,-90,12,90', '-999,49.7,999,50'])
      assert.deepEqual(ids(await items('district', `limit=20&bbox=${bbox}`)), all, bbox);
    for (const bbox of ['170,-10,-170,10', '13.9,-90,13,90', '0,0,1,1', '12,48,12,48', '20,49,21,50'])
      assert.deepEqual((await items('district', `bbox=${bbox}`)).numberMatched, 0, bbox);
    assert.deepEqual(ids(await items('district', `limit=20&bbox-crs=${crs(5514)}&bbox=-1e300,-1e300,1e300,1e300`)), all);
  });
});

describe('manners', () => {
  it('describes itself in OpenAPI 3.0; every address in it answers, as JSON and as a page', async () => {
    const answer = await get('/ogc/api', { accept: 'application/vnd.oai.openapi+json;version=3.0' });
    assert.equal(answer.headers.get('content-type'), 'application/vnd.oai.openapi+json;version=3.0');
    const api = await answer.json();
    const { valid, errors } = await new Validator().validate(structuredClone(api));
    assert.ok(valid, JSON.stringify(errors ?? '').slice(0, 2000));
    assert.match(api.openapi, /^3\.0/);
    assert.equal(api.servers[0].url, `${portal.url}/ogc`);
    for (const layer of Object.keys(layers)) assert.ok(api.paths[`/collections/${layer}/items`], layer);
    const named = ({ $ref, name }) => name ?? api.components.parameters[$ref.split('/').pop()].name;
    assert.deepEqual(api.paths['/collections/parcel/items'].get.parameters.map(named), ['f', 'lang', 'limit', 'offset', 'after', 'bbox', 'bbox-crs', 'crs', 'datetime', 'number', 'owner', 'cadastral_area', 'area_m2']);
    const { features: [district] } = await items('district', 'limit=1');
    for (const path of Object.keys(api.paths).filter((each) => !each.includes('Id}') || /district\/|collectionId/.test(each))) {
      const at = `/ogc${path}`.replace('{collectionId}', 'district').replace('{featureId}', district.id);
      for (const [f, type] of [['json', /json/], ['html', /^text\/html/]]) {
        const one = await get(`${at}?f=${f}`);
        assert.equal(one.status, 200, at);
        assert.match(one.headers.get('content-type'), type, at);
        await one.text();
      }
    }
  });

  it('links lead where they say', async () => {
    const start = await json('/ogc'), rels = new Set(start.links.map(({ rel }) => rel));
    for (const rel of ['self', 'alternate', 'service-desc', 'service-doc', 'conformance', 'data']) assert.ok(rels.has(rel), rel);
    const { collections, links } = await json('/ogc/collections');
    assert.deepEqual(collections.map(({ id }) => id).toSorted(), [...Object.keys(layers), ...live].toSorted());
    for (const { href, type } of [...start.links, ...links, ...collections.find(({ id }) => id === 'water').links, ...(await items('water')).links]) {
      if (!href.startsWith(portal.url)) continue; // the licence
      const one = await get(href);
      assert.equal(one.status, 200, href);
      assert.equal(one.headers.get('content-type').split(';')[0], type.split(';')[0], href);
      await one.text();
    }
    const { conformsTo } = await json('/ogc/conformance');
    assert.equal(conformsTo.length, 5);
    for (const { extent, storageCrs, id } of collections) {
      assert.equal(storageCrs, crs(5514));
      if (live.includes(id)) continue;
      const [[west, south, east, north]] = extent.spatial.bbox;
      assert.ok(west > 13 && east < 14 && south > 49 && north < 50 && west < east && south < north, id);
    }
  });

  it('answers in the form that is asked for', async () => {
    for (const [accept, type] of [['*/*', 'application/geo+json'], ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'], ['application/json', 'application/geo+json'],
      ['text/html;q=0.5, application/geo+json', 'application/geo+json'], ['text/html, application/geo+json;q=0.2', 'text/html'], ['', 'application/geo+json']]) {
      assert.equal((await get('/ogc/collections/district/items', { accept })).headers.get('content-type').split(';')[0], type, accept);
    }
    assert.equal((await get('/ogc/collections/district/items', { accept: 'application/xml' })).status, 406);
    assert.equal((await get('/ogc/collections/district/items?f=html', { accept: 'application/xml' })).status, 200);
    assert.equal((await get('/ogc', { accept: 'application/json', origin: 'https://elsewhere.example' })).headers.get('access-control-allow-origin'), '*');
  });

  it('refuses with a problem what it does not know or cannot read', async () => {
    const of = '/ogc/collections/parcel/items';
    for (const path of ['/ogc?x=1', '/ogc?f=xml', '/ogc/conformance?limit=1', '/ogc/collections?bbox=1,2,3,4', '/ogc/api?f=', `${of}?wrong=1`, `${of}?code=1`, `${of}?limit=0`, `${of}?limit=-1`,
      `${of}?limit=`, `${of}?limit=1.5`, `${of}?limit=abc`, `${of}?limit=1&limit=2`, `${of}?offset=-1`, `${of}?after=x`, `${of}?bbox=`, `${of}?bbox=1,2,3`, `${of}?bbox=1,2,3,4,5`, `${of}?bbox=1,2,3,4,5,6,7`,
      `${of}?bbox=a,b,c,d`, `${of}?bbox=1,2,3,nan`, `${of}?bbox=1,2,3,inf`, `${of}?bbox=13,50,14,49`, `${of}?bbox=1,2,3,4&bbox-crs=EPSG:4326`, `${of}?bbox-crs=x`, `${of}?crs=${crs(5514)}x`, `${of}?crs=`,
      `${of}?datetime=`, `${of}?datetime=yesterday`, `${of}?datetime=../..`, `${of}?datetime=/`, `${of}?datetime=2026-02-30`, `${of}?datetime=2026-01-02/2026-01-01`, `${of}?datetime=2026-01-01T00:00:00`,
      `${of}?datetime=2026-01-01T25:00:00Z`, `${of}/x?limit=1`]) {
      const answer = await get(path), { status, code } = await answer.json();
      assert.equal(answer.status, 400, path);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/, path);
      assert.equal(status, 400);
      assert.match(code, /^ogc\./, path);
    }
    for (const path of ['/ogc/x', '/ogc/collections/x', '/ogc/collections/x/items', '/ogc/collections/parcel/items/x', '/ogc/collections/landuse%00/items']) {
      const answer = await get(path);
      assert.ok(answer.status === 404 || answer.status === 400, path);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/, path);
    }
    assert.equal((await fetch(`${portal.url}/ogc/collections`, { method: 'POST' })).status, 405);
  });

  it('takes times, which layers of the map do not have', async () => {
    for (const datetime of ['2026-11-24', '2026-11-24T03:23:00Z', '2026-11-24T03:23:00.5%2B01:00', '../2026-11-24', '2026-11-24/..', '2026-11-24/', '2026-01-01T00:00:00Z/2026-12-31T23:59:60Z'])
      assert.equal((await items('district', `datetime=${datetime}`)).numberMatched, layers.district, datetime);
  });

  it('knows an answer again until the map changes', async () => {
    const first = await get('/ogc/collections/district/items'), etag = first.headers.get('etag');
    await first.text();
    const again = await get('/ogc/collections/district/items', { 'if-none-match': etag });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get('etag'), etag);
    assert.equal((await get('/ogc/collections/district/items', { 'if-none-match': '"other"' })).status, 200);
    assert.equal((await get('/ogc/collections', { 'if-none-match': (await get('/ogc/collections')).headers.get('etag') })).status, 304);
    assert.equal((await get('/ogc/collections/district', { 'if-none-match': etag })).status, 304);
    assert.equal((await get('/ogc/collections/district/items?lang=en', { 'if-none-match': etag })).status, 200);
  });
});

it('lets out no layer and no field that is not public', async () => {
  const park = sql(join(folder, 'map/map.db'), "SELECT f.code FROM area f JOIN layer l ON l.id = f.layer WHERE l.name = 'park' LIMIT 1").trim();
  for (const path of ['/ogc/collections/park', '/ogc/collections/park/items', `/ogc/collections/park/items/${park}`])
    for (const f of ['json', 'html']) assert.equal((await get(`${path}?f=${f}`)).status, 404, path);
  for (const path of ['/ogc/collections', '/ogc/api', '/ogc/collections?f=html', '/ogc/api?f=html'])
    assert.equal(/\bpark\b/.test(await (await get(path)).text()), false, path);
  for (const { properties } of (await items('public_space', 'limit=1000')).features) assert.deepEqual(Object.keys(properties), ['name']);
  for (const query of ['zone=1', 'kind=1', 'type=street', 'belongs=street']) assert.equal((await get(`/ogc/collections/public_space/items?${query}`)).status, 400, query);
});

it('goes on with the old map until the new one is taken in, then with that', async () => {
  const file = join(folder, 'map/map.db'), aside = join(scratch, 'map.db');
  const etag = (await get('/ogc/collections')).headers.get('etag');
  copyFileSync(file, aside);
  sql(aside, `DELETE FROM address WHERE id > 500; DELETE FROM idx_address_geometry WHERE pkid > 500; UPDATE meta SET value = 'fedcba9876543210' WHERE key = 'content'`);
  renameSync(aside, file);
  assert.equal((await items('address', 'limit=1')).numberMatched, layers.address);
  assert.equal((await items('address', `limit=1&offset=${layers.address - 1}`)).features.length, 1);
  portal.child.kill('SIGHUP');
  for (let i = 0; i < 200 && (await items('address', 'limit=1')).numberMatched !== 500; i++) await new Promise((done) => setTimeout(done, 50));
  assert.equal((await whole('address', 'limit=1000')).length, 500);
  const fresh = await get('/ogc/collections', { 'if-none-match': etag });
  assert.equal(fresh.status, 200);
  assert.notEqual(fresh.headers.get('etag'), etag);
});
