// What the portal says of itself: log lines without personal data, figures, health, settings.
import { strict as assert } from 'node:assert';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { body, dog, dogJson, post } from '../browser/support/forms.mjs';
import { accounts, demoFolder, epo, startDemo } from '../support/portal.mjs';
import { figures } from './support/figures.mjs';
import { fileDog, signIn } from './support/people.mjs';
import { request, say } from './support/wire.mjs';

/** Everything a day brings: pages, forms right and wrong, filing, signing in, looking up, mistakes. All that was personal in it. */
async function useIt(portal) {
  const password = accounts(portal.folder)['umo-3'];
  const filed = await fileDog(portal), cookie = await signIn(portal, 'umo-3', { 'user-agent': 'Snooper/7.3' });
  const get = (path) => fetch(portal.url + path, { redirect: 'manual', headers: { cookie, 'user-agent': 'Snooper/7.3', referer: 'https://example.cz/tajemstvi' } });
  for (const path of ['/', `/submissions/${filed.number}?receipt=${filed.receipt}`, filed.page, `/office/cases/${filed.number}`, '/office?q=Nov%C3%A1kov%C3%A1', '/api/v1/addresses?q=Klatovsk%C3%A1%2010', '/nowhere/Nov%C3%A1kov%C3%A1', '/agendas/%ff'])
    await get(path);
  await post(portal.url, '/agendas/dog_fee/registration', body(dog, { _action: 'review' }));
  await post(portal.url, '/login', new URLSearchParams({ name: 'novakova@example.cz', password: 'velmi-tajne-heslo' }));
  await fetch(`${portal.url}/api/v1/forms/dog_fee/registration/submissions`, { method: 'POST', body: JSON.stringify({ ...dogJson('umo-3'), chip: 'x' }), headers: { 'content-type': 'application/json' } });
  await say(portal.port, 'GET /Nov\u00e1kov\u00e1 HTTP/1.1\r\nHost: a b\r\n\r\n');
  await say(portal.port, request('GET', '/"},{"event":"forged"'));
  return ['Nov', 'jana@example.cz', 'Klatovsk', '1980-05-14', 'Rek', '203012345678901', 'novakova', 'velmi-tajne', password, cookie, ...cookie.split('; ').map((pair) => pair.split('=')[1]),
    filed.receipt, filed.number, new URL(filed.page, portal.url).searchParams.get('key'), 'Snooper', 'tajemstvi', '127.0.0.1', '13.37775', 'forged'];
}

