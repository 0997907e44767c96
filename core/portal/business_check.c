#include "portal/business_check.h"

#include "forms/czech.h"

enum { NAME_CHARS_MAX = 100, SEAT_CHARS_MAX = 200, DATA_BOX_CHARS = 7 };

static void blame(struct epo_pool *pool, struct epo_json *errors, const char *path) {
    struct epo_json *error = epo_json_object(pool);
    epo_json_set_string(pool, error, "path", path);
    epo_json_set_string(pool, error, "code", epo_pool_printf(pool, "business.%s", path));
    epo_json_push(pool, errors, error);
}

static bool is_line(struct epo_span text, size_t least, size_t most) {
    bool good =
        epo_text_valid(text) && epo_text_length(text) >= least && epo_text_length(text) <= most;
    for (size_t i = 0; good && i < text.len; i++)
        good = (unsigned char)text.at[i] >= ' ' && text.at[i] != 0x7f;
    return good;
}

static bool is_data_box(struct epo_span text) {
    bool good = text.len == DATA_BOX_CHARS;
    for (size_t i = 0; good && i < text.len; i++)
        good = (text.at[i] >= 'a' && text.at[i] <= 'z') || (text.at[i] >= '0' && text.at[i] <= '9');
    return good;
}

bool epo_business_check(struct epo_pool *pool, const struct epo_business *business,
                        struct epo_json *errors) {
    if (!epo_span_is(business->kind, "trader") && !epo_span_is(business->kind, "company"))
        blame(pool, errors, "kind");
    if (epo_company_number_check(business->number) != EPO_CZECH_FINE)
        blame(pool, errors, "number");
    if (!is_line(business->name, 2, NAME_CHARS_MAX))
        blame(pool, errors, "business_name");
    if (!is_line(business->seat, 5, SEAT_CHARS_MAX))
        blame(pool, errors, "seat");
    if (business->data_box.len > 0 && !is_data_box(business->data_box))
        blame(pool, errors, "data_box");
    return errors->count == 0;
}
