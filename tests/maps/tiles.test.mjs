// The tiles of the demo city, every one: small, readable by others' tools, and with all that a city map shows; the
// descriptions beside them; and how they are kept.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { VectorTile } from '@mapbox/vector-tile';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import Ajv from 'ajv/dist/2020.js';
import { PbfReader } from 'pbf';

import { toKrovak, fromKrovak } from '../../maps/web/krovak.mjs';
import { startDemo } from '../support/portal.mjs';

const BYTES_MOST = 60000;

let portal, info;
before(async () => {
  portal = await startDemo();
  info = await (await fetch(`${portal.url}/tiles/city.json`)).json();
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const tileAt = (lon, lat, z) => {
  const n = 2 ** z, sin = Math.sin((lat * Math.PI) / 180);
  return [Math.floor(((lon + 180) / 360) * n), Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n)];
};

/** {layer: {features, by: {kind: count}}} of one zoom; judges every tile on the way. */
async function survey(z) {
  const [west, south, east, north] = info.bounds, [x0, y0] = tileAt(west, north, z), [x1, y1] = tileAt(east, south, z);
  const found = {}, sizes = [];
  const read = async (x, y) => {
    const answer = await fetch(info.tiles[0].replace('{z}', z).replace('{x}', x).replace('{y}', y));
    if (answer.status === 204) return;
    assert.equal(answer.status, 200);
    const tile = new VectorTile(new PbfReader(new Uint8Array(await answer.arrayBuffer())));
    sizes.push(Number(answer.headers.get('content-length')));
    for (const [name, layer] of Object.entries(tile.layers)) {
      const declared = info.vector_layers.find(({ id }) => id === name);
      assert.ok(declared && declared.minzoom <= z && z <= declared.maxzoom, `${name} at ${z} is declared`);
      assert.equal(layer.extent, 4096);
      const sum = (found[name] ??= { features: 0, by: {}, names: new Set() });
      for (let i = 0; i < layer.length; i++) {
        const feature = layer.feature(i);
        sum.features++;
        for (const ring of feature.loadGeometry()) for (const { x: px, y: py } of ring) assert.ok(px >= -200 && px <= 4296 && py >= -200 && py <= 4296, `${name}: ${px} ${py}`);
        for (const field of Object.keys(feature.properties)) assert.ok(field in declared.fields, `${name}.${field} is declared`);
        const kind = feature.properties.class ?? feature.properties.kind ?? '';
        sum.by[kind] = (sum.by[kind] ?? 0) + 1;
        if (feature.properties.name) sum.names.add(feature.properties.name);
      }
    }
  };
  for (let x = x0; x <= x1; x++) await Promise.all(Array.from({ length: y1 - y0 + 1 }, (_, i) => read(x, y0 + i)));
  assert.ok(sizes.length > 0);
  assert.ok(Math.max(...sizes) <= BYTES_MOST, `zoom ${z}: ${Math.max(...sizes)} bytes`);
  return found;
}

describe('every tile of the demo city', () => {
  const has = (found, layer, kinds = []) => {
    assert.ok(found[layer]?.features > 0, `${layer} is there`);
    for (const kind of kinds) assert.ok(found[layer].by[kind] > 0, `${layer}: ${kind}`);
  };
  const lacks = (found, layer, kinds) => {
    for (const kind of kinds ?? []) assert.equal(found[layer]?.by[kind], undefined, `no ${layer} ${kind} yet`);
    if (!kinds) assert.equal(found[layer], undefined, `no ${layer} yet`);
  };

  it('from afar shows main streets, rivers, woods and districts, and no more', async () => {
    for (const z of [10, 11]) {
      const found = await survey(z);
      has(found, 'street', ['primary']);
      has(found, 'water', ['river']);
      has(found, 'landuse', ['wood', 'residential']);
      has(found, 'rail', ['main']);
      has(found, 'border', ['city', 'district']);
      has(found, 'place_label', ['district']);
      lacks(found, 'street', ['residential', 'service', 'path']);
      lacks(found, 'building');
      lacks(found, 'parcel');
      lacks(found, 'address');
    }
  });

  it('of a quarter shows its streets, squares, parks and large buildings', async () => {
    const twelve = await survey(12), thirteen = await survey(13);
    has(twelve, 'street', ['primary', 'secondary', 'tertiary']);
    has(twelve, 'park', ['park']);
    has(twelve, 'place_label', ['quarter', 'station']);
    has(thirteen, 'street', ['residential', 'pedestrian']);
    has(thirteen, 'building', ['works']);
    has(thirteen, 'nature_label', ['river', 'park', 'wood', 'water']);
    lacks(thirteen, 'building', ['house', 'yard']);
    lacks(thirteen, 'address');
  });

  it('of a street shows its houses, paths, tram and landmarks', async () => {
    const fourteen = await survey(14), fifteen = await survey(15);
    has(fourteen, 'building', ['house', 'public']);
    has(fourteen, 'street', ['service', 'path', 'track']);
    has(fourteen, 'rail', ['tram', 'station']);
    has(fourteen, 'public_space');
    has(fourteen, 'place_label', ['square']);
    has(fourteen, 'landmark', ['town_hall', 'church', 'school', 'hospital']);
    has(fifteen, 'building', ['yard']);
    lacks(fifteen, 'parcel');
    // Labels are in Czech as they are.
    const names = [...fourteen.street.names, ...fourteen.place_label.names, ...fourteen.nature_label.names];
    for (const name of ['Klatovská třída', 'náměstí Republiky', 'Plzeň 2-Slovany', 'Křižíkovy sady', 'Úslava']) assert.ok(names.includes(name), name);
  });

  it('from near shows parcels with their numbers and house numbers', async () => {
    const found = await survey(16);
    has(found, 'parcel');
    has(found, 'parcel_label');
    has(found, 'address');
    assert.ok(found.address.features > 9000, 'every house has its number');
    assert.ok(found.parcel_label.features > 12000, 'every parcel has its number');
  });
});

describe('the description of the tiles', () => {
  // https://github.com/mapbox/tilejson-spec/tree/master/3.0.0
  const SCHEMA = {
    type: 'object',
    required: ['tilejson', 'tiles', 'vector_layers'],
    properties: {
      tilejson: { type: 'string', pattern: '^3\\.[0-9]+\\.[0-9]+$' },
      tiles: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^https?://.*\\{z\\}/\\{x\\}/\\{y\\}' } },
      vector_layers: {
        type: 'array',
        items: {
          type: 'object', required: ['id', 'fields'],
          properties: {
            id: { type: 'string' }, fields: { type: 'object', additionalProperties: { type: 'string' } }, description: { type: 'string' },
            minzoom: { type: 'integer', minimum: 0, maximum: 30 }, maxzoom: { type: 'integer', minimum: 0, maximum: 30 },
          },
        },
      },
      attribution: { type: 'string' },
      bounds: { type: 'array', minItems: 4, maxItems: 4, items: { type: 'number' } },
      center: { type: 'array', minItems: 3, maxItems: 3, items: { type: 'number' } },
      minzoom: { type: 'integer', minimum: 0, maximum: 30 },
      maxzoom: { type: 'integer', minimum: 0, maximum: 30 },
      name: { type: 'string' },
      scheme: { enum: ['xyz', 'tms'] },
      version: { type: 'string', pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' },
    },
  };

  it('is TileJSON 3.0', () => {
    const ajv = new Ajv({ allErrors: true }), valid = ajv.compile(SCHEMA);
    assert.ok(valid(info), ajv.errorsText(valid.errors));
    assert.deepEqual([info.minzoom, info.maxzoom], [10, 16]);
    const [west, south, east, north] = info.bounds, [lon, lat] = info.center;
    assert.ok(west < lon && lon < east && south < lat && lat < north, 'the middle lies within');
    assert.equal(new Set(info.vector_layers.map(({ id }) => id)).size, info.vector_layers.length, 'each layer once');
  });

  it('has styles that MapLibre takes, over layers that there are', async () => {
    for (const name of ['light', 'dark', 'contrast']) {
      const answer = await fetch(`${portal.url}/tiles/city/style-${name}.json`), style = await answer.json();
      assert.deepEqual(validateStyleMin(style).map(({ message }) => message), [], name);
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      assert.equal(style.sources.city.url, `${portal.url}/tiles/city.json`);
      const known = info.vector_layers.map(({ id }) => id);
      for (const { id, 'source-layer': layer } of style.layers) assert.ok(!layer || known.includes(layer), `${id}: ${layer}`);
    }
    assert.equal((await fetch(`${portal.url}/tiles/city/style-neon.json`)).status, 404);
    assert.equal((await fetch(`${portal.url}/tiles/city/light.json`)).status, 404);
  });
});

describe('a tile', () => {
  const url = () => info.tiles[0].replace('{z}', 14).replace('{x}', 8800).replace('{y}', 5577);

  it('is kept for ever under its version, and asked for anew without', async () => {
    const kept = await fetch(url());
    assert.match(kept.headers.get('cache-control'), /immutable/);
    assert.equal(kept.headers.get('content-encoding'), 'gzip');
    assert.equal(kept.headers.get('access-control-allow-origin'), '*');
    const plain = await fetch(url().split('?')[0]);
    assert.doesNotMatch(plain.headers.get('cache-control'), /immutable/);
    const again = await fetch(url(), { headers: { 'if-none-match': kept.headers.get('etag') } });
    assert.equal(again.status, 304);
  });

  it('is nothing (204) where the city is not, and refused (400) where there can be none', async () => {
    for (const [path, status] of Object.entries({
      '14/0/0.mvt': 204, '16/35210/1.mvt': 204, '19/0/0.mvt': 204, '23/0/0.mvt': 422, '14/16384/0.mvt': 422, '14/0/16384.mvt': 422, '14/-1/0.mvt': 400, '14/8800/5577.png': 400,
      '14/8800/5577': 400, '14/8800/.mvt': 400, 'x/8800/5577.mvt': 400, '14/8800/5577.mvt.mvt': 400, '1e1/0/0.mvt': 400, '14/9223372036854775808/0.mvt': 400, '14/%2e%2e/0.mvt': 404,
    })) assert.equal((await fetch(`${portal.url}/tiles/city/${path}`)).status, status, path);
  });
});

describe('a picture of the map', () => {
  const ask = (query, more) => fetch(`${portal.url}/api/v1/map.png?${new URLSearchParams(query)}`, more);
  const sizeOf = (bytes) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const here = { center: '13.3776,49.7475', zoom: 16 };

  it('is a PNG of the size asked for, the same every time, and not drawn again for who has it', async () => {
    const answer = await ask({ ...here, size: '321x123', frame: 1, crosshair: 1 }), bytes = Buffer.from(await answer.arrayBuffer());
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'image/png']);
    assert.deepEqual(sizeOf(bytes), [321, 123]);
    assert.match(answer.headers.get('cache-control'), /max-age/);
    const others = await Promise.all(Array.from({ length: 6 }, () => ask({ ...here, size: '321x123', frame: 1, crosshair: 1 })));
    for (const other of others) assert.ok(bytes.equals(Buffer.from(await other.arrayBuffer())), 'several workers draw the same');
    const etag = answer.headers.get('etag');
    assert.equal((await ask({ ...here, size: '321x123', frame: 1, crosshair: 1 }, { headers: { 'if-none-match': etag } })).status, 304);
    assert.equal((await ask({ ...here, size: '321x124' }, { headers: { 'if-none-match': etag } })).status, 200);
    const plain = Buffer.from(await (await ask(here)).arrayBuffer()), contrast = Buffer.from(await (await ask({ ...here, style: 'contrast' })).arrayBuffer());
    assert.deepEqual(sizeOf(plain), [640, 400]);
    assert.ok(!plain.equals(contrast));
  });

  it('of a place needs no more than the place', async () => {
    const places = [
      { type: 'Point', coordinates: [13.3776, 49.7475] },
      { type: 'LineString', coordinates: [[13.36, 49.74], [13.39, 49.75]] },
      { type: 'Polygon', coordinates: [[[13.375, 49.746], [13.379, 49.746], [13.379, 49.748], [13.375, 49.746]]] },
    ];
    const pictures = await Promise.all(places.map(async (place) => Buffer.from(await (await ask({ place: JSON.stringify(place) })).arrayBuffer())));
    for (const picture of pictures) assert.deepEqual(sizeOf(picture), [640, 400]);
    assert.equal(new Set(pictures.map(String)).size, places.length);
  });

  it('says what is wrong with a question', async () => {
    const wrong = {
      'picture.nowhere': [{}, { zoom: 15 }],
      'picture.center': ['13', '13,', 'x,49', '181,49', '13,86', 'nan,nan', '13,49,1'].map((center) => ({ center })),
      'picture.zoom': ['9', '20', '15.5', '-1', 'x', '99999999999999999999'].map((zoom) => ({ ...here, zoom })),
      'picture.size': ['640', '63x100', '1025x100', 'axb', '100x', '100x-100', '640x400x2'].map((size) => ({ ...here, size })),
      'picture.style': [{ ...here, style: 'neon' }],
      'picture.switch': [{ ...here, frame: 'yes' }, { ...here, crosshair: '2' }],
      'picture.place': [{ place: '{' }],
      'place.not_geojson': [{ place: '{}' }],
      'place.swapped': [{ place: JSON.stringify({ type: 'Point', coordinates: [49.7, 13.3] }) }],
    };
    for (const [code, queries] of Object.entries(wrong)) {
      for (const query of queries) {
        const answer = await ask(query), problem = await answer.json();
        assert.deepEqual([answer.status, problem.code, answer.headers.get('content-type').split(';')[0]], [422, code, 'application/problem+json'], JSON.stringify(query));
      }
    }
  });
});

