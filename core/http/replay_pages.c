#include "forms/format.h"
#include "http/audited.h"
#include "http/csv.h"
#include "http/replays.h"
#include "portal/replay_record.h"
#include "portal/routing.h"

enum { SHOWN = 50, CSV_STEP = 500, CSV_BYTES_MAX = 16 << 20, YEAR_DAYS = 365 };

/* ---- asking for one ---- */

struct asking {
    struct epo_request *request;
    struct epo_replay_record record;
};

static bool run_add(struct epo_db *db, void *arg, struct epo_error *error) {
    struct asking *asking = arg;
    return epo_replay_record_add(asking->request->portal, db, &asking->record, error);
}

static struct epo_response *to_page(struct epo_request *request, int64_t id) {
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/admin/replays/%lld", (long long)id)));
}

static struct epo_response *finish_add(struct epo_request *request, void *arg,
                                       const struct epo_error *error) {
    struct asking *asking = arg;
    return error != NULL ? epo_respond_error(request, error, NULL)
                         : to_page(request, asking->record.id);
}

static struct epo_span iso(struct epo_request *request, struct epo_date day) {
    char text[EPO_TIME_SIZE];
    return epo_pool_copy(request->pool, epo_span(epo_date_iso(day, text)));
}

struct epo_response *epo_replay_begin(struct epo_request *request,
                                      const struct epo_account *account, const char *agenda,
                                      const struct epo_json *payload, struct epo_span after_day,
                                      struct epo_span title) {
    struct asking *asking = EPO_NEW(request->pool, struct asking);
    struct epo_date today = epo_clock_today();
    asking->request = request;
    asking->record = (struct epo_replay_record){
        .agenda = epo_span(agenda),
        .payload = epo_json_print(request->pool, payload),
        .title = title,
        .from_day = iso(request, epo_date_from_days(epo_date_days(today) - YEAR_DAYS)),
        .until_day = iso(request, today),
        .after_day = after_day.len > 0 ? after_day : iso(request, today),
        .actor = epo_span(account->id),
        .actor_name = epo_span(account->name)};
    return epo_respond_after_write(request, run_add, finish_add, asking);
}

/* ---- what stands in a row ---- */

static const char *day_text(struct epo_request *request, struct epo_span day) {
    struct epo_date date;
    char text[EPO_TIME_SIZE];
    if (!epo_date_parse(day, &date))
        return "";
    return epo_pool_string(request->pool, epo_span(epo_date_local(date, request->lang, text)));
}

static struct epo_json *head_of(struct epo_request *request,
                                const struct epo_replay_record *record) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    const struct epo_json *sums = epo_json_parse(pool, record->sums, NULL);
    char text[EPO_TIME_SIZE];
    struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry, record->agenda);
    epo_json_set_integer(pool, row, "id", record->id);
    epo_json_set_text(pool, row, "agenda",
                      agenda != NULL ? epo_pool_copy(pool, epo_agenda_title(agenda, request->lang))
                                     : record->agenda);
    epo_agenda_release(agenda);
    epo_json_set_text(pool, row, "title", record->title);
    epo_json_set_string(pool, row, "from_text", day_text(request, record->from_day));
    epo_json_set_string(pool, row, "until_text", day_text(request, record->until_day));
    epo_json_set_string(pool, row, "after_text", day_text(request, record->after_day));
    epo_json_set_string(pool, row, "at_text", epo_time_local(record->at_us, request->lang, text));
    epo_json_set_text(pool, row, "actor_name", record->actor_name);
    epo_json_set_string(pool, row, "state",
                        epo_pool_printf(pool, "replay.%.*s", EPO_ARG(record->state)));
    epo_json_set_boolean(pool, row, "open",
                         epo_span_is(record->state, "waiting") ||
                             epo_span_is(record->state, "running"));
    epo_json_set_text(pool, row, "trouble", record->trouble);
    epo_json_set_integer(pool, row, "counted", epo_json_get_integer(sums, "counted", 0));
    epo_json_set_integer(pool, row, "total", epo_json_get_integer(sums, "total", 0));
    epo_json_set_integer(pool, row, "different", epo_json_get_integer(sums, "different", 0));
    epo_json_set_integer(pool, row, "kept", record->kept);
    return row;
}

