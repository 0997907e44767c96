// What becomes of a request: moves by rules, whose turn it is, and what the applicant may do with it - each with the
// rights of others tried.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { day, dogJson, file, post, spots, stall } from '../browser/support/forms.mjs';
import { epo, startDemo } from '../support/portal.mjs';
import { jpeg, pdf, sha256 } from './support/files.mjs';
import { signIn } from './support/people.mjs';

let portal, clerk, other, chip = 203012345670000;
const newStall = () => file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area_m2: 4, area: { type: 'Point', coordinates: spots['umo-3'] } });
const newDog = () => file(portal.url, 'dog_fee', 'registration', { ...dogJson('umo-3'), chip: String(++chip) });
before(async () => {
  portal = await startDemo();
  [clerk, other] = await Promise.all([signIn(portal, 'umo-3'), signIn(portal, 'umo-4')]);
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); });

const get = async (path, cookie = '') => {
  const answer = await fetch(portal.url + path, { headers: { cookie, 'accept-language': 'cs' }, redirect: 'manual' });
  return { status: answer.status, text: await answer.text() };
};
const send = async (path, fields, cookie = '') => {
  const answer = await post(portal.url, path, new URLSearchParams(fields), { cookie, 'accept-language': 'cs' });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
};
const move = (number, from, state, note = '', cookie = clerk) => send(`/office/cases/${number}`, { from, state, note }, cookie);
const own = (filed) => `/submissions/${filed.number}?receipt=${filed.receipt}`;

describe('states with rules', () => {
  it('the clerk is offered what the agenda allows; a note that it needs is asked for', async () => {
    const filed = await newDog(), path = `/office/cases/${filed.number}`;
    const offered = [...(await get(path, clerk)).text.matchAll(/name="state" id="move-(\w+)"/g)].map(([, state]) => state);
    assert.deepEqual(offered, ['in_progress', 'returned', 'payment', 'accepted', 'refused', 'withdrawn']);
    const refused = await move(filed.number, 'received', 'refused');
    assert.equal(refused.status, 422);
    assert.match(refused.text, /napište poznámku: žadatel se z ní dozví/);
    assert.equal((await move(filed.number, 'received', 'nonsense', 'x')).status, 409);
    assert.equal((await move(filed.number, 'received', 'refused', 'Pes není z obce.')).status, 303);
    assert.doesNotMatch((await get(path, clerk)).text, /name="state"/, 'an end leads nowhere');
    assert.equal((await move(filed.number, 'refused', 'received', 'x')).status, 409);
  });

  it('the applicant sees whose turn it is and until when', async () => {
    const filed = await newDog();
    assert.match((await get(own(filed))).text, /Na řadě je úřad\./);
    assert.equal((await move(filed.number, 'received', 'returned', 'Chybí číslo čipu.')).status, 303);
    const page = (await get(own(filed))).text;
    assert.match(page, /Na řadě jste vy\.<\/strong>\s*<span>Nejpozději do \d+\. \d+\. \d{4}\./);
    assert.match(page, /Chybí číslo čipu\./);
    assert.match((await get(`/office/cases/${filed.number}`, clerk)).text, /Čeká se na žadatele\./);
    assert.equal((await move(filed.number, 'returned', 'accepted', '')).status, 409, 'not from there');
  });
});

