// Live layers: what the map shows of submissions now, by the rules of the agenda and without a word about people;
// how it follows a case, a day, a manifest; and how little is sent when nothing has changed.
import { strict as assert } from 'node:assert';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

import { day, file, post, stall } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { build, demoFolder, epo, startDemo } from '../support/portal.mjs';

const AREA = { type: 'Polygon', coordinates: [[[13.37705, 49.74725], [13.37725, 49.74725], [13.37725, 49.7474], [13.37705, 49.7474], [13.37705, 49.74725]]] };
// One after another to the east, in two rows, since nobody may have a place that is taken.
let filedBefore = 0;
const nextArea = () => {
  const east = 0.0003 * (filedBefore % 4), north = 0.0003 * Math.floor(filedBefore++ / 4);
  return { ...AREA, coordinates: [AREA.coordinates[0].map(([lon, lat]) => [lon + east, lat + north])] };
};
const SECRETS = ['Petr', 'Svoboda', '1975', 'petr@example.cz', 'medem', 'Americká', '777123456'];

let portal, clerk;
before(async () => {
  portal = await startDemo();
  clerk = await signIn(portal, 'umo-3');
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const ask = (layer, query = '', headers = {}) => fetch(`${portal.url}/api/v1/layers/${layer}${query}`, { headers });
const features = async (layer, query) => (await (await ask(layer, query)).json()).features;
const send = (from, to) => file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area: nextArea(), from: day(from), to: day(to), phone: '+420777123456' });
async function move(number, from, state) {
  const answer = await post(portal.url, `/office/cases/${number}`, new URLSearchParams({ from, state, note: 'v pořádku' }), { cookie: clerk, origin: portal.url });
  assert.equal(answer.status, 303, await answer.text());
}

describe('a request on the map', () => {
  let filed;
  before(async () => { filed = await send(0, 5); });

  it('shows where, what and when, and nothing of who', async () => {
    const found = await features('requests', '?lang=cs');
    assert.equal(found.length, 1);
    const [{ geometry, properties }] = found;
    assert.equal(geometry.type, 'Polygon');
    assert.ok(Math.abs(geometry.coordinates[0][0][0] - 13.37715) < 0.0002);
    assert.match(properties.title, /Stánek/);
    assert.match(properties.text, /První den: .+, Poslední den: .+/);
    assert.deepEqual(properties.fields.map(({ id }) => id), ['from', 'to']);
    assert.deepEqual(Object.keys(properties).sort(), ['agenda', 'fields', 'form', 'state', 'text', 'title']);
    const text = await (await ask('requests')).text();
    for (const secret of [...SECRETS, filed.number, filed.receipt]) assert.ok(!text.includes(secret), secret);
    assert.match((await features('requests', '?lang=en'))[0].properties.title, /stall/);
  });

  it('becomes a permit in force when it is accepted, and is no request any more', async () => {
    assert.equal((await features('permits')).length, 0);
    await move(filed.number, 'received', 'accepted');
    assert.equal((await features('requests')).length, 0);
    const [permit] = await features('permits');
    assert.match(permit.properties.title, /Stánek/);
    assert.equal(permit.properties.state, 'accepted');
    const place = await (await fetch(`${portal.url}/place?place=${AREA.coordinates[0][0]}`)).text();
    assert.match(place, /Co se děje kolem[^]*Stánek/, 'place first shows it to who looks at the spot');
    assert.ok(!place.includes('Petr Svoboda'));
  });

  it('is found by the box of its place alone', async () => {
    for (const [bbox, count] of [['13.377,49.747,13.378,49.748', 1], ['13.3771,49.7473,13.3772,49.74735', 1], ['13.38,49.74,13.39,49.75', 0], ['13.37,49.7475,13.38,49.76', 0]])
      assert.equal((await features('permits', `?bbox=${bbox}`)).length, count, bbox);
  });

  it('is sent once: asked again with its tag, the answer is empty', async () => {
    const first = await ask('permits'), etag = first.headers.get('etag');
    assert.ok(etag);
    assert.match(first.headers.get('cache-control'), /no-cache/);
    const again = await ask('permits', '', { 'if-none-match': etag });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    const requests = (await ask('requests')).headers.get('etag'), { number } = await send(0, 1);
    assert.equal((await ask('permits', '', { 'if-none-match': etag })).status, 304, 'a request is no permit');
    const changed = await ask('requests', '', { 'if-none-match': requests });
    assert.equal(changed.status, 200);
    await move(number, 'received', 'withdrawn');
    assert.equal((await ask('requests', '', { 'if-none-match': changed.headers.get('etag') })).status, 200);
  });
});

