// The place picker in a real browser against a real portal: mouse, finger, keyboard; and the ways in which pickers of
// other portals are known to have failed people.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { axe, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
import { accounts } from '../support/portal.mjs';
import { openPicker, startPlaces } from './support/picker.mjs';

let portal, browser;
before(async () => {
  portal = await startPlaces();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await portal?.remove();
});

// A test in a browser context of its own; a page that complains fails it.
const browse = (name, make, more, work) => test(name, async () => {
  const context = await make(browser, more), page = await context.newPage(), heard = complaints(page);
  await work(page, context);
  assert.deepEqual(heard, []);
  await context.close();
});
const ring = (value) => value.coordinates[0];

browse('an area with the mouse: draw, measure, move, bend, remove, and all of it back and forth', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'drawing');
  await hands.button('Přichytávat').click();
  await hands.click([-60, -60], [60, -60], [60, 60]);
  assert.equal(await hands.value(), null, 'what is not done is not sent');
  await page.mouse.move(...await hands.spot([-60, 60]));
  assert.match(await hands.measure(), /m² · obvod [\d,]+ m/, 'the size is shown while it grows');
  await hands.click([-60, 60], [-60, -60]); // the first corner again closes it
  const square = await hands.value();
  assert.equal(square.type, 'Polygon');
  assert.equal(ring(square).length, 5);
  await hands.reads(/Výměra/);

  await hands.drag([60, 60], [90, 90]);
  const moved = await hands.value();
  assert.notDeepEqual(moved, square);
  await hands.drag([0, -60], [0, -90]); // the middle of an edge
  assert.equal(ring(await hands.value()).length, 6);
  await page.getByText('Rohy na mapě (5)').click();
  await page.getByRole('button', { name: 'Odebrat bod 1', exact: true }).click();
  assert.equal(ring(await hands.value()).length, 5);

  const last = await hands.value();
  for (let i = 0; i < 4; i++) await hands.button('Zpět').click(); // removed, bent (put in and moved), moved
  assert.deepEqual(await hands.value(), square);
  for (let i = 0; i < 4; i++) await page.keyboard.press('Control+y');
  assert.deepEqual(await hands.value(), last);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+z');
  assert.deepEqual(await hands.value(), last);

  await hands.button('Smazat a začít znovu').click();
  assert.equal(await hands.value(), null);
  await hands.press('Control+z');
  assert.deepEqual(await hands.value(), last, 'deleted by mistake comes back');
});

browse('the keyboard does all that a mouse does, and says what it did', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'drawing');
  await hands.press('s');
  await hands.hears(/vypnuto/);
  await hands.press('Enter', 'ArrowRight', 'Enter', 'ArrowDown', 'Enter', 'ArrowLeft', 'Enter');
  await hands.hears(/Bod 4 přidán.* m²/);
  await hands.press('Enter'); // the same spot again: done
  await hands.hears(/Plocha je hotová.* m²/);
  const first = await hands.value();
  assert.equal(ring(first).length, 5);
  await hands.reads(/Městský obvod/);
  await hands.hears(/Městský obvod/);

  await hands.press('Shift+ArrowLeft', 'm'); // the corner under the cross, a little aside of it
  await hands.hears(/Bod 4 držíte/);
  await hands.press('ArrowDown', 'Enter');
  await hands.hears(/Posunuto/);
  assert.notDeepEqual(await hands.value(), first);
  await hands.press('Control+z');
  assert.deepEqual(await hands.value(), first);
  await hands.press('Backspace');
  assert.equal(ring(await hands.value()).length, 4);
  await hands.press('Delete');
  await hands.hears(/Smazáno/);
  assert.equal(await hands.value(), null);

  await hands.press('?');
  const dialog = page.getByRole('dialog', { name: 'Klávesy na mapě' });
  await dialog.waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');
  assert.equal(await hands.surface.evaluate((box) => box === document.activeElement), true, 'back on the map');
});

browse('a corner meets what is on the map, unless that is not wanted', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'drawing');
  const triangle = async () => {
    await hands.press('Enter', 'ArrowRight', 'Enter', 'ArrowDown', 'Enter', 'Enter');
    await hands.hears(/hotová/);
    const [at] = ring(await hands.value());
    await hands.press('Delete', 'ArrowLeft', 'ArrowUp');
    await hands.hears(/Smazáno/);
    return at;
  };
  // Small steps until the cross comes near something.
  for (let i = 0, caught = false; !caught; i++) {
    assert.ok(i < 30, 'nothing to snap to in 30 steps through a city');
    await hands.press('Shift+ArrowRight', 'Shift+ArrowRight', 'Enter');
    caught = /přichyceno/.test(await hands.hears(/Bod 1 přidán/));
    await hands.press('Escape');
  }
  const snapped = await triangle();
  await hands.press('s');
  assert.notDeepEqual(await triangle(), snapped);
});

