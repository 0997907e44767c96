// A signature drawn on a screen or given as a sentence with a name, a consent, and a photo in an added item of a group.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { png } from '../http/support/files.mjs';
import { signIn } from '../http/support/people.mjs';
import { axe, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
import { file, post } from './support/forms.mjs';
import { startPlaces } from './support/picker.mjs';

const REFERENCE = /^[0-9a-z]{26}\.[0-9a-z]{26}$/;
let portal, browser;
before(async () => {
  portal = await startPlaces();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  assert.equal(await portal?.stop(), 0, portal?.log);
  await portal?.remove();
});

const photo = { name: 'rek.png', mimeType: 'image/png', buffer: png() };
const review = (page) => page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last();

/** A tick across the pad. */
async function draw(page) {
  const pad = page.locator('canvas.signature__pad');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  assert.ok(Math.abs(box.width / box.height - 2.5) < 0.1, `the picture is not squeezed: ${box.width} × ${box.height}`);
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.8, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.2, { steps: 4 });
  await page.mouse.up();
}

for (const [name, make] of Object.entries({ desktop, phone })) {
  test(`drawn, cleared, drawn again and used by going on; an added item takes its photo (${name})`, async () => {
    const context = await make(browser), page = await context.newPage(), heard = complaints(page);
    await page.goto(`${portal.url}/agendas/places/signed`);
    const place = page.locator('[data-pad]'), rows = page.locator('[data-signature] li'), said = page.locator('[data-signature] [data-said]');
    await page.getByRole('button', { name: 'Přidat psa' }).click();
    const second = page.locator('[data-item]').nth(1);
    await second.locator('.files__bar').waitFor({ state: 'attached' });
    await second.locator('input[type=file]').setInputFiles(photo);
    await second.locator('li').waitFor();
    assert.match(await page.locator('[name="dogs.1.photo"][type=hidden]').inputValue(), REFERENCE);

    await page.getByRole('button', { name: 'Použít podpis' }).click();
    assert.match(await said.innerText(), /Sem se podepište/);
    await draw(page);
    await picture(page, `signature-${name}`);
    assert.deepEqual(await axe(page), []);
    assert.equal(await scrollsSideways(page), false);
    await page.getByRole('button', { name: 'Použít podpis' }).click();
    await rows.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.closest('[data-signature] li') !== null), true, 'the focus is not lost');
    await rows.locator('button').click();
    await place.waitFor();
    assert.equal(await rows.count(), 0);

    await draw(page);
    await page.getByText('Souhlasím s tímto zněním').click();
    await review(page).click();
    await page.locator('.summary, dl').first().waitFor();
    const text = await page.locator('main').innerText();
    assert.match(text, /rek\.png/);
    assert.match(text, /Podepsáno na obrazovce/);
    assert.match(text, /Souhlas se zněním 2026-11/);
    await picture(page, `signed-${name}`);
    assert.deepEqual(heard, []);
    await context.close();
  });
}

test('without JavaScript: the declaration and the name, both or neither', async () => {
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${portal.url}/agendas/places/signed`);
  assert.equal(await page.locator('canvas').count(), 0);
  await page.getByLabel('Celé jméno').fill('Jana Nováková');
  await review(page).click();
  assert.match(await page.locator('.faults__list').innerText(), /Podpis: podepište se, nebo zaškrtněte prohlášení/);
  assert.equal(await page.getByLabel('Celé jméno').inputValue(), 'Jana Nováková');
  await page.getByText('Místo podpisu prohlašuji').click();
  await review(page).click();
  assert.match(await page.locator('main').innerText(), /Podpis\s+Jana Nováková/);
  await picture(page, 'signed-plain');
  await context.close();
});

test('an office asks for the signature, the consent and a photo again: without JavaScript', async () => {
  const filed = await file(portal.url, 'places', 'signed', { dogs: [{}], sign: { name: 'Jan Novák' } });
  const asked = new URLSearchParams({ from: 'received', to: 'returned', ask: 'dogs', 'reason.dogs': 'Chybí fotografie psa.', 'reason.sign': 'Podepište se celým jménem.', 'reason.news': 'Chcete zprávy?' });
  asked.append('ask', 'sign');
  asked.append('ask', 'news');
  assert.equal((await post(portal.url, `/office/cases/${filed.number}/completion`, asked, { cookie: await signIn(portal, 'admin') })).status, 303);
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${portal.url}/submissions/${filed.number}/completion?key=${filed.receipt}`);
  assert.equal(await page.getByLabel('Celé jméno').inputValue(), '', 'a new signature, not the old one');
  await page.locator('[name="dogs.0.photo"][type=file]').setInputFiles(photo);
  await page.getByRole('button', { name: 'Nahrát' }).first().click();
  await page.locator('.files__name', { hasText: 'rek.png' }).waitFor();
  await page.getByText('Souhlasím s tímto zněním').click();
  await page.getByLabel('Celé jméno').fill('Jan Amos Novák');
  await page.getByText('Místo podpisu prohlašuji').click();
  assert.equal(await scrollsSideways(page), false);
  await picture(page, 'signature-completion');
  await page.getByRole('button', { name: 'Odeslat doplnění' }).last().click();
  await page.getByText('Doplnění je odeslané.').waitFor();
  const rows = await page.locator('section[aria-labelledby="completions-title"] tbody tr').allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split(/\s*\t\s*/)), [['Psi', '–', 'rek.png'], ['Podpis', 'Jan Novák', 'Jan Amos Novák'], ['Zprávy e-mailem', '–', 'Souhlas se zněním 2026-11']]);
  await picture(page, 'signature-completed');
  await context.close();
});
