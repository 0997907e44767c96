/* Links of accounts to numbers in the city's registers (person_link.h) as people make and end them:
 * a clerk at a counter, or the person with a code from a letter. Never guessed from a name. */
#ifndef EPO_PORTAL_PERSON_LETTER_H
#define EPO_PORTAL_PERSON_LETTER_H

#include "portal/account.h"
#include "portal/person_link.h"

#define EPO_LETTER_CODE_SIZE 13 /* twelve letters and digits (60 bits), NUL */
#define EPO_LETTER_CODE_DAYS 30

/* Links of an account, those that have ended too, latest first: [{"agenda","person","how","office":
 * of the clerk who made it,"at_us","ended_at_us","ended_reason"}]. */
bool epo_person_link_history(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                             struct epo_span account, struct epo_json **links,
                             struct epo_error *error);
/* An account as a counter names it: a person by login, or a business by its number; only one whose
 * identity is verified. *found NULL where there is none: {"id","login","name","kind","number",
 * "birth_date","address"} otherwise. */
bool epo_person_at_counter(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           struct epo_span typed, struct epo_json **found, struct epo_error *error);

struct epo_person_deed {
    struct epo_portal *portal;
    const struct epo_account *clerk;
    struct epo_span account, agenda, person;
    struct epo_span reason;          /* of ending */
    char code[EPO_LETTER_CODE_SIZE]; /* of a letter, made by the caller */
};
void epo_letter_code(char out[EPO_LETTER_CODE_SIZE]);
/* Write jobs' parts of a clerk who identifies (else DENIED "identity.office"). Linking: NOT_FOUND
 * "link.nothing" where nothing is kept under the number, DENIED "identity.own", CONFLICT as of
 * epo_person_link_make. A letter: the code takes the place of one made before. Ending: BAD_INPUT
 * "identity.reason", NOT_FOUND "person.not_linked". */
bool epo_person_link_at_counter(struct epo_db *db, const struct epo_person_deed *deed,
                                struct epo_error *error);
bool epo_person_letter(struct epo_db *db, const struct epo_person_deed *deed,
                       struct epo_error *error);
bool epo_person_unlink_at_counter(struct epo_db *db, const struct epo_person_deed *deed,
                                  struct epo_error *error);

/* Before the save, on a worker: RATE "account.slow_down" after wrong codes. */
bool epo_letter_may_try(struct epo_span account, struct epo_error *error);
/* A write job's part: the code of a letter as typed; it is used up. NOT_FOUND "link.code"; CONFLICT
 * as of epo_person_link_make. by: who types it, for the account or for a business. */
bool epo_letter_use(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                    struct epo_span by, struct epo_span typed, struct epo_error *error);
/* After the save: counts a wrong code. */
void epo_letter_tried(struct epo_span account, bool good);
/* A write job's part: the account's own wish, with a reason or none. */
bool epo_person_unlink(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       struct epo_span agenda, struct epo_span by, struct epo_span reason,
                       struct epo_error *error);

#endif
