// Czech public holidays from 2000 to 2040: ours and those of the package date-holidays are the same days.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Holidays from 'date-holidays';

const root = join(import.meta.dirname, '..', '..'), FIRST = 2000, LAST = 2040;
const tool = join(process.env.EPO_BIN_DIR ?? join(root, 'build/debug'), 'tests/support_workday');

test('the days off of 41 years', () => {
  const ours = spawnSync(tool, [FIRST, LAST], { encoding: 'utf8' });
  assert.equal(ours.status, 0, ours.stderr);
  const judge = new Holidays('CZ'), theirs = new Set();
  for (let year = FIRST; year <= LAST; year++)
    for (const { date, type, rule } of judge.getHolidays(year))
      // Good Friday became a holiday by Act 359/2015 Coll., from 2016; the package has it for all years.
      if (type === 'public' && !(rule === 'easter -2' && year < 2016)) theirs.add(date.slice(0, 10));
  const list = ours.stdout.trim().split('\n');
  assert.deepEqual(list, [...theirs].sort());
  assert.equal(list.length, 41 * 12 + (2040 - 2016 + 1));
});
