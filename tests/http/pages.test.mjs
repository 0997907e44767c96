// What every answer carries whatever it is: headers that bind a browser, what may be kept and what not.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { dogJson, file, spots, stall } from '../browser/support/forms.mjs';
import { build, epo, startDemo } from '../support/portal.mjs';
import { fileDog, signIn } from './support/people.mjs';
import { address, routes } from './support/routes.mjs';
import { request, say } from './support/wire.mjs';

const OWN = 'https://portal.example.cz';
let portal, clerk, admin, filed;
before(async () => {
  portal = await startDemo({ address: OWN });
  [clerk, admin, filed] = await Promise.all([signIn(portal, 'umo-3'), signIn(portal, 'admin'), fileDog(portal)]);
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const ask = (method, path, headers, body = '') =>
  say(portal.port, request(method, path, body ? { 'content-length': Buffer.byteLength(body), ...headers } : headers, body), { head: method === 'HEAD' });

const FIXED = {
  'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin', 'permissions-policy': 'geolocation=(self), camera=(), microphone=(), payment=()',
};

/** The headers that every answer of the portal must have, each once. open: data that other sites may show. */
function guarded(answer, what, open = false) {
  for (const [name, value] of Object.entries(FIXED))
    if (!open || name !== 'cross-origin-resource-policy') assert.equal(answer.headers[name], value, `${what}: ${name}`);
  const policy = Object.fromEntries(answer.headers['content-security-policy'].split(';').map((part) => {
    const [name, ...values] = part.trim().split(' ');
    return [name, values.join(' ')];
  }));
  for (const name of ['default-src', 'base-uri', 'object-src', 'frame-ancestors']) assert.equal(policy[name], "'none'", `${what}: ${name}`);
  for (const name of ['script-src', 'style-src', 'connect-src', 'form-action']) assert.equal(policy[name], "'self'", `${what}: ${name}`);
  assert.match(answer.headers['referrer-policy'], /^(same-origin|no-referrer)$/, what);
  assert.ok(answer.headers['cache-control'], `${what}: cache-control`);
  assert.equal(answer.headers['strict-transport-security'], undefined, `${what}: no HSTS over plain HTTP`);
  const names = answer.all.map(([name]) => name).filter((name) => name !== 'set-cookie');
  assert.equal(new Set(names).size, names.length, `${what}: a header twice`);
}

describe('every address', () => {
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'];
  for (const row of routes())
    it(`${row.pattern} (${row.name})`, async () => {
      const path = address(row.pattern, { number: filed.number });
      const allowed = routes().filter((other) => other.pattern === row.pattern).flatMap(({ methods }) => methods);
      if (allowed.includes('GET')) allowed.push('HEAD');
      const people = row.pattern === '/logout' ? [['nobody', '']] : [['nobody', ''], ['a clerk', clerk], ['an admin', admin]];
      for (const [who, cookie] of people)
        for (const method of METHODS) {
          const what = `${method} ${path} by ${who}`, answer = await ask(method, path, cookie ? { cookie } : {});
          assert.ok(answer, `${what}: an answer`);
          guarded(answer, what, /^\/(ogc|opendata)(\/|$)/.test(path));
          assert.ok(answer.status < 500, `${what}: ${answer.status}`);
          assert.equal(answer.status === 405, !allowed.includes(method), `${what}: ${answer.status}`);
          if (answer.status === 405)
            for (const good of allowed) assert.ok(answer.headers.allow.split(', ').includes(good), `${what}: Allow: ${answer.headers.allow}`);
          if (/^text\/html/.test(answer.headers['content-type'])) plain(answer.body, what);
          if (row.flags.includes('EPO_ROUTE_CLERK') && !cookie && row.methods.includes(method)) assert.equal(answer.status, 303, what);
          if (row.flags.includes('EPO_ROUTE_ADMIN') && cookie === clerk && row.methods.includes(method)) assert.equal(answer.status, 403, what);
        }
    });

  /** No script, style or handler in the page itself: the policy would refuse it. (Linked data is a block that browsers do not run.) */
  function plain(html, what) {
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) assert.match(tag, /\bsrc="\/assets\/|^<script type="application\/ld\+json">$/, `${what}: ${tag}`);
    for (const [tag] of html.matchAll(/<[a-z][^>]*>/gi)) assert.doesNotMatch(tag, /\s(style|on\w+)=|javascript:/i, `${what}: ${tag}`);
    assert.doesNotMatch(html, /<style\b/i, what);
  }

  it('errors too, as pages with a way out and as problems', async () => {
    const errors = {
      400: ['GET', '/agendas/%ff'], 404: ['GET', '/nowhere'], 405: ['DELETE', '/agendas'], 403: ['POST', '/login', { 'sec-fetch-site': 'cross-site' }],
      413: ['POST', '/agendas/dog_fee/registration', { 'content-length': 2 << 20 }], 431: ['GET', '/', { 'x-long': 'a'.repeat(17000) }],
    };
    for (const [status, [method, path, headers = {}]] of Object.entries(errors)) {
      const page = await ask(method, path, { accept: 'text/html', ...headers });
      assert.equal(page.status, Number(status), `${method} ${path.slice(0, 50)}`);
      guarded(page, status);
      assert.match(page.headers['content-type'], /^text\/html/);
      assert.match(page.body, /<html lang="cs">/);
      assert.match(page.body, /<h1>[^<]+<\/h1>/);
      assert.match(page.body, /<a href="\/">/);
      plain(page.body, status);
      const problem = await ask(method, path, { accept: 'application/json', ...headers });
      assert.equal(problem.status, Number(status));
      guarded(problem, status);
      assert.match(problem.headers['content-type'], /^application\/problem\+json/);
      const { type, title, status: said, errors: list } = JSON.parse(problem.body);
      assert.deepEqual([typeof type, typeof title, said, Array.isArray(list)], ['string', 'string', Number(status), true]);
    }
  });

  it('what breaks inside is 500 without a word of the inside', async () => {
    const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), text]);
    const path = `/submissions/${filed.number}?receipt=${filed.receipt}`;
    assert.equal((await ask('GET', path)).status, 200);
    sql('ALTER TABLE cases RENAME TO cases_gone');
    try {
      for (const [accept, type] of [['text/html', /^text\/html/], ['application/json', /^application\/problem/]]) {
        const answer = await ask('GET', path, { accept });
        assert.equal(answer.status, 500);
        guarded(answer, '500');
        assert.match(answer.headers['content-type'], type);
        assert.doesNotMatch(answer.body, /cases|SELECT|sqlite|\.c:/i);
      }
      const lookUp = await ask('GET', `/submissions?number=${filed.number}&receipt=${filed.receipt}`);
      assert.equal(lookUp.status, 500, 'a broken look-up does not say that there is nothing');
    } finally {
      sql('ALTER TABLE cases_gone RENAME TO cases');
    }
    assert.equal((await ask('GET', path)).status, 200);
  });
});

