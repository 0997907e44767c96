// Answers for the two first agendas and the ways a person gives them.
import { strict as assert } from 'node:assert';

export const day = (plus) => new Date(Date.now() + plus * 86400000).toISOString().slice(0, 10);

export const dog = {
  holder_kind: 'person', name: 'Jana Nováková', birth_date: '1980-05-14', address: 'Klatovská 10, 301 00 Plzeň', email: 'jana@example.cz',
  house_kind: 'apartment_house', dog_name: 'Rek', breed: 'jezevčík', sex: 'male', colour: 'hnědá', dog_born: '2023-03-01', marking: 'chip',
  chip: '203012345678901', held_since: '2023-06-01', other_dogs: '0', relief: 'none', payment: 'once',
};
export const stall = {
  applicant_kind: 'person', name: 'Petr Svoboda', birth_date: '1975-01-31', address: 'Americká 1, 301 00 Plzeň', email: 'petr@example.cz',
  kind: 'stall', description: 'Stánek s medem na trhu', from: day(30), to: day(33), affects_road: 'no',
};
/** Points of the demo city by district, lon lat. */
export const spots = { 'umo-3': [13.37775, 49.74836], 'umo-2': [13.4, 49.725], 'umo-1': [13.372, 49.776] };

/** Fills every field that is shown; those of a condition come into sight as the answers before them are given. */
export async function fill(page, answers) {
  for (const [id, value] of Object.entries(answers)) {
    const field = page.locator(`[data-field="${id}"]`);
    const radio = field.locator(`input[type=radio][value="${value}"]`);
    if (await radio.count()) await radio.check({ force: false });
    else if (await field.locator('select').count()) await field.locator('select').selectOption(value);
    else await field.locator('input:not([type=hidden]), textarea').first().fill(value);
  }
}

/** The same as a posted form, for what needs no browser. */
export const body = (answers, more = {}) => new URLSearchParams({ ...answers, ...more });

export const post = (url, path, fields, headers = {}) =>
  fetch(url + path, { method: 'POST', body: fields, redirect: 'manual', headers });

/** Files one request over the API and gives {number, receipt, …}. */
export async function file(url, agenda, form, answers, key = crypto.randomUUID()) {
  const answer = await fetch(`${url}/api/v1/forms/${agenda}/${form}/submissions`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(answers),
  });
  const json = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(json));
  return json;
}

export const dogJson = (spot) => ({ ...dog, other_dogs: 0, home: { type: 'Point', coordinates: spots[spot] } });
