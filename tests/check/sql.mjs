// SQL is written whole: no printf into it, no concatenation.
import { files, code, fault, finish } from './files.mjs';

const verb = /"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|REPLACE|WITH|PRAGMA|ATTACH)\b[^"]*"/;
for (const file of files('core/**/*.c', 'core/*.c', 'forms/*.c', 'maps/**/*.c', 'plugins/**/*.c', 'lua/*.c')) {
  code(file).split('\n').forEach((text, i) => {
    if (/printf|mprintf|epo_buffer_printf|epo_pool_printf/.test(text) && verb.test(text)) fault(file, i + 1, 'SQL made by printf: use a named statement with $1 … $n');
    if (verb.test(text) && /%[sdlu]/.test(text)) fault(file, i + 1, 'a format in SQL: use $1 … $n');
  });
}
finish();
