// The API as its own description says it, judged by others' tools: OpenAPI 3.1, problems, keys that file once.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { body, dog, dogJson, file, post, spots } from '../browser/support/forms.mjs';
import { epo, startDemo } from '../support/portal.mjs';
import { fileDog } from './support/people.mjs';
import { address, routes } from './support/routes.mjs';

let portal, openapi, filed, token;
before(async () => {
  portal = await startDemo();
  openapi = await (await fetch(`${portal.url}/api/v1/openapi.json`)).json();
  filed = await fileDog(portal);
  token = epo('token', 'add', 'tests', '--agenda', 'dog_fee', '-C', portal.folder).stdout.trim().split(/\s+/)[1];
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const FILING = '/api/v1/forms/dog_fee/registration/submissions';
const call = (path, { json, ...more } = {}) => fetch(portal.url + path, json === undefined ? more
  : { method: 'POST', body: typeof json === 'string' ? json : JSON.stringify(json), ...more, headers: { 'content-type': 'application/json', ...more.headers } });

describe('the description', () => {
  it('is OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openapi));
    assert.ok(valid, JSON.stringify(errors ?? '').slice(0, 3000));
    assert.match(openapi.openapi, /^3\.1/);
  });

  it('lists every address of the API with every method, and no other', () => {
    const ours = routes().filter(({ flags }) => flags.includes('EPO_ROUTE_API'))
      .flatMap(({ methods, pattern }) => methods.map((method) => `${method} ${pattern}`.replace('*}', '}').replace(/(city|live\/{layer})\/{z}\/{x}\/{y}/, '$&.mvt')));
    const theirs = Object.entries(openapi.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    assert.deepEqual(theirs.sort(), ours.sort());
  });

  it('names each operation once, each parameter of its path, and refers to what is there', () => {
    const operations = Object.entries(openapi.paths).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, ...operation })));
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    const resolve = (ref) => ref.slice(2).split('/').reduce((at, part) => at?.[part.replaceAll('~1', '/')], openapi);
    for (const { path, parameters } of operations) {
      const inPath = parameters.map((parameter) => resolve(parameter.$ref)).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      assert.deepEqual(inPath.sort(), [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(), path);
    }
    for (const [ref] of JSON.stringify(openapi).matchAll(/"\$ref":"(#\/components[^"]*)"/g)) assert.ok(resolve(JSON.parse(`{${ref}}`).$ref), ref);
  });

  /** The schema that the description gives for an answer; checks the answer against it. */
  function check(answer, path, method, status, json) {
    const declared = openapi.paths[path][method].responses[status];
    assert.ok(declared, `${method} ${path} may answer ${status}`);
    const [type, { schema }] = Object.entries(declared.content)[0];
    assert.equal(answer.headers.get('content-type').split(';')[0], type);
    if (!schema) return;
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats(ajv);
    ajv.addSchema({ $id: 'api:/openapi', ...openapi });
    const valid = ajv.compile({ $ref: `api:/openapi${schema.$ref}` });
    assert.ok(valid(json), `${method} ${path} ${status}: ${ajv.errorsText(valid.errors)}`);
  }

  it('tells the truth about what comes', async () => {
    const values = { number: filed.number };
    const queries = { '/api/v1/locate': `?lon=${spots['umo-3'][0]}&lat=${spots['umo-3'][1]}`, '/api/v1/addresses': '?q=Klatovsk%C3%A1', '/api/v1/reverse': `?lon=${spots['umo-3'][0]}&lat=${spots['umo-3'][1]}`, '/api/v1/map.png': `?center=${spots['umo-3']}&zoom=16&frame=1`, '/api/v1/route': '?via=13.37775,49.74836;13.3855,49.744', '/api/v1/submissions/{number}': `?receipt=${filed.receipt}` };
    for (const [path, methods] of Object.entries(openapi.paths)) {
      if (!methods.get || path.includes('/x/') || path.includes('{z}')) continue;
      const answer = await call(address(path, values) + (queries[path] ?? ''), /\/(records|ledger)$/.test(path) ? { headers: { authorization: `Bearer ${token}` } } : {});
      assert.equal(answer.status, 200, path);
      const text = await answer.text();
      check(answer, path, 'get', 200, /json/.test(answer.headers.get('content-type')) ? JSON.parse(text) : text);
    }
    const path = '/api/v1/forms/{agenda}/{form}/submissions', answer = await call(FILING, { json: dogJson('umo-2') });
    check(answer, path, 'post', 201, await answer.json());
    const wrong = await call(FILING, { json: { name: 1 } });
    check(wrong, path, 'post', 422, await wrong.json());
    const asked = await call('/api/v1/forms/dog_fee/registration/check?field=home', { json: { answers: { home: dogJson('umo-2').home } } });
    check(asked, '/api/v1/forms/{agenda}/{form}/check', 'post', 200, await asked.json());
  });

  it('tells the truth about lines and areas, sent or in the address', async () => {
    const [lon, lat] = spots['umo-3'], path = '/api/v1/locate';
    const places = [
      { type: 'LineString', coordinates: [[lon, lat], [lon + 0.004, lat + 0.001]] },
      { type: 'Polygon', coordinates: [[[lon, lat], [lon + 0.001, lat], [lon + 0.001, lat + 0.001], [lon, lat]]] },
    ];
    for (const place of places) {
      const sent = await call(path, { json: place }), facts = await sent.json();
      check(sent, path, 'post', 200, facts);
      assert.ok(facts.parcels.length > 1 && facts.streets.length > 0, JSON.stringify(facts));
      assert.ok(Math.abs(facts.parcels.reduce((sum, { share }) => sum + share, 0) - 1) < 0.01);
      const asked = await call(`${path}?${new URLSearchParams({ geometry: JSON.stringify(place) })}`), same = await asked.json();
      check(asked, path, 'get', 200, same);
      assert.deepEqual(same, facts);
    }
  });

  it('gives the parcel, the building and the address at a spot as they are to be sent', async () => {
    const [lon, lat] = spots['umo-3'], path = '/api/v1/locate';
    const parcel = await call(`${path}?lon=${lon}&lat=${lat}&shape=parcel`), facts = await parcel.json();
    check(parcel, path, 'get', 200, facts);
    assert.deepEqual([facts.shape.kind, facts.shape.ids], ['parcel', [facts.parcel.id]]);
    const address = await (await call(`${path}?lon=${lon}&lat=${lat}&shape=address`)).json();
    assert.deepEqual([address.shape.geometry.type, address.shape.ids], ['Point', [facts.address.id]]);
    const [x, y] = address.shape.geometry.coordinates; // a house number stands in front of a house
    const building = await (await call(`${path}?lon=${x}&lat=${y}&shape=building`)).json();
    assert.ok(building.shape === null || building.shape.geometry.type === 'Polygon');
    const outside = await (await call(`${path}?lon=13.1&lat=49.6&shape=parcel`)).json();
    assert.equal(outside.shape, null);
  });
});