describe('taking a request back', () => {
  it('by its key, once, and by nobody else', async () => {
    const filed = await newDog(), path = `/submissions/${filed.number}/withdraw`;
    const form = { key: filed.receipt, state: 'received', note: 'Pes už není.' };
    assert.match((await get(own(filed))).text, new RegExp(`action="${path}"`));
    assert.equal((await send(path, { ...form, key: '' })).status, 404);
    assert.equal((await send(path, { ...form, key: 'a'.repeat(26) })).status, 404);
    assert.equal((await send(path, { ...form, key: (await newDog()).receipt })).status, 404, "another's key");
    assert.equal((await send(path, { ...form, key: '' }, clerk)).status, 404, 'a clerk is no applicant');
    assert.equal((await send(path, { ...form, state: 'in_progress' })).status, 409, 'the state seen is another');
    assert.equal((await send(path, { ...form, note: 'x'.repeat(2001) })).status, 422);
    const done = await send(path, form);
    assert.equal(done.status, 303);
    const page = (await get(done.location)).text;
    assert.match(page, /Vzato zpět/);
    assert.match(page, /žadatel<p>Pes už není\./);
    assert.doesNotMatch(page, /action="[^"]*withdraw"/);
    assert.equal((await send(path, form)).status, 409, 'twice');
    assert.match((await get(`/office/cases/${filed.number}`, clerk)).text, /Pes už není\./);
  });

  it('not after an end', async () => {
    const filed = await newDog();
    assert.equal((await move(filed.number, 'received', 'accepted')).status, 303);
    assert.doesNotMatch((await get(own(filed))).text, /\/withdraw"/);
    assert.equal((await send(`/submissions/${filed.number}/withdraw`, { key: filed.receipt, state: 'accepted' })).status, 409);
  });
});

describe('messages', () => {
  const write = (filed, fields, cookie) => send(`/submissions/${filed.number}/messages`, fields, cookie);
  const answer = (filed, fields, cookie = clerk) => send(`/office/cases/${filed.number}/messages`, fields, cookie);
  const count = (text) => (text.match(/class="message( |")/g) ?? []).length;

  it('go both ways, are new until opened, and a second press sends nothing again', async () => {
    const filed = await newDog(), path = `/office/cases/${filed.number}`, hello = { key: filed.receipt, _key: 'one', text: 'Kdy to bude?\n<b>Děkuji</b>' };
    const first = await write(filed, hello), again = await write(filed, hello);
    assert.deepEqual([first.status, again.status], [303, 303]);
    let page = (await get(path, clerk)).text;
    assert.equal(count(page), 1);
    assert.match(page, /&lt;b&gt;Děkuji&lt;\/b&gt;/);
    assert.match(page, /message__fresh/);
    assert.doesNotMatch((await get(path, clerk)).text, /message__fresh/, 'read now');
    assert.equal((await write(filed, { ...hello, text: 'Kdy?' })).status, 303, 'another text of the same page is another message');
    assert.equal((await answer(filed, { _key: 'two', text: 'Do týdne.' })).status, 303);
    page = (await get(own(filed))).text;
    assert.equal(count(page), 3);
    assert.match(page, /message__fresh[^]*Do týdne\./);
    assert.doesNotMatch((await get(own(filed))).text, /message__fresh/);
    assert.match((await get(path, clerk)).text, /: zpráva/, 'in the audit trail');
  });

  it('only of who may: no key, a key of another, another office, a citizen among clerks', async () => {
    const filed = await newDog(), stranger = await newDog(), text = 'x';
    assert.equal((await write(filed, { text, _key: 'k' })).status, 404);
    assert.equal((await write(filed, { text, _key: 'k', key: stranger.receipt })).status, 404);
    assert.equal((await write(filed, { text, _key: 'k' }, clerk)).status, 404);
    assert.equal((await answer(filed, { text, _key: 'k' }, other)).status, 404);
    assert.ok([303, 401, 403].includes((await answer(filed, { text, _key: 'k' }, '')).status));
    assert.equal(count((await get(own(filed))).text), 0);
  });

  describe('with attachments', () => {
    const put = async (path, fields, files, cookie = '') => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      for (const [name, bytes] of files) form.append('file', new Blob([bytes]), name);
      const answer = await post(portal.url, path, form, { cookie, 'accept-language': 'cs' });
      return { status: answer.status, text: await answer.text() };
    };
    const links = (text) => [...text.matchAll(/href="([^"]+\/messages\/\d+\/[^"]+)" download>([^<]+)</g)].map(([, href, name]) => [href.replaceAll('&amp;', '&'), name]);
    const load = async (path, cookie = '') => {
      const answer = await fetch(portal.url + path, { headers: { cookie }, redirect: 'manual' });
      return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
    };
    let filed, path, mine, theirs;
    before(async () => { filed = await newDog(); path = `/office/cases/${filed.number}`; });

    it('go both ways and come back as they were; a second press stores none again', async () => {
      const hello = [`/submissions/${filed.number}/messages`, { key: filed.receipt, _key: 'one', text: 'Posílám doklad.' }, [['doklad č. 1.pdf', pdf('a')], ['<b>.jpg', jpeg()]]];
      for (let i = 0; i < 2; i++) assert.equal((await put(...hello)).status, 303);
      assert.equal((await put(`${path}/messages`, { _key: 'two', text: 'Děkujeme, zde je odpověď.' }, [['odpoved.pdf', pdf('b')]], clerk)).status, 303);
      theirs = links((await get(path, clerk)).text);
      mine = links((await get(own(filed))).text);
      assert.deepEqual(theirs.map(([, name]) => name), mine.map(([, name]) => name));
      assert.equal(mine.length, 3);
      for (const [from, cookie] of [[theirs, clerk], [mine, '']]) {
        const [first, photo, last] = await Promise.all(from.map(([href]) => load(href, cookie)));
        assert.deepEqual([first.status, photo.status, last.status], [200, 200, 200]);
        assert.deepEqual([sha256(first.bytes), sha256(last.bytes)], [sha256(pdf('a')), sha256(pdf('b'))]);
        assert.doesNotMatch(photo.bytes.toString('latin1'), /GPS/, 'the place is taken out');
        assert.match(first.headers.get('content-disposition'), /^attachment/);
      }
    });

    it('are read by who may see the case and nobody else', async () => {
      const stranger = await newDog(), [href] = mine[0], bare = href.split('?')[0];
      for (const way of [bare, `${bare}?key=${stranger.receipt}`, `${bare.replace(filed.number, stranger.number)}?key=${stranger.receipt}`, href.replace('/messages/1/', '/messages/2/'), href.replace('/messages/1/', '/files/')])
        assert.equal((await load(way)).status, 404, way);
      assert.equal((await load(theirs[0][0], other)).status, 404);
      assert.ok([303, 401, 403].includes((await load(theirs[0][0])).status));
      assert.ok([303, 401, 403, 404].includes((await put(`${path}/messages`, { _key: 'x', text: 'x' }, [['a.pdf', pdf()]], other)).status));
      assert.equal((await put(`/submissions/${filed.number}/messages`, { key: stranger.receipt, _key: 'x', text: 'x' }, [['a.pdf', pdf()]])).status, 404);
      assert.equal(links((await get(own(filed))).text).length, 3);
    });

    it('are refused by their content and number, with what was written kept', async () => {
      const write = (files) => put(`/submissions/${filed.number}/messages`, { key: filed.receipt, _key: 'three', text: 'Ještě jedna věc.' }, files);
      for (const [files, why] of [[[['a.pdf', 'MZ\x90\0 program']], /Soubor a\.pdf/], [Array.from({ length: 6 }, (_, i) => [`${i}.pdf`, pdf()]), /nejvýše 5 příloh/]]) {
        const { status, text } = await write(files);
        assert.equal(status, 422);
        assert.match(text, why);
        assert.match(text, /Ještě jedna věc\.<\/textarea>/);
        assert.match(text, /Přílohy vyberte znovu/);
      }
      assert.equal(links((await get(own(filed))).text).length, 3);
    });

    it('of one case are bounded together', async () => {
      for (let i = 0; i < 11; i++) assert.equal((await put(`${path}/messages`, { _key: `n${i}`, text: `${i}` }, Array.from({ length: 5 }, (_, n) => [`${n}.pdf`, pdf()]), clerk)).status, 303);
      const full = await put(`${path}/messages`, { _key: 'last', text: 'poslední' }, Array.from({ length: 3 }, (_, n) => [`${n}.pdf`, pdf()]), clerk);
      assert.equal(full.status, 409);
      assert.match(full.text, /příliš mnoho příloh/);
      assert.equal((await put(`${path}/messages`, { _key: 'last', text: 'poslední' }, [['a.pdf', pdf()]], clerk)).status, 303);
    });
  });

  it('are bounded: nothing, too much, too many unread', async () => {
    const filed = await newDog(), key = filed.receipt;
    assert.equal((await write(filed, { key, text: '  ', _key: 'k' })).status, 422);
    const long = await write(filed, { key, text: 'ř'.repeat(4001), _key: 'k' });
    assert.equal(long.status, 422);
    assert.match(long.text, /ř{4001}<\/textarea>/, 'nothing typed is lost');
    for (let i = 0; i < 20; i++) assert.equal((await write(filed, { key, text: `zpráva ${i}`, _key: `k${i}` })).status, 303);
    assert.equal((await write(filed, { key, text: 'ještě', _key: 'x' })).status, 429);
    await get(`/office/cases/${filed.number}`, clerk);
    assert.equal((await write(filed, { key, text: 'ještě', _key: 'x' })).status, 303);
  });
});