describe('pages that may be kept', () => {
  const pages = ['/', '/agendas', '/agendas/dog_fee', '/agendas/dog_fee/registration', '/accessibility'];

  it('have a tag, are asked again, and are not sent twice', async () => {
    for (const path of pages) {
      await ask('GET', path);
      const first = await ask('GET', path), again = await ask('GET', path, { 'if-none-match': first.headers.etag });
      assert.match(first.headers.etag, /^"[^"]+"$/, path);
      assert.equal(first.headers['cache-control'], 'no-cache');
      assert.equal(again.status, 304);
      assert.equal(again.headers.etag, first.headers.etag);
      guarded(again, `304 of ${path}`);
      assert.equal((await ask('GET', path, { 'if-none-match': `"other", W/${first.headers.etag}` })).status, 304);
      assert.equal((await ask('GET', path, { 'if-none-match': '"other"' })).status, 200);
    }
  });

  it('differ by language, and a signed-in one is never kept', async () => {
    const czech = await ask('GET', '/'), english = await ask('GET', '/', { 'accept-language': 'en' });
    assert.notEqual(czech.headers.etag, english.headers.etag);
    assert.match(czech.headers.vary, /accept-language/);
    assert.match(english.body, /<html lang="en">/);
    const own = await ask('GET', '/', { cookie: clerk });
    assert.equal(own.headers['cache-control'], 'no-store');
    assert.equal(own.headers.etag, undefined);
    assert.match(own.body, /action="\/logout"/);
    assert.doesNotMatch((await ask('GET', '/')).body, /action="\/logout"/);
  });

  it('come compressed when there was time to', async () => {
    const whole = (await ask('GET', '/agendas')).bytes;
    for (const [coding, open] of [['br', brotliDecompressSync], ['gzip', gunzipSync]]) {
      let answer;
      do { answer = await ask('GET', '/agendas', { 'accept-encoding': coding }); } while (!answer.headers['content-encoding'] && (await sleep(20), true));
      assert.equal(answer.headers['content-encoding'], coding);
      assert.match(answer.headers.vary, /accept-encoding/);
      assert.deepEqual(open(answer.bytes), whole);
      assert.ok(answer.bytes.length < whole.length);
    }
    assert.equal((await ask('GET', '/agendas', { 'accept-encoding': 'br;q=0, gzip;q=0' })).headers['content-encoding'], undefined);
  });

  it('answer HEAD as GET without the bytes', async () => {
    for (const path of [...pages, '/nowhere', '/login', '/api/v1/agendas', '/tiles/city.json']) {
      const [get, head] = [await ask('GET', path), await ask('HEAD', path)];
      assert.equal(head.status, get.status, path);
      assert.equal(head.bytes.length, 0, path);
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
        if (!/\b(nowhere|login)/.test(path) || name !== 'content-length') assert.equal(head.headers[name], get.headers[name], `${path}: ${name}`);
    }
  });
});

