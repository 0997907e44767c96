/* Short forms about an account, all drawn by one template (web/account_form). Texts come from keys:
 * "<name>.title", "<name>.lead", "<name>.button", and "account.field.<field>" with ".hint". */
#ifndef EPO_HTTP_ACCOUNT_FORM_H
#define EPO_HTTP_ACCOUNT_FORM_H

#include "http/pages.h"

struct epo_account_form;
/* name: "register"; action: where it posts. In the request's pool. */
struct epo_account_form *epo_account_form(struct epo_request *request, const char *name,
                                          const char *action);
/* A field, in order. type is the input's: "text", "email", "password"; value is shown again (never
 * of a password). */
void epo_account_form_field(struct epo_account_form *form, const char *field, const char *type,
                            const char *autocomplete, struct epo_span value);
/* Says what is wrong beside the field of this name (NULL: the first one) and at the top. Does not
 * say "wrong" to codes: text is the whole sentence. */
void epo_account_form_fault(struct epo_account_form *form, const char *field, struct epo_span text);
/* A line under the button; a link under that. */
void epo_account_form_note(struct epo_account_form *form, const char *key);
void epo_account_form_link(struct epo_account_form *form, const char *url, const char *key);
void epo_account_form_next(struct epo_account_form *form, struct epo_span next);
/* The page, not to be stored. */
struct epo_response *epo_account_form_show(struct epo_account_form *form, int status);

/* A page that only says what happens next: "<name>.title" and "<name>.lead" with values (may be
 * NULL). links as [{url, text}] or NULL. */
struct epo_response *epo_account_note(struct epo_request *request, int status, const char *name,
                                      const struct epo_json *values, struct epo_json *links);

#endif
