/* The public register of permits, as a page, for programs and for spreadsheets. All of it is read
 * from what the agendas let out (portal/published.h), where no personal data is; a permit goes by
 * the same id as in OGC API. */
#include "base/limits.h"
#include "http/csv.h"
#include "http/pages.h"
#include "plugin/public.h"
#include "portal/published.h"
#include "portal/routing.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MAX = 20000, /* looked through for one answer */
    FILE_ROWS_MAX = 5000,
    PAGE = 25,
    PAGE_MAX = 500,
    AGENDAS_MAX = 256,
    FILE_BYTES_MAX = 8 << 20
};
static const char FIRST_OF_ALL[] = "9999-99-99";

struct permit {
    char id[EPO_LIVE_ID_SIZE];
    struct epo_span first_day, last_day, district, geometry;
    const struct epo_json *words;
};
struct listing {
    struct epo_request *request;
    struct epo_permit_query query;
    struct epo_span text; /* folded words, all of which are in the permit's */
    struct epo_span id;   /* only this one; empty: any */
    struct epo_span after_day, after_id;
    int64_t limit;
    struct permit *found; /* in order once read; `count` of at most `room` */
    size_t count, room, looked;
    bool more;
};

/* ---- reading ---- */

static int compare(struct epo_span a, struct epo_span b) {
    int said = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return said != 0 ? said : (a.len > b.len) - (a.len < b.len);
}

static bool has_words(struct listing *l, const struct epo_json *words) {
    struct epo_pool *pool = l->request->pool;
    if (l->text.len == 0)
        return true;
    struct epo_span rest = l->text, title = epo_json_get_text(words, "title"),
                    text = epo_json_get_text(words, "text");
    struct epo_span all = epo_text_fold(
        pool, epo_span(epo_pool_printf(pool, "%.*s %.*s", EPO_ARG(title), EPO_ARG(text))));
    while (rest.len > 0) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len > 0 && memmem(all.at, all.len, word.at, word.len) == NULL)
            return false;
    }
    return true;
}

/* Permits of one day come in the order of their numbers, which is nobody's business: whole days are
 * read and put in the order of the ids, so that a page can go on after any of them. */
static bool look(const struct epo_permit_row *row, void *arg) {
    struct listing *l = arg;
    struct epo_pool *pool = l->request->pool;
    struct permit one;
    l->looked++;
    if (l->count > (size_t)l->limit &&
        !epo_span_equal(row->first_day, l->found[l->count - 1].first_day))
        return false;
    epo_live_id(l->request, row->number, one.id);
    if (l->id.len > 0 && !epo_span_is(l->id, one.id))
        return true;
    if (epo_span_equal(row->first_day, l->after_day) && compare(epo_span(one.id), l->after_id) <= 0)
        return true;
    one.words = epo_json_parse(pool, row->words, NULL);
    if (one.words == NULL || !has_words(l, one.words))
        return true;
    one.first_day = epo_pool_copy(pool, row->first_day);
    one.last_day = row->last_day.len == 10 ? epo_pool_copy(pool, row->last_day) : EPO_SPAN("");
    one.district = epo_pool_copy(pool, row->district);
    one.geometry = epo_pool_copy(pool, row->geometry);
    if (l->count == l->room) {
        struct permit *wider = EPO_NEW_ARRAY(pool, struct permit, l->room * 2 + 32);
        if (l->count > 0)
            memcpy(wider, l->found, l->count * sizeof *wider);
        l->found = wider;
        l->room = l->room * 2 + 32;
    }
    l->found[l->count++] = one;
    return l->id.len == 0;
}

static int in_order(const void *a, const void *b) {
    const struct permit *one = a, *other = b;
    int days = compare(other->first_day, one->first_day);
    return days != 0 ? days : strcmp(one->id, other->id);
}

static bool list(struct listing *l, struct epo_error *error) {
    struct epo_request *request = l->request;
    l->query.lang = request->lang;
    l->query.limit = ROWS_MAX;
    if (!epo_published_permits(request->portal, request->db, &l->query, look, l, error))
        return false;
    if (l->looked == ROWS_MAX && (l->id.len == 0 || l->count == 0))
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "permits.many", "narrow the choice");
    if (l->count > 0)
        qsort(l->found, l->count, sizeof *l->found, in_order);
    l->more = l->count > (size_t)l->limit;
    l->count = l->more ? (size_t)l->limit : l->count;
    return true;
}

/* "2026-12-01,<id>"; a permit without a first day has nothing before the comma. */
static bool read_after(struct listing *l, struct epo_span after) {
    struct epo_date day;
    l->query.first_to = epo_span(FIRST_OF_ALL);
    l->after_day = epo_span("-");
    if (after.len == 0)
        return true;
    l->query.first_to = l->after_day = epo_span_cut(after, ',', &l->after_id);
    return l->after_id.len == EPO_LIVE_ID_SIZE - 1 &&
           (l->after_day.len == 0 || epo_date_parse(l->after_day, &day));
}

