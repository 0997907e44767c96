/* The writer: one thread, one connection, group commit. Only core/store includes this. */
#ifndef EPO_STORE_WRITER_H
#define EPO_STORE_WRITER_H

#include "store/store.h"

struct epo_writer;
/* Takes over db (may be NULL after an error: it is opened again when needed). */
struct epo_writer *epo_writer_start(struct epo_store *store, struct epo_db *db);
/* Finishes what is queued, checkpoints, closes the connection. */
void epo_writer_stop(struct epo_writer *writer);
bool epo_writer_submit(struct epo_writer *writer, epo_write_run_fn run, epo_write_done_fn done,
                       void *arg, struct epo_error *error);
bool epo_writer_wait(struct epo_writer *writer, epo_write_run_fn run, void *arg,
                     struct epo_error *error);
bool epo_writer_backup(struct epo_writer *writer, const char *to_path, struct epo_error *error);
void epo_writer_figures(struct epo_writer *writer, struct epo_store_figures *figures);

/* store.c: the file that was opened still stands under its name: what is written into one that was
 * moved or removed would be lost. */
bool epo_store_in_place(struct epo_store *store, struct epo_error *error);
/* Opens the writer's connection again after a failure. */
struct epo_db *epo_store_open_writer(struct epo_store *store, struct epo_error *error);

#endif
