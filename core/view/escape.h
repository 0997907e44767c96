/* Writing values so that they stay values. Pure; any thread. */
#ifndef EPO_VIEW_ESCAPE_H
#define EPO_VIEW_ESCAPE_H

#include "base/json.h"
#include "base/text.h"

/* & < > " ' as entities: safe in HTML text and in quoted attributes. */
void epo_escape_html(struct epo_buffer *out, struct epo_span text);
/* RFC 3986: everything but unreserved characters as %XX: safe as a path segment or query value. */
void epo_escape_url(struct epo_buffer *out, struct epo_span text);
/* An address for href, src or action: HTML-escaped if it is relative or http, https, mailto, tel or
 * geo; "#" otherwise (javascript:, data: …). */
void epo_escape_link(struct epo_buffer *out, struct epo_span text);

/* A JSON value as plain text: null is empty, arrays and objects are compact JSON. Text values are
 * returned as they are; others are written into scratch, which must stay until the span is used. */
struct epo_span epo_plain_text(const struct epo_json *value, struct epo_buffer *scratch);

#endif