describe('what lies around', () => {
  it('is only what is in force today, the newest first, bounded and counted', async () => {
    for (const [from, to] of [[3, 9], [0, 0], [0, 30]]) {
      const { number } = await send(from, to);
      await move(number, 'received', 'accepted');
    }
    const all = await (await ask('permits')).json();
    assert.deepEqual([all.numberMatched, all.numberReturned, all.features.length], [3, 3, 3], 'the one from the day after tomorrow is not there');
    const some = await (await ask('permits', '?limit=2')).json();
    assert.deepEqual([some.numberMatched, some.numberReturned], [3, 2]);
    assert.deepEqual(some.features, all.features.slice(0, 2));
  });

  it('is refused where the question is crooked', async () => {
    for (const query of ['?bbox=1,2,3', '?bbox=1,2,3,4,5', '?bbox=a,b,c,d', '?bbox=14,49,13,50', '?bbox=13,50,14,49', '?bbox=-200,0,0,0', '?bbox=nan,0,1,1', '?limit=0', '?limit=1001', '?limit=x'])
      assert.equal((await ask('permits', query)).status, 400, query);
    for (const layer of ['people', 'parcel', 'permits%00', '..%2fparcel']) assert.ok([400, 404].includes((await ask(layer)).status), layer);
  });

  it('counts offices in, with what they say of themselves', async () => {
    const offices = await features('offices', '?bbox=13.372,49.747,13.378,49.749');
    assert.deepEqual(offices.map(({ properties }) => properties.id).sort(), ['magistrat', 'umo-3']);
    assert.match(offices[0].properties.text, /Plzeň/);
    const queue = async () => (await features('offices', '?lang=cs')).find(({ properties }) => properties.id === 'umo-3').properties;
    const before = await queue(), { number } = await send(2, 2);
    assert.equal((await queue()).waiting, before.waiting + 1);
    await move(number, 'received', 'in_progress');
    const { waiting, begun, text } = await queue();
    assert.deepEqual([waiting, begun], [before.waiting, before.begun + 1]);
    assert.ok(text.endsWith(`podání čeká: ${waiting}, vyřizuje se: ${begun}`), text);
    const { layers } = await (await fetch(`${portal.url}/api/v1/layers?lang=en`)).json();
    assert.deepEqual(layers.map(({ id, title }) => [id, title]), [
      ['permits', 'Permits in force'], ['requests', 'Requests under way'], ['offices', 'Offices'],
      ['doprava.zastavky', 'Stops'], ['knihovna.bibliobus', 'Stops of the bookmobile'], ['zoo.mista', 'Places in the zoo'],
    ]);
  });
});

