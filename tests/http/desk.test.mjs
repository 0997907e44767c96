// The desk of clerks: what a filter shows, and that no filter, map, file or picture shows a clerk another office.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';

import { file, dogJson, spots } from '../browser/support/forms.mjs';
import { startDemo } from '../support/portal.mjs';
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