browse('a finger: taps put, a corner is dragged or tapped along, and the page still scrolls', phone, {}, async (page) => {
  const hands = await openPicker(page, portal, 'drawing');
  await hands.button('Přichytávat').tap();
  await hands.still();
  await hands.tap([-60, -60], [60, -60], [60, 60]);
  await hands.button('Hotovo').tap();
  await hands.still();
  const drawn = await hands.value();
  assert.equal(ring(drawn).length, 4);

  const before = await page.evaluate(() => scrollY);
  await hands.swipe([60, 60], [90, 90]);
  const dragged = await hands.value();
  assert.notDeepEqual(dragged, drawn, 'a finger on a corner moves it');
  assert.equal(await page.evaluate(() => scrollY), before, 'and not the page');
  await hands.tap([-60, -60]);
  await hands.hears(/držíte/);
  await hands.tap([-90, -90]);
  assert.notDeepEqual(await hands.value(), dragged, 'without dragging as well');

  const kept = await hands.value();
  await hands.swipe([0, 100], [0, -120]);
  await page.waitForFunction((from) => scrollY !== from, before);
  assert.deepEqual(await hands.value(), kept, 'scrolling draws nothing');
});

browse('over the whole screen of a phone: the map, and a sheet that can be drawn up', phone, {}, async (page) => {
  const hands = await openPicker(page, portal, 'spot');
  await hands.tap([0, 0]);
  await hands.reads(/Městský obvod/);
  await hands.button('Mapa přes celou obrazovku').tap();
  assert.deepEqual(await axe(page), []);
  assert.equal(await page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last().isVisible(), true);
  assert.equal(await page.locator('[inert]').count() > 0, true, 'the rest of the page steps back');
  const low = await hands.picker.locator('.words').boundingBox();
  await hands.button('Údaje o místě').tap();
  const high = await hands.picker.locator('.words').boundingBox();
  assert.ok(high.y < low.y, 'the sheet comes up');
  await picture(page, 'picker-phone-sheet', { full: false });
  await hands.button('Údaje o místě').tap();
  const at = await hands.value();
  await hands.tap([40, 40]);
  await page.waitForFunction((old) => document.querySelector('.place input[type=hidden]').value !== old, JSON.stringify(at));
  const put = await hands.value();
  await page.goBack(); // the back key of the phone
  await page.waitForFunction(() => !document.querySelector('[inert]'));
  assert.match(page.url(), /places\/spot/);
  await hands.still();
  await page.reload();
  await hands.reads(/Městský obvod/);
  assert.deepEqual(await hands.value(), put);
});

browse('a late answer about the place before is not shown', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'spot');
  let free, asked = 0;
  const first = new Promise((done) => { free = done; });
  await page.route('**/check?*', async (route) => {
    if (asked++ > 0) return route.continue();
    const answer = await route.fetch();
    await first;
    return route.fulfill({ response: answer, json: { words: [{ label: 'Kde', text: 'tam, kde to bylo předtím' }], errors: [], values: [], explain: [] } }).catch(() => {});
  });
  const waiting = page.waitForRequest('**/check?*');
  await hands.click([0, 0]);
  await waiting;
  await hands.click([150, 100]);
  await hands.reads(/Městský obvod/);
  free();
  await page.unrouteAll({ behavior: 'wait' });
  await hands.still();
  assert.doesNotMatch(await hands.picker.locator('.words').innerText(), /předtím/);
});

