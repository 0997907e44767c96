// Place first: a spot of the city map, what can be settled there, and the form that opens with the place filled in.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { startDemo } from '../support/portal.mjs';
import { axe, axeWithoutScripts, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
import { spots } from './support/forms.mjs';

let portal, browser;
before(async () => {
  portal = await startDemo();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await portal?.remove();
});

async function clean(page, name) {
  assert.deepEqual(await axe(page), [], `axe on ${name}`);
  assert.equal(await scrollsSideways(page), false, `${name} scrolls sideways`);
  await picture(page, name);
}
async function until(holds) {
  for (let i = 0; i < 100 && !(await holds()); i++) await new Promise((done) => { setTimeout(done, 100); });
  assert.ok(await holds());
}
const here = (page) => page.locator('#here');

for (const [name, open] of [['desk', desktop], ['phone', phone]]) {
  test(`a spot on the map (${name}): facts, office, forms with the place filled in`, async () => {
    const context = await open(browser), page = await context.newPage(), faults = complaints(page);
    await page.goto(portal.url);
    await page.getByRole('link', { name: 'Otevřít mapu města' }).click();
    await page.locator('.ol-viewport').waitFor();
    await clean(page, `spot-${name}-begin`);
    const map = page.locator('.ol-viewport');
    await map.scrollIntoViewIfNeeded();
    if (name === 'phone') await map.tap();
    else await map.click();
    await here(page).getByRole('heading', { name: 'Kdo se o místo stará' }).waitFor();
    assert.match(page.url(), /place=13\.\d+%2C49\.\d+/);
    assert.match(await here(page).innerText(), /Plzeň \d[^]*Úřad městského obvodu Plzeň \d/);
    await page.waitForTimeout(600);
    await clean(page, `spot-${name}`);
    await page.reload();
    assert.match(await here(page).innerText(), /Kdo se o místo stará/, 'the address of the page names the spot');
    await here(page).getByRole('link', { name: 'Přihlášení psa' }).click();
    await page.locator('[data-field="home"] .words .facts').waitFor();
    assert.match(await page.locator('[data-field="home"] .words').innerText(), /Plzeň \d/);
    assert.equal(await page.locator('.faults').count(), 0, 'nothing is blamed yet');
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test('from the keyboard, and a way back', async () => {
  const context = await desktop(browser), page = await context.newPage();
  await page.goto(`${portal.url}/place?place=${spots['umo-1']}`);
  await page.locator('.ol-viewport').waitFor();
  const words = () => here(page).locator('.facts').innerText(), first = await words();
  await page.locator('.mapui__surface').focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(300);
  await page.keyboard.press('Enter');
  await until(async () => (await words()) !== first);
  assert.match(await page.locator('main [role=status]').first().innerText(), /\S/, 'it is spoken');
  await page.goBack();
  await until(async () => (await words()) === first);
  await context.close();
});

test('without JavaScript: a search, a list, the same words', async () => {
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${portal.url}/place`);
  await page.getByLabel('Najděte adresu').fill('americka 12');
  await page.getByRole('button', { name: 'Najít' }).click();
  await here(page).getByRole('link').first().click();
  assert.match(await here(page).innerText(), /Americká[^]*Plzeň/);
  await here(page).getByRole('link', { name: 'Přihlášení psa' }).click();
  assert.match(await page.locator('[data-field="home"]').innerText(), /Americká/, 'the form knows the place');
  assert.match(await page.locator('input[type=hidden][name="home"]').inputValue(), /"kind":"address"/, 'and that it was an address');
  await context.close();
});

test('without JavaScript: the picture of the city is clicked into, moved, and left by a way back', async () => {
  for (const [name, open] of [['desk', desktop], ['phone', phone]]) {
    const context = await open(browser, { javaScriptEnabled: false }), page = await context.newPage(), broken = [];
    page.on('response', (answer) => { if (answer.status() >= 400) broken.push(answer.url()); });
    await page.goto(`${portal.url}/place`);
    const turn = (act) => Promise.all([page.waitForEvent('domcontentloaded'), act()]);
    const press = (button) => turn(() => page.getByRole('button', { name: button }).click());
    await page.locator('.look__picture').click({ position: { x: 320, y: 210 } });
    await here(page).getByRole('heading', { name: 'Kdo se o místo stará' }).waitFor();
    assert.match(page.url(), /place=13\.\d+,49\.\d+&view=.*#here$/);
    const before = page.url().match(/place=([^&]+)/)[1].split(',').map(Number);
    await press('Na sever');
    await page.locator('.look__picture').focus();
    await turn(() => page.keyboard.press('Enter')); // what is under the cross
    const after = page.url().match(/place=([^&]+)/)[1].split(',').map(Number);
    assert.ok(Math.abs(after[0] - before[0]) < 1e-6 && after[1] > before[1], `straight to the north: ${before} ${after}`);
    assert.deepEqual(await axeWithoutScripts(page), []);
    assert.equal(await scrollsSideways(page), false);
    await picture(page, `spot-noscript-${name}`);
    await press('Celé město');
    for (let i = 0; i < 3; i++) await press('Na západ');
    await press('Vybrat místo pod křížkem');
    assert.match(await here(page).innerText(), /mimo území města/);
    await press('Celé město');
    await press('Vybrat místo pod křížkem');
    await here(page).getByRole('link', { name: 'Přihlášení psa' }).click();
    assert.match(await page.locator('[data-field="home"] .place__named').innerText(), /Plzeň \d/);
    assert.deepEqual(broken, []);
    await context.close();
  }
});

test('outside the city, nonsense and hostile spots are said plainly', async () => {
  for (const [spot, said] of [['14.4,50.08', /mimo území města/], ['49.7,13.4', /./], ['0,0', /./], ['999,-999', /./]]) {
    const answer = await fetch(`${portal.url}/place?place=${spot}`), page = await answer.text();
    assert.equal(answer.status, 200, spot);
    assert.match(page, /Tady nic nenabízíme/, spot);
    assert.match(page, said, spot);
  }
  const odd = await fetch(`${portal.url}/place?place=%3Cscript%3E&q=%3Cscript%3Ealert(1)%3C/script%3E`);
  assert.equal(odd.status, 200);
  assert.ok(!(await odd.text()).includes('<script>alert'));
});
