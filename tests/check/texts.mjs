// Every text exists in Czech and English, and every key that a template names exists.
import { files, read, fault, finish } from './files.mjs';
import { dirname, join } from 'node:path';

const catalogs = new Map(); // folder -> {cs, en}
for (const file of files('**/texts/cs.json', '**/texts/en.json')) {
  const folder = dirname(file);
  if (!catalogs.has(folder)) catalogs.set(folder, {});
  catalogs.get(folder)[file.slice(-7, -5)] = JSON.parse(read(file));
}
for (const [folder, { cs = {}, en = {} }] of catalogs) {
  for (const key of Object.keys(cs)) if (!(key in en)) fault(join(folder, 'en.json'), 1, `lacks "${key}"`);
  for (const key of Object.keys(en)) if (!(key in cs)) fault(join(folder, 'cs.json'), 1, `lacks "${key}"`);
}
const host = Object.assign({}, ...[...catalogs].filter(([f]) => /^(core|forms)\//.test(f)).map(([, c]) => c.cs ?? {}));
for (const file of files('core/web/**/*.html', 'forms/web/*.html')) {
  read(file).split('\n').forEach((text, i) => {
    for (const m of text.matchAll(/\{\{t "([^"]+)"/g)) if (!(m[1] in host)) fault(file, i + 1, `text "${m[1]}" is in no catalog`);
  });
}
finish();