it("the admin's first page leads to all the others", async () => {
  const first = (await ask('GET', '/admin', { cookie: admin })).body;
  for (const { pattern, methods } of routes().filter((row) => /^\/admin\/[^{.]*$/.test(row.pattern) && row.methods.includes('GET')))
    assert.ok(first.includes(`<li><a href="${pattern}">`), `${pattern} (${methods}): name it in core/http/admin.c`);
});

describe('one form for the whole city', () => {
  const words = async (path, headers) => (await ask('GET', path, headers)).body.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0]+/g, ' ');

  it('says where districts differ and why', async () => {
    const admins = await words('/admin/parameters', { cookie: admin });
    assert.match(admins, /poplatek-ze-psu\/ohlaseni/, 'the code of the life situation');
    assert.match(admins, /Roční sazba: rodinný dům celé město 500 Kč Úřad městského obvodu Plzeň 9-Malesice 300 Kč rodinná zástavba[^<]*; ukázková vyhláška č\. 7\/2025; od 1\. 1\. 2026/);
    assert.match(admins, /150 Kč ještě neplatí sleva/);
    assert.match(admins, /Účet pro platbu celé město \d+\/0100 hlavní účet města; Úřad městského obvodu Plzeň 9-Malesice \d+\/0100/);
    const everybody = await words('/agendas/dog_fee');
    assert.match(everybody, /v rodinném domě 500 Kč za rok/, 'a text with a parameter');
    assert.match(everybody, /Co se liší podle městského obvodu/);
    assert.match(everybody, /Plzeň 9-Malesice 300 Kč/);
    assert.doesNotMatch(everybody, /Roční sazba: [^<]*Starší držitel je nad/);
    assert.doesNotMatch(await words('/agendas/public_space'), /Co se liší/);
    assert.equal((await ask('GET', '/admin/parameters', { cookie: clerk })).status, 403);
  });

  it('an admin sets another value from a day on, seen before, with why, and takes it back', async () => {
    const at = '/admin/parameters/dog_fee/senior_haler', typed = { district: '', value: '150', from_day: '2099-01-01', until_day: '', reason_cs: 'levnější', reason_en: 'cheaper', decree: 'OZV č. 1/2098', decree_day: '2098-11-02', decree_url: 'https://sbirkapp.gov.cz/detail/X', seen: '0' };
    const post = (path, fields, cookie = admin) => ask('POST', path, { cookie, 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams(fields).toString());
    assert.match((await ask('GET', at, { cookie: admin })).body, /id="value" name="value"[^>]*value="200"/);
    for (const [wrong, says] of [[{ value: 'x' }, /správný tvar/], [{ value: '201' }, /must be from 0 to 20000/], [{ from_day: '2020-01-01' }, /v minulosti/], [{ until_day: '2098-12-31' }, /dřív než první/], [{ reason_cs: ' ' }, /důvod/], [{ decree_url: 'javascript:alert(1)' }, /https/], [{ district: '1' }, /unknown district/]]) {
      const refused = await post(at, { ...typed, ...wrong, _action: 'save' });
      assert.equal(refused.status, 422, JSON.stringify(wrong));
      assert.match(refused.body, says);
    }
    const seen = await post(at, { ...typed, _action: 'preview' });
    assert.match(seen.body.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0]+/g, ' '), /Sazba staršího držitele celé město 150 Kč levnější; OZV č\. 1\/2098 ze dne 2\. 11\. 2098; od 1\. 1\. 2099/);
    assert.doesNotMatch(await words('/agendas/dog_fee'), /levnější/, 'nothing is saved by looking');
    assert.equal((await post(at, { ...typed, _action: 'save' }, clerk)).status, 403);
    assert.equal((await post(at, { ...typed, _action: 'save' })).status, 303);
    assert.equal((await post(at, { ...typed, _action: 'save' })).status, 409, 'another was set meanwhile');
    const everybody = await words('/agendas/dog_fee', { 'accept-language': 'en' });
    assert.match(everybody, /Rate of an older holder whole city CZK 200 whole city CZK 150 not in force yet cheaper; OZV č\. 1\/2098 of 2 November 2098; from 1 January 2099/);
    const [, version] = (await ask('GET', '/admin/parameters/dog_fee', { cookie: admin })).body.match(/name="withdraw" value="(\d+)"/);
    assert.equal((await post('/admin/parameters/dog_fee', { withdraw: version })).status, 303);
    assert.doesNotMatch(await words('/agendas/dog_fee'), /levnější/);
    assert.match(await words('/admin/parameters/dog_fee', { cookie: admin }), /levnější.*vzata zpět/, 'and stays on record');
    assert.equal((await post('/admin/parameters/dog_fee', { withdraw: '999' })).status, 404);
    for (const where of ['/admin/parameters/dog_fee/nothing', '/admin/parameters/nothing', '/admin/parameters/dog_fee/districts']) assert.equal((await ask('GET', where, { cookie: admin })).status, 404, where);
  });

  it('and the district of the place decides', async () => {
    const fee = async (coordinates) => {
      const answer = await ask('POST', '/api/v1/forms/dog_fee/registration/check', { 'content-type': 'application/json' }, JSON.stringify({ answers: { ...dogJson('umo-3'), house_kind: 'family_house', home: { type: 'Point', coordinates } } }));
      return JSON.parse(answer.body).values.find(({ id }) => id === 'fee').text;
    };
    const [city, district] = [await fee(spots['umo-3']), await fee([13.30183, 49.7767])];
    assert.deepEqual([city, district], ['500\u00a0Kč', '300\u00a0Kč']);
    const form = await words('/agendas/dog_fee/registration');
    assert.match(form, /starší 65 let platí méně/);
    assert.doesNotMatch(form, /\{parameter/);
  });
});

