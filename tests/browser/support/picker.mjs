// The hands of the picker's tests: a portal with an agenda of places, and pointing, tapping, pressing and hearing.
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoFolder, serve } from '../../support/portal.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** The demo portal with every kind of place asked for by an agenda of the tests. */
export function startPlaces() {
  const folder = demoFolder();
  cpSync(join(here, 'agendas'), join(folder, 'agendas'), { recursive: true });
  return serve(folder);
}

// Keeps what the live region of a picker says, on every page that has one.
function listen() {
  window.said = [];
  new MutationObserver((changes) => {
    const told = new Set(changes.map(({ target }) => target.parentElement?.closest('[role=status]') ?? target.closest?.('[role=status]')));
    for (const live of told) if (live) window.said.push(live.textContent);
  }).observe(document, { childList: true, characterData: true, subtree: true });
}

/** Opens a form of that agenda with its map drawn, looking at the town hall from near. */
export async function openPicker(page, portal, form, { query = '?lang=cs', near = true } = {}) {
  await page.addInitScript(listen);
  await page.goto(`${portal.url}/agendas/places/${form}${query}`);
  await page.locator('.place').scrollIntoViewIfNeeded(); // the map comes when it is near
  const picker = page.locator('.picker'), surface = picker.locator('.mapui__surface');
  await surface.locator('canvas').first().waitFor();
  const hands = new Hands(page, picker, surface);
  if (near) {
    await surface.focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('+');
  }
  await hands.still();
  return hands;
}

export class Hands {
  constructor(page, picker, surface) {
    Object.assign(this, { page, picker, surface, map: picker.locator('.ol-viewport'), heard: 0 });
    page.on('domcontentloaded', () => { this.heard = 0; });
  }

  /** Waits until the map has drawn all that it asked for. */
  async still() {
    await this.map.evaluate((box) => box.scrollIntoView({ block: 'center' }));
    await this.page.waitForLoadState('networkidle');
    await this.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  }

  /** Page coordinates of a spot, in pixels from the middle of the map. */
  async spot([x, y]) {
    const box = await this.map.boundingBox();
    return [box.x + box.width / 2 + x, box.y + box.height / 2 + y];
  }

  async click(...spots) {
    for (const each of spots) {
      const [x, y] = await this.spot(each);
      await this.page.mouse.move(x, y);
      await this.page.mouse.click(x, y);
    }
  }
  async drag(from, to) {
    await this.page.mouse.move(...await this.spot(from));
    await this.page.mouse.down();
    await this.page.mouse.move(...await this.spot([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
    await this.page.mouse.move(...await this.spot(to));
    await this.page.mouse.up();
  }
  async tap(...spots) {
    for (const each of spots) await this.page.touchscreen.tap(...await this.spot(each));
  }
  /** One finger, as the browser sees it: it may scroll the page. */
  async swipe(from, to) {
    const finger = await this.page.context().newCDPSession(this.page), steps = 8;
    const [x0, y0] = await this.spot(from), [x1, y1] = await this.spot(to);
    const send = (type, touchPoints) => finger.send('Input.dispatchTouchEvent', { type, touchPoints });
    await send('touchStart', [{ x: x0, y: y0 }]);
    for (let i = 1; i <= steps; i++) await send('touchMove', [{ x: x0 + ((x1 - x0) * i) / steps, y: y0 + ((y1 - y0) * i) / steps }]);
    await send('touchEnd', []);
  }
  async press(...keys) {
    await this.surface.focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  button(name) { return this.picker.getByRole('button', { name, exact: true }); }

  /** What the form would send; null where there is nothing. */
  async value() {
    const text = await this.picker.locator('xpath=..').locator('input[type=hidden]').inputValue();
    return text ? JSON.parse(text) : null;
  }
  /** Waits until it has been said, after what was heard before; gives what was said. */
  async hears(pattern) {
    const found = await this.page.waitForFunction(({ from, source }) => {
      const at = window.said.findIndex((text, i) => i >= from && new RegExp(source).test(text));
      return at < 0 ? null : { at, text: window.said[at] };
    }, { from: this.heard, source: pattern.source }, { timeout: 15000 });
    const { at, text } = await found.jsonValue();
    this.heard = at + 1;
    return text;
  }
  /** The words about the place; waits until they fit. */
  async reads(pattern) {
    await this.picker.locator('.words').filter({ hasText: pattern }).waitFor({ timeout: 15000 });
  }
  measure() { return this.picker.locator('.bar__measure').innerText(); }
}
