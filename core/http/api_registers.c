/* Records and ledger of an agenda for the city's own systems: rows in bulk, each taken or rejected
 * with its reason, idempotent by key and by reference. */
#include <strings.h>

#include "base/limits.h"
#include "http/person_view.h"
#include "plugin/registers.h"
#include "portal/api_token.h"
#include "portal/audit.h"

/* ---- who asks ---- */

struct asking {
    struct epo_agenda *agenda;
    char actor[EPO_API_TOKEN_ID_SIZE + 8]; /* "token:" and its id */
};

/* The agenda of the route, for who holds a token with the right "records" in it. NULL: *refused. */
static struct asking *open_agenda(struct epo_request *request, struct epo_response **refused) {
    struct asking *asking = EPO_NEW(request->pool, struct asking);
    struct epo_error error = {0};
    char id[EPO_API_TOKEN_ID_SIZE];
    struct epo_span token, header = epo_span_trim(epo_request_header(request, "authorization"));
    struct epo_span scheme = epo_span_cut(header, ' ', &token);
    bool bearer = scheme.len == 6 && strncasecmp(scheme.at, "bearer", 6) == 0;
    if (!epo_api_token_check(request->portal, request->db,
                             bearer ? epo_span_trim(token) : EPO_SPAN(""), request->captures[0],
                             EPO_SPAN("records"), id, &error)) {
        *refused = epo_respond_error(request, &error, NULL);
        if (error.kind == EPO_ERROR_UNAUTHENTICATED)
            epo_response_header(*refused, "www-authenticate", EPO_SPAN("Bearer"));
        return NULL;
    }
    snprintf(asking->actor, sizeof asking->actor, "token:%s", id);
    asking->agenda = epo_page_agenda(request);
    if (asking->agenda == NULL || epo_registers_kinds(asking->agenda) == 0) {
        *refused = epo_page_not_found(request);
        return NULL;
    }
    return asking;
}

/* ---- rows ---- */

static bool is_type(struct epo_span type, const char *wanted) {
    struct epo_span rest;
    type = epo_span_trim(epo_span_cut(type, ';', &rest));
    return type.len == strlen(wanted) && strncasecmp(type.at, wanted, type.len) == 0;
}

/* One JSON value on each line; one that is none is a row of its own: null, and rejected. */
static struct epo_json *read_lines(struct epo_request *request) {
    struct epo_json *rows = epo_json_array(request->pool);
    struct epo_span rest = request->body;
    while (rest.len > 0 && rows->count <= EPO_BULK_ROWS_MAX) {
        struct epo_span line = epo_span_trim(epo_span_cut(rest, '\n', &rest));
        if (line.len == 0)
            continue;
        struct epo_json *row = epo_json_parse(request->pool, line, NULL);
        epo_json_push(request->pool, rows, row != NULL ? row : epo_json_null(request->pool));
    }
    return rows;
}

static struct epo_json *read_rows(struct epo_request *request, struct epo_response **refused) {
    struct epo_error error = {0};
    struct epo_span type = epo_request_header(request, "content-type");
    struct epo_json *rows = NULL;
    if (is_type(type, "application/x-ndjson") || is_type(type, "application/ndjson")) {
        rows = read_lines(request);
    } else if (is_type(type, "application/json")) {
        rows = epo_json_parse(request->pool, request->body, &error);
    } else {
        *refused = epo_api_problem(request, 415, "body.type", "Unsupported Media Type",
                                   "Send an array as application/json, or lines as "
                                   "application/x-ndjson.",
                                   NULL);
        return NULL;
    }
    if (rows == NULL || rows->type != EPO_JSON_ARRAY) {
        *refused =
            epo_api_problem(request, 400, "body.json", "Bad Request",
                            rows != NULL ? "The body must be an array of rows." : error.text, NULL);
        return NULL;
    }
    if (rows->count > EPO_BULK_ROWS_MAX) {
        *refused = epo_api_problem(
            request, 413, "body.rows", "Content Too Large",
            epo_pool_printf(request->pool, "At most %d rows in one request.", EPO_BULK_ROWS_MAX),
            NULL);
        return NULL;
    }
    return rows;
}

/* ---- taking them ---- */

struct row {
    uint32_t index;
    struct epo_record record;
    struct epo_ledger_entry entry;
};