describe('the palettes of the map', () => {
  const sets = JSON.parse(readFileSync(new URL('../../maps/web/palette.json', import.meta.url), 'utf8'));
  // WCAG 2.2: relative luminance and contrast of "#rrggbb" or "rgba(r,g,b,a)", which is nearly opaque here.
  const channels = (colour) => (colour[0] === '#' ? [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)) : colour.match(/\d+/g).slice(0, 3).map(Number));
  const light = (colour) => channels(colour).map((each) => each / 255).map((each) => (each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
    .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => (Math.max(light(one), light(other)) + 0.05) / (Math.min(light(one), light(other)) + 0.05);
  const LETTERS = ['text', 'strong', 'number', 'parcelText', 'waterText', 'parkText', 'culture', 'health', 'learning', 'public_service', 'leisure', 'industry', 'transport'];
  const EDGES = ['waterLine', 'greenLine', 'buildingEdge', 'publicEdge', 'worksEdge', 'parcel', 'district', 'motorwayEdge', 'majorEdge', 'secondaryEdge', 'tertiaryEdge', 'minorEdge', 'serviceEdge', 'pedestrianEdge', 'path', 'rail'];

  it('name the same colours in each', () => {
    const names = (set) => Object.keys(set).filter((key) => !key.endsWith('Thin')).sort();
    for (const [name, set] of Object.entries(sets)) assert.deepEqual(names(set), names(sets.light), name);
  });

  it('can be read: letters on their halo, marks on the ground, and in high contrast every edge', () => {
    for (const [name, set] of Object.entries(sets)) {
      const high = name.startsWith('contrast');
      for (const key of LETTERS) assert.ok(contrast(set[key], set.halo) >= (high ? 7 : 4.5), `${name}: ${key} on its halo`);
      for (const ground of ['ground', 'residential', 'park', 'space']) assert.ok(contrast(set.mark, set[ground]) >= 4.5, `${name}: mark on ${ground}`);
      if (high) for (const key of EDGES) assert.ok(contrast(set[key], set.ground) >= 4.5, `${name}: ${key}`);
    }
  });
});

describe('S-JTSK in the browser, for tiles cut in it', () => {
  // The same points as in tests/unit/maps/transform_test.c, which names their sources.
  const POINTS = [
    [[-744384.54, -1042569.73], [14.39860563, 50.08947989]], [[-741928.31, -1042585.42], [14.4326417, 50.0923524]],
    [[-479862.17, -1133960.17], [18.1933815, 49.5381821]], [[-822000, -1070000], [13.38369896, 49.745348]],
  ];

  it('agrees with published points to a centimetre, both ways', () => {
    for (const [metres, degrees] of POINTS) {
      const there = toKrovak(degrees), back = fromKrovak(metres);
      assert.ok(Math.hypot(there[0] - metres[0], there[1] - metres[1]) < 0.01, `${degrees}: ${there}`);
      assert.ok(Math.abs(back[0] - degrees[0]) < 6e-8 && Math.abs(back[1] - degrees[1]) < 6e-8, `${metres}: ${back}`);
    }
  });
});