describe('what is kept no longer than it may', () => {
  const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), text], { encoding: 'utf8' }).trim();
  const key = ({ number }) => `(number % 1000000000 = ${Number(number.split('-')[1])})`;
  const ended = (one, years, state = 'accepted') => sql(`UPDATE cases SET state = '${state}', changed_at_us = changed_at_us - ${years} * 31600000000000 WHERE ${key(one)}`);
  const left = (one) => JSON.parse(sql(`SELECT json_object('answers', s.answers, 'sender', s.sender, 'facts', s.facts,
    'case', (SELECT place_text || search FROM cases AS c WHERE c.number = s.number), 'passed', (SELECT group_concat(note) FROM handovers AS h WHERE h.number = s.number), 'places', (SELECT count(*) FROM locations AS l WHERE l.number = s.number),
    'dogs', (SELECT count(*) FROM dog_fee_dogs AS d WHERE d.number = '${one.number}'), 'files', (SELECT count(*) FROM attachments WHERE owner LIKE '%${one.number}'),
    'words', (SELECT group_concat(text) FROM case_messages AS m WHERE m.number = s.number), 'asked', (SELECT count(*) FROM case_completions AS k WHERE k.number = s.number), 'evidence', (SELECT count(*) FROM evidence AS e WHERE e.number = s.number))
    FROM submissions AS s WHERE ${key(one).replaceAll('number', 's.number')}`));
  let dog, open, young, space;
  const chip = (n) => ({ ...dogJson('umo-3'), chip: `20309810000000${n}` });

  it('lists what is due, and changes nothing', async () => {
    dog = await file(portal.url, 'dog_fee', 'registration', chip(1));
    open = await file(portal.url, 'dog_fee', 'registration', chip(2));
    young = await file(portal.url, 'dog_fee', 'registration', chip(3));
    space = await file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area_m2: 4, area: { type: 'Point', coordinates: spots['umo-3'] } });
    ended(dog, 11);
    ended(young, 9);
    ended(space, 6, 'refused');
    sql(`UPDATE cases SET changed_at_us = 0 WHERE ${key(open)}`);
    sql(`INSERT INTO case_messages (tenant, number, sequence, at_us, office, actor, actor_name, text, idempotency) SELECT tenant, number, 1, 1, '', '', 'Jana', 'Psala jsem.', x'01' FROM cases WHERE ${key(dog)}`);
    sql(`INSERT INTO handovers SELECT tenant, number, 1, 1, '', '', 'umo-3', 'umo-4', 'Paní Nováková volala.' FROM cases WHERE ${key(dog)}`);
    sql(`INSERT INTO case_decisions SELECT tenant, number, 1, '', '', '', '', 0, 1, '', '', '' FROM cases WHERE ${key(dog)} OR ${key(space)}`);
    sql(`INSERT INTO case_completions (tenant, number, sequence, asked_at_us, asked, actor) SELECT tenant, number, 1, 1, '[]', '' FROM cases WHERE ${key(dog)} OR ${key(space)}`);
    sql(`INSERT INTO merged SELECT tenant, number, (SELECT number FROM cases WHERE ${key(space)}), 'received', '', 1 FROM cases WHERE ${key(open)}`);
    sql(`INSERT INTO attachments VALUES ('plzen', 'x${dog.number}', 'submission/${dog.number}', 'a.pdf', 'application/pdf', 1, '', 1, 0, x'00'), ('plzen', 'y${dog.number}', 'submission/${dog.number}9', 'a.pdf', 'application/pdf', 1, '', 1, 0, x'00')`);
    const before = sql('SELECT count(*) FROM retained');
    const listed = epo('retention', '--dry-run', '-C', portal.folder);
    assert.equal(listed.status, 0, listed.stderr);
    assert.match(listed.stdout, new RegExp(`^${dog.number} dog_fee/registration accepted since \\d{4}-\\d\\d-\\d\\d: anonymise$`, 'm'));
    assert.match(listed.stdout, new RegExp(`^${space.number} public_space/occupy refused .*: remove$`, 'm'));
    assert.match(listed.stdout, /^2 due$/m);
    assert.equal(sql('SELECT count(*) FROM retained'), before);
    assert.ok(left(dog).answers.includes('Jana'));
    assert.match(left(dog).case, /jana novakova/, 'found by name until then');
    const page = (await ask('GET', '/admin/retention', { cookie: admin })).body;
    assert.ok(page.includes(dog.number) && page.includes(space.number) && !page.includes(open.number) && !page.includes(young.number));
    assert.equal((await ask('GET', '/admin/retention', { cookie: clerk })).status, 403);
  });

  it('anonymises and removes with a record; the chains still fit', async () => {
    const [was_open, was_young] = [left(open), left(young)];
    const done = epo('retention', '-C', portal.folder);
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /^2 done$/m);
    const { case: words, ...empty } = left(dog);
    assert.deepEqual(empty, { answers: '{"breed":"jezevčík","house_kind":"apartment_house","sex":"male"}', sender: '', facts: '{}', passed: '', places: 0, dogs: 0, files: 0, words: '', asked: 0, evidence: 0 });
    assert.doesNotMatch(words, /klatovsk|jana/i);
    assert.equal(sql(`SELECT count(*) FROM attachments WHERE id = 'y${dog.number}'`), '1', 'another case with a longer number');
    assert.deepEqual([left(open), left(young)], [was_open, was_young], 'open, or not old enough');
    assert.equal(left(space).case, null);
    assert.equal(left(space).answers, '{}');
    const shown = await ask('GET', `/submissions/${dog.number}?key=${dog.receipt}`);
    assert.equal(shown.status, 200);
    assert.doesNotMatch(shown.body, /Jana Nováková|Klatovská/);
    assert.equal((await ask('GET', `/submissions/${space.number}?key=${space.receipt}`)).status, 404);
    assert.equal(sql(`SELECT actor || ' ' || action || ' ' || detail FROM audit WHERE object = '${dog.number}' ORDER BY sequence DESC LIMIT 1`), 'shell retention.anonymised decided 10');
    const page = (await ask('GET', '/admin?lang=en', { cookie: admin })).body;
    assert.doesNotMatch(page, /does not fit/);
    assert.match(epo('retention', '-C', portal.folder).stdout, /^0 done$/m, 'once');
    sql(`UPDATE submissions SET answers_hash = 'x' WHERE ${key(dog)}`);
    assert.match((await ask('GET', '/admin?lang=en', { cookie: admin })).body, new RegExp(`does not fit at ${dog.number}`), 'the hash is what the receipt was made from');
  });
});

