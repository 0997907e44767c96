// Rooms know only the rooms below them; plugins and lua know epo.h alone.
import { files, read, fault, finish } from './files.mjs';

const floors = { base: [], store: ['base'], view: ['base'], maps: ['store', 'base'], forms: ['maps', 'view', 'base'],
  portal: ['forms', 'maps', 'store', 'view', 'base'], plugin: ['portal', 'forms', 'maps', 'store', 'view', 'base', 'include'],
  http: ['plugin', 'portal', 'forms', 'maps', 'store', 'view', 'base', 'include'],
  main: ['http', 'plugin', 'portal', 'forms', 'maps', 'store', 'view', 'base', 'include', 'lua'], lua: [], codes: ['base'], sheets: ['forms', 'base'], plugins: [], include: [] };
const roomOf = (file) => {
  const m = file.match(/^core\/([a-z]+)\//);
  if (m) return m[1];
  if (file.startsWith('core/')) return 'main';
  return file.split('/')[0];
};
for (const file of files('core/**/*.[ch]', 'core/*.[ch]', 'forms/*.[ch]', 'maps/**/*.[ch]', 'lua/*.[ch]', 'plugins/**/*.[ch]')) {
  const room = roomOf(file);
  read(file).split('\n').forEach((text, i) => {
    const m = text.match(/^\s*#\s*include\s*"([^"]+)"/);
    if (!m) return;
    const to = m[1].includes('/') ? m[1].split('/')[0] : m[1] === 'epo.h' ? 'include' : room;
    if (to === room) return;
    if ((room === 'plugins' || room === 'lua') && to === 'include' ) return;
    if (!floors[room]?.includes(to)) fault(file, i + 1, `${room} may not include "${m[1]}": arrows run one way, to the floors below (${floors[room] ?? 'none'})`);
  });
}
// All h2o types stay behind one door; SQLite types behind another.
for (const file of files('core/**/*.[ch]', 'forms/*.[ch]', 'maps/**/*.[ch]')) {
  if (/<h2o/.test(read(file)) && !file.startsWith('core/http/')) fault(file, 1, 'includes h2o outside core/http');
  if (/<sqlite3\.h>|<spatialite/.test(read(file)) && !/^(core\/store|maps)\//.test(file)) fault(file, 1, 'includes SQLite outside core/store and maps');
}
finish();
