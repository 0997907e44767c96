// The desk of clerks: what a filter shows, and that no filter, map, file or picture shows a clerk another office.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';

import { body, day, file, dogJson, post, spots, stall } from '../browser/support/forms.mjs';
import { epo, startDemo } from '../support/portal.mjs';
import { signIn } from './support/people.mjs';

let portal, two, three, city;
const of = {};
const file_ = (spot, more) => file(portal.url, 'dog_fee', 'registration', { ...dogJson(spot), ...more });
before(async () => {
  portal = await startDemo();
  of['umo-2'] = [await file_('umo-2'), await file_('umo-2', { name: '=HYPERLINK("http://evil.example")' })];
  of['umo-3'] = [await file_('umo-3', { name: 'Žofie Příšerná' })];
  [two, three, city] = [await signIn(portal, 'umo-2'), await signIn(portal, 'umo-3'), await signIn(portal, 'mesto')];
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const get = (path, cookie) => fetch(portal.url + path, { redirect: 'manual', headers: { cookie } });
const text = async (path, cookie) => {
  const answer = await get(path, cookie);
  assert.equal(answer.status, 200, path);
  return answer.text();
};
const numbers = (page) => new Set(page.match(/\d{4}-\d{6}/g) ?? []);

describe('a clerk of one office', () => {
  it('reads no case of another by any filter, on any of its addresses', async () => {
    const [lon, lat] = spots['umo-2'], number = of['umo-2'][0].number;
    const filters = ['', 'view=city', 'office=umo-2', 'view=city&office=umo-2', 'view=unassigned&state=all', `q=${number}`, `q=novakova&state=all`, 'district=545988', 'state=received',
      'office=*', 'office=', `bbox=${lon - 0.01},${lat - 0.01},${lon + 0.01},${lat + 0.01}`, 'sort=due&agenda=dog_fee', 'from=2020-01-01&to=2999-12-31'];
    const foreign = of['umo-2'].map((each) => each.number);
    for (const filter of filters)
      for (const path of ['/office', '/office/cases.geojson', '/office/export/podani.csv', '/office/export/podani.geojson']) {
        const body = (await text(`${path}?${filter}`, three)).replaceAll(`value="${number}"`, '').replaceAll(`q=${number}`, '');
        for (const each of foreign) assert.ok(!body.includes(each), `${path}?${filter} names ${each}`);
      }
    assert.deepEqual(numbers(await text('/office/export/podani.csv?office=umo-2', city)), new Set(foreign), 'the whole city may');
  });

  it('is shown own counts only', async () => {
    const page = await text('/office?view=city&office=umo-2', three);
    assert.deepEqual([...page.matchAll(/<span class="count">(.*?)<\/span>/g)].map((found) => found[1]), ['0', '1', '1']);
    assert.doesNotMatch(page, /Celé město/);
  });
});

describe('the list', () => {
  it('is found in by number, by place and by name without diacritics', async () => {
    assert.deepEqual(numbers((await text('/office/export/podani.csv?q=zofie+PRISERNA', city))), new Set([of['umo-3'][0].number]));
    assert.deepEqual(numbers((await text(`/office/export/podani.csv?q=${of['umo-2'][1].number}`, city))), new Set([of['umo-2'][1].number]));
    assert.equal(numbers(await text('/office/export/podani.csv?q=%25%25', city)).size, 0);
  });

  it('keeps its filter in the address, and gives broken ones as if they were not there', async () => {
    const page = await text('/office?view=unassigned&state=all&q=%C5%BDofie&due=week&sort=due&from=1.+1.+2026', city);
    assert.match(page, /name="q" type="search" value="Žofie"/);
    assert.match(page, /cases\.geojson\?view=unassigned&amp;state=all&amp;due=week&amp;from=1\.%201\.%202026&amp;q=%C5%BDofie&amp;sort=due/);
    for (const odd of ['bbox=1,2,3', 'bbox=a,b,c,d', 'from=never', 'after=x', 'sort=up', 'view=nobody', 'due=soon', `q=${'x'.repeat(300)}`])
      assert.equal(numbers(await text(`/office/export/podani.csv?${odd}`, city)).size, 3, odd);
  });

  it('is a file that no spreadsheet takes for formulas, with its mark of UTF-8', async () => {
    const answer = await get('/office/export/podani.csv', city), bytes = Buffer.from(await answer.arrayBuffer());
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.match(answer.headers.get('content-disposition'), /attachment/);
    for (const line of bytes.toString().trim().split('\r\n'))
      for (const cell of line.matchAll(/"((?:[^"]|"")*)"/g)) assert.doesNotMatch(cell[1], /^[=+\-@\t\r]/);
    const geojson = JSON.parse(await text('/office/export/podani.geojson', city));
    assert.equal(geojson.features.length, 3);
    assert.equal((await get('/office/export/other', city)).status, 404);
  });

  it('is a picture too, for who has no script', async () => {
    const answer = await get('/office/map.png', two);
    assert.equal(answer.headers.get('content-type'), 'image/png');
    assert.equal((await get('/office/map.png', 'none=1')).status, 303);
  });
});

describe('saved views', () => {
  const save = (cookie, filter, fields) => post(portal.url, `/office/views${filter}`, new URLSearchParams(fields), { cookie });
  const views = async (cookie) => (await text('/office', cookie)).match(/<nav class="views.*?<\/nav>/s)?.[0] ?? '';
  const removal = (part, name) => part.match(new RegExp(`action="([^"]+)"><button[^>]*>Odebrat „${name}“`))?.[1].replaceAll('&amp;', '&');

  it('keep what the address says of the filter and nothing else of it, for oneself or for the office', async () => {
    let answer = await save(three, '?q=%C5%BDofie+%22%3E&state=all&after=2026-000001&evil=1', { name: ' Žofie <b> ' });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), '/office?state=all&q=%C5%BDofie%20%22%3E');
    answer = await save(three, '?view=unassigned&sort=due', { name: 'Bez řešitele', shared: '1' });
    assert.equal(answer.status, 303);
    const own = await views(three);
    assert.match(own, /href="\/office\?state=all&amp;q=%C5%BDofie%20%22%3E">Žofie &lt;b&gt;<\/a><\/li>/);
    assert.match(own, /href="\/office\?view=unassigned&amp;sort=due">Bez řešitele<\/a> <small>sdílený/);
    assert.match(await text('/office?sort=due&view=unassigned', three), /aria-current="true">Bez řešitele/);
  });

  it('are seen by colleagues of the office where they are shared, never by another office', async () => {
    const added = epo('account', 'add', 'kolegyne', '--name', 'Jana Nová', '--role', 'clerk', '--office', 'umo-3', '-C', portal.folder);
    assert.equal(added.status, 0, added.stderr);
    const answer = await post(portal.url, '/login', new URLSearchParams({ name: 'kolegyne', password: added.stdout.trim().split(/\s+/)[1] }));
    assert.equal(answer.status, 303);
    const colleague = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
    const seen = await views(colleague);
    assert.match(seen, /Bez řešitele<\/a> <small>sdílí/);
    assert.doesNotMatch(seen, /Žofie/);
    assert.equal(removal(seen, 'Bez řešitele'), undefined);
    for (const other of [two, city]) assert.equal(await views(other), '');
    const way = removal(await views(three), 'Bez řešitele');
    for (const other of [two, city, colleague]) assert.equal((await post(portal.url, way, new URLSearchParams(), { cookie: other })).status, 404);
    assert.equal((await post(portal.url, way, new URLSearchParams(), { cookie: 'none=1' })).headers.get('location').startsWith('/login'), true);
    assert.equal((await post(portal.url, way, new URLSearchParams(), { cookie: three })).status, 303);
    assert.equal(await views(colleague), '');
  });

  it('opened by another office show its own cases only', async () => {
    await save(city, '?office=umo-2&view=city', { name: 'Dvojka', shared: '1' });
    const way = (await views(city)).match(/href="([^"]+)">Dvojka/)[1].replaceAll('&amp;', '&');
    const shown = await text(way, three);
    for (const each of of['umo-2']) assert.ok(!shown.includes(each.number));
  });

  it('are thirty of one clerk, each of a name of its own', async () => {
    assert.equal((await save(two, '?state=all', { name: '  ' })).status, 422);
    assert.equal((await save(two, '?state=all', { name: 'x'.repeat(61) })).status, 422);
    assert.equal((await save(two, `?q=${'ž'.repeat(400)}`, { name: 'dlouhý' })).status, 422);
    for (let i = 0; i < 30; i++) assert.equal((await save(two, '?state=all', { name: `č. ${i}` })).status, 303);
    assert.match(await (await save(two, '?state=all', { name: 'č. 1' })).text(), /už máte/);
    const answer = await save(two, '?state=all', { name: 'navíc' });
    assert.equal(answer.status, 409);
    assert.match(await answer.text(), /už 30 uložených/);
    assert.equal((await save('none=1', '', { name: 'x' })).status, 303);
  });
});

