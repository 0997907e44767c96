// Municipal organizations: packages that are taken and those that are not, what one may see and what it may cost.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { day, post } from '../browser/support/forms.mjs';
import { binary, demoFolder, epo, serve } from '../support/portal.mjs';
import { signIn } from '../http/support/people.mjs';
import { address, routes } from '../http/support/routes.mjs';

let portal, work, zoo, keys;
const read = (file) => JSON.parse(readFileSync(file, 'utf8')), write = (file, value) => writeFileSync(file, JSON.stringify(value, null, 2));
const settings = (change) => { const file = join(portal.folder, 'epo.json'), all = read(file); change(all); write(file, all); };
const organization = (...args) => epo('organization', ...args, '-C', portal.folder);
const place = (...names) => join(portal.folder, 'organizations', ...names);
const get = (path, cookie = '') => fetch(portal.url + path, { headers: { cookie }, redirect: 'manual' });
async function hup(fits) { // reloads, and waits until it shows
  portal.child.kill('SIGHUP');
  for (let i = 0; i < 200 && !(await fits()); i++) await new Promise((done) => setTimeout(done, 50));
  assert.ok(await fits(), portal.log);
}

// ---- packages as an attacker makes them: tar and an uncompressed zstd frame by hand ----
const raw = ({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
function entry(name, content, { type = '0', link = '' } = {}) {
  const head = Buffer.alloc(512), bytes = Buffer.from(content);
  head.write(name, 0); head.write('0000640\0', 100); head.write('0000000\0', 108); head.write('0000000\0', 116);
  head.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124); head.write('00000000000\0', 136); head.write('        ', 148);
  head.write(type, 156); head.write(link, 157); head.write('ustar\0' + '00', 257);
  head.write(`${[...head].reduce((sum, each) => sum + each, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
const block = (type, size, bytes, last) => { const head = Buffer.alloc(3); head.writeUIntLE((size << 3) | (type << 1) | (last ? 1 : 0), 0, 3); return Buffer.concat([head, bytes]); };
function zstd(bytes, zeros = 0) { // zeros: blocks of 128 KiB of one byte, four bytes each
  const blocks = [];
  for (let at = 0; at < bytes.length; at += 65536) { const part = bytes.subarray(at, at + 65536); blocks.push(block(0, part.length, part, false)); }
  for (let i = 0; i < zeros; i++) blocks.push(block(1, 1 << 17, Buffer.alloc(1), false));
  blocks.push(block(0, 0, Buffer.alloc(0), true));
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x78]), ...blocks]); // a window of 32 MiB
}
/** A package with these files; more: what is added to the tar, list: changes the list before it is signed. */
function forge(file, files, { key = keys, name = 'zoo', version = '2.0.0', list = () => {}, more = [], listed = files, zeros } = {}) {
  const made = { name, version, files: Object.fromEntries(Object.entries(listed).map(([path, bytes]) => [path, sha256(bytes)])) };
  list(made);
  const text = Buffer.from(JSON.stringify(made));
  const tar = Buffer.concat([entry('package.json', text), entry('package.sig', sign(null, text, key.privateKey)), ...Object.entries(files).map(([path, bytes]) => entry(path, bytes)), ...more]);
  writeFileSync(file, zstd(zeros ? tar : Buffer.concat([tar, Buffer.alloc(1024)]), zeros));
  return file;
}
function filesOf(folder, inside = '') {
  return readdirSync(join(folder, inside), { withFileTypes: true }).flatMap((each) => each.isDirectory() ? filesOf(folder, join(inside, each.name)) : [[join(inside, each.name), readFileSync(join(folder, inside, each.name))]]);
}
const plain = (version = '2.0.0') => ({ ...Object.fromEntries(filesOf(zoo)), 'organization.json': JSON.stringify({ ...read(join(zoo, 'organization.json')), version }) });

before(async () => {
  work = mkdtempSync(join(tmpdir(), 'epo-organizations-'));
  const folder = demoFolder();
  keys = generateKeyPairSync('ed25519');
  portal = { folder };
  zoo = join(work, 'zoo');
  cpSync(place('zoo'), zoo, { recursive: true });
  settings((all) => { all.organization_keys = { zoo: raw(keys), doprava: raw(generateKeyPairSync('ed25519')) }; });
  portal = await serve(folder);
});
after(async () => { assert.equal(await portal.stop(), 0, portal.log); await portal.remove(); rmSync(work, { recursive: true, force: true }); });

describe('an organization', () => {
  it('has a page with what is settled there, its offices and layers, and is found', async () => {
    const page = await (await get('/organizations/zoo')).text();
    for (const part of ['href="/agendas/zoo_program"', 'Zoo – oddělení programů a výuky', 'po, út, st, čt, pá 8:00–15:30', 'Africká savana', '/organizations/zoo/logo']) assert.ok(page.includes(part), part);
    const logo = await get('/organizations/zoo/logo');
    assert.deepEqual([logo.status, logo.headers.get('content-type')], [200, 'image/png']);
    assert.equal((await get('/organizations/none')).status, 404);
    const { features } = await (await get('/api/v1/layers/zoo.mista?bbox=13.3,49.7,13.4,49.8&lang=en')).json();
    assert.ok(features.some(({ properties }) => properties.title === 'Main entrance'));
    assert.deepEqual((await (await get('/api/v1/layers/zoo.mista?bbox=14,49.7,14.1,49.8')).json()).features, []);
    assert.equal((await get('/api/v1/layers/zoo.none')).status, 404);
    const { results } = await (await get('/api/v1/search?q=botanicka')).json();
    assert.ok(results.some(({ kind, url }) => kind === 'organization' && url === '/organizations/zoo'), JSON.stringify(results));
    const [found] = (await (await get('/api/v1/addresses?q=africka+savana')).json()).features;
    assert.equal(found.id, 'office:zoo.mista/safari');
  });

  it('gets what is filed at a place of its own layer; elsewhere it is refused', async () => {
    const ask = (coordinates) => fetch(`${portal.url}/api/v1/forms/zoo_program/objednavka/submissions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({
      organization: 'ZŠ Ukázková', children: 20, adults: 2, theme: 'cats', day: day(20), hour: '10', meeting: { type: 'Point', coordinates }, name: 'Kvfltajne Jana', email: 'jana@example.cz' }) });
    const wrong = await ask([13.3776, 49.7475]);
    assert.equal(wrong.status, 422);
    assert.deepEqual((await wrong.json()).errors.map(({ path, code }) => [path, code]), [['meeting', 'place.far']]);
    const right = await ask([13.35403, 49.76122]);
    assert.equal(right.status, 201);
    const { number, receipt } = await right.json();
    assert.deepEqual((await (await get(`/api/v1/submissions/${number}?receipt=${receipt}`)).json()).state, 'received');
    const keeper = await signIn(portal, 'zoo.programy');
    assert.equal((await get(`/office/cases/${number}`, keeper)).status, 200);
    for (const other of ['umo-1', 'knihovna.ustredni', 'doprava.ztraty']) {
      const cookie = await signIn(portal, other);
      for (const row of routes().filter(({ methods }) => methods.includes('GET'))) {
        const way = address(row.pattern, { agenda: 'zoo_program', form: 'objednavka', number, organization: 'zoo', file: 'podani.csv', message: '1', decision: '1', layer: 'requests', view: 'x', parameter: 'guide_haler', draft: 'x', permit: 'x', link: 'x', step: 'x', page: 'x', 'route*': 'x', id: 'x', z: '12', x: '2200', y: '1393', tilejson: 'requests.json', style: 'style-light.json', collection: 'permits', item: '1' });
        const answer = await get(`${way}?number=${number}&office=zoo.programy&state=all&view=city`, cookie), text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
        assert.ok(!text.includes('Kvfltajne'), `${way} shows ${other} what is the zoo's`);
        if (row.pattern.includes('{number}')) assert.ok([303, 403, 404].includes(answer.status), `${way} by ${other}: ${answer.status}`);
      }
    }
  });

  it('whose description is broken is named with file and line; the one before goes on, and so do the others', async () => {
    const file = place('zoo', 'organization.json'), good = readFileSync(file);
    writeFileSync(file, String(good).replace('"Mo,Tu,We,Th,Fr 08:00-15:30"', '"at eight"'));
    const line = String(good).split('\n').findIndex((each) => each.includes('Mo,Tu,We,Th,Fr 08:00-15:30')) + 1;
    const { status, stderr } = epo('check', '-C', portal.folder);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`zoo/organization\\.json:${line}: "opening" is a list`));
    await hup(() => portal.log.includes('is a list like'));
    assert.equal((await get('/organizations/zoo')).status, 200);
    assert.equal((await get('/organizations/doprava')).status, 200);
    writeFileSync(file, good);
  });

  it('that asks for a right nobody granted is kept out until it is granted', async () => {
    settings((all) => { delete all.grants.knihovna; });
    const { status, stderr } = organization('list');
    assert.deepEqual([status, /rights that are not granted \(layers\)/.test(stderr)], [1, true], stderr);
    await hup(async () => (await get('/organizations/knihovna')).status === 404);
    assert.match(organization('rights', 'knihovna', '--grant', 'layers').stdout, /missing: none/);
    await hup(async () => (await get('/organizations/knihovna')).status === 200);
  });

  it('may not take what is the city\'s: its names, codes and offices', () => {
    const copy = join(work, 'greedy');
    cpSync(portal.folder, copy, { recursive: true, filter: (from) => !/portal\.db|\.lock/.test(from) });
    const agenda = join(copy, 'organizations', 'zoo', 'agendas', 'zoo_program', 'manifest.json'), manifest = read(agenda);
    write(agenda, { ...manifest, forms: [{ file: 'forms/objednavka.json', situation: 'poplatek-ze-psu/prihlaseni' }], routing: { office: 'umo-3' } });
    cpSync(join(copy, 'organizations', 'zoo', 'agendas', 'zoo_program'), join(copy, 'organizations', 'doprava', 'agendas', 'dog_fee'), { recursive: true });
    const { status, stderr } = epo('check', '-C', copy);
    assert.equal(status, 1);
    for (const text of [/must begin with "zoo\/"/, /"umo-3", which is no office of its organization/, /the agenda dog_fee must be called doprava_/]) assert.match(stderr, text);
    rmSync(copy, { recursive: true });
  });
});

