/* Layers of a map base as layers.json has them now, where the rows stay as they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "maps/gdal.h"
#include "maps/import.h"
#include "maps/tiles_part.h"

enum { LAYERS_MAX = 256 };

static const struct epo_statement LAYERS = {
    "apply.layers",
    "SELECT name, shape, source, title_cs, title_en, role, visible, public_fields FROM layer"
    " ORDER BY id",
    NULL};

struct applying {
    const struct epo_plan *plan;
    struct epo_pool *pool;
    void (*tell)(const char *layer, const char *what);
};
/* What may differ, in the order of the statement from its fourth column on. */
static const char *const WHAT[] = {"title (cs)", "title (en)", "role", "visible", "public_fields"};
enum { COLUMNS_BEFORE = 3, DIFFERENCES = sizeof WHAT / sizeof *WHAT };

struct change {
    const struct epo_layer_plan *plan;
    const char *source;
    enum epo_layer_shape shape;
};

static const struct epo_layer_plan *plan_of(const struct epo_plan *plan, struct epo_span name) {
    for (size_t i = 0; i < plan->layer_count; i++)
        if (epo_span_is(name, plan->layers[i].name))
            return &plan->layers[i];
    return NULL;
}

/* Tells what differs; whether anything does. */
static bool differs(const struct applying *a, const struct epo_layer_plan *plan,
                    struct epo_rows *rows) {
    const char *fields = plan->public_fields != NULL ? plan->public_fields : EPO_FIELDS_STANDARD;
    const char *const now[DIFFERENCES] = {plan->title_cs, plan->title_en, plan->role,
                                          plan->clerks_only ? "clerks" : "public", fields};
    bool any = false;
    for (int i = 0; i < DIFFERENCES; i++) {
        struct epo_span before = epo_rows_text(rows, COLUMNS_BEFORE + i);
        if (epo_span_is(before, now[i]))
            continue;
        any = true;
        if (a->tell != NULL)
            a->tell(plan->name, epo_pool_printf(a->pool, "%s: \"%.*s\" is now \"%s\"", WHAT[i],
                                                EPO_ARG(before), now[i]));
    }
    return any;
}

static size_t find_changes(const struct applying *a, struct epo_db *db, struct change *list,
                           bool *ok, struct epo_error *error) {
    size_t count = 0;
    struct epo_rows *rows = epo_db_query(db, &LAYERS, EPO_BIND_NONE);
    while (count < LAYERS_MAX && epo_rows_next(rows)) {
        const struct epo_layer_plan *plan = plan_of(a->plan, epo_rows_text(rows, 0));
        struct epo_span shape = epo_rows_text(rows, 1);
        if (plan == NULL || strcmp(plan->role, "address") == 0 || !differs(a, plan, rows))
            continue;
        list[count++] = (struct change){plan, epo_pool_string(a->pool, epo_rows_text(rows, 2)),
                                        epo_span_is(shape, "point")  ? EPO_SHAPE_POINT
                                        : epo_span_is(shape, "line") ? EPO_SHAPE_LINE
                                                                     : EPO_SHAPE_AREA};
    }
    *ok = epo_rows_end(rows, error);
    return count;
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    struct applying *a = arg;
    struct change *list = EPO_NEW_ARRAY(a->pool, struct change, LAYERS_MAX);
    bool ok;
    size_t count = find_changes(a, build->db, list, &ok, error);
    for (size_t i = 0; ok && i < count; i++) {
        const struct epo_layer_plan *plan = list[i].plan;
        int64_t id;
        ok = epo_build_layer(build,
                             &(struct epo_build_layer){.name = plan->name,
                                                       .title_cs = plan->title_cs,
                                                       .title_en = plan->title_en,
                                                       .shape = list[i].shape,
                                                       .role = plan->role,
                                                       .source = list[i].source,
                                                       .clerks_only = plan->clerks_only,
                                                       .keep = true,
                                                       .public_fields = plan->public_fields},
                             &id, error);
    }
    return ok;
}

static _Thread_local const struct epo_import_options *telling; /* tiles tell without an argument */

static void tiles_progress(const char *what, int percent) {
    (void)what;
    if (telling->progress != NULL)
        telling->progress(&(struct epo_import_progress){"tiles", 0, percent / 100.0});
}

static bool put_in_place(const char *folder, struct applying *a,
                         const struct epo_import_options *options, bool *changed,
                         struct epo_error *error) {
    struct epo_build_job job = {.folder = folder, .keep = true, .fill = fill, .arg = a};
    bool ok = epo_build_aside(&job, error);
    *changed = ok && !job.same;
    telling = options;
    if (*changed && !options->no_tiles)
        ok = epo_tiles_renew(job.aside, epo_pool_printf(a->pool, "%s/tiles.mbtiles", folder),
                             &job.changes, tiles_progress, error);
    *changed = *changed && ok;
    return epo_build_end(&job, *changed, error) || (ok && job.same);
}

bool epo_map_apply_layers(const char *folder, const struct epo_import_options *options,
                          void (*tell)(const char *layer, const char *what), bool *changed,
                          struct epo_error *error) {
    *changed = false;
    if (!epo_gdal_load(error))
        return false;
    struct epo_pool *pool = epo_pool_create();
    struct applying a = {.pool = pool, .tell = tell};
    bool ok = access(epo_pool_printf(pool, "%s/map.db", folder), F_OK) == 0 ||
              epo_fail(error, EPO_ERROR_BAD_INPUT, "map.missing",
                       "%s has no map base yet: \"epo map import\" makes one", folder);
    ok = ok && (a.plan = epo_import_plan(pool, options, error)) != NULL &&
         put_in_place(folder, &a, options, changed, error);
    epo_pool_free(pool);
    return ok;
}
