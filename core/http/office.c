/* The clerk's inbox: a list and a map of the cases of one office. Every view goes to the audit
 * trail before it is shown. */
#include "http/pages.h"

#include <math.h>

#include "base/limits.h"
#include "http/audited.h"
#include "portal/casework.h"
#include "portal/located.h"
#include "portal/routing.h"

enum { AGENDAS_MAX = 256 };
static const double SAME_DEGREES = 1e-7;

struct filter {
    struct epo_inbox inbox;
    struct epo_span text_before; /* "before" as it came */
};

/* "/office?state=…&agenda=…&q=…&before=…" with what is set. */
static const char *address(struct epo_request *request, const char *path, struct epo_span state,
                           const struct epo_inbox *inbox, struct epo_span before) {
    const struct {
        const char *name;
        struct epo_span value;
    } pairs[] = {
        {"state", state}, {"agenda", inbox->agenda}, {"q", inbox->text}, {"before", before}};
    struct epo_buffer text;
    struct epo_span url;
    char separator = '?';
    epo_buffer_init(&text, EPO_URL_BYTES_MAX);
    epo_buffer_string(&text, path);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i].value.len == 0)
            continue;
        epo_buffer_byte(&text, separator);
        epo_buffer_string(&text, pairs[i].name);
        epo_buffer_byte(&text, '=');
        for (size_t j = 0; j < pairs[i].value.len; j++)
            epo_buffer_printf(&text, "%%%02X", (unsigned char)pairs[i].value.at[j]);
        separator = '&';
    }
    url = epo_pool_copy(request->pool, epo_buffer_get(&text));
    epo_buffer_clear(&text);
    return url.at;
}

static void read_filter(struct epo_request *request, struct epo_span office,
                        struct epo_inbox *inbox, int limit) {
    *inbox = (struct epo_inbox){.office = office,
                                .state = epo_request_query(request, "state"),
                                .agenda = epo_request_query(request, "agenda"),
                                .text = epo_span_trim(epo_request_query(request, "q")),
                                .limit = limit};
    if (inbox->text.len > 200)
        inbox->text = EPO_SPAN("");
    if (!epo_number_read(epo_request_query(request, "before"), &inbox->before))
        inbox->before = 0;
}

static struct epo_json *state_tabs(struct epo_request *request, const struct epo_inbox *inbox,
                                   const struct epo_json *counts, int64_t *total) {
    struct epo_pool *pool = request->pool;
    struct epo_json *tabs = epo_json_array(pool), *all = epo_json_object(pool);
    *total = 0;
    epo_json_push(pool, tabs, all);
    for (uint32_t i = 0; i < counts->count; i++) {
        struct epo_span state = epo_json_get_text(counts->items[i], "state");
        int64_t count = epo_json_get_integer(counts->items[i], "count", 0);
        struct epo_json *tab = epo_json_object(pool);
        epo_json_set_text(pool, tab, "value", state);
        epo_json_set_string(pool, tab, "key", epo_page_state_key(request, state));
        epo_json_set_integer(pool, tab, "count", count);
        epo_json_set_string(pool, tab, "url",
                            address(request, "/office", state, inbox, EPO_SPAN("")));
        epo_json_set_boolean(pool, tab, "current", epo_span_equal(state, inbox->state));
        epo_json_push(pool, tabs, tab);
        *total += count;
    }
    epo_json_set_string(pool, all, "value", "");
    epo_json_set_string(pool, all, "key", "office.all");
    epo_json_set_integer(pool, all, "count", *total);
    epo_json_set_string(pool, all, "url",
                        address(request, "/office", EPO_SPAN(""), inbox, EPO_SPAN("")));
    epo_json_set_boolean(pool, all, "current", inbox->state.len == 0);
    return tabs;
}

static struct epo_json *agenda_options(struct epo_request *request, struct epo_span selected) {
    struct epo_pool *pool = request->pool;
    struct epo_json *options = epo_json_array(pool);
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct epo_json *option = epo_json_object(pool);
        epo_json_set_string(pool, option, "id", epo_agenda_name(agendas[i]));
        epo_json_set_text(pool, option, "title", epo_agenda_title(agendas[i], request->lang));
        epo_json_set_boolean(pool, option, "selected",
                             epo_span_is(selected, epo_agenda_name(agendas[i])));
        epo_json_push(pool, options, option);
        epo_agenda_release(agendas[i]);
    }
    return options;
}

