// Forms as spreadsheets on disk: what epo writes another program reads (openpyxl), and the other way round.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { demoFolder, epo } from '../support/portal.mjs';

const python = (program, ...args) => execFileSync('/usr/bin/python3', ['-c', program, ...args], { encoding: 'utf8' });
const READ = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps({sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}))`;
const WRITE = `
import json, sys, openpyxl
book = openpyxl.Workbook()
book.remove(book.active)
for name, rows in json.loads(sys.argv[2]).items():
    sheet = book.create_sheet(name)
    for row in rows: sheet.append(row)
book.save(sys.argv[1])`;

let folder;
before(() => { folder = demoFolder(); });
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name) => join(folder, name);
const write = (name, sheets) => { python(WRITE, file(name), JSON.stringify(sheets)); return file(name); };

describe('epo form export', () => {
  it('writes what other programs read', () => {
    const { status, stderr } = epo('form', 'export', 'dog_fee', 'registration', file('dog.xlsx'), '-C', folder);
    assert.equal(status, 0, stderr);
    const { survey, choices, settings } = JSON.parse(python(READ, file('dog.xlsx')));
    const head = survey[0], row = (name) => Object.fromEntries(survey.find((cells) => cells[1] === name).map((value, i) => [head[i], value]));
    assert.equal(settings[1][3], 'registration');
    assert.deepEqual([row('holder_kind').type, row('holder_kind').required], ['select_one holder_kind', 'yes']);
    assert.equal(row('chip').relevant, "${marking} = 'chip'");
    assert.equal(row('dog_name').constraint, 'string-length(.) <= 60');
    assert.equal(row('held_since').constraint, '. <= today()');
    assert.equal(row('home').type, 'geopoint');
    assert.ok(choices.some((cells) => cells[0] === 'holder_kind' && cells[1] === 'person' && cells[2] === 'člověk'), JSON.stringify(choices));
    assert.match(stderr, /dog\.xlsx: survey:\d+: note: "autocomplete" is left out/);
    const back = epo('form', 'import', file('dog.xlsx'));
    assert.equal(back.status, 0, back.stderr);
    const made = JSON.parse(back.stdout), before = JSON.parse(readFileSync(new URL('../../lua/agendas/dog_fee/forms/registration.json', import.meta.url)));
    assert.ok(survey.some((cells) => cells[1] === 'home_section'), 'a group and a question of one name');
    assert.deepEqual(made.sections.map(({ id, title, fields }) => [id.replace('_section', ''), title, fields.map(({ id, label, when }) => [id, label, when])]),
      before.sections.map(({ id, title, fields }) => [id, title, fields.map(({ id, label, when }) => [id, label, when])]));
  });

  it('says what there is not', () => {
    const { status, stderr } = epo('form', 'export', 'dog_fee', 'cat', file('cat.xlsx'), '-C', folder);
    assert.deepEqual([status, existsSync(file('cat.xlsx'))], [1, false]);
    assert.match(stderr, /there is no form cat of an agenda dog_fee/);
    assert.equal(epo('form', 'export', 'dog_fee', '-C', folder).status, 2);
  });
});

const HEAD = ['type', 'name', 'label::Czech (cs)', 'label::English (en)', 'hint::Czech (cs)', 'required', 'relevant', 'constraint', 'calculation'];
const survey = [
  HEAD,
  ['note', 'intro', 'Než začnete', 'Before you start'],
  ['begin_group', 'tree', 'Strom', 'Tree'],
  ['select_one species', 'species', 'Druh', 'Species', null, true],
  ['integer', 'girth', 'Obvod', 'Girth', 'V centimetrech.', 'yes', "selected(${species}, 'oak')", '. >= 10 and . <= 900'],
  [],
  ['geopoint', 'spot', 'Kde stojí', 'Where it stands', null, 'yes'],
  ['end_group'],
];
const choices = [['list_name', 'name', 'label::Czech (cs)', 'label::English (en)'], ['species', 'oak', 'dub', 'oak'], ['species', 'lime', 'lípa', 'lime']];
const settings = [['form_title', 'form_id'], ['Kácení', 'felling']];

describe('epo form import', () => {
  it('takes a form that another program wrote into an agenda', () => {
    const from = write('felling.xlsx', { survey, choices, settings });
    const none = epo('form', 'import', from, '--into', 'felling_permit', '-C', folder);
    assert.equal(none.status, 1);
    assert.match(none.stderr, /epo agenda new makes an agenda/);
    mkdirSync(file('agendas/felling_permit/forms'), { recursive: true });
    const made = epo('form', 'import', from, '--into', 'felling_permit', '-C', folder);
    assert.equal(made.status, 0, made.stderr);
    assert.match(made.stderr, /settings:2: note: no form_title in en/);
    assert.match(made.stderr, /survey:5: note: no hint in en/);
    const form = JSON.parse(readFileSync(file('agendas/felling_permit/forms/felling.json')));
    assert.deepEqual(form.sections[0].fields[1], {
      id: 'girth', type: 'number', integer: true, label: { cs: 'Obvod', en: 'Girth' }, hint: { cs: 'V centimetrech.', en: 'V centimetrech.' },
      when: { '==': [{ var: 'species' }, 'oak'] }, min: 10, max: 900,
    });
    assert.deepEqual(form.sections[0].fields[2].kinds, ['point']);
    assert.equal(epo('form', 'import', from, '--into', 'felling_permit', '-C', folder).status, 1, 'nothing is written over');
    assert.equal(epo('form', 'import', from, '--into', 'felling_permit', '--force', '-C', folder).status, 0);
  });

  it('names sheet and row of what cannot be carried over', () => {
    const with_row = (...row) => epo('form', 'import', write('other.xlsx', { survey: [...survey, row], choices, settings }));
    const calculated = with_row('calculate', 'total', null, null, null, null, null, null, '${girth} * 2');
    assert.deepEqual([calculated.status, calculated.stdout], [1, '']);
    assert.match(calculated.stderr, /other\.xlsx: survey:9: calculate is not carried over: .*agenda\.lua/);
    const picture = with_row('image', 'photo', 'Foto', 'Photo');
    assert.equal(picture.status, 0);
    assert.match(picture.stderr, /survey:9: note: the question is left out: the portal has no type "image"/);
  });

  it('reads .csv, and says what is no form', () => {
    const csv = (sheets) => Object.entries(sheets).map(([name, rows]) => `${name}\n${rows.map((row) => `,${row.map((cell) => `"${String(cell ?? '').replaceAll('"', '""')}"`).join(',')}\n`).join('')}`).join('');
    writeFileSync(file('felling.csv'), csv({ survey, choices, settings }));
    const read = epo('form', 'import', file('felling.csv')), same = epo('form', 'import', file('felling.xlsx'));
    assert.deepEqual(JSON.parse(read.stdout), JSON.parse(same.stdout));
    for (const [name, bytes, says] of [['a.csv', 'text,a\n', /first column must name a sheet|survey/], ['b.csv', ',"a', /does not end/], ['c.csv', '\xff', /UTF-8|survey/], ['d.xlsx', 'PK', /no \.xlsx/], ['e.ods', '', /neither/], ['f.xlsx', Buffer.alloc(9 << 20), /over 8 MiB/]]) {
      writeFileSync(file(name), typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
      const { status, stderr } = epo('form', 'import', file(name));
      assert.equal(status, 1, name);
      assert.match(stderr, says, name);
    }
  });
});
