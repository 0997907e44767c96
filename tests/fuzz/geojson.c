/* A place from outside: read or refused with a code; what is read is normalised, so that it reads
 * again as the same kind of place. */
#include "base/limits.h"
#include "maps/maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_place place = {0}, again = {0};
    struct epo_json *json =
        epo_json_parse(pool, (struct epo_span){(const char *)bytes, len}, &error);
    if (json != NULL && epo_place_read(pool, json, &place, &error)) {
        epo_assert(place.geojson != NULL && place.wkb_metres.len > 0);
        epo_assert(place.area_m2 >= 0 && place.length_m >= 0);
        epo_assert(place.min_x <= place.max_x && place.min_y <= place.max_y);
        struct epo_span text = epo_json_print(pool, place.geojson);
        struct epo_json *parsed = epo_json_parse(pool, text, &error);
        epo_assert(parsed != NULL);
        if (epo_place_read(pool, parsed, &again, &error))
            epo_assert(again.kind == place.kind);
    } else {
        epo_assert(error.code[0] != '\0');
    }
    epo_pool_free(pool);
    return 0;
}
