// Each kind of page on a real portal: axe at 400 % zoom in forced colours, what it weighs; search by keyboard and
// without scripts.
import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { day, dogJson, file, post, spots, stall } from './support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { accounts, startDemo } from '../support/portal.mjs';
import { axe, axeWithoutScripts, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';

let portal, browser, filed;
before(async () => {
  [portal, browser] = await Promise.all([startDemo(), launch()]);
  filed = await requests();
});
after(async () => {
  await browser?.close();
  await portal?.remove();
});

// Requests as they are looked at: one let out into the public register, one that waits for its applicant.
async function requests() {
  const clerk = await signIn(portal, 'umo-3'), [lon, lat] = spots['umo-3'], corners = [[0, 0], [1e-4, 0], [1e-4, 5e-5], [0, 5e-5], [0, 0]].map(([x, y]) => [lon + x, lat + y]);
  const move = async (path, fields) => assert.equal((await post(portal.url, path, new URLSearchParams({ from: 'received', ...fields }), { cookie: clerk })).status, 303, path);
  const [permit, open, waiting] = await Promise.all([file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area: { type: 'Polygon', coordinates: [corners] }, from: day(0), to: day(5) }),
    file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area: { type: 'Polygon', coordinates: [corners.map(([x, y]) => [x + 3e-4, y])] } }), file(portal.url, 'dog_fee', 'registration', dogJson('umo-3'))]);
  await move(`/office/cases/${permit.number}`, { state: 'accepted', note: 'v pořádku' });
  await move(`/office/cases/${waiting.number}/completion`, { to: 'returned', ask: 'breed', 'reason.breed': 'chybí' });
  return { permit, open, waiting };
}

/** Pages of everybody, of a clerk and of an admin. */
const kinds = ({ permit, open, waiting }) => [
  [null, {
    home: '/', agendas: '/agendas', agenda: '/agendas/dog_fee', form: '/agendas/public_space/occupy', tasks: '/agendas/waste_fee/payer', place: '/place', search: '/search?q=poplatek', nothing: '/search?q=xqzw',
    find: '/submissions', login: '/login', register: '/register', recover: '/recover', mailbox: '/demo/mailbox', access: '/accessibility', opendata: '/opendata', ogc: '/ogc', permits: '/agendas/public_space/p/permits',
    'public register': '/permits', error: '/nothing', receipt: `/submissions/${permit.number}?receipt=${permit.receipt}`, completion: `/submissions/${waiting.number}/completion?receipt=${waiting.receipt}`,
  }],
  ['umo-3', {
    account: '/account', security: '/account/security', audit: '/account/audit', inbox: '/office', case: `/office/cases/${permit.number}`, similar: `/office/cases/${open.number}/similar`,
    decision: `/office/cases/${open.number}/decision?to=accepted`, counter: '/office/identity', scan: '/office/scan',
  }],
  ['admin', { admin: '/admin', 'admin forms': '/admin/forms', editor: '/admin/forms/dog_fee/registration', retention: '/admin/retention', parameters: '/admin/parameters', 'parameters of one': '/admin/parameters/dog_fee' }],
];

/** What can have the focus and does not show it; each look once in all. (A choice is drawn by its label.) */
async function focusUnseen(page, known) {
  const { unseen, looks } = await page.evaluate((before) => {
    const looks = new Set(before), unseen = [];
    const shows = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
      const look = [element.tagName, element.type, element.className, element.parentElement.tagName, element.parentElement.className].join(' ');
      if (looks.has(look) || element.tabIndex < 0 || element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
      looks.add(look);
      element.focus();
      if (![[element], [element, '::after'], [element.labels?.[0] ?? element, '::before']].some((asked) => shows(getComputedStyle(...asked)))) unseen.push(element.outerHTML.slice(0, 100));
    }
    return { unseen, looks: [...looks] };
  }, [...known]);
  for (const look of looks) known.add(look);
  return unseen;
}

test('every kind of page at 320 px (400 % zoom) in forced colours: axe finds nothing, nothing scrolls sideways, focus is seen', async () => {
  const wrong = [], looks = new Set();
  for (const [who, pages] of kinds(filed)) {
    const context = await phone(browser, { viewport: { width: 320, height: 640 }, deviceScaleFactor: 1, forcedColors: 'active' }), page = await context.newPage();
    if (who) await context.addCookies((await signIn(portal, who)).split('; ').map((each) => ({ name: each.split('=')[0], value: each.split('=')[1], url: portal.url })));
    for (const [name, path] of Object.entries(pages)) {
      const { status } = await page.goto(portal.url + path).then((answer) => ({ status: answer.status() }));
      if (status !== (name === 'error' ? 404 : 200)) wrong.push(`${name}: ${status}`);
      wrong.push(...(await axe(page)).map((found) => `${name}: ${found}`), ...(await focusUnseen(page, looks)).map((found) => `${name}: no focus is seen on ${found}`));
      if (await scrollsSideways(page)) wrong.push(`${name} scrolls sideways`);
      if (process.env.EPO_PICTURES) await picture(page, `look-320-${name}`);
    }
    await context.close();
  }
  assert.deepEqual(wrong, []);
});

