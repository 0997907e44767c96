#include "plugin/assess.h"

#include "base/clock.h"
#include "plugin/call.h"

/* ---- periods ---- */

bool epo_assess_period(struct epo_span period, char from[11], char until[11]) {
    struct epo_span part, year = epo_span_cut(period, '-', &part);
    int64_t y, first = 1, months = 12;
    char out[EPO_TIME_SIZE];
    if (year.len != 4 || !epo_span_integer(year, &y) || y < 1000)
        return false;
    if (part.len == 2 && part.at[0] == 'Q' && part.at[1] >= '1' && part.at[1] <= '4') {
        first = (part.at[1] - '1') * 3 + 1;
        months = 3;
    } else if (part.len == 2 && epo_span_integer(part, &first) && first >= 1 && first <= 12) {
        months = 1;
    } else if (part.len > 0 || period.len != 4) {
        return false;
    }
    int64_t next = first + months;
    struct epo_date begins = {(int)y, (int)first, 1};
    struct epo_date behind = {(int)(next > 12 ? y + 1 : y), (int)(next > 12 ? next - 12 : next), 1};
    snprintf(from, 11, "%s", epo_date_iso(begins, out));
    snprintf(until, 11, "%s", epo_date_iso(epo_date_from_days(epo_date_days(behind) - 1), out));
    return true;
}

bool epo_assess_offered(const struct epo_agenda *agenda) {
    return (agenda->rights & EPO_RIGHT_RECORDS) && agenda->plugin.assess &&
           agenda->record_kind_count > 0;
}

/* ---- one record ---- */

static struct epo_span district_of(struct epo_agenda *agenda, struct epo_pool *pool,
                                   const struct epo_json *record) {
    struct epo_span code = epo_json_get_text(epo_json_get(record, "data"), "district");
    const struct epo_json *geojson = epo_json_get(record, "place");
    struct epo_place place;
    struct epo_json *facts;
    if (code.len > 0 || geojson == NULL || geojson->type == EPO_JSON_NULL ||
        agenda->portal->maps == NULL)
        return code;
    if (!epo_place_read(pool, geojson, &place, NULL) ||
        !epo_locate(agenda->portal->maps, pool, &place, &facts, NULL))
        return EPO_SPAN("");
    return epo_json_get_text(epo_json_get(facts, "district"), "code");
}

bool epo_assess_ask(struct epo_agenda *agenda, const struct epo_json *record,
                    struct epo_span period, const struct epo_json *parameters,
                    struct epo_hook *hook, struct epo_error *error) {
    struct epo_pool *pool = hook->pool;
    struct epo_json *tree = hook->tree ? hook->tree : epo_json_object(pool), *person;
    char from[11], until[11];
    epo_assert(epo_assess_period(period, from, until));
    if (!parameters)
        parameters = epo_agenda_parameters(agenda, pool, district_of(agenda, pool, record), from);
    hook->tree = tree;
    epo_json_set(pool, tree, "record", (struct epo_json *)record);
    epo_json_set_text(pool, tree, "period", period);
    epo_json_set_string(pool, tree, "period_from", from);
    epo_json_set_string(pool, tree, "period_until", until);
    epo_json_set(pool, tree, "parameters", (struct epo_json *)parameters);
    person = epo_json_set(pool, tree, "person", epo_json_object(pool));
    epo_json_set_text(pool, person, "number", epo_json_get_text(record, "person"));
    return epo_agenda_call(agenda, EPO_HOOK_ASSESS, NULL, hook, error);
}

/* ---- a page ---- */

struct asked {
    const struct epo_json *record, *writes; /* writes NULL: it failed, or does not last */
};

struct page {
    struct epo_assess *assess;
    struct epo_pool *pool;
    struct epo_json *failures;
    struct asked asked[EPO_ASSESS_PAGE];
    size_t count;
    uint32_t failures_before;
    int64_t posted, haler, repeated, failed;
};

static void add_failure(struct page *page, const struct epo_json *record, struct epo_span code,
                        struct epo_span message) {
    struct epo_json *failure = epo_json_object(page->pool);
    epo_json_set_text(page->pool, failure, "key", epo_json_get_text(record, "key"));
    epo_json_set_text(page->pool, failure, "person", epo_json_get_text(record, "person"));
    epo_json_set_text(page->pool, failure, "code", code);
    epo_json_set_text(page->pool, failure, "message", message);
    epo_json_push(page->pool, page->failures, failure);
}

/* Days in ISO compare as texts. */
static bool lasts_into(const struct epo_json *record, const char *from, const char *until) {
    struct epo_span begins = epo_json_get_text(record, "from"),
                    ends = epo_json_get_text(record, "until");
    return begins.len == 10 && memcmp(begins.at, until, 10) <= 0 &&
           (ends.len == 0 || memcmp(ends.at, from, 10) >= 0);
}

