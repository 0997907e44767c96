/* Repeated groups: between the flat names that a browser posts ("dogs.0.chip"; "dogs.0" says that
 * the item is there) and the array of items that answers have. */
#include "base/limits.h"
#include "forms/field.h"

/* An index in a name: what is beyond is no item of ours. */
#define INDEX_MAX 9999

const struct epo_section *epo_form_group(const struct epo_form *form, struct epo_span id) {
    for (uint32_t i = 0; i < form->section_count; i++)
        if (form->sections[i].repeated && epo_span_is(id, form->sections[i].id))
            return &form->sections[i];
    return NULL;
}

/* One way to write each, lest two names mean one answer: no "00", no "+1". */
static bool read_index(struct epo_span text, int64_t *index) {
    bool good = text.len > 0 && text.len <= 4 && (text.at[0] != '0' || text.len == 1);
    for (size_t i = 0; good && i < text.len; i++)
        good = text.at[i] >= '0' && text.at[i] <= '9';
    return good && epo_span_integer(text, index);
}

bool epo_form_find(const struct epo_form *form, struct epo_span path, struct epo_form_spot *spot) {
    struct epo_span rest, first = epo_span_cut(path, '.', &rest);
    int64_t index = 0;
    *spot = (struct epo_form_spot){.group = epo_form_group(form, first)};
    if (spot->group == NULL) {
        spot->field = epo_form_field(form, path);
        return spot->field != NULL && epo_field_group(form, spot->field) == NULL;
    }
    if (first.len == path.len)
        return true;
    if (!read_index(epo_span_cut(rest, '.', &rest), &index))
        return false;
    spot->in_item = true;
    spot->item = (uint32_t)index;
    if (rest.len == 0)
        return true;
    spot->field = epo_form_field(form, rest);
    return spot->field != NULL && epo_field_group(form, spot->field) == spot->group;
}

const char *epo_group_title(struct epo_pool *pool, const struct epo_section *group,
                            const char *lang, uint32_t index) {
    return epo_pool_printf(pool, "%.*s %u", EPO_ARG(epo_json_localized(group->item, lang)),
                           index + 1);
}

const struct epo_json *epo_check_answer(const struct epo_check *check,
                                        const struct epo_field *field) {
    const struct epo_json *own = epo_json_get(check->result->answers, field->id);
    return own != NULL ? own : epo_json_get(check->form_answers, field->id);
}

/* -- items as they came ------------------------------------------------------------------------ */

struct item {
    int64_t index;
    struct epo_json *raw;
};

/* The item of that index, in order; NULL where there are more than anybody may send. */
static struct epo_json *item_at(struct epo_pool *pool, struct item *items, uint32_t *count,
                                int64_t index) {
    uint32_t at = *count;
    while (at > 0 && items[at - 1].index >= index)
        at--;
    if (at < *count && items[at].index == index)
        return items[at].raw;
    if (*count > EPO_ITEMS_MAX)
        return NULL;
    memmove(&items[at + 1], &items[at], (*count - at) * sizeof *items);
    items[at] = (struct item){index, epo_json_object(pool)};
    ++*count;
    return items[at].raw;
}

static struct epo_json *items_of_html(struct epo_pool *pool, const struct epo_section *group,
                                      const struct epo_json *raw) {
    struct item items[EPO_ITEMS_MAX + 2];
    struct epo_json *list = epo_json_array(pool);
    uint32_t count = 0;
    _Static_assert(EPO_ITEMS_MAX <= INDEX_MAX, "every item has an index");
    for (uint32_t i = 0; raw != NULL && raw->type == EPO_JSON_OBJECT && i < raw->count; i++) {
        struct epo_span rest, name, first = epo_span_cut(raw->names[i], '.', &rest);
        int64_t index;
        if (!epo_span_is(first, group->id) || !read_index(epo_span_cut(rest, '.', &name), &index))
            continue;
        struct epo_json *item = item_at(pool, items, &count, index);
        if (item != NULL && name.len > 0)
            epo_json_append(pool, item, name, raw->items[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        epo_json_push(pool, list, items[i].raw);
    return list;
}

struct epo_json *epo_group_items(struct epo_pool *pool, const struct epo_section *group,
                                 const struct epo_json *raw, enum epo_answers_source source) {
    if (source == EPO_ANSWERS_FROM_HTML)
        return items_of_html(pool, group, raw);
    struct epo_json *given = epo_json_get(raw, group->id);
    if (given == NULL)
        return epo_json_array(pool);
    return given->type == EPO_JSON_ARRAY ? given : NULL;
}

/* -- adding and removing on a page without a script ------------------------------------------- */

static void put_items(struct epo_pool *pool, const struct epo_section *group,
                      const struct epo_json *items, struct epo_json *raw) {
    for (uint32_t i = 0; i < items->count; i++) {
        const struct epo_json *item = items->items[i];
        epo_json_set_string(pool, raw, epo_pool_printf(pool, "%s.%u", group->id, i), "1");
        for (uint32_t k = 0; k < item->count; k++)
            epo_json_set(pool, raw,
                         epo_pool_printf(pool, "%s.%u.%.*s", group->id, i, EPO_ARG(item->names[k])),
                         item->items[k]);
    }
}

/* What was posted with the group's names written anew from 0. */
static struct epo_json *rewritten(struct epo_pool *pool, const struct epo_section *group,
                                  const struct epo_json *items, const struct epo_json *raw) {
    struct epo_json *anew = epo_json_object(pool);
    for (uint32_t i = 0; i < raw->count; i++) {
        struct epo_span rest;
        if (!epo_span_is(epo_span_cut(raw->names[i], '.', &rest), group->id))
            epo_json_append(pool, anew, raw->names[i], raw->items[i]);
    }
    put_items(pool, group, items, anew);
    return anew;
}

static void remove_item(struct epo_json *items, int64_t number) {
    if (number < 1 || number > items->count)
        return;
    for (uint32_t i = (uint32_t)number; i < items->count; i++)
        items->items[i - 1] = items->items[i];
    items->count--;
}

bool epo_form_take_groups(const struct epo_form *form, struct epo_pool *pool, struct epo_json *raw,
                          struct epo_span action) {
    struct epo_span what, id;
    int64_t number = 0;
    if (!epo_span_is(epo_span_cut(action, ':', &what), "group"))
        return false;
    id = epo_span_cut(what, ':', &what);
    const struct epo_section *group = epo_form_group(form, id);
    if (group == NULL)
        return false;
    struct epo_json *items = items_of_html(pool, group, raw);
    while (items->count < group->min_items) /* so many were shown */
        epo_json_push(pool, items, epo_json_object(pool));
    if (epo_span_is(what, "add") && items->count < group->max_items)
        epo_json_push(pool, items, epo_json_object(pool));
    else if (epo_span_is(epo_span_cut(what, '-', &what), "remove") &&
             items->count > group->min_items && epo_span_integer(what, &number))
        remove_item(items, number);
    *raw = *rewritten(pool, group, items, raw);
    return true;
}
