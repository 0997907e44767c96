// JsonLogic (jsonlogic.com) as form definitions use it: the same operations, limits and answers as forms/condition.c.
// "log" and "method" are left out on purpose: a condition writes nothing and calls nothing.

export const truthy = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
const own = (at, name) => (at !== null && typeof at === 'object' && Object.hasOwn(at, name) && !(Array.isArray(at) && name === 'length') ? at[name] : undefined);

function find(data, path, otherwise = null) {
  if (path === undefined || path === '' || path === null) return data;
  const found = String(path).split('.').reduce(own, data);
  return found === undefined ? otherwise : found;
}

const missing = (names, data) => names.filter((name) => [null, ''].includes(find(data, name)));
const itemsOf = (value) => (Array.isArray(value) ? value : []);
const parse = (value) => parseFloat(value);

// What sees its arguments before they are evaluated.
const lazy = {
  if(args, data) {
    let i = 0;
    for (; i + 1 < args.length; i += 2) if (truthy(evaluate(args[i], data))) return evaluate(args[i + 1], data);
    return i < args.length ? evaluate(args[i], data) : null;
  },
  and(args, data) {
    let value = null;
    for (const arg of args) if (!truthy((value = evaluate(arg, data)))) break;
    return value;
  },
  or(args, data) {
    let value = null;
    for (const arg of args) if (truthy((value = evaluate(arg, data)))) break;
    return value;
  },
  filter: ([list, rule], data) => itemsOf(evaluate(list, data)).filter((item) => truthy(evaluate(rule, item))),
  map: ([list, rule], data) => itemsOf(evaluate(list, data)).map((item) => evaluate(rule, item)),
  reduce: ([list, rule, first = null], data) =>
    itemsOf(evaluate(list, data)).reduce((accumulator, current) => evaluate(rule, { current, accumulator }), evaluate(first, data)),
  some: ([list, rule], data) => itemsOf(evaluate(list, data)).some((item) => truthy(evaluate(rule, item))),
  none: ([list, rule], data) => !itemsOf(evaluate(list, data)).some((item) => truthy(evaluate(rule, item))),
  all([list, rule], data) {
    const items = itemsOf(evaluate(list, data));
    return items.length > 0 && items.every((item) => truthy(evaluate(rule, item)));
  },
};
lazy['?:'] = lazy.if;

function substr(source, start, count) {
  const letters = [...String(source)];
  const from = letters.slice(start < 0 ? Math.max(0, letters.length + start) : start);
  if (count === undefined || count === null) return from.join('');
  return from.slice(0, count).join('');
}

const strict = {
  var: (data, path, otherwise) => find(data, path, otherwise ?? null),
  missing: (data, ...names) => missing(Array.isArray(names[0]) ? names[0] : names, data),
  missing_some(data, wanted, names) {
    const lacking = missing(names, data);
    return names.length - lacking.length >= wanted ? [] : lacking;
  },
  '==': (_, a, b) => a == b,
  '===': (_, a, b) => a === b,
  '!=': (_, a, b) => a != b,
  '!==': (_, a, b) => a !== b,
  '<': (_, a, b, c) => (c === undefined ? a < b : a < b && b < c),
  '<=': (_, a, b, c) => (c === undefined ? a <= b : a <= b && b <= c),
  '>': (_, a, b) => a > b,
  '>=': (_, a, b) => a >= b,
  '!': (_, a) => !truthy(a),
  '!!': (_, a) => truthy(a),
  in: (_, needle, hay) => (typeof hay === 'string' ? hay !== '' && hay.includes(String(needle)) : itemsOf(hay).includes(needle)),
  '+': (_, ...all) => all.reduce((sum, each) => sum + parse(each), 0),
  '-': (_, a, b) => (b === undefined ? -a : a - b),
  '*': (_, ...all) => (all.length === 1 ? all[0] : all.reduce((product, each) => product * parse(each), 1)),
  '/': (_, a, b) => a / b,
  '%': (_, a, b) => a % b,
  min: (_, ...all) => Math.min(...all),
  max: (_, ...all) => Math.max(...all),
  cat: (_, ...all) => all.join(''),
  substr: (_, source, start, count) => substr(source, start, count),
  merge: (_, ...all) => all.flat(),
};

// Throws on an operation that it does not know.
export function evaluate(rule, data) {
  if (Array.isArray(rule)) return rule.map((each) => evaluate(each, data));
  const names = rule !== null && typeof rule === 'object' ? Object.keys(rule) : [];
  if (names.length !== 1) return rule;
  const [name] = names;
  const args = Array.isArray(rule[name]) ? rule[name] : [rule[name]];
  if (Object.hasOwn(lazy, name)) return lazy[name](args, data);
  if (!Object.hasOwn(strict, name)) throw new Error(`unknown operation ${name}`);
  return strict[name](data, ...args.map((arg) => evaluate(arg, data))) ?? null;
}