describe('a request for completion', () => {
  const ask = (filed, fields, cookie = clerk) => send(`/office/cases/${filed.number}/completion`, { from: 'received', to: 'returned', ...fields }, cookie);
  const complete = (filed, fields, key = filed.receipt) => send(`/submissions/${filed.number}/completion?key=${key}`, fields);
  const page = (filed, key = filed.receipt) => get(`/submissions/${filed.number}/completion?key=${key}`);
  const opened = (text) => [...text.matchAll(/data-field="(\w+)"/g)].map(([, id]) => id);
  const sql = (text) => execFileSync('sqlite3', ['-json', '-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), text], { encoding: 'utf8' });

  it('opens just the fields asked for; what was filed stays, before and after are shown', async () => {
    const filed = await newDog(), before = sql(`SELECT answers, answers_hash, receipt FROM submissions WHERE receipt = '${filed.receipt}'`);
    assert.equal((await ask(filed, { ask: 'breed' })).status, 422, 'without a reason');
    assert.equal((await ask(filed, { ask: 'nothing', 'reason.nothing': 'x' })).status, 422);
    assert.equal((await ask(filed, { ask: 'breed', 'reason.breed': 'x', to: 'accepted' })).status, 422);
    assert.equal((await ask(filed, { ask: 'breed', 'reason.breed': 'x' }, other)).status, 404);
    assert.equal((await ask(filed, { ask: 'breed', 'reason.breed': 'Plemeno neznáme.' })).status, 303);
    assert.match((await get(own(filed))).text, new RegExp(`href="/submissions/${filed.number}/completion\\?key=`));
    const form = await page(filed);
    assert.equal(form.status, 200);
    assert.deepEqual(opened(form.text), ['breed']);
    assert.match(form.text, /name="breed"[^>]*value="jezevčík"/);
    assert.match(form.text, /Plemeno neznáme\./);
    assert.equal((await complete(filed, { breed: '' })).status, 422);
    assert.equal((await complete(filed, { breed: 'jezevčík' })).status, 422, 'nothing is changed');
    const done = await complete(filed, { breed: 'jezevčík hladkosrstý', dog_name: 'Podvrh' });
    assert.equal(done.status, 303);
    assert.equal((await complete(filed, { breed: 'pudl' })).status, 303, 'pressed twice: back to the request');
    for (const text of [(await get(own(filed))).text, (await get(`/office/cases/${filed.number}`, clerk)).text]) {
      assert.match(text, /<td>jezevčík<\/td><td>jezevčík hladkosrstý<\/td>/);
      assert.doesNotMatch(text, /Podvrh|pudl/, 'what was not asked for is not taken');
      assert.match(text, /Řeší se/);
    }
    assert.equal(sql(`SELECT answers, answers_hash, receipt FROM submissions WHERE receipt = '${filed.receipt}'`), before);
    const [{ hash, changes }] = JSON.parse(sql(`SELECT c.hash, c.changes FROM case_completions c JOIN submissions s USING (tenant, number) WHERE s.receipt = '${filed.receipt}'`));
    assert.equal(createHash('sha256').update(changes).digest('hex'), hash);
    assert.match(sql(`SELECT detail FROM audit WHERE action = 'case.completed' AND object = '${filed.number}'`), new RegExp(hash));
  });

  it('opens to its applicant alone, and only while it is waited for', async () => {
    const filed = await newDog(), stranger = await newDog();
    assert.equal((await page(filed)).status, 303, 'not asked: back to the request');
    await ask(filed, { ask: 'breed', 'reason.breed': 'x' });
    assert.equal((await page(filed, 'x'.repeat(26))).status, 404);
    assert.equal((await page(filed, stranger.receipt)).status, 404);
    assert.equal((await complete(filed, { breed: 'pudl' }, stranger.receipt)).status, 404);
    assert.equal((await get(`/submissions/${filed.number}/completion`, clerk)).status, 404);
    assert.equal((await move(filed.number, 'returned', 'in_progress')).status, 303);
    assert.equal((await complete(filed, { breed: 'pudl' })).status, 303);
    assert.doesNotMatch((await get(own(filed))).text, /pudl/, 'the clerk went on without it');
  });

  it('a place that moves is measured anew: district, list, map; the receipts still fit', async () => {
    const filed = await newDog();
    await ask(filed, { ask: 'home', 'reason.home': 'Bod leží na silnici.' });
    assert.deepEqual(opened((await page(filed)).text), ['home']);
    const at = JSON.stringify({ type: 'Point', coordinates: spots['umo-2'] });
    const [stored] = JSON.parse(sql(`SELECT number, district FROM locations l JOIN submissions s USING (tenant, number) WHERE s.receipt = '${filed.receipt}'`));
    const done = await complete(filed, { home: at });
    assert.equal(done.status, 303, done.text);
    const [moved] = JSON.parse(sql(`SELECT l.number, l.district, c.district AS of_case FROM locations l JOIN cases c USING (tenant, number) WHERE l.number = ${stored.number}`));
    assert.notEqual(moved.district, stored.district);
    assert.equal(moved.of_case, moved.district);
    assert.match((await get(`/office/cases/${filed.number}`, clerk)).text, /Plzeň 2/);
    const copy = join(portal.folder, 'copy.backup'), made = epo('backup', '-C', portal.folder, copy);
    assert.equal(made.status, 0, made.stderr);
    const back = epo('restore', '-C', join(portal.folder, 'restored'), copy); // recomputes the chain of receipts
    assert.equal(back.status, 0, back.stdout + back.stderr);
  });

  it('the answers of conditions follow: what a new answer makes necessary is asked for too', async () => {
    const filed = await newDog();
    await ask(filed, { ask: 'marking', 'reason.marking': 'Čip nejde přečíst.' });
    const refused = await complete(filed, { marking: 'tattoo' });
    assert.equal(refused.status, 422);
    assert.deepEqual(opened(refused.text), ['marking', 'tattoo']);
  });

  it('a missing file: sent with the form or ahead of it, taken out again, shown on the desk; of the field asked for alone', async () => {
    const filed = await file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area_m2: 4, from: day(90), to: day(91), area: { type: 'Point', coordinates: spots['umo-3'] } });
    const path = `/submissions/${filed.number}/completion?key=${filed.receipt}`;
    const put = async (fields, files) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) form.append(name, each);
      for (const [field, name, bytes] of files) form.append(field, new Blob([bytes]), name);
      const answer = await post(portal.url, path, form, { 'accept-language': 'cs' });
      return { status: answer.status, text: await answer.text() };
    };
    const held = (text) => [...text.matchAll(/type="hidden" name="sketch" value="([^"]+)"><span class="files__name">([^< ]+)/g)].map(([, reference, name]) => [reference, name]);
    assert.equal((await put({}, [['sketch', 'early.pdf', pdf()]])).status, 303, 'nothing was asked for');
    assert.equal((await ask(filed, { ask: 'sketch', 'reason.sketch': 'Chybí situace.' })).status, 303);
    const page = (await get(path)).text;
    assert.deepEqual(opened(page), ['sketch']);
    assert.match(page, /<form[^>]*enctype="multipart\/form-data"/);
    assert.match(page, /Chybí situace\./);
    const wrong = await put({ _action: 'send' }, [['sketch', 'a.exe', Buffer.from('MZ\x90\0 no plan')]]);
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /class="faults"[^]*a\.exe/);
    let sent = await put({ _action: 'upload' }, [['sketch', 'jedna.pdf', pdf('1')], ['sketch', 'dva.jpg', jpeg()]]);
    assert.deepEqual([sent.status, held(sent.text).map(([, name]) => name)], [200, ['jedna.pdf', 'dva.jpg']]);
    sent = await put({ _action: 'file:sketch:remove-1', sketch: held(sent.text).map(([reference]) => reference) }, []);
    assert.deepEqual(held(sent.text).map(([, name]) => name), ['dva.jpg']);
    const done = await put({ _action: 'send', sketch: held(sent.text)[0][0] }, [['sketch', 'situace.pdf', pdf('situace')]]);
    assert.equal(done.status, 303, done.text);
    for (const [where, cookie] of [[own(filed), ''], [`/office/cases/${filed.number}`, clerk]]) {
      const text = (await get(where, cookie)).text, row = text.match(/<tr><th scope="row">Náčrt[^]*?<\/tr>/)[0];
      assert.match(row, /<td>–<\/td>/);
      const links = [...row.matchAll(/href="([^"]+)" download>([^<]+)/g)].map(([, href, name]) => [href.replaceAll('&amp;', '&'), name]);
      assert.deepEqual(links.map(([, name]) => name), ['dva.jpg', 'situace.pdf']);
      const file = await fetch(portal.url + links[1][0], { headers: { cookie } });
      assert.equal(sha256(Buffer.from(await file.arrayBuffer())), sha256(pdf('situace')));
      assert.ok(text.match(/download>situace\.pdf/g).length > 1, 'among the answers too');
    }
    const [{ owners }] = JSON.parse(sql(`SELECT group_concat(DISTINCT owner) AS owners FROM attachments WHERE name IN ('dva.jpg', 'situace.pdf')`));
    assert.equal(owners, `submission/${filed.number}`);
    assert.equal((await ask(filed, { from: 'in_progress', ask: 'sketch', 'reason.sketch': 'Ještě řez.' })).status, 303);
    const again = (await get(path)).text;
    assert.deepEqual(held(again).map(([, name]) => name), ['dva.jpg', 'situace.pdf'], 'what is there already stays');
    assert.equal((await put({ _action: 'send', sketch: held(again)[1][0] }, [])).status, 303);
    assert.match((await get(own(filed))).text, /dva\.jpg<\/a><\/li><li><a[^>]*>situace\.pdf<\/a><\/li><\/ul><\/td><td><ul[^>]*><li><a[^>]*>situace\.pdf/);
    assert.equal((await ask(filed, { from: 'in_progress', ask: 'description', 'reason.description': 'x' })).status, 303);
    assert.equal((await put({ description: 'Med', _action: 'send' }, [['sketch', 'podvrh.pdf', pdf()]])).status, 303);
    const [{ last }] = JSON.parse(sql(`SELECT changes AS last FROM case_completions c JOIN submissions s USING (tenant, number) WHERE s.receipt = '${filed.receipt}' ORDER BY sequence DESC LIMIT 1`));
    assert.deepEqual(JSON.parse(last).map(({ field }) => field), ['description'], 'a file of a field that was not asked for is not taken');
  });
});

