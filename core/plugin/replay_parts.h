/* What the files of a replay share. */
#ifndef EPO_PLUGIN_REPLAY_PARTS_H
#define EPO_PLUGIN_REPLAY_PARTS_H

#include "plugin/agenda.h"
#include "plugin/replay.h"
#include "portal/receipt.h"
#include "portal/record.h"

struct epo_replay_side {
    struct epo_agenda *agenda;
    const char *day; /* whose parameters count */
};

struct epo_replay {
    struct epo_portal *portal;
    struct epo_replay_ask ask;
    char agenda[EPO_AGENDA_NAME_MAX + 1];
    char period[16];
    struct epo_replay_side before, after;
    int64_t position, last;              /* numbers */
    bool filed_done;                     /* then records are asked */
    bool nothing_new;                    /* parameters of another day alone */
    char record[EPO_RECORD_KEY_MAX + 1]; /* the last one that was asked */
    struct epo_replay_sums sums;
};

/* What one version says: {"accepted","errors","values","office","due"}; of a record its values are
 * {"assessed"}. */
struct epo_replay_outcome {
    struct epo_json *json;
    const struct epo_form *form;   /* of a submission, or NULL */
    const struct epo_json *values; /* computed, or NULL */
    bool accepted, broke;
};

/* replay.c */
/* Sorted codes of failures: array of texts. */
struct epo_json *epo_replay_codes(struct epo_pool *pool, const struct epo_json *errors);
/* Fills outcome->json from what else is set. */
void epo_replay_outcome(struct epo_pool *pool, struct epo_replay_outcome *outcome,
                        struct epo_json *codes, struct epo_span office, struct epo_span due);
/* Adds both up and calls back where they differ. row: {"number","day","form","district"}. */
void epo_replay_compare(struct epo_replay *replay, struct epo_pool *pool, struct epo_json *row,
                        const struct epo_replay_outcome *before,
                        const struct epo_replay_outcome *after,
                        void (*differs)(void *arg, const struct epo_json *difference), void *arg);

/* replay_records.c: the next page of records that last into the period, as epo_replay_step. */
bool epo_replay_records(struct epo_replay *replay, struct epo_db *db, int most,
                        void (*differs)(void *arg, const struct epo_json *difference), void *arg,
                        bool *more, struct epo_error *error);

#endif
