#include "http/completions.h"

#include "http/files.h"
#include "portal/completion.h"

static void push_field(struct epo_request *request, struct epo_json *list,
                       const struct epo_json *definition, const char *label) {
    struct epo_pool *pool = request->pool;
    struct epo_json *field = epo_json_object(pool);
    epo_json_set_text(pool, field, "id", epo_json_get_text(definition, "id"));
    epo_json_set_text(pool, field, "label",
                      epo_json_localized(epo_json_get(definition, label), request->lang));
    epo_json_push(pool, list, field);
}

struct epo_json *epo_page_completable(struct epo_request *request, const struct epo_form *form) {
    const struct epo_json *sections = epo_json_get(epo_form_definition(form), "sections");
    struct epo_json *list = epo_json_array(request->pool);
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        if (epo_json_get(sections->items[i], "repeat") != NULL) {
            push_field(request, list, sections->items[i], "title");
            continue;
        }
        for (uint32_t k = 0; fields != NULL && k < fields->count; k++)
            push_field(request, list, fields->items[k], "label");
    }
    return list;
}

/* ---- what came ---- */

struct shown {
    const struct epo_json *labels;
    const char *files, *query; /* as epo_files_link takes them */
};

static struct epo_span label_of(const struct epo_json *list, struct epo_span id) {
    for (uint32_t i = 0; i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), id))
            return epo_json_get_text(list->items[i], "label");
    return id;
}

/* One answer for reading, of a group all of its rows: "<name>" in words, "<name>_files" its files
 * with their addresses. */
static void put_answer(struct epo_request *request, const struct epo_form *form,
                       const struct shown *where, struct epo_span id, const struct epo_json *value,
                       const char *name, struct epo_json *row) {
    struct epo_pool *pool = request->pool;
    struct epo_json *answers = epo_json_object(pool), *files = epo_json_array(pool);
    struct epo_buffer text;
    if (value != NULL)
        epo_json_put(pool, answers, id, epo_json_copy(pool, value));
    struct epo_json *sections =
        epo_form_summary(form, pool, request->lang, request->portal->catalog, answers, NULL);
    epo_files_link(request, sections, where->files, where->query);
    epo_buffer_init(&text, 1u << 20);
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *rows = epo_json_get(sections->items[i], "rows");
        for (uint32_t k = 0; rows != NULL && k < rows->count; k++) {
            struct epo_span words = epo_json_get_text(rows->items[k], "text");
            const struct epo_json *of_row = epo_json_get(rows->items[k], "files");
            for (uint32_t n = 0; of_row != NULL && n < of_row->count; n++)
                epo_json_push(pool, files, of_row->items[n]);
            if (words.len == 0 || (of_row != NULL && of_row->count > 0))
                continue;
            if (text.len > 0)
                epo_buffer_string(&text, ", ");
            epo_buffer_span(&text, words);
        }
    }
    epo_json_set_text(pool, row, name, epo_pool_copy(pool, epo_buffer_get(&text)));
    epo_json_set(pool, row, epo_pool_printf(pool, "%s_files", name), files);
    epo_buffer_clear(&text);
}

static void set_day(struct epo_request *request, struct epo_json *row, const char *name,
                    int64_t at_us) {
    char text[EPO_TIME_SIZE];
    epo_json_set_string(request->pool, row, name,
                        at_us != 0 ? epo_time_local(at_us, request->lang, text) : "");
}

