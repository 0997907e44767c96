// The whole way, as people go it: from the home page to the clerk's inbox, for both agendas, on a phone and at a
// desk, with mouse, with the keyboard alone and without JavaScript. axe-core finds nothing on any page passed.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { accounts, startDemo } from '../support/portal.mjs';
import { axe, axeWithoutScripts, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
import { pdf, png } from '../http/support/files.mjs';
import { day, dog, fill, spots, stall } from './support/forms.mjs';

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
const heading = (page) => page.locator('h1').innerText();
const place = (page) => page.locator('.words .facts');

async function open(page, agenda, name) {
  await page.goto(portal.url);
  await clean(page, `${name}-home`);
  await page.goto(`${portal.url}/agendas`);
  await clean(page, `${name}-agendas`);
  await page.locator(`main a[href="/agendas/${agenda}"]`).first().click();
  await clean(page, `${name}-agenda`);
}

/** On paper the place is a picture with scale and north, drawn by the server, and no map to be moved. */
async function printed(page) {
  const picture = page.locator('.mapshot__img').first(), map = page.locator('.mapbox').first();
  assert.equal(await picture.isVisible(), false, 'beside the map that can be moved there is no picture of it');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await picture.isVisible(), true);
  assert.equal(await map.isVisible(), false);
  assert.deepEqual(await picture.evaluate((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight])), [640, 400]);
  await page.emulateMedia({ media: 'screen' });
}

