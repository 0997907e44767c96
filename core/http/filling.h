/* One form while it is filled in: what form_pages.c, form_steps.c and form_drafts.c share. */
#ifndef EPO_HTTP_FILLING_H
#define EPO_HTTP_FILLING_H

#include "base/token.h"
#include "http/acting.h"
#include "http/drafting.h"

struct filling {
    struct epo_request *request;
    struct epo_agenda *agenda;
    const struct epo_form *form;
    struct epo_json *raw;        /* as posted: name -> text or array of texts */
    struct epo_form_steps steps; /* of a page without a script */
    int step;                    /* of a form of several pages; -1: the list of tasks */
    bool returns;                /* "Change" was pressed: from the step back to the review */
    char key[EPO_TOKEN_SIZE];    /* or empty */
    struct epo_files *files;     /* that came along, or NULL */
    struct epo_json *refused;    /* files that were not taken: errors of the form, or NULL */
    struct epo_intake intake;
    struct epo_drafting drafting;
    struct epo_span counter;       /* account of the clerk who fills it in for somebody, or empty */
    struct epo_json *counter_note; /* of the paper that it came from, or NULL */
    bool conflict;                 /* another page has saved the draft: both are shown */
    struct epo_span trouble;       /* why the draft was not saved */
    struct epo_json *prefilled;    /* names, or NULL */
    struct epo_acting acting;      /* in whose name */
    bool begins;                   /* the form's start page: in whose name may still be chosen */
};

/* ---- form_pages.c ---- */
/* What every page of the form has: crumbs, action, key, draft. */
struct epo_json *epo_filling_frame(struct filling *filling);
/* Adds the form's view to the model and answers with the page. */
struct epo_response *epo_filling_page(struct filling *filling, int status, struct epo_json *model,
                                      struct epo_json *view);
/* Fills in the parameters that texts of the view name: those of the place's district, once it is
 * known. */
void epo_filling_texts(struct filling *filling, struct epo_json *view);
/* Everything is right: the answers for reading, before they are sent. */
struct epo_response *epo_filling_review(struct filling *filling);
/* The form as it was typed, with nothing blamed. */
struct epo_response *epo_filling_show_typed(struct filling *filling, int status);
/* What was typed is kept in a page that offers to try again. */
struct epo_response *epo_filling_trouble(struct filling *filling, const struct epo_error *error);

/* ---- form_steps.c: forms of several pages ---- */
/* Address of the step, or of the form (-1), in the request's pool. */
const char *epo_filling_address(struct filling *filling, int step);
/* The page of filling->step, or the list of tasks. Errors lead to the first step that has one.
 * result may be NULL: nothing was typed yet. */
struct epo_response *epo_filling_show_step(struct filling *filling, int status,
                                           const struct epo_form_result *result);
/* The list of tasks with the state of each step. result may be NULL. */
struct epo_response *epo_filling_tasks(struct filling *filling, int status,
                                       const struct epo_form_result *result);
/* "Continue", after the check: the step again with its errors, the next one, the list of tasks, or
 * the review once all is done. */
struct epo_response *epo_filling_continue(struct filling *filling);
/* Adds to each section of a summary where its answers are changed: "change" {address, action}. */
void epo_filling_set_change(struct filling *filling, struct epo_json *sections);

/* ---- form_assured.c: whom the portal must know to take the form (http/assured.h) ---- */
/* Is the sender known well enough? Errors of epo_assurance_check. */
bool epo_filling_known(const struct filling *filling, struct epo_error *error);
/* Adds "assurance" to the model where the sender is not. */
void epo_filling_assurance(struct filling *filling, struct epo_json *model);
/* _action "identify:login": keeps what was typed as a draft, and on to there. */
struct epo_response *epo_filling_identify(struct filling *filling);

/* ---- form_acting.c ---- */
/* In whose name it is filled in: as the page or the draft says, or as the session has chosen. False
 * with an answer: it cannot be read now. */
bool epo_filling_acting(struct filling *filling, struct epo_response **answer);
/* Adds "acting": whom one acts for, on the start page with a choice. */
void epo_filling_add_acting(struct filling *filling, struct epo_json *model);
/* Nothing is filed in the name of somebody whom the person may not act for: the page goes on in the
 * person's own, and an error says so. */
void epo_filling_add_lost(struct filling *filling);

/* ---- form_drafts.c ---- */
/* The draft that the page belongs to. False with an answer: it cannot be read now. */
bool epo_filling_draft(struct filling *filling, struct epo_response **answer);
/* "?draft=": the form with what the draft holds; to the sign-in, or 404. */
struct epo_response *epo_filling_open_draft(struct filling *filling);
/* _action "save", or "keep:7": over the seventh version, which the person has seen. */
struct epo_response *epo_filling_save_draft(struct filling *filling, struct epo_span action);
/* It was not saved: why, with what was typed; beside what another page saved where that is why. */
struct epo_response *epo_filling_draft_unsaved(struct filling *filling,
                                               const struct epo_error *error);
/* What the other page saved is read anew and shown beside what this one holds. */
struct epo_response *epo_filling_conflict(struct filling *filling);
/* Write job, after a request was filed: one draft becomes one request, so of two pages that send it
 * the second is told (CONFLICT "draft.gone" or "draft.changed"). */
bool epo_filling_draft_sent(const struct filling *filling, struct epo_db *db,
                            struct epo_error *error);

#endif
