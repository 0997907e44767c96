#include "http/person_view.h"

#include <math.h>

#include "base/clock.h"
#include "forms/document.h"
#include "forms/format.h"
#include "http/acting.h"
#include "plugin/registers.h"
#include "portal/dues.h"
#include "portal/payment.h"

/* ---- whose ---- */

bool epo_person_whose(struct epo_request *request, struct epo_span agenda,
                      char person[EPO_PERSON_NUMBER_SIZE], struct epo_error *error) {
    struct epo_acting acting;
    person[0] = '\0';
    if (!epo_acting_now(request, epo_page_account(request), agenda, EPO_MANDATE_READ, &acting,
                        error))
        return false;
    struct epo_span account = epo_acting_id(&acting);
    return account.len == 0 ||
           epo_person_link_find(request->portal, request->db, account, agenda, person, error);
}

/* ---- reading ---- */

static const char *today_iso(struct epo_pool *pool) {
    char text[EPO_TIME_SIZE];
    return epo_pool_printf(pool, "%s", epo_date_iso(epo_clock_today(), text));
}

/* Rules of what is owed under the parameters of a district. */
struct rating {
    struct epo_person_view *view;
    struct epo_pool *pool;
    struct epo_span district;
    struct epo_span parameter; /* that says the percent; empty: none */
};

static int64_t rate(void *arg, const char *day) {
    struct rating *rating = arg;
    const struct epo_json *parameters =
        epo_agenda_parameters(rating->view->agenda, rating->pool, rating->district, day);
    const struct epo_json *percent = epo_json_get_span(parameters, rating->parameter);
    return percent != NULL ? (int64_t)llround(epo_json_number(percent) * 100) : 0;
}

static struct epo_span district_of(const struct epo_json *records) {
    for (uint32_t i = 0; i < records->count; i++) {
        struct epo_span code =
            epo_json_get_text(epo_json_get(records->items[i], "data"), "district");
        if (code.len > 0)
            return code;
    }
    return EPO_SPAN("");
}

static void reckon(struct epo_request *request, struct epo_person_view *view) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *arrears = epo_json_get(epo_agenda_manifest(view->agenda), "arrears");
    struct rating rating = {view, pool, district_of(view->records),
                            epo_json_get_text(arrears, "interest")};
    bool interest = rating.parameter.len > 0;
    struct epo_dues_rules rules = {interest, interest ? rate : NULL, &rating};
    view->parameters = epo_agenda_parameters(view->agenda, pool, rating.district, NULL);
    view->dues = epo_dues_reckon(pool, view->entries, epo_span(today_iso(pool)), &rules);
}

/* A day of the filter; what is none does not filter. */
static struct epo_span day_of(struct epo_request *request, const char *name) {
    struct epo_date date;
    char iso[EPO_TIME_SIZE];
    return epo_date_parse_loose(epo_span_trim(epo_request_query(request, name)), &date)
               ? epo_pool_copy(request->pool, epo_span(epo_date_iso(date, iso)))
               : EPO_SPAN("");
}

bool epo_person_view_read(struct epo_request *request, struct epo_span agenda,
                          struct epo_span person, struct epo_person_view *view,
                          struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    *view = (struct epo_person_view){.person = epo_pool_copy(pool, person)};
    view->agenda = epo_page_agenda_named(request, agenda);
    if (view->agenda == NULL || person.len == 0)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "person.unknown", "There is no such person.");
    view->from = day_of(request, "from");
    view->until = day_of(request, "until");
    struct epo_record_query query = {.agenda = agenda,
                                     .person = view->person,
                                     .kind = EPO_SPAN(""),
                                     .after = EPO_SPAN(""),
                                     .limit = EPO_PERSON_RECORDS_SHOWN};
    if (!epo_records_list(request->portal, request->db, pool, &query, &view->records, error) ||
        !epo_ledger_of_person(request->portal, request->db, pool, agenda, view->person,
                              &view->entries, error) ||
        !epo_person_cases(request->portal, request->db, pool, agenda, view->person,
                          EPO_PERSON_CASES_SHOWN, &view->cases, error))
        return false;
    reckon(request, view);
    return true;
}

/* ---- words ---- */

static struct epo_span money(struct epo_request *request, int64_t haler) {
    return epo_format_money(request->pool, request->lang, haler);
}

static struct epo_span date_words(struct epo_request *request, struct epo_span iso) {
    struct epo_date date;
    char text[EPO_TIME_SIZE];
    return epo_date_parse(iso, &date)
               ? epo_pool_copy(request->pool, epo_span(epo_date_local(date, request->lang, text)))
               : EPO_SPAN("");
}

