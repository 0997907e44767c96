// Nothing of one machine or one workplace gets into the tree.
import { files, read, fault, finish } from './files.mjs';

for (const file of files()) {
  if (/package-lock\.json$|LICENSE$|corpus\/|\.png$|tests\/check\/words/.test(file)) continue;
  read(file).split('\n').forEach((text, i) => {
    if (/\/work\/|\/root\/|registry\.npmjs|deb\.debian\.org|\.\.\/shared\//.test(text)) fault(file, i + 1, 'names a machine path or a host');
  });
}
finish();
