// The pages of open data and of OGC API in a browser: from the footer to one feature on the map, at a desk and on
// a phone, with scripts and without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDemo } from '../support/portal.mjs';
import { axe, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';

const PAGES = ['/opendata', '/ogc?f=html', '/ogc/conformance?f=html', '/ogc/api?f=html', '/ogc/collections?f=html', '/ogc/collections/parcel?f=html',
  '/ogc/collections/parcel/items?f=html&limit=30', '/ogc/collections/district/items/546003?f=html', '/ogc/collections/address/items?f=html&bbox=0,0,1,1'];
let portal, browser;
before(async () => {
  portal = await startDemo();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await portal?.remove();
});
// The map is drawn: the picture is not all of one colour.
const drawn = (page) => page.waitForFunction(() => [...document.querySelectorAll('.mapui canvas')].some((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size > 20;
}));

for (const [dress, make, more, lang] of [['desk', desktop, { colorScheme: 'light' }, 'cs'], ['phone', phone, { colorScheme: 'dark' }, 'en']]) {
  test(`axe finds nothing, nothing scrolls sideways, the policy refuses nothing: ${dress}`, async (t) => {
    const context = await make(browser, more);
    for (const [i, path] of PAGES.entries()) {
      await t.test(path, async () => {
        const page = await context.newPage(), heard = complaints(page);
        await page.goto(`${portal.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
        if (await page.locator('[data-map="features"]').count()) await drawn(page);
        if (process.env.EPO_PICTURES) await picture(page, `opendata-${dress}-${i}`);
        assert.deepEqual(await axe(page), []);
        assert.equal(await scrollsSideways(page), false);
        assert.deepEqual(heard, []);
        await page.close();
      });
    }
    await context.close();
  });
}

test('the way from the footer to one feature, and a file on the way', async () => {
  const context = await desktop(browser), page = await context.newPage();
  await page.goto(portal.url);
  await page.getByRole('contentinfo').getByRole('link', { name: 'Otevřená data' }).click();
  const row = page.getByRole('row', { name: /Městské obvody/ });
  const [download] = await Promise.all([page.waitForEvent('download'), row.getByRole('link', { name: 'GeoPackage' }).click()]);
  assert.equal(download.suggestedFilename(), 'district.gpkg');
  await row.getByRole('link', { name: 'Městské obvody' }).click();
  await page.getByRole('link', { name: 'Prohlédnout prvky' }).click();
  await drawn(page);
  assert.equal(await page.getByRole('row').count(), 11);
  await page.getByRole('link', { name: '546003' }).click();
  await drawn(page);
  assert.match(await page.locator('dl').innerText(), /Plzeň 3/);
  await page.getByRole('navigation', { name: 'Drobečková navigace' }).getByRole('link', { name: 'Mapová data pro programy' }).click();
  assert.match(await page.locator('main').innerText(), new RegExp(`OAPIF:${portal.url}/ogc`));
  await context.close();
});

test('without scripts every page says all it has to say, page after page', async () => {
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${portal.url}/ogc/collections/parcel/items?f=html&limit=5`);
  assert.equal(await page.getByRole('application').count(), 0, 'no empty box of a map');
  const first = await page.locator('tbody th').allInnerTexts();
  await page.getByRole('link', { name: 'Další prvky' }).click();
  const second = await page.locator('tbody th').allInnerTexts();
  assert.equal(new Set([...first, ...second]).size, 10);
  await page.getByRole('link', { name: second[0], exact: true }).click();
  assert.match(await page.locator('dl').innerText(), /Parcelní číslo/);
  await page.goto(`${portal.url}/ogc/collections/nothing/items?f=html`);
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Stránka tu není');
  await context.close();
});
