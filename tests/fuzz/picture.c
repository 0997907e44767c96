/* A vector tile, and (behind "?") a question for a picture: what is read keeps its bounds. */
#include "http/internal.h"
#include "http/picture_ask.h"
#include "maps/mvt.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void ask(struct epo_pool *pool, struct epo_span text) {
    struct epo_error error = {0};
    struct epo_pairs pairs;
    struct epo_picture picture;
    if (!epo_request_read_pairs(pool, text, &pairs, &error))
        return;
    struct epo_request request = {.pool = pool, .query = pairs.pairs, .query_count = pairs.count};
    error.code[0] = '\0';
    if (!epo_picture_ask(&request, &picture, &error)) {
        epo_assert(error.code[0] != '\0' && epo_text_valid(epo_span(error.text)));
        return;
    }
    epo_assert(picture.width >= EPO_PICTURE_SIDE_MIN && picture.width <= EPO_PICTURE_SIDE_MAX);
    epo_assert(picture.height >= EPO_PICTURE_SIDE_MIN && picture.height <= EPO_PICTURE_SIDE_MAX);
    epo_assert(picture.zoom == 0 ||
               (picture.zoom >= EPO_PICTURE_ZOOM_MIN && picture.zoom <= EPO_PICTURE_ZOOM_MAX));
    epo_assert(picture.centred || picture.mark_count > 0);
    epo_picture_settle(NULL, &picture); /* needs no map where the question says where */
    epo_assert(picture.zoom >= EPO_PICTURE_ZOOM_MIN && picture.zoom <= EPO_PICTURE_ZOOM_MAX);
    epo_assert(picture.center.x >= -180 && picture.center.x <= 180);
}

static void read(struct epo_pool *pool, struct epo_span bytes) {
    struct epo_mvt tile;
    if (!epo_mvt_read(pool, bytes, &tile, NULL))
        return;
    int64_t sum = 0;
    for (size_t i = 0; i < tile.count; i++) {
        const struct epo_mvt_feature *feature = &tile.features[i];
        epo_assert(feature->parts > 0 && feature->extent > 0);
        for (uint32_t k = 0; k < 2 * feature->end[feature->parts - 1]; k++)
            sum += feature->xy[k];
    }
    epo_assert(sum != INT64_MIN);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span text = {(const char *)bytes, len};
    if (len > 0 && text.at[0] == '?')
        ask(pool, (struct epo_span){text.at + 1, len - 1});
    else if (len <= 1 << 16)
        read(pool, text);
    epo_pool_free(pool);
    return 0;
}