describe('problems', () => {
  const deep = '['.repeat(100000);
  const cases = {
    'no such form': ['/api/v1/forms/dog_fee/nothing', {}, 404], 'no such agenda': ['/api/v1/forms/nothing/registration/schema', {}, 404],
    'no such address': ['/api/v1/nothing', {}, 404], 'another method': [FILING, { method: 'DELETE' }, 405],
    'no such submission': ['/api/v1/submissions/2020-000001', {}, 404], 'a submission of another': [() => `/api/v1/submissions/${filed.number}`, {}, 404],
    'a wrong receipt': [() => `/api/v1/submissions/${filed.number}?receipt=${'0'.repeat(64)}`, {}, 404],
    'a number that is none': ['/api/v1/submissions/abc', {}, 404], 'no coordinates': ['/api/v1/locate', {}, 400], 'words for coordinates': ['/api/v1/locate?lon=a&lat=b', {}, 400],
    'not a number at all': ['/api/v1/locate?lon=nan&lat=inf', {}, 400], 'a geometry that is no JSON': ['/api/v1/locate?geometry=%7B', {}, 400], 'a geometry of another kind': ['/api/v1/locate', { json: { type: 'MultiPoint', coordinates: [] } }, 422],
    'a route through one point': ['/api/v1/route?via=13.37775,49.74836', {}, 400], 'a route through nothing': ['/api/v1/route?via=;', {}, 400], 'a route to where no street is': ['/api/v1/route?via=13.37775,49.74836;13.2,49.6', {}, 422],
    'a place off the globe': ['/api/v1/locate?lon=500&lat=49', {}, 422], 'a shape of another kind': ['/api/v1/locate?lon=13.38&lat=49.75&shape=street', {}, 422],
    'a limit out of bounds': ['/api/v1/addresses?q=a&limit=51', {}, 400], 'a question too long': [`/api/v1/addresses?q=${'a'.repeat(201)}`, {}, 400],
    'text instead of JSON': [FILING, { json: 'hello', headers: { 'content-type': 'text/plain' } }, 415], 'a form instead of JSON': [FILING, { method: 'POST', body: body(dog) }, 415],
    'broken JSON': [FILING, { json: '{"name": ' }, 400], 'nothing': [FILING, { json: '' }, 400], 'a list': [FILING, { json: [] }, 400], 'deep JSON': [FILING, { json: deep }, 400],
    'JSON that is no UTF-8': [FILING, { json: Buffer.from('{"name":"\xff"}', 'latin1').toString('latin1'), body: Buffer.from('{"name":"\xff"}', 'latin1') }, 400],
    'wrong answers': [FILING, { json: {} }, 422], 'a body too large': [FILING, { json: { name: 'a'.repeat(1 << 20) } }, 413],
    'a key too long': [FILING, { json: dogJson('umo-3'), headers: { 'idempotency-key': 'a'.repeat(201) } }, 400],
    'a key with a space': [FILING, { json: dogJson('umo-3'), headers: { 'idempotency-key': 'a b' } }, 400],
    'a check without answers': ['/api/v1/forms/dog_fee/registration/check', { json: {} }, 400], 'a tile that is none': ['/tiles/city/13/0/0.png', { headers: { accept: 'application/json' } }, 400],
    'a route of no agenda': ['/api/v1/agendas/nothing/x/y', {}, 404], 'another site': [FILING, { json: dogJson('umo-3'), headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    'broken escapes': ['/api/v1/addresses?q=%zz', {}, 422], 'a path that is no UTF-8': ['/api/v1/%ff', {}, 400],
  };
  for (const [what, [path, options, status]] of Object.entries(cases))
    it(`says ${status} to ${what}`, async () => {
      const answer = await call(typeof path === 'function' ? path() : path, { ...options });
      const text = await answer.text();
      assert.equal(answer.status, status, text.slice(0, 300));
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
      const problem = JSON.parse(text);
      assert.equal(problem.status, status);
      for (const name of ['type', 'title', 'code']) assert.equal(typeof problem[name], 'string', name);
      for (const error of problem.errors) for (const name of ['path', 'code', 'message']) assert.equal(typeof error[name], 'string', name);
      if (status === 422 && what === 'wrong answers') assert.ok(problem.errors.length > 5);
    });

  it('speak the language of the request', async () => {
    const said = async (path, headers) => (await (await call(path, { json: {}, headers })).json()).errors[0].message;
    const czech = await said(FILING, { 'accept-language': 'cs' }), english = await said(FILING, { 'accept-language': 'en' });
    assert.notEqual(czech, english);
    assert.equal(await said(`${FILING}?lang=en`, { 'accept-language': 'cs' }), english);
  });
});

describe('filing once', () => {
  it('repeats the first answer to the same key and answers', async () => {
    const key = crypto.randomUUID(), first = await file(portal.url, 'dog_fee', 'registration', dogJson('umo-3'), key);
    const again = await call(FILING, { json: dogJson('umo-3'), headers: { 'idempotency-key': key } });
    assert.equal(again.status, 201);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal(again.headers.get('location'), `/api/v1/submissions/${first.number}`);
    assert.deepEqual(await again.json(), first);
    const shuffled = Object.fromEntries(Object.entries(dogJson('umo-3')).reverse());
    assert.equal((await file(portal.url, 'dog_fee', 'registration', shuffled, key)).number, first.number, 'the order of members is no other answer');
  });

  it('refuses the key with other answers', async () => {
    const key = crypto.randomUUID();
    await file(portal.url, 'dog_fee', 'registration', dogJson('umo-3'), key);
    const answer = await call(FILING, { json: { ...dogJson('umo-3'), dog_name: 'Azor' }, headers: { 'idempotency-key': key } });
    assert.equal(answer.status, 422);
    assert.equal((await answer.json()).code, 'submission.key_reused');
  });

  it('files one where ten come at once with one key, ten with ten', async () => {
    const key = crypto.randomUUID(), crowd = (keys) => Promise.all(keys.map((one) => file(portal.url, 'dog_fee', 'registration', dogJson('umo-3'), one)));
    const same = await crowd(Array(10).fill(key)), others = await crowd(Array.from({ length: 10 }, () => crypto.randomUUID()));
    assert.equal(new Set(same.map(({ number }) => number)).size, 1);
    assert.equal(new Set(same.map(({ receipt }) => receipt)).size, 1);
    const all = others.map(({ number }) => number).sort();
    assert.equal(new Set(all).size, 10);
    assert.deepEqual(all.map((number) => Number(number.slice(5))), Array.from({ length: 10 }, (_, i) => Number(all[0].slice(5)) + i), 'no number is left out');
  });

  it('a double click, a reload and a second tab file the page once', async () => {
    const path = '/agendas/dog_fee/registration', fields = { ...dog, home: JSON.stringify(dogJson('umo-3').home) };
    const review = await (await post(portal.url, path, body(fields, { _action: 'review' }))).text();
    const [, key] = review.match(/name="_key" value="(\w+)"/), before = await fileDog(portal);
    const clicks = await Promise.all(Array.from({ length: 4 }, () => post(portal.url, path, body(fields, { _action: 'send', _key: key }))));
    const places = new Set(clicks.map((answer) => { assert.equal(answer.status, 303); return answer.headers.get('location'); }));
    assert.equal(places.size, 1);
    assert.equal((await post(portal.url, path, body(fields, { _action: 'send', _key: key }))).headers.get('location'), [...places][0]);
    const changed = await post(portal.url, path, body({ ...fields, dog_name: 'Azor' }, { _action: 'send', _key: key }));
    assert.equal(changed.status, 409, 'other answers under the key of these');
    assert.match(await changed.text(), /name="dog_name" value="Azor"/);
    const after = await fileDog(portal);
    assert.equal(Number(after.number.slice(5)) - Number(before.number.slice(5)), 2, 'one number for all of it');
  });
});

describe('life situations for machines', () => {
  const text = { type: 'string', minLength: 1 };
  const thing = (type, properties, required = []) => ({
    type: 'object', required: ['@type', ...required], properties: { '@type': { const: type }, ...properties }, additionalProperties: false,
  });
  const list = (items) => ({ type: 'array', minItems: 1, items });
  const area = thing('AdministrativeArea', { name: text, identifier: { type: 'string', pattern: '^[0-9]{6}$' } });
  // Types and properties as schema.org defines them (GovernmentService, ServiceChannel, GovernmentOffice, Offer).
  const office = thing('GovernmentOffice', {
    name: text, address: text, telephone: text, email: { type: 'string', format: 'email' }, areaServed: list(area),
    openingHours: list({ type: 'string', pattern: '^(Mo|Tu|We|Th|Fr|Sa|Su)(,(Mo|Tu|We|Th|Fr|Sa|Su))* \\d\\d:\\d\\d-\\d\\d:\\d\\d$' }),
    geo: thing('GeoCoordinates', { latitude: { type: 'number', minimum: 48, maximum: 52 }, longitude: { type: 'number', minimum: 12, maximum: 19 } }, ['latitude', 'longitude']),
  }, ['name', 'geo', 'openingHours']);
  const price = { type: 'number', minimum: 0 };
  const service = thing('GovernmentService', {
    '@context': { const: 'https://schema.org' }, name: text, description: text, url: { type: 'string', format: 'uri-reference' }, serviceType: text,
    provider: thing('GovernmentOrganization', { name: text }, ['name']), areaServed: area,
    audience: list(thing('Audience', { audienceType: text }, ['audienceType'])),
    offers: thing('Offer', { description: text, priceSpecification: thing('PriceSpecification', { priceCurrency: { const: 'CZK' }, price, minPrice: price, maxPrice: price }, ['priceCurrency']) }),
    availableChannel: list(thing('ServiceChannel', { name: text, serviceUrl: { type: 'string', format: 'uri-reference' }, availableLanguage: { const: ['cs', 'en'] }, serviceLocation: office })),
  }, ['@context', 'name', 'description', 'url', 'provider', 'areaServed', 'audience', 'offers', 'availableChannel']);

  it('each page of an agenda holds one GovernmentService with its forms, offices and price, in both languages', async () => {
    const ajv = new Ajv({ strict: false });
    formats(ajv);
    const fits = ajv.compile(service);
    const { agendas } = await (await call('/api/v1/agendas')).json();
    assert.ok(agendas.length > 2);
    for (const agenda of agendas) {
      for (const lang of ['cs', 'en']) {
        const page = await (await call(`${agenda.page}?lang=${lang}`)).text();
        const blocks = [...page.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)];
        assert.equal(blocks.length, 1);
        const data = JSON.parse(blocks[0][1]);
        assert.ok(fits(data), JSON.stringify(fits.errors));
        assert.equal(data.name, agenda.title[lang]);
        assert.deepEqual(data.availableChannel.filter(({ serviceUrl }) => serviceUrl).map(({ serviceUrl }) => serviceUrl), agenda.forms.map((form) => form.page));
        assert.equal(data.availableChannel.filter(({ serviceLocation }) => serviceLocation).length, agenda.offices.length);
        assert.match(data.offers.description, new RegExp(`^${agenda.life_situation.cost.short[lang].replace(/\{[^}]*\}/g, '.+')}$`));
        assert.doesNotMatch(page, /\{parameter/, 'parameters are filled in');
        for (const { cs, en } of agenda.law) assert.ok(page.includes({ cs, en }[lang]), 'the page names the law');
      }
    }
  });
});

describe('search', () => {
  const found = async (query, lang = 'cs') => (await (await call(`/api/v1/search?${new URLSearchParams({ q: query, lang })}`)).json()).results;

  it('leads to life situations, forms, offices, regulations and pages, whatever form of the words, first what fits best', async () => {
    for (const [query, kind, url] of [
      ['pes', 'agenda', '/agendas/dog_fee'], ['popaltek za psa', 'agenda', '/agendas/dog_fee'], ['lešeními', 'agenda', '/agendas/public_space'],
      ['odhlasit psa', 'form', '/agendas/dog_fee/deregistration'], ['urad slovany', 'office', '/place?place=13.393360,49.736350'],
      ['280/2009', 'law', 'https://www.e-sbirka.cz/sb/2009/280'], ['stav žádosti', 'page', '/submissions'],
    ]) {
      const [first] = await found(query);
      assert.deepEqual([first?.kind, first?.url], [kind, url], query);
    }
    assert.equal((await found('dogs', 'en'))[0].title, 'Dog fee');
    assert.deepEqual(await found('xqzw'), []);
    for (const { url } of await found('poplatek')) if (url.startsWith('/')) assert.equal((await call(url)).status, 200, url);
  });

  it('knows what people call it', async () => {
    for (const query of ['popelnice', 'popelnici', 'svoz odpadku']) assert.equal((await found(query))[0]?.url, '/agendas/waste_fee', query);
    assert.equal((await found('dustbin', 'en'))[0]?.url, '/agendas/waste_fee');
  });

  it('takes any query within its bounds, and draws it as text', async () => {
    for (const query of ['', ' ', '%', '"\'<script>', 'a'.repeat(200), 'psa '.repeat(40), '\u0000']) assert.equal((await call(`/api/v1/search?q=${encodeURIComponent(query)}`)).status, query === '\u0000' ? 422 : 200, query);
    for (const bad of [`q=${'a'.repeat(201)}`, 'q=pes&limit=0', 'q=pes&limit=51', 'q=pes&limit=x']) assert.equal((await call(`/api/v1/search?${bad}`)).status, 400, bad);
    assert.equal((await (await call('/api/v1/search?q=poplatek&limit=2')).json()).results.length, 2);
    const page = await (await call('/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E')).text();
    assert.doesNotMatch(page, /<script>alert/);
    assert.match(await (await call('/search?q=xqzw')).text(), /Nic jsme nenašli/);
    assert.match(await (await call('/search')).text(), /<input[^>]*name="q"/);
  });
});
