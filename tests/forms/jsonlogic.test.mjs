// Conditions are JsonLogic: the server (forms/condition.c) and the page (core/web/scripts/jsonlogic.mjs) must give
// the same answers as others do. Judges: the public tests of JsonLogic (jsonlogic.com/tests.json), the tests that
// json-logic-engine ships, run against ours instead of its own engine, and the reference json-logic-js over generated
// rules.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import vm from 'node:vm';
import fc from 'fast-check';
import reference from 'json-logic-js';
import { evaluate } from '../../core/web/scripts/jsonlogic.mjs';

const root = join(import.meta.dirname, '..', '..');
const tool = join(process.env.EPO_BIN_DIR ?? join(root, 'build/debug'), 'tests/support_validate');

/** Values of the server, as JSON; "broken" where it refuses. */
function ask(cases) {
  const run = spawnSync(tool, { input: cases.map((each) => `${JSON.stringify(each)}\n`).join(''), maxBuffer: 1 << 28, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.trimEnd().split('\n').map((line) => JSON.parse(line)).map(({ value, broken }) => broken ?? JSON.stringify(value));
}
const json = (value) => JSON.stringify(value ?? null);
const page = ({ rule, data }) => json(evaluate(rule, data ?? null));

// What is left out on purpose; json-logic-engine has more beyond JsonLogic.
const LEFT_OUT = ['log', 'method'];
const KNOWN = ['var', 'missing', 'missing_some', '==', '===', '!=', '!==', '!', '!!', 'and', 'or', 'if', '?:', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%', 'min', 'max', 'cat', 'substr', 'merge', 'some', 'all', 'none', 'filter', 'map', 'reduce'];
const operations = (rule) => (Array.isArray(rule) ? rule.flatMap(operations)
  : rule && typeof rule === 'object' ? Object.entries(rule).flatMap(([name, inner]) => [name, ...operations(inner)]) : []);

/** Each {rule, data, expected} of the tests of json-logic-engine. */
function shipped() {
  const folder = dirname(dirname(dirname(createRequire(import.meta.url).resolve('json-logic-engine'))));
  const source = readFileSync(join(folder, 'test.js'), 'utf8').replace(/^import .*$/gm, '');
  const found = [];
  class LogicEngine {
    run(rule, data) { return { rule, data }; }
    build(rule) { return (data) => ({ rule, data }); }
    addMethod() {}
    addModule() {}
  }
  const keep = (given) => (expected) => { if (given && 'rule' in given) found.push({ ...given, expected }); };
  const expect = (given) => ({ toBe: keep(given), toEqual: keep(given), toStrictEqual: keep(given), toThrow() {}, toBeTruthy() {}, resolves: {}, not: { toBe() {} } });
  const run = (_, body) => { try { body(); } catch { /* of what we do not have */ } };
  vm.runInNewContext(source, { LogicEngine, describe: run, test: run, it: run, expect });
  return JSON.parse(JSON.stringify(found));
}

// The public set as json-logic-engine 1.2.10 carried it: 275 of its 277, item for item the same; the two that came
// later, of logic inside an array, stand here.
const later = [
  [[1, { var: 'x' }, 3], { x: 2 }, [1, 2, 3]],
  [{ if: [{ var: 'x' }, [{ var: 'y' }], 99] }, { x: true, y: 42 }, [42]],
];
const whole = [...JSON.parse(readFileSync(join(root, 'node_modules/jsonlogic-tests/bench/tests.json'), 'utf8')).filter(Array.isArray), ...later]
  .map(([rule, given, expected]) => ({ rule, data: given, expected }));
test(`the public tests of JsonLogic, all ${whole.length}, on the server and in the page`, () => {
  assert.equal(whole.length, 277);
  const server = ask(whole);
  whole.forEach((each, i) => {
    assert.equal(server[i], json(each.expected), `server: ${JSON.stringify(each)}`);
    assert.equal(page(each), json(each.expected), `page: ${JSON.stringify(each)}`);
  });
});

test('the tests that json-logic-engine ships', () => {
  const all = shipped().filter(({ rule }) => rule !== undefined);
  const ours = all.filter(({ rule }) => operations(rule).every((name) => KNOWN.includes(name)));
  assert.ok(ours.length >= 60, `${ours.length} of ${all.length}`);
  const server = ask(ours);
  ours.forEach((each, i) => {
    const reference_ = json(reference.apply(each.rule, each.data));
    if (reference_ !== json(each.expected)) return; // where that engine goes ways of its own
    assert.equal(server[i], json(each.expected), `server: ${JSON.stringify(each)}`);
    assert.equal(page(each), json(each.expected), `page: ${JSON.stringify(each)}`);
  });
  assert.ok(ours.filter((each) => json(reference.apply(each.rule, each.data)) === json(each.expected)).length >= 60);
});

// -- generated rules ----------------------------------------------------------------------------------------------
const data = { a: 1, b: 'x', c: [1, 2, 3], d: { e: 'č', f: [{ g: 5 }, { g: 0 }] }, n: null, t: true, s: '12', empty: '', list: ['x', 'y'], none: [] };
const paths = ['a', 'b', 'c', 'd', 'd.e', 'd.f', 'd.f.0.g', 'c.1', 'n', 't', 's', 'empty', 'list', 'none', 'missing', 'd.x.y', ''];
const plain = fc.oneof(fc.constantFrom(0, 1, 2, 5, -3, 1.5, '', 'x', '1', '12', 'abc', 'č', ' 7 ', true, false, null), fc.constantFrom([], [1], ['x'], [1, 'x', null]));
const variable = fc.oneof(fc.constantFrom(...paths).map((path) => ({ var: path })), fc.tuple(fc.constantFrom(...paths), plain).map((both) => ({ var: both })));
const { rule } = fc.letrec((tie) => {
  const any = tie('rule');
  const of = (name, min, max = min) => fc.array(any, { minLength: min, maxLength: max }).map((args) => ({ [name]: args }));
  const inner = fc.oneof(fc.constantFrom({ '>': [{ var: '' }, 1] }, { var: '' }, { '===': [{ var: 'g' }, 5] }, { '+': [{ var: '' }, 1] }, { '!': { var: '' } }), any);
  const over = (name) => fc.tuple(fc.constantFrom({ var: 'c' }, { var: 'list' }, { var: 'd.f' }, { var: 'none' }, { var: 'missing' }, [1, 0, 'x']), inner).map((both) => ({ [name]: both }));
  return {
    rule: fc.oneof({ maxDepth: 4, depthIdentifier: 'rule' }, plain, variable,
      ...['==', '===', '!=', '!==', '>', '>=', '/', '%', 'in'].map((name) => of(name, 2)), ...['<', '<='].map((name) => of(name, 2, 3)), ...['!', '!!'].map((name) => of(name, 1)),
      ...['and', 'or', 'if', '?:', '+', '*', 'min', 'max', 'cat', 'merge'].map((name) => of(name, 1, 4)), of('-', 1, 2),
      ...['some', 'all', 'none', 'filter', 'map'].map(over), over('reduce').map(({ reduce: [list] }) => ({ reduce: [list, { '+': [{ var: 'current' }, { var: 'accumulator' }] }, 0] })),
      fc.subarray(paths.slice(0, -1), { minLength: 1 }).map((names) => ({ missing: names })), fc.tuple(fc.nat(3), fc.subarray(paths.slice(0, -1))).map((both) => ({ missing_some: both })),
      fc.tuple(fc.constantFrom('jsonlogic', 'čárka', '', 12345), fc.integer({ min: -6, max: 12 }), fc.option(fc.integer({ min: -6, max: 12 }), { nil: undefined })).map((args) => ({ substr: args.filter((each) => each !== undefined) }))),
  };
});

test('server and page agree with json-logic-js on generated rules', () => {
  const rules = fc.sample(rule, { numRuns: 4000, seed: 20261128 }).map((each) => ({ rule: each, data }));
  const server = ask(rules);
  let decided = 0;
  rules.forEach((each, i) => {
    let wanted;
    try { wanted = json(reference.apply(each.rule, data)); } catch { return; } // it reads a property of null
    assert.equal(page(each), wanted, `page: ${JSON.stringify(each.rule)}`);
    assert.equal(server[i], wanted, `server: ${JSON.stringify(each.rule)}`);
    decided++;
  });
  assert.ok(decided > 3900, `${decided}`);
});

test('what is left out is refused when a form is read, and said so', () => {
  const form = (when) => ({ id: 't', title: { cs: 't', en: 't' }, sections: [{ id: 's', title: { cs: 's', en: 's' }, fields: [
    { id: 'a', type: 'text', label: { cs: 'a', en: 'a' } }, { id: 'b', type: 'text', label: { cs: 'b', en: 'b' }, when }] }] });
  const read = (when) => {
    const run = spawnSync(tool, { input: `${JSON.stringify({ form: form(when) })}\n`, encoding: 'utf8' });
    return JSON.parse(run.stdout).faults ?? [];
  };
  for (const name of LEFT_OUT) assert.match(read({ [name]: [{ var: 'a' }] }).join(), new RegExp(`"${name}" of JsonLogic is not taken here`));
  for (const name of KNOWN) assert.equal(read({ [name]: [{ var: 'a' }] }).some((fault) => /unknown operation|not taken/.test(fault)), false, name);
  assert.match(read({ summ: [1] }).join(), /unknown operation "summ"/);
  assert.match(read({ missing_some: [1, ['a', 'bb']] }).join(), /no earlier field/);
});