static struct epo_span format(struct epo_request *request, const char *key,
                              struct epo_json *values) {
    return epo_catalog_format(request->portal->catalog, request->pool, request->lang, key, values);
}

static struct epo_span kind_words(struct epo_request *request, struct epo_span kind) {
    return epo_page_text(request,
                         epo_pool_printf(request->pool, "ledger.kind.%.*s", EPO_ARG(kind)));
}

/* ---- records ---- */

static struct epo_json *record_rows(struct epo_request *request, const struct epo_person_view *view,
                                    const struct epo_json *record) {
    struct epo_pool *pool = request->pool;
    const struct epo_form *form =
        epo_registers_kind(view->agenda, epo_json_get_text(record, "kind"));
    struct epo_json *rows = epo_json_array(pool);
    if (form == NULL)
        return rows;
    const struct epo_json *sections =
        epo_form_summary(form, pool, request->lang, epo_agenda_catalog(view->agenda),
                         epo_json_get(record, "data"), NULL);
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *of = epo_json_get(sections->items[i], "rows");
        for (uint32_t j = 0; of != NULL && j < of->count; j++)
            if (epo_json_get_text(of->items[j], "text").len > 0)
                epo_json_push(pool, rows, of->items[j]);
    }
    return rows;
}

static struct epo_json *records_model(struct epo_request *request,
                                      const struct epo_person_view *view) {
    struct epo_pool *pool = request->pool;
    struct epo_json *list = epo_json_array(pool);
    for (uint32_t i = 0; i < view->records->count; i++) {
        const struct epo_json *record = view->records->items[i];
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "key", epo_json_get_text(record, "key"));
        epo_json_set_text(pool, row, "kind",
                          epo_registers_kind_title(view->agenda, epo_json_get_text(record, "kind"),
                                                   request->lang));
        epo_json_set_text(pool, row, "from_text",
                          date_words(request, epo_json_get_text(record, "from")));
        epo_json_set_text(pool, row, "until_text",
                          date_words(request, epo_json_get_text(record, "until")));
        epo_json_set(pool, row, "rows", record_rows(request, view, record));
        epo_json_push(pool, list, row);
    }
    return list;
}

/* ---- what is due ---- */

static struct epo_json *parts_model(struct epo_request *request, const struct epo_json *parts) {
    struct epo_pool *pool = request->pool;
    struct epo_json *lines = epo_json_array(pool);
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct epo_json *part = parts->items[i];
        struct epo_json *values = epo_json_object(pool);
        epo_json_set_text(pool, values, "from",
                          date_words(request, epo_json_get_text(part, "from")));
        epo_json_set_text(pool, values, "until",
                          date_words(request, epo_json_get_text(part, "until")));
        epo_json_set_integer(pool, values, "days", epo_json_get_integer(part, "days", 0));
        epo_json_set_text(pool, values, "base",
                          money(request, epo_json_get_integer(part, "haler", 0)));
        epo_json_set_text(pool, values, "rate",
                          epo_format_trimmed(pool, request->lang,
                                             (double)epo_json_get_integer(part, "rate", 0) / 100,
                                             2));
        epo_json_push(pool, lines, epo_json_text(pool, format(request, "ledger.part", values)));
    }
    return lines;
}

static struct epo_json *due_model(struct epo_request *request, const struct epo_json *due) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool), *values = epo_json_object(pool);
    int64_t open = epo_json_get_integer(due, "open", 0),
            late = epo_json_get_integer(due, "late_days", 0),
            interest = epo_json_get_integer(due, "interest", 0);
    epo_json_set_text(pool, row, "period", epo_json_get_text(due, "period"));
    epo_json_set_text(pool, row, "record", epo_json_get_text(due, "record"));
    epo_json_set_text(pool, row, "kind", kind_words(request, epo_json_get_text(due, "kind")));
    epo_json_set_text(pool, row, "due_text", date_words(request, epo_json_get_text(due, "due")));
    epo_json_set_text(pool, row, "amount_text",
                      money(request, epo_json_get_integer(due, "haler", 0)));
    epo_json_set_text(pool, row, "open_text", open > 0 ? money(request, open) : EPO_SPAN(""));
    epo_json_set_boolean(pool, row, "paid", open == 0);
    epo_json_set_integer(pool, values, "days", late);
    epo_json_set_text(pool, row, "late_text",
                      late > 0 ? format(request, "ledger.late", values) : EPO_SPAN(""));
    epo_json_set_text(pool, row, "interest_text",
                      interest > 0 ? money(request, interest) : EPO_SPAN(""));
    epo_json_set(pool, row, "parts", parts_model(request, epo_json_get(due, "parts")));
    return row;
}

