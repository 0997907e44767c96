// What an attacker tries at every address of the portal. The list of addresses is the table of routes itself, so that
// a new one is attacked by being there: what its {parameters} mean is said in `named` below.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { day, dogJson, file, post, spots, stall } from '../browser/support/forms.mjs';
import { epo, startDemo } from '../support/portal.mjs';
import { pdf } from './support/files.mjs';
import { signIn } from './support/people.mjs';
import { address, routes } from './support/routes.mjs';

const SECRET = 'Kvfltajne'; // stands in everything that is the victim's
const all = routes(), isWrite = (method) => method !== 'GET';
let portal, victim, attackers, mine, theirs;

const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), text], { encoding: 'utf8', maxBuffer: 1 << 26 }).trim();
async function citizen(login, name) {
  const { stdout, stderr, status } = epo('account', 'add', login, '--name', name, '--role', 'citizen', '-C', portal.folder);
  assert.equal(status, 0, stderr);
  const answer = await post(portal.url, '/login', new URLSearchParams({ name: login, password: stdout.trim().split(/\s+/)[1] }));
  assert.equal(answer.status, 303);
  return answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
}
async function sent(answer, status = 303) {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return { to: answer.headers.get('location'), text };
}
const send = (path, fields, cookie) => post(portal.url, path, fields instanceof FormData ? fields : new URLSearchParams(fields), { cookie });
const see = async (path, cookie = '') => (await fetch(portal.url + path, { headers: { cookie }, redirect: 'manual' })).text();
const number = (filed) => Number(filed.number.split('-')[1]);

