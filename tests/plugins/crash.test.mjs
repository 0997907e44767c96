// A C plugin that crashes in a hook takes the process along: it is trusted code. The log says whose crash it was; what
// was acknowledged before is there after the restart.
import { strict as assert } from 'node:assert';
import { after, before, it } from 'node:test';
import { join } from 'node:path';
import { cpSync } from 'node:fs';

import { fileDog } from '../http/support/people.mjs';
import { build, events, finish, here, openFolder, place, start } from './support/plugins.mjs';

const NAMES = { null_pointer: `return *nowhere`, stack_overflow: 'return route(self, call, name) + 1', division: 'volatile int zero = 0; return 7 / zero', abort: 'abort()' };
let folder, portal, filed;
before(async () => {
  folder = openFolder();
  for (const [name, does] of Object.entries(NAMES)) {
    place(folder, 'plugins', name, { 'manifest.json': {
      name, version: '1', abi: '1.0', runtime: 'native', main: `${name}.so`, title: { cs: name, en: name }, summary: { cs: name, en: name },
      rights: ['routes'], routes: [{ method: 'GET', path: 'crash', name: 'crash' }],
    } });
    const switches = `-O0 -D'NAME="${name}"' -D'IN_ROUTE=${does}'`;
    cpSync(build(join(here, 'bad/bad.c'), { switches }), join(folder, 'plugins', name, `${name}.so`));
  }
  portal = await start(folder);
  filed = await fileDog(portal);
});
after(() => finish(portal));

for (const name of Object.keys(NAMES))
  it(name.replaceAll('_', ' '), async () => {
    const crashed = portal;
    await assert.rejects(crashed.get(`/api/v1/agendas/${name}/x/crash`));
    const exit = await crashed.ended;
    portal = await start(folder);
    assert.ok(/^SIG/.test(exit) || exit > 0, `${exit}`);
    const [row, ...more] = events(crashed, 'agenda.crashed');
    assert.deepEqual(more, []);
    assert.deepEqual([row.agenda, row.hook], [name, 'route']);
    assert.equal((await portal.get(`/submissions/${filed.number}?receipt=${filed.receipt}`)).status, 200);
  });