static struct epo_json *show(struct epo_request *request, const struct epo_form *form,
                             const struct shown *where, const struct epo_json *completion) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    struct epo_json *fields = epo_json_set(pool, row, "fields", epo_json_array(pool));
    struct epo_json *changes = epo_json_set(pool, row, "changes", epo_json_array(pool));
    const struct epo_json *asked = epo_json_get(completion, "fields");
    const struct epo_json *came = epo_json_get(completion, "changes");
    set_day(request, row, "asked_text", epo_json_get_integer(completion, "at_us", 0));
    set_day(request, row, "answered_text", epo_json_get_integer(completion, "answered_at_us", 0));
    epo_json_set_text(pool, row, "hash", epo_json_get_text(completion, "hash"));
    for (uint32_t i = 0; asked != NULL && i < asked->count; i++) {
        struct epo_json *field = epo_json_object(pool);
        epo_json_set_text(pool, field, "label",
                          label_of(where->labels, epo_json_get_text(asked->items[i], "field")));
        epo_json_set_text(pool, field, "reason", epo_json_get_text(asked->items[i], "reason"));
        epo_json_push(pool, fields, field);
    }
    for (uint32_t i = 0; came != NULL && i < came->count; i++) {
        struct epo_json *change = epo_json_object(pool);
        struct epo_span id = epo_json_get_text(came->items[i], "field");
        epo_json_set_text(pool, change, "label", label_of(where->labels, id));
        put_answer(request, form, where, id, epo_json_get(came->items[i], "before"), "before",
                   change);
        put_answer(request, form, where, id, epo_json_get(came->items[i], "after"), "after",
                   change);
        epo_json_push(pool, changes, change);
    }
    return row;
}

void epo_page_completions(struct epo_request *request, struct epo_json *model,
                          const struct epo_json *found, const char *files, const char *query) {
    const struct epo_json *list = epo_json_get(found, "completions");
    struct epo_json *rows =
        epo_json_set(request->pool, model, "completions", epo_json_array(request->pool));
    struct epo_agenda *agenda;
    const struct epo_form *form = epo_page_filed_form(request, found, &agenda);
    if (form == NULL)
        return;
    const struct shown where = {epo_page_completable(request, form), files, query};
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        epo_json_push(request->pool, rows, show(request, form, &where, list->items[i]));
}

/* ---- asking ---- */

static const struct epo_state *askable(const struct epo_agenda *agenda,
                                       const struct epo_json *found, struct epo_span role) {
    const struct epo_state *state = epo_agenda_state_of(agenda, epo_json_get_text(found, "state"));
    for (size_t i = 0; i < state->move_count; i++)
        if ((state->moves[i].by & epo_mover_of(role)) && state->moves[i].to->answered != NULL)
            return state->moves[i].to;
    return NULL;
}

static void keep_typed(struct epo_request *request, struct epo_json *field, bool typed) {
    struct epo_pool *pool = request->pool;
    struct epo_span id = epo_json_get_text(field, "id");
    bool ticked = false;
    for (size_t i = 0; typed && i < request->form_count; i++)
        ticked = ticked || (epo_span_is(request->form[i].name, "ask") &&
                            epo_span_equal(request->form[i].value, id));
    epo_json_set_boolean(pool, field, "ticked", ticked);
    epo_json_set_text(
        pool, field, "reason",
        typed ? epo_request_form(request, epo_pool_printf(pool, "reason.%.*s", EPO_ARG(id)))
              : EPO_SPAN(""));
}

void epo_page_ask(struct epo_request *request, struct epo_json *model, const struct epo_json *found,
                  struct epo_span role, struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda *agenda;
    const struct epo_form *form = epo_page_filed_form(request, found, &agenda);
    const struct epo_state *to = form && agenda ? askable(agenda, found, role) : NULL;
    if (to == NULL)
        return;
    struct epo_json *ask = epo_json_set(pool, model, "ask", epo_json_object(pool));
    struct epo_json *fields =
        epo_json_set(pool, ask, "fields", epo_page_completable(request, form));
    for (uint32_t i = 0; i < fields->count; i++)
        keep_typed(request, fields->items[i], trouble.len > 0);
    epo_json_set_string(pool, ask, "action",
                        epo_pool_printf(pool, "/office/cases/%.*s/completion",
                                        EPO_ARG(epo_json_get_text(found, "number"))));
    epo_json_set_text(pool, ask, "from", epo_json_get_text(found, "state"));
    epo_json_set_text(pool, ask, "to", to->id);
    epo_json_set_text(pool, ask, "error", trouble);
    epo_json_set_text(pool, ask, "note",
                      trouble.len > 0 ? epo_request_form(request, "asknote") : EPO_SPAN(""));
}
