// What is begun and what is sent stands while its form changes: definitions by version, drafts.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { file, post } from '../browser/support/forms.mjs';
import { epo } from '../support/portal.mjs';
import { finish, openFolder, place, reload, start } from '../plugins/support/plugins.mjs';
import { docx } from './support/files.mjs';
import { signIn } from './support/people.mjs';

const field = (id, label, more = {}) => ({ id, type: 'text', label: { cs: label, en: label }, required: false, ...more });
const form = (fields, more = {}) => ({
  id: 'greet', title: { cs: 'Pozdrav', en: 'Greeting' }, sections: [{ id: 'who', title: { cs: 'Kdo', en: 'Who' }, fields }],
  computed: [{ id: 'fee', type: 'money', label: { cs: 'Cena', en: 'Price' } }], ...more,
});
const manifest = (price) => ({
  name: 'greeter', version: '1', abi: '1.0', runtime: 'lua', main: 'agenda.lua', title: { cs: 'Pozdravy', en: 'Greetings' }, summary: { cs: 'Zdraví.', en: 'Greets.' },
  forms: ['forms/greet.json'], parameters: { price_haler: price, currency: 'CZK' }, routing: { office: 'umo-3' },
});
const CODE = 'return {compute = function(call) call:set("fee", call.parameters.price_haler) end}\n';
const FIRST = form([field('name', 'Jméno'), field('wish', 'Přání')]);

