#include "http/tile_address.h"

#include <string.h>

static bool read_number(struct epo_span text, int64_t most, int64_t *value) {
    for (size_t i = 0; i < text.len; i++) /* no sign, no exponent */
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0 && text.len <= 10 && epo_span_integer(text, value) && *value <= most;
}

bool epo_tile_address(const struct epo_span parts[3], const char *ending, int64_t at[3]) {
    struct epo_span y = parts[2];
    size_t len = strlen(ending);
    if (y.len <= len || memcmp(y.at + y.len - len, ending, len) != 0)
        return false;
    y.len -= len;
    int64_t most = (1LL << EPO_TILE_ZOOM_MAX) - 1;
    return read_number(parts[0], EPO_TILE_ZOOM_MAX, &at[0]) &&
           read_number(parts[1], most, &at[1]) && read_number(y, most, &at[2]);
}
