/* From answers back to what a browser would have posted for them: for forms that are opened again
 * with what was sent. */
#include "forms/field.h"

/* Whole haléře as crowns: 12350 is "123.5", in a language's own way of writing it not needed. */
static struct epo_span crowns(struct epo_pool *pool, int64_t haler) {
    int64_t rest = haler % 100 < 0 ? -(haler % 100) : haler % 100;
    const char *sign = haler < 0 && haler > -100 ? "-" : "";
    return epo_span(rest == 0 ? epo_pool_printf(pool, "%lld", (long long)(haler / 100))
                              : epo_pool_printf(pool, "%s%lld.%02lld", sign,
                                                (long long)(haler / 100), (long long)rest));
}

/* Ids: the host turns them into references (form.h). */
static void put_files(struct epo_pool *pool, struct epo_json *raw, const char *name,
                      const struct epo_field *field, const struct epo_json *value) {
    struct epo_span signer = epo_json_get_text(value, "name");
    const struct epo_json *files = epo_files_of(pool, field, value);
    for (uint32_t i = 0; i < files->count; i++)
        epo_form_add_file(pool, raw, epo_span(name), epo_json_get_text(files->items[i], "id"));
    if (field->kind != &epo_kind_signature || signer.len == 0)
        return;
    epo_json_set_text(pool, raw, epo_pool_printf(pool, "%s.name", name), signer);
    epo_json_set_string(pool, raw, epo_pool_printf(pool, "%s.agreed", name), "yes");
}

static void put(struct epo_pool *pool, struct epo_json *raw, const char *name,
                const struct epo_field *field, const struct epo_json *value) {
    if (field->kind == &epo_kind_yes_no)
        epo_json_set_string(pool, raw, name, value->boolean ? "yes" : "no");
    else if (field->kind == &epo_kind_money)
        epo_json_set_text(pool, raw, name, crowns(pool, value->integer));
    else if (field->kind == &epo_kind_choices)
        epo_json_set(pool, raw, name, epo_json_copy(pool, value));
    else if (field->kind == &epo_kind_attachment || field->kind == &epo_kind_signature)
        put_files(pool, raw, name, field, value);
    else if (field->kind == &epo_kind_consent)
        epo_json_set_text(pool, raw, name, epo_json_get_text(value, "hash"));
    else if (field->kind == &epo_kind_bank_account)
        epo_json_set_text(pool, raw, name, epo_json_get_text(value, "iban"));
    else if (field->kind == &epo_kind_date_range)
        for (uint32_t i = 0; i < value->count; i++)
            epo_json_set(pool, raw,
                         epo_pool_printf(pool, "%s.%.*s", name, EPO_ARG(value->names[i])),
                         epo_json_copy(pool, value->items[i]));
    else
        epo_json_set_text(pool, raw, name,
                          epo_json_is_text(value) ? value->text : epo_json_print(pool, value));
}

static void put_items(const struct epo_form *form, struct epo_pool *pool, struct epo_json *raw,
                      const char *group, const struct epo_json *items) {
    for (uint32_t i = 0; i < items->count; i++) {
        epo_json_set_string(pool, raw, epo_pool_printf(pool, "%s.%u", group, i), "1");
        for (uint32_t k = 0; k < items->items[i]->count; k++) {
            const struct epo_field *field = epo_form_field(form, items->items[i]->names[k]);
            if (field != NULL)
                put(pool, raw, epo_pool_printf(pool, "%s.%u.%s", group, i, field->id), field,
                    items->items[i]->items[k]);
        }
    }
}

struct epo_json *epo_form_retype(const struct epo_form *form, struct epo_pool *pool,
                                 const struct epo_json *answers) {
    struct epo_json *raw = epo_json_object(pool);
    for (uint32_t i = 0; answers != NULL && i < answers->count; i++) {
        const struct epo_section *group = epo_form_group(form, answers->names[i]);
        const struct epo_field *field = epo_form_field(form, answers->names[i]);
        if (group != NULL)
            put_items(form, pool, raw, group->id, answers->items[i]);
        else if (field != NULL)
            put(pool, raw, field->id, field, answers->items[i]);
    }
    return raw;
}
