/* Completions as the pages of both sides show them. */
#ifndef EPO_HTTP_COMPLETIONS_H
#define EPO_HTTP_COMPLETIONS_H

#include "http/pages.h"

/* Fields (files, signatures and consents too) and groups of a form that may be asked for again:
 * [{"id","label"}], in order. */
struct epo_json *epo_page_completable(struct epo_request *request, const struct epo_form *form);
/* Adds "completions" [{asked_text, answered_text (or ""), fields [{label, reason}],
 * changes [{label, before, before_files [{name, url}], after, after_files}], hash}], oldest first:
 * what was asked for, and what came with what stood there before. files and query: addresses of
 * files, as epo_files_link takes them. */
void epo_page_completions(struct epo_request *request, struct epo_json *model,
                          const struct epo_json *found, const char *files, const char *query);
/* Adds "ask" {action, from, to, fields [{id, label, reason, ticked}], note, error} where this role
 * may ask for a completion now. */
void epo_page_ask(struct epo_request *request, struct epo_json *model, const struct epo_json *found,
                  struct epo_span role, struct epo_span trouble);

#endif
