// JsonLogic in JavaScript's own words: what a condition means, told independently of our C.
const find = (data, path) => (path === '' || path === null || path === undefined ? data
  : String(path).split('.').reduce((at, part) => (at === null || at === undefined ? undefined : at[part]), data));
const truthy = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
const lazy = {
  if: (args, data) => {
    for (let i = 0; i + 1 < args.length; i += 2) if (truthy(applyRule(args[i], data))) return applyRule(args[i + 1], data);
    return args.length % 2 ? applyRule(args.at(-1), data) : null;
  },
  and: (args, data) => args.reduce((last, arg) => (truthy(last) ? applyRule(arg, data) : last), true),
  or: (args, data) => args.reduce((last, arg) => (truthy(last) ? last : applyRule(arg, data)), false),
  some: ([list, rule], data) => (applyRule(list, data) ?? []).some((item) => truthy(applyRule(rule, item))),
  all: ([list, rule], data) => { const items = applyRule(list, data) ?? []; return items.length > 0 && items.every((item) => truthy(applyRule(rule, item))); },
  none: ([list, rule], data) => !(applyRule(list, data) ?? []).some((item) => truthy(applyRule(rule, item))),
  missing: (args, data) => args.flat().filter((name) => [undefined, null, ''].includes(find(data, applyRule(name, data)))),
};
const strict = {
  '==': (a, b) => a == b, '===': (a, b) => a === b, '!=': (a, b) => a != b, '!==': (a, b) => a !== b,
  '<': (a, b, c) => (c === undefined ? a < b : a < b && b < c), '<=': (a, b, c) => (c === undefined ? a <= b : a <= b && b <= c),
  '>': (a, b) => a > b, '>=': (a, b) => a >= b, '!': (a) => !truthy(a), '!!': (a) => truthy(a),
  in: (a, b) => Boolean(b?.indexOf) && b.indexOf(a) >= 0,
  '+': (...n) => n.reduce((a, b) => a + parseFloat(b), 0), '-': (a, b) => (b === undefined ? -a : a - b),
  '*': (...n) => n.reduce((a, b) => a * parseFloat(b), 1), '/': (a, b) => a / b, '%': (a, b) => a % b,
  min: (...n) => Math.min(...n), max: (...n) => Math.max(...n), cat: (...t) => t.join(''),
};

export function applyRule(rule, data) {
  if (Array.isArray(rule)) return rule.map((each) => applyRule(each, data));
  if (rule === null || typeof rule !== 'object') return rule;
  const [name] = Object.keys(rule);
  const args = Array.isArray(rule[name]) ? rule[name] : [rule[name]];
  if (name === 'var') return find(data, applyRule(args[0], data)) ?? applyRule(args[1] ?? null, data);
  if (lazy[name]) return lazy[name](args, data);
  if (!strict[name]) throw new Error(`unknown operation ${name}`);
  return strict[name](...args.map((arg) => applyRule(arg, data)));
}
