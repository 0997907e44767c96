/* One value of a parameter from a day on: typed, looked at, set. */
#include "base/log.h"
#include "http/audited.h"
#include "http/parameter_changes.h"
#include "http/replays.h"

struct editing {
    struct epo_request *request;
    const struct epo_account *account;
    struct epo_agenda *agenda;
    const struct epo_parameter_set *set;
    struct epo_parameter_change change;
    int64_t seen;
    struct epo_json *faults; /* [{"id","text"}] */
    struct epo_span trouble;
    bool typed; /* the page shows what came, not what counts */
    bool preview;
    int status;
};

static bool is_known(const struct editing *editing, struct epo_span name) {
    return !epo_span_is(name, "districts") && (epo_json_get_span(editing->set->types, name) ||
                                               epo_json_get_span(editing->set->defaults, name));
}

static bool start(struct editing *editing, struct epo_request *request,
                  struct epo_response **refused) {
    *editing = (struct editing){.request = request, .status = 200};
    editing->account = epo_page_account(request);
    editing->faults = epo_json_array(request->pool);
    if (editing->account == NULL || strcmp(editing->account->role, "admin") != 0) {
        *refused = epo_page_denied(request);
        return false;
    }
    editing->agenda = epo_page_agenda(request);
    editing->set = editing->agenda != NULL ? epo_agenda_parameter_set(editing->agenda) : NULL;
    if (editing->set != NULL && is_known(editing, request->captures[1]))
        return true;
    *refused = epo_page_not_found(request);
    return false;
}

/* ---- the page ---- */

static bool may_differ(const struct editing *editing) {
    const struct epo_json *declared =
        epo_json_get_span(editing->set->types, editing->request->captures[1]);
    return declared == NULL || epo_json_get_boolean(declared, "districts", true);
}

/* The city, then the districts of all offices. */
static struct epo_json *places(struct editing *editing) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_array(pool);
    const struct epo_json *offices = epo_json_get(editing->set->settings, "offices");
    for (int64_t i = -1; i < (offices != NULL && may_differ(editing) ? offices->count : 0); i++) {
        const struct epo_json *codes = i < 0 ? NULL : epo_json_get(offices->items[i], "districts");
        for (uint32_t j = 0; i < 0 ? j < 1 : codes != NULL && j < codes->count; j++) {
            struct epo_span code = i < 0 ? EPO_SPAN("") : codes->items[j]->text;
            struct epo_json *row = epo_json_object(pool);
            epo_json_set_text(pool, row, "value", code);
            epo_json_set_text(pool, row, "text", epo_parameter_where(request, code));
            epo_json_set_boolean(pool, row, "selected",
                                 epo_span_equal(code, editing->change.district));
            epo_json_push(pool, all, row);
        }
    }
    return all;
}

static void set_choices(struct editing *editing, struct epo_json *box) {
    struct epo_pool *pool = editing->request->pool;
    struct epo_span type = epo_json_get_text(box, "type"), now = epo_json_get_text(box, "text");
    const struct epo_json *offices = epo_json_get(editing->set->settings, "offices");
    struct epo_json *choices = epo_json_array(pool);
    bool yes_no = epo_span_is(type, "yes_no"), office = epo_span_is(type, "office");
    uint32_t count = yes_no ? 2 : office ? 1 + (offices != NULL ? offices->count : 0) : 0;
    for (uint32_t i = 0; i < count; i++) {
        struct epo_json *row = epo_json_object(pool);
        struct epo_span value = yes_no   ? (i == 0 ? EPO_SPAN("true") : EPO_SPAN("false"))
                                : i == 0 ? EPO_SPAN("district")
                                         : epo_json_get_text(offices->items[i - 1], "id");
        epo_json_set_text(pool, row, "value", value);
        epo_json_set_text(
            pool, row, "text",
            yes_no   ? epo_page_text(editing->request, i == 0 ? "parameters.yes" : "parameters.no")
            : i == 0 ? epo_page_text(editing->request, "parameters.by_district")
                     : epo_json_localized(epo_json_get(offices->items[i - 1], "name"),
                                          editing->request->lang));
        epo_json_set_boolean(pool, row, "selected", epo_span_equal(value, now));
        epo_json_push(pool, choices, row);
    }
    if (count > 0)
        epo_json_set(pool, box, "choices", choices);
}

