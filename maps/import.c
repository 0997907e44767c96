/* The rows of a city's files into the map base: the readers know the formats, this knows what the
 * layers are, keeps the counts and leaves out what cannot be used. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "maps/gdal.h"
#include "maps/geos.h"
#include "maps/import.h"
#include "maps/tiles_part.h"

enum { TARGETS_MAX = 64, PROGRESS_ROWS = 2048 };

struct target { /* a layer that rows have come for */
    const struct epo_layer_plan *plan;
    enum epo_layer_shape shape;
    int64_t id;
    int64_t taken;
};
struct importing {
    const char *folder;
    const struct epo_import_options *options;
    struct epo_import_result *result;
    struct epo_pool *pool;
    struct epo_plan *plan;
    const struct epo_layer_plan *wanted;
    const struct epo_import_input *inputs;
    size_t input_count, input;
    double done; /* of the input that is read now */
    int64_t rows;
    struct epo_report *report;
    struct epo_build *build;
    struct target targets[TARGETS_MAX];
    size_t target_count;
    GEOSGeometry *city; /* for rows of the whole country; NULL if the map base has none */
    const GEOSPreparedGeometry *in_city;
    bool city_read;
};

static const struct epo_statement CITY = {
    "import.city",
    "SELECT AsBinary(a.geometry) FROM area a JOIN layer l ON l.id = a.layer WHERE l.role = 'city'"
    " ORDER BY a.id LIMIT 1",
    NULL};
static const struct epo_statement NAME_OF = {
    "import.name",
    "SELECT f.name FROM layer l JOIN (SELECT layer, code, name FROM area"
    " UNION ALL SELECT layer, code, name FROM line"
    " UNION ALL SELECT layer, code, name FROM point) f ON f.layer = l.id"
    " WHERE l.name = $1 AND f.code = $2 LIMIT 1",
    NULL};

static void tell(struct importing *im) {
    if (im->options->progress == NULL)
        return;
    double done = ((double)im->input + im->done) / (double)im->input_count;
    im->options->progress(&(struct epo_import_progress){"reading", im->rows, done});
}

static bool left_out(struct importing *im, const struct epo_import_row *row, const char *code,
                     const char *reason) {
    epo_report_add(im->report, im->inputs[im->input].shown, row->row, code, "left out", reason);
    return true; /* the import goes on */
}

/* ---- layers ---- */

static bool is_addresses(const struct epo_layer_plan *plan) {
    return strcmp(plan->role, "address") == 0;
}

/* What a layer held is replaced, unless rows are added to it; a file of changes names what is gone.
 */
static struct target *open_target(struct importing *im, const struct epo_layer_plan *plan,
                                  enum epo_layer_shape shape, bool keep, struct epo_error *error) {
    if (im->target_count == TARGETS_MAX) {
        epo_fail(error, EPO_ERROR_TOO_LARGE, "import.layers", "more than %d layers", TARGETS_MAX);
        return NULL;
    }
    struct target *target = &im->targets[im->target_count];
    *target = (struct target){.plan = plan, .shape = plan->shape != 0 ? plan->shape : shape};
    struct epo_build_layer about = {.name = plan->name,
                                    .title_cs = plan->title_cs,
                                    .title_en = plan->title_en,
                                    .shape = target->shape,
                                    .role = plan->role,
                                    .source = im->inputs[im->input].format->name,
                                    .clerks_only = plan->clerks_only,
                                    .keep = keep,
                                    .public_fields = plan->public_fields};
    bool ok = is_addresses(plan) ? keep || epo_build_addresses_anew(im->build, error)
                                 : epo_build_layer(im->build, &about, &target->id, error);
    im->target_count += ok;
    return ok ? target : NULL;
}

static struct target *target_of(struct importing *im, const struct epo_import_row *row,
                                struct epo_error *error) {
    for (size_t i = 0; i < im->target_count; i++)
        if (im->targets[i].plan == row->plan)
            return &im->targets[i];
    enum epo_layer_shape shape = epo_geometry_shape(row->geometry);
    if (row->point != NULL || shape == 0)
        shape = EPO_SHAPE_POINT;
    return open_target(im, row->plan, shape, im->options->add || row->only_city, error);
}

