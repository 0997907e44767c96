// A form begun on one device and sent from another: two devices, two tabs, without JavaScript, over a sign-in.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { accounts, startDemo } from '../support/portal.mjs';
import { axe, axeWithoutScripts, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
import { dog, dogJson, file, fill } from './support/forms.mjs';

let portal, browser;
before(async () => {
  portal = await startDemo();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await portal?.remove();
});

async function clean(page, name, check = axe) {
  assert.deepEqual(await check(page), [], `axe on ${name}`);
  if (check === axe) assert.equal(await scrollsSideways(page), false, `${name} scrolls sideways`);
  await picture(page, name);
}
const form = () => `${portal.url}/agendas/dog_fee/registration`;
const saved = (page) => page.locator('[data-draft-status]', { hasText: 'Rozepsané je uložené' }).waitFor();
const value = (page, id) => page.locator(`[name="${id}"]`).first().inputValue();

test('saved as one goes, resumed on another device, never overwritten by a second tab', async () => {
  const desk = await desktop(browser), page = await desk.newPage();
  await page.goto(form());
  await fill(page, { holder_kind: 'person', name: 'Jana Nová' });
  await saved(page);
  assert.match(page.url(), /\?draft=[0-9a-z]{26}\.[0-9a-z]{26}$/, 'the address comes back to it');
  await page.locator('[data-draft-status]').scrollIntoViewIfNeeded();
  await clean(page, 'draft-saved');
  // Another device, with the link alone.
  const pocket = await phone(browser), other = await pocket.newPage();
  await other.goto(page.url());
  assert.equal(await value(other, 'name'), 'Jana Nová');
  await fill(other, { name: 'Jana Nováková', email: 'jana@example.cz' });
  await saved(other);
  // The first device goes on with what it knew: it is told, and shown both.
  await fill(page, { name: 'Jana Stará' });
  await page.getByRole('button', { name: 'Ukázat obojí' }).click();
  await page.getByRole('heading', { name: 'Tento rozepsaný formulář se mezitím změnil jinde' }).waitFor();
  await clean(page, 'draft-conflict');
  assert.match(await page.locator('.faults').innerText(), /Jana Nováková\s+Jana Stará/);
  assert.equal(await value(page, 'name'), 'Jana Stará', 'what this page holds is kept');
  await page.getByRole('link', { name: 'Vzít uložené jinde' }).click();
  assert.equal(await value(page, 'name'), 'Jana Nováková');
  assert.equal(await value(page, 'email'), 'jana@example.cz');
  // Leaving the page saves what the last moment brought.
  await page.locator('[name="phone"]').fill('+420377123456');
  const left = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok());
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await left;
  await other.reload();
  assert.equal(await value(other, 'phone'), '+420377123456');
  await desk.close();
  await pocket.close();
});

test('without JavaScript by a button, over a sign-in into the account, and sent', async () => {
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(form());
  await page.locator('[name="name"]').fill(dog.name);
  await page.getByRole('button', { name: 'Uložit a pokračovat později' }).click();
  await page.getByRole('heading', { name: 'Rozepsaný formulář' }).waitFor();
  await clean(page, 'draft-kept', axeWithoutScripts);
  await page.getByRole('main').getByRole('link', { name: 'Přihlásit se' }).click();
  await page.getByLabel(/jméno/i).first().fill('umo-2');
  await page.getByLabel(/heslo/i).first().fill(accounts(portal.folder)['umo-2']);
  await page.getByRole('main').getByRole('button', { name: 'Přihlásit se' }).click();
  await page.getByRole('heading', { name: 'Rozepsaný formulář' }).waitFor();
  await page.getByRole('link', { name: 'Pokračovat ve vyplňování' }).click();
  assert.equal(await value(page, 'name'), dog.name);
  await page.locator('[name="email"]').fill(dog.email);
  await page.getByRole('button', { name: 'Uložit a pokračovat později' }).click();
  await page.goto(`${portal.url}/account`);
  await clean(page, 'draft-account', axeWithoutScripts);
  await page.getByRole('link', { name: 'Přihlášení psa' }).click();
  await page.getByRole('link', { name: 'Pokračovat ve vyplňování' }).click();
  assert.equal(await value(page, 'email'), dog.email);
  await page.goto(`${portal.url}/account`);
  await page.getByRole('link', { name: 'Přihlášení psa' }).click();
  await page.getByRole('button', { name: 'Smazat rozepsané' }).click();
  await page.waitForURL(/\/account$/);
  assert.equal(await page.getByRole('link', { name: 'Přihlášení psa' }).count(), 0);
  await context.close();
});