static struct epo_json *case_row(struct epo_request *request, const struct epo_json *found) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    char text[EPO_TIME_SIZE];
    struct epo_date due;
    struct epo_span number = epo_json_get_text(found, "number");
    struct epo_span state = epo_json_get_text(found, "state");
    epo_json_set_text(pool, row, "number", number);
    epo_json_set_string(pool, row, "url",
                        epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(number)));
    epo_json_set_text(pool, row, "title", epo_json_get_text(found, "title"));
    epo_json_set_text(pool, row, "address", epo_json_get_text(found, "place"));
    epo_json_set_text(pool, row, "district_name",
                      epo_routing_name(epo_portal_settings(request->portal),
                                       epo_json_get_text(found, "office"), request->lang));
    epo_json_set_text(pool, row, "received_at", epo_json_get_text(found, "receivedAt"));
    epo_json_set_string(
        pool, row, "received_text",
        epo_time_local(epo_json_get_integer(found, "received_at_us", 0), request->lang, text));
    epo_json_set_text(pool, row, "state", state);
    epo_json_set_string(pool, row, "state_key", epo_page_state_key(request, state));
    epo_json_set_boolean(pool, row, "has_place", epo_json_get(found, "point") != NULL);
    epo_json_set_string(pool, row, "due_text", "");
    epo_json_set_boolean(pool, row, "late", false);
    if (epo_date_parse(epo_json_get_text(found, "due"), &due)) {
        epo_json_set_string(pool, row, "due_text", epo_date_local(due, request->lang, text));
        epo_json_set_boolean(pool, row, "late",
                             epo_date_days(due) < epo_date_days(epo_clock_today()));
    }
    return row;
}

static void add_pages(struct epo_request *request, struct epo_json *model,
                      const struct epo_inbox *inbox, const struct epo_json *page) {
    struct epo_pool *pool = request->pool;
    struct epo_span next = epo_json_get_text(page, "next");
    if (next.len == 0 && inbox->before == 0)
        return;
    struct epo_json *pages = epo_json_set(pool, model, "pages", epo_json_object(pool));
    epo_json_set_string(
        pool, pages, "previous",
        inbox->before > 0 ? address(request, "/office", inbox->state, inbox, EPO_SPAN("")) : "");
    epo_json_set_string(pool, pages, "next",
                        next.len > 0 ? address(request, "/office", inbox->state, inbox, next) : "");
    epo_json_set_string(pool, pages, "text", "");
}

