/* The peer of filing a submission: bare SQLite, WAL and synchronous FULL, one writer thread that
 * commits in groups what PRODUCERS waiting threads hand it; each producer waits for its fsync and
 * hands over the next record.
 *   bench_sqlite_insert FOLDER BYTES SECONDS [PRODUCERS]      prints records a second */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

enum { PRODUCERS_MAX = 512, GROUP_MAX = 256, KEY_BYTES = 32 };

struct producer {
    pthread_t thread;
    pthread_cond_t told;
    struct producer *next;
    unsigned char *record;
    uint64_t seed, filed;
    bool done;
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static struct producer *queue, **queue_end = &queue;
static bool stopping;
static size_t bytes;

static uint64_t random_next(uint64_t *seed) { /* xorshift64: the bytes only have to differ */
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void *produce(void *arg) {
    struct producer *self = arg;
    pthread_mutex_lock(&lock);
    while (!stopping) {
        pthread_mutex_unlock(&lock);
        for (size_t i = 0; i + 8 <= bytes; i += 8) {
            uint64_t value = random_next(&self->seed);
            memcpy(self->record + i, &value, 8);
        }
        pthread_mutex_lock(&lock);
        self->done = false;
        self->next = NULL;
        *queue_end = self;
        queue_end = &self->next;
        pthread_cond_signal(&filled);
        while (!self->done)
            pthread_cond_wait(&self->told, &lock);
        self->filed++;
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void must(sqlite3 *db, int rc) {
    if (rc != SQLITE_OK && rc != SQLITE_DONE) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
        exit(3);
    }
}

static sqlite3 *open_database(const char *folder) {
    char path[512];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/bare.db", folder);
    unlink(path);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    must(NULL, sqlite3_open(path, &db));
    must(db, sqlite3_exec(db,
                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                          "CREATE TABLE record (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE,"
                          " body BLOB NOT NULL) STRICT",
                          NULL, NULL, NULL));
    return db;
}

/* All that wait now, in one commit, until nobody produces any more. */
static void write_groups(sqlite3 *db, const bool *over) {
    sqlite3_stmt *insert;
    must(db, sqlite3_prepare_v2(db, "INSERT INTO record (key, body) VALUES (?1, ?2)", -1, &insert,
                                NULL));
    pthread_mutex_lock(&lock);
    while (!*over) {
        while (queue == NULL && !*over)
            pthread_cond_wait(&filled, &lock);
        struct producer *group = queue;
        queue = NULL;
        queue_end = &queue;
        pthread_mutex_unlock(&lock);
        must(db, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
        for (struct producer *p = group; p != NULL; p = p->next) {
            sqlite3_bind_blob(insert, 1, p->record, KEY_BYTES, SQLITE_STATIC);
            sqlite3_bind_blob(insert, 2, p->record + KEY_BYTES, (int)(bytes - KEY_BYTES),
                              SQLITE_STATIC);
            must(db, sqlite3_step(insert));
            sqlite3_reset(insert);
        }
        must(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
        pthread_mutex_lock(&lock);
        for (struct producer *p = group, *next; p != NULL; p = next) {
            next = p->next;
            p->done = true;
            pthread_cond_signal(&p->told);
        }
    }
    pthread_mutex_unlock(&lock);
    sqlite3_finalize(insert);
}

static bool over;
static sqlite3 *database;
static void *write_all(void *arg) {
    (void)arg;
    write_groups(database, &over);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "bench_sqlite_insert FOLDER BYTES SECONDS [PRODUCERS]\n");
        return 2;
    }
    long count = argc > 4 ? strtol(argv[4], NULL, 10) : 64;
    bytes = (size_t)strtol(argv[2], NULL, 10);
    if (bytes < KEY_BYTES + 8 || count < 1 || count > PRODUCERS_MAX)
        return 2;
    database = open_database(argv[1]);
    struct producer *producers = calloc((size_t)count, sizeof *producers);
    pthread_t writer;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    pthread_create(&writer, NULL, write_all, NULL);
    for (long i = 0; i < count; i++) {
        producers[i].seed = (uint64_t)from.tv_nsec * 1000003u + (uint64_t)i * 7919u + 1;
        producers[i].record = malloc(bytes);
        pthread_cond_init(&producers[i].told, NULL);
        pthread_create(&producers[i].thread, NULL, produce, &producers[i]);
    }
    sleep((unsigned)strtol(argv[3], NULL, 10));
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_mutex_unlock(&lock);
    uint64_t filed = 0;
    for (long i = 0; i < count; i++) {
        pthread_join(producers[i].thread, NULL);
        filed += producers[i].filed;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    pthread_mutex_lock(&lock);
    over = true;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
    pthread_join(writer, NULL);
    sqlite3_close(database);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("%.0f\n", (double)filed / seconds);
    return 0;
}