static bool ask(struct page *page, struct epo_db *db, const struct epo_json *record,
                int64_t *failed, struct epo_error *error) {
    struct epo_assess *assess = page->assess;
    struct epo_hook hook = {
        .pool = page->pool, .portal = assess->portal, .db = db, .lang = assess->lang};
    struct epo_error why = {0};
    bool good = epo_assess_ask(assess->agenda, record, assess->period, NULL, &hook, &why);
    if (!good && why.kind == EPO_ERROR_BUSY) {
        *error = why;
        return false;
    }
    page->asked[page->count++] =
        (struct asked){record, good && hook.failures->count == 0 ? hook.writes : NULL};
    if (!good)
        add_failure(page, record, epo_pool_copy(page->pool, epo_span(why.code)),
                    epo_span(why.text));
    else if (hook.failures->count > 0)
        add_failure(page, record, epo_json_get_text(hook.failures->items[0], "code"),
                    epo_json_get_text(hook.failures->items[0], "message"));
    *failed += !good || hook.failures->count > 0;
    return true;
}

/* Looks up what would be posted; *would as of epo_ledger_post. */
static bool look(struct page *page, struct epo_db *db, const struct epo_json *item,
                 struct epo_ledger_posted *would, struct epo_error *error) {
    struct epo_ledger_entry entry;
    *would = (struct epo_ledger_posted){0};
    return !epo_registers_entry(page->assess->agenda, page->pool, item, NULL, &entry) ||
           epo_ledger_seen(page->assess->portal, db, &entry, would, error);
}

/* False for what ends the whole page. */
static bool write_record(struct page *page, struct epo_db *db, const struct asked *asked,
                         struct epo_error *error) {
    struct epo_assess *assess = page->assess;
    for (uint32_t i = 0; i < asked->writes->count; i++) {
        const struct epo_json *item = asked->writes->items[i];
        struct epo_ledger_posted posted = {0};
        struct epo_error why = {0};
        bool good = assess->dry_run
                        ? look(page, db, item, &posted, &why)
                        : epo_registers_write(assess->agenda, db, item, NULL, &posted, &why);
        if (!good && why.kind != EPO_ERROR_CONFLICT && why.kind != EPO_ERROR_NOT_FOUND &&
            why.kind != EPO_ERROR_BAD_INPUT) {
            *error = why;
            return false;
        }
        if (!good) {
            add_failure(page, asked->record, epo_pool_copy(page->pool, epo_span(why.code)),
                        epo_span(why.text));
            page->failed++;
            return true;
        }
        const struct epo_json *post = epo_json_get(item, "post");
        page->repeated += post && posted.repeated;
        page->posted += post && !posted.repeated;
        page->haler += post && !posted.repeated ? epo_json_get_integer(post, "haler", 0) : 0;
    }
    return true;
}

/* The write job; of a trial on the worker. It may run again from its start. */
static bool write_page(struct epo_db *db, void *arg, struct epo_error *error) {
    struct page *page = arg;
    page->failures->count = page->failures_before;
    page->posted = page->haler = page->repeated = page->failed = 0;
    for (size_t i = 0; i < page->count; i++)
        if (page->asked[i].writes && !write_record(page, db, &page->asked[i], error))
            return false;
    return true;
}

bool epo_assess_step(struct epo_assess *assess, struct epo_db *db, struct epo_pool *pool,
                     struct epo_json *failures, struct epo_error *error) {
    struct page *page = EPO_NEW(pool, struct page);
    *page = (struct page){.assess = assess, .pool = pool, .failures = failures};
    struct epo_record_query query = {.agenda = epo_span(assess->agenda->manifest->name),
                                     .person = EPO_SPAN(""),
                                     .kind = EPO_SPAN(""),
                                     .after = epo_span(assess->after),
                                     .limit = EPO_ASSESS_PAGE};
    struct epo_json *records;
    int64_t failed = 0;
    uint32_t before = failures->count;
    char from[11], until[11];
    epo_assert(epo_assess_period(assess->period, from, until));
    bool good = epo_records_list(assess->portal, db, pool, &query, &records, error);
    for (uint32_t i = 0; good && i < records->count; i++)
        if (lasts_into(records->items[i], from, until))
            good = ask(page, db, records->items[i], &failed, error);
    page->failures_before = failures->count;
    if (good && page->count > 0)
        good = assess->dry_run ? write_page(db, page, error)
                               : epo_store_write(assess->portal->store, write_page, page, error);
    if (!good) {
        failures->count = before;
        return false;
    }
    assess->records += records->count;
    assess->posted += page->posted;
    assess->haler += page->haler;
    assess->repeated += page->repeated;
    assess->failed += page->failed + failed;
    assess->done = records->count < EPO_ASSESS_PAGE;
    if (records->count > 0)
        epo_span_store(assess->after, sizeof assess->after,
                       epo_json_get_text(records->items[records->count - 1], "key"));
    return true;
}
