// What a running portal says of itself.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';

import { request, say } from './wire.mjs';

/** /metrics as {name: value}; those with labels under 'name{labels}'. Asks on a connection of its own. */
export async function figures(portal) {
  const answer = await say(portal.port, request('GET', '/metrics'));
  assert.equal(answer?.status, 200);
  return Object.fromEntries(answer.body.split('\n').filter((line) => line && line[0] !== '#')
    .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** Bytes of memory a process holds for itself. */
export const memory = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/RssAnon:\s+(\d+) kB/)[1]) * 1024;
