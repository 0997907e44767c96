// The portal's own table of addresses, read from its source: what is added there is tested here.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';

const SOURCE = new URL('../../../core/http/routes.c', import.meta.url);
const ROW = /\{\s*(EPO_[A-Z_ |\n]+),\s*"(\/[^"]*)",\s*\w+,\s*([A-Z_0-9 |\n]+),\s*"([\w.]+)"\s*\}/g;

/** [{methods, pattern, flags, name}] */
export function routes() {
  const text = readFileSync(SOURCE, 'utf8');
  const rows = [...text.matchAll(ROW)].map(([, methods, pattern, flags, name]) => ({
    methods: methods.split('|').map((bit) => bit.trim().slice(4)), pattern, flags: flags.split('|').map((bit) => bit.trim()), name,
  }));
  assert.ok(rows.length > 30, 'the table was read');
  assert.equal(rows.length, text.match(/^\s+\{EPO_/gm).length, 'every row of it');
  return rows;
}

const VALUES = { agenda: 'dog_fee', form: 'registration', number: '2026-000001', page: 'dogs', 'route*': 'dogs', z: '12', x: '2200', y: '1393.mvt', style: 'style-light.json', id: 'aerial', layer: 'permits', tilejson: 'permits.json' };
/** A concrete address of a route. */
export const address = (pattern, values = {}) => pattern.replace(/\{([^}]+)\}/g, (_, name) => ({ ...VALUES, ...values })[name] ?? 'x');
