/* Calling a hook: what it may read is gathered, what it said is sorted into values, failures that
 * people read, and errors. */
#include "plugin/call.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "plugin/organization_use.h"

#define CODE_MAX 60
#define FAILURE_BYTES_MAX 400 /* of a failure's text */

int epo_call_broken(struct epo_call *call, int rc, const char *code, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (call->error.kind == EPO_ERROR_NONE)
        epo_fail(&call->error,
                 rc == EPO_RC_BUSY       ? EPO_ERROR_BUSY
                 : rc == EPO_RC_CONFLICT ? EPO_ERROR_CONFLICT
                                         : EPO_ERROR_BROKEN,
                 code, "%s", text);
    return rc;
}

bool epo_call_may(struct epo_call *call) {
    epo_assert(call && call->magic == EPO_CALL_MAGIC);
    if (epo_pool_used(call->hook->pool) - call->pool_before > EPO_CALL_BYTES_MAX) {
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.memory",
                        "one call used more than %u MiB of the host's memory",
                        EPO_CALL_BYTES_MAX >> 20);
        return false;
    }
    if (epo_clock_monotonic_us() > call->deadline_us) {
        epo_call_broken(call, EPO_RC_BUSY, "agenda.deadline", "one call took more than %d s",
                        EPO_JOB_DEADLINE_MS / 1000);
        return false;
    }
    return true;
}

int epo_call_over(const struct epo_call *call) {
    return call->error.kind == EPO_ERROR_BUSY ? EPO_RC_BUSY : EPO_RC_BROKEN;
}

void epo_call_end_queries(struct epo_call *call) {
    for (struct epo_result *result = call->open; result; result = result->next) {
        if (!result->ended)
            epo_rows_end(result->rows, NULL);
        result->ended = true;
        result->magic = 0;
    }
    call->open = NULL;
}

/* Only what people may read in these hooks is refused softly; a page or route answers by status. */
static bool for_people(enum epo_hook_kind kind) {
    return kind == EPO_HOOK_COMPUTE || kind == EPO_HOOK_CHECK || kind == EPO_HOOK_SUBMITTED ||
           kind == EPO_HOOK_STATE || kind == EPO_HOOK_ASSESS || kind == EPO_HOOK_SELFTEST;
}

static const struct {
    enum epo_error_kind kind;
    const char *code;
} OF_RC[] = {
    [EPO_RC_OK] = {EPO_ERROR_NONE, ""},
    [EPO_RC_BAD_INPUT] = {EPO_ERROR_BAD_INPUT, "agenda.bad_input"},
    [EPO_RC_DENIED] = {EPO_ERROR_DENIED, "agenda.denied"},
    [EPO_RC_NOT_FOUND] = {EPO_ERROR_NOT_FOUND, "agenda.not_found"},
    [EPO_RC_CONFLICT] = {EPO_ERROR_CONFLICT, "agenda.conflict"},
    [EPO_RC_BUSY] = {EPO_ERROR_BUSY, "agenda.busy"},
    [EPO_RC_BROKEN] = {EPO_ERROR_BROKEN, "agenda.broken"},
};

