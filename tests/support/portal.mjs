// A real portal for the tests: a demo folder made once for each build and copied, served on a free port, ended
// by its id. EPO_BIN_DIR names the build (build/release, build/asan …).
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const build = resolve(process.env.EPO_BIN_DIR ?? 'build/release');
export const binary = join(build, 'epo');

/** Runs the command line to its end. */
export const epo = (...args) => spawnSync(binary, args, { encoding: 'utf8', timeout: 300000 });

// Making a city or its tiles takes seconds, and a minute under sanitizers: done by the release build where there is
// one (the same bytes; the sanitizers see it done in the unit tests and in tests/maps).
const release = join(dirname(build), 'release'), maker = existsSync(join(release, 'epo')) ? release : build;

/** Brings a file into the map of a folder, whose portal may be serving. */
export const importMap = (folder, file, layer) => spawnSync(join(maker, 'epo'), ['map', 'import', file, '--layer', layer, '-C', folder], { encoding: 'utf8', timeout: 300000 });

// The demo city is made once and remade when the program changed. Test files that run at the same time may all find
// it missing: each makes its own then, and the first one's stays.
function template() {
  const folder = join(maker, `demo-template-${Math.floor(statSync(join(maker, 'epo')).mtimeMs)}`);
  if (existsSync(folder)) return folder;
  for (const name of readdirSync(maker)) {
    if (/^demo-template-\d+$/.test(name)) rmSync(join(maker, name), { recursive: true, force: true });
  }
  const fresh = `${folder}.new-${process.pid}`;
  const made = spawnSync(join(maker, 'epo'), ['init', fresh, '--demo'], { encoding: 'utf8', timeout: 300000 });
  if (made.status !== 0) throw new Error(`epo init failed (${made.status}): ${made.stderr}`);
  try {
    renameSync(fresh, folder);
  } catch (problem) {
    if (!existsSync(folder)) throw problem;
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** A copy of the demo portal; settings are merged into its epo.json. */
export function demoFolder(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'epo-test-'));
  cpSync(template(), folder, { recursive: true });
  const file = join(folder, 'epo.json'), before = JSON.parse(readFileSync(file, 'utf8'));
  const http = { ...before.http, limited_per_minute: 0, access_log: false, ...settings.http };
  writeFileSync(file, JSON.stringify({ ...before, ...settings, http }, null, 2));
  return folder;
}

/** Serves the folder; resolves when it listens. */
export function serve(folder, { args = [], env = {} } = {}) {
  const child = spawn(binary, ['serve', '-C', folder, '--listen', '127.0.0.1:0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env },
  });
  const portal = { folder, child, log: '', out: '' };
  child.stdout.on('data', (bytes) => { portal.out += bytes; });
  portal.ended = new Promise((done) => child.on('exit', (code, signal) => { portal.exit = signal ?? code; done(portal.exit); }));
  portal.stop = async () => {
    if (portal.exit === undefined) child.kill('SIGTERM');
    return portal.ended;
  };
  /** Whatever became of the test: nothing stays behind. */
  portal.clear = async () => { child.kill('SIGKILL'); await portal.ended; rmSync(folder, { recursive: true, force: true }); };
  portal.remove = async () => { await portal.stop(); rmSync(folder, { recursive: true, force: true }); };
  return new Promise((done, fail) => {
    child.stderr.on('data', (bytes) => {
      portal.log += bytes;
      const port = portal.log.match(/"event":"http.listening","port":(\d+)/) ?? portal.log.match(/http\.listening port=(\d+)/);
      if (port && !portal.url) { portal.port = Number(port[1]); portal.url = `http://127.0.0.1:${port[1]}`; done(portal); }
    });
    portal.ended.then((exit) => fail(new Error(`epo serve ended with ${exit}:\n${portal.log}`)));
  });
}

export const startDemo = (settings, options) => serve(demoFolder(settings), options);

/** The same for one test, which need not clear up after itself. */
export async function startFor(t, settings, options) {
  const portal = await startDemo(settings, options);
  t.after(portal.clear);
  return portal;
}

/** Name and password of a demo account: accounts(folder)["umo-3"]. */
export function accounts(folder) {
  mkdirSync(folder, { recursive: true });
  const rows = JSON.parse(readFileSync(join(folder, 'demo-accounts.json'), 'utf8'));
  return Object.fromEntries(rows.map((row) => [row.name, row.password]));
}