/* ---- the city, for files of the whole country ---- */

static bool read_city(struct importing *im, struct epo_error *error) {
    GEOSContextHandle_t geos = epo_geos();
    im->city_read = true;
    struct epo_rows *rows = epo_db_query(im->build->db, &CITY, EPO_BIND_NONE);
    if (epo_rows_next(rows)) {
        struct epo_span wkb = epo_rows_text(rows, 0);
        im->city = GEOSGeomFromWKB_buf_r(geos, (const unsigned char *)wkb.at, wkb.len);
        im->in_city = im->city == NULL ? NULL : GEOSPrepare_r(geos, im->city);
    }
    return epo_rows_end(rows, error);
}

static bool lies_in_city(struct importing *im, struct epo_span wkb) {
    GEOSContextHandle_t geos = epo_geos();
    if (im->in_city == NULL)
        return true;
    GEOSGeometry *g = GEOSGeomFromWKB_buf_r(geos, (const unsigned char *)wkb.at, wkb.len);
    GEOSGeometry *inside = g == NULL ? NULL : GEOSPointOnSurface_r(geos, g);
    bool is = inside != NULL && GEOSPreparedIntersects_r(geos, im->in_city, inside) == 1;
    GEOSGeom_destroy_r(geos, inside);
    GEOSGeom_destroy_r(geos, g);
    return is;
}

/* ---- rows ---- */

static const char *bad_text(const char *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct epo_span text = epo_span(texts[i]);
        if (text.len > EPO_IMPORT_TEXT_MAX)
            return "a text is too long";
        if (!epo_text_valid(text))
            return "a text is not UTF-8";
    }
    return NULL;
}

static bool write_feature(struct importing *im, struct target *target, struct epo_import_row *row,
                          struct epo_span wkb, struct epo_error *error) {
    struct epo_build_feature *f = &row->feature;
    const char *bad = bad_text((const char *const[]){f->code, f->name, f->kind, f->belongs}, 4);
    if (bad != NULL)
        return left_out(im, row, "", bad);
    f->layer = target->id;
    f->wkb = wkb;
    target->taken++;
    return epo_build_feature(im->build, f, error);
}

static bool write_address(struct importing *im, struct target *target, struct epo_import_row *row,
                          struct epo_span wkb, struct epo_error *error) {
    struct epo_build_address *a = &row->address;
    const char *bad = bad_text((const char *const[]){a->code, a->street, a->part, a->postcode,
                                                     a->city, a->district, a->letter},
                               7);
    if (bad == NULL && a->conscription <= 0 && a->orientation <= 0)
        bad = "no house number";
    if (bad != NULL)
        return left_out(im, row, a->code, bad);
    int64_t doubled = im->build->counts.doubled;
    a->wkb = wkb;
    if (!epo_build_address(im->build, a, error))
        return false;
    if (im->build->counts.doubled != doubled)
        return left_out(im, row, a->code, "the code has come before");
    target->taken++;
    return true;
}

static bool write_row(struct importing *im, struct target *target, struct epo_import_row *row,
                      struct epo_span wkb, struct epo_error *error) {
    if (row->only_city) {
        if (!im->city_read && !read_city(im, error))
            return false;
        if (!lies_in_city(im, wkb)) {
            im->result->elsewhere++;
            return true;
        }
    }
    return is_addresses(row->plan) ? write_address(im, target, row, wkb, error)
                                   : write_feature(im, target, row, wkb, error);
}