/* Codes go into logs, catalogs and answers to programs: words alone. */
static bool is_code(const char *code) {
    static const char CHARACTERS[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t len = code ? strlen(code) : 0;
    return len > 0 && len <= CODE_MAX && strspn(code, CHARACTERS) == len;
}

/* At most so many bytes, no character cut; empty where it is no text. */
static struct epo_span words_of(epo_str text) {
    struct epo_span words = {text.at, text.at ? text.len : 0};
    if (words.len > FAILURE_BYTES_MAX) {
        words.len = FAILURE_BYTES_MAX;
        while (words.len && ((unsigned char)words.at[words.len] & 0xc0) == 0x80)
            words.len--;
    }
    return epo_text_valid(words) ? words : (struct epo_span){"", 0};
}

/* An error that is not for people: kept as the call's own. */
static void keep_error(struct epo_call *call, int rc, const char *code, struct epo_span words) {
    const char *file = "", *said = epo_pool_string(call->hook->pool, words), *rest = said;
    int line = 0;
    if (rc == EPO_RC_BROKEN)
        rest = epo_fault_split(call->hook->pool, said, &file, &line);
    if (!*rest)
        rest = said;
    epo_fail(&call->error, OF_RC[rc].kind, code, "%s", *rest ? rest : code);
    if (*file)
        epo_error_at(&call->error, "%s:%d", file, line);
}

int epo_api_fail(epo_call *call, int rc, const char *path, const char *code, epo_str text) {
    if (!epo_call_may(call))
        return epo_call_over(call);
    struct epo_hook *hook = call->hook;
    struct epo_span words = words_of(text);
    if (rc <= EPO_RC_OK || rc > EPO_RC_BROKEN)
        rc = EPO_RC_BROKEN;
    if (!is_code(code))
        code = OF_RC[rc].code;
    if (!path || !epo_text_valid(epo_span(path)))
        path = "";
    bool soft = rc == EPO_RC_BAD_INPUT || (for_people(call->kind) && rc < EPO_RC_BUSY);
    if (!soft) {
        if (call->error.kind == EPO_ERROR_NONE)
            keep_error(call, rc, code, words);
        return rc;
    }
    if (hook->failures->count >= EPO_FAILURES_MAX)
        return rc;
    struct epo_json *failure = epo_json_object(hook->pool);
    const char *key = epo_pool_printf(hook->pool, "error.%s", code);
    struct epo_span message = epo_catalog_text(call->agenda->catalog, hook->lang, key);
    if (epo_span_is(message, key)) /* the catalog lacks it */
        message = words.len ? words : epo_span(code);
    epo_json_set_string(hook->pool, failure, "path", path);
    epo_json_set_string(hook->pool, failure, "code", code);
    epo_json_set_text(hook->pool, failure, "message", message);
    epo_json_push(hook->pool, hook->failures, failure);
    return rc;
}

static int run(struct epo_agenda *agenda, enum epo_hook_kind kind, const char *name,
               struct epo_call *call) {
    const epo_plugin *plugin = &agenda->plugin;
    void *self = agenda->self;
    switch (kind) {
    case EPO_HOOK_SELFTEST:
        return plugin->selftest ? plugin->selftest(self, call) : EPO_RC_OK;
    case EPO_HOOK_COMPUTE:
        return plugin->compute ? plugin->compute(self, call) : EPO_RC_OK;
    case EPO_HOOK_CHECK:
        return plugin->check ? plugin->check(self, call) : EPO_RC_OK;
    case EPO_HOOK_SUBMITTED:
        return plugin->submitted ? plugin->submitted(self, call) : EPO_RC_OK;
    case EPO_HOOK_STATE:
        return plugin->state ? plugin->state(self, call) : EPO_RC_OK;
    case EPO_HOOK_PAGE:
        return plugin->page ? plugin->page(self, call, name) : EPO_RC_OK;
    case EPO_HOOK_ROUTE:
        return plugin->route ? plugin->route(self, call, name) : EPO_RC_OK;
    case EPO_HOOK_JOB:
        return plugin->job ? plugin->job(self, call, name) : EPO_RC_OK;
    case EPO_HOOK_ASSESS:
        return plugin->assess ? plugin->assess(self, call) : EPO_RC_OK;
    }
    return EPO_RC_BROKEN;
}

static const char *const HOOK_NAMES[] = {
    [EPO_HOOK_SELFTEST] = "selftest", [EPO_HOOK_COMPUTE] = "compute",
    [EPO_HOOK_CHECK] = "check",       [EPO_HOOK_SUBMITTED] = "submitted",
    [EPO_HOOK_STATE] = "state",       [EPO_HOOK_PAGE] = "page",
    [EPO_HOOK_ROUTE] = "route",       [EPO_HOOK_JOB] = "job",
    [EPO_HOOK_ASSESS] = "assess"};

/* A refusal without a reason still needs words. */
static void give_reason(struct epo_call *call, int rc) {
    static const char TEXT[] = "The agenda refused without giving a reason.";
    if (rc < EPO_RC_OK || rc > EPO_RC_BROKEN)
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.return", "a hook returned %d, which no rc is",
                        rc);
    else if (rc != EPO_RC_OK && call->error.kind == EPO_ERROR_NONE &&
             call->hook->failures->count == 0)
        epo_api_fail(call, rc, "", "", (epo_str){TEXT, sizeof TEXT - 1});
}

/* Words of a plugin that are no UTF-8 (cut, or never were) would spoil a page or an answer. */
static void make_plain(char *text) {
    if (!epo_text_valid(epo_span(text)))
        for (; *text; text++)
            if ((unsigned char)*text >= 0x80)
                *text = '?';
}

bool epo_agenda_call(struct epo_agenda *agenda, enum epo_hook_kind kind, const char *name,
                     struct epo_hook *hook, struct epo_error *error) {
    struct epo_call call = {.magic = EPO_CALL_MAGIC,
                            .kind = kind,
                            .agenda = agenda,
                            .hook = hook,
                            .pool_before = epo_pool_used(hook->pool)};
    call.deadline_us = epo_clock_monotonic_us() + EPO_JOB_DEADLINE_MS * 1000LL;
    if (!hook->lang)
        hook->lang = "cs";
    if (!hook->result)
        hook->result = epo_json_object(hook->pool);
    if (!hook->failures)
        hook->failures = epo_json_array(hook->pool);
    if (!hook->writes)
        hook->writes = epo_json_array(hook->pool);
    if (!epo_meter_enter(agenda->meter, hook->portal ? epo_portal_settings(hook->portal) : NULL,
                         error))
        return false;
    int64_t cpu_us = epo_meter_clock();
    epo_crash_enter(agenda->manifest->name, HOOK_NAMES[kind]);
    int rc = run(agenda, kind, name, &call);
    epo_crash_leave();
    epo_meter_leave(agenda->meter, epo_meter_clock() - cpu_us);
    give_reason(&call, rc);
    epo_call_end_queries(&call);
    epo_call_may(&call); /* the last thing it did may have been too much */
    call.magic = 0;
    if (call.error.kind == EPO_ERROR_NONE)
        return true;
    make_plain(call.error.text);
    make_plain(call.error.where);
    if (call.error.kind == EPO_ERROR_BROKEN) {
        epo_log(EPO_LOG_ERROR, "agenda.failed", EPO_LOG_TEXT("agenda", agenda->manifest->name),
                EPO_LOG_TEXT("hook", HOOK_NAMES[kind]), EPO_LOG_TEXT("code", call.error.code),
                EPO_LOG_TEXT("where", call.error.where), EPO_LOG_TEXT("text", call.error.text));
        epo_agenda_note(agenda, HOOK_NAMES[kind], &call.error);
    }
    if (error)
        *error = call.error;
    return false;
}
