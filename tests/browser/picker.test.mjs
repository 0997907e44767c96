// The place picker in a real browser against a real portal: mouse, finger, keyboard; and the ways in which pickers of
// other portals are known to have failed people.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { axe, axeWithoutScripts, complaints, desktop, launch, phone, picture, scrollsSideways } from './support/browser.mjs';
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
  assert.deepEqual(heard.filter((line) => !/status of 422/.test(line)), []); // a form that is not right yet
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
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('*')].filter((each) =>
    ['transitionDuration', 'animationDuration'].some((name) => getComputedStyle(each)[name].split(',').some((time) => parseFloat(time) > 0.01))).map(({ className }) => className)), [], 'who asked for no motion gets none');
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
  await page.locator('.mapbox').scrollIntoViewIfNeeded();
  const box = await page.locator('.mapbox .ol-viewport').boundingBox();
  await page.route('**/office/cases/n-*', (route) => route.fulfill({ contentType: 'text/html', body: '<title>the case</title>' }));
  await page.mouse.click(box.x + (box.width - 20) / 2, box.y + box.height / 2); // the one in the middle; there are buttons at the right
  await page.waitForURL(`**/office/cases/n-${spots.length - 1}`);
  await page.goBack();
  await page.locator('.mapbox canvas').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.locator('.mapui__surface').focus(); // the same pin from the keyboard: it lies under the cross
  await page.keyboard.press('Enter');
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

browse('a finger: a point, a line and a route', phone, {}, async (page) => {
  const hands = await openPicker(page, portal, 'spot');
  await hands.tap([40, -30]);
  await hands.reads(/Městský obvod/);
  const put = await hands.value();
  await hands.tap([-60, 40]); // another spot, not another point
  await page.waitForFunction((old) => document.querySelector('.place input[type=hidden]').value !== old, JSON.stringify(put));
  const [x, y] = (await hands.value()).coordinates;
  assert.ok(x < put.coordinates[0] && y < put.coordinates[1]);

  const line = await openPicker(page, portal, 'drawing');
  await line.button('Čára').tap();
  await line.still();
  await line.tap([-50, -40], [50, -40], [50, 40]);
  await line.button('Hotovo').tap();
  assert.equal((await line.value()).coordinates.length, 3);
  await line.reads(/Délka/);

  const way = await openPicker(page, portal, 'way');
  await way.tap([-120, -60], [120, 60]);
  await way.button('Hotovo').tap();
  await way.hears(/Trasa je hotová/);
  assert.deepEqual([(await way.value()).properties.kind, (await way.value()).geometry.coordinates.length], ['route', 2]);
});

