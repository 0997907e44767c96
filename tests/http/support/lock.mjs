// Another program that holds the write lock of a portal's database: whoever wants to save waits.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Resolves when the lock is held; release() gives it back and resolves when that is done, at the test's end at the latest. */
export function lockDatabase(t, folder) {
  const shell = spawn('sqlite3', ['-batch', '-bail', '-cmd', '.timeout 10000', join(folder, 'portal.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => shell.on('exit', done));
  t.after(() => { shell.kill(); });
  shell.stdin.write('BEGIN IMMEDIATE;\n.system echo held\n');
  return new Promise((done, fail) => {
    ended.then((code) => fail(new Error(`sqlite3 ended with ${code}`)));
    shell.stdout.on('data', () => done({ release: () => { shell.stdin.end('ROLLBACK;\n'); return ended; } }));
  });
}
