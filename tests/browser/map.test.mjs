// The map itself: its looks follow the device or the person, pictures of the ground come and go, and when
// something cannot be loaded the map says so and the person goes on.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { demoFolder, serve } from '../support/portal.mjs';
import { axe, complaints, desktop, launch, phone, picture } from './support/browser.mjs';
import { day, file, stall } from './support/forms.mjs';

const PALETTES = JSON.parse(readFileSync(new URL('../../maps/web/palette.json', import.meta.url), 'utf8'));
const FORM = '/agendas/public_space/occupy', GROUND = '#c01098';

// A picture of one colour, 256 by 256.
function png(colour) {
  const crc = (bytes) => {
    let value = ~0;
    for (const byte of bytes) {
      value ^= byte;
      for (let i = 0; i < 8; i++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    return ~value >>> 0;
  };
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.from([0, 0, 1, 0, 0, 0, 1, 0, 8, 2, 0, 0, 0]), dot = Buffer.from(colour.slice(1), 'hex');
  const row = Buffer.concat([Buffer.from([0]), ...Array(256).fill(dot)]);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(Array(256).fill(row)))), chunk('IEND', Buffer.alloc(0))]);
}

let portal, browser, outside, asked;
before(async () => {
  const tile = png(GROUND);
  asked = [];
  outside = createServer((request, response) => {
    asked.push(request.url);
    if (request.url.startsWith('/lost')) response.writeHead(500).end();
    else response.writeHead(200, { 'content-type': 'image/png' }).end(tile);
  });
  await new Promise((done) => { outside.listen(0, '127.0.0.1', done); });
  const background = (id, cs, more) => ({ id, title: { cs, en: cs }, type: 'xyz', url: `http://127.0.0.1:${outside.address().port}/${id}/{z}/{x}/{y}`, attribution: `© ${id}`, ...more });
  portal = await serve(demoFolder({ maps: { backgrounds: [
    background('aerial', 'Letecké snímky'),
    background('jtsk', 'Snímky v S-JTSK', { grid: { srs: 'EPSG:5514', origin: [-925000, -920000], resolutions: [400, 200, 100, 50, 20, 10, 5, 2, 1, 0.5] } }),
    background('direct', 'Přímo odjinud', { proxy: false }),
    background('lost', 'Ztracené snímky'),
    background('cadastre', 'Katastr', { overlay: true }),
  ] } }));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  outside?.closeAllConnections();
  outside?.close();
  await portal?.remove();
});

