/* What has changed since a submission was made: its form, its parameters, what would be computed
 * today. For the clerk, who decides by what held then. */
#include "http/pages.h"

#include "base/log.h"

static struct epo_span in_words(struct epo_pool *pool, const struct epo_json *value) {
    if (value == NULL)
        return EPO_SPAN("");
    return epo_json_is_text(value) ? value->text : epo_json_print(pool, value);
}

static void add_row(struct epo_pool *pool, struct epo_json *rows, const char *what,
                    struct epo_span name, struct epo_span then, struct epo_span now) {
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(pool, row, what, name);
    epo_json_set_text(pool, row, "then", then);
    epo_json_set_text(pool, row, "now", now);
    epo_json_push(pool, rows, row);
}

/* Those of then that are otherwise or gone, then those that are new. */
static struct epo_json *parameters(struct epo_pool *pool, const struct epo_json *then,
                                   const struct epo_json *now) {
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; then != NULL && i < then->count; i++) {
        struct epo_span before = in_words(pool, then->items[i]);
        struct epo_span today = in_words(pool, epo_json_get_span(now, then->names[i]));
        if (!epo_span_equal(before, today))
            add_row(pool, rows, "name", then->names[i], before, today);
    }
    for (uint32_t i = 0; now != NULL && i < now->count; i++)
        if (epo_json_get_span(then, now->names[i]) == NULL)
            add_row(pool, rows, "name", now->names[i], EPO_SPAN(""), in_words(pool, now->items[i]));
    return rows;
}

static struct epo_span value_of(const struct epo_json *rows, struct epo_span id) {
    for (uint32_t i = 0; i < rows->count; i++)
        if (epo_span_equal(epo_json_get_text(rows->items[i], "id"), id))
            return epo_json_get_text(rows->items[i], "text");
    return EPO_SPAN("");
}

/* The same answers computed today; where they no longer fit the form, what can be is. */
static struct epo_json *values(struct epo_request *request, struct epo_agenda *agenda,
                               const struct epo_form *form, const struct epo_json *found) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    struct epo_error error = {0};
    struct epo_intake intake = {.portal = request->portal,
                                .db = request->db,
                                .pool = pool,
                                .agenda = agenda,
                                .form = form,
                                .source = EPO_ANSWERS_FROM_JSON,
                                .raw = epo_json_get(found, "answers"),
                                .lang = request->lang,
                                .trial = true,
                                .given_facts = epo_json_get(found, "facts")};
    if (!epo_intake_check(&intake, &error)) {
        epo_log_error(EPO_LOG_WARN, "since.compute", &error);
        return rows;
    }
    const struct epo_json *then =
        epo_page_values(request, agenda, form, epo_json_get(found, "values"));
    const struct epo_json *now = epo_page_values(request, agenda, form, intake.values);
    for (uint32_t i = 0; i < then->count; i++) {
        struct epo_span id = epo_json_get_text(then->items[i], "id");
        struct epo_span before = epo_json_get_text(then->items[i], "text");
        struct epo_span today = value_of(now, id);
        if (!epo_span_equal(before, today))
            add_row(pool, rows, "label", epo_json_get_text(then->items[i], "label"), before, today);
    }
    return rows;
}

void epo_page_since(struct epo_request *request, struct epo_json *model,
                    const struct epo_json *found) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda *agenda = epo_page_agenda_named(request, epo_json_get_text(found, "agenda"));
    if (agenda == NULL)
        return;
    const struct epo_form *form = epo_agenda_find_form(agenda, epo_json_get_text(found, "form"));
    bool other = form == NULL ||
                 !epo_span_is(epo_json_get_text(found, "formVersion"), epo_form_version(form));
    struct epo_json *now =
        epo_agenda_parameters(agenda, pool, epo_json_get_text(found, "district"), NULL);
    struct epo_json *changed = parameters(pool, epo_json_get(found, "parameters"), now);
    if (!other && changed->count == 0)
        return;
    struct epo_json *since = epo_json_set(pool, model, "since", epo_json_object(pool));
    epo_json_set_boolean(pool, since, "form", other);
    epo_json_set(pool, since, "values",
                 form != NULL ? values(request, agenda, form, found) : epo_json_array(pool));
    epo_json_set(pool, since, "parameters", changed);
}