async function send(page, name) {
  await page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last().click();
  await page.waitForLoadState();
  assert.equal(await page.locator('.faults__list li').allInnerTexts().then((all) => all.join('; ')), '');
  assert.match(await heading(page), /Zkontrolujte své odpovědi/);
  await clean(page, `${name}-review`);
  await printed(page);
  await page.getByRole('button', { name: 'Odeslat podání' }).last().click();
  await page.waitForURL(/\/submissions\//);
  await clean(page, `${name}-sent`);
  await printed(page);
  return page.locator('.sent__number strong').innerText();
}

// The review came by POST and is not stored (it is personal), so that Chromium stops on the way back and asks; a
// person who presses its button sends the same answers once more, under the same key.
async function back(page) {
  await page.goBack().catch((fault) => assert.match(fault.message, /ERR_CACHE_MISS/));
  await page.waitForTimeout(300);
  if (page.url().startsWith('chrome-error:')) await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Zkontrolujte své odpovědi' }).waitFor();
}

async function signIn(page, name) {
  await page.goto(`${portal.url}/login`);
  await page.getByLabel('Přihlašovací jméno').fill(name);
  await page.getByLabel('Heslo', { exact: true }).fill(accounts(portal.folder)[name]);
  await page.getByRole('button', { name: 'Přihlásit' }).first().click();
  await page.waitForURL(/\/(office|account|admin|$)/);
}

async function clerkFinds(number, office, name) {
  const context = await desktop(browser), page = await context.newPage();
  await signIn(page, office);
  await page.goto(`${portal.url}/office`);
  await page.getByRole('link', { name: number }).waitFor();
  await page.locator('.mapbox canvas').first().waitFor();
  await page.waitForTimeout(800);
  await clean(page, `${name}-inbox`);
  await page.getByRole('link', { name: number }).click();
  await page.locator('.mapbox canvas').first().waitFor();
  await page.waitForTimeout(800);
  await clean(page, `${name}-case`);
  return { context, page };
}

test('a citizen registers a dog on a phone, by searching the address; the clerk of that district gets it', async () => {
  const context = await phone(browser), page = await context.newPage(), faults = complaints(page);
  await open(page, 'dog_fee', 'dog-phone');
  await page.locator('main a[href="/agendas/dog_fee/registration"]').first().click();
  const { house_kind, ...before } = dog;
  await fill(page, { holder_kind: before.holder_kind, name: before.name, birth_date: before.birth_date });
  const search = page.locator('[data-field="home"] input[role=combobox]');
  await search.fill('americka');
  await page.locator('[role=option]').first().waitFor();
  await search.fill('americka 12');
  await page.waitForTimeout(500);
  await search.press('ArrowDown');
  await search.press('Enter');
  await place(page).first().waitFor();
  assert.match(await place(page).innerText(), /Plzeň/);
  await fill(page, { ...before, house_kind });
  await clean(page, 'dog-phone-form');
  assert.match(await page.locator('.words').innerText(), /Kč/, 'the fee is shown before sending');
  const number = await send(page, 'dog-phone');
  assert.match(number, /^20\d\d-\d{6}$/);
  const district = await page.locator('.panel .facts').first().innerText();
  const office = `umo-${district.match(/Plzeň (\d+)/)[1]}`;
  // A reload files nothing again; the back button and a second press neither.
  await page.reload();
  await back(page);
  await page.getByRole('button', { name: 'Odeslat podání' }).last().click();
  await page.waitForURL(/\/submissions\//);
  assert.ok((await page.content()).includes(number), 'the same number again');
  assert.deepEqual(faults, []);
  const desk = await clerkFinds(number, office, 'dog-clerk');
  await desk.page.getByLabel('Řeší se').check();
  await desk.page.locator('#case-note').fill('Díváme se na to.');
  await desk.page.getByRole('button', { name: 'Uložit' }).click();
  await desk.page.waitForLoadState();
  assert.match(await desk.page.locator('main').innerText(), /Díváme se na to/);
  assert.match(await desk.page.locator('main').innerText(), /Kdo do podání nahlížel/);
  await desk.context.close();
  await page.reload();
  assert.match(await page.locator('main').innerText(), /Díváme se na to/, 'the citizen sees the new state and the note');
  await context.close();
});

test('a citizen asks for a part of a square at a desk, drawing the area with the mouse', async () => {
  const context = await desktop(browser), page = await context.newPage(), faults = complaints(page);
  await open(page, 'public_space', 'stall-desk');
  await page.locator('main a[href="/agendas/public_space/occupy"]').first().click();
  await fill(page, stall);
  const picker = page.locator('[data-field="area"]');
  await picker.scrollIntoViewIfNeeded(); // the map comes when it is near
  await picker.locator('input[role=combobox]').fill('náměstí Republiky 1');
  await page.locator('[role=option]').first().waitFor();
  await page.locator('[role=option]').first().click();
  await picker.getByRole('button', { name: 'Plocha' }).click().catch(() => {});
  await page.waitForTimeout(1500);
  const map = picker.locator('.ol-viewport');
  await map.scrollIntoViewIfNeeded();
  await picture(page, 'stall-desk-map', { full: false });
  // The square lies somewhere around the house: look for a spot that the agenda takes.
  const box = await map.boundingBox();
  const at = (x, y) => page.mouse.click(box.x + box.width / 2 + x, box.y + box.height / 2 + y);
  let taken = false;
  for (const [x, y] of [[60, 60], [-60, 60], [60, -60], [-60, -60], [110, 0], [0, 110], [-110, 0], [0, -110], [150, 100], [-150, 100]]) {
    for (const [dx, dy] of [[0, 0], [25, 0], [25, 25], [0, 25]]) { await at(x + dx, y + dy); await page.waitForTimeout(300); }
    const checked = page.waitForResponse((answer) => answer.url().includes('/check?field=area'));
    await picker.getByRole('button', { name: 'Hotovo' }).click();
    await checked;
    await picker.locator('.words:not([aria-busy]) .facts').first().waitFor();
    taken = !/Pozor/.test(await picker.locator('.words').innerText());
    if (taken) break;
    await picker.getByRole('button', { name: 'Smazat a začít znovu' }).click();
  }
  assert.ok(taken, 'no spot near the square was public space');
  const words = await picker.innerText();
  assert.match(words, /m²/);
  assert.match(words, /Kč/, 'the fee of the place is shown at once');
  await clean(page, 'stall-desk-form');
  const number = await send(page, 'stall-desk');
  assert.deepEqual(faults, []);
  const district = await page.locator('.panel .facts').first().innerText();
  const desk = await clerkFinds(number, `umo-${district.match(/Plzeň (\d+)/)[1]}`, 'stall-clerk');
  await desk.context.close();
  await context.close();
});

test('the keyboard alone is enough, the place on the map included', async () => {
  const context = await desktop(browser), page = await context.newPage();
  await page.goto(`${portal.url}/agendas/dog_fee/registration`);
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.className), /skip/, 'the first stop is the skip link');
  const stops = new Set();
  const tabTo = async (selector) => {
    for (let i = 0; i < 150; i++) {
      if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
      await page.keyboard.press('Tab');
      stops.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className));
    }
    assert.fail(`Tab never reaches ${selector}; it stops at ${[...stops].join(', ')}`);
  };
  const text = async (id, value) => { await tabTo(`[data-field="${id}"] input, [data-field="${id}"] textarea`); await page.keyboard.type(value); };
  const choose = async (id, value) => {
    await tabTo(`[data-field="${id}"] input`);
    await page.keyboard.press('Space');
    for (let i = 0; i < 10 && !(await page.evaluate((v) => document.activeElement.value === v, value)); i++) await page.keyboard.press('ArrowDown');
  };
  await choose('holder_kind', dog.holder_kind);
  await text('name', dog.name);
  await page.locator('[data-field="birth_date"] input').fill(dog.birth_date); // how a date is typed is the browser's
  await text('address', dog.address);
  await text('email', dog.email);
  await page.locator('[data-field="home"]').scrollIntoViewIfNeeded();
  await page.locator('[data-field="home"] .ol-viewport').waitFor();
  await tabTo('[data-field="home"] [role=application], [data-field="home"] .map [tabindex="0"], [data-field="home"] .ol-viewport, [data-field="home"] [aria-label^="Mapa"]');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('+');
  await page.waitForTimeout(600);
  await page.keyboard.press('Enter');
  await place(page).first().waitFor();
  await picture(page, 'keyboard-map', { full: false });
  assert.match(await page.locator('[data-field="home"] [role=status]').innerText(), /\S/, 'it is spoken');
  await choose('house_kind', dog.house_kind);
  await text('dog_name', dog.dog_name);
  await text('breed', dog.breed);
  await choose('sex', dog.sex);
  await text('colour', dog.colour);
  await page.locator('[data-field="dog_born"] input').fill(dog.dog_born);
  await choose('marking', dog.marking);
  await text('chip', dog.chip);
  await page.locator('[data-field="held_since"] input').fill(dog.held_since);
  await text('other_dogs', '0');
  await choose('relief', 'none');
  await choose('payment', 'once');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Zkontrolujte své odpovědi' }).waitFor();
  await page.keyboard.press('Tab');
  await tabTo('.send__buttons button[value=send]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/submissions\//);
  await context.close();
});