describe('decisions', () => {
  const pdf = async (path, cookie = '') => {
    const answer = await fetch(portal.url + path, { headers: { cookie }, redirect: 'manual' });
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()), headers: answer.headers };
  };
  const words = (bytes) => execFileSync('pdftotext', ['-layout', '-', '-'], { input: bytes, encoding: 'utf8' }).replace(/\s+/g, ' ');

  it('are filled in from the request, looked at, issued once, and downloaded by the applicant alone', async () => {
    const filed = await newStall(), path = `/office/cases/${filed.number}/decision`;
    assert.match((await get(`/office/cases/${filed.number}`, clerk)).text, new RegExp(`href="${path}\\?to=accepted"`));
    const form = await get(`${path}?to=accepted`, clerk);
    assert.equal(form.status, 200);
    const text = form.text.match(/<textarea[^>]*name="text"[^>]*>([^<]*)</)[1];
    assert.match(text, new RegExp(`podle podání č\\. ${filed.number} ze dne`));
    assert.doesNotMatch(text, /[{}]/, 'every name is filled in');
    assert.equal((await get(`${path}?to=withdrawn`, clerk)).status, 409);
    assert.equal((await get(`${path}?to=accepted`, other)).status, 404);
    const fields = { from: 'received', to: 'accepted', text: `${text}\n\nOdůvodnění: příliš žluťoučký kůň.` };
    const draft = await send(path, { ...fields, _action: 'preview' }, clerk);
    assert.equal(draft.status, 200);
    assert.match(draft.text, /^%PDF-/);
    assert.equal((await pdf(`/office/cases/${filed.number}/decisions/1`, clerk)).status, 404, 'a draft is nothing yet');
    assert.equal((await send(path, { ...fields, _action: 'issue', text: ' ' }, clerk)).status, 422);
    assert.equal((await send(path, { ...fields, _action: 'issue' }, other)).status, 404);
    assert.equal((await send(path, { ...fields, _action: 'issue' }, clerk)).status, 303);
    assert.equal((await send(path, { ...fields, _action: 'issue' }, clerk)).status, 409, 'twice');
    const page = (await get(own(filed))).text;
    assert.match(page, /Vyhověno/);
    const [, address] = page.match(/href="([^"]*\/decisions\/1\?key=[^"]*)"/), sum = page.match(/SHA-256<\/dt><dd[^>]*>([0-9a-f]{64})/)[1];
    const document = await pdf(address);
    assert.equal(document.status, 200);
    assert.match(document.headers.get('content-disposition'), /^attachment; filename="rozhodnuti-/);
    assert.equal(createHash('sha256').update(document.bytes).digest('hex'), sum);
    assert.match(words(document.bytes), new RegExp(`${filed.number}/1.*příliš žluťoučký kůň.*odvolat do 15 dnů`));
    assert.doesNotMatch(words(document.bytes), /NÁVRH/);
    const trail = execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), `SELECT detail FROM audit WHERE action = 'decision.issued' AND object = '${filed.number}'`], { encoding: 'utf8' });
    assert.equal(trail.trim(), sum);
    const stranger = await newDog();
    for (const [where, cookie] of [[`/submissions/${filed.number}/decisions/1`, ''], [`/submissions/${filed.number}/decisions/1?key=${stranger.receipt}`, ''], [`/submissions/${filed.number}/decisions/2?key=${filed.receipt}`, ''], [`/submissions/${stranger.number}/decisions/1?key=${stranger.receipt}`, ''], [`/office/cases/${filed.number}/decisions/1`, other]])
      assert.equal((await pdf(where, cookie)).status, 404, where);
    assert.equal((await pdf(`/office/cases/${filed.number}/decisions/1`, clerk)).status, 200);
  });
});

it("a case of another office is not there for a clerk", async () => {
  const filed = await newDog();
  assert.equal((await get(`/office/cases/${filed.number}`, other)).status, 404);
  assert.equal((await move(filed.number, 'received', 'accepted', '', other)).status, 404);
});
