// tests/plugins/hello, built with exactly the README's line, used from end to end: its form, page, route, table, job,
// a clerk's moves, and its next generation while requests run.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { body, file, post } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { epo } from '../support/portal.mjs';
import { build, events, finish, here, openFolder, placeHello, reload, replaceObject, start, until } from './support/plugins.mjs';

const HELLO = join(here, 'hello', 'hello.c'), FORM = '/agendas/hello/greet', API = '/api/v1/forms/hello/greet', COUNT = '/api/v1/agendas/hello/x/count';
let portal, object, clerk;
before(async () => {
  object = build(HELLO);
  portal = await start(openFolder());
  clerk = await signIn(portal, 'magistrat');
});
after(() => finish(portal));

const count = async () => (await portal.json(COUNT)).json;
const move = (number, to) => post(portal.url, `/office/cases/${number}`, body({ from: 'received', state: to, note: 'Poznámka.' }), { cookie: clerk });

describe('a plugin from outside the tree', () => {
  it('exports one symbol and needs nothing but the C library', () => {
    const symbols = execFileSync('nm', ['-D', '--defined-only', object], { encoding: 'utf8' }).trim().split('\n').map((line) => line.split(' ').pop());
    assert.deepEqual(symbols, ['epo_plugin_descriptor']);
    const needed = [...execFileSync('readelf', ['-d', object], { encoding: 'utf8' }).matchAll(/NEEDED.*\[(.*)\]/g)].map(([, name]) => name);
    assert.deepEqual(needed, ['libc.so.6']);
  });

  it('comes into a running portal on SIGHUP', async () => {
    assert.equal((await portal.get('/agendas/hello')).status, 404);
    placeHello(portal.folder, object);
    await reload(portal);
    assert.match(await (await portal.get('/agendas/hello?lang=en')).text(), /Greet the city/);
    assert.match(await (await portal.get('/agendas')).text(), /Pozdrav městu/);
    assert.match(await portal.admin(), /hello C 1\.0\.0 1 1 /, 'generation 1, one form');
  });

  it('passes its own cases', () => {
    const run = epo('agenda', 'test', 'hello', '-C', portal.folder);
    assert.equal(run.stdout, 'hello: 5 passed, 0 failed\n', run.stderr);
    assert.equal(run.status, 0);
  });
});