struct bulk {
    struct epo_portal *portal;
    struct epo_pool *pool;
    struct asking *asking;
    bool ledger;
    struct row *rows; /* those that are well formed */
    size_t count;
    struct epo_json *rejected;
    uint32_t rejected_before; /* by the check; what is behind is from the save */
    int64_t added, changed, same;
};

static void reject(struct bulk *bulk, uint32_t index, struct epo_span key, struct epo_span path,
                   struct epo_span code, struct epo_span message) {
    struct epo_json *row = epo_json_object(bulk->pool);
    epo_json_set_integer(bulk->pool, row, "index", index);
    epo_json_set_text(bulk->pool, row, "key", key);
    epo_json_set_text(bulk->pool, row, "path", path);
    epo_json_set_text(bulk->pool, row, "code", code);
    epo_json_set_text(bulk->pool, row, "message", message);
    epo_json_push(bulk->pool, bulk->rejected, row);
}

static bool check_record(struct epo_request *request, struct bulk *bulk, uint32_t index,
                         const struct epo_json *row, struct epo_error *error) {
    struct epo_json *errors = epo_json_array(bulk->pool);
    struct row *good = &bulk->rows[bulk->count];
    good->index = index;
    if (!epo_registers_check(bulk->asking->agenda, bulk->pool, EPO_ANSWERS_FROM_JSON, request->lang,
                             row, &good->record, errors, error))
        return false;
    for (uint32_t i = 0; i < errors->count; i++)
        reject(bulk, index, epo_json_get_text(row, "key"),
               epo_json_get_text(errors->items[i], "path"),
               epo_json_get_text(errors->items[i], "code"),
               epo_json_get_text(errors->items[i], "message"));
    bulk->count += errors->count == 0;
    return true;
}

static void check_entry(struct epo_request *request, struct bulk *bulk, uint32_t index,
                        const struct epo_json *row) {
    struct row *good = &bulk->rows[bulk->count];
    struct epo_error why = {0};
    good->index = index;
    if (epo_ledger_read(bulk->pool, epo_span(epo_agenda_name(bulk->asking->agenda)), row,
                        &good->entry, &why))
        bulk->count++;
    else
        reject(bulk, index, epo_json_get_text(row, "reference"),
               epo_pool_copy(bulk->pool, epo_span(why.where)),
               epo_pool_copy(bulk->pool, epo_span(why.code)),
               epo_page_error_text(request, &why, "ledger.wrong"));
}

/* One that collides is rejected alone. */
static bool take(struct bulk *bulk, struct epo_db *db, const struct row *row,
                 struct epo_error *error) {
    if (!bulk->ledger) {
        enum epo_record_put done;
        if (!epo_record_put(bulk->portal, db, &row->record, &done, error))
            return false;
        bulk->added += done == EPO_RECORD_ADDED;
        bulk->changed += done == EPO_RECORD_CHANGED;
        bulk->same += done == EPO_RECORD_SAME;
        return true;
    }
    struct epo_ledger_posted posted;
    struct epo_error why = {0};
    if (epo_ledger_post(bulk->portal, db, &row->entry, &posted, &why)) {
        bulk->added += !posted.repeated;
        bulk->same += posted.repeated;
        return true;
    }
    if (why.kind != EPO_ERROR_CONFLICT && why.kind != EPO_ERROR_NOT_FOUND) {
        *error = why;
        return false;
    }
    reject(bulk, row->index, row->entry.reference, EPO_SPAN("reference"), epo_span(why.code),
           epo_span(why.text));
    return true;
}

/* The write job; it may run again from its start. */
static bool run_bulk(struct epo_db *db, void *arg, struct epo_error *error) {
    struct bulk *bulk = arg;
    char detail[120];
    bulk->rejected->count = bulk->rejected_before;
    bulk->added = bulk->changed = bulk->same = 0;
    for (size_t i = 0; i < bulk->count; i++)
        if (!take(bulk, db, &bulk->rows[i], error))
            return false;
    snprintf(detail, sizeof detail, "added %lld changed %lld same %lld rejected %u",
             (long long)bulk->added, (long long)bulk->changed, (long long)bulk->same,
             (unsigned)bulk->rejected->count);
    return epo_audit_note(bulk->portal, db, epo_span(bulk->asking->actor),
                          bulk->ledger ? "ledger.posted" : "records.put",
                          epo_span(epo_agenda_name(bulk->asking->agenda)), epo_span(detail), error);
}

