#include "forms/field.h"

static const struct epo_field_kind *const kinds[] = {
    &epo_kind_text,           &epo_kind_long_text,  &epo_kind_email,     &epo_kind_phone,
    &epo_kind_number,         &epo_kind_money,      &epo_kind_date,      &epo_kind_choice,
    &epo_kind_choices,        &epo_kind_yes_no,     &epo_kind_location,  &epo_kind_birth_number,
    &epo_kind_company_number, &epo_kind_data_box,   &epo_kind_postcode,  &epo_kind_vehicle_plate,
    &epo_kind_chip_number,    &epo_kind_attachment, &epo_kind_signature, &epo_kind_consent,
    &epo_kind_bank_account,   &epo_kind_date_range,
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))
/* Short for a location of one kind. */
static const char *const places[] = {"parcel", "address"};
#define PLACE_COUNT (sizeof(places) / sizeof(places[0]))

const struct epo_field_kind *epo_field_kind_find(struct epo_span name) {
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (epo_span_is(name, kinds[i]->name))
            return kinds[i];
    for (size_t i = 0; i < PLACE_COUNT; i++)
        if (epo_span_is(name, places[i]))
            return &epo_kind_location;
    return NULL;
}

void epo_field_kind_names(const char *names[EPO_FIELD_KINDS_MAX]) {
    for (size_t i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i]->name;
    for (size_t i = 0; i < PLACE_COUNT; i++)
        names[KIND_COUNT + i] = places[i];
    names[KIND_COUNT + PLACE_COUNT] = NULL;
}
_Static_assert(KIND_COUNT + PLACE_COUNT < EPO_FIELD_KINDS_MAX, "raise EPO_FIELD_KINDS_MAX");

struct epo_span epo_field_label(const struct epo_field *field, const char *lang) {
    return epo_json_localized(epo_json_get(field->definition, "label"), lang);
}

struct epo_span epo_raw_text(const struct epo_json *raw, const char *name) {
    const struct epo_json *value = epo_json_get(raw, name);
    if (value != NULL && value->type == EPO_JSON_ARRAY && value->count > 0)
        value = value->items[0];
    return epo_json_is_text(value) ? value->text : (struct epo_span){"", 0};
}

bool epo_check_refuse_with(struct epo_check *check, const char *path, const char *code,
                           struct epo_span message) {
    struct epo_json *refusal = epo_json_object(check->pool);
    epo_json_set_string(check->pool, refusal, "path",
                        epo_pool_printf(check->pool, "%s%s", check->prefix, path));
    epo_json_set_string(check->pool, refusal, "code", code);
    epo_json_set_text(check->pool, refusal, "message", message);
    epo_json_push(check->pool, check->result->errors, refusal);
    return false;
}

bool epo_check_refuse(struct epo_check *check, const struct epo_field *field, const char *code,
                      struct epo_json *values) {
    if (values == NULL)
        values = epo_json_object(check->pool);
    epo_json_set_text(check->pool, values, "label", epo_field_label(field, check->lang));
    const char *key = epo_pool_printf(check->pool, "error.%s", code);
    return epo_check_refuse_with(
        check, field->id, code,
        epo_catalog_format(check->catalog, check->pool, check->lang, key, values));
}

bool epo_check_broken(struct epo_check *check) {
    check->broken = true;
    return false;
}
