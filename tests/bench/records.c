/* A register of COUNT records: put in batches of an API request each through the portal's store,
 * and the same rows into bare SQLite with the same table, as many in a transaction; then what one
 * lookup of a person's records costs in the full register.
 *   bench_records FOLDER COUNT      prints "puts/s  bare rows/s  p50 µs  p99 µs" */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/limits.h"
#include "portal/record.h"

enum { LOOKUPS = 20000, PER_PERSON = 4 };

static struct epo_portal portal;

/* Keys come in no order, as chips do: a bijection of 0 … 2^32. */
static uint32_t scatter(uint32_t n) {
    n = (n ^ (n >> 16)) * 0x45d9f3bu;
    n = (n ^ (n >> 16)) * 0x45d9f3bu;
    return n ^ (n >> 16);
}

struct texts {
    char key[32], person[16], data[200];
};

static void make(int64_t number, struct texts *texts) {
    snprintf(texts->key, sizeof texts->key, "chip-%010u", scatter((uint32_t)number));
    snprintf(texts->person, sizeof texts->person, "%lld",
             (long long)(1000000 + number / PER_PERSON));
    snprintf(texts->data, sizeof texts->data,
             "{\"breed\":\"jezevčík\",\"dog_born\":\"2023-11-02\",\"dog_name\":\"Rek %lld\","
             "\"house_kind\":\"apartment_house\",\"other_dogs\":0,\"payment\":\"once\"}",
             (long long)number);
}

struct batch {
    int64_t from, until;
};

static bool put_batch(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct batch *batch = arg;
    for (int64_t i = batch->from; i < batch->until; i++) {
        struct texts texts;
        enum epo_record_put done;
        make(i, &texts);
        struct epo_record record = {.agenda = EPO_SPAN("dog_fee"),
                                    .key = epo_span(texts.key),
                                    .person = epo_span(texts.person),
                                    .kind = EPO_SPAN("dog"),
                                    .data = epo_span(texts.data),
                                    .from = EPO_SPAN("2026-01-01")};
        if (!epo_record_put(&portal, db, &record, &done, error))
            return false;
    }
    return true;
}

static double ours(int64_t count, struct epo_error *error) {
    int64_t start = epo_clock_monotonic_us();
    for (int64_t i = 0; i < count; i += EPO_BULK_ROWS_MAX) {
        struct batch batch = {i, i + EPO_BULK_ROWS_MAX < count ? i + EPO_BULK_ROWS_MAX : count};
        if (!epo_store_write(portal.store, put_batch, &batch, error))
            return -1;
    }
    return (double)count * 1e6 / (double)(epo_clock_monotonic_us() - start);
}

static double bare(const char *path, int64_t count) {
    static const char TABLE[] =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE records (tenant TEXT NOT NULL, agenda TEXT NOT NULL, key TEXT NOT NULL,"
        " person TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL, place TEXT,"
        " from_day TEXT NOT NULL, until_day TEXT, changed_at_us INTEGER NOT NULL,"
        " PRIMARY KEY (tenant, agenda, key)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX records_person ON records (tenant, agenda, person, key) WHERE person <> '';";
    static const char PUT[] =
        "INSERT INTO records VALUES ('plzen', 'dog_fee', ?1, ?2, 'dog', ?3, NULL, '2026-01-01',"
        " NULL, ?4) ON CONFLICT (tenant, agenda, key) DO UPDATE SET person = excluded.person,"
        " data = excluded.data, changed_at_us = excluded.changed_at_us";
    sqlite3 *db;
    sqlite3_stmt *put;
    int64_t start = epo_clock_monotonic_us();
    if (sqlite3_open(path, &db) || sqlite3_exec(db, TABLE, NULL, NULL, NULL) ||
        sqlite3_prepare_v2(db, PUT, -1, &put, NULL))
        return -1;
    for (int64_t i = 0; i < count; i++) {
        struct texts texts;
        make(i, &texts);
        if (i % EPO_BULK_ROWS_MAX == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        sqlite3_bind_text(put, 1, texts.key, -1, SQLITE_STATIC);
        sqlite3_bind_text(put, 2, texts.person, -1, SQLITE_STATIC);
        sqlite3_bind_text(put, 3, texts.data, -1, SQLITE_STATIC);
        sqlite3_bind_int64(put, 4, epo_clock_now_us());
        if (sqlite3_step(put) != SQLITE_DONE)
            return -1;
        sqlite3_reset(put);
        if ((i + 1) % EPO_BULK_ROWS_MAX == 0 || i + 1 == count)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    double rate = (double)count * 1e6 / (double)(epo_clock_monotonic_us() - start);
    sqlite3_finalize(put);
    sqlite3_close(db);
    return rate;
}

static int by_size(const void *a, const void *b) {
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return first < second ? -1 : first > second;
}

/* False where a person has not the records it was given. */
static bool look_up(struct epo_db *db, int64_t count, int64_t *took_us, struct epo_error *error) {
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct texts texts;
        struct epo_json *records;
        make(scatter(i) % count, &texts);
        struct epo_record_query query = {.agenda = EPO_SPAN("dog_fee"),
                                         .person = epo_span(texts.person),
                                         .kind = EPO_SPAN(""),
                                         .after = EPO_SPAN(""),
                                         .limit = 200};
        int64_t start = epo_clock_monotonic_us();
        bool good = epo_records_list(&portal, db, pool, &query, &records, error);
        took_us[i] = epo_clock_monotonic_us() - start;
        good = good && records->count > 0 && records->count <= PER_PERSON;
        epo_pool_free(pool);
        if (!good)
            return false;
    }
    qsort(took_us, LOOKUPS, sizeof *took_us, by_size);
    return true;
}

int main(int argc, char **argv) {
    struct epo_error error = {0};
    char path[600];
    int64_t count = argc == 3 ? strtoll(argv[2], NULL, 10) : 0;
    if (count < PER_PERSON) {
        fprintf(stderr, "usage: bench_records FOLDER COUNT\n");
        return 2;
    }
    struct epo_store_options options = {.migrations = EPO_SOURCE "/core/store/schema",
                                        .label = "portal"};
    snprintf(portal.tenant, sizeof portal.tenant, "plzen");
    snprintf(path, sizeof path, "%s/records.db", argv[1]);
    if (epo_store_setup(&error))
        portal.store = epo_store_open(path, &options, &error);
    struct epo_db *db = portal.store != NULL ? epo_store_connect(portal.store, &error) : NULL;
    int64_t *took_us = malloc(LOOKUPS * sizeof *took_us);
    double own = db != NULL ? ours(count, &error) : -1;
    snprintf(path, sizeof path, "%s/bare.db", argv[1]);
    double peer = own > 0 ? bare(path, count) : -1;
    if (peer <= 0 || took_us == NULL || !look_up(db, count, took_us, &error)) {
        fprintf(stderr, "bench_records: %s\n", error.text);
        return 3;
    }
    printf("%.0f %.0f %lld %lld\n", own, peer, (long long)took_us[LOOKUPS / 2],
           (long long)took_us[LOOKUPS * 99 / 100]);
    free(took_us);
    epo_db_close(db);
    epo_store_close(portal.store);
    return 0;
}