static struct epo_response *private(struct epo_response *response) {
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static struct epo_response *finish_bulk(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    const struct bulk *bulk = arg;
    struct epo_pool *pool = request->pool;
    struct epo_json *body = epo_json_object(pool);
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    epo_json_set_integer(pool, body, "added", bulk->added);
    if (!bulk->ledger)
        epo_json_set_integer(pool, body, "changed", bulk->changed);
    epo_json_set_integer(pool, body, "same", bulk->same);
    epo_json_set(pool, body, "rejected", bulk->rejected);
    return private(epo_respond_json(request, 200, body));
}

static struct epo_response *take_bulk(struct epo_request *request, bool ledger) {
    struct epo_response *refused = NULL;
    struct epo_error error = {0};
    struct asking *asking = open_agenda(request, &refused);
    struct epo_json *rows = asking != NULL ? read_rows(request, &refused) : NULL;
    if (rows == NULL)
        return refused;
    struct bulk *bulk = EPO_NEW(request->pool, struct bulk);
    *bulk = (struct bulk){request->portal, request->pool, asking, ledger,
                          EPO_NEW_ARRAY(request->pool, struct row, rows->count + 1)};
    bulk->rejected = epo_json_array(request->pool);
    for (uint32_t i = 0; i < rows->count; i++) {
        if (ledger)
            check_entry(request, bulk, i, rows->items[i]);
        else if (!check_record(request, bulk, i, rows->items[i], &error))
            return epo_respond_error(request, &error, NULL);
    }
    bulk->rejected_before = bulk->rejected->count;
    return epo_respond_after_write(request, run_bulk, finish_bulk, bulk);
}

/* POST /api/v1/agendas/{agenda}/records */
struct epo_response *epo_api_records_post(struct epo_request *request) {
    return take_bulk(request, false);
}

/* POST /api/v1/agendas/{agenda}/ledger */
struct epo_response *epo_api_ledger_bulk(struct epo_request *request) {
    return take_bulk(request, true);
}

/* ---- reading ---- */

static int limit_of(struct epo_request *request) {
    int64_t limit = 100;
    epo_span_integer(epo_request_query(request, "limit"), &limit);
    return limit < 1 ? 1 : limit > EPO_BULK_ROWS_MAX ? EPO_BULK_ROWS_MAX : (int)limit;
}

static struct epo_response *give_page(struct epo_request *request, const char *name,
                                      struct epo_json *rows, const char *mark, int limit) {
    struct epo_pool *pool = request->pool;
    struct epo_json *body = epo_json_object(pool);
    bool more = rows->count == (uint32_t)limit;
    epo_json_set(pool, body, name, rows);
    epo_json_set(pool, body, "next",
                 more ? epo_json_copy(pool, epo_json_get(rows->items[rows->count - 1], mark))
                      : epo_json_null(pool));
    return private(epo_respond_json(request, 200, body));
}

/* GET /api/v1/agendas/{agenda}/records?after=&person=&kind=&limit= */
struct epo_response *epo_api_records_get(struct epo_request *request) {
    struct epo_response *refused = NULL;
    struct epo_error error = {0};
    struct asking *asking = open_agenda(request, &refused);
    struct epo_json *rows;
    if (asking == NULL)
        return refused;
    struct epo_record_query query = {.agenda = request->captures[0],
                                     .person = epo_request_query(request, "person"),
                                     .kind = epo_request_query(request, "kind"),
                                     .after = epo_request_query(request, "after"),
                                     .limit = limit_of(request)};
    if (!epo_records_list(request->portal, request->db, request->pool, &query, &rows, &error))
        return epo_respond_error(request, &error, NULL);
    return give_page(request, "records", rows, "key", query.limit);
}

/* GET /api/v1/agendas/{agenda}/ledger?after=&limit= */
struct epo_response *epo_api_ledger_get(struct epo_request *request) {
    struct epo_response *refused = NULL;
    struct epo_error error = {0};
    struct asking *asking = open_agenda(request, &refused);
    struct epo_json *rows;
    int64_t after = 0;
    int limit = limit_of(request);
    if (asking == NULL)
        return refused;
    epo_span_integer(epo_request_query(request, "after"), &after);
    if (!epo_ledger_page(request->portal, request->db, request->pool, request->captures[0], after,
                         limit, &rows, &error))
        return epo_respond_error(request, &error, NULL);
    return give_page(request, "entries", rows, "id", limit);
}