describe('people and the data held on them', () => {
  const person = async (login) => {
    const { stdout } = epo('account', 'add', login, '--name', 'Iva Nová', '--role', 'citizen', '-C', portal.folder);
    const [, password] = stdout.trim().split(/\s+/), body = new URLSearchParams({ name: login, password }).toString();
    const answer = await ask('POST', '/login', { 'content-type': 'application/x-www-form-urlencoded' }, body);
    assert.equal(answer.status, 303);
    return answer.all.filter(([name]) => name === 'set-cookie').map(([, value]) => value.split(';')[0]).join('; ');
  };
  const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), text], { encoding: 'utf8' }).trim();
  let iva, ota, dog;

  it('read who has seen them: role and office, no names', async () => {
    [iva, ota] = [await person('iva.data@example.cz'), await person('ota.data@example.cz')];
    dog = await file(portal.url, 'dog_fee', 'registration', { ...dogJson('umo-3'), chip: '203098100000077' });
    sql(`UPDATE submissions SET sender = (SELECT id FROM accounts WHERE login = 'iva.data@example.cz') WHERE number % 1000000000 = ${Number(dog.number.split('-')[1])}`);
    await ask('GET', `/office/cases/${dog.number}`, { cookie: clerk });
    sql("UPDATE accounts SET name = 'Karla Tajná' WHERE login = 'umo-3'");
    for (const path of ['/account/audit', `/submissions/${dog.number}/seen`]) {
      const { status, body } = await ask('GET', path, { cookie: iva });
      assert.equal(status, 200);
      assert.match(body.replace(/<[^>]*>/g, ' '), /Úřad městského obvodu Plzeň 3\s+nahlédnutí do podání/);
      assert.doesNotMatch(body, /Karla Tajná/);
    }
    assert.match((await ask('GET', `/submissions/${dog.number}`, { cookie: iva })).body, new RegExp(`/submissions/${dog.number}/seen`));
    assert.equal((await ask('GET', `/submissions/${dog.number}/seen`, { cookie: ota })).status, 404);
    assert.equal((await ask('GET', `/submissions/${dog.number}/seen`)).status, 404);
    assert.equal((await ask('GET', `/submissions/${dog.number}/seen?key=${dog.receipt}`)).status, 200, 'who has the receipt');
    assert.ok(!(await ask('GET', '/account/audit', { cookie: ota })).body.includes(dog.number));
    sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO audit SELECT 'plzen', 900000 + i, i, '', 'case.viewed', '${dog.number}', '', x'00' FROM n`);
    const first = (await ask('GET', '/account/audit', { cookie: iva })).body, [, older] = first.match(/href="(\/account\/audit\?before=\d+)"/);
    assert.equal(first.match(/<tr><td>/g).length, 50);
    assert.ok((await ask('GET', older, { cookie: iva })).body.match(/<tr><td>/g).length >= 11);
    sql('DELETE FROM audit WHERE sequence > 900000');
  });

  it('have all of it as JSON, of themselves alone; an admin gives it at a counter', async () => {
    const own = await ask('GET', '/account/data.json', { cookie: iva }), data = JSON.parse(own.body);
    assert.equal(own.status, 200);
    assert.match(own.headers['content-disposition'], /attachment/);
    assert.equal(data.account.login, 'iva.data@example.cz');
    assert.equal(data.account.password, undefined);
    assert.deepEqual(data.submissions.map(({ number, answers }) => [number, answers.chip]), [[dog.number, '203098100000077']]);
    assert.ok(data.audit.some(({ action, office, name }) => action === 'case.viewed' && office === 'umo-3' && name === ''));
    assert.ok(data.sessions.length >= 1 && /^\d{4}-/.test(data.sessions[0].created_at));
    assert.equal(JSON.parse((await ask('GET', '/account/data.json', { cookie: ota })).body).submissions.length, 0);
    assert.equal((await ask('GET', '/account/data.json')).status, 303);
    const asked = '/admin/data.json?login=iva.data@example.cz';
    assert.equal(JSON.parse((await ask('GET', asked, { cookie: admin })).body).submissions.length, 1);
    assert.equal((await ask('GET', '/admin/data.json?login=nobody', { cookie: admin })).status, 404);
    for (const cookie of [clerk, iva]) assert.notEqual((await ask('GET', asked, { cookie })).status, 200);
    assert.match(sql("SELECT group_concat(action) FROM audit WHERE action = 'person.exported'"), /exported,person\.exported,person\.exported/);
  });

  it('have the same as PDF to read, with what the office issued and the JSON attached', async () => {
    const number = Number(dog.number.split('-')[1]);
    sql(`INSERT INTO case_decisions SELECT tenant, number, 1, '${dog.number}/1', 'Výměr', '', 'cafe', 15, 1764000000000000, '', '', 'umo-3' FROM cases WHERE number % 1000000000 = ${number}`);
    sql(`INSERT INTO case_messages (tenant, number, sequence, at_us, office, actor, actor_name, text, idempotency) SELECT tenant, number, 1, 1764000000000000, 'umo-3', '', '', 'Pošlete průkaz psa.', x'02' FROM cases WHERE number % 1000000000 = ${number}`);
    for (const owner of ['decision', 'message', 'submission']) sql(`INSERT INTO attachments VALUES ('plzen', '${owner}-data', '${owner}/${dog.number}${owner === 'submission' ? '' : '/1'}', '${owner}.pdf', 'application/pdf', 1, 'ab', 1, 0, x'00')`);
    sql(`INSERT INTO attachments VALUES ('plzen', 'other-data', 'submission/${dog.number}1', 'other.pdf', 'application/pdf', 1, 'ab', 1, 0, x'00')`);
    const give = async (path, cookie) => {
      const answer = await fetch(portal.url + path, { headers: { cookie }, redirect: 'manual' });
      return { status: answer.status, type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) };
    };
    const pdf = async (path, cookie) => {
      const { status, type, bytes } = await give(path, cookie), file = join(portal.folder, 'data.pdf');
      assert.deepEqual([status, type], [200, 'application/pdf'], path);
      writeFileSync(file, bytes);
      return { text: execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }), data: JSON.parse(execFileSync('qpdf', ['--show-attachment=data.json', file])) };
    };
    const own = await pdf('/account/data.pdf', iva);
    for (const part of ['Výpis osobních údajů', 'iva.data@example.cz', dog.number, '203 098 100 000 077', 'Jana Nováková', 'Výměr', 'Pošlete průkaz psa.', 'decision.pdf', 'message.pdf', 'nahlédnutí do podání', 'Strana 1 z'])
      assert.ok(own.text.includes(part), `${part}:\n${own.text}`);
    assert.doesNotMatch(own.text, /Karla Tajná|other\.pdf|person\.|seen\./);
    assert.deepEqual(own.data.files.map(({ name, of }) => [name, of]).sort(), [['decision.pdf', 'decision'], ['message.pdf', 'message'], ['submission.pdf', 'submission']]);
    assert.deepEqual(own.data.decisions.map(({ reference, title, sha256 }) => [reference, title, sha256]), [[`${dog.number}/1`, 'Výměr', 'cafe']]);
    const { audit, sessions, ...rest } = JSON.parse((await ask('GET', '/account/data.json', { cookie: iva })).body);
    assert.deepEqual({ ...own.data, audit, sessions }, { ...rest, audit, sessions }, 'nothing that the JSON has not');
    assert.match((await pdf('/account/data.pdf?lang=en', iva)).text, /Personal data[\s\S]*Decisions and documents/);
    assert.ok(!(await pdf('/account/data.pdf', ota)).text.includes(dog.number));
    assert.equal((await give('/account/data.pdf', '')).status, 303);
    assert.equal((await pdf('/admin/data.pdf?login=iva.data@example.cz', admin)).data.submissions.length, 1);
    for (const cookie of [clerk, iva]) assert.notEqual((await give('/admin/data.pdf?login=iva.data@example.cz', cookie)).status, 200);
    sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
      INSERT INTO case_messages (tenant, number, sequence, at_us, office, actor, actor_name, text, idempotency) SELECT tenant, number, i + 1, 1, '', '', '', 'Věta za větou.', 'k' || i FROM n, cases WHERE number % 1000000000 = ${number}`.replace("'k' || i", "CAST('k' || i AS BLOB)"));
    const much = await pdf('/account/data.pdf', iva);
    assert.match(much.text, /Údajů je víc, než se sem vejde/);
    assert.equal(much.data.messages.length, 1501, 'the JSON has them all');
    sql("DELETE FROM case_messages WHERE text = 'Věta za větou.'");
  });

  it('have it erased, unless a request stands against it', async () => {
    const erase = (cookie, sure) => ask('POST', '/account/erase', { cookie, 'content-type': 'application/x-www-form-urlencoded' }, `sure=${sure}`);
    const page = (await ask('GET', '/account/erase', { cookie: iva })).body;
    assert.ok(page.includes(dog.number));
    assert.match(page, /ještě se vyřizuje/);
    sql(`INSERT INTO drafts (tenant, id, key_hash, owner, agenda, form, form_version, lang, version, saved_by, created_at_us, changed_at_us, answers) SELECT 'plzen', 'draft-' || id, x'00', id, 'dog_fee', 'registration', '', 'cs', 1, '', 1, 1, '{}' FROM accounts WHERE login IN ('iva.data@example.cz', 'ota.data@example.cz')`);
    assert.equal((await erase(iva, '')).headers.location, '/account/erase', 'nobody who did not say so');
    assert.equal(sql("SELECT count(*) FROM drafts WHERE id LIKE 'draft-%'"), '2');
    assert.equal((await erase(iva, 'yes')).headers.location, '/account/erase?done=1');
    assert.equal(sql("SELECT count(*) FROM drafts WHERE id LIKE 'draft-%'"), '1');
    assert.equal((await ask('GET', '/account', { cookie: iva })).status, 200, 'the account stays with its request');
    sql(`UPDATE cases SET state = 'accepted' WHERE number % 1000000000 = ${Number(dog.number.split('-')[1])}`);
    assert.match((await ask('GET', '/account/erase', { cookie: iva })).body, /uchová se do/);
    assert.equal((await erase(ota, 'yes')).headers.location, '/');
    assert.equal((await ask('GET', '/account', { cookie: ota })).status, 303, 'gone');
    assert.equal(sql("SELECT count(*) FROM accounts WHERE login = 'ota.data@example.cz'") + sql("SELECT count(*) FROM drafts WHERE id LIKE 'draft-%'"), '00');
    assert.equal((await erase(clerk, 'yes')).status, 403);
  });
});