static struct epo_span fault_of(const struct editing *editing, struct epo_span id) {
    for (uint32_t i = 0; i < editing->faults->count; i++)
        if (epo_span_equal(epo_json_get_text(editing->faults->items[i], "id"), id))
            return epo_json_get_text(editing->faults->items[i], "text");
    return EPO_SPAN("");
}

/* What is typed, else what counts in that place today. */
static struct epo_json *boxes(struct editing *editing) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    struct epo_span name = request->captures[1];
    const struct epo_json *now =
        epo_agenda_parameters(editing->agenda, pool, editing->change.district, NULL);
    struct epo_json *all =
        epo_parameter_boxes(editing->set, pool, request->lang, name, epo_json_get_span(now, name));
    for (uint32_t i = 0; i < all->count; i++) {
        struct epo_json *box = all->items[i];
        const char *id = epo_json_get_text(box, "id").at;
        const char *type = epo_pool_string(pool, epo_json_get_text(box, "type"));
        if (editing->typed)
            epo_json_set_text(pool, box, "text", epo_request_form(request, id));
        if (epo_json_get_text(box, "label").len == 0)
            epo_json_set_text(pool, box, "label", epo_page_text(request, "parameters.value"));
        epo_json_set_text(pool, box, "hint",
                          epo_page_text(request, epo_pool_printf(pool, "parameters.wants_%s",
                                                                 type[0] != '\0' ? type : "json")));
        epo_json_set_text(pool, box, "error", fault_of(editing, epo_span(id)));
        set_choices(editing, box);
    }
    return all;
}

/* The other boxes, by the names that the page and the request have for them. */
struct line {
    const char *id;
    struct epo_span *text;
};
#define LINES(change)                                                                              \
    {                                                                                              \
        {"reason_cs", &(change)->reason_cs}, {"reason_en", &(change)->reason_en},                  \
            {"decree", &(change)->decree}, {"decree_day", &(change)->decree_day},                  \
            {"decree_url", &(change)->decree_url}, {"from_day", &(change)->from_day}, {            \
            "until_day", &(change)->until_day                                                      \
        }                                                                                          \
    }
enum { LINE_COUNT = 7 };

/* As agenda's page and the admin's would show it from that day on. */
static void set_preview(struct editing *editing, struct epo_json *model) {
    struct epo_request *request = editing->request;
    struct epo_parameter_set set = *editing->set;
    set.changed = epo_parameters_with(request->pool, set.changed, &editing->change);
    epo_json_set(request->pool, model, "rows",
                 epo_page_parameter_rows(request, &set, false,
                                         epo_pool_string(request->pool, editing->change.from_day)));
    epo_json_set_boolean(request->pool, model, "preview", true);
    epo_json_set_text(
        request->pool, model, "preview_line",
        epo_parameter_line(editing->set, request->pool, request->lang, editing->change.name,
                           epo_json_parse(request->pool, editing->change.value, NULL)));
}

