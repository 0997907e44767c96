/* Which number a person has in an agenda, and which account may see into what stands under it. Made
 * by what the account itself sent, or at a counter after its identity was checked; never guessed
 * from a name. Reading on a worker's connection, writing inside a write job. */
#ifndef EPO_PORTAL_PERSON_LINK_H
#define EPO_PORTAL_PERSON_LINK_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"
#include "portal/record.h"

#define EPO_PERSON_NUMBER_SIZE (EPO_RECORD_PERSON_MAX + 1)

/* The number of the account in the agenda; empty where it is not linked. */
bool epo_person_link_find(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                          struct epo_span agenda, char person[EPO_PERSON_NUMBER_SIZE],
                          struct epo_error *error);
/* The account linked to a number, in the pool; empty where there is none. */
bool epo_person_link_account(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                             struct epo_span agenda, struct epo_span person,
                             struct epo_span *account, struct epo_error *error);
/* Links that hold now: [{"agenda","person","how","by","at_us"}], by agenda. */
bool epo_person_links(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_json **links, struct epo_error *error);

struct epo_person_linking {
    struct epo_span account, agenda, person;
    struct epo_span how; /* "counter", "letter", "submission", "demo", "shell" */
    struct epo_span by;  /* account of who links it, "shell", or empty: the portal itself */
};
/* In a write job, with its row in the audit trail. Nothing happens where it holds already. CONFLICT
 * "person.account_linked" where the account has another number in the agenda, "person.taken" where
 * the number is another account's. BAD_INPUT "person.number". */
bool epo_person_link_make(struct epo_portal *portal, struct epo_db *db,
                          const struct epo_person_linking *linking, struct epo_error *error);
/* In a write job, with its row in the audit trail: the account sees nothing of it from now on.
 * NOT_FOUND "person.not_linked". */
bool epo_person_link_end(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                         struct epo_span agenda, struct epo_span by, struct epo_error *error);

/* A number that nobody in the agenda has yet: ten digits, the last a check digit (Luhn), so that it
 * serves as a variable symbol. */
bool epo_person_number_make(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                            char person[EPO_PERSON_NUMBER_SIZE], struct epo_error *error);
/* Of whom a submission is: what was written under it goes on under the same number; else the number
 * that its sender (may be empty) is linked to; else a fresh one. number 0: not filed yet. *fresh:
 * nothing stands under it. */
bool epo_person_number_of(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                          struct epo_span sender, int64_t number,
                          char person[EPO_PERSON_NUMBER_SIZE], bool *fresh,
                          struct epo_error *error);
/* In a write job: something of the submission is written under the person's number, which is kept
 * with it; its sender, where there is one, is linked. CONFLICT as of epo_person_link_make. */
bool epo_person_of_case(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                        struct epo_span sender, int64_t number, struct epo_span person,
                        struct epo_error *error);
/* Numbers of the submissions under which something was written of the person, newest first:
 * [{"number","title","state","received_at_us"}], at most `limit`. */
bool epo_person_cases(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span agenda, struct epo_span person, int limit,
                      struct epo_json **cases, struct epo_error *error);

#endif