describe('assets', () => {
  const folder = join(build, 'share/assets');
  const names = readdirSync(folder).filter((name) => !/\.(br|gz)$|^(manifest|map-styles|map-looks)/.test(name));

  it('are immutable, tagged, and come plain, gzip and brotli', async () => {
    assert.ok(names.length >= 4);
    for (const name of names) {
      const path = `/assets/${name}`, whole = readFileSync(join(folder, name)), tags = new Set();
      for (const [accept, coding, open] of [['', undefined, (bytes) => bytes], ['gzip', 'gzip', gunzipSync], ['gzip, deflate, br', 'br', brotliDecompressSync]]) {
        const answer = await ask('GET', path, { 'accept-encoding': accept });
        assert.equal(answer.status, 200, path);
        guarded(answer, path);
        assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
        assert.equal(answer.headers['content-encoding'], coding, path);
        assert.deepEqual(open(answer.bytes), whole);
        tags.add(answer.headers.etag);
        const again = await ask('GET', path, { 'accept-encoding': accept, 'if-none-match': answer.headers.etag });
        assert.equal(again.status, 304);
        assert.equal(again.headers['content-type'], undefined);
        guarded(again, `304 of ${path}`);
      }
      assert.equal(tags.size, 3, 'three forms, three tags');
      assert.match((await ask('HEAD', path)).headers['content-type'], /^(text\/(css|javascript)|image\/svg)/);
    }
  });

  it('are files of one folder and nothing else', async () => {
    for (const path of ['/assets/', '/assets/manifest.json', '/assets/../epo.json', '/assets/%2e%2e/epo.json', '/assets/..%2f..%2fepo.json', '/assets//etc/passwd', `/assets/${names[0]}%00`, `/assets/${names[0]}.br`])
      assert.ok([400, 404].includes((await ask('GET', path)).status), path);
  });
});

