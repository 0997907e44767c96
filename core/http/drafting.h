/* A form's page and its draft: what form_pages.c and draft_pages.c share. The page carries
 * "_draft" (a reference, portal/draft.h), "_draft_version" (what it knows) and, from a script,
 * "_page" (which page saves). */
#ifndef EPO_HTTP_DRAFTING_H
#define EPO_HTTP_DRAFTING_H

#include "http/pages.h"
#include "portal/draft.h"

struct epo_drafting {
    bool found;      /* draft is there and this request may write it */
    bool lost;       /* a reference came along that opens nothing */
    bool signed_out; /* … because it is an account's and nobody is signed in */
    struct epo_draft draft;
    int64_t version;        /* that the page knows */
    struct epo_json *moved; /* {finish (bool), gone [label], added [label]}: begun under another
                               version of the form than today's; else NULL */
};

/* ---- draft_versions.c ---- */
/* Which version of the form the draft goes on under: *form is today's, and another afterwards where
 * it is finished under its own. False only when the database failed. */
bool epo_drafting_choose(struct epo_request *request, struct epo_drafting *drafting,
                         const struct epo_json *raw, const struct epo_form **form,
                         struct epo_error *error);
/* The field (of the definition) that a posted name belongs to: "area.q" to area, "dogs.0.chip" to
 * chip; or NULL. */
const struct epo_json *epo_drafting_field(const struct epo_form *form, struct epo_span name);

/* ---- drafting.c ---- */

/* Looks for the draft that the request names: "?draft=" or "_draft". False only when the database
 * failed. */
bool epo_drafting_read(struct epo_request *request, struct epo_drafting *drafting,
                       struct epo_error *error);
/* Adds "draft" to a page's model: reference ("" without one) and version for the hidden inputs,
 * saved_text, days, moved. */
void epo_drafting_model(struct epo_request *request, const struct epo_drafting *drafting,
                        struct epo_json *model);
/* Adds "conflict" to it: {at_text, take_url, keep (action), rows [{label, there, here}]}: what the
 * draft holds that another page saved, beside what this one would save (raw). */
void epo_drafting_conflict(struct epo_request *request, const struct epo_drafting *drafting,
                           const struct epo_form *form, const struct epo_json *raw,
                           struct epo_json *model);
/* What was typed, out of the draft: as raw answers from a page. */
struct epo_json *epo_drafting_raw(struct epo_request *request, const struct epo_drafting *drafting);

/* Saves what was typed, into a new draft where none was found. finish makes the answer; error has
 * CONFLICT "draft.changed" where another page was there first. */
struct epo_response *
epo_drafting_save(struct epo_request *request, struct epo_drafting *drafting,
                  struct epo_agenda *agenda, const struct epo_form *form,
                  const struct epo_json *raw,
                  struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                 const struct epo_error *error),
                  void *arg);

/* The drafts of an account, of one agenda or (empty) of all: [{title, url, changed_text}]. */
bool epo_drafting_list(struct epo_request *request, const struct epo_account *account,
                       struct epo_span agenda, struct epo_json **rows, struct epo_error *error);
/* Address of a form: "/agendas/dog_fee/registration?draft=…". */
const char *epo_drafting_form_url(struct epo_request *request, const struct epo_draft *draft);

#endif
