/* How well and how fast the search finds: houses of the map, written as people write them, each
 * with one slip (two letters exchanged, one missing, doubled or changed) in a word of five letters
 * or more. The peer is SQLite's FTS5 with trigrams over the same houses: any of the query's
 * trigrams, best match first; it is asked some of the queries, being slow.
 *   bench_search MAP-FOLDER QUERIES
 * prints: recall at 1, recall at 5 (of a thousand), median and 99th percentile in µs, load in ms,
 * 99th percentile of CPU time in µs; of the peer recall at 1 (of a thousand), median in µs,
 * queries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "maps/maps.h"
#include "store/store.h"

enum { LIMIT = 5, QUERIES_MAX = 100000, PEER_QUERIES = 100, PEER_US = 20000000 };
static const char HOUSES[] =
    "SELECT code, street, part, city, conscription, orientation, letter, postcode"
    " FROM address WHERE evidence = 0"
    " ORDER BY id * 2654435761 % 4294967296 LIMIT ?1";

static uint64_t state = 88172645463325252u;
static uint32_t below(uint32_t most) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)((state >> 32) * most >> 32);
}

static double clock_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double now_us(void) {
    return clock_us(CLOCK_MONOTONIC);
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

/* ---- the peer ---- */

static void peer_fail(sqlite3 *db) {
    fprintf(stderr, "bench_search: the peer: %s\n", sqlite3_errmsg(db));
    exit(3);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        peer_fail(db);
    return statement;
}

/* Every house as one writes it, folded. */
static sqlite3 *peer_make(sqlite3 *map) {
    sqlite3 *db;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
        sqlite3_exec(db,
                     "CREATE VIRTUAL TABLE house USING fts5(text, code UNINDEXED,"
                     " tokenize = 'trigram'); BEGIN",
                     NULL, NULL, NULL) != SQLITE_OK)
        peer_fail(db);
    sqlite3_stmt *add = prepare(db, "INSERT INTO house VALUES (?1, ?2)");
    sqlite3_stmt *all = prepare(map, "SELECT street || ' ' || part || ' ' || conscription || '/' ||"
                                     " orientation || letter || ' ' || city || ' ' || postcode,"
                                     " code FROM address WHERE evidence = 0");
    while (sqlite3_step(all) == SQLITE_ROW) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_span text = epo_text_fold(pool, epo_span(column(all, 0)));
        sqlite3_bind_text(add, 1, text.at, (int)text.len, SQLITE_TRANSIENT);
        sqlite3_bind_text(add, 2, column(all, 1), -1, SQLITE_TRANSIENT);
        if (sqlite3_step(add) != SQLITE_DONE)
            peer_fail(db);
        sqlite3_reset(add);
        epo_pool_free(pool);
    }
    sqlite3_finalize(all);
    sqlite3_finalize(add);
    if (sqlite3_exec(db, "COMMIT; INSERT INTO house(house) VALUES ('optimize')", NULL, NULL,
                     NULL) != SQLITE_OK)
        peer_fail(db);
    return db;
}

/* Its first find into code. */
static double peer_ask(sqlite3_stmt *ask, const char *text, char code[64]) {
    char match[8000] = "";
    size_t len = 0;
    for (const char *at = text; at[0] != '\0' && at[1] != '\0' && at[2] != '\0'; at++)
        if (memchr(at, ' ', 3) == NULL && memchr(at, ',', 3) == NULL)
            len += (size_t)snprintf(match + len, sizeof match - len, "%s\"%.3s\"",
                                    len > 0 ? " OR " : "", at);
    double start = now_us();
    sqlite3_bind_text(ask, 1, match, -1, SQLITE_TRANSIENT);
    code[0] = '\0';
    for (int i = 0; sqlite3_step(ask) == SQLITE_ROW; i++)
        if (i == 0)
            snprintf(code, 64, "%s", column(ask, 0));
    sqlite3_reset(ask);
    return now_us() - start;
}

static void peer_measure(sqlite3 *map, sqlite3_stmt *houses) {
    sqlite3 *db = peer_make(map);
    sqlite3_stmt *ask = prepare(db, "SELECT code FROM house WHERE text MATCH ?1 ORDER BY rank"
                                    " LIMIT 5");
    double took[PEER_QUERIES], until = now_us() + PEER_US;
    long count = 0, first = 0;
    sqlite3_reset(houses);
    while (count < PEER_QUERIES && now_us() < until && sqlite3_step(houses) == SQLITE_ROW) {
        struct epo_pool *pool = epo_pool_create();
        char text[512], code[64];
        write_query(houses, pool, (int)(count % 2), text);
        took[count++] = peer_ask(ask, text, code);
        first += strcmp(code, column(houses, 0)) == 0;
        epo_pool_free(pool);
    }
    qsort(took, (size_t)count, sizeof *took, by_value);
    printf(" %ld %.0f %ld\n", first * 1000 / count, took[count / 2], count);
    sqlite3_finalize(ask);
    sqlite3_close(db);
}

int main(int argc, char **argv) {
    struct epo_error error = {0};
    long wanted = argc == 3 ? strtol(argv[2], NULL, 10) : 0, count = 0, first = 0, five = 0;
    if (wanted < 1 || wanted > QUERIES_MAX)
        return fprintf(stderr, "bench_search MAP-FOLDER QUERIES\n"), 2;
    double *took = calloc((size_t)wanted, sizeof *took), *cpu = calloc((size_t)wanted, sizeof *cpu);
    double start = now_us();
    struct epo_maps *maps = epo_store_setup(&error) && took != NULL && cpu != NULL
                                ? epo_maps_open(argv[1], &error)
                                : NULL;
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
        double before = clock_us(CLOCK_THREAD_CPUTIME_ID);
        start = now_us();
        if (!epo_addresses_search(maps, pool, epo_span(text), LIMIT, NULL, &found, &error))
            return fprintf(stderr, "bench_search: %s\n", error.text), 3;
        took[count] = now_us() - start;
        cpu[count++] = clock_us(CLOCK_THREAD_CPUTIME_ID) - before;
        const struct epo_json *list = epo_json_get(found, "features");
        for (uint32_t i = 0; i < list->count; i++)
            if (epo_span_is(epo_json_get_text(list->items[i], "id"), column(houses, 0))) {
                first += i == 0;
                five++;
                break;
            }
        epo_pool_free(pool);
    }
    epo_maps_close(maps);
    if (count == 0)
        return fprintf(stderr, "bench_search: the map has no addresses\n"), 3;
    qsort(cpu, (size_t)count, sizeof *cpu, by_value);
    qsort(took, (size_t)count, sizeof *took, by_value);
    printf("%ld %ld %.0f %.0f %.0f %.0f", first * 1000 / count, five * 1000 / count,
           took[count / 2], took[count * 99 / 100], loaded / 1000, cpu[count * 99 / 100]);
    peer_measure(db, houses);
    sqlite3_finalize(houses);
    sqlite3_close(db);
    free(took);
    free(cpu);
    return 0;
}
