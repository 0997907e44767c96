// Pages without a portal: templates drawn by the real engine with the models beside this file, the built styles
// and scripts, and answers of the interfaces that the picker asks. What is tested here is looks and scripts; the
// way through the real portal has its own tests.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";
const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', json: 'application/json' };

export const models = () => readdirSync(join(here, 'models')).map((file) => file.replace(/\.json$/, '')).sort();

export async function preview({ bin = process.env.EPO_BIN_DIR ?? join(root, 'build/debug'), api = {} } = {}) {
  const assets = mkdtempSync(join(tmpdir(), 'epo-assets-'));
  execFileSync('node', [join(root, 'core/web/build.mjs'), assets]);
  const manifest = JSON.parse(readFileSync(join(assets, 'manifest.json'), 'utf8'));

  function draw(name, lang) {
    const { template, ...model } = JSON.parse(readFileSync(join(here, 'models', `${name}.json`), 'utf8'));
    const frame = {
      lang, other_lang: lang === 'cs' ? 'en' : 'cs', other_lang_url: `?lang=${lang === 'cs' ? 'en' : 'cs'}`, path: `/${name}`, assets: manifest,
      city: { name: lang === 'cs' ? 'Portál města Plzně' : 'Pilsen city portal' }, demo: true, page_title: name,
    };
    return execFileSync(join(bin, 'tests/support_render'), ['web=core/web/templates,forms=forms/web', 'core/web/texts,forms/texts', lang, template], {
      cwd: root, input: JSON.stringify({ ...frame, ...model }),
    });
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://preview');
    const send = (status, type, body, more = {}) => {
      response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': POLICY, ...more });
      response.end(body);
    };
    try {
      const asset = url.pathname.match(/^\/assets\/([\w.]+)$/)?.[1];
      if (asset) return send(200, TYPES[asset.split('.').pop()], readFileSync(join(assets, asset)));
      for (const [prefix, answer] of Object.entries(api)) {
        if (!url.pathname.startsWith(prefix)) continue;
        let body = '';
        request.on('data', (part) => { body += part; });
        return request.on('end', async () => {
          const { status = 200, type = 'application/json', headers, content } = await answer(url, body);
          send(status, type, Buffer.isBuffer(content) ? content : JSON.stringify(content), headers);
        });
      }
      const name = url.pathname.slice(1);
      if (models().includes(name)) return send(200, 'text/html; charset=utf-8', draw(name, url.searchParams.get('lang') ?? 'cs'));
      return send(404, 'text/plain', 'nothing here');
    } catch (error) {
      return send(500, 'text/plain', String(error.stderr ?? error.stack));
    }
  });
  await new Promise((done) => { server.listen(Number(process.env.PREVIEW_PORT ?? 0), '127.0.0.1', done); });
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(assets, { recursive: true });
    },
  };
}
