// The six agendas of the city from a request to what is recorded and booked of it: filed over the API, moved by a clerk
// on the desk, read in the database; a parcel that is let is refused to the next one while it is being chosen.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { after, before, it } from 'node:test';
import { join } from 'node:path';

import { body, day, dogJson, file, post, spots } from '../browser/support/forms.mjs';
import { signIn } from '../http/support/people.mjs';
import { demoFolder, serve } from '../support/portal.mjs';
import { finish } from './support/plugins.mjs';

let portal, clerk;
before(async () => {
  portal = await serve(demoFolder());
  clerk = await signIn(portal, 'mesto');
});
after(() => finish(portal));

const api = async (path, answers) => {
  const answer = await fetch(portal.url + path, answers && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(answers) });
  return { status: answer.status, json: await answer.json() };
};
const point = (spot) => ({ type: 'Point', coordinates: spot });
const company = { sender_kind: 'company', name: 'Jana Nováková', company_name: 'Kavárna s.r.o.', ico: '00075370', address: 'Americká 42, 301 00 Plzeň', email: 'jana@example.cz' };
const rows = (query) => JSON.parse(execFileSync('sqlite3', ['-json', '-cmd', '.timeout 5000', join(portal.folder, 'portal.db'), query], { encoding: 'utf8' }) || '[]');
const recorded = (agenda) => rows(`SELECT key, kind, person, data, place IS NOT NULL AS placed, from_day, until_day FROM records WHERE agenda = '${agenda}' ORDER BY key`).map((row) => ({ ...row, data: JSON.parse(row.data) }));
const booked = (agenda) => rows(`SELECT kind, record, period, due, haler, person FROM ledger_entries WHERE agenda = '${agenda}' ORDER BY id`);
/** What is recorded under a key and booked of it: the demo has records of its own. */
const recordOf = (agenda, key) => recorded(agenda).find((row) => row.key === key);
const bookedOf = (agenda, key) => booked(agenda).filter(({ record }) => record === key);

/** Files the request and moves it through the states. */
async function accept(agenda, form, answers, ...states) {
  const filed = await file(portal.url, agenda, form, answers);
  let from = 'received';
  for (const state of [...states, 'accepted']) {
    const moved = await post(portal.url, `/office/cases/${filed.number}`, body({ from, state, note: 'v pořádku' }), { cookie: clerk });
    assert.equal(moved.status, 303, `${agenda}/${form} from ${from} to ${state}: ${(await moved.text()).match(/<main[^]*?<\/main>/)?.[0]}`);
    from = state;
  }
  return filed;
}

it('a dog is recorded under its chip where it lives, and its year booked', async () => {
  await accept('dog_fee', 'registration', dogJson('umo-3'));
  const chip = '203012345678901', dog = recordOf('dog_fee', chip);
  assert.deepEqual([dog.kind, dog.placed, dog.data.house_kind, dog.data.district], ['dog', 1, 'apartment_house', '546003']);
  const [year] = bookedOf('dog_fee', chip);
  assert.deepEqual([year.kind, year.haler, year.person], ['assessment', 90000, dog.person]);
  await accept('dog_fee', 'deregistration', { holder_kind: 'person', name: 'Jana Nováková', birth_date: '1980-05-14', email: 'jana@example.cz', home: point(spots['umo-3']), dog_name: 'Rek', chip, reason: 'died', ended_on: `${day(0).slice(0, 4)}-01-01` });
  assert.equal(recordOf('dog_fee', chip).until_day, `${day(0).slice(0, 4)}-01-01`);
  assert.deepEqual(bookedOf('dog_fee', chip).slice(1).map(({ kind, haler }) => [kind, haler]), [['reversal', 90000], ['assessment', 7500]], 'one started month stays');
});

it('containers of a house, by litres and started months', async () => {
  const { number } = await accept('waste_fee', 'payer', { payer_kind: 'owner', name: 'Jana Nováková', address: 'Klatovská 10', email: 'jana@example.cz', place: point(spots['umo-2']), property_kind: 'family_house', residents: 4, since: `${day(-365).slice(0, 4)}-01-01`, containers: [{ volume: '120', pieces: 1, frequency: 'fortnightly' }], payment: 'once' });
  const house = recordOf('waste_fee', number);
  assert.deepEqual([house.placed, house.data.litres, house.data.district], [1, 3120, '545988']);
  assert.deepEqual(bookedOf('waste_fee', number).map(({ haler }) => haler), [140400]);
});