browse('at the edge of the city nobody is trapped, and a location outside is said to be so', desktop, { permissions: ['geolocation'], geolocation: { longitude: 14.42, latitude: 50.08, accuracy: 10 } }, async (page, context) => {
  const hands = await openPicker(page, portal, 'spot', { near: false });
  await hands.button('Moje poloha').click();
  await hands.hears(/mimo město/);
  assert.equal(await hands.value(), null);
  const back = hands.button('Zpět do města');
  await hands.press('-', '-', '-');
  for (let i = 0; i < 30 && !(await back.isVisible()); i++) await hands.press('ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
  await hands.press('Enter'); // the place may be put there; the server says what is wrong with it
  await hands.reads(/mimo/);
  await back.click();
  await back.waitFor({ state: 'hidden' });
  await context.setGeolocation({ longitude: 13.3776, latitude: 49.7475, accuracy: 12 });
  await hands.button('Moje poloha').click();
  await hands.hears(/s přesností 12 m/);
  assert.deepEqual((await hands.value()).coordinates, [13.3776, 49.7475]);
});

browse('typed coordinates lie where they should in either order, and a photo knows where it was taken', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'spot');
  await page.getByText('Zadat místo souřadnicemi').click();
  const field = page.getByLabel('Souřadnice', { exact: true });
  for (const text of ['49.7475, 13.3776', '13.3776 49.7475', '49,7475 N, 13,3776 E', '49°44′51″ N, 13°22′39,36″ E']) {
    await field.fill(text);
    await field.press('Enter');
    await hands.hears(/Bod je umístěný/);
    assert.deepEqual((await hands.value()).coordinates, [13.3776, 49.7475], text);
    await hands.button('Smazat a začít znovu').click();
    await hands.hears(/Smazáno/);
  }
  for (const text of ['-822000, -1070000', 'X 1070000,0 Y 822000,0']) { // S-JTSK, as plans of the land registry print it
    await field.fill(text);
    await field.press('Enter');
    await hands.hears(/Bod je umístěný/);
    (await hands.value()).coordinates.forEach((part, i) => assert.ok(Math.abs(part - [13.38369896, 49.745348][i]) < 1e-6, `${text}: ${part}`));
  }
  await page.getByText('Místo z fotky').click();
  await page.getByLabel('Vybrat fotku').setInputFiles({ name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: photoAt([49, 44, 51], [13, 22, 39.36]) });
  await hands.hears(/Poloha z fotky/);
  assert.deepEqual((await hands.value()).coordinates, [13.3776, 49.7475]);
  await page.getByLabel('Vybrat fotku').setInputFiles({ name: 'IMG_2.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([0xff, 0xd8, 0xff, 0xd9]) });
  await hands.hears(/poloha uložena není/);
});

browse('a reload and a step back keep the place', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'spot');
  await hands.click([30, 20]);
  await hands.reads(/Městský obvod/);
  const put = await hands.value();
  await page.reload();
  await hands.reads(/Městský obvod/);
  assert.deepEqual(await hands.value(), put);
  await page.goto(`${portal.url}/agendas`);
  await page.goBack();
  await hands.reads(/Městský obvod/);
  assert.deepEqual(await hands.value(), put);
});

browse('hundreds of requests on one map: no element for each, and the one that was hit opens', desktop, {}, async (page) => {
  const ring = Array.from({ length: 900 }, (each, i) => [13.3776 + 0.05 * Math.cos(i), 49.7475 + 0.03 * Math.sin(i)]);
  const spots = [...ring, [13.3276, 49.7475], [13.4276, 49.7475], [13.3776, 49.7175], [13.3776, 49.7775], [13.3776, 49.7475]];
  const features = spots.map((coordinates, i) => ({ type: 'Feature', geometry: { type: 'Point', coordinates }, properties: { number: `n-${i}`, url: `/office/cases/n-${i}` } }));
  await page.route('**/office/cases.geojson*', (route) => route.fulfill({ contentType: 'application/geo+json', json: { type: 'FeatureCollection', features } }));
  await page.goto(`${portal.url}/login`);
  await page.getByLabel('Přihlašovací jméno').fill('umo-3');
  await page.getByLabel('Heslo', { exact: true }).fill(accounts(portal.folder)['umo-3']);
  await page.getByRole('button', { name: 'Přihlásit' }).first().click();
  await page.waitForURL(/office|account/);
  await page.goto(`${portal.url}/office`);
  await page.locator('.mapbox canvas').first().waitFor();
  await page.waitForLoadState('networkidle');
  assert.ok(await page.locator('.mapbox *').count() < 60, 'a page element for each marker would make it slow');
  const box = await page.locator('.mapbox .ol-viewport').boundingBox();
  await page.route('**/office/cases/n-*', (route) => route.fulfill({ contentType: 'text/html', body: '<title>the case</title>' }));
  await page.mouse.click(box.x + (box.width - 20) / 2, box.y + box.height / 2); // the one in the middle; there are buttons at the right
  await page.waitForURL(`**/office/cases/n-${spots.length - 1}`);
});

