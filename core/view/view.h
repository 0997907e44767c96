/* Templates compiled at load and texts in several languages. Escaping is the default.
 *
 * Template syntax (files *.html under the given folders, named by path without ".html"):
 *   {{name}} {{a.b.0}} {{.}}        value, HTML-escaped (safe in text and in quoted attributes)
 *   {{url name}}                    percent-encoded for a URL path segment or query value
 *   {{json name}}                   the value as JSON; only in <script type="application/ld+json">
 *   {{raw name}}                    unescaped: only for markup that a template made; greppable
 *   {{t "key"}}                     text of the catalog in the page's language, escaped;
 *   {{t "key" name=path other=path}} with {name} in the text replaced by escaped values
 *   {{tr path}}                     text whose key is the value at path (missing key: the value)
 *   {{#if path}} … {{else}} … {{/if}}   empty, null, false, 0, "" and [] are false
 *   {{#unless path}} … {{/unless}}
 *   {{#if a == "literal"}}          equality with a literal
 *   {{#each path}} … {{else}} … {{/each}}   inside: members of the item first, then outer names;
 *                                   {{@index}} {{@first}} {{@last}}
 *   {{#with path}} … {{/with}}
 *   {{> partial}} {{> (path)}}      another template with the current scope; the second form takes
 * its name from the value at path ("forms/field_text"). Depth at most 16.
 *   {{#layout "core/layout"}} … {{/layout}}  the content is available in the layout as {{raw
 * content}}
 *   {{! comment }}
 *
 * A name not in the model is empty; #with on an empty value draws nothing. Tags of blocks, partials
 * and comments that stand alone on a line take the line with them. An unknown template, tag or
 * unclosed block is a load error with file:line. Templates from agendas may not use raw.
 *
 * The compiler follows the HTML: values are refused (at load) in unquoted attributes, in on…= and
 * style=, in <script>, <style> and comments; a block must end at the place in HTML where it began.
 * At the start of href, src, action, formaction and poster an address with a scheme other than
 * http, https, mailto, tel or geo is written as "#". */
#ifndef EPO_VIEW_VIEW_H
#define EPO_VIEW_VIEW_H

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

/* Texts: <folder>/cs.json, en.json: flat objects "key": "text". Read-only after load: any thread.
 */
struct epo_catalog;
struct epo_catalog *epo_catalog_create(void);
void epo_catalog_free(struct epo_catalog *catalog);
/* A catalog for one agenda's texts that falls back to the host's, which must outlive it. */
struct epo_catalog *epo_catalog_child(const struct epo_catalog *parent);
/* Adds all <lang>.json of the folder, every key under `prefix` (may be ""). */
bool epo_catalog_add(struct epo_catalog *catalog, const char *folder, const char *prefix,
                     struct epo_error *error);
/* The text, of another language if this one lacks it, or the key itself. NUL-terminated. */
struct epo_span epo_catalog_text(const struct epo_catalog *catalog, const char *lang,
                                 const char *key);
/* With {name} replaced from members of the values object (not escaped: for plain text). */
struct epo_span epo_catalog_format(const struct epo_catalog *catalog, struct epo_pool *pool,
                                   const char *lang, const char *key,
                                   const struct epo_json *values);

/* {name} in any text replaced from members of values; unknown names stay. Not escaped. Pool copy.
 */
struct epo_span epo_text_fill(struct epo_pool *pool, struct epo_span text,
                              const struct epo_json *values);

/* A set of compiled templates. Read-only after the last add: any thread. */
struct epo_templates;
struct epo_templates *epo_templates_create(const struct epo_catalog *catalog);
void epo_templates_free(struct epo_templates *templates);
/* Compiles every *.html under folder as "<prefix>/<path>"; trusted=false refuses {{raw}}. */
bool epo_templates_add(struct epo_templates *templates, const char *folder, const char *prefix,
                       bool trusted, struct epo_error *error);
/* Checks that every partial and layout named exists. */
bool epo_templates_link(struct epo_templates *templates, struct epo_error *error);
/* Appends the page to the buffer. A child set falls back to its parent (see below). */
bool epo_templates_render(const struct epo_templates *templates, const char *name, const char *lang,
                          const struct epo_json *model, struct epo_buffer *out,
                          struct epo_error *error);
/* A set for one agenda's own templates and texts that falls back to the host's. */
struct epo_templates *epo_templates_child(const struct epo_templates *parent,
                                          const struct epo_catalog *catalog);

#endif
