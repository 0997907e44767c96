// layers.schema.json, which editors use, agrees with what the program takes: the shipped file, what it documents, and
// what it refuses.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { epo } from '../support/portal.mjs';

const read = (file) => JSON.parse(readFileSync(new URL(`../../maps/${file}`, import.meta.url), 'utf8'));
const valid = new Ajv({ allErrors: true }).compile(read('layers.schema.json'));
const folder = mkdtempSync(join(tmpdir(), 'epo-layers-'));

/** Does the program take the file? It reads it before the one to be imported, which is missing. */
function taken(layers) {
  writeFileSync(join(folder, 'own.json'), JSON.stringify(layers));
  const done = epo('map', 'import', join(folder, 'none.geojson'), '--layer', 'x', '--mapping', join(folder, 'own.json'), '-C', folder);
  assert.equal(done.status, 1, done.stderr);
  if (/none\.geojson cannot be read/.test(done.stderr)) return true;
  assert.match(done.stderr, /own\.json:1: /);
  return false;
}

describe('layers.json', () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('as shipped is what its schema says', () => {
    assert.ok(valid(read('layers.json')), JSON.stringify(valid.errors));
  });

  const lamp = (members) => ({ layers: { lamp: members } });
  const good = [
    {}, { layers: {} }, lamp({}), lamp({ role: 'picture', shape: 'line', visible: 'clerks' }),
    lamp({ title: { cs: 'Lampy', en: 'Lamps' }, public_fields: ['name', 'height'], properties: { height: ['vyska', 'height'] } }),
    lamp({ fields: { kind: { from: 'typ', values: { A: 'b' }, otherwise: 'c' }, rank: { value: '3' }, name: 'nazev' } }),
    lamp({ sources: [{ layer: 'points', format: 'osm', where: { highway: ['street_lamp'], lit: true, ref: 'x' }, fields: { id: 'ref' } }] }),
  ];
  const bad = [
    { layer: {} }, { layers: [] }, { layers: { Lampa: {} } }, lamp({ colour: 'red' }), lamp({ role: 'owner' }), lamp({ shape: 'round' }),
    lamp({ visible: 'nobody' }), lamp({ title: { cs: 'Lampy' } }), lamp({ public_fields: 'name' }), lamp({ fields: { colour: 'barva' } }),
    lamp({ fields: { kind: 7 } }), lamp({ fields: { kind: { values: {} } } }), lamp({ fields: { kind: { from: 'a', values: { b: 3 } } } }),
    lamp({ properties: { Výška: 'a' } }), lamp({ sources: [{ format: 'osm' }] }), lamp({ sources: [{ layer: 'a', where: { b: 7 } }] }),
    { fields: { id: {} } },
  ];
  for (const layers of good) it(`takes ${JSON.stringify(layers)}`, () => {
    assert.ok(valid(layers), JSON.stringify(valid.errors));
    assert.ok(taken(layers));
  });
  for (const layers of bad) it(`refuses ${JSON.stringify(layers)}`, () => {
    assert.ok(!valid(layers));
    assert.ok(!taken(layers));
  });
});