// On to the review and back by "Change": the place comes back as it was chosen.
async function thereAndBack(page, hands, expected) {
  const sent = await hands.value();
  await page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last().click();
  await page.getByRole('heading', { name: /Zkontrolujte/ }).waitFor();
  assert.match(await page.locator('.summary').innerText(), expected);
  await page.locator('.mapbox canvas').first().waitFor();
  await page.getByRole('button', { name: /Změnit/ }).first().click();
  await hands.reads(/Městský obvod/);
  assert.deepEqual(await hands.value(), sent);
}

browse('parcels: chosen by pointing, joined, dropped one by one', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'land');
  await hands.click([0, 0]);
  await hands.hears(/Vybráno: .+, \d.* m²/);
  const { properties: { kind, ids: [one] } } = await hands.value();
  assert.equal(kind, 'parcel');
  await hands.reads(/Vlastník pozemku/);
  await hands.click([150, 120]);
  await hands.hears(/Vybráno/);
  const both = await hands.value();
  assert.deepEqual([both.geometry.type, both.properties.ids.length], ['MultiPolygon', 2]);
  await hands.click([0, 0]); // pointed at again: not wanted any more
  await hands.hears(/Odebráno/);
  assert.equal((await hands.value()).properties.ids.length, 1);
  await hands.button('Zpět').click();
  assert.deepEqual(await hands.value(), both);
  await thereAndBack(page, hands, /Parcel/);
  const drop = page.getByRole('button', { name: /^Odebrat: \d+.*, / }); // by its number: told apart again
  assert.equal(await drop.count(), 2);
  await drop.last().click();
  assert.deepEqual((await hands.value()).properties.ids, [one]);
  await page.keyboard.press('Control+z');
  assert.deepEqual((await hands.value()).properties.ids, both.properties.ids);
});

browse('an area as a circle by pointing and by its radius, and as a building', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'ground');
  await hands.button('Kruh').click();
  await hands.click([0, 0], [60, 0]);
  await hands.hears(/Kruh je hotový, [\d\s]+ m²/);
  const drawn = await hands.value();
  assert.deepEqual([drawn.geometry.type, drawn.properties.kind], ['Point', 'circle']);
  await hands.drag([60, 0], [90, 0]); // its edge
  assert.ok((await hands.value()).properties.radius_m > drawn.properties.radius_m);
  await page.getByLabel('Poloměr').fill('12,5');
  await page.keyboard.press('Enter');
  await hands.hears(/Poloměr změněn, 491 m²/);
  assert.deepEqual(await hands.value(), { ...drawn, properties: { kind: 'circle', radius_m: 12.5 } });
  await hands.reads(/Výměra\s*49\d/);
  await thereAndBack(page, hands, /49\d/);

  await hands.button('Budovy').click();
  for (const spot of [[40, 40], [-60, 40], [40, -80], [-60, -80], [100, 0]]) { // one of them is a house
    await hands.click(spot);
    const said = await hands.hears(/Vybráno|žádná budova/);
    if (/Vybráno/.test(said)) break;
  }
  const house = await hands.value();
  assert.equal(house.properties.kind, 'building');
  await hands.reads(/Výměra/);
});

browse('an address: by pointing at a house, by searching, and by nothing else', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'house');
  await hands.click([20, 20]);
  await hands.hears(/Adresa .+ Plzeň/);
  const pointed = await hands.value();
  assert.deepEqual([pointed.geometry.type, pointed.properties.kind, pointed.properties.ids.length], ['Point', 'address', 1]);
  await hands.picker.getByRole('combobox').fill('Americká 12');
  await page.getByRole('option').first().waitFor();
  await hands.picker.getByRole('combobox').press('ArrowDown');
  await hands.picker.getByRole('combobox').press('Enter');
  await hands.reads(/Americká/);
  assert.notDeepEqual((await hands.value()).properties.ids, pointed.properties.ids);
  await thereAndBack(page, hands, /Americká/);
});

