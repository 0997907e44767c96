// The peer on Node: Fastify with its form parser, ajv for the checks, eta (templates compiled once) for the page; one
// process for each core.
//   node fastify.mjs PORT PROCESSES SPEC
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Eta } from 'eta';
import Fastify from 'fastify';
import formbody from '@fastify/formbody';

const [port, processes, spec] = process.argv.slice(2);
if (cluster.isPrimary) for (let i = 0; i < Number(processes); i++) cluster.fork();
else serve();

function serve() {
  const { sections, group } = JSON.parse(readFileSync(spec, 'utf8'));
  const schemas = {
    text: { type: 'string', minLength: 1, maxLength: 100 }, number: { type: 'number', minimum: 0, maximum: 1000 }, date: { type: 'string', format: 'date' },
    email: { type: 'string', format: 'email' },
  };
  const schemaOf = (fields) => ({
    type: 'object', required: fields.map(({ id }) => id), properties: Object.fromEntries(fields.map(({ id, kind, options }) => [id, options ? { enum: options } : schemas[kind]])),
  });
  const all = sections.flatMap(({ fields }) => fields), whole = schemaOf(all);
  whole.properties[group.id] = { type: 'array', minItems: 1, maxItems: group.count, items: schemaOf(group.fields) };
  const ajv = new Ajv({ allErrors: true }), check = (addFormats(ajv), ajv.compile(whole));
  const eta = new Eta({ autoEscape: true });
  eta.loadTemplate('@field', `<div class="field<% if (it.error) { %> field--invalid<% } %>"><% if (it.options) { %><fieldset class="set"><legend class="legend"><%= it.label %></legend>
<% if (it.error) { %><p class="fault" id="error-<%= it.name %>"><%= it.error %></p>
<% } for (const option of it.options) { %><div class="choice"><input class="choice__input" type="radio" id="field-<%= it.name %>-<%= option %>" name="<%= it.name %>" value="<%= option %>"<% if (it.value === option) { %> checked<% } %>><label class="choice__label" for="field-<%= it.name %>-<%= option %>"><%= option %></label></div>
<% } %></fieldset><% } else { %><label class="label" for="field-<%= it.name %>"><%= it.label %></label>
<% if (it.error) { %><p class="fault" id="error-<%= it.name %>"><%= it.error %></p>
<% } %><input class="input" id="field-<%= it.name %>" name="<%= it.name %>" type="<%= it.type %>" value="<%= it.value %>"<% if (it.error) { %> aria-invalid="true"<% } %> aria-required="true"><% } %></div>
`);
  eta.loadTemplate('@page', `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A big form</title></head><body><h1>A big form</h1><form class="form" method="post" action="/" novalidate>
<% for (const section of it.sections) { %><section class="section" id="section-<%= section.id %>" aria-labelledby="section-<%= section.id %>-title"><h2 class="section__title" id="section-<%= section.id %>-title"><%= section.title %></h2>
<% for (const field of section.fields) { %><%~ include('@field', field) %><% } %></section>
<% } %><button class="button" type="submit">Continue</button></form></body></html>`);
  const type = { text: 'text', number: 'text', date: 'date', email: 'email' };
  const page = (typed, count, errors) => {
    const draw = (prefix) => ({ id, kind, label, options }) => {
      const name = prefix + id;
      return { name, label, options, type: type[kind], value: typed[name] ?? '', error: errors[name] ?? '' };
    };
    return eta.render('@page', {
      sections: [...sections.map(({ id, title, fields }) => ({ id, title, fields: fields.map(draw('')) })),
        ...Array.from({ length: count }, (_, i) => ({ id: `${group.id}-${i}`, title: `${group.title} ${i + 1}`, fields: group.fields.map(draw(`${group.id}.${i}.`)) }))],
    });
  };
  const typedAs = (fields, typed, prefix) => Object.fromEntries(fields.filter(({ id }) => typed[prefix + id] !== undefined).map(({ id, kind }) => [id, kind === 'number' ? Number(typed[prefix + id]) : typed[prefix + id]]));
  const app = Fastify({ bodyLimit: 1 << 20 });
  app.register(formbody);
  app.get('/', (request, reply) => reply.type('text/html; charset=utf-8').send(page({}, 1, {})));
  app.post('/', (request, reply) => {
    const typed = request.body, answers = typedAs(all, typed, '');
    let count = 0;
    while (count < group.count && typed[`${group.id}.${count}.${group.fields[0].id}`] !== undefined) count++;
    answers[group.id] = Array.from({ length: count }, (_, i) => typedAs(group.fields, typed, `${group.id}.${i}.`));
    const errors = {};
    if (!check(answers)) for (const { instancePath, message } of check.errors) errors[instancePath.slice(1).replaceAll('/', '.')] = message;
    reply.type('text/html; charset=utf-8').send(page(typed, count, errors));
  });
  app.listen({ port: Number(port), host: '127.0.0.1' });
}
