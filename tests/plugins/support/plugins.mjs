// Building plugins as the README says, putting them into a portal, and asking it what it made of them.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { demoFolder, serve } from '../../support/portal.mjs';
import { signIn } from '../../http/support/people.mjs';

export const root = new URL('../../..', import.meta.url).pathname;
export const here = new URL('..', import.meta.url).pathname;

/** The one line of the README that builds a plugin. */
export function buildLine() {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n').filter((line) => / -shared /.test(line));
  assert.equal(lines.length, 1, 'the README shows one such line');
  return lines[0].trim();
}

/** Runs that line, switches added, where the source and core/include are; gives the path of the shared object. */
export function build(source, { switches = '', name = 'hello' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'epo-build-'));
  cpSync(source, join(folder, 'hello.c'));
  symlinkSync(join(root, 'core'), join(folder, 'core'));
  execFileSync('sh', ['-c', `${buildLine()} ${switches}`], { cwd: folder, stdio: 'pipe' });
  const made = join(folder, `${name}.so`);
  if (name !== 'hello') renameSync(join(folder, 'hello.so'), made);
  return made;
}

/** A demo portal without organizations that grants every right to every agenda, not yet served. */
export function openFolder(settings = {}) {
  const folder = demoFolder({ grants: { '*': ['tables', 'routes', 'pages', 'jobs', 'places', 'records'] }, ...settings });
  rmSync(join(folder, 'organizations'), { recursive: true });
  return folder;
}

/** Files by path put into a new agenda folder of the portal: an object is written as JSON. */
export function place(folder, kind, name, files) {
  for (const [path, content] of Object.entries(files)) {
    const to = join(folder, kind, name, path);
    mkdirSync(join(to, '..'), { recursive: true });
    writeFileSync(to, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content, null, 2));
  }
}

/** The example with its shared object, put into a portal folder. */
export function placeHello(folder, object) {
  cpSync(join(here, 'hello'), join(folder, 'plugins', 'hello'), { recursive: true });
  replaceObject(folder, object);
}

/** In one step, as an installer does: the old file is never half overwritten. */
export function replaceObject(folder, object) {
  const to = join(folder, 'plugins', 'hello', 'hello.so');
  cpSync(object, `${to}.new`);
  renameSync(`${to}.new`, to);
}

export const events = (portal, event) => portal.log.split('\n').filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line)).filter((row) => row.event === event);

/** Waits until the check gives something; tells the log where it never does. */
export async function until(portal, what, check) {
  for (let tries = 0; tries < 600; tries++) {
    const found = await check();
    if (found) return found;
    if (portal.exit !== undefined) break;
    await sleep(50);
  }
  assert.fail(`${what}: never\n${portal.log.slice(-6000)}`);
}

/** SIGHUP, and wait until all is reloaded. */
export async function reload(portal) {
  const before = events(portal, 'reload.done').length;
  portal.child.kill('SIGHUP');
  await until(portal, 'the reload', () => events(portal, 'reload.done').length > before);
}

export async function start(folder, args = []) {
  const portal = await serve(folder, { args });
  portal.get = (path, headers = {}) => fetch(portal.url + path, { headers, redirect: 'manual' });
  portal.json = async (path) => { const answer = await portal.get(path); return { status: answer.status, json: await answer.json() }; };
  portal.post = async (path, json) => {
    const answer = await fetch(portal.url + path, { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json' } });
    return { status: answer.status, json: await answer.json() };
  };
  /** What the admin reads: the page's words, without its tags. */
  portal.admin = async () => {
    portal.adminCookie ??= await signIn(portal, 'admin');
    const html = await (await portal.get('/admin?lang=en', { cookie: portal.adminCookie })).text();
    return html.replace(/<[^>]*>/g, ' ').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>').replaceAll('&amp;', '&').replace(/\s+/g, ' ');
  };
  return portal;
}

/** Ended well, its folder removed. */
export async function finish(portal) {
  if (!portal) return;
  assert.equal(await portal.stop(), 0, portal.log.slice(-6000));
  rmSync(portal.folder, { recursive: true, force: true });
}
