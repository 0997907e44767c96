// Every page, in every dress: both languages, desk and phone, light, dark and high contrast, with and without
// scripts: axe finds nothing, nothing scrolls sideways, the policy refuses nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, complaints, desktop, launch, phone, scrollsSideways } from './support/browser.mjs';
import { models, preview } from './support/preview.mjs';

let pages, browser;
before(async () => {
  pages = await preview();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  pages?.close();
});

const dresses = [
  ['desk, light, Czech', desktop, { colorScheme: 'light' }, 'cs'],
  ['phone, dark, English', phone, { colorScheme: 'dark' }, 'en'],
  ['320 px, high contrast, Czech', phone, { viewport: { width: 320, height: 640 }, forcedColors: 'active' }, 'cs'],
];

for (const [dress, make, more, lang] of dresses) {
  test(`axe finds nothing: ${dress}`, async (t) => {
    const context = await make(browser, more);
    for (const name of models()) {
      await t.test(name, async () => {
        const page = await context.newPage();
        const heard = complaints(page);
        await page.goto(`${pages.address}/${name}?lang=${lang}`);
        assert.deepEqual(await axe(page), []);
        assert.equal(await scrollsSideways(page), false, 'the page scrolls sideways');
        // The preview has no map base; everything else must load, and the policy refuse nothing.
        assert.deepEqual(heard.filter((line) => !/404/.test(line)), []);
        await page.close();
      });
    }
    await context.close();
  });
}

test('without scripts every field can be seen and filled in, and the address search is there', async () => {
  const context = await phone(browser, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${pages.address}/form_found`);
  assert.equal(await page.getByLabel('Jaký jiný účel?').isVisible(), true, 'a conditional field stays in sight');
  assert.equal(await page.getByRole('button', { name: 'Najít' }).first().isVisible(), true);
  assert.equal(await page.getByRole('radio', { name: 'Klatovská třída 10/8, 301 00 Plzeň' }).isChecked(), true);
  assert.equal(await page.getByRole('application').count(), 0, 'no empty box of a map');
  await context.close();
});

test('conditions show and hide fields and whole sections, a hidden one is not in the way', async () => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await page.goto(`${pages.address}/form`);
  const other = page.getByLabel('Jaký jiný účel?'), second = page.getByRole('heading', { name: 'Druhé místo' });
  assert.equal(await other.isVisible(), false);
  await page.getByLabel('Jiné').check();
  assert.equal(await other.isVisible(), true);
  await page.getByLabel('Předzahrádka').check();
  assert.equal(await other.isVisible(), false);
  assert.equal(await second.isVisible(), false);
  await page.getByLabel('Ano').check();
  assert.equal(await second.isVisible(), true);
  await context.close();
});

test('what is wrong has the focus, and its links lead into the fields', async () => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await page.goto(`${pages.address}/form_errors`);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'faults');
  assert.match(await page.title(), /^Chyba: /);
  await page.getByRole('link', { name: /^E-mail:/ }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'field-email');
  assert.match(await page.locator('#field-email').getAttribute('aria-describedby'), /field-email-error/);
  await context.close();
});
