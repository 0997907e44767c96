/* How well and how fast the search finds: houses of the map, written as people write them, each
 * with one slip (two letters exchanged, one missing, doubled or changed) in a word of five letters
 * or more. bench_search MAP-FOLDER QUERIES prints: recall at 1, recall at 5 (of a thousand), median
 * and 99th percentile in µs, load in ms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "maps/maps.h"
#include "store/store.h"

enum { LIMIT = 5, QUERIES_MAX = 100000 };
static const char HOUSES[] =
    "SELECT code, street, part, city, conscription, orientation, letter, postcode"
    " FROM address WHERE evidence = 0"
    " ORDER BY id * 2654435761 % 4294967296 LIMIT ?1";

static uint64_t state = 88172645463325252u;
static uint32_t below(uint32_t most) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)((state >> 32) * most >> 32);
}

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* In the folded text, so that a slip is one of a letter. */
static void slip(char *text) {
    size_t starts[64], count = 0, len = strlen(text);
    for (size_t i = 0, run = 0; i <= len; i++) {
        bool letter = i < len && text[i] >= 'a' && text[i] <= 'z';
        if (!letter && run >= 5 && count < 64)
            starts[count++] = i - run;
        run = letter ? run + 1 : 0;
    }
    if (count == 0)
        return;
    size_t word = starts[below((uint32_t)count)], at = word + 1 + below(3);
    char kept = text[at];
    switch (below(4)) {
    case 0:
        text[at] = text[at + 1];
        text[at + 1] = kept;
        break;
    case 1:
        memmove(text + at, text + at + 1, len - at);
        break;
    case 2:
        memmove(text + at + 1, text + at, len - at + 1);
        break;
    default:
        text[at] = kept == 'x' ? 'k' : 'x';
    }
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static const char *column(sqlite3_stmt *houses, int i) {
    return (const char *)sqlite3_column_text(houses, i);
}

/* "americka 42/8a plzen", or the town first, or by part where there is no street. */
static void write_query(sqlite3_stmt *houses, struct epo_pool *pool, int style, char text[512]) {
    const char *street = column(houses, 1), *city = column(houses, 3);
    int house = sqlite3_column_int(houses, 4), orientation = sqlite3_column_int(houses, 5);
    char number[48];
    if (orientation > 0)
        snprintf(number, sizeof number, "%d/%d%s", house, orientation, column(houses, 6));
    else
        snprintf(number, sizeof number, "%d", house);
    const char *name = street[0] != '\0' ? street : column(houses, 2);
    struct epo_span a = epo_text_fold(pool, epo_span(style == 0 ? name : city));
    struct epo_span b = epo_text_fold(pool, epo_span(style == 0 ? city : name));
    snprintf(text, 480, style == 0 ? "%.*s %s, %.*s" : "%.*s, %s %.*s", EPO_ARG(a), number,
             EPO_ARG(b));
    slip(text);
    /* many villages are called alike: the postcode says which, as on a letter */
    size_t len = strlen(text);
    snprintf(text + len, 512 - len, " %s", column(houses, 7));
}

int main(int argc, char **argv) {
    struct epo_error error = {0};
    long wanted = argc == 3 ? strtol(argv[2], NULL, 10) : 0, count = 0, first = 0, five = 0;
    if (wanted < 1 || wanted > QUERIES_MAX)
        return fprintf(stderr, "bench_search MAP-FOLDER QUERIES\n"), 2;
    double *took = calloc((size_t)wanted, sizeof *took), start = now_us();
    struct epo_maps *maps =
        epo_store_setup(&error) && took != NULL ? epo_maps_open(argv[1], &error) : NULL;
    double loaded = now_us() - start;
    char path[600];
    sqlite3 *db;
    sqlite3_stmt *houses;
    snprintf(path, sizeof path, "%s/map.db", argv[1]);
    if (maps == NULL || sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, HOUSES, -1, &houses, NULL) != SQLITE_OK)
        return fprintf(stderr, "bench_search: %s\n", error.text), 3;
    sqlite3_bind_int64(houses, 1, wanted);
    while (count < wanted && sqlite3_step(houses) == SQLITE_ROW) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_json *found;
        char text[512];
        write_query(houses, pool, (int)(count % 2), text);
        start = now_us();
        if (!epo_addresses_search(maps, pool, epo_span(text), LIMIT, NULL, &found, &error))
            return fprintf(stderr, "bench_search: %s\n", error.text), 3;
        took[count++] = now_us() - start;
        const struct epo_json *list = epo_json_get(found, "features");
        for (uint32_t i = 0; i < list->count; i++)
            if (epo_span_is(epo_json_get_text(list->items[i], "id"), column(houses, 0))) {
                first += i == 0;
                five++;
                break;
            }
        epo_pool_free(pool);
    }
    sqlite3_finalize(houses);
    sqlite3_close(db);
    epo_maps_close(maps);
    if (count == 0)
        return fprintf(stderr, "bench_search: the map has no addresses\n"), 3;
    qsort(took, (size_t)count, sizeof *took, by_value);
    printf("%ld %ld %.0f %.0f %.0f\n", first * 1000 / count, five * 1000 / count, took[count / 2],
           took[count * 99 / 100], loaded / 1000);
    free(took);
    return 0;
}
