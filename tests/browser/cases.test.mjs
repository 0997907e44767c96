// A case as both sides live it: the citizen on a phone without JavaScript, the clerk at a desk, in two windows -
// a message, a completion of one field, a decision downloaded; a form on paper that comes to the counter. axe-core finds
// nothing on the way.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { accounts, startDemo } from '../support/portal.mjs';
import { axe, axeWithoutScripts, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
import { file, spots, stall } from './support/forms.mjs';

let portal, browser;
before(async () => { portal = await startDemo(); browser = await launch(); });
after(async () => { await browser?.close(); await portal?.remove(); });

async function clean(page, name) {
  assert.deepEqual(await (name.includes('citizen') ? axeWithoutScripts(page) : axe(page)), [], `axe on ${name}`);
  assert.equal(await scrollsSideways(page), false, `${name} scrolls sideways`);
  await picture(page, name);
}

async function signIn(page) {
  await page.goto(`${portal.url}/login`);
  await page.getByLabel('Přihlašovací jméno').fill('umo-3');
  await page.getByLabel('Heslo', { exact: true }).fill(accounts(portal.folder)['umo-3']);
  await page.getByRole('button', { name: 'Přihlásit' }).first().click();
  await page.waitForURL(/\/office/);
}

test('a message, a completion, a decision', async () => {
  const filed = await file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area_m2: 4, area: { type: 'Point', coordinates: spots['umo-3'] } });
  const ours = await (await phone(browser, { javaScriptEnabled: false })).newPage();
  const theirs = await (await desktop(browser)).newPage();
  await signIn(theirs);

  await ours.goto(`${portal.url}/submissions/${filed.number}?receipt=${filed.receipt}`);
  assert.match(await ours.locator('.turn').innerText(), /Na řadě je úřad\./);
  await ours.getByLabel('Napište úřadu').fill('Stačí mi i menší místo.');
  await ours.getByRole('button', { name: 'Odeslat zprávu' }).click();
  await clean(ours, 'cases-citizen-message');

  await theirs.goto(`${portal.url}/office/cases/${filed.number}`);
  assert.match(await theirs.locator('.message').innerText(), /Žadatel[^]*nová[^]*Stačí mi i menší místo\./);
  await theirs.getByText('Vyzvat k doplnění').click();
  await theirs.locator('label[for=ask-description]').click();
  await theirs.locator('#reason-description').fill('Napište, co budete prodávat.');
  await clean(theirs, 'cases-clerk-ask');
  await theirs.getByRole('button', { name: 'Odeslat výzvu' }).click();
  await theirs.getByText('Čeká se na žadatele.').waitFor();

  await ours.reload();
  assert.match(await ours.locator('.turn--yours').innerText(), /Na řadě jste vy\./);
  await ours.getByRole('link', { name: 'Doplnit podání' }).click();
  assert.equal(await ours.locator('[data-field]').count(), 1, 'just the field asked for');
  await clean(ours, 'cases-citizen-completion');
  await ours.locator('[data-field="description"] textarea, [data-field="description"] input').fill('Med a perník');
  await ours.getByRole('button', { name: 'Odeslat doplnění' }).last().click();
  await ours.getByText('Doplnění je odeslané.').waitFor();
  await clean(ours, 'cases-citizen-completed');

  await theirs.reload();
  assert.match(await theirs.locator('main').innerText(), /Stánek s medem na trhu\s+Med a perník/);
  await theirs.getByRole('link', { name: 'Rozhodnutí o zvláštním užívání' }).click();
  await clean(theirs, 'cases-clerk-decision');
  await theirs.getByRole('button', { name: 'Vydat rozhodnutí' }).click();
  await theirs.waitForURL(/moved=1/);
  await clean(theirs, 'cases-clerk-decided');

  await ours.reload();
  const [download] = await Promise.all([ours.waitForEvent('download'), ours.getByRole('link', { name: 'Stáhnout rozhodnutí' }).click()]);
  assert.match(download.suggestedFilename(), /^rozhodnuti-.*\.pdf$/);
  await clean(ours, 'cases-citizen-decided');
});

test('a form printed half filled comes back at the counter and stands there as it was typed', async () => {
  const ours = await (await phone(browser)).newPage();
  await ours.goto(`${portal.url}/agendas/dog_fee/registration`);
  await ours.locator('[name=dog_name]').fill('Žeryk');
  await ours.locator('[name=breed]').fill('kříženec');
  await ours.locator('[name=sex][value=male]').check({ force: true });
  const printed = Buffer.from(await ours.evaluate(async () => { // what "Print and bring" posts
    const form = document.getElementById('filling'), fields = new FormData(form);
    fields.set('_action', 'print');
    return [...new Uint8Array(await (await fetch(form.action, { method: 'POST', body: fields })).arrayBuffer())];
  }));
  assert.equal(printed.subarray(0, 5).toString(), '%PDF-');
  const pictured = execFileSync('pdftoppm', ['-r', '150', '-jpeg', '-gray', '-'], { input: printed, maxBuffer: 1 << 26, stdio: ['pipe', 'pipe', 'ignore'] });
  const pages = pictured.toString('latin1').split(/(?=\xff\xd8\xff)/).map((page) => Buffer.from(page, 'latin1')); // the codes are on the last
  const papers = { picture: { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: pages.at(-1) }, pdf: { name: 'papir.pdf', mimeType: 'application/pdf', buffer: printed } };
  for (const [kind, scripts] of [['picture', true], ['pdf', false]]) {
    const theirs = await (await desktop(browser, { javaScriptEnabled: scripts })).newPage();
    await signIn(theirs);
    await theirs.goto(`${portal.url}/office/scan`);
    if (scripts) await clean(theirs, 'paper-clerk-scan');
    await theirs.locator('#scan-file').setInputFiles(papers[kind]);
    if (!scripts) await theirs.getByRole('button', { name: 'Otevřít formulář' }).click();
    await theirs.locator('[name=dog_name]').waitFor();
    assert.equal(await theirs.locator('[name=dog_name]').inputValue(), 'Žeryk', kind);
    assert.equal(await theirs.locator('[name=breed]').inputValue(), 'kříženec');
    assert.equal(await theirs.locator('[name=sex][value=male]').isChecked(), true);
    assert.equal(await theirs.locator('[name=name]').inputValue(), '', 'what is written by hand is the clerk\'s to add');
    if (scripts) await clean(theirs, 'paper-clerk-form');
    await theirs.context().close();
  }
});