describe('ticked cases', () => {
  const form = (fields) => new URLSearchParams(fields);
  const act = (cookie, ...fields) => post(portal.url, '/office/do', form(fields), { cookie });
  const rows = async (answer, part) => numbers((await answer.text()).match(new RegExp(`<ul class="${part}">.*?</ul>`, 's'))?.[0] ?? '');

  it('are taken, passed on and moved together; what could not be done is said of each', async () => {
    const [a, b] = [await file_('umo-3'), await file_('umo-3', { dog_name: 'Alík' })].map((each) => each.number);
    const foreign = of['umo-2'][0].number;
    let answer = await act(three, ['case', a], ['case', b], ['case', foreign], ['action', 'take'], ['back', '/office?view=unassigned']);
    const page = await answer.text();
    assert.match(page, /href="\/office\?view=unassigned"/);
    assert.deepEqual(numbers(page.match(/<ul class="list">.*?<\/ul>/s)[0]), new Set([a, b]));
    assert.deepEqual(numbers(page.match(/<ul class="faultlist">.*?<\/ul>/s)[0]), new Set([foreign]));
    assert.match(await text(`/office?view=mine`, three), new RegExp(a));
    assert.deepEqual(await rows(await act(three, ['case', a], ['action', 'take']), 'faultlist'), new Set([a]));
    answer = await act(three, ['case', a], ['case', b], ['action', 'move'], ['state', 'in_progress'], ['note', 'Díváme se na to.']);
    assert.deepEqual(await rows(answer, 'list'), new Set([a, b]));
    assert.deepEqual(numbers(await text('/office/export/podani.csv?state=in_progress', three)), new Set([a, b]));
    answer = await act(three, ['case', b], ['action', 'pass'], ['to', 'office:umo-2'], ['note', 'Je to u vás.']);
    assert.deepEqual(await rows(answer, 'list'), new Set([b]));
    assert.equal((await get(`/office/cases/${b}`, three)).status, 404);
    assert.match(await text(`/office/cases/${b}`, two), /Je to u vás\./);
    const citizen = await (await fetch(`${portal.url}/submissions/${b}?receipt=${'x'.repeat(64)}`)).text();
    assert.doesNotMatch(citizen, /Je to u vás/);
  });

  it('are merged with the oldest of them, and set apart again', async () => {
    const [a, b] = [(await file_('umo-1')).number, (await file_('umo-1', { dog_name: 'Alík' })).number];
    const one = await signIn(portal, 'umo-1');
    assert.match(await text(`/office/cases/${b}`, one), /Podobná podání do 30 m a 14 dnů: 1/);
    assert.deepEqual(numbers((await text(`/office/cases/${b}/similar`, one)).match(/<form method="post" action="\/office\/do".*<\/form>/s)[0]), new Set([a, b]));
    assert.equal((await get(`/office/cases/${b}/similar`, three)).status, 404);
    assert.deepEqual(await rows(await act(one, ['case', a], ['case', b], ['action', 'merge']), 'list'), new Set([b]));
    assert.deepEqual(numbers(await text('/office/export/podani.csv', one)), new Set([a]), 'what follows is not in the way');
    assert.equal((await act(one, ['case', b], ['action', 'apart'], ['single', '1'], ['back', `/office/cases/${b}`])).status, 303);
    assert.deepEqual(numbers(await text('/office/export/podani.csv', one)), new Set([a, b]));
  });

  it('refuse what makes no sense, and lead nowhere else', async () => {
    for (const fields of [[['action', 'take']], [['case', of['umo-3'][0].number]], [['case', of['umo-3'][0].number], ['action', 'explode']], [['case', of['umo-3'][0].number], ['action', 'pass'], ['to', 'office:nowhere']], [['case', of['umo-3'][0].number], ['action', 'merge']], [['case', 'x'], ['action', 'take']]])
      assert.equal((await act(three, ...fields)).status, 422, JSON.stringify(fields));
    for (const back of ['https://evil.example', '//evil.example', '/office\\@evil.example', 'javascript:alert(1)'])
      assert.match(await (await act(three, ['case', of['umo-3'][0].number], ['action', 'nothing'], ['back', back])).text(), /button--plain" href="\/office"/);
    assert.equal((await act('none=1', ['case', of['umo-3'][0].number], ['action', 'take'])).status, 303);
  });
});

describe('what was reported nearby already', () => {
  const [lon, lat] = [13.37775, 49.74836], place = { type: 'Point', coordinates: [lon, lat] };
  const answers = { ...stall, affects_road: false, area_m2: 4, area: place };
  const near = async (path) => (await (await fetch(portal.url + path)).text());

  it('is shown in the review to who reports the same, without a script and without a word of who sent it', async () => {
    const sent = await file(portal.url, 'public_space', 'occupy', answers);
    const [x, y] = [lon + 20 / 72000, lat];
    const answer = await post(portal.url, '/agendas/public_space/occupy', body({ ...stall, area_m2: '4', from: day(40), to: day(41), name: 'Eva Druhá', area: JSON.stringify({ type: 'Point', coordinates: [x, y] }), _action: 'review' }));
    const page = await answer.text();
    assert.equal(answer.status, 200, page.match(/faults__list.*?<\/ul>/s)?.[0]);
    const part = page.match(/<section class="near .*?<\/section>/s)[0];
    assert.match(part, /Stánek/);
    assert.match(part, /Přijato/);
    assert.match(part, /2\d m od vašeho místa/);
    assert.doesNotMatch(part, new RegExp(`Svoboda|${sent.number}|petr@`));
    const follow = part.match(/href="(\/nearby\/public_space[^"]+)"/)[1].replaceAll('&amp;', '&');
    assert.match(await near(follow), /Přijato/);
    assert.match(await near(follow.replace(/one=.*/, 'one=' + 'a'.repeat(26))), /není mezi otevřenými/);
    const cookie = await signIn(portal, 'mesto');
    assert.equal((await post(portal.url, `/office/cases/${sent.number}`, new URLSearchParams({ from: 'received', state: 'refused', note: 'Nelze.' }), { cookie })).status, 303);
    assert.match(await near(follow), /není mezi otevřenými/);
  });

  it('ends at its distance, and is asked for where the manifest says so alone', async () => {
    await file(portal.url, 'public_space', 'occupy', { ...answers, from: day(50), to: day(51) });
    assert.match(await near(`/nearby/public_space?place=${lon + 40 / 72000},${lat}`), /class="near /);
    assert.doesNotMatch(await near(`/nearby/public_space?place=${lon + 70 / 72000},${lat}`), /class="near /);
    for (const path of ['/nearby/dog_fee?place=13.3,49.7', '/nearby/public_space', '/nearby/public_space?place=x', '/nearby/none?place=13.3,49.7'])
      assert.equal((await fetch(portal.url + path)).status, 404, path);
    assert.equal((await fetch(`${portal.url}/nearby/public_space?place=-100,10`)).status, 200);
  });
});

describe('word of new cases', () => {
  it('counts what the filter matches and the clerk may see, with a tag', async () => {
    const address = (await text('/office?agenda=dog_fee', three)).match(/data-news="([^"]+)"/)[1].replaceAll('&amp;', '&');
    const count = async (cookie, headers = {}) => fetch(portal.url + address, { headers: { cookie, ...headers } });
    let answer = await count(three);
    assert.deepEqual((await answer.json()).count, 0);
    assert.equal((await count(three, { 'if-none-match': answer.headers.get('etag') })).status, 304);
    await file_('umo-2', { dog_name: 'Bak' });
    assert.equal((await (await count(three)).json()).count, 0, 'of another office');
    await file_('umo-3', { dog_name: 'Cvak' });
    answer = await count(three, { 'if-none-match': answer.headers.get('etag') });
    assert.equal((await answer.json()).count, 1);
    assert.equal((await (await count(city)).json()).count, 2);
  });
});
