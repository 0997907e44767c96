// No collision in space and time: a market on the same square on the same days. One of many gets it; the others are
// told, get back all that they typed, and are offered the nearest free place and the next free days.
import { strict as assert } from 'node:assert';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { body, day, post, stall } from '../browser/support/forms.mjs';
import { demoFolder, serve } from '../support/portal.mjs';
import { signIn } from './support/people.mjs';

const FILING = '/api/v1/forms/public_space/occupy/submissions';
let portal;
before(async () => {
  const folder = demoFolder({ http: { connections_per_address: 1000 } });
  cpSync(join(import.meta.dirname, '../browser/support/agendas'), join(folder, 'agendas'), { recursive: true });
  portal = await serve(folder);
});
after(async () => { await portal?.clear(); });

// A stall of so many metres in the middle of the square, moved east and north.
const square = (east = 0, north = 0, size = 6) => {
  const [lon, lat] = [13.37755 + east / 72000, 49.74752 + north / 111200], [w, h] = [size / 72000, size / 111200];
  return { type: 'Polygon', coordinates: [[[lon, lat], [lon + w, lat], [lon + w, lat + h], [lon, lat + h], [lon, lat]]] };
};
const answers = (area, from, to) => ({ ...stall, affects_road: false, exemption: undefined, area, from: day(from), to: day(to) });
const file = async (area, from, to, headers = {}) => {
  const answer = await fetch(portal.url + FILING, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(answers(area, from, to)) });
  return { status: answer.status, ...await answer.json() };
};
const taken = (answer) => answer.errors.find(({ code }) => code === 'place.taken');
const text = (fields) => body({ ...answers(fields.area, 0, 0), ...fields, area: JSON.stringify(fields.area), affects_road: 'no', exemption: '' });
const inputs = (html) => Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')]));

describe('a place that many want', () => {
  it('goes to one of fifty who ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => file(square(i % 5, i % 4), 40, 44)));
    const won = all.filter(({ status }) => status === 201);
    assert.equal(won.length, 1);
    for (const lost of all.filter((each) => !won.includes(each))) {
      assert.ok([409, 422].includes(lost.status), JSON.stringify(lost));
      assert.deepEqual(lost.errors.map(({ path, code }) => [path, code]), [['area', 'place.taken']]);
    }
  });

  it('is told with its days, another place and other days, and both can be had', async () => {
    const first = await file(square(), 60, 63);
    assert.equal(first.status, 201, JSON.stringify(first));
    const second = await file(square(2, 2), 62, 64), said = taken(second);
    assert.equal(second.status, 422);
    assert.match(said.message, /obsazené/);
    assert.equal(said.free_from, day(64), 'the day after');
    assert.ok(said.alternative.distance_m > 0 && said.alternative.distance_m < 60, `${said.alternative.distance_m} m away`);
    assert.equal(said.alternative.geometry.type, 'Polygon');
    const elsewhere = await file(said.alternative.geometry, 62, 64);
    assert.equal(elsewhere.status, 201, JSON.stringify(elsewhere));
    const later = await file(square(2, 2), 64, 66);
    assert.equal(later.status, 201, JSON.stringify(later));
    const third = await file(square(2, 2), 62, 64);
    assert.notDeepEqual(taken(third).alternative.geometry, said.alternative.geometry, 'what was given away is not offered again');
  });

  it('is no collision with oneself: the same key gives the same answer', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const once = await file(square(), 80, 81, key), again = await file(square(), 80, 81, key);
    assert.equal(once.status, 201);
    assert.equal(again.status, 201, JSON.stringify(again));
    assert.equal(again.number, once.number);
  });

  it('shows at once, while the form is being filled in', async () => {
    await file(square(), 90, 91);
    const asked = await fetch(`${portal.url}/api/v1/forms/public_space/occupy/check?field=area`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ answers: { area: square(), from: day(91), to: day(92) } }),
    });
    const said = taken(await asked.json());
    assert.ok(said.alternative && said.free_from, JSON.stringify(said));
  });

  it('says at once that an area lies off public space, in the words that sending it would give', async () => {
    const half = { type: 'Polygon', coordinates: [[[13.3772, 49.7462], [13.3775, 49.7462], [13.3775, 49.7464], [13.3772, 49.7464], [13.3772, 49.7462]]] };
    const asked = await fetch(`${portal.url}/api/v1/forms/public_space/occupy/check?field=area`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ answers: { area: half } }),
    });
    const live = (await asked.json()).errors.find(({ path }) => path === 'area'), sent = await file(half, 95, 96);
    assert.equal(live.code, 'place.outside');
    assert.match(live.message, /90 % vyznačené plochy/);
    assert.equal(sent.status, 422);
    assert.deepEqual(sent.errors, [live]);
  });
});

