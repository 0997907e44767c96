/* A draft that was begun under another version of its form than today's: it is carried over where
 * all that was answered is still asked, and what is new or gone is said; else, or where the author
 * wishes so ("drafts": "finish"), it is finished under its own version. */
#include "http/drafting.h"

#include "portal/definitions.h"

static const struct epo_json *find_in(const struct epo_form *form, struct epo_span id) {
    const struct epo_json *sections = epo_json_get(epo_form_definition(form), "sections");
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        for (uint32_t k = 0; fields != NULL && k < fields->count; k++)
            if (epo_span_equal(epo_json_get_text(fields->items[k], "id"), id))
                return fields->items[k];
    }
    return NULL;
}

const struct epo_json *epo_drafting_field(const struct epo_form *form, struct epo_span name) {
    struct epo_span rest;
    const struct epo_json *field = find_in(form, epo_span_cut(name, '.', &rest));
    for (size_t i = name.len; field == NULL && i > 0; i--)
        if (name.at[i - 1] == '.')
            return find_in(form, (struct epo_span){name.at + i, name.len - i});
    return field;
}

static bool is_empty(const struct epo_json *value) {
    return epo_json_is_text(value) ? epo_span_trim(value->text).len == 0 : value->count == 0;
}

static bool same_type(const struct epo_json *a, const struct epo_json *b) {
    return a != NULL && b != NULL &&
           epo_span_equal(epo_json_get_text(a, "type"), epo_json_get_text(b, "type"));
}

/* Whether everything that was answered under `then` is asked in the same way now. */
static bool all_asked(const struct epo_json *raw, const struct epo_form *then,
                      const struct epo_form *now) {
    for (uint32_t i = 0; i < raw->count; i++) {
        const struct epo_json *field = epo_drafting_field(then, raw->names[i]);
        if (field != NULL && !is_empty(raw->items[i]) &&
            !same_type(field, find_in(now, epo_json_get_text(field, "id"))))
            return false;
    }
    return true;
}

/* Labels of the fields of `of` that `other` does not have. */
static struct epo_json *only_in(struct epo_request *request, const struct epo_form *of,
                                const struct epo_form *other) {
    struct epo_json *labels = epo_json_array(request->pool);
    const struct epo_json *sections = epo_json_get(epo_form_definition(of), "sections");
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        for (uint32_t k = 0; fields != NULL && k < fields->count; k++)
            if (find_in(other, epo_json_get_text(fields->items[k], "id")) == NULL)
                epo_json_push(
                    request->pool, labels,
                    epo_json_text(request->pool,
                                  epo_json_localized(epo_json_get(fields->items[k], "label"),
                                                     request->lang)));
    }
    return labels;
}

bool epo_drafting_choose(struct epo_request *request, struct epo_drafting *drafting,
                         const struct epo_json *raw, const struct epo_form **form,
                         struct epo_error *error) {
    const struct epo_form *then = NULL, *now = *form;
    if (!drafting->found || epo_span_is(drafting->draft.form_version, epo_form_version(now)))
        return true;
    if (!epo_definitions_form(request->portal, request->db, request->pool,
                              drafting->draft.form_version, request->portal->maps, &then, error))
        return false;
    if (then == NULL) /* this program reads it no longer */
        return true;
    bool finish = epo_span_is(epo_json_get_text(epo_form_definition(now), "drafts"), "finish") ||
                  !all_asked(raw, then, now);
    drafting->moved = epo_json_object(request->pool);
    epo_json_set_boolean(request->pool, drafting->moved, "finish", finish);
    epo_json_set(request->pool, drafting->moved, "gone", only_in(request, then, now));
    epo_json_set(request->pool, drafting->moved, "added", only_in(request, now, then));
    if (finish)
        *form = then;
    return true;
}