describe('tiles', () => {
  it('have a tag, may be kept, for ever under their version', async () => {
    const tilejson = JSON.parse((await ask('GET', '/tiles/city.json', { host: 'plzen.example:8080' })).body);
    const [template] = tilejson.tiles, [west, south, east, north] = tilejson.bounds, zoom = 13;
    assert.match(template, /^http:\/\/plzen\.example:8080\/tiles\/city\/\{z\}\/\{x\}\/\{y\}\.mvt\?v=/);
    const x = Math.floor(((west + east) / 2 + 180) / 360 * 2 ** zoom), latitude = (south + north) / 2 * Math.PI / 180;
    const y = Math.floor((1 - Math.asinh(Math.tan(latitude)) / Math.PI) / 2 * 2 ** zoom);
    const url = new URL(template.replace('{z}', zoom).replace('{x}', x).replace('{y}', y));
    const named = await ask('GET', url.pathname + url.search);
    assert.equal(named.status, 200);
    guarded(named, 'tile');
    assert.equal(named.headers['content-encoding'], 'gzip');
    assert.ok(gunzipSync(named.bytes).length > 1000);
    assert.match(named.headers['cache-control'], /immutable/);
    assert.doesNotMatch((await ask('GET', url.pathname)).headers['cache-control'], /immutable/);
    assert.doesNotMatch((await ask('GET', `${url.pathname}?v=older`)).headers['cache-control'], /immutable/);
    const again = await ask('GET', url.pathname, { 'if-none-match': named.headers.etag });
    assert.equal(again.status, 304);
    guarded(again, '304 of a tile');
    assert.equal((await ask('GET', '/tiles/city/13/0/0.mvt')).status, 204, 'nothing there');
    for (const bad of ['13/0/0', '13/0/0.png', '-1/0/0.mvt', '13/x/0.mvt', '99/0/0.mvt', '13/0/99999999999.mvt'])
      assert.ok([400, 404].includes((await ask('GET', `/tiles/city/${bad}`)).status), bad);
  });
});

