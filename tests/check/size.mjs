// A file one reader can hold: 1000 lines refused; a function over 70 lines refused save constant tables.
import { files, code, read, fault, finish } from './files.mjs';

for (const file of files('core/**/*.[ch]', 'core/*.[ch]', 'forms/*.[ch]', 'maps/**/*.[ch]', 'plugins/**/*.[ch]', 'lua/*.[ch]', 'core/web/**/*.js', 'maps/web/*.js')) {
  const lines = read(file).split('\n');
  if (lines.length > 1000) fault(file, 1, `${lines.length} lines: split it`);
  if (!file.endsWith('.c')) continue;
  let start = 0;
  code(file, { strings: false }).split('\n').forEach((text, i, all) => {
    if (/^\{/.test(text) || (/^[a-zA-Z].*\)\s*\{\s*$/.test(text) && !/=/.test(text)) || (/^\s+.*\)\s*\{\s*$/.test(text) && /^[a-zA-Z]/.test(all[i - 1] ?? '') && !/[;={}]\s*$/.test(all[i - 1]))) { if (!start) start = i + 1; }
    if (/^\}/.test(text) && start) {
      if (i + 1 - start > 70) fault(file, start, `a function of ${i + 1 - start} lines: at most 70`);
      start = 0;
    }
  });
}
finish();
