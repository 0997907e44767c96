/* Mandates: who may act for whom. The one who is represented (the principal) is a person, a sole
 * trader or a company; the holder is a person who signs in. A mandate covers all agendas or chosen
 * ones, reading, filing or both, from one day to another. It is given by the principal and accepted
 * by the holder, entered at a counter from paper, or follows from the register of companies; either
 * side ends it at any time. Reading on a worker's connection, changing inside a write job. */
#ifndef EPO_PORTAL_MANDATE_H
#define EPO_PORTAL_MANDATE_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "portal/account.h"
#include "portal/portal.h"

#define EPO_MANDATES_MAX 50         /* in force or offered, of one principal */
#define EPO_MANDATE_OFFERS_A_DAY 10 /* each mails somebody */
#define EPO_MANDATE_AGENDAS_MAX 100

enum epo_mandate_right { EPO_MANDATE_READ = 1, EPO_MANDATE_FILE = 2, EPO_MANDATE_BOTH = 3 };

/* The one question: may this account do that for the other one today? For itself always. agenda
 * empty: in some agenda at all. All spans are account ids and the agenda's name. */
bool epo_mandate_may(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                     struct epo_span principal, struct epo_span agenda,
                     enum epo_mandate_right right, bool *may, struct epo_error *error);
/* Does it stand in the register that this account acts for the business? Such a one gives mandates
 * for it. */
bool epo_mandate_is_body(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                         struct epo_span principal, bool *body, struct epo_error *error);

/* Somebody in whose name one may act. */
struct epo_party {
    char id[EPO_TOKEN_SIZE];
    char login[128];
    char name[128];
    char kind[16];    /* "person" | "trader" | "company" */
    char number[16];  /* IČO, or empty */
    char seat[256];   /* of a business */
    char data_box[8]; /* of a business, or empty */
    bool verified;
};
/* The principal of some mandate that the account holds today. *found false where there is none. */
bool epo_mandate_party(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       struct epo_span principal, struct epo_party *party, bool *found,
                       struct epo_error *error);
/* In whose names the account may do that today, by name: [{"id","name","kind","number"}]. agenda
 * empty: in some agenda. */
bool epo_mandate_parties(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account, struct epo_span agenda,
                         enum epo_mandate_right right, struct epo_json **parties,
                         struct epo_error *error);

/* Mandates of a principal, or those that an account holds or was offered (as the login), latest
 * first: [{"id","origin","principal","principal_name","holder","holder_name","offered_to","rights",
 * "all","agendas":[name],"from","until","office","document","accepted_at_us","ended_at_us",
 * "ended_reason","state":"offered"|"in_force"|"later"|"over"|"ended"}]. */
bool epo_mandate_of_principal(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                              struct epo_span principal, struct epo_json **list,
                              struct epo_error *error);
bool epo_mandate_of_holder(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           const struct epo_account *account, struct epo_json **list,
                           struct epo_error *error);
/* Entered by an office. */
bool epo_mandate_of_office(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           struct epo_span office, struct epo_json **list, struct epo_error *error);

struct epo_mandate_terms {
    int rights; /* of enum epo_mandate_right */
    bool all;
    const struct epo_json *agendas; /* array of names, unless all */
    struct epo_span from, until;    /* ISO dates; until may be empty: without end */
};
/* Fills errors with {"path","code"}: "rights", "agendas", "from", "until". Pure. */
bool epo_mandate_terms_check(struct epo_pool *pool, const struct epo_mandate_terms *terms,
                             struct epo_json *errors);

/* ---- mandate_give.c ---- */
struct epo_mandate_giving {
    struct epo_portal *portal;
    const struct epo_account *giver;
    struct epo_span principal; /* the giver's id, or a business that the giver is the body of */
    struct epo_span to;        /* e-mail, as typed */
    struct epo_mandate_terms terms;
    struct epo_span lang;
    char id[EPO_TOKEN_SIZE]; /* made by the caller with epo_token_make */
};
/* A write job's part: offers it to who signs in with that address, now or later; nobody learns
 * whether there is such an account. BAD_INPUT "mandate.to"; DENIED "mandate.unverified" where the
 * principal's identity is not verified, "mandate.principal" for one the giver does not speak for;
 * BUSY "mandate.many". */
bool epo_mandate_give(struct epo_db *db, const struct epo_mandate_giving *giving,
                      struct epo_error *error);
/* A write job's part: NOT_FOUND "mandate.gone" unless it is offered to this account. */
bool epo_mandate_accept(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_account *account, struct epo_span id,
                        struct epo_error *error);
/* A write job's part: by either side (also: declined), or who speaks for the business. NOT_FOUND
 * "mandate.gone". */
bool epo_mandate_end(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_account *account, struct epo_span id,
                     struct epo_error *error);
/* A write job's part: ends those that were offered, given or held by the account, before it goes.
 */
bool epo_mandate_end_all(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                         struct epo_error *error);

/* ---- mandate_counter.c ---- */
struct epo_mandate_paper {
    struct epo_portal *portal;
    const struct epo_account *clerk;
    struct epo_span principal; /* login or IČO, as typed */
    struct epo_span holder;    /* login, as typed */
    struct epo_span document;  /* what it was, in a line */
    struct epo_mandate_terms terms;
    char id[EPO_TOKEN_SIZE];
};
/* A write job's part: from a power of attorney on paper; both are told by mail. DENIED
 * "identity.office" for a clerk who does not identify; BAD_INPUT "mandate.document",
 * "mandate.self"; NOT_FOUND "mandate.no_principal", "mandate.no_holder". */
bool epo_mandate_from_paper(struct epo_db *db, const struct epo_mandate_paper *paper,
                            struct epo_error *error);
/* A write job's part: the paper was revoked, or the register has changed; with the reason. */
bool epo_mandate_end_at_counter(struct epo_portal *portal, struct epo_db *db,
                                const struct epo_account *clerk, struct epo_span id,
                                struct epo_span reason, struct epo_error *error);

#endif
