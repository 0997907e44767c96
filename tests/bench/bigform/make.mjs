// Writes the big form into an agenda that `epo agenda new` made, and what the client and the peers need beside it.
//   node make.mjs AGENDA-FOLDER OUT-FOLDER
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, group, sections } from './spec.mjs';

const [agenda, out] = process.argv.slice(2), texts = (text) => ({ cs: text, en: text });
const ours = ({ id, kind, label, options }) => ({
  id, type: kind, label: texts(label), ...(kind === 'text' && { max_length: 100 }), ...(kind === 'number' && { min: 0, max: 1000 }),
  ...(options && { options: options.map((value) => ({ value, label: texts(value) })) }),
});
const form = {
  id: 'big', title: texts('A big form'),
  sections: [
    ...sections.map(({ id, title, fields }) => ({ id, title: texts(title), fields: fields.map(ours) })),
    { id: group.id, title: texts(group.title), repeat: { min: 1, max: group.count, item: texts('Item'), add: texts('Add an item') }, fields: group.fields.map(ours) },
  ],
};
writeFileSync(join(agenda, 'forms', 'big.json'), JSON.stringify(form, null, 1));
const file = join(agenda, 'manifest.json'), manifest = JSON.parse(readFileSync(file, 'utf8'));
manifest.forms = ['forms/big.json'];
for (const member of ['public', 'nearby', 'retention', 'decisions']) delete manifest[member];
writeFileSync(file, JSON.stringify(manifest, null, 1));
writeFileSync(join(agenda, 'agenda.lua'), 'return {}\n');
writeFileSync(join(out, 'bigform.json'), JSON.stringify({ sections, group }));
writeFileSync(join(out, 'bigform.body'), `_action=edit&${answers()}`);