static bool ask(struct epo_request *request, struct listing *l, struct epo_error *error) {
    struct epo_span words = epo_span_trim(epo_request_query(request, "q")),
                    limit = epo_request_query(request, "limit");
    struct epo_date day;
    *l = (struct listing){.request = request, .limit = PAGE};
    l->query.agenda = epo_request_query(request, "agenda");
    l->query.district = epo_request_query(request, "district");
    l->query.day = epo_request_query(request, "day");
    l->id = epo_request_query(request, "id");
    if (!read_after(l, epo_request_query(request, "after")) ||
        words.len > EPO_SEARCH_QUERY_BYTES_MAX ||
        (l->query.day.len > 0 && !epo_date_parse(l->query.day, &day)) ||
        (limit.len > 0 &&
         (!epo_span_integer(limit, &l->limit) || l->limit < 1 || l->limit > PAGE_MAX)))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "permits.question",
                        "day is YYYY-MM-DD, q at most 200 bytes, limit from 1 to 500, after as "
                        "\"next\" said");
    l->text = epo_text_fold(request->pool, words);
    return true;
}

/* ---- the page ---- */

static struct epo_span local_day(struct epo_request *request, struct epo_span iso) {
    struct epo_date day;
    char text[EPO_TIME_SIZE] = "";
    if (epo_date_parse(iso, &day))
        epo_date_local(day, request->lang, text);
    return epo_pool_copy(request->pool, epo_span(text));
}

static struct epo_span district_name(struct epo_request *request, struct epo_span code) {
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *offices = epo_json_get(settings, "offices");
    for (uint32_t i = 0; code.len > 0 && offices != NULL && i < offices->count; i++) {
        const struct epo_json *codes = epo_json_get(offices->items[i], "districts");
        for (uint32_t k = 0; codes != NULL && k < codes->count; k++)
            if (epo_json_is_text(codes->items[k]) && epo_span_equal(codes->items[k]->text, code))
                return epo_routing_name(settings, epo_json_get_text(offices->items[i], "id"),
                                        request->lang);
    }
    return code;
}

static struct epo_span next_of(const struct listing *l) {
    if (!l->more)
        return EPO_SPAN("");
    const struct permit *last = &l->found[l->count - 1];
    return epo_span(
        epo_pool_printf(l->request->pool, "%.*s,%s", EPO_ARG(last->first_day), last->id));
}

static void add_choice(struct epo_pool *pool, struct epo_json *choices, struct epo_span value,
                       struct epo_span text, struct epo_span chosen) {
    struct epo_json *choice = epo_json_object(pool);
    epo_json_set_text(pool, choice, "value", value);
    epo_json_set_text(pool, choice, "text", text);
    epo_json_set_boolean(pool, choice, "selected", epo_span_equal(value, chosen));
    epo_json_push(pool, choices, choice);
}

static void set_choices(const struct listing *l, struct epo_json *model) {
    struct epo_request *request = l->request;
    struct epo_pool *pool = request->pool;
    struct epo_agenda **all = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, all, AGENDAS_MAX);
    struct epo_json *agendas = epo_json_set(pool, model, "agendas", epo_json_array(pool));
    struct epo_json *districts = epo_json_set(pool, model, "districts", epo_json_array(pool));
    const struct epo_json *offices = epo_json_get(epo_portal_settings(request->portal), "offices");
    add_choice(pool, agendas, EPO_SPAN(""), epo_page_text(request, "permits.all_agendas"),
               l->query.agenda);
    for (size_t i = 0; i < count; i++) {
        if (epo_public_has(all[i], "permits"))
            add_choice(pool, agendas, epo_span(epo_agenda_name(all[i])),
                       epo_agenda_title(all[i], request->lang), l->query.agenda);
        epo_agenda_release(all[i]);
    }
    add_choice(pool, districts, EPO_SPAN(""), epo_page_text(request, "permits.all_districts"),
               l->query.district);
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++) {
        const struct epo_json *codes = epo_json_get(offices->items[i], "districts");
        for (uint32_t k = 0; codes != NULL && k < codes->count; k++)
            if (epo_json_is_text(codes->items[k]))
                add_choice(pool, districts, codes->items[k]->text,
                           district_name(request, codes->items[k]->text), l->query.district);
    }
}

static struct epo_json *rows_of(const struct listing *l) {
    struct epo_request *request = l->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    for (size_t i = 0; i < l->count; i++) {
        struct permit *one = &l->found[i];
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "id", one->id);
        epo_json_set_text(pool, row, "title", epo_json_get_text(one->words, "title"));
        epo_json_set_text(pool, row, "text", epo_json_get_text(one->words, "text"));
        epo_json_set_text(pool, row, "first_text", local_day(request, one->first_day));
        epo_json_set_text(pool, row, "last_text", local_day(request, one->last_day));
        epo_json_set_text(pool, row, "district_name", district_name(request, one->district));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

struct epo_response *epo_permits_get(struct epo_request *request) {
    static const char *const KEPT[] = {"q", "agenda", "district", "day", "after"};
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct listing l;
    if (!ask(request, &l, &error) || !list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *model = epo_json_object(pool), *kept = epo_json_object(pool);
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
        epo_json_set_text(pool, kept, KEPT[i], epo_request_query(request, KEPT[i]));
    epo_json_set(pool, model, "kept", kept);
    set_choices(&l, model);
    epo_json_set(pool, model, "permits", rows_of(&l));
    epo_json_set_text(pool, model, "next", next_of(&l));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "permits.title"));
    return epo_respond_page(request, 200, "web/permits", model);
}

