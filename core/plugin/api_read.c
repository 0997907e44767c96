/* epo.h, reading: the call's tree by dotted path, texts, log. */
#include <ctype.h>

#include "base/clock.h"
#include "base/log.h"
#include "plugin/call.h"

/* Made at the first question that the caller's tree does not answer. */
static const struct epo_json *extra(struct epo_call *call) {
    if (call->extra)
        return call->extra;
    struct epo_pool *pool = call->hook->pool;
    char today[EPO_TIME_SIZE];
    struct epo_json *made = epo_json_object(pool);
    struct epo_json *agenda = epo_json_set(pool, made, "agenda", epo_json_object(pool));
    epo_json_set_string(pool, agenda, "name", call->agenda->manifest->name);
    epo_json_set_string(pool, agenda, "version", call->agenda->manifest->version);
    epo_json_set(pool, made, "parameters",
                 epo_agenda_parameters(call->agenda, pool, EPO_SPAN(""), NULL));
    epo_json_set_string(pool, made, "today", epo_date_iso(epo_clock_today(), today));
    epo_json_set_integer(pool, made, "now_us", epo_clock_now_us());
    epo_json_set_string(pool, made, "lang", call->hook->lang);
    return call->extra = made;
}

const struct epo_json *epo_call_find(struct epo_call *call, const char *path) {
    size_t len = path ? strlen(path) : 0;
    if (len == 0 || len > 500 || path[len - 1] == '.')
        return NULL;
    struct epo_span rest, first = epo_span_cut(epo_span(path), '.', &rest);
    const struct epo_json *asked = epo_span_is(first, "located")    ? call->located
                                   : epo_span_is(first, "recorded") ? call->recorded
                                   : epo_span_is(first, "entries")  ? call->entries
                                                                    : NULL;
    if (asked)
        return rest.len ? epo_json_find(asked, rest.at) : asked;
    const struct epo_json *root = call->hook->tree;
    if (!epo_json_get_span(root, first))
        root = extra(call);
    return epo_json_find(root, path);
}

epo_item epo_api_get(epo_call *call, const char *path) {
    epo_item item = {.kind = EPO_KIND_ABSENT, .text = {"", 0}};
    const struct epo_json *value = epo_call_may(call) ? epo_call_find(call, path) : NULL;
    if (!value)
        return item;
    switch (value->type) {
    case EPO_JSON_NULL:
        item.kind = EPO_KIND_NULL;
        break;
    case EPO_JSON_BOOLEAN:
        item.kind = EPO_KIND_BOOLEAN;
        item.integer = value->boolean;
        break;
    case EPO_JSON_INTEGER:
        item.kind = EPO_KIND_INTEGER;
        item.integer = value->integer;
        item.real = (double)value->integer;
        break;
    case EPO_JSON_REAL:
        item.kind = EPO_KIND_REAL;
        item.real = value->real;
        break;
    case EPO_JSON_TEXT:
        item.kind = EPO_KIND_TEXT;
        item.text = (epo_str){value->text.at, value->text.len};
        break;
    case EPO_JSON_ARRAY:
        item.kind = EPO_KIND_ARRAY;
        item.count = (int32_t)value->count;
        break;
    case EPO_JSON_OBJECT:
        item.kind = EPO_KIND_OBJECT;
        item.count = (int32_t)value->count;
        break;
    }
    return item;
}

epo_str epo_api_json(epo_call *call, const char *path) {
    const struct epo_json *value = epo_call_may(call) ? epo_call_find(call, path) : NULL;
    if (!value)
        return (epo_str){"null", 4};
    struct epo_span printed = epo_json_print(call->hook->pool, value);
    return (epo_str){printed.at, printed.len};
}

epo_str epo_api_text(epo_call *call, const char *key) {
    if (!key || !epo_call_may(call))
        return (epo_str){"", 0};
    struct epo_span text = epo_catalog_text(call->agenda->catalog, call->hook->lang, key);
    if (text.at == key) /* the caller's own bytes: they may be gone before the hook ends */
        text = epo_pool_copy(call->hook->pool, text);
    return (epo_str){text.at, text.len};
}

void epo_api_log(epo_call *call, int level, const char *event, epo_str text) {
    static const enum epo_log_level LEVELS[] = {EPO_LOG_DEBUG, EPO_LOG_INFO, EPO_LOG_WARN,
                                                EPO_LOG_ERROR};
    if (!epo_call_may(call) || ++call->log_lines > EPO_LOG_LINES_MAX)
        return;
    char name[80];
    struct epo_span said = {text.at, text.at ? (text.len < 1000 ? text.len : 1000) : 0};
    snprintf(name, sizeof name, "agenda.%s", event && *event ? event : "log");
    for (char *at = name; *at; at++) /* the name of an event is no place for other things */
        if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
            *at = '_';
    epo_log(LEVELS[level < 0   ? 0
                   : level > 3 ? 3
                               : level],
            name, EPO_LOG_TEXT("agenda", call->agenda->manifest->name), EPO_LOG_SPAN("text", said));
}