let portal, clerk;
const put = (path, content) => writeFileSync(join(portal.folder, 'agendas', 'greeter', path), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
const change = async (definition, price = 10000) => { put('forms/greet.json', definition); put('manifest.json', manifest(price)); await reload(portal); };
const words = (html) => html.replace(/<[^>]*>/g, ' ').replaceAll('&nbsp;', ' ').replace(/\s+/g, ' ');

before(async () => {
  const folder = openFolder();
  place(folder, 'agendas', 'greeter', { 'manifest.json': manifest(10000), 'agenda.lua': CODE, 'forms/greet.json': FIRST });
  portal = await start(folder);
  clerk = await signIn(portal, 'umo-3');
});
after(() => finish(portal));

describe('what was sent', () => {
  it('is drawn by the definition it was made under, and the clerk sees what is otherwise today', async () => {
    const filed = await file(portal.url, 'greeter', 'greet', { name: 'Eva', wish: 'klid' });
    const page = async () => words(await (await portal.get(`/office/cases/${filed.number}`, { cookie: clerk })).text());
    const before = await page();
    assert.match(before, /Přání klid/);
    assert.doesNotMatch(before, /Co se od podání změnilo/);
    await change(form([field('name', 'Celé jméno'), field('hope', 'Naděje')]), 25000);
    const now = await page();
    assert.match(now, /Jméno Eva/);
    assert.match(now, /Přání klid/, 'a field that the form no longer has');
    assert.doesNotMatch(now, /Celé jméno|Naděje/);
    assert.match(now, /Cena 100 Kč/, 'the price of then');
    assert.match(now, /Co se od podání změnilo/);
    assert.match(now, /Cena 100 Kč 250 Kč/, 'beside the price of today');
    assert.match(now, /price_haler 10000 25000/);
    assert.doesNotMatch(now, /currency/, 'what is the same is not shown');
    const own = words(await (await portal.get(`/submissions/${filed.number}?receipt=${filed.receipt}`)).text());
    assert.match(own, /Přání klid/);
    assert.doesNotMatch(own, /price_haler|Co se od podání/);
    await change(FIRST);
  });
});

/** What a form's page holds, as a browser without scripts would post it again. */
const attribute = (tag, name) => (tag.match(new RegExp(` ${name}="([^"]*)"`)) ?? [])[1];
function fields(html) {
  const all = {};
  for (const [tag] of html.slice(html.indexOf('<main')).matchAll(/<input[^>]*>/g)) // the frame has a search of its own
    if (attribute(tag, 'name') && attribute(tag, 'type') !== 'submit') all[attribute(tag, 'name')] = attribute(tag, 'value') ?? '';
  return all;
}
const PATH = '/agendas/greeter/greet';
const send = (path, more, cookie = '') => post(portal.url, path, new URLSearchParams(more), cookie ? { cookie } : {});
const page = async (path, cookie = '') => {
  const answer = await portal.get(path, cookie ? { cookie } : {});
  return { status: answer.status, to: answer.headers.get('location'), html: await answer.text(), headers: answer.headers };
};
/** Saves without a script; the address of the draft's page, and its reference. */
async function begin(more = {}, cookie = '') {
  const answer = await send(PATH, { ...fields((await page(PATH, cookie)).html), ...more, _action: 'save' }, cookie);
  assert.equal(answer.status, 303, await answer.text());
  const to = answer.headers.get('location');
  return { to, reference: to.match(/^\/drafts\/([^?]+)/)[1] };
}
/** From the page of the form to a filed request: review, then send. */
async function finishDraft(html, cookie = '') {
  const review = await send(PATH, { ...fields(html), _action: 'review' }, cookie);
  const text = await review.text();
  assert.equal(review.status, 200, text);
  return send(PATH, { ...fields(text), _action: 'send' }, cookie);
}
const script = async (method, path, more, cookie = '') => {
  const answer = await fetch(portal.url + path, { method, body: new URLSearchParams(more), headers: { accept: 'application/json', ...(cookie && { cookie }) } });
  return { status: answer.status, json: await answer.json() };
};

describe('a draft without a script', () => {
  it('is kept under a private link, resumed by it and by nothing less', async () => {
    const { to, reference } = await begin({ name: 'Eva', wish: '' });
    const shown = await page(to);
    assert.match(shown.html, new RegExp(`value="${portal.url}/drafts/${reference.replace('.', '\\.')}"`));
    assert.equal(shown.headers.get('referrer-policy'), 'no-referrer');
    const { html, status } = await page(`${PATH}?draft=${reference}`);
    assert.equal(status, 200);
    assert.equal(fields(html).name, 'Eva');
    const [id, key] = reference.split('.');
    for (const wrong of [id, `${id}.${key.slice(1)}`, `${key}.${id}`, `${id}.`, 'x', '%20'])
      for (const path of [`/drafts/${wrong}`, `${PATH}?draft=${wrong}`]) assert.equal((await page(path)).status, 404, path);
    assert.equal((await page(`/agendas/dog_fee/registration?draft=${reference}`)).status, 404, 'of another form');
  });

  it('never overwrites what another page has saved: both are shown, and either can be kept', async () => {
    const { reference } = await begin({ name: 'Eva' });
    const one = fields((await page(`${PATH}?draft=${reference}`)).html), two = { ...one };
    assert.equal((await send(PATH, { ...one, name: 'Eva Malá', _action: 'save' })).status, 303);
    const refused = await send(PATH, { ...two, name: 'Eva Velká', _action: 'save' });
    const html = await refused.text();
    assert.equal(refused.status, 409);
    assert.match(words(html), /Jméno Eva Malá Eva Velká/);
    assert.equal(fields(html).name, 'Eva Velká', 'this page has lost nothing');
    assert.equal(fields((await page(`${PATH}?draft=${reference}`)).html).name, 'Eva Malá', 'nor the other');
    const keep = html.match(/name="_action" value="(keep:\d+)"/)[1];
    assert.equal((await send(PATH, { ...fields(html), _action: keep })).status, 303);
    assert.equal(fields((await page(`${PATH}?draft=${reference}`)).html).name, 'Eva Velká');
    const again = await send(PATH, { ...fields(html), _action: keep });
    assert.equal(again.status, 409, 'a third page was faster');
  });

  it('goes with the request that it becomes, once', async () => {
    const { reference } = await begin({ name: 'Eva', wish: 'radost' });
    const { html } = await page(`${PATH}?draft=${reference}`);
    const review = await (await send(PATH, { ...fields(html), _action: 'review' })).text();
    const other = await (await send(PATH, { ...fields(html), wish: 'smutek', _action: 'review' })).text();
    assert.equal((await page(`/drafts/${reference}`)).status, 200, 'it is there until it is sent');
    const sent = await send(PATH, { ...fields(review), _action: 'send' });
    assert.equal(sent.status, 303);
    assert.equal((await page(`/drafts/${reference}`)).status, 404);
    assert.equal((await send(PATH, { ...fields(review), _action: 'send' })).headers.get('location'), sent.headers.get('location'), 'a double click');
    const second = await send(PATH, { ...fields(other), _action: 'send' });
    const told = await second.text();
    assert.equal(second.status, 409);
    assert.match(told, /byl mezitím odeslán nebo smazán/);
    assert.equal((await send(PATH, { ...fields(told), _action: 'send' })).status, 303, 'as a new request, on purpose');
  });

  it('that another page has changed is not sent unseen', async () => {
    const { reference } = await begin({ name: 'Eva' });
    const { html } = await page(`${PATH}?draft=${reference}`);
    assert.equal((await send(PATH, { ...fields(html), name: 'Jinde', _action: 'save' })).status, 303);
    const refused = await finishDraft(html);
    assert.equal(refused.status, 409);
    assert.match(words(await refused.text()), /Jméno Jinde Eva/);
    assert.equal((await page(`/drafts/${reference}`)).status, 200);
  });

  it('can be deleted', async () => {
    const { reference } = await begin({ name: 'Eva' });
    assert.equal((await send(`/drafts/${reference.split('.')[0]}`, { _action: 'delete' })).status, 404, 'not without its key');
    assert.equal((await send(`/drafts/${reference}`, { _action: 'delete' })).status, 303);
    assert.equal((await page(`/drafts/${reference}`)).status, 404);
  });
});

describe('the link of a draft by mail', () => {
  const mailbox = async () => [...(await page('/demo/mailbox')).html.matchAll(/https?:[^\s<"]+\/drafts\/([0-9a-z.]+)/g)].map(([, reference]) => reference);
  const mail = async (reference, address) => {
    const answer = await send(`/drafts/${reference}`, { _action: 'mail', mail: address });
    return { status: answer.status, to: answer.headers.get('location'), html: await answer.text() };
  };

  it('goes to whom it is sent, opens the draft, and the address is kept nowhere', async () => {
    const { to, reference } = await begin({ name: 'Iva Poštovní' });
    assert.match((await page(to)).html, /Poslat si odkaz e-mailem/);
    for (const wrong of ['', 'x', 'a@b', 'a@b.cz\r\nBcc: c@d.cz', 'a@b.cz,c@d.cz']) {
      const refused = await mail(reference, wrong);
      assert.equal(refused.status, 422, wrong);
      assert.match(refused.html, /Napište e-mail ve tvaru/);
    }
    const sent = await mail(reference, 'Iva.Postovni@example.cz');
    assert.equal(sent.status, 303);
    assert.match((await page(sent.to)).html, /Odkaz je na cestě/);
    let came = [];
    for (let i = 0; i < 100 && !came.includes(reference); i++) {
      await new Promise((done) => setTimeout(done, 100));
      came = await mailbox();
    }
    assert.ok(came.includes(reference), 'the link in the mail');
    assert.equal(fields((await page(`${PATH}?draft=${reference}`)).html).name, 'Iva Poštovní');
    const rows = execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), "SELECT (SELECT count(*) FROM mails), (SELECT count(*) FROM drafts WHERE answers LIKE '%example.cz%'), (SELECT count(*) FROM audit WHERE actor || action || object || detail LIKE '%ostovni%')"], { encoding: 'utf8' });
    assert.equal(rows.trim(), '0|0|0');
  });

  it('is refused without its key, and more than three times an hour for one draft or one address', async () => {
    const { reference } = await begin({ name: 'Eva' }), other = await begin({ name: 'Ota' });
    assert.equal((await mail(reference.split('.')[0], 'a@example.cz')).status, 404);
    for (const [i, address] of ['a@example.cz', 'b@example.cz', 'C@example.cz'].entries()) assert.equal((await mail(reference, address)).status, 303, `${i}`);
    const often = await mail(reference, 'd@example.cz');
    assert.equal(often.status, 429);
    assert.match(often.html, /už několikrát[^]*value="d@example\.cz"/);
    assert.equal((await mail(other.reference, 'e@example.cz')).status, 303, 'another draft, another address');
    for (let i = 0; i < 2; i++) assert.equal((await mail((await begin({ name: 'Ivo' })).reference, 'c@example.cz')).status, 303);
    assert.equal((await mail((await begin({ name: 'Ivo' })).reference, 'c@EXAMPLE.cz')).status, 429, 'one address, however it is written');
  });
});

describe('the draft of an account', () => {
  it('is listed, opened without its key by its owner alone, and survives the end of the session', async () => {
    const citizen = await signIn(portal, 'umo-2'), id = (await begin({ name: 'Iva' }, citizen)).reference.split('.')[0];
    assert.match((await page('/account', citizen)).html, new RegExp(`/drafts/${id}"`));
    assert.match((await page('/agendas/greeter', citizen)).html, new RegExp(`/drafts/${id}"`));
    assert.doesNotMatch((await page('/agendas/greeter')).html, /\/drafts\//);
    assert.doesNotMatch((await page('/account', clerk)).html, new RegExp(id));
    assert.equal((await page(`/drafts/${id}`, clerk)).status, 404);
    assert.equal((await page(`/drafts/${id}`)).to, `/login?next=/drafts/${id}`);
    assert.equal((await page(`${PATH}?draft=${id}`)).to, `/login?next=${PATH}?draft=${id}`);
    const { html } = await page(`${PATH}?draft=${id}`, citizen);
    assert.equal(fields(html).name, 'Iva');
    // The session ends; what is typed is saved on its own, and nothing of the account's is touched.
    const apart = await send(PATH, { ...fields(html), name: 'Iva N.', _action: 'save' });
    assert.match(apart.headers.get('location'), /&apart=1$/);
    const own = apart.headers.get('location').match(/^\/drafts\/([^?]+)/)[1];
    assert.equal(fields((await page(`${PATH}?draft=${own}`)).html).name, 'Iva N.');
    assert.equal(fields((await page(`${PATH}?draft=${id}`, citizen)).html).name, 'Iva');
    // Signed in again and going on: it becomes the account's.
    const again = fields((await page(`${PATH}?draft=${own}`, citizen)).html);
    assert.equal((await send(PATH, { ...again, name: 'Iva Nová', _action: 'save' }, citizen)).status, 303);
    assert.match((await page('/account', citizen)).html, new RegExp(`/drafts/${own.split('.')[0]}"`));
  });
});

describe('a draft from a script', () => {
  it('is made, saved over, refused when another page was there, and repeated where the answer was lost', async () => {
    const typed = { _agenda: 'greeter', _form: 'greet', name: 'Ota', _page: 'a' };
    const made = await script('POST', '/drafts', typed);
    assert.equal(made.status, 201);
    assert.equal(made.json.version, 1);
    const path = `/drafts/${made.json.draft}`, at = (version, more) => ({ ...typed, _draft_version: version, ...more });
    assert.deepEqual((await script('PUT', path, at(1, { name: 'Otto' }))).json.version, 2);
    assert.equal((await script('PUT', path, at(1, { name: 'Otto' }))).json.version, 2, 'the same page again');
    const other = await script('PUT', path, at(1, { name: 'Oto', _page: 'b' }));
    assert.deepEqual([other.status, other.json.code], [409, 'draft.changed']);
    assert.equal(fields((await page(`${PATH}?draft=${made.json.draft}`)).html).name, 'Otto');
    assert.equal((await script('PUT', `/drafts/${made.json.draft.split('.')[0]}`, at(2))).status, 404);
    assert.equal((await script('PUT', path, at(2, { wish: 'x'.repeat(300000) }))).status, 413);
    assert.equal((await script('POST', '/drafts', { _agenda: 'greeter', _form: 'none' })).status, 404);
    const elsewhere = await fetch(portal.url + path, { method: 'PUT', body: new URLSearchParams(at(2)), headers: { origin: 'https://example.com' } });
    assert.equal(elsewhere.status, 403, 'from another site');
  });
});

describe('a draft begun under an older version of the form', () => {
  const asked = (html) => Object.keys(fields(html)).filter((name) => !name.startsWith('_'));
  it('is carried over where all that was answered is still asked, and what is new or gone is said', async () => {
    const { reference } = await begin({ name: 'Eva' });
    await change(form([field('name', 'Jméno'), field('hope', 'Naděje', { required: true })]));
    const { html } = await page(`${PATH}?draft=${reference}`);
    assert.deepEqual(asked(html), ['name', 'hope']);
    assert.match(words(html), /Nově se ptáme na: Naděje Už se neptáme na: Přání/);
    assert.equal((await send(PATH, { ...fields(html), _action: 'review' })).status, 422, 'the new question is asked');
    const sent = await finishDraft(html.replace('name="hope" type="text" value=""', 'name="hope" type="text" value="ano"'));
    assert.equal(sent.status, 303);
    await change(FIRST);
  });
  it('is finished under its own where an answered question is gone, or the author wishes so', async () => {
    const { reference } = await begin({ name: 'Eva', wish: 'klid' });
    await change(form([field('name', 'Jméno')]));
    const { html } = await page(`${PATH}?draft=${reference}`);
    assert.deepEqual(asked(html), ['name', 'wish']);
    assert.match(html, /dokončit ve znění, ve kterém jste ho začali/);
    assert.equal((await send(PATH, { ...fields(html), wish: 'ticho', _action: 'save' })).status, 303);
    const again = (await page(`${PATH}?draft=${reference}`)).html;
    assert.equal(fields(again).wish, 'ticho');
    const sent = await finishDraft(again);
    assert.equal(sent.status, 303);
    assert.match(words((await page(sent.headers.get('location'))).html), /Přání ticho/);
    await change(form([field('name', 'Jméno'), field('wish', 'Přání'), field('more', 'Více')]));
    const other = (await begin({ name: 'Eva' })).reference;
    await change({ ...FIRST, drafts: 'finish' });
    assert.deepEqual(asked((await page(`${PATH}?draft=${other}`)).html), ['name', 'wish', 'more']);
    assert.deepEqual(asked((await page(PATH)).html), ['name', 'wish'], 'whoever begins now has today’s');
    await change(FIRST);
  });
});

describe('what is known of a signed-in citizen', () => {
  it('is filled in and marked, may be changed unless it is read-only, and what a client says of that is ignored', async () => {
    const person = ['account', 'add', 'iva@example.cz', '--name', 'Iva Nová', '--role', 'citizen', '-C', portal.folder];
    const made = epo(...person), password = made.stdout.trim().split(/\s+/).at(-1);
    assert.equal(made.status, 0, made.stderr);
    const citizen = (await post(portal.url, '/login', new URLSearchParams({ name: 'iva@example.cz', password }))).headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
    await change(form([
      field('name', 'Jméno', { autocomplete: 'name' }), field('city', 'Obec', { autocomplete: 'address-level2' }), field('wish', 'Přání'),
      { id: 'mail', type: 'email', label: { cs: 'E-mail', en: 'E-mail' }, prefill: { from: 'email', readonly: true } },
    ]));
    const { html } = await page(PATH, citizen), typed = fields(html);
    assert.deepEqual([typed.name, typed.mail, typed.city], ['Iva Nová', 'iva@example.cz', '']);
    assert.match(html.match(/<input[^>]*name="mail"[^>]*>/)[0], / readonly/);
    assert.doesNotMatch(html.match(/<input[^>]*name="name"[^>]*>/)[0], / readonly/);
    assert.equal(words(html).match(/\(předvyplněno\)/g).length, 2);
    const review = await (await send(PATH, { ...typed, name: 'Iva Stará', mail: 'jina@example.cz', city: 'Plzeň', wish: 'klid', _action: 'review' }, citizen)).text();
    assert.match(words(review), /Jméno Iva Stará .*E-mail iva@example\.cz/);
    assert.equal((await send(PATH, { ...fields(review), mail: 'jina@example.cz', _action: 'send' }, citizen)).status, 303);
    const next = fields((await page(PATH, citizen)).html);
    assert.deepEqual([next.city, next.wish], ['Plzeň', ''], 'what is about the applicant, from what was sent last');
    assert.equal(fields((await page(PATH)).html).name, '', 'nobody else gets any of it');
    assert.equal(fields((await page(PATH, clerk)).html).name, '', 'nor a clerk, who fills in for others');
    await change(FIRST);
  });
});

describe('a form edited in the browser', () => {
  const EDITOR = '/admin/forms/greeter/greet', source = (html) => html.match(/<textarea[^>]*name="source"[^>]*>\n([\s\S]*?)<\/textarea>/)[1].replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const text = (fields, more) => JSON.stringify(form(fields, more), null, 2);
  const asked = async () => Object.keys(fields((await page(PATH)).html)).filter((name) => !name.startsWith('_'));
  let admin;
  const act = async (_action, more = {}) => {
    const answer = await send(EDITOR, { base: 0, note: 'zkouška', ..._action === 'none' ? {} : { _action }, ...more }, admin);
    return { status: answer.status, html: await answer.text(), to: answer.headers.get('location') };
  };
  before(async () => { admin = await signIn(portal, 'admin'); });

  it('is for admins alone', async () => {
    for (const method of ['GET', 'POST'])
      for (const cookie of ['', clerk]) {
        const answer = await fetch(portal.url + EDITOR, { method, redirect: 'manual', headers: cookie ? { cookie } : {}, ...(method === 'POST' && { body: new URLSearchParams({ _action: 'publish', source: text([]), note: 'x' }) }) });
        assert.ok([303, 403].includes(answer.status), `${method} ${answer.status}`);
      }
    assert.match((await page('/admin/forms', admin)).html, new RegExp(`href="${EDITOR}"`));
    assert.equal((await page('/admin/forms/greeter/none', admin)).status, 404);
  });

  it('is checked by line, shown before it counts, and never published with a mistake', async () => {
    assert.deepEqual(JSON.parse(source((await page(EDITOR, admin)).html)), FIRST);
    const wrong = text([field('name', 'Jméno'), { ...field('wish', 'Přání'), type: 'txt' }]);
    const line = wrong.split('\n').findIndex((each) => each.includes('"txt"')) + 1;
    for (const [action, status] of [['check', 200], ['preview', 200], ['publish', 422]]) {
      const { status: got, html } = await act(action, { source: wrong });
      assert.equal(got, status, action);
      assert.match(words(html), new RegExp(`Řádek ${line}: unknown type of field &quot;txt&quot;; did you mean &quot;text&quot;\\? &quot;type&quot;: &quot;txt&quot;`));
      assert.equal(source(html), wrong, 'nothing typed is lost');
    }
    assert.equal((await act('publish', { source: '{"id": ' })).status, 422);
    assert.match((await act('publish', { source: text([field('name', 'Jméno')], { id: 'other' }) })).html, /must stay &quot;greet&quot;/);
    assert.equal((await act('publish', { source: text([field('name', 'Jméno')]), note: ' ' })).status, 422, 'without a note');
    const { html } = await act('preview', { source: text([field('fresh', 'Nová otázka')]) });
    assert.match(html, /id="preview"[\s\S]*name="fresh"/);
    assert.deepEqual(await asked(), ['name', 'wish'], 'all this changed nothing');
  });

  it('is in force at once, keeps its versions with who, when and why, and goes back', async () => {
    const first = text([field('name', 'Jméno'), field('mood', 'Nálada')]), second = text([field('name', 'Celé jméno'), field('mood', 'Nálada')]);
    assert.match((await act('publish', { source: first.replaceAll('\n', '\r\n'), note: 'ptáme se na náladu' })).to, /published=1$/);
    assert.deepEqual(await asked(), ['name', 'mood']);
    const late = await act('publish', { source: second });
    assert.equal(late.status, 409, 'another admin was faster');
    assert.equal(source(late.html), second);
    assert.match((await act('publish', { base: 1, source: second, note: 'celé jméno' })).to, /published=2$/);
    const { html } = await page(`${EDITOR}?diff=2`, admin);
    assert.match(words(html), /2 [\d. :]+ \S+.* celé jméno .*1 [\d. :]+ .* ptáme se na náladu/);
    assert.match(html, /<del>− +&quot;cs&quot;: &quot;Jméno&quot;,<\/del>/);
    assert.match(html, /<ins>\+ +&quot;cs&quot;: &quot;Celé jméno&quot;,<\/ins>/);
    assert.doesNotMatch(html, /<(del|ins)>[^<]*Nálada/);
    await reload(portal);
    assert.deepEqual(await asked(), ['name', 'mood'], 'a reload keeps what was published');
    assert.match((await act('restore:1', { base: 2 })).to, /published=3$/);
    assert.match((await page(PATH)).html, /Jméno/);
    assert.equal(source((await page(EDITOR, admin)).html), first);
    assert.match((await act('restore:0', { base: 3 })).to, /published=4$/);
    assert.deepEqual(await asked(), ['name', 'wish'], 'the agenda’s own file again');
    assert.equal((await act('restore:9', { base: 4 })).status, 404);
  });

  describe('as a spreadsheet', () => {
    const upload = async (name, bytes, cookie = admin) => {
      const body = new FormData();
      for (const [key, value] of Object.entries({ base: 4, _action: 'import' })) body.set(key, value);
      body.append('sheet', new Blob([bytes]), name);
      const answer = await fetch(portal.url + EDITOR, { method: 'POST', body, redirect: 'manual', headers: { cookie, 'accept-language': 'cs' } });
      return { status: answer.status, html: await answer.text() };
    };
    const load = async (ending) => {
      const answer = await fetch(`${portal.url}${EDITOR}.${ending}`, { headers: { cookie: admin } });
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-disposition'), new RegExp(`^attachment; filename="greeter-greet\\.${ending}"$`));
      return Buffer.from(await answer.arrayBuffer());
    };
    const faults = (html) => html.match(/id="sheet-faults"[^]*?<\/ul>/)?.[0].replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ') ?? '';

    it('goes out and comes back the same, by both kinds of file', async () => {
      for (const ending of ['csv', 'xlsx']) {
        const bytes = await load(ending);
        assert.match(bytes.subarray(0, 4).toString('latin1'), ending === 'csv' ? /^\xef\xbb\xbfs/ : /^PK/);
        const { status, html } = await upload(`muj formulář.${ending}`, bytes);
        assert.equal(status, 200, html);
        assert.match(html, /Tabulka muj formulář\.(csv|xlsx) je načtená do úpravy/);
        assert.deepEqual(JSON.parse(source(html)).sections[0].fields.map(({ id, type, label }) => [id, type, label]), FIRST.sections[0].fields.map(({ id, type, label }) => [id, type, label]));
        assert.match(html, /id="preview"[\s\S]*name="wish"/);
      }
    });

    it('becomes an edit that counts once it is published, and says what changes', async () => {
      const csv = (await load('csv')).toString().replace(/Přání/g, 'Přáníčko').replace(/^(,text,wish,.*)$/m, '$1\n,integer,age,Věk,Age');
      const { html } = await upload('a.csv', csv);
      assert.match(html, /<ins>\+[^<]*Přáníčko/);
      assert.deepEqual(await asked(), ['name', 'wish'], 'not live yet');
      assert.match((await act('publish', { base: 4, source: source(html), note: 'z tabulky' })).to, /published=5$/);
      assert.deepEqual(await asked(), ['name', 'wish', 'age']);
      assert.match((await act('restore:0', { base: 5 })).to, /published=6$/);
    });

    it('is refused with sheet and row, and with the editor left as it was', async () => {
      const good = (await load('csv')).toString();
      for (const [name, bytes, said] of [
        ['type.csv', good.replace(/^,text,wish/m, ',select_one nikde,wish'), /survey:\d+ .*nikde/],
        ['quote.csv', `${good}\n,"open`, /\d+ .*a quoted cell does not end/],
        ['empty.csv', 'x', /the first column must name a sheet|survey/],
        ['latin.csv', Buffer.from([0x73, 0xe1, 0x0a]), /the file is not UTF-8/],
      ]) {
        const { status, html } = await upload(name, bytes);
        assert.equal(status, 422, name);
        assert.match(faults(html), said, name);
        assert.deepEqual(JSON.parse(source(html)), FIRST, name);
      }
      for (const [name, bytes, said] of [['none.xlsx', '', /Vyberte soubor/], ['junk.xlsx', 'PK\x03\x04junk', /To není tabulka/], ['doc.xlsx', docx(), /To není tabulka/], ['big.csv', Buffer.alloc(9 << 20, 0x61), /větší než 8 MB/]]) {
        const { status, html } = await upload(name, bytes);
        assert.equal(status, 422, name);
        assert.match(html, said, name);
      }
      const other = await upload('other.csv', good.replace(/greet(?=,|$)/m, 'other'));
      assert.match(other.html, /must stay &quot;greet&quot;/, 'the checks of the whole agenda');
    });

    it('is for admins alone', async () => {
      for (const cookie of ['', clerk]) {
        for (const ending of ['csv', 'xlsx']) assert.ok([303, 403].includes((await fetch(`${portal.url}${EDITOR}.${ending}`, { redirect: 'manual', headers: cookie ? { cookie } : {} })).status));
        assert.ok([303, 403].includes((await upload('a.csv', 'survey', cookie)).status));
      }
    });
  });
});