/** Everything that can belong to somebody, made as people make it; the names of its parts for {parameters} of addresses. */
async function property(cookie, clerk, word, days) {
  const filed = await file(portal.url, 'public_space', 'occupy', { ...stall, from: day(days), to: day(days + 1), name: word, description: word, affects_road: false, area_m2: 4, area: { type: 'Point', coordinates: spots['umo-3'] } });
  sql(`UPDATE submissions SET sender = (SELECT account FROM sessions ORDER BY created_at_us DESC LIMIT 1) WHERE receipt = '${filed.receipt}'`);
  const letter = new FormData();
  for (const [name, value] of Object.entries({ _key: 'one', text: `${word} píše` })) letter.set(name, value);
  letter.append('file', new Blob([pdf(word)]), `${word}.pdf`);
  await sent(await send(`/submissions/${filed.number}/messages`, letter, cookie));
  const decision = `/office/cases/${filed.number}/decision`;
  await sent(await send(`/office/cases/${filed.number}/completion`, { from: 'received', to: 'returned', ask: 'description', 'reason.description': word }, clerk));
  await sent(await send(`/submissions/${filed.number}/completion`, { description: `${word} znovu` }, cookie));
  const [, form] = (await see(`${decision}?to=accepted`, clerk)).match(/name="from" value="(\w+)"/);
  await sent(await send(decision, { from: form, to: 'accepted', text: `${word} smí`, _action: 'issue' }, clerk));
  const open = await file(portal.url, 'dog_fee', 'registration', { ...dogJson('umo-3'), name: word, dog_name: word, chip: String(203012345670000 + Math.floor(Math.random() * 9999)) });
  sql(`UPDATE submissions SET sender = (SELECT sender FROM submissions WHERE receipt = '${filed.receipt}') WHERE receipt = '${open.receipt}'`);
  await sent(await send(`/office/cases/${open.number}/completion`, { from: 'received', to: 'returned', ask: 'breed', 'reason.breed': word }, clerk));
  const begun = await see('/agendas/dog_fee/registration', cookie), hidden = [...begun.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  const draft = (await sent(await send('/agendas/dog_fee/registration', { ...Object.fromEntries(hidden), dog_name: word, _action: 'save' }, cookie))).to.match(/^\/drafts\/([^?.]+)/)[1];
  await sent(await send('/account/identity', { given_name: 'Eva', family_name: 'Nováková', birth_date: '1. 5. 1990', address: 'Slovanská 5, 326 00 Plzeň' }, cookie));
  await sent(await send('/office/views?state=all', { name: word, shared: '1' }, clerk));
  const own = await see(`/submissions/${filed.number}`, cookie);
  return {
    filed, open, draft, number: filed.number, message: '1', decision: '1',
    file: decodeURIComponent(own.match(/\/messages\/\d+\/([^"?]+)/)[1]),
    view: sql(`SELECT id FROM desk_views WHERE name = '${word}'`), account: sql(`SELECT sender FROM submissions WHERE receipt = '${filed.receipt}'`),
  };
}

before(async () => {
  portal = await startDemo();
  const clerk = await signIn(portal, 'umo-3');
  const stranger = await citizen('utocnik@example.cz', 'Útočník');
  mine = await property(stranger, clerk, 'Utocnikovo', 30);
  victim = await citizen('obet@example.cz', `${SECRET} Jana`);
  theirs = await property(victim, clerk, SECRET, 40);
  attackers = { nobody: '', 'another citizen': stranger, 'a clerk of another office': await signIn(portal, 'umo-4'), 'a clerk of an organization': await signIn(portal, 'zoo.programy') };
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

/** What each {parameter} is. A route with one that is not here fails: say what it is, and it is attacked as well. */
const PUBLIC = {
  agenda: 'dog_fee', parameter: 'year_haler', organization: 'zoo', replay: '1', form: 'registration', step: 'none', page: 'none', permit: '2026-000000', link: 'x'.repeat(26), 'route*': 'none', layer: 'permits', id: 'aerial', z: '12', x: '2200', y: '1393',
  tilejson: 'permits.json', style: 'style-light.json', collection: 'permits', item: '1', file: 'none',
  person: '1000000008', // of the demo's citizen: nobody's who attacks
};
const OWNED = ['number', 'message', 'decision', 'draft', 'view'];
const values = (of) => ({ ...PUBLIC, ...Object.fromEntries(OWNED.map((name) => [name, of[name]])), file: of.file });
const parameters = ({ pattern }) => [...pattern.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
const path = (row, of = theirs, more = {}) => address(row.pattern, { ...values(of), file: /messages|submissions|cases/.test(row.pattern) ? encodeURIComponent(of.file) : 'podani.csv', ...more });
/** What a form of any page may hold, so that a request is refused for who sends it and not for what it lacks. */
const fields = (of) => new URLSearchParams({
  _key: 'x', _action: 'issue', text: 'podvrh', from: 'received', to: 'withdrawn', state: 'withdrawn', note: 'podvrh', ask: 'breed', 'reason.breed': 'podvrh', breed: 'podvrh', description: 'podvrh',
  case: of.number, action: 'take', number: of.number, draft: of.draft, view: of.view, account: of.account, withdraw: of.account, reason: 'podvrh', login: 'obet@example.cz', name: 'podvrh', session: 'x', _version: '1', dog_name: 'podvrh',
});
/** All that is the victim's, as it is stored. */
const stored = () => sql([
  ...['submissions', 'cases', 'case_events', 'case_messages', 'case_completions', 'case_decisions', 'assignments'].map((table) => `SELECT * FROM ${table} WHERE number IN (SELECT number FROM submissions WHERE sender = '${theirs.account}');`),
  `SELECT * FROM drafts WHERE id = '${theirs.draft}'; SELECT * FROM desk_views WHERE id = '${theirs.view}'; SELECT * FROM identities WHERE account = '${theirs.account}'; SELECT * FROM accounts WHERE id = '${theirs.account}';`,
].join('\n'));

it('knows what each parameter of an address is', () => {
  for (const row of all) for (const name of parameters(row)) assert.ok(name in PUBLIC || OWNED.includes(name), `{${name}} of ${row.pattern}: say in this file whether it names something public or somebody's own`);
});

describe('what belongs to somebody', () => {
  it('is there for the one it belongs to', async () => {
    for (const way of [`/submissions/${theirs.number}`, `/submissions/${theirs.number}.pdf`, `/submissions/${theirs.number}/messages/1/${encodeURIComponent(theirs.file)}`, `/submissions/${theirs.number}/decisions/1`, `/submissions/${theirs.number}/seen`, `/submissions/${theirs.open.number}/completion`, `/api/v1/submissions/${theirs.number}`])
      assert.equal((await fetch(portal.url + way, { headers: { cookie: victim }, redirect: 'manual' })).status, 200, way);
    assert.match(await see('/account', victim), new RegExp(theirs.number));
    assert.notEqual((await fetch(`${portal.url}/drafts/${theirs.draft}`, { headers: { cookie: victim }, redirect: 'manual' })).status, 404);
  });

  for (const who of ['nobody', 'another citizen', 'a clerk of another office', 'a clerk of an organization'])
    it(`is neither shown nor changed to ${who}, at any address and by any method`, async () => {
      const before = stored(), cookie = attackers[who];
      for (const row of all) {
        if (row.name === 'logout' || row.name === 'demo.mailbox') continue; // one's own session; the demo's mailbox is open by design
        const owned = parameters(row).some((name) => OWNED.includes(name));
        for (const method of row.methods)
          for (const way of owned ? [path(row), path(row, { ...theirs, number: theirs.open.number }), `${path(row)}?receipt=${mine.filed.receipt}&key=${mine.filed.receipt}`] : [`${path(row)}?number=${theirs.number}&account=${theirs.account}&login=obet@example.cz&office=umo-3&view=city&state=all`]) {
            const answer = await fetch(portal.url + way, { method, redirect: 'manual', headers: { cookie }, ...(isWrite(method) && { body: fields(theirs) }) });
            const what = `${method} ${way} by ${who}: ${answer.status}`, text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
            assert.ok(answer.status < 500, what);
            assert.ok(!text.includes(SECRET), `${what} shows what is somebody else's`);
            if (owned) assert.ok([303, 400, 401, 403, 404, 409, 415, 422].includes(answer.status), what);
            if (owned && answer.status === 303) assert.match(answer.headers.get('location'), /^\/login(\?|$)/, what);
          }
      }
      assert.equal(stored(), before, 'nothing of it was changed');
    });

  it('cannot be told from what is not there', async () => {
    const none = { ...theirs, number: '2026-999999', view: 'a'.repeat(26) }; // the name of a draft is 130 random bits
    const bare = (text, of) => [of.number, of.open.number, of.view].reduce((left, word) => left.replaceAll(word, 'IT'), text).replace(/\b[0-9a-z]{20,26}\b/g, 'RANDOM');
    for (const row of all.filter((each) => parameters(each).some((name) => ['number', 'view'].includes(name))))
      for (const method of row.methods)
        for (const [who, cookie] of Object.entries(attackers)) {
          const ask = async (of) => {
            const answer = await fetch(portal.url + path(row, of), { method, redirect: 'manual', headers: { cookie }, ...(isWrite(method) && { body: fields(of) }) });
            return `${answer.status} ${bare(`${answer.headers.get('location')} ${await answer.text()}`, of)}`;
          };
          assert.equal(await ask(theirs), await ask(none), `${method} ${row.pattern} by ${who}`);
        }
  });

  it('is not opened by a key of one\'s own, nor through an address of one\'s own', async () => {
    for (const row of all.filter((each) => /\{(message|file|decision)\}/.test(each.pattern) && /\{number\}/.test(each.pattern))) {
      const crossed = path(row, { ...mine, message: theirs.message, decision: '2', file: theirs.file });
      const answer = await fetch(portal.url + crossed, { headers: { cookie: attackers['another citizen'] }, redirect: 'manual' });
      assert.notEqual(answer.status, 200, `${crossed}: the number is one's own, the file another's`);
    }
  });
});

describe('another site', () => {
  it('changes nothing in the name of who is signed in, by any address', async () => {
    const before = stored();
    for (const row of all)
      for (const method of row.methods.filter(isWrite))
        for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null', 'content-type': 'text/plain' }]) {
          const answer = await fetch(portal.url + path(row), { method, redirect: 'manual', headers: { cookie: victim, ...headers }, body: String(fields(theirs)) });
          await answer.arrayBuffer();
          // Reading is not harmed by being asked from elsewhere: a position is sent in a body for its length alone.
          if (row.name !== 'api.locate') assert.equal(answer.status, 403, `${method} ${row.pattern} with ${JSON.stringify(headers)}`);
        }
    assert.equal(stored(), before);
    assert.match(await see('/account', victim), new RegExp(theirs.number), 'the session still stands');
  });

  it('is never led to, whatever an address is given', async () => {
    const ways = ['https://evil.example/', '//evil.example/', '/\\evil.example/'];
    for (const row of all.filter((each) => each.methods.includes('GET') && !each.flags.includes('EPO_ROUTE_DRAWN')))
      for (const way of ways) {
        const query = new URLSearchParams(['next', 'back', 'return', 'to', 'url', 'redirect', 'from'].map((name) => [name, way]));
        const answer = await fetch(`${portal.url}${path(row, mine)}?${query}`, { redirect: 'manual', headers: { cookie: attackers['another citizen'] } });
        const to = answer.headers.get('location'), text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
        if (to) assert.equal(new URL(to, portal.url).origin, portal.url, `${row.pattern} leads to ${to}`);
        assert.doesNotMatch(text, /(href|action|src|content)="(https?:)?(\/|\\)(\/|\\)evil|(href|action)="javascript:/, `${row.pattern} links to ${way}`);
      }
  });

  it('is not believed to be the portal, whatever Host is sent', async () => {
    const { request, say } = await import('./support/wire.mjs');
    for (const row of all.filter((each) => each.methods.includes('GET') && !each.flags.includes('EPO_ROUTE_DRAWN'))) {
      const answer = await say(portal.port, request('GET', path(row, mine), { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' }));
      if (!answer) continue;
      for (const [name, value] of answer.all) assert.ok(!value.includes('evil.example'), `${row.pattern}: ${name}: ${value}`);
    }
  });
});

describe('what is typed', () => {
  const hostile = ['"><script>alert(1)</script>', "' OR 1=1 --\r\nX-Evil: 1", '../../../../etc/passwd', '%00\u202e\uFFFF'];
  it('is nothing but text in every address and every query', async () => {
    for (const row of all.filter((each) => each.methods.includes('GET') && !each.flags.includes('EPO_ROUTE_DRAWN')))
      for (const word of hostile) {
        const at = row.pattern.replace(/\{[^}]+\}/g, () => encodeURIComponent(word));
        const query = new URLSearchParams(['q', 'lang', 'next', 'key', 'receipt', 'draft', 'state', 'view', 'office', 'before', 'after', 'bbox', 'login', 'code', 'number', 'page'].map((name) => [name, word]));
        for (const way of new Set([at, `${path(row, mine)}?${query}`])) {
          const answer = await fetch(portal.url + way, { redirect: 'manual', headers: { cookie: attackers['a clerk of another office'] } });
          const text = Buffer.from(await answer.arrayBuffer()).toString('latin1'), what = `GET ${way}: ${answer.status}`;
          assert.ok(answer.status < 500, what);
          assert.equal(answer.headers.get('x-evil'), null, what);
          if (/html/.test(answer.headers.get('content-type') ?? '')) assert.ok(!text.includes('<script>alert'), what);
          assert.ok(!text.includes('root:x:0'), what);
        }
      }
  });

  it('is nothing but text in every cookie', async () => {
    for (const word of ["' OR 1=1 --", 'a'.repeat(4000), '../../x', '%00', '"', ';;;=', 'á'])
      for (const way of ['/account', '/office', '/admin', '/login', `/submissions/${theirs.number}`]) {
        const answer = await fetch(portal.url + way, { redirect: 'manual', headers: { cookie: `epo_session=${encodeURIComponent(word)}; device=${encodeURIComponent(word)}; lang=${encodeURIComponent(word)}` } });
        assert.ok([200, 303, 400, 404, 431].includes(answer.status), `${way}: ${answer.status}`);
        assert.ok(!(await answer.text()).includes(SECRET));
      }
  });
});

it('who is signed in can sign out from every page', async () => {
  let pages = 0;
  for (const row of all.filter((each) => each.methods.includes('GET') && !each.flags.includes('EPO_ROUTE_DRAWN'))) {
    const answer = await fetch(portal.url + path(row), { redirect: 'manual', headers: { cookie: victim } }), text = await answer.text();
    if (!/^text\/html/.test(answer.headers.get('content-type') ?? '')) continue;
    assert.match(text, /<form[^>]*action="\/logout"/, row.pattern);
    pages++;
  }
  assert.ok(pages > 20, `${pages} pages`);
});

it('who is signed in is never kept by a cache', async () => {
  for (const row of all.filter((each) => each.methods.includes('GET') && !/^\/(tiles|api\/v1\/(agendas|forms|layers|openapi|map|locate|addresses|reverse|route|search|permits)|ogc|opendata|robots|favicon|healthz|metrics|sitemap|\.well-known)/.test(each.pattern))) {
    const answer = await fetch(portal.url + path(row), { redirect: 'manual', headers: { cookie: victim } });
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    if (text.includes(SECRET) || answer.status === 303) assert.match(answer.headers.get('cache-control'), /no-store|private/, `${row.pattern}: ${answer.headers.get('cache-control')}`);
  }
});