describe('the form without a script', () => {
  it('comes back filled in, with buttons for what is offered', async () => {
    await file(square(), 100, 103);
    const typed = text({ area: square(1, 1), from: day(101), to: day(102), name: 'Petr Svoboda' });
    typed.set('_action', 'review');
    const answer = await post(portal.url, '/agendas/public_space/occupy', typed), html = await answer.text();
    assert.equal(answer.status, 422);
    assert.match(html, /místo už je obsazené/);
    assert.match(html, /value="Petr Svoboda"/);
    const offers = [...html.matchAll(/name="_action" value="use:(area\.offer\d)">([^<]+)</g)];
    assert.equal(offers.length, 2, html.slice(html.indexOf('offers'), html.indexOf('offers') + 900));
    assert.match(offers[0][2], /nejbližší volné místo/);
    for (const [, name] of offers) {
      const chosen = text({ area: square(1, 1), from: day(101), to: day(102) });
      chosen.set('area.q', 'Americká'); // an old search does not outweigh the offer
      chosen.set(name, inputs(html)[name]);
      chosen.set('_action', `use:${name}`);
      const review = await post(portal.url, '/agendas/public_space/occupy', chosen), page = await review.text();
      assert.equal(review.status, 200, page.match(/faults__list.*?<\/ul>/s)?.[0]);
      const sent = await post(portal.url, '/agendas/public_space/occupy', new URLSearchParams({ ...inputs(page), _action: 'send' }));
      assert.equal(sent.status, 303, await sent.text());
    }
  });

  it('loses nothing where another is faster between review and sending', async () => {
    const typed = text({ area: square(), from: day(120), to: day(121) });
    typed.set('_action', 'review');
    const page = await (await post(portal.url, '/agendas/public_space/occupy', typed)).text();
    assert.equal((await file(square(), 120, 121)).status, 201);
    const lost = await post(portal.url, '/agendas/public_space/occupy', new URLSearchParams({ ...inputs(page), _action: 'send' })), html = await lost.text();
    assert.ok([409, 422].includes(lost.status));
    assert.match(html, /místo už je obsazené/);
    assert.match(html, /Stánek s medem na trhu/);
  });
});

it('a refused request gives its place back', async () => {
  const first = await file(square(), 140, 141);
  assert.equal((await file(square(), 140, 141)).status, 422);
  const cookie = await signIn(portal, 'umo-3');
  const moved = await post(portal.url, `/office/cases/${first.number}`, body({ from: 'received', state: 'refused', note: 'Nelze.' }), { cookie });
  assert.equal(moved.status, 303, await moved.text());
  assert.equal((await file(square(), 140, 141)).status, 201);
});