test('without JavaScript: search, a list of addresses, errors that keep what was typed, review, number', async () => {
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${portal.url}/agendas/dog_fee/registration`);
  await page.locator('[name="name"]').fill('Jana Nováková');
  await page.locator('[name="home.q"]').fill('americka 1');
  await page.getByRole('button', { name: 'Najít' }).click();
  await page.waitForLoadState();
  assert.equal(await page.locator('[name="name"]').inputValue(), 'Jana Nováková', 'what was typed is still there');
  await picture(page, 'noscript-results');
  assert.ok(await page.locator('[name="home.address"]').count() > 1, 'a list of addresses');
  await page.locator('[name="home.address"]').first().check();
  await page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last().click();
  await page.waitForLoadState();
  assert.ok(await page.locator('.faults__list li').count() > 3, 'all that is missing is listed');
  await picture(page, 'noscript-errors');
  assert.equal(await page.locator('[name="name"]').inputValue(), 'Jana Nováková');
  await fill(page, dog);
  await page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last().click();
  await page.waitForLoadState();
  assert.equal(await page.locator('.faults__list li').allInnerTexts().then((all) => all.join('; ')), '');
  await picture(page, 'noscript-review');
  await page.getByRole('button', { name: 'Změnit' }).first().click();
  await page.waitForLoadState();
  assert.equal(await page.locator('[name="dog_name"]').inputValue(), 'Rek', 'Change leads back to the filled form');
  await page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last().click();
  await page.waitForLoadState();
  await page.getByRole('button', { name: 'Odeslat podání' }).last().click();
  await page.waitForLoadState();
  assert.match(await page.locator('.sent__number strong').innerText(), /^20\d\d-\d{6}$/);
  assert.equal(await page.locator('.mapshot__img').isVisible(), true, 'the place can be seen');
  await picture(page, 'noscript-sent');
  await context.close();
});

test('in English, in the dark and with forced colours', async () => {
  for (const [name, more] of [['dark', { colorScheme: 'dark' }], ['forced', { forcedColors: 'active' }]]) {
    const context = await phone(browser, more), page = await context.newPage();
    await page.goto(`${portal.url}/agendas/public_space/occupy?lang=en`);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.locator('.place').first().scrollIntoViewIfNeeded();
    await page.locator('.ol-viewport').first().waitFor();
    await page.waitForTimeout(800);
    await clean(page, `english-${name}`);
    await context.close();
  }
});

test('a clerk of one district sees nothing of another by any address', async () => {
  const { file, dogJson } = await import('./support/forms.mjs');
  const filed = await file(portal.url, 'dog_fee', 'registration', dogJson('umo-1'));
  const context = await desktop(browser), page = await context.newPage();
  await signIn(page, 'umo-3');
  await page.goto(`${portal.url}/office`);
  assert.equal(await page.getByText(filed.number).count(), 0);
  for (const path of [`/office/cases/${filed.number}`, `/submissions/${filed.number}`, `/api/v1/submissions/${filed.number}`, '/admin']) {
    const answer = await page.goto(portal.url + path);
    assert.ok([403, 404].includes(answer.status()), `${path} answers ${answer.status()}`);
  }
  const geojson = await (await page.goto(`${portal.url}/office/cases.geojson`)).text();
  assert.ok(!geojson.includes(filed.number));
  await context.close();
});

// A form of several pages with a repeated group, without JavaScript on a phone and by the keyboard at a desk.
const press = async (page, name, keys) => {
  const button = page.getByRole('button', { name, exact: typeof name === 'string' }).last();
  if (keys) await button.press('Enter');
  else await button.click();
  await page.waitForLoadState();
};
const check = (page, name, value, keys) => (keys ? page.locator(`[name="${name}"][value="${value}"]`).press('Space') : page.locator(`[name="${name}"][value="${value}"]`).check({ force: true }));

async function house(page, keys) {
  if (keys) {
    const search = page.locator('[data-field="place"] input[role=combobox]');
    await search.fill('americka 12');
    await page.locator('[role=option]').first().waitFor();
    await search.press('ArrowDown');
    await search.press('Enter');
    await place(page).first().waitFor();
  } else {
    await page.locator('[name="place.q"]').fill('americka 12');
    await press(page, 'Najít');
    await page.locator('[name="place.address"]').first().check({ force: true });
  }
  await check(page, 'property_kind', 'family_house', keys);
  await page.locator('[name=residents]').fill('4');
  await page.locator('[name=since]').fill(day(-10));
}

for (const keys of [false, true]) {
  test(`a house and its containers, step by step, ${keys ? 'by the keyboard' : 'without JavaScript'}`, async () => {
    const context = keys ? await desktop(browser) : await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
    const good = async (name) => {
      assert.deepEqual(keys ? await axe(page) : await axeWithoutScripts(page), [], `axe on ${name}`);
      assert.equal(await scrollsSideways(page), false, `${name} scrolls sideways`);
      await picture(page, `waste-${keys ? 'keys' : 'plain'}-${name}`);
    };
    const states = () => page.locator('.task__state').allInnerTexts();
    await page.goto(`${portal.url}/agendas/waste_fee/payer`);
    assert.deepEqual(await states(), ['nezačato', 'nezačato', 'zatím nelze začít', 'nezačato']);
    await good('tasks');
    await page.getByRole('link', { name: 'Kdo poplatek platí' }).press('Enter');
    await page.waitForLoadState();
    assert.match(await page.locator('.step').innerText(), /krok 1 \(celkem 4\)/);
    await check(page, 'payer_kind', 'owner', keys);
    await fill(page, { name: dog.name, address: dog.address, email: 'x' });
    await press(page, 'Pokračovat', keys);
    assert.match(await page.locator('.faults__list').innerText(), /E-mail/);
    await fill(page, { email: dog.email });
    await press(page, 'Pokračovat', keys);
    if (keys) { // the address says which step it is; a reload loses nothing
      await page.waitForURL(/\/payer\/property\?draft=/);
      await page.locator('[data-field="place"] input[role=combobox]').waitFor();
      const saves = [];
      page.on('request', (request) => { if (request.method() === 'PUT') saves.push(request.url()); });
      await page.reload();
      assert.deepEqual(saves, [], 'what scripts arranged is no reason to save: nothing was typed since');
      assert.equal(await heading(page), 'Nemovitost');
    }
    await house(page, keys);
    await press(page, 'Pokračovat', keys);
    assert.equal(await heading(page), 'Nádoby na odpad');
    assert.equal(await page.locator('[data-field="containers.0.season"]:visible').count(), 0, 'another step has decided that');
    await check(page, 'containers.0.volume', '120', keys);
    await page.locator('[name="containers.0.pieces"]').fill('2');
    await check(page, 'containers.0.frequency', 'weekly', keys);
    for (let i = 0; i < 2; i++) await press(page, 'Přidat další nádobu', keys);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'group-containers.2', 'one goes on in the new one');
    await page.locator('[name="containers.2.pieces"]').fill('7');
    await press(page, /Odebrat – Nádoba 2/, keys);
    assert.deepEqual(await page.locator('[name$=".pieces"]').evaluateAll((all) => all.map((each) => each.value)), ['2', '7'], 'what was typed stays');
    await press(page, 'Pokračovat', keys);
    assert.match(await page.locator('.faults__list').innerText(), /Nádoba 2 – Objem/);
    await good('containers');
    await page.locator('.faults__list a').first().press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'field-containers.1.volume');
    await check(page, 'containers.1.volume', '240', keys);
    await check(page, 'containers.1.frequency', 'monthly', keys);
    await press(page, 'Pokračovat', keys);
    await press(page, 'Zpět', keys);
    assert.equal(await page.locator('[name="containers.1.pieces"]').inputValue(), '7');
    await press(page, 'Přehled kroků', keys);
    assert.deepEqual(await states(), ['hotovo', 'hotovo', 'hotovo', 'rozpracováno']);
    await press(page, 'Placení', keys);
    await check(page, 'payment', 'half', keys);
    const fee = page.locator('[data-values] .value__text'); // while it is filled in, by a script alone
    if (keys) await fee.filter({ hasText: 'Kč' }).waitFor();
    assert.equal(await fee.count(), keys ? 1 : 0);
    await press(page, 'Pokračovat', keys);
    assert.match(await heading(page), /Zkontrolujte své odpovědi/);
    assert.match(await page.locator('.value__explain').innerText(), /Nádoba 1: 2 × 120 l.*\n.*Nádoba 2: 7 × 240 l/);
    await good('review');
    await press(page, /Změnit – Počet takových nádob/, keys);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'field-containers.1.pieces', 'Change leads to the answer');
    await page.locator('[name="containers.1.pieces"]').fill(keys ? '3' : '4');
    await press(page, 'Pokračovat', keys);
    assert.match(await heading(page), /Zkontrolujte své odpovědi/, 'and back to the review');
    await press(page, 'Odeslat podání', keys);
    await page.waitForURL(/\/submissions\//);
    await good('sent');
    await context.close();
  });
}

test('a clerk takes requests from the list by keyboard alone, and is told of new ones', async () => {
  const { file, dogJson } = await import('./support/forms.mjs');
  const filed = await file(portal.url, 'dog_fee', 'registration', { ...dogJson('umo-2'), dog_name: 'Klávesa' });
  const context = await desktop(browser), page = await context.newPage(), faults = complaints(page);
  await signIn(page, 'umo-2');
  await page.goto(`${portal.url}/office?view=unassigned`);
  await page.locator('.mapbox canvas').first().waitFor();
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), filed.number);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await clean(page, 'desk-keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'filter-q');
  await page.keyboard.type('jjx');
  assert.equal(await page.locator('#filter-q').inputValue(), 'jjx', 'keys do nothing while something is typed');
  await page.locator('.case__link').first().focus();
  await page.keyboard.press('x');
  await page.keyboard.press('t');
  await page.getByRole('heading', { level: 2, name: 'Převzato' }).waitFor();
  await clean(page, 'desk-done');
  await page.goto(`${portal.url}/office?view=mine`);
  await page.getByRole('link', { name: filed.number }).waitFor();
  await page.locator('[data-opens="desk-keys"]').click();
  await page.getByLabel('Zkratky vypnout').check();
  await page.getByRole('button', { name: 'Zavřít' }).click();
  await page.keyboard.press('/');
  assert.notEqual(await page.evaluate(() => document.activeElement.id), 'filter-q', 'switched off');
  await file(portal.url, 'dog_fee', 'registration', { ...dogJson('umo-2'), dog_name: 'Novinka' });
  await page.goto(`${portal.url}/office`);
  await file(portal.url, 'dog_fee', 'registration', { ...dogJson('umo-2'), dog_name: 'Nejnovější' });
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.getByRole('link', { name: 'Nová podání: 1. Zobrazit' }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

// Two ways to send files: at once by the script, on a phone; with the form where there is none.
test('files: sent as they are chosen, and without JavaScript with the form', async () => {
  const files = [{ name: 'misto.png', mimeType: 'image/png', buffer: png() }, { name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf() },
    { name: 'x.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') }];
  for (const javaScriptEnabled of [true, false]) {
    const context = await phone(browser, { javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${portal.url}/agendas/public_space/occupy`);
    const box = page.locator('[data-field="sketch"]'), rows = box.locator('li');
    if (javaScriptEnabled) await box.locator('.files__bar').waitFor({ state: 'attached' });
    await box.locator('input[type=file]').setInputFiles(files);
    if (!javaScriptEnabled) await box.locator('button[value=upload]').click();
    await rows.nth(1).waitFor();
    await (javaScriptEnabled ? box.locator('[data-said]') : page.locator('.faults__list')).filter({ hasText: 'x.exe' }).waitFor();
    assert.match(await box.innerText(), /misto\.png[^]*plan\.pdf/);
    await rows.first().locator('button').click();
    await rows.nth(1).waitFor({ state: 'detached' });
    assert.match(await rows.innerText(), /plan\.pdf/);
    assert.match(await box.locator('input[type=hidden][name=sketch]').inputValue(), /^[0-9a-z]{26}\.[0-9a-z]{26}$/);
    await context.close();
  }
});
