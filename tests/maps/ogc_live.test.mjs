// OGC API - Features over what agendas let out: permits in force and requests under way, with time, without a word
// about people, and under ids that give no number away.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { after, before, it } from 'node:test';

import { check } from '@placemarkio/check-geojson';

import { day, file, post, stall } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { startDemo } from '../support/portal.mjs';

const area = (lon) => ({ type: 'Polygon', coordinates: [[[lon, 49.74725], [lon + 0.0002, 49.74725], [lon + 0.0002, 49.7474], [lon, 49.7474], [lon, 49.74725]]] });
const CRS = 'http://www.opengis.net/def/crs/';
let portal, clerk, filed;
const get = (path) => fetch(portal.url + path, { headers: { accept: 'application/geo+json' } });
const items = async (layer, query = '') => {
  const answer = await get(`/ogc/collections/${layer}/items?${query}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};
const send = (from, to, lon) => file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area: area(lon), from: day(from), to: day(to), phone: '+420777123456' });
async function accept({ number }) {
  const answer = await post(portal.url, `/office/cases/${number}`, new URLSearchParams({ from: 'received', state: 'accepted', note: 'v pořádku' }), { cookie: clerk, origin: portal.url });
  assert.equal(answer.status, 303, await answer.text());
}

before(async () => {
  portal = await startDemo();
  clerk = await signIn(portal, 'umo-3');
  assert.deepEqual((await items('requests')).features, []);
  filed = [await send(0, 5, 13.37705), await send(0, 30, 13.3773), await send(3, 9, 13.37755)];
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

it('lists them beside the layers of the map, for GDAL too', async () => {
  const { collections } = await (await get('/ogc/collections')).json(), requests = collections.find(({ id }) => id === 'requests');
  assert.match(requests.description, /bez osobních údajů/);
  assert.ok(!requests.links.some(({ rel }) => rel === 'enclosure'));
  const { paths } = await (await get('/ogc/api')).json();
  assert.ok(paths['/collections/requests/items'].get.parameters.some(({ name }) => name === 'first_day'));
  const said = spawnSync('ogrinfo', ['-al', `OAPIF:${portal.url}/ogc`, 'requests'], { encoding: 'utf8' }).stdout;
  assert.match(said, /Feature Count: 3\n/);
  assert.match(said, /MULTIPOLYGON|POLYGON/);
});

it('says where, what and when, nothing of who, and under no number of a request', async () => {
  const text = await (await get('/ogc/collections/requests/items?limit=100')).text(), { features, numberMatched } = check(text);
  assert.equal(numberMatched, 3);
  for (const secret of ['Petr', 'Svoboda', '1975-01-31', 'petr@example.cz', '777123456', ...filed.flatMap(({ number, receipt }) => [number, receipt])]) assert.ok(!text.includes(secret), secret);
  assert.deepEqual(Object.keys(features[0].properties), ['title', 'text', 'agenda', 'form', 'state', 'first_day', 'last_day']);
  assert.equal(features[1].properties.last_day, day(30));
  assert.equal(new Set(features.map(({ id }) => id)).size, 3);
  for (const { id, geometry, properties } of features) {
    assert.match(id, /^[0-9a-f]{24}$/);
    const one = await (await get(`/ogc/collections/requests/items/${id}`)).json();
    assert.deepEqual([one.geometry, one.properties], [geometry, properties]);
  }
  for (const id of [filed[0].number, '1', 'x']) assert.equal((await get(`/ogc/collections/requests/items/${id}`)).status, 404, id);
  const page = await (await fetch(`${portal.url}/ogc/collections/requests/items?f=html&lang=cs`)).text();
  assert.match(page, /Stánek/);
  for (const { number } of filed) assert.ok(!page.includes(number));
});

it('pages without giving away the order numbers', async () => {
  const seen = [];
  for (let url = '/ogc/collections/requests/items?limit=1'; url;) {
    const page = await (await get(url)).json(), next = page.links.find(({ rel }) => rel === 'next')?.href;
    seen.push(...page.features.map(({ id }) => id));
    assert.ok(!next?.includes('after='));
    url = next?.slice(portal.url.length);
  }
  assert.deepEqual(seen, (await items('requests')).features.map(({ id }) => id));
});

it('answers boxes, times, conditions and systems', async () => {
  const first = (await items('requests', 'limit=1')).features[0];
  for (const [query, count] of [['bbox=13.377,49.747,13.3772,49.748', 1], ['bbox=13.377,49.747,13.378,49.748', 3], ['bbox=13.3,49.7,13.301,49.701', 0],
    [`datetime=${day(4)}T12:00:00Z`, 3], [`datetime=${day(20)}/..`, 1], [`datetime=${day(6)}/${day(7)}`, 2], [`datetime=${day(40)}`, 0],
    ['agenda=public_space', 3], ['agenda=dog_fee', 0], ['state=received&form=occupy', 3], [`last_day=${day(9)}`, 1]])
    assert.equal((await items('requests', query)).numberMatched, count, query);
  const swapped = (await items('requests', `limit=1&crs=${CRS}EPSG/0/4326`)).features[0].geometry.coordinates[0], metres = (await items('requests', `limit=1&crs=${CRS}EPSG/0/5514`)).features[0].geometry.coordinates[0];
  assert.deepEqual(swapped, first.geometry.coordinates[0].map(([lon, lat]) => [lat, lon]));
  for (const [x, y] of metres) assert.ok(x < -820000 && x > -825000 && y < -1068000 && y > -1072000);
  const [[x, y]] = metres;
  assert.equal((await items('requests', `bbox-crs=${CRS}EPSG/0/5514&bbox=${x - 0.1},${y - 0.1},${x + 0.1},${y + 0.1}`)).numberMatched, 1);
  for (const query of ['owner=city', 'number=1', 'datetime=x']) assert.equal((await get(`/ogc/collections/requests/items?${query}`)).status, 400, query);
});

it('keeps what was not granted out of the public register', async () => {
  for (const path of ['/permits?lang=cs', '/permits.csv', '/api/v1/permits']) assert.doesNotMatch(await (await get(path)).text(), /Stánek/, path);
  assert.match(await (await get('/permits?lang=cs')).text(), /neodpovídá žádné povolení/);
  const [{ id }] = (await items('requests')).features;
  assert.equal((await get(`/permits/${id}`)).status, 404);
});

it('becomes a permit when it is accepted, on its days alone', async () => {
  for (const each of filed) await accept(each);
  assert.equal((await items('requests')).numberMatched, 0);
  assert.equal((await items('permits')).numberMatched, 2, 'the third begins in three days');
  assert.equal((await items('permits', `datetime=${day(4)}`)).numberMatched, 2, 'nor is it shown ahead of its days');
  for (const [datetime, count] of [[day(10), 1], [`../${day(-1)}`, 0], [`../${day(0)}`, 2], [`${day(6)}/..`, 1], ['1970-01-01/9999-12-31', 2], ['0001-01-01', 0]])
    assert.equal((await items('permits', `datetime=${datetime}`)).numberMatched, count, datetime);
});

it('stands in the public register, with days to come, without a word about people', async () => {
  const register = async (query = '') => (await (await get(`/api/v1/permits?lang=cs&${query}`)).json()).features, all = await register();
  assert.deepEqual(all.map(({ properties }) => properties.first_day), [day(3), day(0), day(0)], 'those that begin last first');
  const { title, district } = all[0].properties;
  const texts = await Promise.all(['/permits?lang=cs', '/permits.csv?lang=cs', '/api/v1/permits', `/permits/${all[0].id}`].map(async (path) => (await get(path)).text()));
  for (const text of texts) for (const secret of ['Petr', 'Svoboda', '1975-01-31', 'petr@example.cz', '777123456', ...filed.flatMap(({ number, receipt }) => [number, receipt])]) assert.ok(!text.includes(secret), secret);
  assert.ok(texts.every((text) => text.includes(all[0].id)));
  assert.equal(texts[0].split('href="/permits/').length, 4);
  assert.equal(texts[1].split('\r\n').length, 5);
  assert.match(texts[1], /^\ufeff?"Označení","Povolení"/);
  assert.ok(district.length > 0);
  for (const [query, count] of [['agenda=public_space', 3], ['agenda=dog_fee', 0], [`district=${district}`, 3], ['district=0', 0], [`day=${day(4)}`, 3], [`day=${day(20)}`, 1], [`day=${day(-1)}`, 0],
    [`q=${encodeURIComponent(title.normalize('NFD').replace(/[^ -~]/g, '').toUpperCase())}`, 3], ['q=svoboda', 0], [`id=${all[1].id}`, 1]])
    assert.equal((await register(query)).length, count, query);
  const seen = [];
  for (let after = ''; after !== null;) {
    const page = await (await get(`/api/v1/permits?limit=1&after=${after}`)).json();
    seen.push(...page.features.map(({ id }) => id));
    after = page.next;
  }
  assert.deepEqual(seen, all.map(({ id }) => id));
  for (const query of ['day=x', 'limit=0', 'limit=501', 'after=x', `q=${'a'.repeat(201)}`]) for (const path of ['/permits', '/api/v1/permits', '/permits.csv', '/permits.png']) assert.equal((await get(`${path}?${query}`)).status, 422, path + query);
  const pictures = await Promise.all(['', '?agenda=dog_fee', `?id=${all[0].id}`].map(async (query) => Buffer.from(await (await get(`/permits.png${query}`)).arrayBuffer())));
  for (const png of pictures) assert.equal(png.toString('latin1', 1, 4), 'PNG');
  assert.ok(pictures.every((png, i) => pictures.every((other, k) => i === k || !png.equals(other))), 'all three, none and one are drawn differently');
  for (const id of [filed[0].number, 'x', 'f'.repeat(24)]) assert.equal((await get(`/permits/${id}`)).status, 404, id);
  assert.match(await (await get('/agendas/public_space')).text(), /href="\/permits\?agenda=public_space"/);
});