browse('a route along the streets through the stops that were pointed at', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'way');
  const path = page.waitForResponse(/api\/v1\/route/);
  await hands.click([-150, -60], [150, 60]);
  const { length_m: length } = await (await path).json();
  await hands.button('Hotovo').click();
  await hands.hears(/Trasa je hotová/);
  const words = await hands.measure();
  assert.equal(Number(words.match(/^([\d\s\u00a0]+)/)[1].replace(/\s/g, '')), Math.round(length), 'the length along the streets, not as the crow flies');
  const sent = await hands.value();
  assert.deepEqual([sent.properties.kind, sent.geometry.coordinates.length], ['route', 2]);
  const other = page.waitForResponse(/api\/v1\/route/);
  await hands.drag([150, 60], [150, -150]);
  await other;
  assert.notDeepEqual((await hands.value()).geometry, sent.geometry);
  await page.keyboard.press('Control+z');
  assert.deepEqual(await hands.value(), sent);
  await thereAndBack(page, hands, /m/);
});

browse('several places, each with its words; all reachable by keys, none hit instead of the spot', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'stalls');
  await hands.click([0, 0], [60, 10]); // close to each other: the second is put where it was pointed at
  const [first, second] = (await hands.value()).features.map(({ geometry }) => geometry.coordinates);
  await hands.click([90, 10]);
  const third = (await hands.value()).features[2].geometry.coordinates;
  assert.ok(Math.abs((third[0] - second[0]) / (second[0] - first[0]) - 0.5) < 0.01, 'exactly there');
  await hands.press('p');
  await hands.hears(/2\. Bod/);
  await hands.press('p');
  await hands.hears(/1\. Bod/);
  await hands.press('Delete');
  assert.deepEqual((await hands.value()).features.map(({ geometry }) => geometry.coordinates), [second, third]);
  await hands.press('Control+z');
  await page.getByRole('button', { name: 'Odebrat: 3. Bod' }).click();
  await page.getByLabel(/Popis místa/).first().fill('stánek s medem');
  await page.getByLabel(/Popis místa/).last().fill('stánek se sýry');
  assert.deepEqual((await hands.value()).features.map(({ properties }) => properties.description), ['stánek s medem', 'stánek se sýry']);

  await hands.button('Plocha').click();
  await hands.click([-120, -100], [-60, -100], [-60, -40]);
  await hands.button('Hotovo').click();
  await hands.button('Parcely').click();
  await hands.click([120, 120]);
  await hands.hears(/Vybráno/);
  await hands.button('Bod').click();
  await hands.click([-150, 100]);
  await hands.hears(/nejvýš 4/);
  const all = await hands.value();
  assert.deepEqual(all.features.map(({ geometry, properties: { kind } }) => `${kind} ${geometry.type}`), ['drawn Point', 'drawn Point', 'drawn Polygon', 'parcel Polygon']);
  await page.getByRole('button', { name: /^4\. Parcel/ }).click();
  await hands.reads(/^4\. Parcel.*Parcela/); // the words are about the one that is chosen
  await page.getByRole('button', { name: /^1\. Bod/ }).click();
  await hands.reads(/^1\. Bod/);
  assert.deepEqual(await axe(page), []);
  await picture(page, 'picker-several', { full: false });
  for (let i = 2; i < 4; i++) await page.getByLabel(/Popis místa/).nth(i).fill(`místo ${i + 1}`);
  await thereAndBack(page, hands, /stánek se sýry/);
  assert.equal(await page.getByLabel(/Popis místa/).nth(1).inputValue(), 'stánek se sýry');
});

browse('a square with room for so many: what is left is said once the number is given', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'fair'), { day, file } = await import('./support/forms.mjs');
  await page.getByLabel('První den').fill(day(40));
  await page.getByLabel('Poslední den').fill(day(40));
  await hands.still();
  await hands.click([0, 0]);
  await hands.reads(/Městský obvod/);
  await file(portal.url, 'places', 'fair', { from: day(40), to: day(40), stalls: 10, place: await hands.value() });
  await page.getByLabel('Kolik stánků').fill('2');
  await page.keyboard.press('Tab');
  await page.waitForFunction(() => !document.querySelector('.words[aria-busy]'));
  assert.equal(await hands.picker.locator('.words .fault').count(), 0);
  await page.getByLabel('Kolik stánků').fill('3');
  await page.keyboard.press('Tab');
  await hands.reads(/zbývá 2 z 12, žádáte o 3/);
  await page.getByRole('button', { name: /Použít volné místo \d+ m odtud/ }).click();
  await hands.hears(/Změněno/);
  await page.waitForFunction(() => !document.querySelector('.words[aria-busy]'));
  assert.equal(await hands.picker.locator('.words .fault').count(), 0);
});

