// tests/security.md names a test for each requirement: the file is there and a test in it has that title.
import { existsSync } from 'node:fs';
import { read, fault, finish } from './files.mjs';

const DOC = 'tests/security.md';
// Levels 1 and 2 of the chapters on authentication, sessions and authorization (OWASP ASVS 5.0.0).
const REQUIRED = [
  ['6.1', 3], ['6.2', 12], ['6.3', 4], ['6.4', 4], ['6.5', 5], ['6.6', 3], ['6.8', 4],
  ['7.1', 3], ['7.2', 4], ['7.3', 2], ['7.4', 5], ['7.5', 2], ['7.6', 2], ['8.1', 2], ['8.2', 3], ['8.3', 1], ['8.4', 1],
].flatMap(([section, count]) => Array.from({ length: count }, (_, i) => `${section}.${i + 1}`));

const found = new Set();
read(DOC).split('\n').forEach((line, i) => {
  const [, id, , , proof] = line.match(/^\| (\d+\.\d+\.\d+) \|([^|]*)\|([^|]*)\| (.*) \|$/) ?? [];
  if (!id) return;
  if (found.has(id)) fault(DOC, i + 1, `${id} stands here twice`);
  found.add(id);
  const tests = [...proof.matchAll(/`([^`]+)`: ([^;]+)/g)];
  if (tests.length === 0 && !/^(does not apply|open|this page)/.test(proof)) fault(DOC, i + 1, `${id} names no test; write \`file\`: title, or why none applies`);
  for (const [, file, title] of tests) {
    if (!existsSync(file)) fault(DOC, i + 1, `there is no ${file}`);
    else if (!read(file).replaceAll("\\'", "'").includes(title.trim())) fault(DOC, i + 1, `${file} has no test "${title.trim()}"`);
  }
});
for (const id of REQUIRED) if (!found.has(id)) fault(DOC, 1, `${id} is missing`);
finish();