describe('a package', () => {
  const refused = (file, reason, how = 'update') => {
    const { status, stderr } = organization(how, file);
    assert.equal(status, 1, stderr);
    assert.match(stderr, reason);
    assert.equal(read(place('zoo', 'organization.json')).version, '1.0.0', 'what was there stays');
    assert.deepEqual(readdirSync(place()).filter((name) => name.startsWith('.incoming')), [], 'nothing is left');
  };
  const out = (name) => join(work, `${name}.tar.zst`);

  it('is made by epo itself with a key, and only a changed byte keeps it from being taken', () => {
    const made = organization('key', join(work, 'zoo.key'));
    assert.equal(made.status, 0, made.stderr);
    const [, key] = made.stdout.match(/"<name>": "([^"]{44})"/);
    settings((all) => { all.organization_keys.zoo = [raw(keys), key]; });
    write(join(zoo, 'organization.json'), { ...read(join(zoo, 'organization.json')), version: '1.0.1' });
    const packed = organization('pack', zoo, '--key', join(work, 'zoo.key'), '--to', work);
    assert.equal(packed.status, 0, packed.stderr);
    const file = packed.stdout.trim();
    assert.match(file, /zoo-1\.0\.1\.tar\.zst$/);
    assert.match(organization('verify', file).stdout, /^zoo 1\.0\.1: Zoologická.*\n {2}agendas: zoo_program\n {2}asks for: layers/);
    const bytes = readFileSync(file);
    for (const at of [40, Math.floor(bytes.length / 2), bytes.length - 8]) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 0x10;
      writeFileSync(out('changed'), changed);
      refused(out('changed'), /damaged|not signed|changed|begins|follows|list/);
    }
  });

  it('is refused for what may be wrong with it', () => {
    const good = plain(), stranger = generateKeyPairSync('ed25519'), big = Buffer.alloc((8 << 20) + 1);
    refused(forge(out('stranger'), good, { key: stranger }), /not signed by a key/);
    refused(forge(out('other'), good, { name: 'doprava' }), /not signed by a key/);
    refused(forge(out('unknown'), good, { name: 'nikdo' }), /not signed by a key/);
    refused(forge(out('edited'), { ...good, 'logo.png': Buffer.concat([good['logo.png'], Buffer.from('x')]) }, { listed: good }), /changed after it was signed: logo\.png/);
    refused(forge(out('more'), { ...good, 'more.json': '{}' }, { listed: good }), /not in the list.*more\.json/);
    refused(forge(out('twice'), good, { more: [entry('logo.png', good['logo.png'])] }), /stands twice: logo\.png/);
    refused(forge(out('less'), Object.fromEntries(Object.entries(good).slice(1)), { listed: good }), /of the list is missing/);
    for (const name of ['../../epo.json', '/etc/passwd', 'a/../../b', '.hidden', 'a//b', 'a\\b', 'a/b/c/d/e/f/g', `${'x'.repeat(121)}`, 'ř.json'])
      refused(forge(out('name'), {}, { listed: { ...good, [name]: 'x' }, more: [entry(name.slice(0, 100), 'x')] }), /may not be called so/);
    for (const [type, link] of [['1', 'logo.png'], ['2', '/etc/passwd'], ['3', ''], ['4', ''], ['5', ''], ['6', '']])
      refused(forge(out('kind'), good, { more: [entry('extra', '', { type, link })] }), /plain files alone/);
    refused(forge(out('large'), { ...good, 'large.bin': big }), /more than it may|may not/);
    refused(forge(out('many'), good, { list: (made) => { for (let i = 0; i < 501; i++) made.files[`f${i}`] = '0'.repeat(64); } }), /too many files/);
    refused(forge(out('version'), good, { version: '3.0.0' }), /names another version/);
    refused(forge(out('broken'), { ...good, 'organization.json': '{' }), /organization\.json/);
    refused(forge(out('same'), plain('1.0.0'), { version: '1.0.0' }), /there already/);
    refused(forge(out('older'), plain('0.9.0'), { version: '0.9.0' }), /older one does not replace/);
    refused(forge(out('again'), good), /is there already/, 'install');
    refused(forge(out('rights'), { ...good, 'organization.json': JSON.stringify({ ...JSON.parse(good['organization.json']), rights: ['layers', 'tables'] }) }), /not granted.*tables/);
    writeFileSync(out('noise'), Buffer.from('no package at all'));
    refused(out('noise'), /damaged/);
  });

  it('that grows while it is unpacked is stopped: 2 GiB of zeros in 64 kB', () => {
    const tar = entry('package.json', '');
    tar.write('17777777777\0', 124); // says 2 GiB
    tar.write('        ', 148);
    tar.write(`${[...tar.subarray(0, 512)].reduce((sum, each) => sum + each, 0).toString(8).padStart(6, '0')}\0 `, 148);
    writeFileSync(out('bomb'), zstd(tar, 16384));
    refused(out('bomb'), /more than it may/);
  });

  it('takes the place of the older one at once, also for who is killed half way', async () => {
    const versions = ['1.5.0', '1.6.0'], [first, second] = versions.map((version) => forge(out(version), plain(version), { version }));
    for (const wait of [0, 2, 4, 8, 16]) { // whenever it dies, one of the two is there, whole
      const child = spawn(binary, ['organization', 'update', first, '-C', portal.folder], { stdio: 'ignore' });
      const ended = new Promise((done) => child.on('exit', done));
      await new Promise((done) => setTimeout(done, wait));
      child.kill('SIGKILL');
      await ended;
      assert.ok(['1.0.0', '1.5.0'].includes(read(place('zoo', 'organization.json')).version));
      assert.equal(epo('check', '-C', portal.folder).status, 0);
    }
    const { status, stderr } = organization('update', second);
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(place()).filter((name) => name.startsWith('.incoming')), []);
    await hup(async () => (await (await get('/organizations/zoo')).text()).includes('logo?v=1.6.0'));
  });

  it('may bring agendas in C only where a setting and a right say so', () => {
    const manifest = JSON.parse(plain()['agendas/zoo_program/manifest.json']);
    const native = { ...plain('1.7.0'), 'agendas/zoo_program/manifest.json': JSON.stringify({ ...manifest, runtime: 'native', main: 'zoo_program.so' }) };
    assert.equal(organization('update', forge(out('native'), native, { version: '1.7.0' })).status, 0);
    assert.match(epo('check', '-C', portal.folder).stderr, /needs "organizations\.native"/);
    assert.equal(organization('update', forge(out('lua'), plain('1.8.0'), { version: '1.8.0' })).status, 0);
  });

  it('leaves, when it is removed, what people sent readable', async () => {
    const removed = organization('remove', 'zoo');
    assert.match(removed.stdout, /removed; 1 requests stay readable/, removed.stderr);
    assert.ok(!existsSync(place('zoo')));
    await hup(async () => (await get('/organizations/zoo')).status === 404);
    assert.equal((await get('/agendas/zoo_program')).status, 404);
    const city = await signIn(portal, 'mesto'), inbox = await (await get('/office?view=city&state=all', city)).text();
    const [, number] = inbox.match(/\/office\/cases\/(\d{4}-\d{6})/);
    const page = await (await get(`/office/cases/${number}`, city)).text();
    assert.ok(page.includes('Kvfltajne Jana') && page.includes('Místo srazu v zoo'), 'with the labels of its form');
    assert.equal(organization('remove', 'zoo').status, 1);
  });
});

