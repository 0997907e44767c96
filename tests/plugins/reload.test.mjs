// Scripts change while the portal serves: on SIGHUP, and on save with --dev. A broken edit leaves the version before
// running and says file and line, in the log and to the admin; a portal's own copy wins over a shipped agenda.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { epo } from '../support/portal.mjs';
import { events, finish, openFolder, place, reload, root, start, until } from './support/plugins.mjs';

const script = (words) => `local function say(call)\n    call:set("body.said", "${words}")\nend\nreturn {routes = {say = say}}\n`;
const manifest = {
  name: 'parrot', version: '1', abi: '1.0', runtime: 'lua', main: 'agenda.lua', title: { cs: 'Papoušek', en: 'Parrot' }, summary: { cs: 'Opakuje.', en: 'Repeats.' },
  rights: ['routes'], routes: [{ method: 'GET', path: 'say' }],
};
const BROKEN = 'local function say(call)\n    call:set("body.said", \nend\nreturn {routes = {say = say}}\n';
const RAISES = 'local limits = nil\nreturn {selftest = function() error("rates are missing") end}\n';

function open() {
  const folder = openFolder();
  place(folder, 'agendas', 'parrot', { 'manifest.json': manifest, 'agenda.lua': script('one') });
  return folder;
}
const said = async (portal, name = 'parrot') => (await portal.json(`/api/v1/agendas/${name}/x/say`)).json.said;
/** As most editors save: a file beside it, then moved over. */
function save(portal, text, file = 'agenda.lua', name = 'parrot') {
  const to = join(portal.folder, 'agendas', name, file);
  writeFileSync(join(portal.folder, 'agendas', name, '.saving'), text);
  renameSync(join(portal.folder, 'agendas', name, '.saving'), to);
}
const refused = (portal) => events(portal, 'agenda.refused_kept').map(({ agenda, file, line, text }) => `${agenda} ${file}:${line} ${text}`);

describe('on SIGHUP', () => {
  let portal;
  before(async () => { portal = await start(open()); });
  after(() => finish(portal));

  it('a new version takes over', async () => {
    assert.equal(await said(portal), 'one');
    assert.equal((await portal.get('/dev/changes')).status, 404, 'for authors alone');
    save(portal, script('two'));
    assert.equal(await said(portal), 'one', 'not before it is told');
    await reload(portal);
    assert.equal(await said(portal), 'two');
  });

  it('a broken edit keeps the running version; file and line stand in the log and on the admin page', async () => {
    save(portal, BROKEN);
    await reload(portal);
    assert.equal(await said(portal), 'two');
    assert.match(refused(portal).at(-1), /^parrot parrot\/agenda\.lua:3 unexpected symbol near 'end'/);
    assert.match(await portal.admin(), /parrot\/agenda\.lua:3 unexpected symbol near 'end' The version before keeps running\./);
    save(portal, RAISES);
    await reload(portal);
    assert.equal(await said(portal), 'two');
    assert.match(await portal.admin(), /parrot\/agenda\.lua:2 its self-test failed: rates are missing/);
    save(portal, script('three'));
    await reload(portal);
    assert.equal(await said(portal), 'three');
    assert.doesNotMatch(await portal.admin(), /parrot\/agenda\.lua/);
  });

  it('an error in a hook names its line, for that request alone', async () => {
    save(portal, 'return {routes = {say = function(call)\n    local rates = call.parameters.rates\n    call:set("body.said", rates.first)\nend}}\n');
    await reload(portal);
    const { status, json } = await portal.json('/api/v1/agendas/parrot/x/say');
    assert.equal(status, 500);
    assert.doesNotMatch(JSON.stringify(json), /agenda\.lua|rates/, 'not the citizen’s business');
    const row = events(portal, 'agenda.failed').at(-1);
    assert.deepEqual([row.agenda, row.hook, row.code, row.where], ['parrot', 'route', 'lua.error', 'parrot/agenda.lua:3']);
    await portal.json('/api/v1/agendas/parrot/x/say');
    assert.match(await portal.admin(), /parrot\/agenda\.lua:3 route: attempt to index a nil value \(local 'rates'\) \(2×\)/);
    assert.equal((await portal.get('/agendas/dog_fee/registration')).status, 200);
  });

  it('a script that hangs ends with its budget, and nobody else notices', async () => {
    save(portal, 'return {routes = {say = function(call)\n    while not call.request.query.fast do end\n    call:set("body.said", "fast")\nend}}\n');
    await reload(portal);
    const [{ status }, other] = await Promise.all([portal.json('/api/v1/agendas/parrot/x/say'), portal.get('/agendas/dog_fee')]);
    assert.deepEqual([status, other.status], [500, 200]);
    const row = events(portal, 'agenda.failed').at(-1);
    assert.deepEqual([row.code, row.where, row.text], ['lua.time', 'parrot/agenda.lua:2', 'the script used more than 100 ms of CPU time']);
    assert.equal((await portal.json('/api/v1/agendas/parrot/x/say?fast=1')).json.said, 'fast', 'the next request works');
  });

  it('budgets of epo.json come into force', async () => {
    const file = join(portal.folder, 'epo.json');
    const settings = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...settings, lua: { cpu_ms: 60 } }));
    await reload(portal);
    await portal.json('/api/v1/agendas/parrot/x/say');
    assert.match(events(portal, 'agenda.failed').at(-1).text, /more than 60 ms of CPU time/);
  });

  it('a portal’s own copy wins over a shipped agenda; a broken copy leaves the shipped one running', async () => {
    const version = async () => (await portal.admin()).match(/dog_fee Lua (\S+)/)?.[1];
    const copy = join(portal.folder, 'agendas/dog_fee'), shipped = join(root, 'lua/agendas/dog_fee');
    cpSync(shipped, copy, { recursive: true });
    place(portal.folder, 'agendas', 'dog_fee', { 'agenda.lua': 'return {' });
    await reload(portal);
    assert.equal(await version(), '1.0.0');
    assert.match(await portal.admin(), /dog_fee\/agenda\.lua:1 unexpected symbol near <eof> The version before keeps running\./);
    cpSync(join(shipped, 'agenda.lua'), join(copy, 'agenda.lua'));
    const own = JSON.parse(readFileSync(join(shipped, 'manifest.json'), 'utf8'));
    place(portal.folder, 'agendas', 'dog_fee', { 'manifest.json': { ...own, version: '1.0.0-plzen' } });
    await reload(portal);
    assert.equal(await version(), '1.0.0-plzen');
    rmSync(copy, { recursive: true });
    await reload(portal);
    assert.equal(await version(), '1.0.0');
  });
});

