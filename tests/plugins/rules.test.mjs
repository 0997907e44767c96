// Rules of a manifest over place, answers and time: which office gets a request, where an agenda is offered, and
// what is said of a rule that is wrong.
import { after, before, test } from 'node:test';
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accounts, demoFolder, epo, serve } from '../support/portal.mjs';
import { file, spots } from '../browser/support/forms.mjs';

let portal;
const folder = demoFolder(), manifest = join(folder, 'agendas/bench_permit/manifest.json');

function change(members) {
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), ...members }, null, 2));
}

before(async () => {
  assert.equal(epo('agenda', 'new', 'bench_permit', '-C', folder).status, 0);
  change({
    applies: 'in(districts, "Plzeň 3") or district == "Plzeň 1"',
    routing: {
      office: 'district',
      rules: [
        { when: 'in(districts, "Plzeň 3") and answers.pieces > 5', office: 'magistrat' },
        { when: 'district == "Plzeň 1" and weekday >= 1 and weekday <= 7 and today > "2020-01-01"', office: 'umo-4' },
      ],
    },
  });
  portal = await serve(folder);
});
after(async () => portal?.remove());

const request = (spot, pieces) => file(portal.url, 'bench_permit', 'request', {
  name: 'Jana Nováková', email: 'jana@example.cz', pieces, place: { type: 'Point', coordinates: spots[spot] },
});

// Which office holds it: whose inbox shows the number.
async function inboxOf(office) {
  const login = await fetch(`${portal.url}/login`, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams({ name: office, password: accounts(folder)[office] }),
  });
  const cookie = login.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
  return (await fetch(`${portal.url}/office`, { headers: { cookie } })).text();
}

test('the first rule that holds names the office, else the district does', async () => {
  const wanted = [
    [await request('umo-3', 2), 'umo-3'],
    [await request('umo-3', 6), 'magistrat'],
    [await request('umo-1', 1), 'umo-4'],
    [await request('umo-2', 9), 'umo-2'],
  ];
  for (const [{ number }, office] of wanted) assert.ok((await inboxOf(office)).includes(number), `${number} is not at ${office}`);
});

test('place first offers an agenda where its rule holds', async () => {
  const offered = async (spot) => (await (await fetch(`${portal.url}/place?place=${spots[spot]}`)).text()).includes('/agendas/bench_permit/request?place=');
  assert.deepEqual([await offered('umo-1'), await offered('umo-2'), await offered('umo-3')], [true, false, true]);
});

test('a wrong rule is named with file, line and column, and the running agenda stays', async () => {
  change({ applies: 'distrikt == "Plzeň 3"', routing: { office: 'district', rules: [{ when: 'owner = "city"', office: 'umo-3' }] } });
  const checked = epo('check', '-C', folder);
  assert.equal(checked.status, 1);
  assert.match(checked.stderr, /bench_permit\/manifest\.json:\d+: "applies": column 1: there is no "distrikt"; did you mean "district"\?/);
  assert.match(checked.stderr, /bench_permit\/manifest\.json:\d+: "when": column 7/);
  portal.child.kill('SIGHUP');
  for (let i = 0; i < 100 && !portal.log.includes('distrikt'); i++) await new Promise((done) => { setTimeout(done, 50); });
  assert.match(portal.log, /distrikt/);
  assert.equal((await fetch(`${portal.url}/agendas/bench_permit`)).status, 200);
});
