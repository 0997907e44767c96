/* What the desk can be set to: tabs with their counts, and the choices of the filter. */
#include "http/office_page.h"
#include "portal/routing.h"

enum { AGENDAS_MAX = 256 };

struct epo_span epo_office_count_text(struct epo_request *request, int64_t count) {
    struct epo_pool *pool = request->pool;
    bool more = count > EPO_DESK_COUNT;
    int64_t shown = more ? EPO_DESK_COUNT : count;
    const char *plus = more ? "+" : "";
    if (shown < 1000)
        return epo_span(epo_pool_printf(pool, "%d%s", (int)shown, plus));
    /* U+00A0 between thousands in both languages */
    return epo_span(
        epo_pool_printf(pool, "%d\xc2\xa0%03d%s", (int)(shown / 1000), (int)(shown % 1000), plus));
}

/* ---- tabs ---- */

static bool add_tab(struct epo_request *request, const struct epo_office_ask *ask,
                    struct epo_json *tabs, struct epo_span view, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_desk_filter filter = {.office = ask->scope, .open = true};
    int64_t count;
    if (epo_span_is(view, "mine"))
        filter.view = EPO_DESK_OF_PERSON, filter.person = epo_span(ask->account->id);
    if (epo_span_is(view, "unassigned"))
        filter.view = EPO_DESK_UNASSIGNED;
    if (!epo_desk_count(request->portal, request->db, &filter, &count, error))
        return false;
    struct epo_json *tab = epo_json_object(pool);
    epo_json_set_string(pool, tab, "key", epo_pool_printf(pool, "office.view_%.*s", EPO_ARG(view)));
    epo_json_set_text(pool, tab, "count", epo_office_count_text(request, count));
    epo_json_set_string(pool, tab, "url",
                        epo_pool_printf(pool, "/office?view=%.*s", EPO_ARG(view)));
    epo_json_set_boolean(pool, tab, "current", epo_span_equal(view, ask->view));
    epo_json_push(pool, tabs, tab);
    return true;
}

/* ---- choices ---- */

/* key: of the catalog; or text as it is. */
static struct epo_json *add_choice(struct epo_pool *pool, struct epo_json *list,
                                   struct epo_span value, struct epo_span text,
                                   struct epo_span chosen) {
    struct epo_json *choice = epo_json_object(pool);
    epo_json_set_text(pool, choice, "value", value);
    epo_json_set_text(pool, choice, "text", text);
    epo_json_set_boolean(pool, choice, "selected", epo_span_equal(value, chosen));
    epo_json_push(pool, list, choice);
    return choice;
}

static struct epo_json *fixed(struct epo_request *request, const char *name,
                              const char *const *values) {
    struct epo_json *list = epo_json_array(request->pool);
    for (size_t i = 0; values[i] != NULL; i++)
        add_choice(request->pool, list, epo_span(values[i]),
                   epo_page_text(request, epo_pool_printf(request->pool, "office.%s_%s", name,
                                                          *values[i] ? values[i] : "any")),
                   epo_request_query(request, name));
    return list;
}

static bool add_states(struct epo_request *request, const struct epo_office_ask *ask,
                       struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_span chosen = epo_request_query(request, "state");
    struct epo_json *counts, *list = epo_json_set(pool, model, "states", epo_json_array(pool));
    if (!epo_desk_states(request->portal, request->db, pool, ask->filter.office, &counts, error))
        return false;
    add_choice(pool, list, EPO_SPAN(""), epo_page_text(request, "office.state_open"), chosen);
    add_choice(pool, list, EPO_SPAN("all"), epo_page_text(request, "office.state_all"), chosen);
    for (uint32_t i = 0; i < counts->count; i++) {
        struct epo_span state = epo_json_get_text(counts->items[i], "state");
        struct epo_span text = epo_page_text(request, epo_page_state_key(request, state));
        struct epo_span count =
            epo_office_count_text(request, epo_json_get_integer(counts->items[i], "count", 0));
        add_choice(pool, list, state,
                   epo_span(epo_pool_printf(pool, "%.*s (%.*s)", EPO_ARG(text), EPO_ARG(count))),
                   chosen);
    }
    return true;
}