describe('a square that has room for twelve stalls', () => {
  const at = (east = 0) => ({ type: 'Point', coordinates: [13.37775 + east / 72000, 49.74765] });
  const ask = async (path, sent) => {
    const answer = await fetch(`${portal.url}/api/v1/forms/places/fair/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) });
    return { status: answer.status, ...await answer.json() };
  };
  const stalls = (count, from, to, place = at()) => ({ from: day(from), to: day(to), stalls: count, place });
  const full = (answer) => answer.errors?.find(({ code }) => code === 'place.full');

  it('takes as many of fifty who ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => ask('submissions', stalls(5, 40 + i % 3, 44, at(i % 7)))));
    const won = all.filter(({ status }) => status === 201);
    assert.equal(won.length, 2, 'five and five of twelve');
    for (const lost of all.filter((each) => !won.includes(each))) {
      assert.ok([409, 422].includes(lost.status), JSON.stringify(lost));
      assert.deepEqual(lost.errors.map(({ path, code }) => [path, code]), [['place', 'place.full']]);
    }
    assert.equal((await ask('submissions', stalls(2, 40, 44))).status, 201, 'the rest is still to be had');
    assert.equal((await ask('submissions', stalls(1, 44, 50))).status, 422);
  });

  it('says while the form is filled in what is left, with another square and other days, and both can be had', async () => {
    assert.equal((await ask('submissions', stalls(9, 60, 63))).status, 201);
    const early = await ask('check?field=place', { answers: { place: at(), from: day(62), to: day(64) } });
    assert.equal(full(early), undefined, 'nothing to say before it is known how many');
    const live = full(await ask('check?field=place', { answers: stalls(4, 62, 64) }));
    assert.match(live.message, /tu zbývá 3 z 12, žádáte o 4/);
    assert.equal(live.free_from, day(64));
    assert.ok(live.alternative.distance_m > 10, JSON.stringify(live));
    const sent = await ask('submissions', stalls(4, 62, 64));
    assert.equal(sent.status, 422);
    assert.deepEqual(full(sent), live);
    assert.equal((await ask('submissions', { ...stalls(4, 62, 64), ...live.alternative.answers })).status, 201);
    assert.equal((await ask('submissions', { ...stalls(4, 62, 64), ...live.free_answers })).status, 201);
    assert.equal((await ask('submissions', stalls(13, 200, 200))).errors[0].code, 'place.full', 'more than there is at all');
  });

  it('counts square metres of what is drawn near by', async () => {
    const area = (east) => ({ ...stalls(1, 80, 81), place: square(east, 0, 12) });
    assert.equal((await ask('submissions', area(0))).status, 201);
    assert.equal((await ask('submissions', area(14))).status, 201);
    const third = await ask('submissions', area(4));
    assert.match(full(third)?.message ?? '', /z 300, žádáte o 14\d/, JSON.stringify(third));
  });
});

// Three location fields: the place that routes, the trees, and the way in, which is nobody's business.
it('every place of a request is on the office map, and those that its agenda lets out on the public one', async () => {
  const at = (east) => ({ type: 'Point', coordinates: [Number((13.37775 + east / 72000).toFixed(7)), 49.74765] }), trees = [10, 20, 30].map(at);
  const sent = await (await fetch(`${portal.url}/api/v1/forms/places/works/submissions`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ place: at(0), gate: at(60), trees: { type: 'FeatureCollection', features: trees.map((geometry) => ({ type: 'Feature', properties: {}, geometry })) } }),
  })).json();
  assert.ok(sent.number, JSON.stringify(sent));
  const cookie = await signIn(portal, 'umo-3'), near = ([lon, lat]) => [lon.toFixed(6), lat.toFixed(6)].join();
  const read = async (path, headers = {}) => (await (await fetch(portal.url + path, { headers })).json()).features;
  const cases = (await read('/office/cases.geojson', { cookie })).filter(({ id }) => id === sent.number);
  assert.deepEqual(cases.map(({ geometry }) => near(geometry.coordinates)).sort(), [at(0), ...trees, at(60)].map(({ coordinates }) => near(coordinates)).sort());
  assert.ok(cases.every(({ properties }) => properties.url === `/office/cases/${sent.number}`));

  for (const path of ['/ogc/collections/requests/items?f=json&agenda=places', '/api/v1/layers/requests']) {
    const [shown, ...more] = (await read(path)).filter(({ properties }) => properties.agenda === 'places');
    assert.equal(more.length, 0);
    assert.equal(shown.geometry.type, 'MultiPoint', path);
    assert.deepEqual(shown.geometry.coordinates.map(near), [at(0), ...trees].map(({ coordinates }) => near(coordinates)), path);
  }
  const moved = await post(portal.url, `/office/cases/${sent.number}`, body({ from: 'received', state: 'in_progress', note: '' }), { cookie });
  assert.equal(moved.status, 303, await moved.text());
  assert.deepEqual((await read('/api/v1/layers/requests')).filter(({ properties }) => properties.agenda === 'places'), []);
});
