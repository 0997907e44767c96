// Signing in and what rides on it: cookies, sessions, requests from other sites, guessing of passwords.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';

import { body, dog, post } from '../browser/support/forms.mjs';
import { accounts, demoFolder, epo, serve } from '../support/portal.mjs';
import { fileDog, signIn } from './support/people.mjs';

let portal, password;
before(async () => {
  portal = await serve(demoFolder({ demo: false })); // a demo shows its accounts on the sign-in page
  password = accounts(portal.folder)['umo-3'];
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const get = (path, cookie, headers = {}) => fetch(portal.url + path, { redirect: 'manual', headers: { ...(cookie && { cookie }), ...headers } });
const login = (fields, headers) => post(portal.url, '/login', new URLSearchParams(fields), headers);
const cookies = (answer) => Object.fromEntries(answer.headers.getSetCookie().map((line) => {
  const [pair, ...attributes] = line.split('; ');
  return [pair.slice(0, pair.indexOf('=')), { value: pair.slice(pair.indexOf('=') + 1), attributes: attributes.sort() }];
}));

describe('sessions', () => {
  it('ride in a cookie that scripts and other sites do not get', async () => {
    const answer = await login({ name: 'umo-3', password });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), '/office');
    const { epo_session: session } = cookies(answer);
    assert.match(session.value, /^\w{26,}$/);
    assert.deepEqual(session.attributes, ['HttpOnly', 'Max-Age=86400', 'Path=/', 'SameSite=Lax']);
    assert.equal((await get('/office', `epo_session=${session.value}`)).status, 200);
  });

  it('are new at each sign-in; the one before is worth nothing after it', async () => {
    const planted = 'a'.repeat(26), first = cookies(await login({ name: 'umo-3', password }, { cookie: `epo_session=${planted}` })).epo_session.value;
    assert.notEqual(first, planted);
    assert.equal((await get('/office', `epo_session=${planted}`)).status, 303);
    const second = cookies(await login({ name: 'umo-3', password }, { cookie: `epo_session=${first}` })).epo_session.value;
    assert.notEqual(second, first);
    assert.equal((await get('/office', `epo_session=${first}`)).status, 303, 'ended by the next sign-in of this browser');
    assert.equal((await get('/office', `epo_session=${second}`)).status, 200);
  });

  it('end at signing out, in the browser and here', async () => {
    const cookie = await signIn(portal, 'umo-3'), answer = await post(portal.url, '/logout', undefined, { cookie });
    assert.equal(answer.status, 303);
    const ended = cookies(answer).epo_session;
    assert.equal(ended.value, '');
    assert.ok(ended.attributes.includes('Max-Age=0'));
    assert.equal((await get('/office', cookie)).status, 303);
    assert.equal((await post(portal.url, '/logout', undefined, { cookie })).status, 303, 'a second time is no error');
  });

  it('end when the account is disabled or changed from the shell', async () => {
    const cookie = await signIn(portal, 'umo-4');
    assert.equal((await get('/office', cookie)).status, 200);
    assert.equal(epo('account', 'disable', '-C', portal.folder, 'umo-4').status, 0);
    assert.equal((await get('/office', cookie)).status, 303);
    assert.equal((await login({ name: 'umo-4', password: accounts(portal.folder)['umo-4'] })).status, 401);
  });

  it('show a clerk the own office only', async () => {
    const filed = await fileDog(portal, crypto.randomUUID(), 'umo-2'), [three, two] = [await signIn(portal, 'umo-3'), await signIn(portal, 'umo-2')];
    assert.equal((await get(`/office/cases/${filed.number}`, two)).status, 200);
    assert.equal((await get(`/office/cases/${filed.number}`, three)).status, 404);
    assert.equal((await get('/admin', two)).status, 403);
  });
});

describe('a password made for somebody', () => {
  it('is good for some days, which every page says until they set their own', async () => {
    const { stdout } = epo('account', 'add', 'novy@example.cz', '--role', 'citizen', '-C', portal.folder), [, first] = stdout.trim().split(/\s+/);
    const answer = await login({ name: 'novy@example.cz', password: first }), cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    for (const path of ['/account', '/agendas'])
      assert.match(await (await get(path, cookie)).text(), /Platí do \d+\. \d+\. \d{4}[^<]*<a href="\/account\/security">Nastavte si vlastní heslo/);
    const change = await post(portal.url, '/account/security', new URLSearchParams({ current: first, password: 'tři tiché kotvy na dně' }), { cookie });
    assert.equal(change.status, 303);
    assert.doesNotMatch(await (await get('/account', cookie)).text(), /Nastavte si vlastní heslo/);
  });
});

describe('fields for passwords', () => {
  it('hide what is typed, and are open to pasting and to password managers', async () => {
    const cookie = await signIn(portal, 'umo-8'), found = [];
    for (const [path, as] of [['/login', ''], ['/register', ''], ['/account/security', cookie]]) {
      const page = await (await get(path, as)).text();
      for (const [tag] of page.matchAll(/<input[^>]*name="(?:password|current)"[^>]*>/g)) {
        found.push(tag);
        assert.match(tag, / type="password"/, path);
        assert.match(tag, / autocomplete="(current|new)-password"/, path);
        assert.doesNotMatch(tag, /onpaste|readonly|maxlength="([1-9]|[1-5][0-9]|6[0-3])"/, path);
      }
      assert.doesNotMatch(page, /hint_question|secret_question|name="(question|answer)"/, path);
    }
    assert.ok(found.length >= 3, `${found.length} fields`);
  });
});

