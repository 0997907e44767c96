// A portal's folder made from nothing: where its parents are missing, too (as ./dev run asks for var/demo in a fresh
// clone, where there is no var), and where it cannot be made.
import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { epo } from '../support/portal.mjs';

describe('epo init', () => {
  const folder = mkdtempSync(join(tmpdir(), 'epo-init-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('makes the folders above as well', () => {
    const made = epo('init', join(folder, 'var/of/many'));
    assert.equal(made.status, 0, made.stderr);
    assert.ok(existsSync(join(folder, 'var/of/many/epo.json')));
  });

  it('makes no account: there is none with a password that others know', () => {
    const listed = epo('account', 'list', '-C', join(folder, 'var/of/many'));
    assert.equal(listed.status, 0, listed.stderr);
    assert.equal(listed.stdout.trim(), '');
    assert.ok(!existsSync(join(folder, 'var/of/many/demo-accounts.json')));
  });

  it('takes the metric system of a city elsewhere, and refuses the map in another one', () => {
    const home = join(folder, 'elsewhere'), settings = join(home, 'epo.json');
    const street = { type: 'Feature', properties: { id: '1', name: 'Ludwigstraße' }, geometry: { type: 'LineString', coordinates: [[11.5, 49.94], [11.5, 49.941]] } };
    writeFileSync(join(folder, 'street.geojson'), JSON.stringify(street));
    for (const [system, why] of [['EPSG:3857', /measures too wrong/], ['EPSG:4326', /no projected/]])
      assert.match(epo('init', home, '--crs', system).stderr, why);
    assert.match(epo('init', home, '--demo', '--crs', 'EPSG:25832').stderr, /the demo city is in EPSG:5514/);
    assert.equal(epo('init', home, '--crs', 'EPSG:25832').status, 0);
    assert.equal(JSON.parse(readFileSync(settings, 'utf8')).crs, 'EPSG:25832');
    const importing = () => epo('map', 'import', join(folder, 'street.geojson'), '--layer', 'street', '-C', home);
    assert.match(importing().stdout, /^1 rows: 1 new/);
    const facts = JSON.parse(epo('map', 'locate', '11.5', '49.9405', '-C', home).stdout);
    assert.equal(facts.street.name, 'Ludwigstraße');
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('25832', '25833'));
    for (const refused of [importing(), epo('map', 'layers', '-C', home)]) {
      assert.notEqual(refused.status, 0);
      assert.match(refused.stderr, /the map base is in EPSG:25832 and the portal in EPSG:25833/);
    }
  });

  it('says what stands in its way', () => {
    writeFileSync(join(folder, 'file'), '');
    const made = epo('init', join(folder, 'file/portal'));
    assert.equal(made.status, 3, made.stderr);
    assert.match(made.stderr, /file\/portal cannot be made: Not a directory/);
  });
});
