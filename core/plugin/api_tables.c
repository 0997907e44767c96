/* epo.h, own tables: statements declared in the manifest, compiled under an authorizer that knows
 * the agenda's prefix. A hook never sees SQL it did not declare, and never another's tables. */
#include "plugin/call.h"
#include "plugin/organization_use.h"
#include "plugin/registers.h"

#define VALUES_MAX 60 /* below what the store binds */

static const struct epo_declared_statement *find(struct epo_call *call, const char *name,
                                                 bool writes) {
    const struct epo_manifest *manifest = call->agenda->manifest;
    if (!(call->agenda->rights & EPO_RIGHT_TABLES)) {
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.right",
                        "the statement \"%.60s\" needs the right \"tables\"", name ? name : "");
        return NULL;
    }
    for (size_t i = 0; name && i < manifest->statement_count; i++)
        if (strcmp(manifest->statements[i].name, name) == 0 &&
            manifest->statements[i].writes == writes)
            return &manifest->statements[i];
    epo_call_broken(call, EPO_RC_BROKEN, "agenda.statement",
                    "manifest.json declares no statement \"%.60s\" that %s", name ? name : "",
                    writes ? "writes" : "reads");
    return NULL;
}

static bool good_values(struct epo_call *call, const epo_item *items, size_t count) {
    if (count > VALUES_MAX || (count && !items)) {
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.values", "a statement takes at most %d values",
                        VALUES_MAX);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool later = items[i].kind == EPO_KIND_NEW_NUMBER && call->kind == EPO_HOOK_SUBMITTED;
        bool text = items[i].kind == EPO_KIND_TEXT &&
                    epo_text_valid((struct epo_span){items[i].text.at, items[i].text.len});
        if (!later && !text && (items[i].kind < EPO_KIND_ABSENT || items[i].kind > EPO_KIND_REAL)) {
            epo_call_broken(call, EPO_RC_BROKEN, "agenda.values",
                            "value %zu of a statement is neither text in UTF-8 nor a number",
                            i + 1);
            return false;
        }
    }
    return true;
}

static struct epo_value value_of(const epo_item *item) {
    switch (item->kind) {
    case EPO_KIND_BOOLEAN:
    case EPO_KIND_INTEGER:
        return EPO_INTEGER(item->integer);
    case EPO_KIND_REAL:
        return EPO_REAL(item->real);
    case EPO_KIND_TEXT:
        return EPO_TEXT(((struct epo_span){item->text.at, item->text.len}));
    default:
        return EPO_NULL;
    }
}

static bool convert(struct epo_call *call, const epo_item *items, size_t count,
                    struct epo_value *values) {
    if (!good_values(call, items, count))
        return false;
    for (size_t i = 0; i < count; i++)
        values[i] = value_of(&items[i]);
    return true;
}

epo_result *epo_api_query(epo_call *call, const char *statement, const epo_item *values,
                          size_t count) {
    struct epo_value bound[VALUES_MAX];
    if (!epo_call_may(call))
        return NULL;
    const struct epo_declared_statement *declared = find(call, statement, false);
    if (!declared || !convert(call, values, count, bound))
        return NULL;
    if (!call->hook->db || call->kind == EPO_HOOK_SELFTEST) {
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.no_tables", "there are no tables here");
        return NULL;
    }
    /* The driver borrows what is bound until the last step: the caller's bytes may not last. */
    struct epo_pool *pool = call->hook->pool;
    for (size_t i = 0; i < count; i++)
        if (bound[i].type == EPO_VALUE_TEXT)
            bound[i].bytes = epo_pool_copy(pool, bound[i].bytes);
    struct epo_result *result = EPO_NEW(pool, struct epo_result);
    *result = (struct epo_result){EPO_CALL_MAGIC, call, NULL, call->open, false};
    result->rows =
        epo_db_query(call->hook->db, &declared->statement, (struct epo_bind){bound, count});
    call->open = result;
    return result;
}

int epo_api_next(epo_result *result) {
    struct epo_error error = {0};
    if (!result || result->ended)
        return 0;
    epo_assert(result->magic == EPO_CALL_MAGIC);
    if (epo_call_may(result->call) && epo_rows_next(result->rows))
        return 1;
    result->ended = true;
    if (!epo_rows_end(result->rows, &error))
        epo_call_broken(result->call, EPO_RC_BROKEN, error.code, "%s", error.text);
    return 0;
}

epo_item epo_api_column(epo_result *result, int index) {
    epo_item item = {.kind = EPO_KIND_ABSENT, .text = {"", 0}};
    if (!result || result->ended || index < 0 || index >= epo_rows_columns(result->rows) ||
        !epo_call_may(result->call))
        return item;
    struct epo_value value = epo_rows_value(result->rows, index);
    switch (value.type) {
    case EPO_VALUE_NULL:
        item.kind = EPO_KIND_NULL;
        break;
    case EPO_VALUE_INTEGER:
        item.kind = EPO_KIND_INTEGER;
        item.integer = value.integer;
        item.real = (double)value.integer;
        break;
    case EPO_VALUE_REAL:
        item.kind = EPO_KIND_REAL;
        item.real = value.real;
        break;
    case EPO_VALUE_TEXT:
    case EPO_VALUE_BLOB: {
        struct epo_span copy = epo_pool_copy(result->call->hook->pool, value.bytes);
        item.kind = EPO_KIND_TEXT;
        item.text = (epo_str){copy.at, copy.len};
        break;
    }
    }
    return item;
}