static struct epo_response *draw(struct editing *editing) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    struct line lines[LINE_COUNT] = LINES(&editing->change);
    struct epo_parameter_change *changes;
    struct epo_error error = {0};
    size_t count;
    if (!epo_parameter_changes(request->portal, request->db, pool, epo_agenda_name(editing->agenda),
                               &changes, &count, &error))
        return epo_respond_error(request, &error, NULL);
    for (size_t i = 0; !editing->typed && i < count; i++)
        if (changes[i].version > editing->seen)
            editing->seen = changes[i].version;
    epo_json_set_string(pool, model, "agenda", epo_agenda_name(editing->agenda));
    epo_json_set_text(pool, model, "agenda_title",
                      epo_agenda_title(editing->agenda, request->lang));
    epo_json_set_text(pool, model, "label",
                      epo_parameter_label(editing->set, request->captures[1], request->lang));
    epo_json_set_text(pool, model, "action", request->path);
    epo_json_set(pool, model, "places", places(editing));
    epo_json_set(pool, model, "boxes", boxes(editing));
    for (size_t i = 0; i < LINE_COUNT; i++) {
        epo_json_set_text(pool, model, lines[i].id, *lines[i].text);
        epo_json_set_text(pool, model, epo_pool_printf(pool, "%s_error", lines[i].id),
                          fault_of(editing, epo_span(lines[i].id)));
    }
    epo_json_set_integer(pool, model, "seen", editing->seen);
    epo_json_set(pool, model, "faults", editing->faults);
    epo_json_set_text(pool, model, "trouble", editing->trouble);
    if (editing->preview)
        set_preview(editing, model);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "parameters.set_title"));
    return epo_respond_private(request, editing->status, "web/admin_parameter", model);
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    struct editing editing;
    struct epo_response *refused;
    (void)arg;
    if (!start(&editing, request, &refused))
        return refused;
    editing.change.district = epo_request_query(request, "district");
    return draw(&editing);
}

struct epo_response *epo_admin_parameter_get(struct epo_request *request) {
    return epo_respond_to_admin(request, "parameters.one", show);
}

/* ---- what came ---- */

static void fault(struct editing *editing, const char *id, struct epo_span text) {
    struct epo_json *row = epo_json_object(editing->request->pool);
    epo_json_set_string(editing->request->pool, row, "id", id);
    epo_json_set_text(editing->request->pool, row, "text", text);
    epo_json_push(editing->request->pool, editing->faults, row);
}

static struct epo_span text_of(void *arg, const char *id) {
    return epo_request_form(arg, id);
}

static void read_day(struct editing *editing, const char *id, struct epo_span *day, bool needed) {
    struct epo_date date;
    char iso[EPO_TIME_SIZE];
    if (day->len == 0 && !needed)
        return;
    if (epo_date_parse_loose(*day, &date))
        *day = epo_pool_copy(editing->request->pool, epo_span(epo_date_iso(date, iso)));
    else
        fault(editing, id, epo_page_text(editing->request, "parameters.bad_day"));
}

static void check_days(struct editing *editing) {
    struct epo_parameter_change *change = &editing->change;
    char today[EPO_TIME_SIZE];
    uint32_t before = editing->faults->count;
    read_day(editing, "decree_day", &change->decree_day, false);
    read_day(editing, "from_day", &change->from_day, true);
    read_day(editing, "until_day", &change->until_day, false);
    if (editing->faults->count > before)
        return;
    if (memcmp(change->from_day.at, epo_date_iso(epo_clock_today(), today), 10) < 0)
        fault(editing, "from_day", epo_page_text(editing->request, "parameters.past_day"));
    if (change->until_day.len > 0 && memcmp(change->until_day.at, change->from_day.at, 10) < 0)
        fault(editing, "until_day", epo_page_text(editing->request, "parameters.until_first"));
}

static void check_words(struct editing *editing) {
    struct epo_parameter_change *change = &editing->change;
    struct epo_request *request = editing->request;
    if (change->reason_cs.len == 0)
        fault(editing, "reason_cs", epo_page_text(request, "parameters.no_reason"));
    if (epo_text_length(change->reason_cs) > EPO_PARAMETER_REASON_CHARS_MAX)
        fault(editing, "reason_cs", epo_page_text(request, "parameters.long"));
    if (epo_text_length(change->reason_en) > EPO_PARAMETER_REASON_CHARS_MAX)
        fault(editing, "reason_en", epo_page_text(request, "parameters.long"));
    if (epo_text_length(change->decree) > EPO_PARAMETER_DECREE_CHARS_MAX)
        fault(editing, "decree", epo_page_text(request, "parameters.long"));
    if (change->decree_url.len > 0 && (change->decree_url.len > EPO_PARAMETER_URL_BYTES_MAX ||
                                       !epo_span_starts(change->decree_url, EPO_SPAN("https://"))))
        fault(editing, "decree_url", epo_page_text(request, "parameters.bad_url"));
}

