// Calls that have no bound or no error, and words that say the work is not done.
import { files, code, read, fault, finish } from './files.mjs';

const banned = /\b(strcpy|strcat|sprintf|vsprintf|atoi|atol|atof|strtok|gets|alloca|system|popen|tmpnam|mktemp|rand|srand|setenv_unsafe)\s*\(/;
for (const file of files('core/**/*.[ch]', 'core/*.[ch]', 'forms/*.[ch]', 'maps/**/*.[ch]', 'plugins/**/*.[ch]', 'lua/*.[ch]')) {
  code(file, { strings: false }).split('\n').forEach((text, i) => {
    const m = text.match(banned);
    if (m) fault(file, i + 1, `${m[1]} is banned`);
  });
}
for (const file of files('core', 'forms', 'maps', 'plugins', 'lua', 'tests', 'dev', 'CMakeLists.txt')) {
  if (/tests\/check\/|corpus|package-lock/.test(file)) continue;
  read(file).split('\n').forEach((text, i) => {
    if (/\b(TODO|FIXME|XXX)\b/.test(text)) fault(file, i + 1, 'unfinished work is not committed');
  });
}
finish();
