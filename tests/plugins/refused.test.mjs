// Everything that can be wrong with an agenda is named with its reason: in the log, on the admin page and by epo check;
// the rest of the portal serves.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { fileDog } from '../http/support/people.mjs';
import { epo } from '../support/portal.mjs';
import { build, events, finish, here, openFolder, place, placeHello, reload, start, until } from './support/plugins.mjs';

const manifest = (name, more = {}) => ({
  name, version: '1', abi: '1.0', runtime: 'native', main: `${name}.so`, title: { cs: name, en: name }, summary: { cs: name, en: name }, ...more,
});
const lua = (name, more) => manifest(name, { runtime: 'lua', main: 'agenda.lua', ...more });
const script = 'return {}\n';
const form = { id: 'f', title: { cs: 'F', en: 'F' }, sections: [{ id: 's', title: { cs: 'S', en: 'S' }, fields: [{ id: 'a', type: 'text', label: { cs: 'A', en: 'A' }, max_length: 9 }] }] };
const both = { cs: 'A', en: 'A' };
const said = { paragraphs: [both] };
const life = { audience: ['person'], channels: ['online'], what: said, who: said, when: { ...said, short: both }, need: said, how: said, cost: { ...said, short: both, czk: [0, 10] }, duration: { ...said, short: both }, remedy: said };
/** An agenda whose life situation has one thing changed. */
const living = (name, change, law = [both], says) => ({ files: { 'manifest.json': lua(name, { life_situation: change, law }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says });
const tables = { rights: ['tables'] };
const table = (name) => `CREATE TABLE ${name} (a TEXT NOT NULL) STRICT;\n`;

/** By name: the plugin's switches, or its files; where the fault is; what is said. */
const C = {
  missing_symbol: { with: '-DSYMBOL=another', says: /does not export epo_plugin_descriptor/ },
  undefined_symbol: { with: `-D'IN_START=return is_undefined()'`, says: /undefined symbol: is_undefined/ },
  wrong_magic: { with: '-DMAGIC=1', says: /wrong magic number/ },
  no_descriptor: { with: '-DDESCRIPTOR=0', says: /wrong magic number/ },
  wrong_major: { with: '-DMAJOR=2', says: /built against version 2 of epo\.h, this portal has version 1/ },
  newer_minor: { with: '-DMINOR=9', says: /epo\.h 1\.9, newer than this portal's 1\.\d+: use a newer portal/ },
  short_size: { with: '-DSIZE=64', says: /descriptor of 64 bytes/ },
  start_fails: { with: `-D'IN_START=return 7'`, says: /start refused with 7/ },
  crash_in_start: { with: `-D'IN_START=return *nowhere'`, says: /crashed \(segmentation fault\) in its start or self-test/ },
  hang_in_start: { with: `-D'IN_START=for (;;) pause()'`, says: /did not finish its start and self-test within 3 s/ },
  exit_in_start: { with: `-D'IN_START=_exit(3)'`, says: /ended the process in its start or self-test \(exit 3\)/ },
  abort_in_start: { with: `-D'IN_START=abort()'`, says: /aborted in its start or self-test/ },
  crash_in_selftest: { with: `-D'IN_SELFTEST=return *nowhere'`, says: /crashed \(segmentation fault\)/ },
  selftest_fails: { with: `-D'IN_SELFTEST=return host->fail(call, EPO_RC_BROKEN, "", "x", (epo_str){"The rates are upside down.", 26})'`, says: /self-test failed: The rates are upside down\./ },
  selftest_writes: { with: `-D'IN_SELFTEST=return host->write(call, "x", 0, 0)'`, says: /needs the right "tables"/ },
  another_name: { with: `-D'NAME="somebody_else"'`, says: /calls itself "somebody_else", the manifest says "another_name"/ },
};
const OTHERS = {
  no_object: { files: { 'manifest.json': manifest('no_object') }, at: /no_object\.so/, says: /No such file or directory/ },
  no_manifest: { files: { 'agenda.lua': script }, at: /manifest\.json/, says: /No such file or directory/ },
  broken_manifest: { files: { 'manifest.json': '{\n  "name": "broken_manifest",\n}\n' }, at: /manifest\.json:3/, says: /./ },
  empty_manifest: { files: { 'manifest.json': '{}' }, at: /manifest\.json:1/, says: /"name" must be a text/ },
  unknown_member: { files: { 'manifest.json': lua('unknown_member', { colour: 'red' }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says: /unknown member "colour"/ },
  other_folder: { files: { 'manifest.json': lua('some_name'), 'agenda.lua': script }, at: /manifest\.json:2/, says: /must be in a folder of that name, not "other_folder"/ },
  manifest_abi: { files: { 'manifest.json': lua('manifest_abi', { abi: '1.7' }), 'agenda.lua': script }, at: /manifest\.json:4/, says: /made for version 1\.7 of epo\.h/ },
  unknown_runtime: { files: { 'manifest.json': lua('unknown_runtime', { runtime: 'php' }), 'agenda.lua': script }, at: /manifest\.json/, says: /"runtime" is "php": this portal knows native, lua/ },
  main_outside: { files: { 'manifest.json': lua('main_outside', { main: '../hello/agenda.lua' }) }, at: /manifest\.json:6/, says: /must be a file inside this folder/ },
  unknown_right: { files: { 'manifest.json': lua('unknown_right', { rights: ['root'] }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says: /unknown right root: known are tables, routes/ },
  right_not_granted: { files: { 'manifest.json': lua('right_not_granted', { rights: ['places'] }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says: /asks for the right "places", which epo\.json does not grant/ },
  right_not_asked: { files: { 'manifest.json': lua('right_not_asked', { routes: [{ method: 'GET', path: 'x' }] }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says: /"routes" needs the right "routes"/ },
  missing_form: { files: { 'manifest.json': lua('missing_form', { forms: ['forms/none.json'] }), 'agenda.lua': script }, at: /forms\/none\.json/, says: /the form that the manifest names: No such file/ },
  broken_form: { files: { 'manifest.json': lua('broken_form', { forms: ['forms/f.json'] }), 'agenda.lua': script, 'forms/f.json': JSON.stringify({ ...form, sections: 1 }, null, 1) }, at: /forms\/f\.json:\d+/, says: /sections/ },
  same_form: { files: { 'manifest.json': lua('same_form', { forms: ['forms/f.json', 'forms/g.json'] }), 'agenda.lua': script, 'forms/f.json': form, 'forms/g.json': form }, at: /forms\/g\.json/, says: /the form id "f" stands in two files/ },
  second_form: { files: { 'manifest.json': lua('second_form', { forms: [{ file: 'forms/f.json', situation: 'poplatek-ze-psu/ohlaseni' }] }), 'agenda.lua': script, 'forms/f.json': form }, at: /forms\/f\.json:1$/, says: /the life situation "poplatek-ze-psu\/ohlaseni" has its form already: dog_fee\/forms\/registration\.json/ },
  form_code: { files: { 'manifest.json': lua('form_code', { forms: [{ file: 'forms/f.json', situation: 'a b' }] }), 'agenda.lua': script, 'forms/f.json': form }, at: /manifest\.json:\d+/, says: /a form is \{"file"/ },
  parameter_type: { files: { 'manifest.json': lua('parameter_type', { parameters: { a: 1 }, parameter_types: { a: { type: 'mony', label: both } } }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says: /one of money, integer/ },
  parameter_default: { files: { 'manifest.json': lua('parameter_default', { parameters: { a: '19-2000145398/0800' }, parameter_types: { a: { type: 'account', label: both } } }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says: /"a" must be an account whose digits agree/ },
  parameter_unknown: { files: { 'manifest.json': lua('parameter_unknown', { parameters: { rate: 1 } }), 'agenda.lua': script }, at: /^epo\.json:\d+$/, says: /unknown parameter "546003\.rat": the agenda declares no such one/ },
  parameter_limit: { files: { 'manifest.json': lua('parameter_limit', { parameters: { rate: { a: 1, b: 2 } }, parameter_types: { rate: { type: 'money', table: true, max: 500, label: both } } }), 'agenda.lua': script }, at: /^epo\.json:\d+$/, says: /"546003\.rate\.a" must be from 0 to 500/ },
  parameter_member: { files: { 'manifest.json': lua('parameter_member', { parameters: { rate: { a: 1, b: 2 } } }), 'agenda.lua': script }, at: /^epo\.json:\d+$/, says: /"rate" lacks "b": a value is replaced whole/ },
  parameter_same: { files: { 'manifest.json': lua('parameter_same', { parameters: { rate: 1 }, parameter_types: { rate: { type: 'integer', districts: false, label: both } } }), 'agenda.lua': script }, at: /^epo\.json:\d+$/, says: /the same in the whole city/ },
  parameter_district: { files: { 'manifest.json': lua('parameter_district', { parameters: { rate: 1 } }), 'agenda.lua': script }, at: /^epo\.json:\d+$/, says: /unknown district "546999"/ },
  parameter_days: { files: { 'manifest.json': lua('parameter_days', { parameters: { rate: 1 } }), 'agenda.lua': script }, at: /^epo\.json:\d+$/, says: /"until" of "rate" is before its "from"/ },
  parameter_twice: { files: { 'manifest.json': lua('parameter_twice', { parameters: { rate: 1 } }), 'agenda.lua': script }, at: /^epo\.json:\d+$/, says: /two values of the parameter "rate" are in force on 2026-06-01/ },
  parameter_text: { files: { 'manifest.json': lua('parameter_text', { parameters: { rate: 1 }, forms: ['forms/f.json'] }), 'agenda.lua': script, 'forms/f.json': { ...form, intro: { cs: 'a', en: '{parameter.rat}' } } }, at: /forms\/f\.json:\d+/, says: /names "\{parameter\.rat\}"/ },
  lawless_form: {
    files: {
      'manifest.json': lua('lawless_form', { forms: ['forms/f.json'], law: [{ cs: 'Zákon', en: 'Act', url: 'https://example.cz/1' }] }), 'agenda.lua': script,
      'forms/f.json': { ...form, sections: [{ ...form.sections[0], fields: [{ id: 'b', type: 'birth_number', law: 'https://example.cz/2', label: { cs: 'B', en: 'B' } }] }] },
    },
    at: /forms\/f\.json/, says: /the field "b" may be asked by the law "https:\/\/example\.cz\/2", which is the "url" of no "law"/,
  },
  life_list: living('life_list', [{ id: 'what' }], [both], /"life_situation" is an object/),
  life_missing: living('life_missing', { ...life, remedy: undefined }, [both], /the life situation lacks "remedy": what to do against the outcome/),
  life_short: living('life_short', { ...life, cost: said }, [both], /"cost" needs "short"/),
  life_empty: living('life_empty', { ...life, who: {} }, [both], /"who" needs "paragraphs" or "items"/),
  life_language: living('life_language', { ...life, how: { items: [{ cs: 'a' }] } }, [both], /must be \{"cs": …, "en": …\}/),
  life_channel: living('life_channel', { ...life, channels: ['fax'] }, [both], /"channels" is a list with one or more of "online", "counter"/),
  life_price: living('life_price', { ...life, cost: { ...life.cost, czk: ['a', 1] } }, [both], /"czk" is \[least, most\]/),
  life_other: living('life_other', { ...life, where: said }, [both], /a life situation has no "where"/),
  life_lawless: living('life_lawless', life, [], /needs "law" beside it/),
  missing_page: { files: { 'manifest.json': lua('missing_page', { rights: ['pages'], pages: ['list'] }), 'agenda.lua': script }, at: /manifest\.json/, says: /the page "list" has no templates\/list\.html/ },
  broken_template: { files: { 'manifest.json': lua('broken_template', { rights: ['pages'], pages: ['list'] }), 'agenda.lua': script, 'templates/list.html': 'x\n{{#if a}}\n' }, at: /templates\/list\.html:\d+/, says: /./ },
  broken_texts: { files: { 'manifest.json': lua('broken_texts'), 'agenda.lua': script, 'texts/cs.json': '{\n"a": \n}' }, at: /texts\/cs\.json/, says: /./ },
  table_outside: { files: { 'manifest.json': lua('table_outside', tables), 'agenda.lua': script, 'sql/001_a.sql': table('dog_fee_stolen') }, at: /sql\/001_a\.sql/, says: /reaches beyond/ },
  table_of_host: { files: { 'manifest.json': lua('table_of_host', tables), 'agenda.lua': script, 'sql/001_a.sql': 'UPDATE accounts SET role = \'admin\';\n' }, at: /sql\/001_a\.sql/, says: /reaches beyond/ },
  migration_broken: { files: { 'manifest.json': lua('migration_broken', tables), 'agenda.lua': script, 'sql/001_a.sql': 'CREATE TABEL migration_broken_a (a TEXT);\n' }, at: /sql\/001_a\.sql/, says: /syntax error/ },
  table_not_strict: { files: { 'manifest.json': lua('table_not_strict', tables), 'agenda.lua': script, 'sql/001_a.sql': 'CREATE TABLE table_not_strict_a (a TEXT);\n' }, at: /sql\/001_a\.sql/, says: /not STRICT/ },
  statement_outside: { files: { 'manifest.json': lua('statement_outside', { ...tables, statements: { peep: { sql: 'SELECT password FROM accounts' } } }), 'agenda.lua': script }, at: /manifest\.json:\d+/, says: /the statement "peep": the statement reaches beyond what it may/ },
  statement_writes: { files: { 'manifest.json': lua('statement_writes', { ...tables, statements: { put: { sql: 'DELETE FROM statement_writes_a' } } }), 'agenda.lua': script, 'sql/001_a.sql': table('statement_writes_a') }, at: /manifest\.json:\d+/, says: /the statement "put": /},
  script_syntax: { files: { 'manifest.json': lua('script_syntax'), 'agenda.lua': 'local a = 1\nreturn {compute = function(call) a = end}\n' }, at: /agenda\.lua:2/, says: /unexpected symbol near 'end'/ },
  script_error: { files: { 'manifest.json': lua('script_error'), 'agenda.lua': 'local a\n\nreturn {compute = a.b}\n' }, at: /agenda\.lua:3/, says: /attempt to index a nil value/ },
  script_loops: { files: { 'manifest.json': lua('script_loops'), 'agenda.lua': '\nwhile true do end\n' }, at: /agenda\.lua:2/, says: /used more than 100 ms of CPU time/ },
  script_selftest: { files: { 'manifest.json': lua('script_selftest'), 'agenda.lua': 'return {selftest = function() error("upside down") end}\n' }, at: /agenda\.lua:1/, says: /self-test failed: upside down/ },
};
const CASES = { ...Object.fromEntries(Object.entries(C).map(([name, one]) => [name, { at: new RegExp(`${name}\\.so`), ...one }])), ...OTHERS };

let portal, folder, checked;
before(async () => {
  folder = openFolder({
    grants: { '*': ['tables', 'routes', 'pages', 'jobs', 'records'] },
    parameters: {
      parameter_unknown: { districts: { 546003: { rat: 2 } } },
      parameter_limit: { districts: { 546003: { rate: { value: { a: 501, b: 1 }, reason: both } } } },
      parameter_member: { rate: { a: 1 } },
      parameter_same: { districts: { 546003: { rate: 2 } } },
      parameter_district: { districts: { 546999: { rate: 2 } } },
      parameter_twice: { rate: [{ value: 2, from: '2026-01-01', until: '2026-06-01' }, { value: 3, from: '2026-06-01' }] },
      parameter_days: { rate: { value: 2, from: '2026-02-01', until: '2026-01-01' } },
    },
  });
  placeHello(folder, build(join(here, 'hello/hello.c')));
  for (const [name, one] of Object.entries(C)) {
    place(folder, 'plugins', name, { 'manifest.json': manifest(name) });
    const called = /NAME=/.test(one.with) ? '' : `-D'NAME="${name}"'`;
    cpSync(build(join(here, 'bad/bad.c'), { switches: `${called} ${one.with}` }), join(folder, 'plugins', name, `${name}.so`));
  }
  for (const [name, one] of Object.entries(OTHERS)) place(folder, one.files['manifest.json']?.runtime === 'native' ? 'plugins' : 'agendas', name, one.files);
  checked = epo('check', '-C', folder);
  portal = await start(folder);
});
after(() => finish(portal));

describe('named with its reason, in the log, on the admin page and by epo check', () => {
  for (const [name, { at, says }] of Object.entries(CASES))
    it(name.replaceAll('_', ' '), async () => {
      const rows = events(portal, 'agenda.refused').filter((row) => row.agenda === name);
      const row = rows.find(({ text }) => says.test(text));
      assert.ok(row, JSON.stringify(rows));
      assert.match(`${row.file}:${row.line}`, new RegExp(`^(${name}/|epo\\.json:)`));
      assert.match(`${row.file}:${row.line}`, at);
      const where = row.line ? `${row.file}:${row.line}` : row.file;
      assert.ok((await portal.admin()).includes(`${where} ${row.text.replace(/\s+/g, ' ')}`), 'on the admin page');
      const printed = checked.stderr.split('\n').find((line) => line.startsWith(`${row.file}:`) && line.endsWith(`: ${row.text}`));
      assert.ok(printed, 'by epo check');
      assert.match(printed, /^[^:]+:[1-9]\d*: /, 'file:line: what is wrong');
      assert.equal((await portal.get(`/agendas/${name}`)).status, 404);
    });

  it('and nothing else', () => {
    const shipped = ['lua/agendas', 'plugins'].flatMap((room) => readdirSync(join(here, '../..', room)));
    assert.equal(checked.status, 1);
    assert.equal(checked.stdout, '');
    const named = new Set([...events(portal, 'agenda.refused'), ...events(portal, 'agenda.live')].map(({ agenda }) => agenda));
    assert.deepEqual([...named].sort(), [...Object.keys(CASES), 'hello', ...shipped].sort());
  });
});

describe('the rest of the portal', () => {
  it('serves', async () => {
    for (const path of ['/', '/agendas', '/agendas/hello', '/agendas/dog_fee/registration', '/agendas/public_space/occupy', '/healthz'])
      assert.equal((await portal.get(path)).status, 200, path);
    await fileDog(portal);
    assert.equal((await portal.json('/api/v1/agendas/hello/x/count')).json.guests, 0);
  });

  it('has no table of those refused, and its own as they were', async () => {
    const { execFileSync } = await import('node:child_process');
    const names = execFileSync('sqlite3', [join(folder, 'portal.db'), "SELECT name FROM sqlite_schema WHERE name LIKE '%stolen%' OR name LIKE 'table_not_strict%' OR name LIKE 'migration_broken%'"], { encoding: 'utf8' });
    assert.equal(names, '');
  });

  it('says so once more after a reload, and takes the one that was mended', async () => {
    place(folder, 'agendas', 'script_syntax', { 'agenda.lua': script });
    await reload(portal);
    assert.equal((await portal.get('/agendas/script_syntax')).status, 200);
    assert.doesNotMatch(await portal.admin(), /script_syntax\/agenda\.lua/);
    assert.match(await portal.admin(), /script_error\/agenda\.lua:3/);
  });
});

it('an editor says the same of a life situation: the schema refuses what the portal refuses, and takes our own', () => {
  const ajv = new Ajv({ strict: false });
  formats(ajv);
  const root = join(here, '../..'), read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const fits = ajv.compile(read('core/plugin/manifest.schema.json'));
  for (const [name, { files }] of Object.entries(CASES).filter(([name]) => name.startsWith('life_')))
    assert.equal(fits(JSON.parse(JSON.stringify(files['manifest.json']))), false, name);
  for (const file of ['lua/agendas/dog_fee', 'plugins/public_space']) assert.ok(fits(read(`${file}/manifest.json`)), JSON.stringify(fits.errors));
  const template = JSON.parse(readFileSync(join(root, 'lua/template/manifest.json'), 'utf8').replaceAll('__name__', 'pond_permit'));
  assert.ok(fits(template), JSON.stringify(fits.errors));
});