/* /permits/{permit} */
struct epo_response *epo_permit_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct listing l = {.request = request, .limit = 1, .id = request->captures[0]};
    read_after(&l, EPO_SPAN(""));
    if (l.id.len != EPO_LIVE_ID_SIZE - 1)
        return epo_page_not_found(request);
    if (!list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    if (l.count == 0)
        return epo_page_not_found(request);
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_string(pool, model, "one", l.found[0].id);
    epo_json_set(pool, model, "permits", rows_of(&l));
    epo_json_set_text(pool, model, "page_title", epo_json_get_text(l.found[0].words, "title"));
    return epo_respond_page(request, 200, "web/permits", model);
}

/* ---- for programs ---- */

static struct epo_json *feature_of(struct epo_pool *pool, const struct permit *one) {
    static const char *const WORDS[] = {"title", "text", "agenda", "form"};
    struct epo_json *feature = epo_json_object(pool), *properties = epo_json_object(pool);
    struct epo_json *geometry = epo_json_parse(pool, one->geometry, NULL);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        epo_json_set_text(pool, properties, WORDS[i], epo_json_get_text(one->words, WORDS[i]));
    epo_json_set_text(pool, properties, "first_day", one->first_day);
    epo_json_set_text(pool, properties, "last_day", one->last_day);
    epo_json_set_text(pool, properties, "district", one->district);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set_string(pool, feature, "id", one->id);
    epo_json_set(pool, feature, "geometry", geometry != NULL ? geometry : epo_json_null(pool));
    epo_json_set(pool, feature, "properties", properties);
    return feature;
}

struct epo_response *epo_api_permits(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct listing l;
    if (!ask(request, &l, &error) || !list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *all = epo_json_object(pool), *features = epo_json_array(pool);
    for (size_t i = 0; i < l.count; i++)
        epo_json_push(pool, features, feature_of(pool, &l.found[i]));
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", features);
    epo_json_set_integer(pool, all, "numberReturned", (int64_t)l.count);
    epo_json_set(pool, all, "next",
                 l.more ? epo_json_text(pool, next_of(&l)) : epo_json_null(pool));
    struct epo_response *response =
        epo_respond(request, 200, "application/geo+json", epo_json_print(pool, all));
    epo_response_header(response, "cache-control", EPO_SPAN("public, no-cache"));
    epo_response_header(response, "access-control-allow-origin", EPO_SPAN("*"));
    return response;
}

static void write_csv(const struct listing *l, struct epo_buffer *out) {
    static const char *const HEAD[] = {"id", "named", "text", "agenda", "from", "to", "district"};
    epo_buffer_string(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof HEAD / sizeof *HEAD; i++) {
        epo_buffer_string(out, i > 0 ? "," : "");
        epo_csv_cell(out, epo_page_text(l->request,
                                        epo_pool_printf(l->request->pool, "permits.%s", HEAD[i])));
    }
    epo_buffer_string(out, "\r\n");
    for (size_t i = 0; i < l->count; i++) {
        const struct permit *one = &l->found[i];
        const struct epo_span cells[] = {epo_span(one->id),
                                         epo_json_get_text(one->words, "title"),
                                         epo_json_get_text(one->words, "text"),
                                         epo_json_get_text(one->words, "agenda"),
                                         one->first_day,
                                         one->last_day,
                                         district_name(l->request, one->district)};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
            epo_buffer_string(out, k > 0 ? "," : "");
            epo_csv_cell(out, cells[k]);
        }
        epo_buffer_string(out, "\r\n");
    }
}

/* A file that left something out without a word would be worse than none. */
struct epo_response *epo_permits_csv(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_buffer out;
    struct listing l;
    if (!ask(request, &l, &error))
        return epo_respond_error(request, &error, NULL);
    l.limit = FILE_ROWS_MAX;
    if (!list(&l, &error))
        return epo_respond_error(request, &error, NULL);
    epo_buffer_init(&out, FILE_BYTES_MAX);
    write_csv(&l, &out);
    bool whole = !l.more && !out.failed;
    struct epo_span bytes = epo_pool_copy(request->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    if (!whole) {
        epo_fail(&error, EPO_ERROR_TOO_LARGE, "permits.many", "narrow the choice");
        return epo_respond_error(request, &error, NULL);
    }
    struct epo_response *response = epo_respond(request, 200, "text/csv; charset=utf-8", bytes);
    epo_response_header(response, "content-disposition",
                        EPO_SPAN("attachment; filename=\"permits.csv\""));
    return response;
}