describe('as vector tiles', () => {
  const tileAt = (z, [lon, lat]) => {
    const turn = (lat * Math.PI) / 180;
    return [z, Math.floor(((lon + 180) / 360) * 2 ** z), Math.floor(((1 - Math.asinh(Math.tan(turn)) / Math.PI) / 2) * 2 ** z)];
  };
  const tile = (layer, at, headers = {}) => fetch(`${portal.url}/tiles/live/${layer}/${at.join('/')}.mvt?lang=cs`, { headers });
  const read = async (answer) => new VectorTile(new PbfReader(new Uint8Array(await answer.arrayBuffer())));
  // What the specification (2.1, section 4) and @mapbox/mvt-fixtures ask of a tile, on its raw commands.
  function commands(layer, index) {
    const pbf = layer._pbf, feature = layer.feature(index), seen = [];
    pbf.pos = feature._geometry;
    for (const end = pbf.readVarint() + pbf.pos; pbf.pos < end;) {
      const word = pbf.readVarint(), id = word & 7, count = word >> 3;
      assert.ok([1, 2, 7].includes(id) && count > 0, `command ${id} × ${count}`);
      const steps = id === 7 ? [] : Array.from({ length: count }, () => [pbf.readSVarint(), pbf.readSVarint()]);
      if (id === 2) assert.ok(steps.every(([x, y]) => x || y), 'no step of nothing');
      seen.push([id, count]);
    }
    return seen;
  }
  const signed = (ring) => ring.slice(1).reduce((sum, { x, y }, i) => sum + (ring[i].x * y - x * ring[i].y), 0);

  it('hold the same features as GeoJSON, in their places, with their words', async () => {
    const shown = await features('permits', '?lang=cs'), at = tileAt(16, AREA.coordinates[0][0]);
    const answer = await tile('permits', at), decoded = await read(answer);
    assert.equal(answer.headers.get('content-type'), 'application/vnd.mapbox-vector-tile');
    assert.deepEqual(Object.keys(decoded.layers), ['permits']);
    const layer = decoded.layers.permits, drawn = Array.from({ length: layer.length }, (_, i) => layer.feature(i));
    assert.deepEqual([layer.version, layer.extent, layer.length], [2, 4096, shown.length]);
    assert.equal(new Set(layer._keys).size, layer._keys.length);
    for (const [i, feature] of drawn.entries()) {
      const [ring] = shown[i].geometry.coordinates, made = feature.toGeoJSON(at[1], at[2], 16);
      assert.deepEqual({ ...feature.properties }, Object.fromEntries(Object.entries(shown[i].properties).filter(([, value]) => typeof value === 'string')));
      assert.equal(made.geometry.type, 'Polygon');
      for (const [k, [lon, lat]] of made.geometry.coordinates[0].entries())
        assert.ok(ring.some(([x, y]) => Math.abs(x - lon) < 2e-6 && Math.abs(y - lat) < 2e-6), `corner ${k}: ${lon}, ${lat}`);
      assert.deepEqual(commands(layer, i), [[1, 1], [2, 3], [7, 1]]);
      assert.ok(signed(feature.loadGeometry()[0]) > 0, 'an outer ring runs clockwise on the screen');
    }
  });

  it('show a point where an area is too small to be seen, and nothing where there is nothing', async () => {
    const far = (await read(await tile('permits', tileAt(10, AREA.coordinates[0][0])))).layers.permits;
    assert.ok(far.length > 0);
    for (let i = 0; i < far.length; i++) {
      assert.equal(far.feature(i).type, 1);
      assert.deepEqual(commands(far, i), [[1, 1]]);
    }
    const none = await tile('permits', tileAt(16, [13.3, 49.7]));
    assert.equal(none.status, 204);
    for (const at of [[21, 0, 0], [3, 8, 0], [3, 0, 8], [-1, 0, 0], ['x', 0, 0]]) assert.equal((await tile('permits', at)).status, 400, String(at));
    assert.equal((await tile('people', [0, 0, 0])).status, 404);
  });

  it('are sent once while the layer stays as it is', async () => {
    const at = tileAt(16, AREA.coordinates[0][0]), { number } = await send(0, 1), etag = (await tile('requests', at)).headers.get('etag');
    assert.equal((await tile('requests', at, { 'if-none-match': etag })).status, 304);
    await move(number, 'received', 'withdrawn');
    assert.notEqual((await tile('requests', at, { 'if-none-match': etag })).status, 304);
  });

  it('know the offices with their queues, and are described as TileJSON', async () => {
    const [office] = await features('offices', '?lang=cs&bbox=13.372,49.747,13.378,49.749'), at = tileAt(14, office.geometry.coordinates);
    const { offices } = (await read(await tile('offices', at))).layers, drawn = Array.from({ length: offices.length }, (_, i) => ({ ...offices.feature(i).properties }));
    assert.deepEqual(drawn.find(({ id }) => id === office.properties.id), office.properties);
    for (const layer of ['permits', 'requests', 'offices']) {
      const { tilejson, tiles: [url], vector_layers: [{ id, fields }] } = await (await fetch(`${portal.url}/tiles/live/${layer}.json?lang=cs`)).json();
      assert.deepEqual([tilejson, id, typeof fields.title], ['3.0.0', layer, 'string']);
      const answer = await fetch(url.replace('{z}', at[0]).replace('{x}', at[1]).replace('{y}', at[2]));
      assert.ok([200, 204].includes(answer.status), url);
    }
    assert.equal((await fetch(`${portal.url}/tiles/live/permits`)).status, 404);
  });
});