/* "accepted", "errors", "office", "due" and "assessed" have names of ours, a value that of its
 * form. */
static struct epo_span what_text(struct epo_request *request, const struct epo_agenda *agenda,
                                 struct epo_span form_id, struct epo_span what) {
    static const char *const OWN[] = {"accepted", "errors", "office", "due", "assessed"};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        if (epo_span_is(what, OWN[i]))
            return epo_page_text(request, epo_pool_printf(request->pool, "replay.what_%s", OWN[i]));
    const struct epo_form *form = agenda != NULL ? epo_agenda_find_form(agenda, form_id) : NULL;
    const struct epo_json *computed =
        form != NULL ? epo_json_get(epo_form_definition(form), "computed") : NULL;
    for (uint32_t i = 0; computed != NULL && i < computed->count; i++)
        if (epo_span_equal(epo_json_get_text(computed->items[i], "id"), what))
            return epo_json_localized(epo_json_get(computed->items[i], "label"), request->lang);
    return what;
}

static struct epo_span money(struct epo_request *request, int64_t haler) {
    return epo_format_money(request->pool, request->lang, haler);
}

/* Codes of errors in the words of the catalogs, where they have any. */
static struct epo_span codes_text(struct epo_request *request, const struct epo_agenda *agenda,
                                  struct epo_span list) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *codes = epo_json_parse(pool, list, NULL);
    const char *all = "";
    for (uint32_t i = 0; codes != NULL && i < codes->count; i++) {
        struct epo_span code = codes->items[i]->text;
        const char *key = epo_pool_printf(pool, "error.%.*s", EPO_ARG(code));
        struct epo_span text =
            epo_catalog_text(agenda != NULL ? epo_agenda_catalog(agenda) : request->portal->catalog,
                             request->lang, key);
        bool plain = epo_span_is(text, key) || memchr(text.at, '{', text.len) != NULL;
        all =
            epo_pool_printf(pool, "%s%s%.*s", all, i > 0 ? "; " : "", EPO_ARG(plain ? code : text));
    }
    return epo_span(all);
}

static struct epo_span side_text(struct epo_request *request, const struct epo_agenda *agenda,
                                 const struct epo_json *change, const char *side) {
    struct epo_span text = epo_json_get_text(change, side),
                    what = epo_json_get_text(change, "what");
    int64_t haler;
    struct epo_date day;
    char local[EPO_TIME_SIZE];
    if (epo_json_get_boolean(change, "money", false) && epo_span_integer(text, &haler))
        return money(request, haler);
    if (epo_span_is(what, "accepted"))
        return epo_page_text(request, epo_span_is(text, "true") ? "replay.is_accepted"
                                                                : "replay.is_refused");
    if (epo_span_is(what, "errors"))
        return codes_text(request, agenda, text);
    if (epo_span_is(what, "office") && text.len > 0)
        return epo_routing_name(epo_portal_settings(request->portal), text, request->lang);
    if (epo_date_parse(text, &day))
        return epo_pool_copy(request->pool, epo_span(epo_date_local(day, request->lang, local)));
    return text;
}

static struct epo_json *difference_rows(struct epo_request *request,
                                        const struct epo_agenda *agenda,
                                        const struct epo_json *list) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct epo_json *changes = epo_json_get(list->items[i], "changes");
        struct epo_json *row = epo_json_object(pool), *lines = epo_json_array(pool);
        epo_json_set_text(pool, row, "number", epo_json_get_text(list->items[i], "number"));
        for (uint32_t j = 0; changes != NULL && j < changes->count; j++) {
            struct epo_json *line = epo_json_object(pool);
            epo_json_set_text(pool, line, "what",
                              what_text(request, agenda, epo_json_get_text(list->items[i], "form"),
                                        epo_json_get_text(changes->items[j], "what")));
            epo_json_set_text(pool, line, "before",
                              side_text(request, agenda, changes->items[j], "before"));
            epo_json_set_text(pool, line, "after",
                              side_text(request, agenda, changes->items[j], "after"));
            epo_json_push(pool, lines, line);
        }
        epo_json_set(pool, row, "lines", lines);
        epo_json_push(pool, rows, row);
    }
    return rows;
}

