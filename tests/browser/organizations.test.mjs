// An organization as people live it: the admin takes its package and grants what it asks for, a citizen files at a place
// of its own layer without JavaScript, its clerk has the case, and a clerk of a district has not.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accounts, demoFolder, epo, serve } from '../support/portal.mjs';
import { axe, axeWithoutScripts, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
import { day } from './support/forms.mjs';

let portal, browser, work, pack;
before(async () => {
  const folder = demoFolder(), zoo = join(folder, 'organizations', 'zoo'), file = join(folder, 'epo.json');
  work = mkdtempSync(join(tmpdir(), 'epo-package-'));
  cpSync(zoo, join(work, 'zoo'), { recursive: true });
  const [, key] = epo('organization', 'key', join(work, 'key')).stdout.match(/": "([^"]{44})"/);
  pack = epo('organization', 'pack', join(work, 'zoo'), '--key', join(work, 'key'), '--to', work).stdout.trim();
  const settings = JSON.parse(readFileSync(file, 'utf8'));
  delete settings.grants.zoo;
  writeFileSync(file, JSON.stringify({ ...settings, organization_keys: { zoo: key } }));
  rmSync(zoo, { recursive: true });
  portal = await serve(folder);
  browser = await launch();
});
after(async () => { await browser?.close(); await portal?.remove(); rmSync(work, { recursive: true, force: true }); });

async function clean(page, name) {
  assert.deepEqual(await (name.includes('citizen') ? axeWithoutScripts(page) : axe(page)), [], `axe on ${name}`);
  assert.equal(await scrollsSideways(page), false, `${name} scrolls sideways`);
  await picture(page, name);
}
async function as(name) {
  const page = await (await desktop(browser)).newPage();
  await page.goto(`${portal.url}/login`);
  await page.getByLabel('Přihlašovací jméno').fill(name);
  await page.getByLabel('Heslo', { exact: true }).fill(accounts(portal.folder)[name]);
  await page.getByRole('button', { name: 'Přihlásit' }).first().click();
  await page.waitForURL((url) => url.pathname !== '/login');
  return page;
}

test('a package, its rights, a request at the zoo, its clerk and another', async () => {
  const admin = await as('admin');
  await admin.goto(`${portal.url}/admin/organizations`);
  await admin.getByLabel('Soubor balíčku').setInputFiles(pack);
  await admin.getByRole('button', { name: 'Prohlédnout balíček' }).click();
  await admin.getByText('Prohlédnutý balíček: Zoologická a botanická zahrada 1.0.0').waitFor();
  assert.match(await admin.locator('.panel').first().innerText(), /Žádá o práva[^]*layers/);
  await clean(admin, 'organizations-preview');
  await admin.getByRole('button', { name: 'Nainstalovat' }).click();
  assert.match(await admin.locator('.faults').innerText(), /rights that are not granted[^]*layers/, 'not without the right');
  await admin.getByLabel('Soubor balíčku').setInputFiles(pack);
  await admin.getByRole('button', { name: 'Prohlédnout balíček' }).click();
  await admin.locator('label[for=grant-0]').click();
  await admin.getByRole('button', { name: 'Nainstalovat' }).click();
  await admin.getByText('Hotovo: zoo.').waitFor();
  await clean(admin, 'organizations-admin');

  const ours = await (await phone(browser, { javaScriptEnabled: false })).newPage();
  await ours.goto(`${portal.url}/organizations`);
  await clean(ours, 'organizations-citizen');
  await ours.getByRole('link', { name: 'Zoologická a botanická zahrada' }).click();
  await clean(ours, 'organizations-citizen-zoo');
  await ours.getByRole('link', { name: 'Formulář: Objednávka programu v zoo' }).click();
  await ours.getByLabel('Škola nebo skupina').fill('ZŠ Ukázková');
  await ours.getByLabel('Počet dětí').fill('20');
  await ours.getByLabel('Počet dospělých').fill('2');
  await ours.getByLabel('Afrika očima zoologa').check();
  await ours.getByLabel('Den návštěvy').fill(day(20));
  await ours.getByLabel('10.00').check();
  await ours.getByLabel('Jméno a příjmení').fill('Jana Nováková');
  await ours.getByLabel('E-mail').fill('jana@example.cz');
  await ours.locator('#field-meeting').fill('hlavni vchod');
  await ours.getByRole('button', { name: 'Najít' }).click();
  await ours.getByLabel('Hlavní vchod').check();
  await ours.getByRole('button', { name: 'Pokračovat ke kontrole' }).click();
  await clean(ours, 'organizations-citizen-review');
  await ours.getByRole('button', { name: /Odeslat/ }).first().click();
  const [, number] = ours.url().match(/\/submissions\/(\d{4}-\d{6})/);

  const keeper = await as('zoo.programy');
  await keeper.goto(`${portal.url}/office?state=all`);
  await keeper.getByText(number).first().waitFor();
  await clean(keeper, 'organizations-desk');
  assert.equal((await keeper.goto(`${portal.url}/office/cases/${number}`)).status(), 200);
  const district = await as('umo-1');
  await district.goto(`${portal.url}/office?state=all`);
  assert.equal(await district.getByText(number).count(), 0);
  assert.equal((await district.goto(`${portal.url}/office/cases/${number}`)).status(), 404);
});