test('what a page weighs as it comes over the wire: few kilobytes, few requests, nothing moves; the map only where there is one', async () => {
  const context = await phone(browser, { hand: false }), page = await context.newPage(), client = await context.newCDPSession(page);
  await client.send('Network.enable');
  await client.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.addInitScript(() => {
    window.moved = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  });
  const json = async (path) => (await fetch(portal.url + path)).json(), forms = [];
  for (const { page: at, definition } of (await json('/api/v1/agendas')).agendas.flatMap((agenda) => agenda.forms)) {
    const { steps = [] } = await json(definition);
    forms.push(...['', ...steps.map(({ id }) => `/${id}`)].map((step) => [at + step, at + step, null])); // a map or none
  }
  for (const [name, path, hasMap = false] of [['home', '/'], ['agenda', '/agendas/dog_fee'], ['search', '/search?q=pes'], ['place', '/place', true], ...forms]) {
    const names = new Map(), sizes = new Map();
    client.removeAllListeners();
    client.on('Network.responseReceived', ({ requestId, response }) => { if (!response.url.startsWith('data:')) names.set(requestId, new URL(response.url).pathname); });
    client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
    assert.equal((await page.goto(portal.url + path, { waitUntil: 'load' })).status(), 200, name);
    await page.waitForTimeout(150);
    const own = [...sizes].filter(([id]) => names.has(id) && !/^\/(assets\/(map|chunk)|tiles|api)/.test(names.get(id) ?? ''));
    const bytes = own.reduce((sum, [, size]) => sum + size, 0), paint = await page.evaluate(() => Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0));
    console.log(`${name}: ${(bytes / 1024).toFixed(1)} kB in ${own.length} requests, first paint after ${paint} ms`);
    assert.ok(bytes < 60 * 1024, `${name}: ${bytes} bytes`);
    assert.ok(own.length <= 5, `${name}: ${[...names.values()]}`);
    if (hasMap !== null) assert.equal([...names.values()].some((file) => file.startsWith('/assets/map.')), hasMap, `${name} and the map's script`);
    assert.equal([...names.values()].some((file) => file.startsWith('/tiles')), false, `${name}: a map starts though nobody is there`);
    assert.ok(await page.evaluate(() => window.moved) < 0.1, `${name} moves while it loads`);
  }
  await page.goto(`${portal.url}/place`);
  await page.locator('[data-picture]').waitFor(); // the server's, until
  assert.equal(await page.locator('.ol-viewport').count(), 0);
  await page.mouse.wheel(0, 100);
  await page.locator('.ol-viewport').waitFor();
  await client.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
  await client.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.goto(`${portal.url}/agendas/dog_fee/registration`, { waitUntil: 'load' });
  console.log(`slow phone (Slow 4G, CPU 4 times slower): a form is read after ${await page.evaluate(() => Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime))} ms`);
  await context.close();
});

test('search suggests while one types and is led by keys alone; the policy lets it', async () => {
  const context = await desktop(browser, { bypassCSP: false }), page = await context.newPage(), heard = complaints(page);
  await page.goto(`${portal.url}/agendas/dog_fee`);
  const field = page.getByRole('combobox', { name: 'Co hledáte' });
  await field.focus();
  await field.pressSequentially('leseni');
  await page.getByRole('option').first().waitFor();
  assert.equal(await field.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  const chosen = page.locator(`#${await field.getAttribute('aria-activedescendant')}`);
  assert.equal(await chosen.getAttribute('aria-selected'), 'true');
  assert.match(await chosen.innerText(), /Zvláštní užívání veřejného prostranství/);
  await page.keyboard.press('Escape');
  assert.equal(await field.getAttribute('aria-expanded'), 'false');
  await field.pressSequentially('m');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/agendas\/public_space$/);
  await page.getByRole('combobox').fill('psa');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=psa/);
  assert.match(await page.locator('.rows--found a').first().innerText(), /Poplatek ze psů/);
  assert.deepEqual(heard, [], 'linked data is no script, and nothing else is refused');
  await context.close();
});

test('the register of permits: by keyboard from the filter to one permit, and with a picture of the map where no script runs', async () => {
  const context = await desktop(browser, { bypassCSP: false }), page = await context.newPage(), heard = complaints(page);
  await page.goto(`${portal.url}/permits`);
  await page.getByLabel('Hledat', { exact: true }).focus();
  await page.keyboard.type('stanek');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=stanek/);
  await page.locator('.mapbox canvas').first().waitFor();
  const link = page.getByRole('link', { name: /Stánek/ });
  for (let i = 0; i < 60 && !(await link.evaluate((element) => element === document.activeElement)); i++) await page.keyboard.press('Tab');
  assert.ok(await link.evaluate((element) => element.matches(':focus-visible')), 'reached by Tab alone, and seen');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/permits\/[0-9a-z]+$/i);
  assert.match(await page.locator('h1').innerText(), /Stánek/);
  assert.deepEqual(heard, []);
  await context.close();
  const plain = await phone(browser, { javaScriptEnabled: false }), still = await plain.newPage();
  await still.goto(`${portal.url}/permits`);
  const drawn = still.getByRole('img', { name: /čísla ukazují/ });
  assert.deepEqual(await drawn.evaluate((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight])), [640, 400]);
  assert.equal(await still.locator('.mapbox').isVisible(), false);
  assert.deepEqual(await axeWithoutScripts(still), []);
  await plain.close();
});

test('without scripts the search is a form, and the other language keeps the page', async () => {
  const context = await phone(browser, { javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(portal.url);
  await page.getByLabel('Co hledáte').fill('odpad');
  await page.getByRole('button', { name: 'Hledat' }).click();
  assert.match(await page.locator('.rows--found a').first().innerText(), /Poplatek za odpad/);
  assert.deepEqual(await axeWithoutScripts(page), []);
  await page.getByRole('link', { name: 'English' }).click();
  assert.equal(await page.getByLabel('What are you looking for').inputValue(), 'odpad');
  await context.close();
});