static void add_dues(struct epo_request *request, const struct epo_person_view *view,
                     struct epo_json *model) {
    static const char *const SUMS[] = {"overdue", "interest", "credit"};
    struct epo_pool *pool = request->pool;
    const struct epo_json *dues = view->dues, *rows = epo_json_get(dues, "dues"),
                          *next = epo_json_get(dues, "next");
    struct epo_json *list = epo_json_array(pool);
    int64_t balance = epo_json_get_integer(dues, "balance", 0);
    for (uint32_t i = 0; i < rows->count; i++)
        epo_json_push(pool, list, due_model(request, rows->items[i]));
    epo_json_set(pool, model, "dues", list);
    epo_json_set_text(pool, model, "balance_text",
                      money(request, balance < 0 ? -balance : balance));
    epo_json_set_boolean(pool, model, "owes", balance > 0);
    epo_json_set_boolean(pool, model, "overpaid", balance < 0);
    for (size_t i = 0; i < sizeof SUMS / sizeof *SUMS; i++) {
        int64_t haler = epo_json_get_integer(dues, SUMS[i], 0);
        epo_json_set_text(pool, model, epo_pool_printf(pool, "%s_text", SUMS[i]),
                          haler > 0 ? money(request, haler) : EPO_SPAN(""));
    }
    if (next->type == EPO_JSON_OBJECT) {
        struct epo_json *shown = epo_json_set(pool, model, "next", epo_json_object(pool));
        epo_json_set_text(pool, shown, "due_text",
                          date_words(request, epo_json_get_text(next, "due")));
        epo_json_set_text(pool, shown, "amount_text",
                          money(request, epo_json_get_integer(next, "haler", 0)));
    }
}

/* ---- how to pay ---- */

static void add_payment(struct epo_request *request, const struct epo_person_view *view,
                        struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *next = epo_json_get(view->dues, "next");
    int64_t overdue = epo_json_get_integer(view->dues, "overdue", 0);
    int side = 0;
    struct epo_payment payment = {
        .account = epo_json_get_text(view->parameters, "account"),
        .haler = overdue > 0 ? overdue : epo_json_get_integer(next, "haler", 0),
        .person = view->person,
        .message = epo_agenda_title(view->agenda, "cs"),
        .due = overdue > 0 ? EPO_SPAN("") : epo_json_get_text(next, "due")};
    if (payment.haler <= 0 || !epo_payment_make(pool, &payment))
        return;
    struct epo_json *shown = epo_json_set(pool, model, "payment", epo_json_object(pool));
    const char *path = epo_code_path(pool, payment.code, &side);
    epo_json_set_text(pool, shown, "local", payment.local);
    epo_json_set_text(pool, shown, "iban", payment.iban);
    epo_json_set_text(pool, shown, "symbol", payment.symbol);
    epo_json_set_text(pool, shown, "amount_text", money(request, payment.haler));
    epo_json_set_text(pool, shown, "code", payment.code);
    epo_json_set_string(pool, shown, "path", path);
    epo_json_set_integer(pool, shown, "side", side);
}

/* ---- entries ---- */

/* What it adds to what is owed. */
static int64_t effect(const struct epo_person_view *view, const struct epo_json *entry) {
    struct epo_span kind = epo_json_get_text(entry, "kind");
    int64_t haler = epo_json_get_integer(entry, "haler", 0);
    if (epo_span_is(kind, "reversal")) {
        int64_t reverses = epo_json_get_integer(entry, "reverses", 0);
        for (uint32_t i = 0; i < view->entries->count; i++)
            if (epo_json_get_integer(view->entries->items[i], "id", 0) == reverses)
                return -effect(view, view->entries->items[i]);
        return 0;
    }
    return epo_span_is(kind, "payment") || epo_span_is(kind, "remission") ? -haler : haler;
}

static struct epo_json *explain_of(struct epo_request *request, const struct epo_person_view *view,
                                   const struct epo_json *entry) {
    struct epo_json *values = epo_json_object(request->pool);
    epo_json_set(request->pool, values, "explain", epo_json_get(entry, "explain"));
    return epo_agenda_explain(view->agenda, request->pool, request->lang, values);
}

