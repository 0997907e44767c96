// A portal's folder made from nothing: where its parents are missing, too (as ./dev run asks for var/demo in a fresh
// clone, where there is no var), and where it cannot be made.
import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  it('says what stands in its way', () => {
    writeFileSync(join(folder, 'file'), '');
    const made = epo('init', join(folder, 'file/portal'));
    assert.equal(made.status, 3, made.stderr);
    assert.match(made.stderr, /file\/portal cannot be made: Not a directory/);
  });
});