describe('what is sent in comes out harmless', () => {
  it('no header is made of what was typed', async () => {
    const evil = 'x%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a<script>alert(1)</script>';
    for (const path of [`/login?next=/${evil}`, `/submissions?number=${evil}&receipt=${evil}`, `/${evil}`, `/agendas/${evil}`, `/?lang=${evil}`, `/office?q=${evil}`, `/api/v1/addresses?q=${evil}`]) {
      const answer = await ask('GET', path);
      assert.equal(answer.all.filter(([name, value]) => name === 'set-cookie' && /evil/.test(value)).length, 0, path);
      assert.doesNotMatch(answer.body, /<script>alert/, path);
      guarded(answer, path);
    }
  });

  it('a link to the other language never leaves the portal', async () => {
    for (const path of ['//evil.example/', '/%2f/evil.example', '//evil.example//', '/\\evil.example/', '///evil.example/a?b=c']) {
      const { body } = await ask('GET', path);
      const [, link] = body.match(/<a href="([^"]*)" hreflang/);
      assert.equal(new URL(link.replaceAll('&amp;', '&'), 'http://localhost/x').host, 'localhost', `${path}: ${link}`);
    }
  });

  it('a redirect to sign in comes back to the same place, query and all', async () => {
    const answer = await ask('GET', '/office?state=received&q=%C5%BElu%C5%A5');
    assert.equal(answer.status, 303);
    assert.equal(new URL(answer.headers.location, portal.url).searchParams.get('next'), '/office?state=received&q=%C5%BElu%C5%A5');
  });
});

describe('what search engines are told', () => {
  const head = (body, pattern) => body.match(pattern)?.[1];

  it('a page names its one address, its languages and what it is about, whatever Host it was asked by', async () => {
    for (const [path, canonical] of [['/', `${OWN}/`], ['/agendas/dog_fee', `${OWN}/agendas/dog_fee`], ['/agendas/dog_fee?lang=en', `${OWN}/agendas/dog_fee?lang=en`]]) {
      const { body } = await ask('GET', path, { host: 'evil.example' });
      assert.equal(head(body, /<link rel="canonical" href="([^"]+)"/), canonical);
      assert.deepEqual([...body.matchAll(/<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"/g)].map((found) => found.slice(1)),
        [['cs', canonical.replace('?lang=en', '')], ['en', `${canonical.replace('?lang=en', '')}?lang=en`], ['x-default', canonical.replace('?lang=en', '')]]);
      assert.ok(head(body, /<meta name="description" content="([^"]{30,})"/), path);
      assert.ok(!body.includes('evil.example'), path);
    }
    assert.ok(!(await ask('GET', '/nothing', { accept: 'text/html' })).body.includes('rel="canonical"'), 'what is not there has no address');
  });

  it('robots.txt leads to the sitemap, whose every page is there and may be read', async () => {
    const robots = (await ask('GET', '/robots.txt')).body;
    assert.ok(robots.includes(`Sitemap: ${OWN}/sitemap.xml`));
    const barred = [...robots.matchAll(/^Disallow: (.+)$/gm)].map(([, path]) => path);
    const answer = await ask('GET', '/sitemap.xml');
    assert.equal(answer.headers['content-type'], 'application/xml; charset=utf-8');
    const pages = [...answer.body.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url]) => url);
    for (const wanted of ['/', '/agendas/dog_fee', '/agendas/dog_fee/registration?lang=en', '/place']) assert.ok(pages.includes(OWN + wanted), wanted);
    for (const page of pages) {
      const path = page.slice(OWN.length);
      assert.ok(!barred.some((start) => path.startsWith(start)), path);
      assert.equal((await ask('GET', path)).status, 200, path);
    }
  });
});
