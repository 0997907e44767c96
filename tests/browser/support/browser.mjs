// A browser for the tests: Chromium as Debian packs it, contexts of a phone and of a desk, axe, pictures.
import { chromium } from 'playwright-core';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

// bypassCSP is for axe alone; a test of the policy itself passes bypassCSP: false.
const common = { locale: 'cs-CZ', bypassCSP: true, reducedMotion: 'reduce' };

// hand: there is one on the page as soon as it stands, so that maps start.
async function context(browser, { hand = true, ...more }) {
  const made = await browser.newContext({ ...common, ...more });
  if (hand) await made.addInitScript(() => addEventListener('load', () => dispatchEvent(new PointerEvent('pointermove'))));
  return made;
}
export const desktop = (browser, more = {}) => context(browser, { viewport: { width: 1280, height: 900 }, ...more });
export const phone = (browser, more = {}) => context(browser, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, ...more });

// What axe finds, each as one line: rule, element, what is wrong. Empty is good.
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), AXE_TAGS);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`));
}

// The same for a page of a context without JavaScript, where axe itself cannot run: its text, as it stands without
// scripts, in a page that may have them.
export async function axeWithoutScripts(page) {
  const text = (await page.content()).replace(/<script[^>]*><\/script>/g, '').replace(/<\/?noscript>/g, '');
  const context = await page.context().browser().newContext({ ...common, viewport: page.viewportSize() }), twin = await context.newPage();
  await twin.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: text }));
  await twin.goto(page.url());
  const found = await axe(twin);
  await context.close();
  return found;
}

// Everything that the page complains about: script errors, refused by the policy, failed loads.
export function complaints(page) {
  const all = [];
  page.on('pageerror', (error) => all.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error') all.push(`console: ${message.text()}`); });
  return all;
}

export const scrollsSideways = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);

let folder;
export async function picture(page, name, { full = true } = {}) {
  folder ??= process.env.EPO_PICTURES ?? mkdtempSync(join(tmpdir(), 'epo-pictures-'));
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: full });
  return path;
}