static void set_sums(struct epo_request *request, struct epo_json *model,
                     const struct epo_json *sums) {
    static const char *const COUNTS[] = {"counted",  "different", "refused",
                                         "accepted", "broken",    "both"};
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool), *districts = epo_json_array(pool);
    const struct epo_json *all = epo_json_get(sums, "districts");
    const struct epo_json *settings = epo_portal_settings(request->portal);
    int64_t then = epo_json_get_integer(sums, "money_before", 0);
    int64_t now = epo_json_get_integer(sums, "money_after", 0);
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(
            pool, row, "label",
            epo_page_text(request, epo_pool_printf(pool, "replay.sum_%s", COUNTS[i])));
        epo_json_set_integer(pool, row, "text", epo_json_get_integer(sums, COUNTS[i], 0));
        epo_json_push(pool, rows, row);
    }
    epo_json_set(pool, model, "sums", rows);
    epo_json_set_text(pool, model, "money_before", money(request, then));
    epo_json_set_text(pool, model, "money_after", money(request, now));
    epo_json_set_text(pool, model, "money_difference", money(request, now - then));
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        struct epo_span code = epo_json_get_text(all->items[i], "code");
        struct epo_json *row = epo_json_object(pool);
        then = epo_json_get_integer(all->items[i], "money_before", 0);
        now = epo_json_get_integer(all->items[i], "money_after", 0);
        epo_json_set_text(
            pool, row, "name",
            code.len > 0 ? epo_routing_name(
                               settings, epo_routing_office(settings, EPO_SPAN("district"), code),
                               request->lang)
                         : epo_page_text(request, "replay.no_district"));
        epo_json_set_integer(pool, row, "counted",
                             epo_json_get_integer(all->items[i], "counted", 0));
        epo_json_set_integer(pool, row, "different",
                             epo_json_get_integer(all->items[i], "different", 0));
        epo_json_set_text(pool, row, "before", money(request, then));
        epo_json_set_text(pool, row, "after", money(request, now));
        epo_json_set_text(pool, row, "difference", money(request, now - then));
        epo_json_push(pool, districts, row);
    }
    epo_json_set(pool, model, "districts", districts);
}

/* ---- pages ---- */

static bool find(struct epo_request *request, struct epo_replay_record *record,
                 struct epo_error *error) {
    int64_t id = 0;
    epo_span_integer(request->captures[0], &id);
    return epo_replay_record_find(request->portal, request->db, request->pool, id, record, error);
}

static struct epo_response *show_one(struct epo_request *request, void *arg) {
    struct epo_replay_record record;
    struct epo_error error = {0};
    struct epo_json *list;
    (void)arg;
    if (!find(request, &record, &error) ||
        !epo_replay_differences(request->portal, request->db, request->pool, record.id, 0, SHOWN,
                                &list, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *model = head_of(request, &record);
    epo_json_set(request->pool, model, "differences",
                 difference_rows(request, epo_page_agenda_named(request, record.agenda), list));
    epo_json_set_boolean(request->pool, model, "more", record.kept > SHOWN);
    if (record.sums.len > 0)
        set_sums(request, model, epo_json_parse(request->pool, record.sums, NULL));
    epo_json_set_text(request->pool, model, "page_title", epo_page_text(request, "replay.title"));
    return epo_respond_private(request, 200, "web/replay", model);
}

struct epo_response *epo_admin_replay_get(struct epo_request *request) {
    return epo_respond_to_admin(request, "replay", show_one);
}

static struct epo_response *show_all(struct epo_request *request, void *arg) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool), *rows = epo_json_array(pool);
    struct epo_replay_record *records;
    struct epo_error error = {0};
    size_t count;
    (void)arg;
    if (!epo_replay_record_list(request->portal, request->db, pool, &records, &count, &error))
        return epo_respond_error(request, &error, NULL);
    for (size_t i = 0; i < count; i++)
        epo_json_push(pool, rows, head_of(request, &records[i]));
    epo_json_set(pool, model, "replays", rows);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "replay.list"));
    return epo_respond_private(request, 200, "web/replays", model);
}

struct epo_response *epo_admin_replays_get(struct epo_request *request) {
    return epo_respond_to_admin(request, "replays", show_all);
}

/* ---- all of it as a file ---- */

