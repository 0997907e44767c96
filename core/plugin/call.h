/* One call of a hook as the host's side of epo.h sees it. */
#ifndef EPO_PLUGIN_CALL_H
#define EPO_PLUGIN_CALL_H

#include "plugin/agenda.h"

#define EPO_CALL_MAGIC 0x63616c6cu /* "call" */
#define EPO_FAILURES_MAX 100
#define EPO_LOG_LINES_MAX 100 /* of one call */
#define EPO_WRITES_MAX 1000   /* of one call */

struct epo_call {
    uint32_t magic; /* cleared when the hook has returned */
    enum epo_hook_kind kind;
    struct epo_agenda *agenda;
    struct epo_hook *hook;
    struct epo_json *extra;   /* what the host knows of itself: agenda, parameters, today … */
    struct epo_json *located; /* of the last locate */
    const struct epo_json *recorded, *entries; /* of the last record and ledger */
    struct epo_result *open;                   /* queries to be given back */
    struct epo_error error;                    /* the first that is not for the citizen */
    int64_t deadline_us;
    size_t pool_before;
    int log_lines;
};

struct epo_result {
    uint32_t magic;
    struct epo_call *call;
    struct epo_rows *rows;
    struct epo_result *next;
    bool ended;
};

/* False and the call failed when its deadline has passed or its memory is used up. */
bool epo_call_may(struct epo_call *call);
/* What the host's functions then answer. */
int epo_call_over(const struct epo_call *call);
/* Notes an error that is the agenda's or the host's; returns rc. */
int epo_call_broken(struct epo_call *call, int rc, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The part of the call's tree at the path, or NULL. */
const struct epo_json *epo_call_find(struct epo_call *call, const char *path);
/* Sets a value in the tree by dotted path; objects and arrays come into being. False where the path
 * does not fit the tree. */
bool epo_tree_set(struct epo_pool *pool, struct epo_json *root, const char *path,
                  struct epo_json *value);
void epo_call_end_queries(struct epo_call *call);

/* crash.c: between the two, a crash on this thread is logged under these names (borrowed) before it
 * ends the process. */
void epo_crash_enter(const char *agenda, const char *hook);
void epo_crash_leave(void);

/* api_*.c: the host's functions by chapter, for the table in api.c. */
epo_item epo_api_get(epo_call *call, const char *path);
epo_str epo_api_json(epo_call *call, const char *path);
int epo_api_set_text(epo_call *call, const char *path, epo_str value);
int epo_api_set_integer(epo_call *call, const char *path, int64_t value);
int epo_api_set_real(epo_call *call, const char *path, double value);
int epo_api_set_boolean(epo_call *call, const char *path, int value);
int epo_api_set_json(epo_call *call, const char *path, epo_str json);
int epo_api_fail(epo_call *call, int rc, const char *path, const char *code, epo_str text);
epo_str epo_api_text(epo_call *call, const char *key);
void epo_api_log(epo_call *call, int level, const char *event, epo_str text);
epo_result *epo_api_query(epo_call *call, const char *statement, const epo_item *values,
                          size_t count);
int epo_api_next(epo_result *rows);
epo_item epo_api_column(epo_result *rows, int index);
epo_str epo_api_column_name(epo_result *rows, int index);
int epo_api_write(epo_call *call, const char *statement, const epo_item *values, size_t count);
int epo_api_locate(epo_call *call, double lon, double lat);
int epo_api_record_put(epo_call *call, epo_str json);
int epo_api_record_end(epo_call *call, const char *key, const char *day);
int epo_api_ledger_post(epo_call *call, epo_str json);
epo_str epo_api_record(epo_call *call, const char *key);
epo_str epo_api_records(epo_call *call, epo_str json);
epo_str epo_api_ledger(epo_call *call, epo_str json);
int epo_api_ledger_assess(epo_call *call, epo_str json);
int epo_api_day_number(epo_str day, int64_t *days);
int epo_api_day_add(epo_str day, int64_t months, int64_t days, char *out);
int epo_api_day_working(epo_str day, int64_t after, char *out);

#endif