describe('on save with --dev', () => {
  let portal;
  before(async () => { portal = await start(open(), ['--dev']); });
  after(() => finish(portal));

  it('a new version takes over by itself', async () => {
    assert.equal(await said(portal), 'one');
    save(portal, script('two'));
    await until(portal, 'the new version', async () => await said(portal) === 'two');
    writeFileSync(join(portal.folder, 'agendas/parrot/agenda.lua'), script('three'));
    await until(portal, 'one saved in place', async () => await said(portal) === 'three');
  });

  it('a broken edit keeps the running version, and the next good one takes over', async () => {
    save(portal, BROKEN);
    await until(portal, 'the refusal', () => refused(portal).length > 0);
    assert.match(refused(portal).at(-1), /^parrot parrot\/agenda\.lua:3 /);
    assert.match(await portal.admin(), /parrot\/agenda\.lua:3 .* The version before keeps running\./);
    assert.equal(await said(portal), 'three');
    save(portal, script('four'));
    await until(portal, 'the mended version', async () => await said(portal) === 'four');
    assert.doesNotMatch(await portal.admin(), /parrot\/agenda\.lua/);
  });

  it('open pages are told, with file and line of what is wrong', async () => {
    assert.match(await (await portal.get('/agendas')).text(), /<script type="module" src="\/assets\/dev\./);
    const { json: before } = await portal.json('/dev/changes');
    const told = portal.json(`/dev/changes?since=${before.stamp}`); // waits until something is saved
    save(portal, BROKEN);
    const { json: broken } = await told;
    assert.notEqual(broken.stamp, before.stamp);
    assert.deepEqual(broken.faults.map(({ file, line }) => `${file}:${line}`), ['parrot/agenda.lua:3']);
    const mended = portal.json(`/dev/changes?since=${broken.stamp}`);
    save(portal, script('four'));
    const { json } = await mended;
    assert.notEqual(json.stamp, broken.stamp);
    assert.deepEqual(json.faults, []);
  });

  it('forms, texts and manifests are watched as well', async () => {
    save(portal, JSON.stringify({ ...manifest, title: { cs: 'Kakadu', en: 'Cockatoo' } }), 'manifest.json');
    await until(portal, 'the new title', async () => /Kakadu/.test(await (await portal.get('/agendas')).text()));
    place(portal.folder, 'agendas', 'parrot', { 'texts/cs.json': { 'state.flown': 'Uletěl' }, 'texts/en.json': '{\n}\n' });
    const live = events(portal, 'agenda.live').length;
    await until(portal, 'the reload', () => events(portal, 'agenda.live').length > live);
    place(portal.folder, 'agendas', 'parrot', { 'texts/cs.json': '{\n"a" "b"\n}' });
    await until(portal, 'the refusal', () => /texts\/cs\.json:2/.test(refused(portal).at(-1)));
    place(portal.folder, 'agendas', 'parrot', { 'texts/cs.json': '{}' });
  });

  it('a new agenda from the template comes by itself, and goes with its folder', async () => {
    const made = epo('agenda', 'new', 'pond_permit', '-C', portal.folder);
    assert.equal(made.status, 0, made.stderr);
    await until(portal, 'the new agenda', async () => (await portal.get('/agendas/pond_permit/request')).status === 200);
    save(portal, 'return {compute = function(call) call:set("total", 7) end}\n', 'agenda.lua', 'pond_permit');
    await until(portal, 'its next version', async () => {
      const { json } = await portal.post('/api/v1/forms/pond_permit/request/check', { lang: 'en', answers: { pieces: 1 } });
      return /CZK\u00a00\.07/.test(JSON.stringify(json));
    });
    rmSync(join(portal.folder, 'agendas/pond_permit'), { recursive: true });
    await until(portal, 'its end', async () => (await portal.get('/agendas/pond_permit')).status === 404);
  });
});