static bool write_point(struct importing *im, struct target *target, struct epo_import_row *row,
                        struct epo_error *error) {
    static const struct epo_import_system KROVAK = {.known = true, .unit = EPO_IN_KROVAK};
    struct epo_point at = *row->point;
    char wkb[21] = {1, 1, 0, 0, 0};
    if (!epo_system_apply(&KROVAK, &at))
        return left_out(im, row, row->address.code, "coordinates out of the map's range");
    memcpy(wkb + 5, &at.x, 8);
    memcpy(wkb + 13, &at.y, 8);
    return write_row(im, target, row, (struct epo_span){wkb, sizeof wkb}, error);
}

static bool write_geometry(struct importing *im, struct target *target, struct epo_import_row *row,
                           const char *code, struct epo_error *error) {
    struct epo_settled settled;
    epo_place_settle(row->system, row->geometry, target->shape, &settled);
    bool ok = true;
    if (settled.fault != NULL) {
        ok = left_out(im, row, code, settled.fault);
    } else {
        if (settled.mended != NULL)
            epo_report_add(im->report, im->inputs[im->input].shown, row->row, code, "mended",
                           settled.mended);
        ok = write_row(im, target, row, settled.wkb, error);
    }
    epo_settled_clear(&settled);
    return ok;
}

static bool take(void *arg, struct epo_import_row *row, struct epo_error *error) {
    struct importing *im = arg;
    const char *code = is_addresses(row->plan) ? row->address.code : row->feature.code;
    if (code == NULL)
        code = "";
    if (im->rows++ % PROGRESS_ROWS == 0)
        tell(im);
    if (im->rows > EPO_IMPORT_ROWS_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "import.too_large", "more than %d rows",
                        EPO_IMPORT_ROWS_MAX);
    if (row->fault != NULL)
        return left_out(im, row, code, row->fault);
    if (!row->gone && row->point == NULL && epo_geometry_shape(row->geometry) == 0)
        return left_out(im, row, code, "no place");
    struct target *target = target_of(im, row, error);
    if (target == NULL)
        return false;
    if (row->gone)
        return epo_build_remove(im->build, target->id, code, error);
    return row->point != NULL ? write_point(im, target, row, error)
                              : write_geometry(im, target, row, code, error);
}

static const char *name_of(void *arg, const char *layer, const char *code) {
    struct importing *im = arg;
    const char *name = NULL;
    struct epo_rows *rows =
        epo_db_query(im->build->db, &NAME_OF, EPO_BIND(EPO_STRING(layer), EPO_STRING(code)));
    if (epo_rows_next(rows))
        name = epo_pool_string(im->pool, epo_rows_text(rows, 0));
    epo_rows_end(rows, NULL);
    return name;
}

/* ---- the whole ---- */

static bool read_input(struct importing *im, struct epo_error *error) {
    const struct epo_import_input *input = &im->inputs[im->input];
    if (im->wanted == NULL && !input->format->names_layers && im->options->source == NULL)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.layer",
                        "%s: name the layer that it goes into by --layer", input->shown);
    struct epo_import_source source = {.input = input,
                                       .options = im->options,
                                       .plan = im->plan,
                                       .wanted = im->wanted,
                                       .pool = epo_pool_create(),
                                       .take = take,
                                       .arg = im,
                                       .done = &im->done,
                                       .name_of = name_of};
    im->done = 0;
    bool ok = input->format->read(&source, error);
    epo_pool_free(source.pool);
    return ok;
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    struct importing *im = arg;
    im->build = build;
    gdal.CPLPushErrorHandler(gdal.CPLQuietErrorHandler); /* for this thread: the writer's */
    bool ok = true;
    for (im->input = 0; ok && im->input < im->input_count; im->input++)
        ok = read_input(im, error);
    gdal.CPLPopErrorHandler();
    im->input = im->input_count - 1;
    GEOSPreparedGeom_destroy_r(epo_geos(), im->in_city);
    GEOSGeom_destroy_r(epo_geos(), im->city);
    const char *addresses_from = NULL;
    bool city_came = false;
    for (size_t i = 0; i < im->target_count; i++) {
        im->result->taken += im->targets[i].taken;
        city_came |= strcmp(im->targets[i].plan->role, "city") == 0;
        if (is_addresses(im->targets[i].plan))
            addresses_from = im->inputs[im->input].format->name;
    }
    bool any = im->result->taken > 0 || build->counts.removed > 0 || im->result->elsewhere > 0;
    if (ok && !any)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.nothing", "nothing of %s could be used",
                        im->options->file);
    return ok && epo_import_credit(build, addresses_from, city_came, error);
}

