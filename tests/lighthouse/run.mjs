// Lighthouse on each kind of page, as on a slow phone (Moto G, slow 4G, processor four times slower; simulated, as its
// own site does it). A table; fails under 100 for accessibility, best practices and search engines and 95 for
// performance. Not a part of ./dev test: it takes 200 packages and minutes, and measures the machine too, so that a page
// that falls short is asked up to three times and its best run counts.
//
//   ./dev lighthouse [NAME…]      EPO_LIGHTHOUSE=FOLDER keeps the whole reports there
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { navigation } from 'lighthouse';
import puppeteer from 'puppeteer-core';

import { dogJson, file, spots, stall } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { startDemo } from '../support/portal.mjs';

const FLOOR = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };
const TRIES = 3;
const square = ([lon, lat]) => JSON.stringify({ type: 'Polygon', coordinates: [[[0, 0], [6, 0], [6, 4], [0, 4], [0, 0]].map(([x, y]) => [lon + x / 72000, lat + y / 111000])] });

/** A page that is the answer to a posted form: sent by a form in the page, as a person's click would. */
const post = (path, answers) => (page) => page.evaluate((action, rows) => {
  const form = Object.assign(document.createElement('form'), { method: 'post', action });
  for (const [name, value] of rows) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  document.body.append(form);
  form.submit();
}, path, Object.entries(answers));

/** What is looked at: [path or how to get there, whose cookie]. */
const pagesOf = (portal, filed, { clerk, admin }) => ({
  home: ['/'],
  agendas: ['/agendas'],
  situation: ['/agendas/dog_fee'],
  form: ['/agendas/dog_fee/deregistration'],
  'form with a map': ['/agendas/public_space/occupy'],
  'task list': ['/agendas/waste_fee/payer'],
  step: ['/agendas/waste_fee/payer/containers'],
  review: [post('/agendas/public_space/occupy', { ...stall, area: square(spots['umo-3']), _action: 'review' })],
  receipt: [`/submissions/${filed.number}?receipt=${filed.receipt}`],
  place: ['/place'],
  spot: [`/place?place=${spots['umo-3']}`],
  search: ['/search?q=pes'],
  permits: ['/permits'],
  login: ['/login'],
  register: ['/register'],
  accessibility: ['/accessibility'],
  opendata: ['/opendata'],
  account: ['/account', clerk],
  security: ['/account/security', clerk],
  inbox: ['/office', clerk],
  case: [`/office/cases/${filed.number}`, clerk],
  admin: ['/admin', admin],
  parameters: ['/admin/parameters', admin],
});

async function look(browser, portal, [where, cookie]) {
  const context = await browser.createBrowserContext(), page = await context.newPage();
  for (const [name, value] of cookie?.split('; ').map((each) => each.split('=')) ?? []) await page.setCookie({ name, value, url: portal.url });
  const flags = { output: 'json', logLevel: 'silent', disableStorageReset: cookie !== undefined, onlyCategories: Object.keys(FLOOR) };
  if (typeof where !== 'string') await page.goto(portal.url);
  const { lhr } = await navigation(page, typeof where === 'string' ? portal.url + where : () => where(page), { flags });
  await context.close();
  return lhr;
}

/** Of one report: scores, and the audits that cost something. Search engines are not asked about a page that keeps them out. */
function read(lhr) {
  const kept = lhr.audits['is-crawlable']?.score === 0, categories = Object.entries(lhr.categories).filter(([id]) => !(kept && id === 'seo'));
  const scores = Object.fromEntries(categories.map(([id, { score }]) => [id, Math.round((score ?? 0) * 100)]));
  const short = Object.keys(scores).filter((id) => scores[id] < FLOOR[id]);
  const missed = short.filter((id) => id !== 'performance').flatMap((id) => lhr.categories[id].auditRefs.filter(({ id: audit, weight }) => weight > 0 && (lhr.audits[audit].score ?? 1) < 1).map(({ id: audit }) => audit));
  return { scores, short, missed, lhr };
}

const COLUMNS = [['first paint', 'first-contentful-paint'], ['largest', 'largest-contentful-paint'], ['blocked', 'total-blocking-time'], ['shift', 'cumulative-layout-shift'], ['weight', 'total-byte-weight']];
const shown = ({ numericValue = 0, numericUnit }) => (numericUnit === 'byte' ? `${Math.round(numericValue / 1024)} kB` : numericUnit === 'millisecond' ? `${Math.round(numericValue)} ms` : numericValue.toFixed(3));
const row = (cells) => console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(16) : String(cell).padStart(11))).join(' '));

async function main(names) {
  const portal = await startDemo(), browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  const bad = [];
  try {
    const [clerk, admin, filed] = await Promise.all([signIn(portal, 'umo-3'), signIn(portal, 'admin'), file(portal.url, 'dog_fee', 'registration', dogJson('umo-3'))]);
    const all = Object.entries(pagesOf(portal, filed, { clerk, admin })), chosen = all.filter(([name]) => names.length === 0 || names.includes(name));
    if (chosen.length === 0) throw new Error(`no such page; there are: ${all.map(([name]) => name).join(', ')}`);
    row(['page', 'performance', 'access', 'practices', 'search', ...COLUMNS.map(([title]) => title)]);
    for (const [name, page] of chosen) {
      let best;
      for (let i = 0; i < TRIES && (!best || best.short.length > 0); i++) {
        const now = read(await look(browser, portal, page));
        if (!best || now.scores.performance > best.scores.performance) best = now;
      }
      row([name, ...Object.keys(FLOOR).map((id) => best.scores[id] ?? '–'), ...COLUMNS.map(([, audit]) => shown(best.lhr.audits[audit]))]);
      if (best.short.length > 0) bad.push(`${name}: ${best.short.map((id) => `${id} ${best.scores[id]} of ${FLOOR[id]}`).join(', ')}${best.missed.length > 0 ? ` (${best.missed.join(', ')})` : ''}`);
      if (process.env.EPO_LIGHTHOUSE) {
        mkdirSync(process.env.EPO_LIGHTHOUSE, { recursive: true });
        writeFileSync(join(process.env.EPO_LIGHTHOUSE, `${name.replaceAll(' ', '-')}.json`), JSON.stringify(best.lhr));
      }
    }
    console.log(`\n– the page asks search engines to stay away (robots.txt), so their part is left out\n${bad.length === 0 ? `${chosen.length} pages, all as wanted` : bad.join('\n')}`);
  } finally {
    await browser.close();
    await portal.remove();
  }
  return bad.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
