// The JSON Schema of a form and our own checker must give the same verdict on every answer, with ajv
// as the independent judge; and every definition in the tree must fit form.schema.json.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join, basename } from 'node:path';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { applyRule } from './jsonlogic.mjs';

const root = join(import.meta.dirname, '..', '..');
const tool = join(process.env.EPO_BIN_DIR ?? join(root, 'build/debug'), 'tests/support_validate');
const SEED = 20261124, VALID = 150, BROKEN = 300;

function definitions() {
  const found = [];
  const add = (folder) => {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).sort()) if (name.endsWith('.json')) found.push(join(folder, name));
  };
  for (const parent of ['plugins', 'lua/agendas', 'tests/plugins', 'lua/template'])
    if (existsSync(join(root, parent)))
      for (const name of readdirSync(join(root, parent)).sort()) add(join(root, parent, name, 'forms'));
  add(join(root, 'tests/forms/definitions'));
  return found;
}
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
// A shared section written out, as the program reads it.
const shared = ({ use, ...own }) => (use ? { ...read(join(root, `forms/sections/${use}.json`)), ...own } : own);
const whole = (form) => ({ ...form, sections: form.sections.map(shared) });
const newAjv = () => addFormats(new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }));

// Asks our program: one line in, one line out.
function ask(lines) {
  const run = spawnSync(tool, ['--en'], { input: lines.map((l) => JSON.stringify(l) + '\n').join(''), maxBuffer: 1 << 28, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.trimEnd().split('\n').map((l) => JSON.parse(l));
}
// Without places' rules, which need a map.
function withoutMap(form) {
  const copy = structuredClone(form);
  for (const section of copy.sections) for (const field of section.fields) delete field.rules;
  return copy;
}

// -- answers ---------------------------------------------------------------------------------------
// A repeated group is one question among the others, whose answer is a list of small forms.
const ofSection = (s) => s.repeat ? [{ ...s.repeat, id: s.id, type: 'group', group: s, required: (s.repeat.min ?? 0) > 0, sectionWhen: s.when }] : s.fields.map((f) => ({ ...f, sectionWhen: s.when }));
const fieldsOf = (form) => form.sections.flatMap(ofSection);
const itemForm = (group) => ({ sections: [{ ...group, repeat: undefined, when: undefined }] });
const isoDay = (days) => new Date(Date.UTC(1970, 0, 1) + days * 86400000).toISOString().slice(0, 10);
const daysOf = (iso) => Math.round(Date.parse(iso + 'T00:00:00Z') / 86400000);
function dayRule(text, otherwise) {
  if (text === undefined) return otherwise;
  const m = text.match(/^today(?:([+-])(\d+)([dmy]))?$/);
  if (!m) return daysOf(text);
  const now = new Date();
  let [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const amount = m[2] ? Number(m[2]) * (m[1] === '-' ? -1 : 1) : 0;
  if (m[3] === 'd') return Math.round(Date.UTC(year, month, day) / 86400000) + amount;
  month += m[3] === 'y' ? amount * 12 : amount;
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Math.round(Date.UTC(year, month, Math.min(day, last)) / 86400000);
}
const POINT = { type: 'Point', coordinates: [13.377, 49.747] };
const geometries = {
  point: POINT, address: { type: 'Point', coordinates: [13.378, 49.748] },
  line: { type: 'LineString', coordinates: [[13.377, 49.747], [13.378, 49.747]] },
  area: { type: 'Polygon', coordinates: [[[13.377, 49.747], [13.378, 49.747], [13.378, 49.748], [13.377, 49.748], [13.377, 49.747]]] },
};
geometries.route = geometries.line;
geometries.parcel = geometries.area;
const feature = (geometry, properties) => ({ type: 'Feature', ...(geometry === undefined ? {} : { geometry }), ...(properties === undefined ? {} : { properties }) });
// Features by what was chosen, for each kind that a field may ask for.
const chosen = {
  point: [feature(POINT), feature(POINT, null), feature(POINT, { kind: 'drawn', colour: 'red' }), feature(null, { kind: 'address', ids: ['21'] })],
  address: [feature(POINT, { kind: 'address', ids: ['21'] }), feature(undefined, { kind: 'address', ids: ['21'] })],
  line: [feature(geometries.line, {})],
  area: [feature(geometries.area), feature({ type: 'MultiPolygon', coordinates: [geometries.area.coordinates] }), feature(POINT, { kind: 'circle', radius_m: 12.5 }),
    feature(geometries.area, { kind: 'circle', radius_m: 30, center: [13.377, 49.747] }), feature(null, { kind: 'building', ids: ['1', '2'] }), feature(POINT, { kind: 'building' })],
  parcel: [feature(null, { kind: 'parcel', ids: ['1/2', 'parcel:3'] }), feature(POINT, { kind: 'parcel' }), feature({ nonsense: 1 }, { kind: 'parcel', ids: ['1'] })],
  route: [feature(geometries.line, { kind: 'route' }), feature(null, { kind: 'route', via: geometries.line.coordinates })],
};
// Some of these fit some fields.
const oddFeatures = [...Object.values(chosen).flat(), ...Object.values(geometries).map((each) => feature(each, { kind: 'parcel' })), feature(), feature(null), feature(POINT, 5), feature(POINT, []), feature(POINT, { kind: null }), feature(POINT, { kind: 'square' }),
  feature({ type: 'Point', coordinates: [13] }, { kind: 'address', ids: ['1'] }), feature(POINT, { kind: 'address' }), feature(POINT, { kind: 'address', ids: [] }), feature(POINT, { kind: 'address', ids: ['1', '2'] }), feature(POINT, { kind: 'address', ids: [1] }),
  feature(null, { kind: 'parcel', ids: ['x'.repeat(65)] }), feature(null, { kind: 'parcel', ids: Array(51).fill('1') }), feature(null, { kind: 'parcel', ids: '1' }), feature(null, { kind: 'parcel', ids: [''] }), feature(null, { kind: 'building' }),
  feature(POINT, { kind: 'circle' }), feature(POINT, { kind: 'circle', radius_m: 0.4 }), feature(POINT, { kind: 'circle', radius_m: '5' }), feature(POINT, { kind: 'circle', radius_m: 5001 }), feature({ type: 'Point', coordinates: ['a', 'b'] }, { kind: 'circle', radius_m: 5, center: [13.377, 49.747] }),
  feature(null, { kind: 'circle', radius_m: 5 }), feature(null, { kind: 'circle', radius_m: 5, center: [13.377] }), feature(null, { kind: 'route', via: [[13.377, 49.747]] }), feature(geometries.line, { kind: 'route', via: 5 }), feature(null, { kind: 'route', via: Array(26).fill([13.377, 49.747]) }),
  feature({ type: 'LineString', coordinates: Array.from({ length: 26 }, (_, i) => [13.377 + i / 1000, 49.747]) }, { kind: 'route' }), feature(POINT, { kind: 'route' }), { type: 'Point', coordinates: [13.377, 49.747, 'x'] }, { type: 'MultiPolygon', coordinates: [] }, { type: 'MultiPolygon', coordinates: [[]] }];
const collection = (...features) => ({ type: 'FeatureCollection', features });
const described = (each, text) => ({ ...each, properties: { ...each.properties, description: text } });
const words = (min, max, lines) => fc.array(fc.constantFrom(...'aBč ž9.,-"<🙂', ...(lines ? ['\n', '\t'] : [])), { minLength: min, maxLength: Math.min(max, min + 30) })
  .map((list) => list.join('')).filter((text) => /[^ \n\t]/.test(text));

// A value that fits the field, given the answers before it.
function good(field, answers) {
  switch (field.type) {
    case 'text': return field.pattern ? fc.stringMatching(new RegExp(`^(?:${field.pattern})$`, 'u'), { maxLength: 40 })
      .filter((t) => { const n = [...t].length; return n >= (field.min_length ?? 1) && n <= (field.max_length ?? 255) && /[^ ]/.test(t); })
      : words(field.min_length ?? 1, field.max_length ?? 255, false);
    case 'long_text': return words(field.min_length ?? 1, field.max_length ?? 5000, true);
    case 'number': return field.integer
      ? fc.integer({ min: Math.ceil(Math.max(field.min ?? -1e9, -1e9)), max: Math.floor(Math.min(field.max ?? 1e9, 1e9)) })
      : fc.double({ min: field.min ?? -1e9, max: field.max ?? 1e9, noNaN: true }).map((n) => Math.round(n * 100) / 100).filter((n) => n >= (field.min ?? -1e9) && n <= (field.max ?? 1e9)).map((n) => n + 0);
    case 'money': return fc.integer({ min: field.min ?? 0, max: Math.min(field.max ?? 1e9, 1e9) });
    case 'date': {
      const least = Math.max(dayRule(field.min, daysOf('1900-01-01')), field.after && answers[field.after] ? daysOf(answers[field.after]) + 1 : -1e6,
        field.not_before && answers[field.not_before] ? daysOf(answers[field.not_before]) : -1e6);
      return fc.integer({ min: least, max: Math.max(least, dayRule(field.max, daysOf('2100-12-31'))) }).map(isoDay);
    }
    case 'choice': return fc.constantFrom(...field.options.map((o) => o.value));
    case 'choices': return fc.shuffledSubarray(field.options.map((o) => o.value), { minLength: field.min ?? 1, maxLength: field.max ?? field.options.length });
    case 'yes_no': return fc.boolean();
    case 'email': return fc.constantFrom('jana@example.cz', 'a.b+c@sub.example.com', "o'neil@example.ie");
    case 'phone': return fc.constantFrom('+420602123456', '+498963648018', '+12025550123');
    case 'attachment': return fc.uniqueArray(reference, { minLength: field.min ?? 1, maxLength: field.max ?? 5 });
    case 'signature': return fc.oneof(reference.map((file) => ({ file })), words(1, 120, false).map((name) => ({ name })));
    case 'consent': return fc.constantFrom({ version: field.version }, ...Object.values(field.text).map((text) => ({ version: field.version, hash: createHash('sha256').update(text).digest('hex') })));
    case 'birth_number': return birthNumbers;
    case 'company_number': return fc.integer({ min: 1, max: 9999999 }).map((n) => { const base = String(n).padStart(7, '0'); return base + (11 - [...base].reduce((sum, d, i) => sum + d * (8 - i), 0) % 11) % 10; });
    case 'data_box': return fc.stringMatching(/^[a-z0-9]{7}$/);
    case 'postcode': return fc.stringMatching(/^[1-7][0-9]{4}$/);
    case 'vehicle_plate': return fc.oneof(fc.stringMatching(/^[1-9][A-FH-NPR-VX-Z][0-9][0-9]{4}$/), fc.constantFrom('PMA1234', 'EL001AA', '01V1234', 'PLZEN123', '1P1234', 'P12345', '101CD01'));
    case 'chip_number': return fc.stringMatching(/^(203|276|900|998)[0-9]{12}$/);
    case 'bank_account': return fc.constantFrom('19-2000145399/0800', 'CZ6907101781240000004159', { iban: 'CZ2806000000000168540115' }, { iban: 'CZ5855000000001265098001', account: '1265098001/5500' }, 'DE89370400440532013000');
    case 'date_range': return fc.tuple(fc.integer({ min: dayRule(field.min, daysOf('1990-01-01')), max: dayRule(field.max, daysOf('2100-12-31')) - 100 }), fc.integer({ min: (field.min_days ?? 1) - 1, max: (field.max_days ?? 90) - 1 }))
      .map(([from, days]) => ({ from: isoDay(from), to: isoDay(from + days) }));
    case 'parcel': case 'address': case 'location': {
      const kinds = field.kinds ?? [field.type === 'location' ? 'point' : field.type], one = fc.constantFrom(...kinds.flatMap((k) => [geometries[k], ...chosen[k]]));
      if (!field.several) return one;
      const whole = fc.constantFrom(...kinds.flatMap((k) => [feature(geometries[k]), ...chosen[k]]));
      const each = field.describe ? fc.tuple(whole, words(1, 200, false)).map(([it, text]) => described(it, text)) : whole;
      return fc.array(each, { minLength: field.several.min ?? 1, maxLength: Math.min(field.several.max ?? 50, 5) }).map((all) => collection(...all));
    }
  }
  throw new Error(`no generator for ${field.type}`);
}
// A day of birth, a serial number, and whatever digit makes it divisible by eleven.
const birthNumbers = fc.tuple(fc.integer({ min: daysOf('1954-01-01'), max: daysOf('2025-12-31') }), fc.integer({ min: 1, max: 999 }), fc.boolean()).map(([day, serial, woman]) => {
  const iso = isoDay(day), nine = iso.slice(2, 4) + String(Number(iso.slice(5, 7)) + (woman ? 50 : 0)).padStart(2, '0') + iso.slice(8, 10) + String(serial).padStart(3, '0');
  return nine + Number(nine) % 11;
}).filter((text) => text.length === 10);
const reference = fc.stringMatching(/^[0-9a-z]{26}\.[0-9a-z]{26}$/);
const REFERENCE = `${'a'.repeat(26)}.${'b'.repeat(26)}`;
// What is nearly right of the kinds with rules of their own.
const nearly = {
  attachment: [[], [REFERENCE, REFERENCE], [REFERENCE.toUpperCase()], [REFERENCE.slice(1)], [REFERENCE + 'x'], [5], REFERENCE, { id: 'a' }, [{ id: 'a' }], Array.from({ length: 6 }, (_, i) => REFERENCE.replace('a', String(i)))],
  signature: [{}, { name: '' }, { name: ' ' }, { name: 'a\nb' }, { name: 'x'.repeat(121) }, { name: 'č'.repeat(120) }, { name: 'a', file: REFERENCE }, { file: REFERENCE + 'x' }, { file: 5 }, { name: 5 }, REFERENCE, { x: 'a' }],
  consent: [{}, { version: '' }, { version: 'x' }, { version: '1', hash: '0' }, { version: '1', hash: 'a'.repeat(64) }, { version: '1', x: 'y' }, { version: 1 }, '1', true],
  birth_number: ['9051011234', '905101123', '541231123', '505101123', '9013011231', '900101001', '9001010018', '8605120030', '905101/1233'],
  company_number: ['00075370', '00075371', '75370', '00000000', '123456789'], data_box: ['6iybfxn', '6IYBFXN', '6iybfx', '6iybfxň'],
  postcode: ['30100', '301 00', '80100', '00100', '3010'], vehicle_plate: ['1P23456', '1p23456', '1P2 3456', 'ABCDEFGH', '12345678', '1Q23456', 'PMA1234'],
  chip_number: ['203098100123456', '999098100123456', '000098100123456', '895098100123456', '20309810012345'],
  bank_account: ['19-2000145399/0800', '19-2000145398/0800', '0/0800', '1/0100', '19-2000145399/0000', 'CZ6608000000192000145399', 'CZ65', 'cz6508000000192000145399', 'DE8937040044053201300', {}, { iban: '' }, { iban: 'CZ6508000000192000145399', account: '' },
    { account: '19-2000145399/0800' }, { iban: 'CZ6508000000192000145399', account: '178124-4159/0710' }, { iban: 5 }, { iban: 'CZ6508000000192000145399', x: 1 }],
  date_range: [{}, { from: '2027-01-01' }, { from: '2027-01-01', to: '2027-01-10' }, { from: '2027-02-30', to: '2027-03-10' }, { from: '2027-01-10', to: '2027-01-01' }, { from: '2027-01-01', to: '2027-12-31' }, { from: '2027-01-01', to: '2027-01-01' }, { from: '2020-01-01', to: '2020-01-05' }, { from: '1799-12-31', to: '3000-01-01' }, { from: 1, to: 2 },
    { from: '2027-01-01', to: '2027-01-10', x: 1 }, { from: '2027-1-1', to: '2027-01-10' }],
};
// Values that mostly do not fit: wrong types, just over a limit, strange characters.
// No NUL: the JSON reader refuses that before a form is asked.
function odd(field) {
  const any = fc.oneof(fc.constantFrom(null, true, false, '', ' ', 0, -1, 1, 1.5, 1e300, -1e17, 9007199254740993, [], {}, [null], ['a', 'a'], '2026-02-30', '2026-13-01', '1799-12-31', '3000-01-01', '9999-12-31', '0000-01-01', 'a\nb', 'a\tb', 'a\u0007', 'a\u2028', '\u0085x', 'a\r\nb', 'yes', '+420', '602123456', 'a@b', ' a@b.cz', 'x'.repeat(300), 'x'.repeat(5001)),
    fc.string({ unit: 'binary', maxLength: 30 }).map((t) => t.replaceAll('\0', '')), fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.array(fc.constantFrom('a', 'x', 'p', 'q', 1), { maxLength: 5 }));
  const near = [...nearly[field.type] ?? []];
  for (const limit of [field.min, field.max].filter((n) => typeof n === 'number')) near.push(limit - 1, limit, limit + 1, limit + 0.5);
  for (const n of [field.min_length, field.max_length].filter(Boolean)) near.push('x'.repeat(n - 1), 'č'.repeat(n), '🙂'.repeat(n), 'x'.repeat(n + 1));
  if (field.type === 'date' || field.type === 'date_range') for (const rule of [field.min, field.max]) { const day = dayRule(rule, daysOf('2026-11-24')); near.push(isoDay(day - 1), isoDay(day), isoDay(day + 1), isoDay(day + 366), isoDay(day - 3660)); }
  if (field.options) near.push('zzz', [field.options[0].value], [field.options[0].value, field.options[0].value], field.options.map((o) => o.value), field.options[0].value);
  // Only shapes that plain JSON Schema can tell apart: crossing outlines and the like are the map's to refuse.
  const seldom = field.several ? [collection(), { type: 'FeatureCollection' }, { type: 'FeatureCollection', features: {} }, collection(null), collection(POINT), collection({}), ...oddFeatures.map((each) => collection(each)), ...oddFeatures.map((each) => collection(described(each, 'x'))),
    ...['', ' ', 'a\nb', 5, null, 'č'.repeat(200), 'č'.repeat(201)].map((text) => collection(described(feature(POINT), text))), collection(...Array(21).fill(described(feature(POINT), 'x')))] : oddFeatures;
  if (['location', 'parcel', 'address'].includes(field.type)) return fc.constantFrom(...Object.values(geometries), ...seldom, null, 'x', {}, [], 5, { type: 'Point' }, { type: 'Point', coordinates: [] }, { type: 'Point', coordinates: ['a', 'b'] }, { type: 'Circle', coordinates: [13, 49] }, { type: 'Polygon', coordinates: [[]] }, { type: 'LineString', coordinates: [[13.3, 49.7]] });
  return near.length ? fc.oneof(any, fc.constantFrom(...near)) : any;
}
// Conditions look at what is kept: of a Feature its geometry, of a circle the polygon that it becomes.
function kept(value) {
  if (value?.type !== 'Feature') return value;
  const { kind = 'drawn', ids } = value.properties ?? {};
  if (kind === 'circle') return { type: 'Polygon' };
  return kind === 'drawn' || (value.geometry?.type === 'Point' && (kind === 'address' || !ids)) ? value.geometry : value;
}
function asked(field, answers, outer = {}) {
  const known = Object.fromEntries(Object.entries(answers).map(([id, value]) => [id, kept(value)]));
  return [field.sectionWhen, field.when].every((rule) => rule === undefined || truthy(applyRule(rule, { ...outer, ...known })));
}
const truthy = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));

// Deterministic: each answer has a seed of its own.
const sample = (arbitrary, seed) => fc.sample(arbitrary, { numRuns: 1, seed })[0];
function validAnswers(form, seed, outer = {}) {
  const answers = {};
  fieldsOf(form).forEach((field, i) => {
    const roll = sample(fc.integer({ min: 0, max: 9 }), seed * 1009 + i);
    if (!asked(field, answers, outer) || (field.required === false && roll < 5)) return;
    answers[field.id] = field.group ? validItems(field, seed * 53 + i, answers) : sample(good(field, { ...outer, ...answers }), seed * 7919 + i);
  });
  return answers;
}
function validItems(field, seed, outer) {
  const count = sample(fc.integer({ min: field.min ?? 0, max: Math.min(field.max ?? 50, 6) }), seed);
  return Array.from({ length: count }, (_, i) => validAnswers(itemForm(field.group), seed * 61 + i, outer));
}
// A list that is too long, of other things, or with one item that is broken.
function brokenItems(field, seed, answers) {
  const items = validItems(field, seed, answers), how = sample(fc.integer({ min: 0, max: 9 }), seed * 3);
  if (how === 0) return sample(fc.constantFrom(null, {}, 'x', 5, [null], ['x'], [[]], [...items, 5]), seed);
  if (how === 1) return [...items, ...Array(field.max ?? 50).fill(items[0] ?? {})];
  if (how === 2) return items.slice(0, Math.max(0, (field.min ?? 0) - 1));
  const at = sample(fc.nat({ max: Math.max(0, items.length - 1) }), seed * 5);
  items[at] = brokenAnswers(itemForm(field.group), seed * 7, answers);
  return items;
}
function brokenAnswers(form, seed, outer = {}) {
  const answers = validAnswers(form, seed, outer), fields = fieldsOf(form);
  const pick = (max, salt) => sample(fc.integer({ min: 0, max }), seed * 31 + salt);
  for (let n = 0; n <= pick(1, 1); n++) {
    const field = fields[pick(fields.length - 1, 2 + n)];
    const how = pick(9, 10 + n);
    if (how < 8 && field.group) answers[field.id] = brokenItems(field, seed * 13 + n, answers);
    else if (how === 8 && field.group) answers[field.id] = validItems(field, seed * 17 + n, answers);
    else if (how < 6) answers[field.id] = sample(odd(field), seed * 13 + n);
    else if (how < 8) delete answers[field.id];
    else if (how === 8) answers[field.id] = sample(good(field, answers), seed * 17 + n);
    else answers['unknown_' + n] = 'x';
  }
  return answers;
}

// -- tests -----------------------------------------------------------------------------------------
const files = definitions();
const authors = newAjv().compile(read(join(root, 'forms/form.schema.json')));

test('every definition fits form.schema.json', () => {
  assert.ok(files.length >= 3);
  for (const file of files) assert.ok(authors(read(file)), `${file}: ${JSON.stringify(authors.errors, null, 1)}`);
});

test('definitions with faults of shape do not fit form.schema.json', () => {
  for (const name of ['names', 'limits', 'conditions', 'list', 'groups', 'steps'])
    assert.equal(authors(read(join(root, `tests/unit/forms/faults/${name}.json`))), false, name);
});

// Rules that JSON Schema cannot say stand in the field's $comment; only such refusals may be ours alone.
const DESCRIBED = ['form.after', 'form.not_before', 'form.required', 'form.not_asked', 'form.birth_number_day', 'form.birth_number_sum', 'form.company_number', 'form.company_number_sum', 'form.bank_account', 'form.bank_account_sum', 'form.range_order', 'form.range_short', 'form.range_long'];
const propertyAt = (schema, path) => path.split('.').reduce((at, part) => (/^\d+$/.test(part) ? at?.items : at?.properties?.[part]), schema);
const serverSays = (schema, error) => DESCRIBED.includes(error.code) && /^checked by the server/.test(propertyAt(schema, error.path)?.$comment ?? '');

for (const file of files) {
  test(`ajv agrees with us on ${basename(file)}`, () => {
    const form = withoutMap(whole(read(file)));
    const cases = [];
    for (let i = 0; i < VALID; i++) cases.push({ valid: true, answers: validAnswers(form, SEED + i) });
    for (let i = 0; i < BROKEN; i++) cases.push({ valid: false, answers: brokenAnswers(form, SEED + i) });
    const [{ schema, faults }, ...verdicts] = ask([{ form }, ...cases.map(({ answers }) => ({ answers }))]);
    assert.equal(faults, undefined, JSON.stringify(faults));
    const judge = newAjv().compile(schema);
    let accepted = 0, refused = 0;
    cases.forEach(({ valid, answers }, i) => {
      const ours = verdicts[i].errors, theirs = judge(answers);
      const shown = `${JSON.stringify(answers)}\nours: ${JSON.stringify(ours)}\najv: ${JSON.stringify(judge.errors)}`;
      assert.equal(verdicts[i].broken, undefined, shown);
      if (valid) assert.deepEqual(ours, [], shown);
      if (ours.length > 0 && ours.every((error) => serverSays(schema, error))) return;
      assert.equal(theirs, ours.length === 0, shown);
      if (theirs) accepted++; else refused++;
    });
    assert.ok(accepted >= VALID, `${accepted} accepted`);
    assert.ok(refused >= BROKEN / 3, `${refused} refused`);
  });
}