browse('a place that is taken on those days: the nearest free one and free days are one press away', desktop, {}, async (page) => {
  const hands = await openPicker(page, portal, 'market'), { day, file } = await import('./support/forms.mjs');
  await page.getByLabel('První den').fill(day(40));
  await page.getByLabel('Poslední den').fill(day(42));
  await hands.still();
  await hands.click([-50, -50], [50, -50], [50, 50], [-50, 50]);
  await hands.button('Hotovo').click();
  await hands.reads(/Městský obvod/);
  const place = await hands.value();
  assert.doesNotMatch(await hands.picker.locator('.words').innerText(), /Pozor/);
  await file(portal.url, 'places', 'market', { from: day(41), to: day(41), place });

  await page.getByLabel('Poslední den').fill(day(43)); // the rest of the form counts: asked again
  await hands.reads(/Použít volné místo/);
  assert.deepEqual(await axe(page), []);
  await picture(page, 'picker-taken', { full: false });
  await page.getByRole('button', { name: /Použít volné místo \d+ m odtud/ }).click();
  await hands.hears(/Změněno/);
  const elsewhere = await hands.value();
  assert.notDeepEqual(elsewhere, place);
  await page.waitForFunction(() => !document.querySelector('.words[aria-busy]'));
  await hands.reads(/Městský obvod/);
  assert.equal(await hands.picker.locator('.words .fault').count(), 0);

  await hands.press('Control+z');
  await page.getByRole('button', { name: /Použít volné dny/ }).click();
  await hands.hears(/Změněno/);
  assert.equal(await page.getByLabel('První den').inputValue(), day(42));
  assert.deepEqual(await hands.value(), place);
  await page.waitForFunction(() => !document.querySelector('.words[aria-busy], .words .fault'));
});

for (const [dress, more] of [
  ['dark, at 400 % (320 pixels wide)', { viewport: { width: 320, height: 256 }, colorScheme: 'dark' }],
  ['forced colours, English', { forcedColors: 'active' }],
]) {
  browse(`axe finds nothing and nothing scrolls sideways: ${dress}`, desktop, more, async (page) => {
    const hands = await openPicker(page, portal, 'drawing', { query: dress.includes('English') ? '?lang=en' : '?lang=cs' });
    await hands.press('Enter', 'ArrowRight', 'Enter', 'ArrowDown', 'Enter', 'Enter');
    await hands.reads(/Plzeň/);
    assert.deepEqual(await axe(page), []);
    assert.equal(await scrollsSideways(page), false);
    const small = await hands.picker.locator('button:visible, summary:visible').evaluateAll((all) =>
      all.map((each) => [each.textContent, each.getBoundingClientRect()]).filter(([, { width, height }]) => width < 24 || height < 24).map(([text]) => text));
    assert.deepEqual(small, [], 'too small for a finger');
    await picture(page, `picker-${more.forcedColors ?? 'narrow'}`);
  });
}

// The least JPEG that holds a GPS position: TIFF in an APP1 segment, degrees, minutes and seconds as fractions.
function photoAt(north, east) {
  const tiff = Buffer.alloc(26 + 2 + 4 * 12 + 4 + 2 * 24), at = (index) => 28 + index * 12;
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  const entry = (offset, tag, type, count, value) => {
    tiff.writeUInt16LE(tag, offset);
    tiff.writeUInt16LE(type, offset + 2);
    tiff.writeUInt32LE(count, offset + 4);
    if (typeof value === 'string') tiff.write(value, offset + 8, 'latin1');
    else tiff.writeUInt32LE(value, offset + 8);
  };
  tiff.writeUInt16LE(1, 8);
  entry(10, 0x8825, 4, 1, 26);
  tiff.writeUInt16LE(4, 26);
  const values = at(4) + 4;
  entry(at(0), 1, 2, 2, 'N');
  entry(at(1), 2, 5, 3, values);
  entry(at(2), 3, 2, 2, 'E');
  entry(at(3), 4, 5, 3, values + 24);
  [...north, ...east].forEach((part, i) => {
    tiff.writeUInt32LE(Math.round(part * 100), values + i * 8);
    tiff.writeUInt32LE(100, values + i * 8 + 4);
  });
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(8 + tiff.length, 4);
  return Buffer.concat([head, Buffer.from('Exif\0\0', 'latin1'), tiff, Buffer.from([0xff, 0xd9])]);
}
