// Bundles what the pages load: styles and scripts under names that carry a hash of their content (so that
// they may be kept for ever), each beside a brotli and a gzip copy, and manifest.json with the names.
//
//   node core/web/build.mjs OUTDIR
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { constants, brotliCompressSync, gzipSync } from 'node:zlib';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import * as looks from '../../maps/web/looks.mjs';
import { maplibreStyle } from '../../maps/web/maplibre.mjs';
import { strokes } from '../../maps/web/strokes.mjs';
import { DOT, shapes } from '../../maps/web/symbols.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const out = process.argv[2];
if (!out) {
  console.error('usage: build.mjs OUTDIR');
  process.exit(2);
}

// Texts that scripts show come from the same catalogs as those of the pages: keys "map.…" and "script.…".
const texts = {
  name: 'texts',
  setup(bundle) {
    bundle.onResolve({ filter: /^texts:/ }, ({ path }) => ({ path, namespace: 'texts' }));
    bundle.onLoad({ filter: /.*/, namespace: 'texts' }, ({ path }) => {
      const prefix = `${path.slice('texts:'.length)}.`;
      const all = {};
      for (const lang of ['cs', 'en']) {
        const catalog = JSON.parse(readFileSync(join(here, 'texts', `${lang}.json`), 'utf8'));
        all[lang] = Object.fromEntries(
          Object.entries(catalog).filter(([key]) => key.startsWith(prefix)).map(([key, text]) => [key.slice(prefix.length), text]),
        );
      }
      return { contents: JSON.stringify(all), loader: 'json' };
    });
  },
};

// Tokens of the government's design system stand in our styles by name; their values are put in here. Those that depend
// on the width of the screen are taken as they are on a desk.
const govTokens = {
  name: 'gov-tokens',
  setup(bundle) {
    const values = new Map();
    const sheet = readFileSync(join(root, 'node_modules/@gov-design-system-ce/styles/lib/tokens.css'), 'utf8');
    for (const [, name, value] of sheet.matchAll(/(--(?:color|corner-radius)-[\w-]+):\s*([^;{}]+)/g)) if (!values.has(name)) values.set(name, value.trim());
    bundle.onLoad({ filter: /styles\/tokens\.css$/ }, ({ path }) => ({
      loader: 'css',
      contents: readFileSync(path, 'utf8').replace(/var\((--(?:color|corner-radius)-[\w-]+)\)/g, (_, name) => {
        if (!values.has(name)) throw new Error(`${path}: the design system has no token ${name}`);
        return values.get(name);
      }),
    }));
  },
};

const bundles = [
  { name: 'style', entry: 'core/web/styles/main.css' },
  { name: 'app', entry: 'core/web/scripts/app.mjs' },
  { name: 'dev', entry: 'core/web/scripts/dev.mjs' },
  { name: 'passkey', entry: 'core/web/scripts/passkey.mjs' },
  { name: 'desk', entry: 'core/web/scripts/desk.mjs' },
  { name: 'map', entry: 'maps/web/main.mjs' }, // with chunks of its own: what is rarely used comes when it is
];

// The bundler names files by their content, since one names the others. parts: what the first one cannot start without.
async function bundle({ name, entry }) {
  const { outputFiles, metafile } = await build({
    entryPoints: { [name]: join(root, entry) },
    entryNames: '[name].[hash]',
    chunkNames: '[name].[hash]',
    outdir: out,
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: ['chrome100', 'firefox100', 'safari15'],
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [texts, govTokens],
  });
  const first = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint?.endsWith(entry));
  return {
    name,
    files: outputFiles.map(({ path, contents }) => ({ file: basename(path), contents })),
    parts: first.imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => `/assets/${basename(path)}`),
  };
}

const hash = (content) => createHash('sha256').update(content).digest('hex').slice(0, 12);

// Compressing takes longer than bundling, so a file that is there already is left as it is.
function put(file, content, keep) {
  keep.add(file).add(`${file}.br`).add(`${file}.gz`);
  if (![file, `${file}.br`, `${file}.gz`].every((each) => existsSync(join(out, each)))) {
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
    writeFileSync(join(out, `${file}.br`), brotliCompressSync(content, brotli));
    writeFileSync(join(out, `${file}.gz`), gzipSync(content, { level: 9 }));
    writeFileSync(join(out, file), content);
  }
  return `/assets/${file}`;
}

mkdirSync(out, { recursive: true });
const keep = new Set(['manifest.json', 'map-styles.json', 'map-looks.json']);
const manifest = {};
for (const { name, files, parts } of await Promise.all(bundles.map(bundle))) {
  if (parts.length > 0) manifest[`${name}_parts`] = parts;
  for (const { file, contents } of files) {
    const path = put(file, contents, keep);
    if (file.startsWith(`${name}.`)) manifest[name] = path;
  }
}
const icon = readFileSync(join(here, 'icons/icon.svg'));
manifest.icon = put(`icon.${hash(icon)}.svg`, icon, keep);
const palettes = JSON.parse(readFileSync(join(root, 'maps/web/palette.json'), 'utf8'));
const styles = Object.fromEntries(['light', 'dark', 'contrast'].map((name) => [name, maplibreStyle(name, palettes[name])]));
writeFileSync(join(out, 'map-styles.json'), JSON.stringify(styles));
// The same tables for the pictures that the server draws (maps/picture_looks.c).
const symbols = Object.fromEntries(Object.entries({ ...shapes, dot: DOT }).map(([name, path]) => [name, strokes(path)]));
writeFileSync(join(out, 'map-looks.json'), JSON.stringify({ palettes, ...looks, symbols }));
writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of readdirSync(out)) if (!keep.has(file)) rmSync(join(out, file), { recursive: true });
