// The portal under kill -9: clients file requests, the process is killed at a random moment and started again,
// and each client sends what it has no answer to once more under the same key. In the end every request must be
// there exactly once, under the number that was acknowledged, and the chain of receipts must be whole. Meanwhile one
// more saves a draft all the time: what was acknowledged of it must stand after each kill.
//   node killportal.mjs [ROUNDS]     prints "N passed, N failed"
import { Agent, request } from 'node:http';
import { rmSync } from 'node:fs';
import { demoFolder, epo, serve } from '../support/portal.mjs';
import { dogJson } from '../browser/support/forms.mjs';

const rounds = Number(process.argv[2] ?? 100), CLIENTS = 8, LIVES_MS = 250;
const spots = ['umo-1', 'umo-2', 'umo-3'];
const acknowledged = []; // {key, answers, number}
let failed = 0, passed = 0, sent = 0, again = 0;

function complain(text) {
  console.error(text);
  failed += 1;
}

// One request; undefined where no answer came (the process died on the way).
function file(portal, agent, key, answers) {
  return new Promise((done) => {
    const out = request({
      port: portal.port, agent, method: 'POST', path: '/api/v1/forms/dog_fee/registration/submissions',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    }, (answer) => {
      let body = '';
      answer.on('data', (bytes) => { body += bytes; });
      answer.on('end', () => done({ status: answer.statusCode, body }));
      answer.on('error', () => done());
    });
    out.on('error', () => done());
    out.end(JSON.stringify(answers));
  });
}

async function client(portal, open) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (portal.exit === undefined && !portal.dying) {
    const job = open.pop() ?? { key: crypto.randomUUID(), answers: { ...dogJson(spots[sent % 3]), dog_name: `Rek ${sent}` } };
    sent += 1;
    const answer = await file(portal, agent, job.key, job.answers);
    if (!answer) {
      open.push(job);
      break;
    }
    if (answer.status !== 201) { // a portal that stops may say so; nothing else is expected
      complain(`${answer.status}: ${answer.body.slice(0, 300)}`);
      break;
    }
    acknowledged.push({ ...job, number: JSON.parse(answer.body).number });
  }
  agent.destroy();
}

// A form that somebody is filling in; the page saves it after each letter, and repeats a save without an answer.
const draft = { version: 0, acknowledged: '', sent: '', saves: 0 };
async function save(portal) {
  draft.sent = `Jana ${draft.saves}`;
  const fields = new URLSearchParams({ _agenda: 'dog_fee', _form: 'registration', _page: 'one', _draft_version: draft.version, name: draft.sent });
  const answer = await fetch(`${portal.url}/drafts${draft.reference ? `/${draft.reference}` : ''}`, {
    method: draft.reference ? 'PUT' : 'POST', body: fields, headers: { accept: 'application/json' },
  });
  const { draft: reference, version } = await answer.json();
  if (!answer.ok) return complain(`the draft: ${answer.status}`);
  draft.saves += 1;
  return Object.assign(draft, { reference, version, acknowledged: draft.sent });
}
async function filling(portal) {
  while (portal.exit === undefined && !portal.dying)
    if (!await save(portal).then(() => true, () => false)) break;
}
async function lookAtDraft(portal) {
  if (!draft.reference) return;
  const html = await (await fetch(`${portal.url}/agendas/dog_fee/registration?draft=${draft.reference}`)).text();
  const [, kept] = html.match(/ name="name"[^>]* value="([^"]*)"/) ?? [];
  if (kept !== draft.acknowledged && kept !== draft.sent) complain(`the draft says "${kept}", acknowledged was "${draft.acknowledged}"`);
}

const folder = demoFolder();
const open = []; // sent, unanswered: the clients try again
for (let round = 0; round < rounds; round++) {
  const portal = await serve(folder);
  again += open.length;
  await lookAtDraft(portal);
  const writing = filling(portal);
  const clients = Array.from({ length: CLIENTS }, () => client(portal, open));
  await new Promise((done) => { setTimeout(done, 30 + Math.random() * LIVES_MS); });
  portal.dying = true;
  portal.child.kill('SIGKILL');
  await portal.ended;
  await Promise.all([...clients, writing]);
  passed += 1;
}

// Every key once more: those acknowledged give the first number again, the rest are filed now.
const portal = await serve(folder), agent = new Agent({ keepAlive: true, maxSockets: 16 });
await lookAtDraft(portal);
const numbers = new Set();
async function repeat(jobs) {
  for (let job = jobs.pop(); job; job = jobs.pop()) {
    const answer = await file(portal, agent, job.key, job.answers);
    const { number } = answer?.status === 201 ? JSON.parse(answer.body) : {};
    if (!number) complain(`the last try ended with ${answer?.status}: ${answer?.body.slice(0, 300)}`);
    else if (job.number && number !== job.number) complain(`${job.number} was acknowledged and is ${number} now`);
    if (numbers.has(number)) complain(`${number} stands for two requests`);
    numbers.add(number);
  }
}
const all = [...acknowledged, ...open];
const count = all.length;
await Promise.all(Array.from({ length: 16 }, () => repeat(all)));
agent.destroy();
await portal.stop();
if (numbers.size !== count) complain(`${count} requests, ${numbers.size} numbers`);
const last = Math.max(...[...numbers].map((number) => Number(number.split('-')[1])));
if (last !== numbers.size) complain(`${numbers.size} requests, but the last number is ${last}: one was filed twice or a number is missing`);
passed += 1;

// A backup, restored: recomputes the chain and counts.
const copy = `${folder}.backup`;
for (const [args, said] of [[['backup', copy, '-C', folder]], [['restore', copy, '-C', `${folder}.restored`], `${numbers.size} submissions, chain of receipts whole`]]) {
  const ended = epo(...args);
  if (ended.status !== 0 || (said && !`${ended.stdout}${ended.stderr}`.includes(said))) complain(`epo ${args[0]}: ${ended.status} ${ended.stdout} ${ended.stderr}`);
}
for (const each of [folder, copy, `${folder}.restored`]) rmSync(each, { recursive: true, force: true });
console.error(`${numbers.size} requests filed, ${again} of them tried again after a kill; a draft saved ${draft.saves} times`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
