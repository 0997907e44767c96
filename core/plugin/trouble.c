/* What went wrong in the hooks of a running generation, for the admin: the log has every case, here
 * each kind is counted. */
#include "base/clock.h"
#include "plugin/agenda.h"

void epo_agenda_note(struct epo_agenda *agenda, const char *hook, const struct epo_error *error) {
    struct epo_troubles *troubles = &agenda->troubles;
    pthread_mutex_lock(&troubles->lock);
    struct epo_trouble *at = NULL, *oldest = troubles->each;
    for (size_t i = 0; !at && i < troubles->count; i++) {
        struct epo_trouble *one = &troubles->each[i];
        if (one->hook == hook && strcmp(one->error.code, error->code) == 0 &&
            strcmp(one->error.where, error->where) == 0)
            at = one;
        if (one->last_at_us < oldest->last_at_us)
            oldest = one;
    }
    if (!at) {
        at = troubles->count < EPO_TROUBLES_MAX ? &troubles->each[troubles->count++] : oldest;
        at->times = 0;
    }
    at->hook = hook;
    at->error = *error; /* its text is that of the last time */
    at->times++;
    at->last_at_us = epo_clock_now_us();
    pthread_mutex_unlock(&troubles->lock);
}

struct epo_json *epo_agenda_troubles(struct epo_agenda *agenda, struct epo_pool *pool) {
    struct epo_troubles *troubles = &agenda->troubles;
    struct epo_json *rows = epo_json_array(pool);
    char at[EPO_TIME_SIZE];
    pthread_mutex_lock(&troubles->lock);
    for (size_t i = 0; i < troubles->count; i++) {
        const struct epo_trouble *one = &troubles->each[i];
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "hook", one->hook);
        epo_json_set_string(pool, row, "where", one->error.where);
        epo_json_set_string(pool, row, "code", one->error.code);
        epo_json_set_string(pool, row, "text", one->error.text);
        epo_json_set_integer(pool, row, "times", one->times);
        epo_json_set_string(pool, row, "at", epo_time_rfc3339(one->last_at_us, at));
        epo_json_push(pool, rows, row);
    }
    pthread_mutex_unlock(&troubles->lock);
    return rows;
}