static struct epo_response *show_inbox(struct epo_request *request, void *arg) {
    const struct epo_inbox *inbox = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *page, *counts, *model = epo_json_object(pool), *rows = epo_json_array(pool);
    int64_t total;
    if (!epo_casework_inbox(request->portal, request->db, pool, inbox, &page, &error) ||
        !epo_casework_counts(request->portal, request->db, pool, inbox->office, &counts, &error))
        return epo_respond_error(request, &error, NULL);
    const struct epo_json *cases = epo_json_get(page, "cases");
    for (uint32_t i = 0; i < cases->count; i++)
        epo_json_push(pool, rows, case_row(request, cases->items[i]));
    epo_json_set_text(pool, model, "office_name",
                      inbox->office.len > 0 ? epo_routing_name(epo_portal_settings(request->portal),
                                                               inbox->office, request->lang)
                                            : epo_page_text(request, "office.whole_city"));
    epo_json_set(pool, model, "states", state_tabs(request, inbox, counts, &total));
    epo_json_set_integer(pool, model, "total", total);
    epo_json_set(pool, model, "agendas", agenda_options(request, inbox->agenda));
    epo_json_set_text(pool, model, "state", inbox->state);
    epo_json_set_text(pool, model, "q", inbox->text);
    epo_json_set(pool, model, "cases", rows);
    epo_json_set_string(pool, model, "geojson_url",
                        address(request, "/office/cases.geojson", inbox->state, inbox,
                                epo_request_query(request, "before")));
    add_pages(request, model, inbox, page);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "office.title"));
    struct epo_response *response = epo_respond_page(request, 200, "web/office", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static bool point_of(const struct epo_json *found, struct epo_point *at) {
    const struct epo_json *pair = epo_json_get(found, "point");
    if (pair == NULL)
        return false;
    *at = (struct epo_point){epo_json_number(pair->items[0]), epo_json_number(pair->items[1])};
    return true;
}

static void push_case(struct epo_request *request, struct epo_json *features,
                      const struct epo_json *found, struct epo_point at) {
    struct epo_pool *pool = request->pool;
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set_text(pool, feature, "id", epo_json_get_text(found, "number"));
    epo_json_set(pool, feature, "geometry", epo_geojson_point(pool, at));
    epo_json_set(pool, feature, "properties", case_row(request, found));
    epo_json_push(pool, features, feature);
}

struct placing { /* further places of the cases on the map */
    struct epo_request *request;
    const struct epo_json *cases; /* newest first */
    struct epo_json *features;
    uint32_t next; /* from the end: places come in order of numbers */
};

static int64_t number_of(const struct epo_json *found) {
    int64_t number = 0;
    epo_number_read(epo_json_get_text(found, "number"), &number);
    return number;
}

static void place_more(int64_t number, struct epo_span field, struct epo_point at, void *arg) {
    struct placing *placing = arg;
    const struct epo_json *cases = placing->cases;
    (void)field;
    while (placing->next > 0 && number_of(cases->items[placing->next - 1]) < number)
        placing->next--;
    if (placing->next == 0 || number_of(cases->items[placing->next - 1]) != number)
        return; /* another office's */
    const struct epo_json *found = cases->items[placing->next - 1];
    struct epo_point first;
    if (!point_of(found, &first) || fabs(first.x - at.x) > SAME_DEGREES ||
        fabs(first.y - at.y) > SAME_DEGREES) /* the first of several stands for all already */
        push_case(placing->request, placing->features, found, at);
}

static struct epo_response *show_geojson(struct epo_request *request, void *arg) {
    const struct epo_inbox *inbox = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *page, *collection = epo_json_object(pool), *features = epo_json_array(pool);
    if (!epo_casework_inbox(request->portal, request->db, pool, inbox, &page, &error))
        return epo_respond_error(request, &error, NULL);
    const struct epo_json *cases = epo_json_get(page, "cases");
    for (uint32_t i = 0; i < cases->count; i++) {
        struct epo_point at;
        if (point_of(cases->items[i], &at))
            push_case(request, features, cases->items[i], at);
    }
    struct placing placing = {request, cases, features, cases->count};
    if (cases->count > 0 &&
        !epo_located_more(request->portal, request->db, number_of(cases->items[cases->count - 1]),
                          number_of(cases->items[0]), place_more, &placing, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_string(pool, collection, "type", "FeatureCollection");
    epo_json_set(pool, collection, "features", features);
    struct epo_response *response =
        epo_respond(request, 200, "application/geo+json", epo_json_print(pool, collection));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static struct epo_response *inbox_of(struct epo_request *request, int limit,
                                     struct epo_response *(*show)(struct epo_request *, void *)) {
    const struct epo_account *account = epo_page_account(request);
    struct epo_viewer viewer = epo_page_viewer(account, EPO_SPAN(""));
    struct epo_inbox *inbox = EPO_NEW(request->pool, struct epo_inbox);
    struct epo_span office;
    if (!epo_casework_scope(&viewer, &office))
        return epo_page_denied(request);
    read_filter(request, office, inbox, limit);
    struct epo_audit_entry entry = {.actor = viewer.account,
                                    .action = EPO_SPAN("inbox.viewed"),
                                    .object = office,
                                    .detail = inbox->state};
    return epo_respond_audited(request, &entry, show, inbox);
}

struct epo_response *epo_office_inbox(struct epo_request *request) {
    return inbox_of(request, EPO_INBOX_PAGE, show_inbox);
}

struct epo_response *epo_office_geojson(struct epo_request *request) {
    return inbox_of(request, EPO_INBOX_PLACES, show_geojson);
}