// Each corner of what the server made of the drawing lies on a street: the way there by each kind of hand.
async function onTheStreet(page) {
  await page.getByRole('button', { name: 'Pokračovat ke kontrole' }).last().click();
  await page.getByRole('heading', { name: /Zkontrolujte/ }).waitFor();
  const line = JSON.parse(await page.locator('[data-map="place"]').getAttribute('data-geojson'));
  for (const [lon, lat] of (line.geometry ?? line).coordinates) {
    const facts = await (await fetch(`${portal.url}/api/v1/locate?lon=${lon}&lat=${lat}`)).json();
    assert.ok(facts.street.distance_m < 0.2, `${lon}, ${lat} is ${facts.street.distance_m} m from the street`);
  }
  assert.equal((line.geometry ?? line).coordinates.length, 2);
}
// Some metres beside a street of the demo city.
const STREET_LOOK = '13.3771,49.7432';
for (const [hand, make, draw] of [
  ['mouse', desktop, (hands) => hands.click([0, 0], [60, 4])],
  ['touch', phone, (hands) => hands.tap([0, 0], [60, 4])],
  ['keyboard', desktop, (hands) => hands.press('Enter', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Enter')],
]) {
  browse(`what is drawn near a street is snapped to it by the server: ${hand}`, make, {}, async (page) => {
    const hands = await openPicker(page, portal, 'edge', { query: `?lang=cs&place=${STREET_LOOK}`, near: false });
    await hands.press('+');
    await hands.still();
    await draw(hands);
    await hands.button('Hotovo').click();
    await hands.reads(/Délka/);
    await onTheStreet(page);
  });
}

for (const [hand, make, draw, press] of [
  ['touch', phone, async (hands) => { await hands.tap([-40, -40], [40, -40], [40, 40]); await hands.button('Hotovo').tap(); }, (button) => button.tap()],
  ['keyboard', desktop, (hands) => hands.press('Enter', 'ArrowRight', 'Enter', 'ArrowDown', 'Enter', 'Enter'), async (button) => { await button.focus(); await button.press('Enter'); }],
]) {
  browse(`a place that is taken, and the free one that is offered: ${hand}`, make, {}, async (page) => {
    const hands = await openPicker(page, portal, 'market'), { day, file } = await import('./support/forms.mjs'), first = hand === 'touch' ? 60 : 80;
    await draw(hands);
    await hands.reads(/Městský obvod/);
    await file(portal.url, 'places', 'market', { from: day(first), to: day(first), place: await hands.value() });
    await page.getByLabel('První den').fill(day(first));
    await page.getByLabel('Poslední den').fill(day(first + 1));
    await page.getByLabel('Poslední den').blur();
    await hands.reads(/Pozor/);
    await press(page.getByRole('button', { name: /Použít volné dny/ }));
    await hands.hears(/Změněno/);
    assert.equal(await page.getByLabel('První den').inputValue(), day(first + 1));
  });
}

// ---- without JavaScript ----

const plain = (name, make, work) => browse(`without JavaScript: ${name}`, make, { javaScriptEnabled: false }, work);
const named = (page) => page.locator('.place__named').innerText();
const said = (page) => page.locator('.place__note').innerText();
const sent = async (page) => JSON.parse(await page.locator('input[type=hidden][name="place"]').inputValue());
const turn = (page, act) => Promise.all([page.waitForEvent('domcontentloaded'), act()]); // each step is a new page
const press = (page, name) => turn(page, () => page.getByRole('button', { name }).first().click());
const middle = async (page) => (await page.locator('input[type=hidden][name="place.view"]').inputValue()).split(',').map(Number);
// The picture is 640 by 400 pixels and shows its middle where there is no room for all of it.
const point = async (page, ...spots) => {
  for (const [x, y] of spots) {
    await turn(page, () => page.locator('.look__picture').click({ position: { x: 320 + x, y: 200 + y } }));
  }
};
const open = (page, form, place = '13.3776,49.7475') => page.goto(`${portal.url}/agendas/places/${form}${place ? `?place=${place}` : ''}`);

plain('several places, each in another way, described, one removed, changed after the review', phone, async (page) => {
  await open(page, 'stalls', '');
  const broken = [];
  page.on('response', (answer) => { if (answer.status() >= 400) broken.push(answer.url()); });
  await page.locator('[name="place.q"]').fill('americka');
  await press(page, 'Najít');
  const found = await page.locator('.place__results .choice').allInnerTexts();
  assert.match(found[0], /Americká, Plzeň\s+ulice/);
  assert.match(found[1], /Americká \d.*Plzeň \d/);
  await page.locator('.place__results input').nth(1).check();
  await press(page, 'Použít vybrané místo');
  assert.match(page.url(), /#place-place$/, 'the page comes back at the field');
  assert.match(await said(page), /přidané/);
  await page.getByLabel('Popis místa').fill('med');

  await page.getByRole('radio', { name: 'Plocha' }).check();
  await point(page, [-40, -40], [40, -40], [40, 40]);
  assert.match(await said(page), /Bod 3/);
  await point(page, [-80, 60]);
  await press(page, 'Vzít zpět poslední bod');
  await picture(page, 'noscript-sketch');
  await press(page, 'Uzavřít plochu');
  assert.match(await named(page), /Plocha.*Výměra/s);

  await page.getByRole('radio', { name: 'Parcela' }).check();
  await page.locator('.look__picture').focus(); // Enter on the picture means what is under its cross
  await turn(page, () => page.keyboard.press('Enter'));
  assert.match(await named(page), /Parcela.*Parcela:/s);
  await page.getByRole('radio', { name: 'Bod' }).check();
  await page.getByText('Zadat místo souřadnicemi').click();
  await page.getByLabel('Souřadnice nebo GeoJSON').fill('49.7475, 13.3776');
  await press(page, 'Přidat na mapu');
  await press(page, 'Vybrat místo pod křížkem');
  assert.match(await said(page), /už přidat nejde/);
  assert.deepEqual(await axeWithoutScripts(page), []);
  await picture(page, 'noscript-several');
  await press(page, /^Odebrat – 2/);
  for (const [i, text] of ['med', 'sýry', 'pečivo'].entries()) await page.getByLabel('Popis místa').nth(i).fill(text);
  await press(page, 'Pokračovat ke kontrole');
  assert.match(await page.locator('.summary').innerText(), /med[^]*sýry[^]*pečivo/);
  const all = await sent(page);
  assert.deepEqual(all.features.map(({ geometry, properties: { kind } }) => `${kind} ${geometry.type}`), ['address Point', 'parcel Polygon', 'drawn Point']);
  await press(page, /Změnit/);
  assert.deepEqual(await sent(page), all);
  assert.equal(await page.getByLabel('Popis místa').nth(1).inputValue(), 'sýry');
  assert.deepEqual(broken, [], 'every picture was drawn');
});

plain('a spot is sent as with scripts, in either order of its axes, and it is said what is wrong with it', desktop, async (page) => {
  await open(page, 'spot', '');
  for (const text of ['49.7475, 13.3776', '13.3776 49.7475', '49,7475 N 13,3776 E']) {
    await page.getByText('Zadat místo souřadnicemi').click();
    await page.getByLabel('Souřadnice nebo GeoJSON').fill(text);
    await press(page, 'Přidat na mapu');
    assert.deepEqual(await sent(page), { type: 'Point', coordinates: [13.3776, 49.7475] }, text);
    await press(page, 'Odebrat');
  }
  for (const text of ['-822000 -1070000', '1070000 822000']) { // S-JTSK
    await page.getByText('Zadat místo souřadnicemi').click();
    await page.getByLabel('Souřadnice nebo GeoJSON').fill(text);
    await press(page, 'Přidat na mapu');
    (await sent(page)).coordinates.forEach((part, i) => assert.ok(Math.abs(part - [13.38369896, 49.745348][i]) < 1e-6, `${text}: ${part}`));
  }
  // Offices, parcels and streets are found as well; in a street the exact spot is still to be chosen.
  const take = async (words, first) => {
    await page.locator('[name="place.q"]').fill(words);
    await press(page, 'Najít');
    assert.match(await page.locator('.place__results .choice').first().innerText(), first);
    await page.locator('.place__results input').first().check();
    await press(page, 'Použít vybrané místo');
  };
  await take('762/1', /762\/1.*parcela/s);
  const before = await sent(page);
  await take('americka', /Americká.*ulice/s);
  assert.match(await said(page), /kde přesně/);
  assert.deepEqual(await sent(page), before);
  await take('magistrat', /Magistrát města Plzně.*úřad/s);
  assert.notDeepEqual(await sent(page), before);
  // A click means the very spot: a pixel is so many degrees of longitude everywhere.
  const [lon, , zoom] = await middle(page);
  await point(page, [100, 0]);
  assert.ok(Math.abs((await sent(page)).coordinates[0] - (lon + (100 * 360) / (256 * 2 ** zoom))) < 2e-6);
  assert.match(await named(page), /Městský obvod[^]*Parcela/);
  // Over the edge of the city: it is said, and there is a way back.
  await press(page, 'Celé město');
  for (let i = 0; i < 3; i++) await press(page, 'Na sever');
  await press(page, 'Vybrat místo pod křížkem');
  assert.match(await page.locator('.field--invalid').innerText(), /mimo území města/);
  assert.equal(await page.locator('.faults__list li').count(), 1, 'nothing else is blamed yet');
  await press(page, 'Celé město');
  assert.match(await page.locator('.look__cross').innerText(), /Plzeň \d/);
});

plain('by the keyboard alone, at 400 %: a line beside a street, which the server snaps to it', (browser, more) => desktop(browser, { ...more, viewport: { width: 320, height: 256 } }), async (page) => {
  await open(page, 'edge', STREET_LOOK);
  const go = async (name) => {
    await page.getByRole('button', { name }).first().focus();
    await turn(page, () => page.keyboard.press('Enter'));
  };
  assert.match(await page.locator('.look__picture').getAttribute('alt'), /Pod křížkem: Městský obvod: Plzeň/);
  for (const name of ['Přiblížit', 'Přiblížit', 'Vybrat místo pod křížkem', 'Na východ', 'Vybrat místo pod křížkem', 'Dokončit čáru']) await go(name);
  assert.match(await named(page), /Čára.*Délka/s);
  assert.deepEqual(await axeWithoutScripts(page), []);
  assert.equal(await scrollsSideways(page), false);
  await picture(page, 'noscript-narrow');
  await onTheStreet(page);
});

plain('parcels joined, a circle by its radius, a route, and a market that makes way for another', phone, async (page) => {
  await open(page, 'land');
  const one = await sent(page);
  for (let i = 0; i < 6 && (await sent(page)).properties.ids.length < 2; i++) {
    await press(page, 'Na východ');
    await press(page, 'Vybrat místo pod křížkem');
  }
  const [kept, fresh] = (await sent(page)).properties.ids;
  assert.deepEqual(one.properties.ids, [kept]);
  assert.ok(fresh);
  await press(page, 'Vybrat místo pod křížkem'); // once more: not wanted
  assert.match(await said(page), /Odebráno/);
  assert.deepEqual((await sent(page)).properties.ids, [kept]);

  await open(page, 'ground', '');
  await page.getByRole('radio', { name: 'Kruh' }).check();
  await press(page, 'Vybrat místo pod křížkem');
  assert.match(await said(page), /poloměr/);
  await page.getByLabel('Poloměr').fill('12,5');
  await press(page, 'Vybrat místo pod křížkem');
  assert.match(await named(page), /Kruh.*Výměra: 49\d/s);

  await open(page, 'way');
  await point(page, [-120, -60], [120, 60]);
  await press(page, 'Dokončit trasu');
  assert.match(await named(page), /Trasa po ulicích.*Délka/s);
  await press(page, 'Pokračovat ke kontrole');
  assert.match(await page.locator('.summary').innerText(), /Délka/);

  const { day, file } = await import('./support/forms.mjs'), days = async () => {
    await page.locator('[name="from"]').fill(day(100));
    await page.locator('[name="to"]').fill(day(101));
  };
  await open(page, 'market', '');
  await days();
  await page.getByText('Zadat místo souřadnicemi').click();
  await page.getByLabel('Souřadnice nebo GeoJSON').fill('49.7475, 13.3776');
  await press(page, 'Přidat na mapu');
  await point(page, [60, 0], [60, 60]);
  await press(page, 'Uzavřít plochu');
  assert.equal(await page.locator('.field--invalid').count(), 0);
  const place = await sent(page);
  await file(portal.url, 'places', 'market', { from: day(100), to: day(100), place });
  await press(page, 'Pokračovat ke kontrole');
  assert.match(await page.locator('.faults__list').innerText(), /obsazené/);
  assert.deepEqual(await axeWithoutScripts(page), []);
  await page.getByRole('button', { name: /Vzít nejbližší volné místo/ }).click();
  await page.getByRole('heading', { name: /Zkontrolujte/ }).waitFor();
  assert.notDeepEqual(await sent(page), place);
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
