#include "portal/routing.h"

const struct epo_json *epo_routing_find(const struct epo_json *settings, struct epo_span office) {
    const struct epo_json *offices = epo_json_get(settings, "offices");
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++)
        if (epo_span_equal(epo_json_get_text(offices->items[i], "id"), office))
            return offices->items[i];
    return NULL;
}

static const struct epo_json *of_district(const struct epo_json *settings,
                                          struct epo_span district) {
    const struct epo_json *offices = epo_json_get(settings, "offices");
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++) {
        const struct epo_json *codes = epo_json_get(offices->items[i], "districts");
        for (uint32_t j = 0; codes != NULL && j < codes->count; j++)
            if (epo_json_is_text(codes->items[j]) &&
                epo_span_equal(codes->items[j]->text, district))
                return offices->items[i];
    }
    return NULL;
}

struct epo_span epo_routing_office(const struct epo_json *settings, struct epo_span wish,
                                   struct epo_span district) {
    const struct epo_json *office = NULL, *offices = epo_json_get(settings, "offices");
    if (epo_span_is(wish, "district"))
        office = district.len > 0 ? of_district(settings, district) : NULL;
    else if (wish.len > 0)
        office = epo_routing_find(settings, wish);
    if (office == NULL && offices != NULL && offices->count > 0)
        office = offices->items[0];
    return epo_json_get_text(office, "id");
}

struct epo_span epo_routing_name(const struct epo_json *settings, struct epo_span office,
                                 const char *lang) {
    const struct epo_json *found = epo_routing_find(settings, office);
    struct epo_span name = epo_json_localized(epo_json_get(found, "name"), lang);
    return name.len > 0 ? name : office;
}