describe('the way back after signing in', () => {
  const ways = {
    '/office?state=received': true, '/office/cases/2026-000001': true, '/account': true, '/': true,
    'https://evil.example/': false, '//evil.example': false, '/\\evil.example': false, '\\\\evil.example': false, 'javascript:alert(1)': false,
    ' //evil.example': false, '/\t/evil.example': false, '/\r\nSet-Cookie: a=b': false, 'office': false, '': false, '/\0': false,
  };
  for (const [next, good] of Object.entries(ways))
    it(`${good ? 'goes to' : 'does not go to'} ${JSON.stringify(next)}`, async () => {
      const answer = await login({ name: 'umo-3', password, next });
      if (answer.status === 422 || answer.status === 400) return assert.ok(!good, 'refused as no form at all');
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), good ? next : '/office');
      assert.deepEqual(Object.keys(cookies(answer)).sort(), ['device', 'epo_session']);
      const page = await (await get(`/login?next=${encodeURIComponent(next)}`)).text();
      const [, kept] = page.match(/name="next" value="([^"]*)"/) ?? [];
      assert.equal((kept ?? '').replaceAll('&amp;', '&'), good ? next : '');
    });
});

describe('requests from other sites', () => {
  const path = '/agendas/dog_fee/registration', form = () => body(dog, { _action: 'review' });
  const headers = {
    'of this page': [{ 'sec-fetch-site': 'same-origin' }, 422], 'typed by hand': [{ 'sec-fetch-site': 'none' }, 422],
    'of no browser': [{}, 422], 'of this origin in an old browser': [() => ({ origin: portal.url }), 422],
    'of another site': [{ 'sec-fetch-site': 'cross-site' }, 403], 'of a sister site': [{ 'sec-fetch-site': 'same-site' }, 403],
    'of another origin': [{ origin: 'https://evil.example' }, 403], 'of a hidden origin': [{ origin: 'null' }, 403],
    'of this host by https': [() => ({ origin: portal.url.replace('http:', 'https:') }), 403],
    'of another port': [() => ({ origin: 'http://127.0.0.1:1' }), 403],
    'of a name that only begins like ours': [() => ({ origin: `${portal.url}.evil.example` }), 403],
    'of a lying origin': [() => ({ origin: portal.url, 'sec-fetch-site': 'cross-site' }), 403],
  };
  for (const [what, [given, status]] of Object.entries(headers))
    it(`a form ${what}: ${status}`, async () => {
      const said = typeof given === 'function' ? given() : given;
      assert.equal((await post(portal.url, path, form(), said)).status, status);
      if (status !== 403) return;
      const cookie = await signIn(portal, 'umo-3');
      assert.equal((await post(portal.url, '/logout', undefined, { ...said, cookie })).status, 403);
      assert.equal((await get('/office', cookie, said)).status, 200, 'reading is not harmed, and the session still stands');
      assert.equal((await fetch(`${portal.url}/api/v1/forms/dog_fee/registration/check`, { method: 'POST', body: '{}', headers: { ...said, 'content-type': 'application/json' } })).status, 403);
    });
});

describe('guessing', () => {
  const wrong = (name, headers) => login({ name, password: 'not the one' }, headers);

  it('gets the same answer whether or not there is such an account', async () => {
    const [real, none] = [await wrong('umo-5'), await wrong('nobody-at-all')];
    assert.deepEqual([real.status, none.status], [401, 401]);
    const bare = async (answer, name) => (await answer.text()).replaceAll(name, 'NAME');
    assert.equal(await bare(real, 'umo-5'), await bare(none, 'nobody-at-all'));
  });

  it('is slowed down for the name, also with the right password; a browser that was in before is not', async () => {
    const known = await signIn(portal, 'umo-6');
    let answer;
    for (let i = 0; i < 12; i++) answer = await wrong('umo-6');
    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    assert.match(await answer.text(), /name="name"[^>]*value="umo-6"|value="umo-6"[^>]*name="name"/, 'the name typed is kept');
    const right = { name: 'umo-6', password: accounts(portal.folder)['umo-6'] };
    assert.equal((await login(right)).status, 429);
    assert.equal((await login(right, { cookie: known.split('; ').find((pair) => pair.startsWith('device=')) })).status, 303);
    assert.equal((await login({ name: 'umo-7', password: accounts(portal.folder)['umo-7'] })).status, 303, 'others are not held up');
  });

  it('is limited by address, however many names are tried', async () => {
    const limited = await serve(demoFolder({ http: { limited_per_minute: 5, pictures_per_minute: 2 } }));
    const statuses = [];
    for (let i = 0; i < 7; i++) statuses.push((await post(limited.url, '/login', new URLSearchParams({ name: `name-${i}`, password: 'x' }))).status);
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
    const refused = await post(limited.url, '/login', new URLSearchParams({ name: 'a', password: 'x' }), { accept: 'application/json' });
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.equal((await refused.json()).status, 429);
    assert.equal((await fetch(`${limited.url}/agendas`)).status, 200, 'reading goes on');
    const pictures = [];
    for (let i = 0; i < 3; i++) pictures.push((await fetch(`${limited.url}/api/v1/map.png?center=13.37,49.74${i}`)).status);
    assert.deepEqual(pictures, [200, 200, 429], 'pictures have a limit of their own');
    assert.equal(await limited.stop(), 0, limited.log);
    await limited.remove();
  });
});