static struct epo_json *agendas(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_span chosen = epo_request_query(request, "agenda");
    struct epo_json *list = epo_json_array(pool);
    struct epo_agenda **all = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, all, AGENDAS_MAX);
    add_choice(pool, list, EPO_SPAN(""), epo_page_text(request, "office.all_agendas"), chosen);
    for (size_t i = 0; i < count; i++) {
        add_choice(pool, list, epo_span(epo_agenda_name(all[i])),
                   epo_agenda_title(all[i], request->lang), chosen);
        epo_agenda_release(all[i]);
    }
    return list;
}

/* A district is known by its office: settings name no other. */
static void add_places(struct epo_request *request, const struct epo_office_ask *ask,
                       struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *offices = epo_json_get(settings, "offices");
    struct epo_json *list = epo_json_array(pool), *districts = epo_json_array(pool);
    struct epo_span office = epo_request_query(request, "office");
    struct epo_span district = epo_request_query(request, "district");
    add_choice(pool, list, EPO_SPAN(""), epo_page_text(request, "office.all_offices"), office);
    add_choice(pool, districts, EPO_SPAN(""), epo_page_text(request, "office.all_districts"),
               district);
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++) {
        struct epo_span id = epo_json_get_text(offices->items[i], "id");
        struct epo_span name = epo_routing_name(settings, id, request->lang);
        const struct epo_json *codes = epo_json_get(offices->items[i], "districts");
        add_choice(pool, list, id, name, office);
        for (uint32_t j = 0; codes != NULL && j < codes->count; j++)
            add_choice(pool, districts, codes->items[j]->text, name, district);
    }
    if (ask->scope.len == 0)
        epo_json_set(pool, model, "offices", list);
    epo_json_set(pool, model, "districts", districts);
}

static bool add_people(struct epo_request *request, const struct epo_office_ask *ask,
                       struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_span chosen = epo_request_query(request, "person");
    struct epo_json *people, *list = epo_json_set(pool, model, "people", epo_json_array(pool));
    if (!epo_desk_people(request->portal, request->db, pool, ask->filter.office, &people, error))
        return false;
    add_choice(pool, list, EPO_SPAN(""), epo_page_text(request, "office.anybody"), chosen);
    for (uint32_t i = 0; i < people->count; i++)
        add_choice(pool, list, epo_json_get_text(people->items[i], "id"),
                   epo_json_get_text(people->items[i], "name"), chosen);
    return true;
}

bool epo_office_choices(struct epo_request *request, const struct epo_office_ask *ask,
                        struct epo_json *model, struct epo_error *error) {
    static const char *const VIEWS[] = {"mine", "unassigned", "office", "city"};
    static const char *const DUE[] = {"", "late", "week", NULL};
    static const char *const SORT[] = {"", "oldest", "due", NULL};
    static const char *const KEPT[] = {"view", "bbox", "from", "to", "q", NULL};
    struct epo_pool *pool = request->pool;
    struct epo_json *tabs = epo_json_set(pool, model, "tabs", epo_json_array(pool));
    struct epo_json *kept = epo_json_set(pool, model, "kept", epo_json_object(pool));
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++)
        if (strcmp(VIEWS[i], ask->scope.len > 0 ? "city" : "office") != 0 &&
            !add_tab(request, ask, tabs, epo_span(VIEWS[i]), error))
            return false;
    for (size_t i = 0; KEPT[i] != NULL; i++)
        epo_json_set_text(pool, kept, KEPT[i], epo_request_query(request, KEPT[i]));
    bool more = false;
    static const char *const MORE[] = {"office", "district", "person", "from", "to", "sort"};
    for (size_t i = 0; i < sizeof MORE / sizeof *MORE; i++)
        more = more || epo_request_query(request, MORE[i]).len > 0;
    epo_json_set_boolean(pool, model, "more_set", more);
    bool person = epo_span_is(ask->view, "office") || epo_span_is(ask->view, "city");
    epo_json_set(pool, model, "agendas", agendas(request));
    epo_json_set(pool, model, "due", fixed(request, "due", DUE));
    epo_json_set(pool, model, "sort", fixed(request, "sort", SORT));
    add_places(request, ask, model);
    return add_states(request, ask, model, error) &&
           (!person || add_people(request, ask, model, error));
}