test('an admin edits a form: a mistake leads to its line, the preview shows it, and it is in force at once', async () => {
  const context = await desktop(browser), page = await context.newPage(), faults = complaints(page);
  await page.goto(`${portal.url}/login?next=/admin/forms`);
  await page.getByLabel('Přihlašovací jméno').fill('admin');
  await page.getByLabel('Heslo', { exact: true }).fill(accounts(portal.folder).admin);
  await page.getByRole('main').getByRole('button', { name: 'Přihlásit' }).click();
  await clean(page, 'editor-list');
  await page.getByRole('link', { name: 'Odhlášení psa' }).click();
  const source = page.getByLabel('Definice (JSON)'), before = await source.inputValue();
  await source.fill(before.replace('"type": "text"', '"type": "txt"'));
  await page.getByRole('button', { name: 'Zkontrolovat' }).click();
  await page.locator('.faults a').first().click();
  assert.match(await source.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), /"txt"/, 'its line is marked');
  await clean(page, 'editor-fault');
  await source.fill(before.replace(/"title": \{"cs": "[^"]*"/, '"title": {"cs": "Konec držení psa"'));
  await page.getByRole('button', { name: 'Náhled' }).click();
  await page.locator('#preview').getByRole('heading', { name: 'Konec držení psa' }).waitFor();
  await clean(page, 'editor-preview');
  await page.getByLabel('Co se mění a proč').fill('Srozumitelnější název');
  await page.getByRole('button', { name: 'Zveřejnit' }).click();
  await page.getByText('Verze 1 je zveřejněná').waitFor();
  await page.getByRole('link', { name: 'Co změnila' }).click();
  await page.locator('.diff ins').waitFor();
  await clean(page, 'editor-diff');
  await page.getByRole('button', { name: 'Vrátit se k souboru agendy' }).click();
  await page.getByText('Verze 2 je zveřejněná').waitFor();
  await page.goto(`${portal.url}/agendas/dog_fee/deregistration`);
  assert.match(await page.locator('h1').innerText(), /Odhlášení psa/);
  assert.deepEqual(faults.filter((each) => !/422/.test(each)), []);
  await context.close();
});

test('an admin sets the dog fee from next January, tries it on what was filed, and people see it coming', async () => {
  await file(portal.url, 'dog_fee', 'registration', dogJson('umo-3'));
  const next = `${new Date().getFullYear() + 1}-01-01`, context = await desktop(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${portal.url}/login?next=/admin`);
  await page.getByLabel('Přihlašovací jméno').fill('admin');
  await page.getByLabel('Heslo', { exact: true }).fill(accounts(portal.folder).admin);
  await page.getByRole('main').getByRole('button', { name: 'Přihlásit' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Sazby a jiné parametry' }).click();
  await page.getByRole('link', { name: 'Nastavit parametry agendy Poplatek ze psů' }).click();
  await page.getByRole('link', { name: 'Změnit – Roční sazba' }).click();
  const type = async (reason) => {
    await page.getByLabel('bytový dům').fill('1 000,-');
    await page.getByLabel('Platí od').fill(next);
    await page.getByLabel('Důvod', { exact: true }).fill(reason);
    await page.getByLabel('Vyhláška nebo usnesení').fill('OZV č. 5/2026');
    await page.getByRole('button', { name: 'Podívat se' }).click();
  };
  const where = page.url();
  await type('');
  await page.locator('.faults').getByRole('link', { name: 'Napište důvod změny.' }).waitFor();
  await clean(page, 'parameter-fault', axeWithoutScripts);
  await type('dražší úklid');
  await page.locator('#preview').getByText('bytový dům: 1 000 Kč').waitFor();
  await clean(page, 'parameter-preview', axeWithoutScripts);
  await page.getByRole('button', { name: 'Vyzkoušet na loňských žádostech' }).click();
  for (let i = 0; !(await page.getByText('hotovo').count()); i++) {
    assert.ok(i < 100, 'the replay ends');
    await page.waitForTimeout(250);
    await page.reload();
  }
  assert.match(await page.locator('#differences').innerText(), /900\sKč\s+1\s000\sKč/);
  await clean(page, 'replay', axeWithoutScripts);
  await page.goto(where);
  await type('dražší úklid');
  await page.getByRole('button', { name: 'Nastavit', exact: true }).click();
  await page.getByText('Hodnota je uložená').waitFor();
  await page.goto(`${portal.url}/admin/publications`);
  await clean(page, 'publications', axeWithoutScripts);
  assert.match(await page.locator('main').innerText(), /Roční sazba/);
  const everybody = await (await phone(browser)).newPage();
  await everybody.goto(`${portal.url}/agendas/dog_fee#districts`);
  assert.match(await everybody.locator('#districts').innerText(), /bytový dům[\s\S]*900\sKč[\s\S]*1\s000\sKč ještě neplatí[\s\S]*dražší úklid; OZV č. 5\/2026; od 1. 1./);
  await clean(everybody, 'agenda-coming');
  await everybody.context().close();
  await context.close();
});
