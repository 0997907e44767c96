/* Trying a changed agenda on what was filed already, and on its records: each submission's stored
 * answers, facts and day are asked of the present version and of the new one, under the same
 * limits, and nothing is written. What is told of a submission is its number, codes and computed
 * values, never answers. */
#ifndef EPO_PLUGIN_REPLAY_H
#define EPO_PLUGIN_REPLAY_H

#include "base/clock.h"
#include "plugin/plugin.h"

#define EPO_REPLAY_DISTRICTS_MAX 100

struct epo_replay_ask {
    const char *agenda;
    /* what is new; all may be left out: then the parameters of another day alone */
    const char *folder;                /* another folder of the agenda, or NULL */
    const char *form;                  /* id of a form with another definition, or NULL */
    struct epo_span definition;        /* of it */
    const struct epo_json *parameters; /* in epo.json's grammar, over all that is set; or NULL */
    /* the days whose parameters count, before and after; ISO */
    char before_day[EPO_TIME_SIZE], after_day[EPO_TIME_SIZE];
    int64_t from_us, until_us; /* received in [from_us, until_us) */
    /* the period for which the agenda's records are assessed by both too ("2027", assess.h), by the
     * parameters of its first day; empty: none are */
    struct epo_span period;
};

/* Sums so far; money in haléře, of submissions that both versions accept. */
struct epo_replay_sums {
    int64_t total;                                /* to be asked; known after opening */
    int64_t counted;                              /* asked so far */
    int64_t different, refused, accepted, broken; /* refused: by the new version alone, … */
    int64_t both; /* refused by both: a register may have them already, or the agenda fails */
    int64_t money_before, money_after;
    size_t district_count;
    struct epo_replay_district {
        char code[16];
        int64_t counted, different, money_before, money_after;
    } districts[EPO_REPLAY_DISTRICTS_MAX]; /* others are in the sums alone */
};

struct epo_replay; /* one thread at a time */

/* Opens the new version beside the running one. NULL and an error: faults (array of
 * {"file","line","text"}, in the pool) say what the new version would not start with. The replay
 * must be closed. */
struct epo_replay *epo_replay_open(struct epo_registry *registry, struct epo_portal *portal,
                                   struct epo_db *db, const struct epo_replay_ask *ask,
                                   struct epo_pool *pool, struct epo_json **faults,
                                   struct epo_error *error);
void epo_replay_close(struct epo_replay *replay);

/* Asks the next submissions, then records, at most `most`; calls back for each whose outcome
 * differs, with
 * {"number","day","form","district","before": {"accepted","errors": [codes],"values","office",
 * "due"},"after": {…} (of a record its key for a number, its kind for a form, and the value
 * "assessed"),"changes": [{"what": "accepted"|"errors"|"office"|"due"|id of a value,
 * "before","after" (texts), "money": bool}]}, which dies with the call. *more: there may be others.
 * False when the store failed. */
bool epo_replay_step(struct epo_replay *replay, struct epo_db *db, int most,
                     void (*differs)(void *arg, const struct epo_json *difference), void *arg,
                     bool *more, struct epo_error *error);
const struct epo_replay_sums *epo_replay_sums(const struct epo_replay *replay);
/* As JSON: the members above, "districts": [{"code","counted","different","money_before",
 * "money_after"}]. */
struct epo_json *epo_replay_sums_json(const struct epo_replay_sums *sums, struct epo_pool *pool);

#endif