static void write_rows(struct epo_request *request, struct epo_buffer *out,
                       const struct epo_agenda *agenda, const struct epo_json *list) {
    static const char *const BEFORE[] = {"number", "day", "form", "district"};
    for (uint32_t i = 0; i < list->count; i++) {
        const struct epo_json *one = list->items[i], *changes = epo_json_get(one, "changes");
        for (uint32_t j = 0; changes != NULL && j < changes->count; j++) {
            for (size_t k = 0; k < sizeof BEFORE / sizeof *BEFORE; k++) {
                epo_csv_cell(out, epo_json_get_text(one, BEFORE[k]));
                epo_buffer_byte(out, ',');
            }
            epo_csv_cell(out, what_text(request, agenda, epo_json_get_text(one, "form"),
                                        epo_json_get_text(changes->items[j], "what")));
            epo_buffer_byte(out, ',');
            epo_csv_cell(out, side_text(request, agenda, changes->items[j], "before"));
            epo_buffer_byte(out, ',');
            epo_csv_cell(out, side_text(request, agenda, changes->items[j], "after"));
            epo_buffer_string(out, "\r\n");
        }
    }
}

static struct epo_response *send_csv(struct epo_request *request, void *arg) {
    static const char *const HEAD[] = {"number", "day",    "form", "district",
                                       "what",   "before", "after"};
    struct epo_replay_record record;
    struct epo_error error = {0};
    struct epo_json *list;
    struct epo_buffer out;
    bool good = find(request, &record, &error);
    struct epo_agenda *agenda = good ? epo_page_agenda_named(request, record.agenda) : NULL;
    (void)arg;
    epo_buffer_init(&out, CSV_BYTES_MAX);
    epo_buffer_string(&out, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof HEAD / sizeof *HEAD; i++) {
        epo_buffer_string(&out, i > 0 ? "," : "");
        epo_csv_cell(&out, epo_page_text(
                               request, epo_pool_printf(request->pool, "replay.file_%s", HEAD[i])));
    }
    epo_buffer_string(&out, "\r\n");
    for (int64_t after = 0; good && after < record.kept && !out.failed; after += CSV_STEP) {
        good = epo_replay_differences(request->portal, request->db, request->pool, record.id, after,
                                      CSV_STEP, &list, &error);
        if (good)
            write_rows(request, &out, agenda, list);
    }
    if (good && out.failed)
        good = epo_fail(&error, EPO_ERROR_TOO_LARGE, "replay.large",
                        "The file would be larger than %d MiB.", CSV_BYTES_MAX >> 20);
    struct epo_span bytes =
        good ? epo_pool_copy(request->pool, epo_buffer_get(&out)) : EPO_SPAN("");
    epo_buffer_clear(&out);
    if (!good)
        return epo_respond_error(request, &error, NULL);
    struct epo_response *response = epo_respond(request, 200, "text/csv; charset=utf-8", bytes);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(
        response, "content-disposition",
        epo_span(epo_pool_printf(request->pool, "attachment; filename=\"rozdily-%lld.csv\"",
                                 (long long)record.id)));
    return response;
}

struct epo_response *epo_admin_replay_csv(struct epo_request *request) {
    return epo_respond_to_admin(request, "replay.csv", send_csv);
}

/* ---- cancelling ---- */

struct cancelling {
    struct epo_request *request;
    const struct epo_account *account;
    int64_t id;
};

static bool run_cancel(struct epo_db *db, void *arg, struct epo_error *error) {
    struct cancelling *one = arg;
    return epo_replay_record_cancel(one->request->portal, db, one->id, epo_span(one->account->id),
                                    error);
}

static struct epo_response *finish_cancel(struct epo_request *request, void *arg,
                                          const struct epo_error *error) {
    struct cancelling *one = arg;
    return error != NULL ? epo_respond_error(request, error, NULL) : to_page(request, one->id);
}

struct epo_response *epo_admin_replay_post(struct epo_request *request) {
    struct cancelling *one = EPO_NEW(request->pool, struct cancelling);
    *one = (struct cancelling){request, epo_page_account(request), 0};
    if (one->account == NULL || strcmp(one->account->role, "admin") != 0)
        return epo_page_denied(request);
    epo_span_integer(request->captures[0], &one->id);
    return epo_respond_after_write(request, run_cancel, finish_cancel, one);
}