static struct epo_json *entry_model(struct epo_request *request, const struct epo_person_view *view,
                                    const struct epo_json *entry, int64_t haler) {
    static const char *const PLAIN[] = {"day", "period", "record", "due", "note", "reference"};
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    struct epo_span kind = epo_json_get_text(entry, "kind");
    bool reversed = epo_json_get(entry, "reversed_by") != NULL;
    epo_json_set_integer(pool, row, "id", epo_json_get_integer(entry, "id", 0));
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
        epo_json_set_text(pool, row, PLAIN[i], epo_json_get_text(entry, PLAIN[i]));
    epo_json_set_text(pool, row, "kind", kind_words(request, kind));
    epo_json_set_text(pool, row, "day_text", date_words(request, epo_json_get_text(entry, "day")));
    epo_json_set_text(pool, row, "due_text", date_words(request, epo_json_get_text(entry, "due")));
    epo_json_set_integer(pool, row, "haler", haler);
    epo_json_set_text(pool, row, "plus_text", haler > 0 ? money(request, haler) : EPO_SPAN(""));
    epo_json_set_text(pool, row, "minus_text", haler < 0 ? money(request, -haler) : EPO_SPAN(""));
    epo_json_set(pool, row, "explain", explain_of(request, view, entry));
    epo_json_set_boolean(pool, row, "reversed", reversed);
    epo_json_set_boolean(pool, row, "reversible", !reversed && !epo_span_is(kind, "reversal"));
    return row;
}

/* ISO days compare as texts. */
static bool before(struct epo_span day, struct epo_span bound) {
    return day.len == 10 && bound.len == 10 && memcmp(day.at, bound.at, 10) < 0;
}

static void add_entries(struct epo_request *request, const struct epo_person_view *view,
                        struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    struct epo_json *list = epo_json_array(pool);
    int64_t opening = 0, closing = 0;
    for (uint32_t i = 0; i < view->entries->count; i++) {
        const struct epo_json *entry = view->entries->items[i];
        struct epo_span day = epo_json_get_text(entry, "day");
        int64_t haler = effect(view, entry);
        if (before(view->until, day))
            continue;
        closing += haler;
        if (before(day, view->from))
            opening += haler;
        else
            epo_json_push(pool, list, entry_model(request, view, entry, haler));
    }
    epo_json_set(pool, model, "entries", list);
    epo_json_set_text(pool, model, "from", view->from);
    epo_json_set_text(pool, model, "until", view->until);
    epo_json_set_text(pool, model, "opening_text",
                      view->from.len > 0 ? money(request, opening) : EPO_SPAN(""));
    epo_json_set_text(pool, model, "closing_text", money(request, closing));
}

/* ---- the rest ---- */

static void add_cases(struct epo_request *request, const struct epo_person_view *view,
                      struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    char text[EPO_TIME_SIZE];
    for (uint32_t i = 0; i < view->cases->count; i++) {
        struct epo_json *one = view->cases->items[i];
        epo_json_set_string(
            pool, one, "state_key",
            epo_page_state_name(request, view->agenda, epo_json_get_text(one, "state")));
        epo_json_set_string(
            pool, one, "received_text",
            epo_time_local(epo_json_get_integer(one, "received_at_us", 0), request->lang, text));
    }
    epo_json_set(pool, model, "cases", view->cases);
}

static void add_forms(struct epo_request *request, const struct epo_person_view *view,
                      struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    struct epo_json *list = epo_json_array(pool);
    for (size_t i = 0; i < epo_agenda_form_count(view->agenda); i++) {
        const struct epo_form *form = epo_agenda_form(view->agenda, i);
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "url",
                            epo_pool_printf(pool, "/agendas/%s/%s", epo_agenda_name(view->agenda),
                                            epo_form_id(form)));
        epo_json_set_text(pool, row, "title", epo_form_title(form, request->lang));
        epo_json_push(pool, list, row);
    }
    epo_json_set(pool, model, "forms", list);
}

struct epo_json *epo_person_view_model(struct epo_request *request,
                                       const struct epo_person_view *view) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_text(pool, model, "person", view->person);
    epo_json_set_string(pool, model, "agenda", epo_agenda_name(view->agenda));
    epo_json_set_text(pool, model, "title", epo_agenda_title(view->agenda, request->lang));
    epo_json_set(pool, model, "records", records_model(request, view));
    add_dues(request, view, model);
    add_payment(request, view, model);
    add_entries(request, view, model);
    add_cases(request, view, model);
    add_forms(request, view, model);
    return model;
}
