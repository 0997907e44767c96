/* Reading the small files that templates and texts are. Blocking; at load only. */
#ifndef EPO_VIEW_FILES_H
#define EPO_VIEW_FILES_H

#include "base/error.h"
#include "base/pool.h"
#include "base/text.h"

/* The whole file, NUL behind it; error->where is the file. */
bool epo_view_file_read(struct epo_pool *pool, const char *path, size_t max_bytes,
                        struct epo_span *text, struct epo_error *error);

/* Calls fn for each file under folder whose name ends in `ending`, in the order of names, folders
 * below included; inner is the path below folder without the ending. Stops at the first false. */
bool epo_view_files_each(const char *folder, const char *ending,
                         bool (*fn)(void *arg, const char *path, struct epo_span inner,
                                    struct epo_error *error),
                         void *arg, struct epo_error *error);

#endif
