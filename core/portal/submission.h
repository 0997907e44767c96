/* Submissions: what was sent, insert-only, each with a number, a receipt and a case.
 * filing runs inside a write job; reading on a worker's connection. */
#ifndef EPO_PORTAL_SUBMISSION_H
#define EPO_PORTAL_SUBMISSION_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "portal/portal.h"
#include "portal/receipt.h"

/* All that is needed to save one request; plain data prepared on a worker, in its pool. */
struct epo_filing {
    const char *agenda, *form, *form_version, *lang;
    struct epo_span title;              /* of the form, in Czech: for lists */
    struct epo_span answers;            /* canonical JSON (RFC 8785) */
    struct epo_span facts;              /* JSON: field id -> facts */
    struct epo_span values;             /* JSON: computed values and explanations */
    struct epo_span parameters;         /* JSON: parameters it was made under */
    const struct epo_place *place;      /* NULL without a place */
    const struct epo_json *place_facts; /* of that place */
    struct epo_span applicant; /* whose request it is, for the search of clerks; may be empty */
    struct epo_span place_field;
    struct epo_span district; /* code, or empty */
    struct epo_span office;   /* id of the office that handles it */
    struct epo_span map_version;
    struct epo_span idempotency_key; /* empty: none */
    struct epo_span sender;          /* whose it is: account id, or empty for anonymous */
    struct epo_span agent;           /* who sends it for the sender by a mandate, or empty */
    struct epo_span agent_name, sender_name; /* of the two, with an agent */
    struct epo_span counter; /* account of the clerk who files it at the counter, or empty */
    struct epo_span due;     /* ISO date or empty */
    bool due_counted;        /* by the rules of its state, else fixed by the agenda */
    bool due_working;        /* counted in working days */
    /* The declared rules checked again, and the agenda's own writes, inside the save: */
    bool (*inside)(struct epo_db *db, void *arg, struct epo_error *error);
    void *inside_arg;

    /* made by epo_submission_prepare */
    bool prepared;
    char answers_hash[EPO_SHA256_HEX_SIZE], place_hash[EPO_SHA256_HEX_SIZE]; /* empty: no place */
    uint8_t key_hash[EPO_SHA256_SIZE];                                       /* of the key */
    struct epo_span place_text; /* nearest address, parcel or public space: for lists */
    struct epo_span search;     /* title, place and applicant, folded */
};

/* On the worker, once all members above are set: hashes and the texts for lists, so that the writer
 * only numbers, chains and inserts. */
void epo_submission_prepare(struct epo_pool *pool, struct epo_filing *filing);

/* What lists show of a place and find it by: nearest address, parcel or public space; and that with
 * title and applicant, folded. facts may be NULL. Pool copies. */
void epo_submission_describe(struct epo_pool *pool, struct epo_span title,
                             struct epo_span applicant, const struct epo_json *facts,
                             struct epo_span *place_text, struct epo_span *search);

struct epo_filed {                     /* filled by epo_submission_file */
    char number[EPO_NUMBER_SIZE];      /* "2026-000123" */
    char receipt[EPO_SHA256_HEX_SIZE]; /* hex SHA-256: id of the receipt */
    int64_t received_at_us;
    bool repeated; /* this Idempotency-Key was filed before: the first answer again */
};

/* The key of the link to a submission: lets its holder see it. Sealed with the portal's secret from
 * the number, so that a repeated request gets the same link and the database holds nothing that
 * opens a submission. Any thread. */
void epo_submission_token(const struct epo_portal *portal, const char *number,
                          char out[EPO_TOKEN_SIZE]);

/* Has a request with this Idempotency-Key been filed? Then it is not asked again whether it may be:
 * epo_submission_file gives the first answer. On a worker. */
bool epo_submission_key_used(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                             const char *form, struct epo_span key, bool *used,
                             struct epo_error *error);

/* In a write job (filing must be prepared; DENIED "mandate.none" where an agent may not file for
 * the sender any more): numbers, chains the receipt to the one before, inserts submission,
 * location, case, audit row and outbox row. With a known idempotency_key and the same answers gives
 * the first result; with other answers CONFLICT "submission.key_reused". */
bool epo_submission_file(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_filing *filing, struct epo_filed *filed,
                         struct epo_error *error);

/* Who is looking; everything that shows a submission asks epo_submission_find with one. */
/* The sender sees it, and who may read the agenda for the sender by a mandate, or has sent it
 * for the sender and may still file. Where there is an agent, no link or receipt opens it: who
 * acted for another would keep them when the mandate ends. */
struct epo_viewer {          /* all empty: sees nothing */
    struct epo_span account; /* id or empty */
    struct epo_span role;    /* "citizen" | "clerk" | "admin" or empty */
    struct epo_span office;  /* of a clerk: an office id, "*" the whole city, empty nothing */
    struct epo_span token;   /* access token or receipt from the link */
};
/* {"number","agenda","form","formVersion","title","lang","receivedAt","received_at_us","receipt",
 *  "answers","facts","values","parameters","place":GeoJSON|null,"placeText","areaM2","mapVersion","district",
 *  "office","state","due","answerBy","changedAt","sender","agent","agentName","senderName" ("" but
 *  where another sent it for the sender),"source" ("web" or "counter"),
 *  "history":[{"at","at_us","from","state","note","by":office id,"actor":name}],
 *  "completions" and "current": see completion.h};
 * NOT_FOUND also where the viewer may not see it (no enumeration). */
bool epo_submission_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span number, const struct epo_viewer *viewer,
                         struct epo_json **found, struct epo_error *error);
/* The answers (objects) of what an account sent last, newest first, at most `most` of them; agenda
 * empty: of all. On a worker. */
bool epo_submission_answers(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_span account, struct epo_span agenda, int64_t most,
                            struct epo_json **answers, struct epo_error *error);
/* Recomputes the whole receipt chain; BROKEN with the first number that does not fit. */
bool epo_submission_verify_chain(struct epo_portal *portal, struct epo_db *db, int64_t *count,
                                 struct epo_error *error);

#endif