static _Thread_local struct importing *telling; /* epo_tiles_build tells without an argument */

static void tiles_progress(const char *what, int percent) {
    (void)what;
    if (telling->options->progress != NULL)
        telling->options->progress(
            &(struct epo_import_progress){"tiles", telling->rows, percent / 100.0});
}

static bool build(struct importing *im, struct epo_error *error) {
    struct epo_build_job job = {.folder = im->folder, .keep = true, .fill = fill, .arg = im};
    bool ok = epo_build_aside(&job, error);
    im->result->changed = ok && !job.same;
    im->result->added = job.counts.added;
    im->result->altered = job.counts.altered;
    im->result->same = job.counts.same;
    im->result->removed = job.counts.removed;
    telling = im;
    if (im->result->changed && !im->options->no_tiles)
        ok = epo_tiles_renew(job.aside, epo_pool_printf(im->pool, "%s/tiles.mbtiles", im->folder),
                             &job.changes, tiles_progress, error);
    return epo_build_end(&job, ok && im->result->changed, error) || (ok && job.same);
}

struct epo_plan *epo_import_plan(struct epo_pool *pool, const struct epo_import_options *o,
                                 struct epo_error *error) {
    struct epo_plan_file files[3];
    size_t count_files = 0;
    files[count_files++] =
        (struct epo_plan_file){epo_pool_printf(pool, "%s/layers.json", o->share), true};
    if (o->portal != NULL)
        files[count_files++] =
            (struct epo_plan_file){epo_pool_printf(pool, "%s/layers.json", o->portal), false};
    if (o->mapping != NULL)
        files[count_files++] = (struct epo_plan_file){o->mapping, true};
    return epo_plan_read(pool, files, count_files, error);
}

static bool prepare(struct importing *im, struct epo_error *error) {
    const struct epo_import_options *o = im->options;
    im->plan = epo_import_plan(im->pool, o, error);
    if (im->plan == NULL)
        return false;
    if (o->layer != NULL && (im->wanted = epo_plan_layer(im->plan, o->layer, error)) == NULL)
        return false;
    return epo_import_inputs(im->pool, o->file, &im->inputs, &im->input_count, error);
}

bool epo_map_import(const char *folder, const struct epo_import_options *options,
                    struct epo_import_result *result, struct epo_error *error) {
    struct epo_error local;
    struct epo_error *why = error != NULL ? error : &local;
    *result = (struct epo_import_result){0};
    if (!epo_gdal_load(why))
        return false;
    struct importing *im = calloc(1, sizeof *im);
    epo_assert(im != NULL);
    *im = (struct importing){
        .folder = folder, .options = options, .result = result, .pool = epo_pool_create()};
    *why = (struct epo_error){0};
    /* Else a file of sizes is left beside each gz that is read. */
    gdal.CPLSetConfigOption("CPL_VSIL_GZIP_WRITE_PROPERTIES", "NO");
    gdal.CPLPushErrorHandler(gdal.CPLQuietErrorHandler);
    gdal.CPLErrorReset();
    bool ok = prepare(im, why);
    if (ok) {
        im->report = epo_report_open(options, folder);
        ok = build(im, why);
        epo_report_close(im->report, result);
    }
    if (!ok && strcmp(why->code, "import.nothing") == 0 && result->reasons[0].count > 0)
        epo_fail(why, EPO_ERROR_BAD_INPUT, "import.nothing", "nothing of %s could be used: %s",
                 options->file, result->reasons[0].text);
    gdal.CPLPopErrorHandler();
    epo_pool_free(im->pool);
    free(im);
    return ok;
}
