// Backgrounds from other servers, with a stand-in for them: what goes out, what comes back, what never does.
import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { demoFolder, epo, serve } from '../support/portal.mjs';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
const title = (text) => ({ cs: text, en: text });

let portal, outside, asked, held, host;
before(async () => {
  asked = [];
  held = [];
  outside = createServer((request, response) => {
    asked.push({ url: request.url, headers: request.headers });
    const [, what] = request.url.match(/^\/(\w+)/) ?? [];
    const send = (status, headers, body) => { response.writeHead(status, headers); response.end(body); };
    if (what === 'held') held.push(response);
    else if (what === 'moved') send(302, { location: `http://${host}/aerial/0/0/0` });
    else if (what === 'page') send(200, { 'content-type': 'text/html' }, '<script>alert(1)</script>');
    else if (what === 'vector') send(200, { 'content-type': 'image/svg+xml' }, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    else if (what === 'huge') send(200, { 'content-type': 'image/png' }, Buffer.alloc(3 << 20));
    else if (what === 'endless') { response.writeHead(200, { 'content-type': 'image/png', 'transfer-encoding': 'chunked' }); for (let i = 0; i < 40; i++) response.write(Buffer.alloc(1 << 16)); response.end(); }
    else if (what === 'none') send(404, {}, '');
    else if (what === 'broken') send(500, { 'content-type': 'image/png' }, PNG);
    else send(200, { 'content-type': 'image/png; charset=binary', 'set-cookie': 'theirs=1', 'x-powered-by': 'stand-in' }, PNG);
  });
  await new Promise((done) => { outside.listen(0, '127.0.0.1', done); });
  host = `127.0.0.1:${outside.address().port}`;
  const xyz = (id, more = {}) => ({ id, title: title(id), type: 'xyz', url: `http://${host}/${id}/{z}/{x}/{y}`, ...more });
  portal = await serve(demoFolder({ maps: { backgrounds: [
    { ...xyz('aerial'), attribution: '© stand-in', max_zoom: 18 },
    { id: 'cadastre', title: title('Cadastre'), type: 'wms', url: `http://${host}/wms?map=km`, layer: 'KN, hranice', overlay: true },
    { id: 'rest', title: title('REST'), type: 'wmts', url: `http://${host}/wmts/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}`, layer: 'orto', matrix_set: 'jtsk', matrix_prefix: 'm:', grid: { srs: 'EPSG:5514', origin: [-925000, -920000], resolutions: [512, 256, 128] } },
    { id: 'direct', title: title('Direct'), type: 'wmts', url: `http://${host}/kvp`, layer: 'orto', matrix_set: 'GoogleMapsCompatible', format: 'image/jpeg', proxy: false },
    ...['held', 'moved', 'page', 'vector', 'huge', 'endless', 'none', 'broken'].map((id) => xyz(id)),
    { ...xyz('nowhere'), url: 'http://127.0.0.1:1/{z}/{x}/{y}' },
  ] } }));
});
after(async () => {
  outside.closeAllConnections();
  outside.close();
  assert.equal(await portal.stop(), 0, portal.log);
  await portal.remove();
});

const tile = (path, headers) => fetch(`${portal.url}/tiles/background/${path}`, { headers });
const went = async (path) => {
  const before = asked.length, answer = await tile(path);
  return { answer, out: asked.slice(before) };
};

describe('a background that the portal fetches', () => {
  it('comes as the picture alone, to be kept for a day', async () => {
    const { answer, out } = await went('aerial/14/8800/5577');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/png');
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=86400');
    assert.equal(answer.headers.get('set-cookie'), null);
    assert.equal(answer.headers.get('x-powered-by'), null);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), PNG);
    assert.equal(out[0].url, '/aerial/14/8800/5577');
  });

  it('tells the other server nothing of who asks', async () => {
    const before = asked.length;
    await tile('aerial/14/8801/5577', { cookie: 'epo_session=secret', referer: `${portal.url}/agendas/dog_fee`, authorization: 'Receipt abc', 'user-agent': 'Citizen/1.0', 'x-forwarded-for': '192.0.2.7' });
    const { headers } = asked[before];
    for (const name of ['cookie', 'referer', 'authorization', 'x-forwarded-for', 'forwarded']) assert.equal(headers[name], undefined, name);
    assert.equal(headers['user-agent'], 'epo');
  });

  it('of a WMS is asked for by the square of the tile', async () => {
    const { answer, out } = await went('cadastre/1/1/0');
    assert.equal(answer.status, 200);
    const url = new URL(out[0].url, `http://${host}`), get = (name) => url.searchParams.get(name);
    assert.deepEqual(['map', 'SERVICE', 'REQUEST', 'VERSION', 'CRS', 'LAYERS', 'FORMAT', 'WIDTH'].map(get), ['km', 'WMS', 'GetMap', '1.3.0', 'EPSG:3857', 'KN, hranice', 'image/png', '256']);
    assert.deepEqual(get('BBOX').split(',').map(Number), [0, 0, 20037508.343, 20037508.343]);
  });

  it('of a WMTS in S-JTSK by its matrix', async () => {
    const { out } = await went('rest/2/7/9');
    assert.equal(out[0].url, '/wmts/orto/default/jtsk/m:2/9/7');
  });

  for (const [id, status] of Object.entries({ moved: 502, page: 502, vector: 502, huge: 502, endless: 502, none: 404, broken: 502, nowhere: 502 }))
    it(`gives nothing of what is no tile: ${id}`, async () => {
      const { answer, out } = await went(`${id}/3/1/1`);
      assert.equal(answer.status, status);
      assert.match(answer.headers.get('content-type'), /application\/problem\+json/);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.ok(out.length <= 1, 'nothing is followed');
    });

  it('is asked for by numbers of its own tiles, and nothing goes out otherwise', async () => {
    for (const path of ['aerial/19/0/0', 'aerial/-1/0/0', 'aerial/3/8/0', 'aerial/3/0/8', 'aerial/3/0/-1', 'aerial/3/1.5/1', 'aerial/3/%2e%2e/1', 'aerial/3/1/1%3Fx=1', 'aerial/3/1/1@host', 'aerial/3/1/99999999999999999999',
      'rest/3/0/0', 'rest/1/5000000/0', 'other/3/1/1', 'direct/3/1/1', 'http:%2F%2F127.0.0.1/3/1/1', '%61erial%00/3/1/1']) {
      const { answer, out } = await went(path);
      assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
      assert.deepEqual(out, [], path);
    }
  });

  it('that hangs holds up nobody else', async () => {
    const waiting = Array.from({ length: 40 }, (_, i) => tile(`held/10/${i}/1`));
    while (held.length < 24) await new Promise((done) => { setTimeout(done, 10); });
    assert.equal((await fetch(`${portal.url}/api/v1/locate?lon=13.3776&lat=49.7475`)).status, 200);
    assert.equal((await fetch(`${portal.url}/healthz`)).status, 200);
    assert.equal(held.length, 24, 'no more than EPO_FETCHES_MAX at once');
    const free = setInterval(() => held.splice(0).forEach((response) => response.destroy()), 5);
    const answers = await Promise.all(waiting);
    clearInterval(free);
    for (const { status } of answers) assert.equal(status, 502);
  });
});

