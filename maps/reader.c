#include "maps/reader.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Of the four workers on two cores two may read rows and two may wait; the fifth who asks is told
 * to come again. */
enum { CONNECTIONS_MAX = 2, WAITING_MAX = 2, WAIT_MS = 500 };

/* The same question to the first connection and to a later one tells whether the file was replaced
 * in between. */
static const struct epo_statement CONTENT = {"map.content",
                                             "SELECT value FROM meta WHERE key = 'content'", NULL};

struct epo_reader {
    struct epo_store *store;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t given;
    struct epo_db *idle[CONNECTIONS_MAX];
    int idle_count, made, waiting;
    char content[65];
    const char *version;
    pthread_mutex_t catalogue_lock; /* over what follows; held while it is read */
    struct epo_catalogue catalogue; /* pool NULL: not read yet */
};

static bool read_content(struct epo_db *db, char out[65]) {
    struct epo_rows *rows = epo_db_query(db, &CONTENT, EPO_BIND_NONE);
    out[0] = '\0';
    if (epo_rows_next(rows))
        snprintf(out, 65, "%.*s", EPO_ARG(epo_rows_text(rows, 0)));
    return epo_rows_end(rows, NULL);
}

struct epo_reader *epo_reader_make(struct epo_store *store, struct epo_db *db,
                                   const char *version) {
    struct epo_reader *reader = calloc(1, sizeof *reader);
    epo_assert(reader != NULL);
    reader->store = store;
    reader->version = version;
    reader->idle[0] = db;
    reader->idle_count = reader->made = 1;
    read_content(db, reader->content);
    pthread_mutex_init(&reader->lock, NULL);
    pthread_mutex_init(&reader->catalogue_lock, NULL);
    pthread_cond_init(&reader->given, NULL);
    return reader;
}

void epo_reader_free(struct epo_reader *reader) {
    if (reader == NULL)
        return;
    epo_assert(reader->idle_count == reader->made);
    while (reader->idle_count > 0)
        epo_db_close(reader->idle[--reader->idle_count]);
    epo_store_close(reader->store);
    epo_pool_free(reader->catalogue.pool);
    pthread_mutex_destroy(&reader->catalogue_lock);
    pthread_mutex_destroy(&reader->lock);
    pthread_cond_destroy(&reader->given);
    free(reader);
}

/* One more, if the file is still the same. */
static struct epo_db *connect_again(struct epo_reader *reader) {
    char content[65];
    struct epo_db *db = epo_store_connect(reader->store, NULL);
    if (db == NULL || (read_content(db, content) && strcmp(content, reader->content) == 0))
        return db;
    epo_db_close(db);
    return NULL;
}

/* Under the lock. NULL when the time is over. */
static struct epo_db *wait_for_one(struct epo_reader *reader) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    reader->waiting++;
    while (reader->idle_count == 0 &&
           pthread_cond_timedwait(&reader->given, &reader->lock, &until) == 0)
        continue;
    reader->waiting--;
    return reader->idle_count > 0 ? reader->idle[--reader->idle_count] : NULL;
}

struct epo_db *epo_reader_take(struct epo_reader *reader, struct epo_error *error) {
    struct epo_db *db = NULL;
    pthread_mutex_lock(&reader->lock);
    if (reader->idle_count > 0) {
        db = reader->idle[--reader->idle_count];
    } else if (reader->made < CONNECTIONS_MAX) {
        reader->made++;
        pthread_mutex_unlock(&reader->lock);
        db = connect_again(reader);
        pthread_mutex_lock(&reader->lock);
        reader->made -= db == NULL;
    }
    if (db == NULL && reader->waiting < WAITING_MAX)
        db = wait_for_one(reader);
    pthread_mutex_unlock(&reader->lock);
    if (db == NULL)
        epo_fail(error, EPO_ERROR_BUSY, "map.busy",
                 "others are reading the map's features: try again in a moment");
    return db;
}

void epo_reader_give(struct epo_reader *reader, struct epo_db *db) {
    pthread_mutex_lock(&reader->lock);
    reader->idle[reader->idle_count++] = db;
    pthread_cond_signal(&reader->given);
    pthread_mutex_unlock(&reader->lock);
}

const struct epo_catalogue *epo_reader_catalogue(struct epo_reader *reader, struct epo_db *db,
                                                 struct epo_error *error) {
    struct epo_catalogue *catalogue = &reader->catalogue;
    pthread_mutex_lock(&reader->catalogue_lock);
    if (catalogue->pool == NULL) {
        catalogue->pool = epo_pool_create();
        if (!epo_catalogue_read(catalogue, db, reader->version, error)) {
            epo_pool_free(catalogue->pool);
            *catalogue = (struct epo_catalogue){0};
        }
    }
    bool ok = catalogue->pool != NULL;
    pthread_mutex_unlock(&reader->catalogue_lock);
    return ok ? catalogue : NULL;
}
