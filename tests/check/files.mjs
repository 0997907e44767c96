// Shared by the checks: the tree's files and a reporter.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export const files = (...patterns) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], { encoding: 'utf8' })
    .split('\n').filter(Boolean).filter((f) => { try { readFileSync(f); return true; } catch { return false; } });
export const read = (file) => readFileSync(file, 'utf8');
/** C source with comments and (optionally) string contents blanked, lines kept. */
export const code = (file, { strings = true } = {}) =>
  read(file).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (m) =>
    m[0] === '/' ? m.replace(/[^\n]/g, ' ') : strings || m[0] === "'" ? m : '"' + ' '.repeat(m.length - 2) + '"');

let found = 0;
export const fault = (file, line, text) => { found++; console.error(`${file}:${line}: ${text}`); };
export const finish = () => { process.exitCode = found ? 1 : 0; };
