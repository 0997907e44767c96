/* Facts of a place in words. */
#include <math.h>

#include "forms/format.h"

struct words {
    struct epo_pool *pool;
    const struct epo_catalog *catalog;
    const char *lang;
    struct epo_json *list;
};

static void add(struct words *words, const char *label_key, struct epo_span text) {
    if (text.len == 0)
        return;
    struct epo_json *row = epo_json_object(words->pool);
    epo_json_set_text(words->pool, row, "label",
                      epo_catalog_text(words->catalog, words->lang, label_key));
    epo_json_set_text(words->pool, row, "text", text);
    epo_json_push(words->pool, words->list, row);
}

static struct epo_span format(struct words *words, const char *key, struct epo_json *values) {
    return epo_catalog_format(words->catalog, words->pool, words->lang, key, values);
}

static void set_number(struct words *words, struct epo_json *values, const char *name,
                       double number, int decimals) {
    epo_json_set_text(words->pool, values, name,
                      epo_form_number(words->pool, words->lang, number, decimals));
}

/* Nearer than this an address is the place's own; no distance is said. */
#define AT_ADDRESS_M 5

static void add_address(struct words *words, const struct epo_json *facts) {
    const struct epo_json *address = epo_json_get(facts, "address");
    struct epo_json *values = epo_json_object(words->pool);
    double distance = epo_json_get_real(address, "distance_m", 0);
    epo_json_set_text(words->pool, values, "address", epo_json_get_text(address, "text"));
    set_number(words, values, "distance", round(distance), 0);
    if (epo_json_get_text(address, "text").len == 0)
        return;
    if (distance < AT_ADDRESS_M)
        add(words, "place.words.address", epo_json_get_text(address, "text"));
    else
        add(words, "place.words.nearest", format(words, "place.words.nearest_text", values));
}

static struct epo_span owner_words(struct words *words, const struct epo_json *parcel) {
    struct epo_span owner = epo_json_get_text(parcel, "owner");
    if (owner.len == 0)
        return owner;
    const char *key = epo_pool_printf(words->pool, "place.owner.%.*s", EPO_ARG(owner));
    return epo_catalog_text(words->catalog, words->lang, key);
}

static void add_parcel(struct words *words, const struct epo_json *facts) {
    const struct epo_json *parcel = epo_json_get(facts, "parcel");
    struct epo_json *values = epo_json_object(words->pool);
    struct epo_span owner = owner_words(words, parcel);
    struct epo_span area = epo_json_get_text(parcel, "cadastral_area");
    if (area.len == 0)
        area = epo_json_get_text(epo_json_get(facts, "cadastral_area"), "name");
    epo_json_set_text(words->pool, values, "number", epo_json_get_text(parcel, "number"));
    epo_json_set_text(words->pool, values, "area", area);
    if (epo_json_get_text(parcel, "number").len > 0)
        add(words, "place.words.parcel",
            format(words, area.len > 0 ? "place.words.parcel_text" : "place.words.parcel_number",
                   values));
    add(words, "place.words.owner", owner);
}

static void add_public_space(struct words *words, const struct epo_json *facts) {
    const struct epo_json *space = epo_json_get(facts, "public_space");
    struct epo_json *values = epo_json_object(words->pool);
    if (space == NULL)
        return;
    if (space->type != EPO_JSON_OBJECT) {
        add(words, "place.words.public_space",
            epo_catalog_text(words->catalog, words->lang, "place.words.outside"));
        return;
    }
    struct epo_span zone = epo_json_get_text(space, "zone");
    epo_json_set_text(words->pool, values, "name", epo_json_get_text(space, "name"));
    epo_json_set_text(words->pool, values, "zone", zone);
    add(words, "place.words.public_space",
        zone.len > 0 ? format(words, "place.words.space_zone", values)
                     : epo_json_get_text(space, "name"));
}

static void add_area(struct words *words, const struct epo_json *facts) {
    double area = epo_json_get_real(facts, "area_m2", 0);
    double length = epo_json_get_real(facts, "length_m", 0);
    struct epo_json *values = epo_json_object(words->pool);
    if (area > 0) {
        set_number(words, values, "value", area, area < 1000 ? 1 : 0);
        add(words, "place.words.area", format(words, "place.words.m2", values));
    } else if (length > 0) {
        set_number(words, values, "value", length, length < 1000 ? 1 : 0);
        add(words, "place.words.length", format(words, "place.words.m", values));
    }
}

struct epo_json *epo_form_words(struct epo_pool *pool, const char *lang,
                                const struct epo_catalog *catalog, const struct epo_json *facts) {
    struct words words = {pool, catalog, lang, epo_json_array(pool)};
    const struct epo_json *in_city = epo_json_get(facts, "in_city");
    if (in_city != NULL && in_city->type == EPO_JSON_BOOLEAN && !in_city->boolean) {
        add(&words, "place.words.district",
            epo_catalog_text(catalog, lang, "place.words.outside_city"));
        return words.list;
    }
    add(&words, "place.words.district", epo_json_get_text(epo_json_get(facts, "district"), "name"));
    add_address(&words, facts);
    add_parcel(&words, facts);
    add_public_space(&words, facts);
    add_area(&words, facts);
    return words.list;
}

struct epo_span epo_form_words_line(struct epo_pool *pool, const char *lang,
                                    const struct epo_catalog *catalog,
                                    const struct epo_json *facts) {
    const struct epo_json *words = epo_form_words(pool, lang, catalog, facts);
    const char *line = "";
    for (uint32_t i = 0; i < words->count; i++)
        line = epo_pool_printf(pool, "%s%s%.*s: %.*s", line, i > 0 ? "; " : "",
                               EPO_ARG(epo_json_get_text(words->items[i], "label")),
                               EPO_ARG(epo_json_get_text(words->items[i], "text")));
    return epo_span(line);
}