it('premises of a provider, then the report of a quarter on them', async () => {
  const { number } = await accept('stay_fee', 'registration', { ...company, places: { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: point(spots['umo-3']), properties: { kind: 'drawn', description: 'U Radbuzy' } }] }, premises: [{ lodging_name: 'U Radbuzy', lodging_kind: 'pension', beds: 24, since: '2025-01-01' }], book_kind: 'paper' });
  const report = { name: 'Jana Nováková', ico: '00075370', email: 'jana@example.cz', year: 2025, quarter: '1', report_kind: 'regular', premises: [{ lodging: `${number}-1`, nights: 420, exempt_young: 60, exempt_card: 10, exempt_work: 50 }] };
  await accept('stay_fee', 'report', report);
  assert.deepEqual(recorded('stay_fee').map(({ key, kind }) => [key, kind]), [[`${number}-1`, 'lodging'], [`${number}-1/2025-Q1`, 'report']]);
  assert.deepEqual(booked('stay_fee').map(({ haler, due, period, record }) => [haler, due, period, record]), [[450000, '2025-04-15', '2025-Q1', `${number}-1`]]);
  const again = await api('/api/v1/forms/stay_fee/report/submissions', report);
  assert.deepEqual([again.status, again.json.errors.map(({ code }) => code)], [422, ['reported']]);
});

it('a square, extended and cleared early', async () => {
  const { number } = await accept('public_space', 'occupy', { applicant_kind: 'person', name: 'Petr Svoboda', birth_date: '1975-01-31', address: 'Americká 1', email: 'petr@example.cz', kind: 'stall', description: 'Stánek', area: point(spots['umo-3']), area_m2: 4, from: day(30), to: day(33), affects_road: false });
  const [stall] = recorded('public_space'), [fee] = booked('public_space');
  assert.deepEqual([stall.key, stall.data.kind, stall.data.area_m2, stall.from_day, stall.until_day], [number, 'stall', 4, day(30), day(33)]);
  assert.equal(fee.haler % (4 * 4), 0, 'm² × days × rate');
  const who = { sender_kind: 'person', name: 'Petr Svoboda', birth_date: '1975-01-31', address: 'Americká 1', email: 'petr@example.cz', permit_number: number, area: point(spots['umo-3']) };
  await accept('public_space', 'extend', { ...who, kind: 'stall', reason: 'Zájem', area_m2: 4, from: day(34), to: day(35) });
  assert.deepEqual([recorded('public_space')[0].until_day, booked('public_space')[1].haler * 2], [day(35), fee.haler]);
  await accept('public_space', 'end', { ...who, ended_on: day(30) });
  assert.equal(recorded('public_space')[0].until_day, day(30));
  assert.deepEqual(booked('public_space').slice(2).map(({ kind, haler }) => [kind, haler]), [['reversal', fee.haler], ['reversal', fee.haler / 2], ['assessment', fee.haler / 4]]);
});

it('a parcel of the city: let once, then refused; a private one never', async () => {
  const answers = (parcel) => ({ ...company, parcel, from: day(40), to: day(400), purpose: 'business', description: 'Sklad', building: false });
  const found = { city: null, private: null };
  for (let i = 0; i < 900 && !(found.city && found.private); i++) {
    const lon = 13.36 + (i % 30) * 0.0011, lat = 49.735 + Math.floor(i / 30) * 0.0009;
    const { parcel, public_space: street } = (await api(`/api/v1/locate?lon=${lon}&lat=${lat}`)).json;
    if (parcel && !street && parcel.area_m2 < 5000) found[parcel.owner] ??= point([lon, lat]);
  }
  const ask = (parcel) => api('/api/v1/forms/land_lease/lease/submissions', answers(parcel));
  const { number } = await accept('land_lease', 'lease', answers(found.city), 'in_progress', 'forwarded', 'contract');
  const lease = recordOf('land_lease', number), [year] = bookedOf('land_lease', number);
  assert.deepEqual([lease.placed, lease.data.purpose], [1, 'business']);
  assert.ok(year.haler > 0 && year.haler <= lease.data.rent_haler, 'a part of the first year');
  for (const [parcel, code] of [[found.city, 'place.taken'], [found.private, 'place.owner']]) {
    const answer = await ask(parcel);
    assert.deepEqual([answer.status, answer.json.errors[0].path, answer.json.errors[0].code], [422, 'parcel', code]);
  }
});

it('a flat: on the list, then let by months', async () => {
  const { number } = await accept('flat_lease', 'flat', { name: 'Jana Nováková', birth_date: '1980-05-05', email: 'jana@example.cz', housing: 'rented', income_haler: 2400000, rooms: '2', barrier_free: false, offered: false }, 'in_progress', 'waiting', 'contract');
  const [flat] = recorded('flat_lease');
  assert.deepEqual([flat.key, flat.kind, flat.data.persons, flat.data.rent_haler], [number, 'flat', 1, 624000]);
  assert.equal(booked('flat_lease').length, 13 - Number(day(0).slice(5, 7)));
});
