/* A few connections to the file of one snapshot, for what is read row by row and not held in
 * memory. They stay with that file when another one is put in its place. Internal to maps; any
 * thread. */
#ifndef EPO_MAPS_READER_H
#define EPO_MAPS_READER_H

#include "maps/features.h"
#include "store/store.h"

struct epo_reader;
/* Takes over a store (opened `unchanging`) and its first connection. version: the snapshot's, must
 * outlive it. Never NULL. */
struct epo_reader *epo_reader_make(struct epo_store *store, struct epo_db *db, const char *version);
/* None of its connections may be out. NULL is allowed. */
void epo_reader_free(struct epo_reader *reader);
/* A connection for this thread alone, to be given back soon. Waits a little for one; then NULL with
 * BUSY "map.busy": long reading must not take all workers from the rest of the portal. */
struct epo_db *epo_reader_take(struct epo_reader *reader, struct epo_error *error);
void epo_reader_give(struct epo_reader *reader, struct epo_db *db);

/* The public layers of the file: counted and measured once, by the first who asks. */
struct epo_catalogue {
    struct epo_pool *pool;
    struct epo_collection *list;
    size_t count;
};
/* With a connection that was taken; lives as long as the reader. NULL on error. */
const struct epo_catalogue *epo_reader_catalogue(struct epo_reader *reader, struct epo_db *db,
                                                 struct epo_error *error);
/* collections.c: reads it. */
bool epo_catalogue_read(struct epo_catalogue *catalogue, struct epo_db *db, const char *version,
                        struct epo_error *error);

/* The tables of a map base with features of one kind each (build.c). */
enum epo_table { EPO_TABLE_AREA, EPO_TABLE_LINE, EPO_TABLE_POINT, EPO_TABLE_ADDRESS, EPO_TABLES };
/* Columns of every statement that reads features; fields follow. */
enum epo_column {
    EPO_COLUMN_KEY,
    EPO_COLUMN_CODE,
    EPO_COLUMN_WKB,
    EPO_COLUMN_PROPERTIES,
    EPO_COLUMN_MIN_X,
    EPO_COLUMN_MIN_Y,
    EPO_COLUMN_MAX_X,
    EPO_COLUMN_MAX_Y,
    EPO_COLUMN_FIELDS
};

#endif