/* By the same rules as epo.json: the value with why and when. */
static void check_value(struct editing *editing) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    struct epo_parameter_change *change = &editing->change;
    struct epo_faults found = {.pool = pool};
    const char *wrong_id;
    const struct epo_json *value =
        epo_parameter_typed(editing->set, pool, change->name, text_of, request, &wrong_id);
    if (value == NULL) {
        fault(editing, wrong_id, epo_page_text(request, "parameters.bad_value"));
        return;
    }
    change->value = epo_json_print(pool, value); /* members in the manifest's order */
    epo_parameters_check_one(editing->set, change->district, change->name, value, "", &found);
    for (const struct epo_fault *one = found.first; one != NULL; one = one->next) {
        struct epo_json *words = epo_json_object(pool);
        epo_json_set_string(pool, words, "text", one->text);
        fault(editing, "value",
              epo_catalog_format(request->portal->catalog, pool, request->lang,
                                 "parameters.refused", words));
    }
}

static void read_all(struct editing *editing) {
    struct epo_request *request = editing->request;
    struct epo_parameter_change *change = &editing->change;
    struct line lines[LINE_COUNT] = LINES(change);
    *change = (struct epo_parameter_change){.agenda = epo_span(epo_agenda_name(editing->agenda)),
                                            .name = request->captures[1],
                                            .district = epo_request_form(request, "district"),
                                            .actor = epo_span(editing->account->id),
                                            .actor_name = epo_span(editing->account->name)};
    for (size_t i = 0; i < LINE_COUNT; i++)
        *lines[i].text = epo_span_trim(epo_request_form(request, lines[i].id));
    epo_span_integer(epo_request_form(request, "seen"), &editing->seen);
    editing->typed = true;
    check_value(editing);
    check_words(editing);
    check_days(editing);
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct editing *editing = arg;
    return epo_parameter_change_put(editing->request->portal, db, &editing->change, editing->seen,
                                    error);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct editing *editing = arg;
    if (error != NULL) {
        editing->status = error->kind == EPO_ERROR_CONFLICT ? 409 : 503;
        editing->trouble = epo_page_error_text(request, error, "editor.unsaved");
        if (editing->status == 503)
            epo_log_error(EPO_LOG_ERROR, "parameters.unsaved", error);
        editing->preview = true;
        return draw(editing);
    }
    epo_parameters_changed_now(request, editing->agenda);
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/admin/parameters/%s?done=set",
                                 epo_agenda_name(editing->agenda))));
}

/* On what was filed in the last year, as if the value counted. */
static struct epo_response *try_it(struct editing *editing) {
    struct epo_pool *pool = editing->request->pool;
    struct epo_json *payload = epo_json_object(pool);
    const struct epo_json *all = epo_parameters_with(pool, editing->set->changed, &editing->change);
    epo_json_set(pool, payload, "parameters", (struct epo_json *)all);
    struct epo_span title = epo_span(epo_pool_printf(
        pool, "%.*s: %.*s",
        EPO_ARG(epo_parameter_label(editing->set, editing->change.name, editing->request->lang)),
        EPO_ARG(epo_parameter_line(editing->set, pool, editing->request->lang, editing->change.name,
                                   epo_json_parse(pool, editing->change.value, NULL)))));
    return epo_replay_begin(editing->request, editing->account, epo_agenda_name(editing->agenda),
                            payload, editing->change.from_day, title);
}

struct epo_response *epo_admin_parameter_post(struct epo_request *request) {
    struct editing *editing = EPO_NEW(request->pool, struct editing);
    struct epo_response *refused;
    if (!start(editing, request, &refused))
        return refused;
    read_all(editing);
    if (editing->faults->count > 0) {
        editing->status = 422;
        return draw(editing);
    }
    if (epo_span_is(epo_request_form(request, "_action"), "try"))
        return try_it(editing);
    if (epo_span_is(epo_request_form(request, "_action"), "save"))
        return epo_respond_after_write(request, run, finish, editing);
    editing->preview = true;
    return draw(editing);
}