describe('its hooks', () => {
  it('compute: shown before sending, in the reader’s language', async () => {
    const { status, json } = await portal.post(`${API}/check`, { lang: 'en', answers: { name: 'Jana', guests: 3 } });
    assert.equal(status, 200);
    assert.deepEqual(json.explain, ['3 × CZK\u00a015']);
    assert.match(await (await post(portal.url, FORM, body({ name: 'Jana', guests: '3' }))).text(), /45\u00a0Kč/, 'the review page');
  });

  it('check: its word stands beside the field, in the API and on the page', async () => {
    const { status, json } = await portal.post(`${API}/submissions`, { name: 'Nobody', guests: 1 });
    assert.equal(status, 422);
    assert.deepEqual(json.errors, [{ path: 'name', code: 'nobody', message: 'Nikdo není nikdo.' }]);
    const page = await (await post(portal.url, FORM, body({ name: 'Nobody', guests: '1' }))).text();
    assert.match(page, /Nikdo není nikdo\./);
    assert.match(page, /value="Nobody"/, 'what was typed is kept');
    assert.equal((await count()).guests, 0);
  });

  it('submitted: its row is in the save, once for a repeated key; page and route show it', async () => {
    const key = 'the-same-key', name = '<b>Jana</b> & "Petr"';
    const one = await file(portal.url, 'hello', 'greet', { name, guests: 2 }, key);
    const again = await file(portal.url, 'hello', 'greet', { name, guests: 2 }, key);
    assert.equal(again.number, one.number);
    assert.deepEqual(await count(), { greeting: 'Hello', guests: 2 });
    const page = await (await portal.get('/agendas/hello/p/guests')).text();
    assert.match(page, /<li>&lt;b&gt;Jana&lt;\/b&gt; &amp; (&quot;|&#34;|")Petr/);
    assert.match(page, /Kniha hostů/);
    assert.equal((await portal.get('/agendas/hello/p/other')).status, 404);
    assert.equal((await portal.post(COUNT, {})).status, 405);
    assert.equal((await portal.get('/api/v1/agendas/hello/x/other')).status, 404);
  });

  it('state and job: a refusal is refused, an acceptance is kept, and then forgotten within seconds', async () => {
    const { number } = await file(portal.url, 'hello', 'greet', { name: 'Karel', guests: 5 });
    assert.equal((await count()).guests, 7);
    const refused = await move(number, 'refused');
    assert.match(await refused.text(), /Pozdrav se neodmítá\./);
    assert.equal((await move(number, 'accepted')).status, 303);
    await until(portal, 'the job', async () => (await count()).guests === 2);
    assert.ok(events(portal, 'job.ran').some((row) => row.agenda === 'hello' && row.job === 'forget' && row.error === ''));
  });
});

describe('its next generation', () => {
  const mapped = () => readFileSync(`/proc/${portal.child.pid}/maps`, 'utf8').split('\n').filter((line) => /\/epo-[^/]+\/[0-9.]+\.so/.test(line) && / r-xp /.test(line)).length;

  it('takes over while requests run: each is answered by one of the two, none is lost', async () => {
    const before = mapped(), seen = new Set();
    let running = true, asked = 0;
    const ask = async () => {
      while (running) {
        const { status, json } = await portal.json(COUNT);
        assert.equal(status, 200);
        assert.equal(json.guests, 2);
        seen.add(json.greeting);
        asked++;
      }
    };
    const clients = Array.from({ length: 6 }, ask);
    try {
      await until(portal, 'the first answers', () => asked > 20);
      replaceObject(portal.folder, build(HELLO, { switches: `-D'GREETING="Ahoj"'` }));
      await reload(portal);
      const at = asked;
      await until(portal, 'answers afterwards', () => asked > at + 20);
    } finally {
      running = false;
      await Promise.all(clients);
    }
    assert.deepEqual([...seen], ['Hello', 'Ahoj']);
    assert.equal((await count()).greeting, 'Ahoj');
    assert.match(await portal.admin(), /hello C 1\.0\.0 2 1 /, 'generation 2');
    await until(portal, 'the old library to be unmapped', () => mapped() === before);
  });

  it('a broken one keeps the running one, and says so', async () => {
    writeFileSync(join(portal.folder, 'plugins/hello/hello.so.new'), 'not a shared object');
    rmSync(join(portal.folder, 'plugins/hello/hello.so'));
    writeFileSync(join(portal.folder, 'plugins/hello/hello.so'), readFileSync(join(portal.folder, 'plugins/hello/hello.so.new')));
    await reload(portal);
    assert.equal((await count()).greeting, 'Ahoj');
    const [row] = events(portal, 'agenda.refused_kept').slice(-1);
    assert.deepEqual([row.agenda, row.file], ['hello', 'hello/hello.so']);
    assert.match(row.text, /file too short|invalid ELF header/);
    assert.match(await portal.admin(), /hello\/hello\.so (file too short|invalid ELF header) The version before keeps running\./);
    const checked = epo('check', '-C', portal.folder);
    assert.equal(checked.status, 1);
    assert.match(checked.stderr, /^hello\/hello\.so:\d+: (file too short|invalid ELF header)/m);
  });

  it('goes when its folder goes', async () => {
    rmSync(join(portal.folder, 'plugins/hello'), { recursive: true });
    await reload(portal);
    assert.equal((await portal.get(COUNT)).status, 404);
    assert.doesNotMatch(await portal.admin(), /hello/);
  });
});