describe('what the map is offered', () => {
  it('names each background with one template, of the portal or of the server', async () => {
    const { backgrounds } = await (await fetch(`${portal.url}/api/v1/layers?lang=en`)).json();
    const by = Object.fromEntries(backgrounds.map((each) => [each.id, each]));
    assert.equal(by.aerial.url, '/tiles/background/aerial/{z}/{x}/{y}');
    assert.equal(by.aerial.attribution, '© stand-in');
    assert.equal(by.cadastre.overlay, true);
    assert.deepEqual(by.rest.grid.resolutions, [512, 256, 128]);
    assert.equal(by.direct.url, `http://${host}/kvp?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=orto&STYLE=default&FORMAT=image/jpeg&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}`);
  });

  it('lets pages load pictures from the servers that browsers go to, and from no other', async () => {
    const policy = (await fetch(`${portal.url}/`)).headers.get('content-security-policy');
    const pictures = policy.split('; ').find((each) => each.startsWith('img-src'));
    assert.equal(pictures, `img-src 'self' data: http://${host}`);
    assert.match(policy, /connect-src 'self'; /);
  });
});

describe('settings of backgrounds', () => {
  const good = { id: 'a', title: title('A'), type: 'xyz', url: 'https://tiles.example.cz/{z}/{x}/{y}.png' };
  const judged = (...backgrounds) => epo('check', '-C', demoFolder({ maps: { backgrounds } }));

  it('that are right pass', () => {
    const { status, stderr } = judged(good, { ...good, id: 'b', type: 'wms', url: 'https://geo.example.cz/wms?', layer: 'x' }, { ...good, id: 'c', type: 'wmts', url: 'https://geo.example.cz/wmts', layer: 'x', matrix_set: 'y', proxy: false });
    assert.equal(status, 0, stderr);
  });

  it('that are wrong are refused with their line, all of them at once', () => {
    const wrong = [
      [{ ...good, id: 'A b' }, /needs an "id"/], [{ ...good, title: 'A' }, /"title"/], [{ ...good, type: 'tms' }, /xyz, wmts or wms/],
      [{ ...good, url: 'http://tiles.example.cz/{z}/{x}/{y}' }, /https/], [{ ...good, url: 'file:///etc/passwd' }, /https/], [{ ...good, url: 'https://user:secret@tiles.example.cz/{z}/{x}/{y}' }, /without a user/],
      [{ ...good, url: 'https://tiles.example.cz/{z}/{x}' }, /\{y\}/], [{ ...good, url: "https://a.cz; script-src 'unsafe-inline'/{z}/{x}/{y}" }, /without spaces/], [{ ...good, url: 'https://a.cz,b.cz/{z}/{x}/{y}' }, /name a server/],
      [{ ...good, type: 'wms' }, /needs its "layer"/], [{ ...good, type: 'wmts' }, /"matrix_set"/], [{ ...good, max_zoom: 30 }, /"max_zoom"/], [{ ...good, tile_size: 1 }, /256 or 512/],
      [{ ...good, grid: { srs: 'EPSG:4326', origin: [0, 0], resolutions: [1] } }, /EPSG:5514/], [{ ...good, grid: { srs: 'EPSG:5514', origin: [0, 0], resolutions: [] } }, /resolutions/],
    ];
    const { status, stderr } = judged(...wrong.map(([each], i) => (each.id === 'a' ? { ...each, id: `w${i}` } : each)));
    assert.equal(status, 1);
    const lines = stderr.trim().split('\n');
    assert.equal(lines.length, wrong.length, stderr);
    wrong.forEach(([, says], i) => { assert.match(lines[i], says); assert.match(lines[i], /epo\.json:\d+: /); });
    assert.match(judged(good, good).stderr, /stands twice/);
  });
});