describe('what one may cost', () => {
  it('is bounded: its time for a minute, then it alone waits', async () => {
    settings((all) => { all.organizations = { cpu_ms_per_minute: 100 }; });
    const agenda = place('doprava', 'agendas', 'doprava_ztraty', 'agenda.lua'), code = readFileSync(agenda, 'utf8');
    writeFileSync(agenda, code.replace('local function compute(call)\n', 'local function compute(call)\n    local n = 0\n    for i = 1, 400000 do n = n + i % 7 end\n'));
    await hup(async () => (await get('/organizations/knihovna')).status === 200 && portal.log.split('reload.done').length > 1);
    const lost = { way: { type: 'LineString', coordinates: [[13.3727, 49.748], [13.3776, 49.7472]] }, vehicle: 'tram', day: day(0), what: 'bag', description: 'Batoh', name: 'Jana Nováková', email: 'jana@example.cz' };
    const check = (agenda, form, answers = {}) => fetch(`${portal.url}/api/v1/forms/${agenda}/${form}/check`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ answers }) });
    let refused;
    for (let i = 0; i < 400 && !refused; i++) {
      const answer = await check('doprava_ztraty', 'ztrata', lost);
      if (answer.status !== 200) refused = { status: answer.status, ...(await answer.json()) };
    }
    assert.deepEqual([refused?.status, /used up its time/.test(refused?.detail)], [503, true], JSON.stringify(refused));
    assert.equal((await check('knihovna_donaska', 'zadost')).status, 200);
    assert.match(await (await get('/metrics')).text(), /epo_organization_refused_total\{organization="doprava"\} [1-9]/);
  });
});