describe('the log', () => {
  for (const format of ['json', 'text'])
    it(`has a line for each request as ${format}, and no word of who or what`, async () => {
      const portal = await startDemo({ log: format, http: { access_log: true } }), personal = await useIt(portal);
      assert.equal(await portal.stop(), 0, portal.log);
      for (const word of personal) assert.ok(!portal.log.includes(word), `${word} stands in the log:\n${portal.log.split('\n').find((line) => line.includes(word))}`);
      const lines = portal.log.trim().split('\n'), requests = lines.filter((line) => line.includes('http.request'));
      assert.ok(requests.length >= 14, `${requests.length} lines`);
      const ids = new Set();
      for (const line of format === 'json' ? lines : []) {
        const entry = JSON.parse(line);
        for (const name of ['at', 'level', 'event']) assert.equal(typeof entry[name], 'string', line);
        if (entry.event !== 'http.request') continue;
        assert.deepEqual(Object.keys(entry), ['at', 'level', 'event', 'id', 'method', 'route', 'status', 'bytes', 'us']);
        assert.match(entry.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        ids.add(entry.id);
      }
      for (const line of format === 'text' ? requests : []) {
        const [, id] = line.match(/^\S+Z info {2}http\.request id=(\w{20}) method=[A-Z]+ route=[a-z._]+ status=\d{3} bytes=\d+ us=\d+$/) ?? assert.fail(line);
        ids.add(id);
      }
      assert.equal(ids.size, requests.length, 'each with its own id');
      for (const route of ['home', 'submission.get', 'office.case', 'form.post', 'login.post', 'api.file', 'none', 'refused'])
        assert.ok(requests.some((line) => line.includes(format === 'json' ? `"route":"${route}"` : `route=${route} `)), route);
      await portal.remove();
    });

  it('keeps quiet about requests where told to', async () => {
    const portal = await startDemo({ http: { access_log: false } });
    await useIt(portal);
    await portal.stop();
    assert.doesNotMatch(portal.log, /http\.request/);
    await portal.remove();
  });
});

describe('figures and health', () => {
  let portal;
  before(async () => { portal = await startDemo(); });
  after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

  // The text format of Prometheus 0.0.4, by its own grammar: families told of once, before their samples.
  it('are Prometheus text', async () => {
    await useIt(portal);
    const answer = await fetch(`${portal.url}/metrics`), text = await answer.text();
    assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    assert.ok(text.endsWith('\n'));
    const types = {}, samples = {};
    for (const line of text.trimEnd().split('\n')) {
      const told = line.match(/^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/);
      if (told?.[1] === 'TYPE') {
        assert.match(told[3], /^(counter|gauge|histogram)$/);
        assert.equal(types[told[2]], undefined, `${told[2]} twice`);
        types[told[2]] = told[3];
      }
      if (line[0] === '#') { assert.ok(told, line); continue; }
      const [, name, labels = '', value] = line.match(/^([a-zA-Z_:][\w:]*)(?:\{((?:[a-z]\w*="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/) ?? assert.fail(line);
      const family = types[name] ? name : name.replace(/_(bucket|sum|count)$/, '');
      assert.ok(types[family], `${name} has a type`);
      if (types[family] === 'counter') assert.match(name, /_total$/, name);
      assert.equal(samples[`${name}{${labels}}`], undefined, line);
      samples[`${name}{${labels}}`] = Number(value);
    }
    const buckets = Object.entries(samples).filter(([name]) => name.startsWith('epo_request_seconds_bucket')).map(([, value]) => value);
    assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b), 'buckets add up');
    assert.equal(buckets.at(-1), samples['epo_request_seconds_count{}']);
    const counted = Object.entries(samples).filter(([name]) => name.startsWith('epo_requests_total')).reduce((sum, [, value]) => sum + value, 0);
    assert.equal(counted, samples['epo_request_seconds_count{}']);
    assert.ok(samples['epo_requests_total{route="login.post",status="4xx"}'] >= 1);
  });

  it('count what happened', async () => {
    const before = await figures(portal);
    for (let i = 0; i < 3; i++) await fileDog(portal, crypto.randomUUID());
    for (let i = 0; i < 5; i++) await fetch(`${portal.url}/nowhere`);
    const now = await figures(portal), more = (name) => now[name] - (before[name] ?? 0);
    assert.equal(more('epo_requests_total{route="api.file",status="2xx"}'), 3);
    assert.equal(more('epo_requests_total{route="none",status="4xx"}'), 5);
    assert.ok(more('epo_store_jobs_total') >= 3);
    assert.ok(more('epo_store_commits_total') >= 1);
  });

  it('are healthy in one word', async () => {
    const answer = await fetch(`${portal.url}/healthz`);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), 'ok\n');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });
});

describe('epo check', () => {
  const written = (change) => {
    const folder = demoFolder(), file = join(folder, 'epo.json'), settings = JSON.parse(readFileSync(file, 'utf8'));
    change(settings);
    writeFileSync(file, JSON.stringify(settings, null, 2));
    return folder;
  };

  it('explains every setting', () => {
    const folder = demoFolder({ http: { queue: 77 } }), { status, stdout } = epo('check', '-C', folder, '--settings');
    assert.equal(status, 0);
    const rows = [...readFileSync(new URL('../../core/http/settings.c', import.meta.url), 'utf8').matchAll(/^ {4}\{"(\w+)"/gm)].map(([, name]) => name);
    assert.ok(rows.length > 10);
    for (const name of rows) assert.match(stdout, new RegExp(`^http\\.${name} +\\S.{40,}$`, 'm'), name);
    assert.match(stdout, /^http\.queue +77 \(1 to 1000000\) +requests that may wait/m);
    rmSync(folder, { recursive: true });
  });

  const faults = {
    'a setting that is none': [(settings) => { settings.http.idle_timeout = 3; }, /epo\.json:\d+: unknown member "http\.idle_timeout"/],
    'a number out of bounds': [(settings) => { settings.http.body_bytes = 1; }, /epo\.json:\d+: "http\.body_bytes" must be from 4096/],
    'another type': [(settings) => { settings.http.loops = 'two'; }, /epo\.json:\d+: "http\.loops" must be a whole number/],
    'a proxy that is no address': [(settings) => { settings.http.trusted_proxies = ['10.0.0.0/8', 'proxy']; }, /trusted_proxies: entry 2/],
    'a certificate that is not there': [(settings) => { settings.http.tls = { certificate: 'none.pem', key: 'none.pem' }; }, /http\.tls: certificate .*none\.pem/],
    'a script budget out of bounds': [(settings) => { settings.lua = { cpu_ms: 0 }; }, /"lua\.cpu_ms" must be from 10/],
    'another log': [(settings) => { settings.log = 'xml'; }, /"log" is "json" or "text"/],
  };
  for (const [what, [change, says]] of Object.entries(faults))
    it(`refuses ${what}, and so does serving`, () => {
      const folder = written(change), checked = epo('check', '-C', folder);
      assert.equal(checked.status, 1);
      assert.match(checked.stderr, says);
      const served = epo('serve', '-C', folder, '--listen', '127.0.0.1:0');
      assert.equal(served.status, 1);
      assert.match(served.stderr, says);
      rmSync(folder, { recursive: true });
    });
});