describe('the rules of a manifest', () => {
  /** A folder with a changed copy of the agenda, which wins over the shipped one. */
  function changed(folder, change) {
    const own = join(folder, 'plugins/public_space'), manifest = join(own, 'manifest.json');
    rmSync(own, { recursive: true, force: true });
    cpSync(join(build, 'share/plugins/public_space'), own, { recursive: true });
    const tree = JSON.parse(readFileSync(manifest, 'utf8'));
    change(tree);
    writeFileSync(manifest, JSON.stringify(tree, null, 1));
  }
  const until = async (what, look) => {
    for (let i = 0; i < 150; i++) {
      if (await look()) return;
      await new Promise((done) => { setTimeout(done, 100); });
    }
    assert.fail(what);
  };

  it('hold for what was filed before, too: closed at once, opened again', async () => {
    changed(portal.folder, (tree) => { delete tree.public; delete tree.nearby; });
    portal.child.kill('SIGHUP');
    await until('nothing is let out any more', async () => (await features('permits')).length === 0);
    changed(portal.folder, (tree) => { tree.public.occupy[0].fields = ['from']; });
    portal.child.kill('SIGHUP');
    // Not only their number: the reload before may still read, and finds the shipped copy half changed.
    const shown = async () => (await features('permits')).map(({ properties }) => properties.fields.map(({ id }) => id).join());
    await until('made again', async () => (await shown()).join(' ') === 'from from from');
  });

  it('that would let out what people typed, or name what is not there, are refused', () => {
    const folder = demoFolder();
    const faults = [
      [(rule) => { rule.fields = ['name']; }, /"name" is a text and may hold personal data/], [(rule) => { rule.fields = ['email']; }, /personal data/], [(rule) => { rule.fields = ['description']; }, /personal data/],
      [(rule) => { rule.fields = ['nothing']; }, /names no field/], [(rule) => { delete rule.fields; }, /needs "fields"/], [(rule) => { rule.layer = 'people'; }, /"permits" or "requests"/],
      [(rule) => { rule.states = ['dreamt']; }, /names no state/], [(rule) => { rule.states = []; }, /needs "states"/], [(rule) => { rule.from = 'kind'; }, /type date/], [(rule) => { rule.title = 'name'; }, /type choice/], [(rule) => { rule.colour = 'red'; }, /unknown member "colour"/],
    ];
    for (const [spoil, says] of faults) {
      changed(folder, (tree) => spoil(tree.public.occupy[0]));
      const { status, stderr } = epo('check', '-C', folder);
      assert.equal(status, 1, String(says));
      assert.match(stderr, says);
      assert.match(stderr, /public_space\/manifest\.json:\d+: /);
    }
    changed(folder, (tree) => { tree.public = { nothing: [] }; delete tree.nearby; });
    assert.match(epo('check', '-C', folder).stderr, /no form of this agenda/);
    rmSync(folder, { recursive: true });
  });
});