/** The commonest colours of the map as drawn, "#rrggbb", the most frequent first. */
const drawn = (page) => page.evaluate(() => {
  const counts = new Map();
  for (const canvas of document.querySelectorAll('.mapui canvas')) {
    if (canvas.width === 0) continue;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4 * 7) {
      if (data[i + 3] < 255) continue;
      const key = `#${[0, 1, 2].map((k) => data[i + k].toString(16).padStart(2, '0')).join('')}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts].sort((one, other) => other[1] - one[1]).slice(0, 12).map(([colour]) => colour);
});
async function until(what, look) {
  let seen;
  for (let i = 0; i < 100; i++) {
    seen = await look();
    if (seen.good) return;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  assert.fail(`${what}: ${JSON.stringify(seen)}`);
}
// The most of the map is in colours of that set and of no other.
const looks = (page, name) => until(`looks ${name}`, async () => {
  const [first, ...rest] = await drawn(page);
  const good = Object.values(PALETTES[name]).includes(first) && !Object.entries(PALETTES).some(([other, set]) => other !== name && Object.values(set).includes(first) && first !== '#ffffff' && first !== '#000000');
  return { good, first, rest };
});
const open = async (page) => {
  await page.goto(portal.url + FORM);
  await page.locator('.place').scrollIntoViewIfNeeded(); // the map comes when it is near
  await page.locator('.mapui canvas').first().waitFor();
};
const panel = (page) => page.getByRole('group', { name: 'Podoba mapy a vrstvy' });
const openPanel = (page) => page.getByRole('button', { name: 'Podoba mapy a vrstvy' }).click();

test('the colours follow the device, or the choice, which is remembered', async () => {
  const context = await desktop(browser), page = await context.newPage();
  await open(page);
  await looks(page, 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await looks(page, 'dark');
  await page.emulateMedia({ colorScheme: 'light', contrast: 'more' });
  await looks(page, 'contrast');
  await page.emulateMedia({ colorScheme: 'dark', contrast: 'more' });
  await looks(page, 'contrast_dark');
  await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference', forcedColors: 'active' });
  await until('forced colours: two of them', async () => {
    const [first] = await drawn(page);
    return { good: first === '#ffffff', first };
  });
  await page.emulateMedia({ forcedColors: 'none' });
  // By keyboard alone: the button, the choice, back.
  await page.getByRole('button', { name: 'Podoba mapy a vrstvy' }).focus();
  await page.keyboard.press('Enter');
  await panel(page).getByRole('radio', { name: 'Mapa města' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await panel(page).getByRole('radio', { name: 'Podle zařízení' }).focus();
  for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  await looks(page, 'dark');
  await picture(page, 'map-dark', { full: false });
  await page.keyboard.press('Escape');
  assert.equal(await panel(page).isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Podoba mapy a vrstvy');
  await page.reload();
  await looks(page, 'dark');
  await openPanel(page);
  assert.ok(await panel(page).getByRole('radio', { name: 'Tmavé' }).isChecked());
  await context.close();
});

test('tiles that do not come are said, the place is picked all the same, and they can be loaded again', async () => {
  const context = await phone(browser), page = await context.newPage();
  await page.route('**/*.mvt*', (route) => route.abort());
  await open(page);
  const notice = page.locator('.mapui__bar');
  await notice.getByText('Část mapy se nepodařilo načíst').waitFor();
  await page.locator('.mapui').scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: 'Bod' }).click();
  await page.locator('.mapui__surface').click();
  await page.locator('.words').getByText('Plzeň').first().waitFor();
  assert.match(await page.locator('.place input[type=hidden]').first().inputValue(), /"Point"/);
  await picture(page, 'map-no-tiles', { full: false });
  await page.unroute('**/*.mvt*');
  await notice.getByRole('button', { name: 'Načíst znovu' }).click();
  await looks(page, 'light');
  assert.equal(await notice.innerText(), '');
  await context.close();
});

test('a map far down waits, and who types where it will be goes on in its search', async () => {
  const context = await phone(browser), page = await context.newPage(), faults = complaints(page);
  await page.goto(portal.url + FORM);
  await page.waitForLoadState('networkidle');
  assert.equal(await page.locator('.mapui').count(), 0, 'nobody has come near');
  const plain = page.locator('[data-plain] [name$=".q"]').first();
  await plain.evaluate((input) => {
    input.value = 'Americká';
    input.focus();
  });
  const search = page.getByRole('combobox', { name: 'Najděte adresu' });
  await page.locator('.search__option').first().waitFor();
  assert.equal(await search.inputValue(), 'Americká');
  assert.equal(await search.evaluate((input) => input === document.activeElement), true);
  assert.deepEqual(faults, []);
  await context.close();
});

test('without the description of the map the rest of the form works, and the map can be loaded later', async () => {
  const context = await desktop(browser), page = await context.newPage();
  await page.route('**/tiles/city.json', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(portal.url + FORM);
  await page.locator('.place').scrollIntoViewIfNeeded();
  const notice = page.locator('.mapui__bar');
  await notice.getByText('Mapu se nepodařilo načíst').waitFor();
  await page.getByRole('combobox', { name: 'Najděte adresu' }).fill('Americká');
  await page.locator('.search__option').first().waitFor();
  await page.keyboard.press('Escape');
  await page.unroute('**/tiles/city.json');
  await notice.getByRole('button', { name: 'Načíst znovu' }).click();
  await looks(page, 'light');
  await context.close();
});

test('pictures of the ground come through the portal or straight, in S-JTSK too, and a lost one gives the map back', async () => {
  const context = await desktop(browser, { bypassCSP: false }), page = await context.newPage();
  const heard = complaints(page);
  await open(page);
  await openPanel(page);
  const choose = (name) => panel(page).getByRole('radio', { name }).check();
  const shows = (what) => until(what, async () => {
    const colours = await drawn(page);
    return { good: colours[0] === GROUND, colours };
  });
  await choose('Letecké snímky');
  await shows('aerial');
  assert.match(await page.locator('.mapui__note').innerText(), /© aerial/);
  await picture(page, 'map-aerial', { full: false });
  await choose('Snímky v S-JTSK');
  await shows('S-JTSK');
  await choose('Mapa města');
  await looks(page, 'light');
  await panel(page).getByRole('checkbox', { name: 'Katastr' }).check();
  await shows('cadastre over the map');
  await panel(page).getByRole('checkbox', { name: 'Katastr' }).uncheck();
  assert.deepEqual(heard, []);
  await choose('Ztracené snímky');
  await page.locator('.mapui__bar').getByText('Ztracené snímky').waitFor();
  await looks(page, 'light');
  assert.ok(await panel(page).getByRole('radio', { name: 'Mapa města' }).isChecked());
  heard.length = 0;
  const before = asked.length;
  await choose('Přímo odjinud');
  await until('asked for by the browser itself', async () => ({ good: asked.slice(before).some((url) => url.startsWith('/direct/')), asked: asked.slice(before) }));
  await page.waitForLoadState('networkidle');
  assert.deepEqual(heard.filter((line) => !/50[02]/.test(line)), [], 'the policy lets it in');
  await page.reload();
  await until('remembered', async () => ({ good: asked.filter((url) => url.startsWith('/direct/')).length > 1 }));
  await context.close();
});

test('what lies around is shown and listed, is never hit instead of the spot, and is remembered', async () => {
  const at = [13.37715, 49.74735];
  await file(portal.url, 'public_space', 'occupy', { ...stall, affects_road: false, area_m2: 4, area: { type: 'Point', coordinates: at }, from: day(0), to: day(2) });
  const context = await desktop(browser), page = await context.newPage();
  await page.goto(`${portal.url}${FORM}?lon=${at[0]}&lat=${at[1]}`);
  await page.locator('.place').scrollIntoViewIfNeeded();
  await page.locator('.mapui canvas').first().waitFor();
  await openPanel(page);
  await panel(page).getByRole('checkbox', { name: 'Podání v řízení' }).check();
  await panel(page).getByRole('listitem').getByText(/Stánek/).waitFor();
  await panel(page).getByRole('checkbox', { name: 'Úřady' }).check();
  await panel(page).getByRole('listitem').getByText(/^Magistrát města Plzně(?!, odbor)/).first().waitFor();
  assert.deepEqual(await axe(page), []);
  await picture(page, 'map-layers', { full: false });
  await page.keyboard.press('Escape');
  // Looked for and shown in the middle, then clicked on: the spot is put there as if nothing lay under it.
  await page.getByRole('button', { name: 'Bod' }).click();
  await page.getByText('Zadat místo souřadnicemi').click();
  await page.getByLabel('Souřadnice').fill(`${at[1]}, ${at[0]}`);
  await page.getByRole('button', { name: 'Přidat na mapu' }).click();
  await page.getByRole('button', { name: 'Smazat a začít znovu' }).click();
  await page.locator('.mapui__surface').click();
  const value = async () => JSON.parse(await page.locator('.place input[type=hidden]').first().inputValue() || 'null');
  await until('the spot is put', async () => {
    const put = await value(), where = put?.coordinates ?? put?.geometry?.coordinates;
    return { good: Boolean(where) && Math.hypot(where[0] - at[0], where[1] - at[1]) < 1e-4, put };
  });
  await page.reload();
  await openPanel(page);
  assert.ok(await panel(page).getByRole('checkbox', { name: 'Podání v řízení' }).isChecked());
  await context.close();
});