epo_str epo_api_column_name(epo_result *result, int index) {
    if (!result || result->ended || index < 0 || index >= epo_rows_columns(result->rows) ||
        !epo_call_may(result->call))
        return (epo_str){"", 0};
    struct epo_span name =
        epo_pool_copy(result->call->hook->pool, epo_span(epo_rows_name(result->rows, index)));
    return (epo_str){name.at, name.len};
}

/* ---- writing ---- */

struct writing {
    const struct epo_declared_statement *declared;
    struct epo_bind bind;
};

static bool write_one(struct epo_db *db, void *arg, struct epo_error *error) {
    struct writing *writing = arg;
    return epo_db_run(db, &writing->declared->statement, writing->bind, NULL, error);
}

static int write_now(struct epo_call *call, const struct epo_declared_statement *declared,
                     const epo_item *values, size_t count) {
    struct epo_value bound[VALUES_MAX];
    struct epo_error error = {0};
    if (!convert(call, values, count, bound))
        return EPO_RC_BROKEN;
    if (!call->hook->portal || !call->hook->portal->store)
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.no_tables", "there are no tables here");
    struct writing writing = {declared, {bound, count}};
    if (epo_store_write(call->hook->portal->store, write_one, &writing, &error))
        return EPO_RC_OK;
    int rc = error.kind == EPO_ERROR_BUSY       ? EPO_RC_BUSY
             : error.kind == EPO_ERROR_CONFLICT ? EPO_RC_CONFLICT
                                                : EPO_RC_BROKEN;
    return epo_call_broken(call, rc, error.code, "%s", error.text);
}

static struct epo_json *kept_value(struct epo_pool *pool, const epo_item *item) {
    switch (item->kind) {
    case EPO_KIND_BOOLEAN:
    case EPO_KIND_INTEGER:
        return epo_json_integer(pool, item->integer);
    case EPO_KIND_REAL:
        return epo_json_real(pool, item->real);
    case EPO_KIND_TEXT:
        return epo_json_text(pool, (struct epo_span){item->text.at, item->text.len});
    case EPO_KIND_NEW_NUMBER:
        return epo_json_object(pool);
    default:
        return epo_json_null(pool);
    }
}

static int write_later(struct epo_call *call, const struct epo_declared_statement *declared,
                       const epo_item *values, size_t count) {
    struct epo_pool *pool = call->hook->pool;
    if (call->hook->writes->count >= EPO_WRITES_MAX)
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.writes",
                               "at most %d writes in one call", EPO_WRITES_MAX);
    if (!good_values(call, values, count))
        return EPO_RC_BROKEN;
    struct epo_json *kept = epo_json_object(pool);
    struct epo_json *list = epo_json_array(pool);
    for (size_t i = 0; i < count; i++)
        epo_json_push(pool, list, kept_value(pool, &values[i]));
    epo_json_set_string(pool, kept, "statement", declared->name);
    epo_json_set(pool, kept, "values", list);
    epo_json_push(pool, call->hook->writes, kept);
    return EPO_RC_OK;
}

int epo_api_write(epo_call *call, const char *statement, const epo_item *values, size_t count) {
    if (!epo_call_may(call))
        return epo_call_over(call);
    const struct epo_declared_statement *declared = find(call, statement, true);
    if (!declared)
        return EPO_RC_BROKEN;
    struct epo_error error = {0};
    if (!epo_meter_may_write(call->agenda->meter, call->hook->portal, call->hook->db,
                             declared->statement.sql, &error))
        return epo_call_broken(call, EPO_RC_BUSY, error.code, "%s", error.text);
    if (call->kind == EPO_HOOK_SUBMITTED || call->kind == EPO_HOOK_STATE)
        return write_later(call, declared, values, count);
    if (call->kind == EPO_HOOK_ROUTE || call->kind == EPO_HOOK_JOB)
        return write_now(call, declared, values, count);
    return epo_call_broken(call, EPO_RC_BROKEN, "agenda.write_here",
                           "only submitted, state, routes and jobs may write");
}

static struct epo_value bound_value(const struct epo_json *value, const char *number) {
    switch (value->type) {
    case EPO_JSON_INTEGER:
        return EPO_INTEGER(value->integer);
    case EPO_JSON_REAL:
        return EPO_REAL(value->real);
    case EPO_JSON_TEXT:
        return EPO_TEXT(value->text);
    case EPO_JSON_OBJECT:
        return number ? EPO_STRING(number) : EPO_NULL;
    default:
        return EPO_NULL;
    }
}

bool epo_agenda_write(struct epo_agenda *agenda, struct epo_db *db, const struct epo_json *writes,
                      const char *number, struct epo_error *error) {
    for (uint32_t i = 0; writes && i < writes->count; i++) {
        if (epo_registers_is_write(writes->items[i])) {
            if (!epo_registers_write(agenda, db, writes->items[i], number, NULL, error))
                return false;
            continue;
        }
        struct epo_span name = epo_json_get_text(writes->items[i], "statement");
        const struct epo_json *list = epo_json_get(writes->items[i], "values");
        const struct epo_declared_statement *declared = NULL;
        struct epo_value bound[VALUES_MAX];
        for (size_t j = 0; !declared && j < agenda->manifest->statement_count; j++)
            if (epo_span_is(name, agenda->manifest->statements[j].name))
                declared = &agenda->manifest->statements[j];
        epo_assert(declared && declared->writes && list && list->count <= VALUES_MAX);
        for (uint32_t j = 0; j < list->count; j++)
            bound[j] = bound_value(list->items[j], number);
        if (!epo_db_run(db, &declared->statement, (struct epo_bind){bound, list->count}, NULL,
                        error))
            return false;
    }
    return true;
}
