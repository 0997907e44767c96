// Live layers: what the map shows of submissions now, by the rules of the agenda and without a word about people;
// how it follows a case, a day, a manifest; and how little is sent when nothing has changed.
import { strict as assert } from 'node:assert';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { day, file, post, stall } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { build, demoFolder, epo, startDemo } from '../support/portal.mjs';

const AREA = { type: 'Polygon', coordinates: [[[13.37705, 49.74725], [13.37725, 49.74725], [13.37725, 49.7474], [13.37705, 49.7474], [13.37705, 49.74725]]] };
// One after another to the east, since nobody may have a place that is taken.
let filedBefore = 0;
const nextArea = () => {
  const east = 0.0003 * filedBefore++;
  return { ...AREA, coordinates: [AREA.coordinates[0].map(([lon, lat]) => [lon + east, lat])] };
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
    assert.notEqual((await ask('permits', '?bbox=1,1,2,2')).headers.get('etag'), etag);
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
    for (const layer of ['people', 'parcel', 'permits%00', '..%2fpermits']) assert.ok([400, 404].includes((await ask(layer)).status), layer);
  });

  it('counts offices in, with what they say of themselves', async () => {
    const offices = await features('offices', '?bbox=13.372,49.747,13.378,49.749');
    assert.deepEqual(offices.map(({ properties }) => properties.id).sort(), ['magistrat', 'umo-3']);
    assert.match(offices[0].properties.text, /Plzeň/);
    const { layers } = await (await fetch(`${portal.url}/api/v1/layers?lang=en`)).json();
    assert.deepEqual(layers.map(({ id, title }) => [id, title]), [['permits', 'Permits in force'], ['requests', 'Requests under way'], ['offices', 'Offices']]);
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
    changed(portal.folder, (tree) => { delete tree.public; });
    portal.child.kill('SIGHUP');
    await until('nothing is let out any more', async () => (await features('permits')).length === 0);
    changed(portal.folder, (tree) => { tree.public.occupy[0].fields = ['from']; });
    portal.child.kill('SIGHUP');
    await until('made again', async () => (await features('permits')).length === 3);
    assert.deepEqual((await features('permits'))[0].properties.fields.map(({ id }) => id), ['from']);
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
    changed(folder, (tree) => { tree.public = { nothing: [] }; });
    assert.match(epo('check', '-C', folder).stderr, /no form of this agenda/);
    rmSync(folder, { recursive: true });
  });
});
