// What is begun and what is sent stands while its form changes: definitions by version, drafts.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { file } from '../browser/support/forms.mjs';
import { finish, openFolder, place, reload, start } from '../plugins/support/plugins.mjs';
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
