#include "http/office_filter.h"

#include "base/limits.h"
#include "portal/casework.h"
#include "portal/receipt.h"

enum { DAYS_SOON = 7 };

const char *const EPO_OFFICE_PARTS[] = {"view",     "office", "person", "state", "agenda",
                                        "district", "due",    "from",   "to",    "q",
                                        "sort",     "bbox",   NULL};

static void add_pair(struct epo_buffer *text, const char *name, struct epo_span value) {
    static const char PLAIN[] = "-._~,"; /* beside letters and digits */
    if (value.len == 0)
        return;
    bool more = text->len > 0 && memchr(text->at, '?', text->len) != NULL;
    epo_buffer_byte(text, more ? '&' : '?');
    epo_buffer_string(text, name);
    epo_buffer_byte(text, '=');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
            (byte >= 'A' && byte <= 'Z') || (byte != 0 && strchr(PLAIN, byte) != NULL))
            epo_buffer_byte(text, (char)byte);
        else
            epo_buffer_printf(text, "%%%02X", byte);
    }
}

const char *epo_office_address(struct epo_request *request, const char *path, const char *name,
                               struct epo_span value) {
    struct epo_buffer text;
    bool done = name == NULL;
    epo_buffer_init(&text, EPO_URL_BYTES_MAX);
    epo_buffer_string(&text, path);
    for (size_t i = 0; EPO_OFFICE_PARTS[i] != NULL; i++) {
        bool changed = name != NULL && strcmp(name, EPO_OFFICE_PARTS[i]) == 0;
        add_pair(&text, EPO_OFFICE_PARTS[i],
                 changed ? value : epo_request_query(request, EPO_OFFICE_PARTS[i]));
        done = done || changed;
    }
    if (!done)
        add_pair(&text, name, value);
    struct epo_span url = epo_pool_copy(request->pool, epo_buffer_get(&text));
    epo_buffer_clear(&text);
    return epo_pool_string(request->pool, url);
}

/* ---- reading ---- */

static struct epo_span iso_day(struct epo_request *request, int64_t days) {
    char text[EPO_TIME_SIZE];
    epo_date_iso(epo_date_from_days(days), text);
    return epo_pool_copy(request->pool, epo_span(text));
}

/* Late is what is due and still open: what was decided is late no more. */
static void read_due(struct epo_request *request, struct epo_desk_filter *filter) {
    struct epo_span due = epo_request_query(request, "due");
    int64_t today = epo_date_days(epo_clock_today());
    if (epo_span_is(due, "late"))
        filter->due_to = iso_day(request, today - 1);
    else if (epo_span_is(due, "week"))
        filter->due_from = iso_day(request, today),
        filter->due_to = iso_day(request, today + DAYS_SOON);
    else
        return;
    filter->open = true;
}

static int64_t read_day(struct epo_request *request, const char *name, int64_t more) {
    struct epo_date day;
    if (!epo_date_parse_loose(epo_request_query(request, name), &day))
        return 0;
    return epo_date_start_us(epo_date_from_days(epo_date_days(day) + more));
}

static void read_box(struct epo_request *request, struct epo_desk_filter *filter) {
    double *const sides[] = {&filter->west, &filter->south, &filter->east, &filter->north};
    struct epo_span rest = epo_request_query(request, "bbox");
    for (size_t i = 0; i < 4; i++)
        if (!epo_span_real(epo_span_cut(rest, ',', &rest), sides[i]))
            return;
    filter->in_box = rest.len == 0 && filter->west < filter->east &&
                     filter->south < filter->north && filter->west >= -180 && filter->east <= 180 &&
                     filter->south >= -85 && filter->north <= 85;
}

/* "2026-000123", with the due date of that row before it in the order by dates: "2026-12-01,…". */
static void read_after(struct epo_request *request, struct epo_desk_filter *filter) {
    struct epo_span text = epo_request_query(request, "after"), number = text, due;
    struct epo_date day;
    if (filter->order == EPO_DESK_DUE) {
        due = epo_span_cut(text, ',', &number);
        if (!epo_date_parse(due, &day))
            return;
        snprintf(filter->after.due, sizeof filter->after.due, "%.*s", EPO_ARG(due));
    }
    if (!epo_number_read(number, &filter->after.number))
        filter->after.number = 0;
}

static void read_view(struct epo_request *request, struct epo_office_ask *ask) {
    struct epo_desk_filter *filter = &ask->filter;
    struct epo_span person = epo_request_query(request, "person");
    ask->view = epo_request_query(request, "view");
    if (epo_span_is(ask->view, "mine")) {
        filter->view = EPO_DESK_OF_PERSON;
        filter->person = epo_span(ask->account->id);
        return;
    }
    if (epo_span_is(ask->view, "unassigned"))
        filter->view = EPO_DESK_UNASSIGNED;
    else
        ask->view = ask->scope.len > 0 ? EPO_SPAN("office") : EPO_SPAN("city");
    if (person.len > 0 && filter->view == EPO_DESK_ALL) {
        filter->view = EPO_DESK_OF_PERSON;
        filter->person = person;
    }
}

struct epo_response *epo_office_ask(struct epo_request *request, struct epo_office_ask *ask) {
    struct epo_desk_filter *filter = &ask->filter;
    struct epo_span sort = epo_request_query(request, "sort");
    int64_t number;
    *ask = (struct epo_office_ask){.account = epo_page_account(request)};
    ask->viewer = epo_page_viewer(ask->account, EPO_SPAN(""));
    if (!epo_casework_scope(&ask->viewer, &ask->scope))
        return epo_page_denied(request);
    filter->office = ask->scope.len > 0 ? ask->scope : epo_request_query(request, "office");
    filter->text = epo_span_trim(epo_request_query(request, "q"));
    if (epo_text_length(filter->text) > EPO_DESK_TEXT_CHARS)
        filter->text = EPO_SPAN("");
    filter->state = epo_request_query(request, "state");
    filter->open = filter->state.len == 0 && !epo_number_read(filter->text, &number);
    if (epo_span_is(filter->state, "all"))
        filter->state = EPO_SPAN("");
    filter->agenda = epo_request_query(request, "agenda");
    filter->district = epo_request_query(request, "district");
    filter->received_from = read_day(request, "from", 0);
    filter->received_to = read_day(request, "to", 1);
    filter->order = epo_span_is(sort, "oldest") ? EPO_DESK_OLDEST
                    : epo_span_is(sort, "due")  ? EPO_DESK_DUE
                                                : EPO_DESK_NEWEST;
    read_view(request, ask);
    read_due(request, filter);
    read_box(request, filter);
    read_after(request, filter);
    return NULL;
}
