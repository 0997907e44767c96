/* References of files in what a browser posted. */
#include "base/limits.h"
#include "forms/field.h"

static bool takes_files(const struct epo_field *field) {
    return field->kind == &epo_kind_attachment || field->kind == &epo_kind_signature;
}

bool epo_form_has_files(const struct epo_form *form) {
    for (uint32_t i = 0; i < form->field_count; i++)
        if (takes_files(&form->fields[i]))
            return true;
    return false;
}

/* "photo", or "dogs.0.photo" of a field in a repeated group. */
bool epo_form_takes_file(const struct epo_form *form, struct epo_span name) {
    const char *dot = name.len > 0 ? memrchr(name.at, '.', name.len) : NULL;
    size_t from = dot != NULL ? (size_t)(dot - name.at) + 1 : 0;
    const struct epo_field *field =
        epo_form_field(form, (struct epo_span){name.at + from, name.len - from});
    struct epo_span rest, group = epo_span_cut(name, '.', &rest);
    if (field == NULL || !takes_files(field))
        return false;
    const struct epo_section *owner = epo_field_group(form, field);
    return dot == NULL ? owner == NULL : owner != NULL && epo_span_is(group, owner->id);
}

void epo_form_add_file(struct epo_pool *pool, struct epo_json *raw, struct epo_span name,
                       struct epo_span reference) {
    const char *key = epo_pool_string(pool, name);
    struct epo_json *before = epo_json_get(raw, key), *list = before;
    if (before == NULL || before->type != EPO_JSON_ARRAY) {
        list = epo_json_array(pool);
        if (epo_json_is_text(before) && before->text.len > 0)
            epo_json_push(pool, list, before);
        epo_json_set(pool, raw, key, list);
    }
    epo_json_push(pool, list, epo_json_text(pool, reference));
}

bool epo_form_take_files(const struct epo_form *form, struct epo_pool *pool, struct epo_json *raw,
                         struct epo_span action, struct epo_span *reference) {
    struct epo_span rest, what, number;
    int64_t index = 0;
    *reference = EPO_SPAN("");
    if (!epo_span_is(epo_span_cut(action, ':', &rest), "file"))
        return false;
    struct epo_span name = epo_span_cut(rest, ':', &what);
    if (!epo_form_takes_file(form, name) ||
        !epo_span_is(epo_span_cut(what, '-', &number), "remove") ||
        !epo_span_integer(number, &index))
        return false;
    const struct epo_json *before = epo_json_get_span(raw, name);
    struct epo_json *kept = epo_json_array(pool);
    uint32_t count = before == NULL ? 0 : before->type == EPO_JSON_ARRAY ? before->count : 1;
    int64_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct epo_json *each = before->type == EPO_JSON_ARRAY
                                    ? before->items[i]
                                    : (struct epo_json *)(uintptr_t)before;
        if (!epo_json_is_text(each) || each->text.len == 0)
            continue;
        if (++at == index)
            *reference = each->text;
        else
            epo_json_push(pool, kept, each);
    }
    epo_json_set(pool, raw, epo_pool_string(pool, name), kept);
    return true;
}
