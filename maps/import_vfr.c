/* The exchange format of RÚIAN (VFR): all features of a municipality, or what has changed in the
 * whole country since the day before. Codes refer to features of the same file (addresses come
 * after streets and buildings), else to those that the map base has. */
#include <stdio.h>
#include <stdlib.h>

#include "maps/gdal.h"
#include "maps/import.h"
#include "maps/names.h"
#include "maps/vfr.h"

enum { BLOCK_BYTES = 65536, FEATURES_IN_A_POOL = 256 };

enum {
    CITY,
    DISTRICT,
    PART,
    CADASTRAL_AREA,
    SETTLEMENT,
    STREET,
    PARCEL,
    BUILDING,
    ADDRESS,
    ELECTION,
    GONE
};
/* A further kind of feature is a row, and a name for the row above. */
static const struct epo_vfr_kind KINDS[] = {
    [CITY] = {"Obce", "Obec", "OB", "city", {"OriginalniHranice", "GeneralizovaneHranice3"}},
    [DISTRICT] = {"Momc", "Momc", "MC", "district", {"OriginalniHranice"}},
    [PART] = {"CastiObci", "CastObce", "CO", "town_part", {"DefinicniBod"}},
    [CADASTRAL_AREA] = {"KatastralniUzemi",
                        "KatastralniUzemi",
                        "KU",
                        "cadastral_area",
                        {"OriginalniHranice", "GeneralizovaneHranice2"}},
    [SETTLEMENT] = {"Zsj", "Zsj", "ZJ", "settlement", {"OriginalniHranice"}},
    [STREET] = {"Ulice", "Ulice", "UL", "street", {"DefinicniCara"}},
    [PARCEL] =
        {"Parcely", "Parcela", "PA", "parcel", {"OriginalniHranice", "OriginalniHraniceOmpv"}},
    [BUILDING] = {"StavebniObjekty",
                  "StavebniObjekt",
                  "SO",
                  "building",
                  {"OriginalniHranice", "OriginalniHraniceOmpv"}},
    [ADDRESS] = {"AdresniMista", "AdresniMisto", "AD", "address", {"AdresniBod"}},
    [ELECTION] = {"VolebniOkrsek", "VO", "VO", "election_district", {"OriginalniHranice"}},
    [GONE] = {"ZaniklePrvky", "ZaniklyPrvek", "", NULL, {NULL}},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

struct reading {
    const struct epo_import_source *source;
    const struct epo_layer_plan *plans[KIND_COUNT];
    struct epo_names names;
    struct epo_pool *pool; /* of some features */
    int64_t features;
};

static const char *text(const struct epo_vfr_feature *feature, enum epo_vfr_field field) {
    return feature->texts[field] != NULL ? feature->texts[field] : "";
}

/* The name behind a code: of this file, else of the map base; NULL if nobody knows. */
static const char *name_of(struct reading *r, int kind, const char *code) {
    const struct epo_named *named = epo_names_get(&r->names, (char)kind, code);
    if (named != NULL)
        return named->name;
    if (code[0] == '\0' || r->source->name_of == NULL)
        return NULL;
    const char *known = r->source->name_of(r->source->arg, KINDS[kind].layer, code);
    if (known != NULL)
        epo_names_put(&r->names,
                      &(struct epo_named){.kind = (char)kind, .code = code, .name = known});
    return known;
}

static void remember(struct reading *r, int kind, const struct epo_vfr_feature *f) {
    int64_t sort = 0;
    epo_span_integer(epo_span(text(f, EPO_VFR_SORT)), &sort);
    epo_names_put(&r->names, &(struct epo_named){.kind = (char)kind,
                                                 .code = text(f, EPO_VFR_CODE),
                                                 .name = text(f, EPO_VFR_NAME),
                                                 .part = text(f, EPO_VFR_PART),
                                                 .district = text(f, EPO_VFR_DISTRICT),
                                                 .sort = sort == 2 ? 2 : 1});
}

static int number(const struct epo_vfr_feature *f, enum epo_vfr_field field) {
    int64_t value;
    return epo_span_integer(epo_span(text(f, field)), &value) && value > 0 && value < 100000
               ? (int)value
               : 0;
}

static void fill_parcel(struct reading *r, const struct epo_vfr_feature *f,
                        struct epo_build_feature *out) {
    const char *series = strcmp(text(f, EPO_VFR_SERIES), "1") == 0 ? "st. " : "";
    const char *part = text(f, EPO_VFR_SUBDIVISION), *area = text(f, EPO_VFR_CADASTRAL_AREA);
    double measure = 0;
    epo_span_real(epo_span(text(f, EPO_VFR_AREA)), &measure);
    out->name = epo_pool_printf(r->pool, "%s%s%s%s", series, text(f, EPO_VFR_STEM),
                                part[0] != '\0' ? "/" : "", part);
    out->belongs = name_of(r, CADASTRAL_AREA, area);
    if (out->belongs == NULL)
        out->belongs = area;
    out->measure = measure;
    out->kind = NULL; /* RÚIAN knows no owners: the ones that the map base has stay */
}

static void fill_building(struct reading *r, const struct epo_vfr_feature *f,
                          struct epo_build_feature *out) {
    const struct epo_layer_plan *plan = r->plans[BUILDING];
    const char *part = name_of(r, PART, text(f, EPO_VFR_PART));
    out->name = text(f, EPO_VFR_NUMBER);
    out->belongs = part != NULL ? part : "";
    out->kind = text(f, EPO_VFR_USE);
    for (size_t i = 0; i < plan->source_count; i++)
        if (plan->sources[i].format != NULL && strcmp(plan->sources[i].format, "vfr") == 0 &&
            plan->sources[i].fields[EPO_PLAN_KIND].columns != NULL)
            out->kind = epo_plan_value(&plan->sources[i].fields[EPO_PLAN_KIND], out->kind);
}

/* Part and district stand with the building. In a file of changes it may be missing: then they stay
 * as the map base has them. */
static void fill_address(struct reading *r, const struct epo_vfr_feature *f,
                         struct epo_build_address *out) {
    const struct epo_named *building =
        epo_names_get(&r->names, BUILDING, text(f, EPO_VFR_BUILDING));
    const char *street = text(f, EPO_VFR_STREET);
    *out = (struct epo_build_address){.code = text(f, EPO_VFR_CODE),
                                      .street = street[0] == '\0' ? "" : name_of(r, STREET, street),
                                      .postcode = epo_postcode(r->pool, text(f, EPO_VFR_POSTCODE)),
                                      .letter = text(f, EPO_VFR_LETTER),
                                      .conscription = number(f, EPO_VFR_NUMBER),
                                      .orientation = number(f, EPO_VFR_ORIENTATION),
                                      .keeps_evidence = building == NULL};
    if (building == NULL)
        return;
    const struct epo_named *part = epo_names_get(&r->names, PART, building->part);
    out->evidence = building->sort == 2;
    out->part = name_of(r, PART, building->part);
    out->district = building->district[0] == '\0' ? "" : name_of(r, DISTRICT, building->district);
    out->city = part == NULL ? NULL : name_of(r, CITY, part->district);
}

static bool take_gone(struct reading *r, const struct epo_vfr_feature *f, struct epo_error *error) {
    struct epo_import_row row = {.row = r->features, .gone = true, .only_city = true};
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (r->plans[kind] != NULL && strcmp(KINDS[kind].code, text(f, EPO_VFR_KIND)) == 0)
            row.plan = r->plans[kind];
    row.feature.code = row.address.code = text(f, EPO_VFR_CODE);
    return row.plan == NULL || r->source->take(r->source->arg, &row, error);
}

static bool take_row(struct reading *r, int kind, const struct epo_vfr_feature *f,
                     struct epo_error *error) {
    static const struct epo_import_system KROVAK = {.known = true, .unit = EPO_IN_KROVAK};
    struct epo_import_row row = {.plan = r->plans[kind],
                                 .row = r->features,
                                 .fault = f->fault,
                                 .only_city = f->changes,
                                 .system = &KROVAK};
    row.feature =
        (struct epo_build_feature){.code = text(f, EPO_VFR_CODE), .name = text(f, EPO_VFR_NAME)};
    if (kind == ADDRESS)
        fill_address(r, f, &row.address);
    else if (kind == PARCEL)
        fill_parcel(r, f, &row.feature);
    else if (kind == BUILDING)
        fill_building(r, f, &row.feature);
    row.gone = text(f, EPO_VFR_UNTIL)[0] != '\0'; /* valid until: no more */
    if (row.feature.code[0] == '\0')
        row.fault = "no code";
    row.geometry = f->gml == NULL || row.fault != NULL ? NULL : gdal.OGR_G_CreateFromGML(f->gml);
    if (f->gml != NULL && row.geometry == NULL && row.fault == NULL)
        row.fault = "the geometry is malformed";
    bool ok = r->source->take(r->source->arg, &row, error);
    gdal.OGR_G_DestroyGeometry(row.geometry);
    return ok;
}

static bool take(void *arg, const struct epo_vfr_feature *f, struct epo_error *error) {
    struct reading *r = arg;
    int kind = (int)(f->kind - KINDS);
    if (r->features++ % FEATURES_IN_A_POOL == 0) {
        epo_pool_free(r->pool);
        r->pool = epo_pool_create();
    }
    if (kind == GONE)
        return take_gone(r, f, error);
    if (kind == PART) { /* its city is what an address needs */
        struct epo_named part = {.kind = PART,
                                 .code = text(f, EPO_VFR_CODE),
                                 .name = text(f, EPO_VFR_NAME),
                                 .district = text(f, EPO_VFR_CITY)};
        epo_names_put(&r->names, &part);
    } else if (kind != PARCEL && kind != ADDRESS) {
        remember(r, kind, f);
    }
    return r->plans[kind] == NULL || take_row(r, kind, f, error);
}

static bool choose_layers(struct reading *r, struct epo_error *error) {
    const struct epo_layer_plan *wanted = r->source->wanted;
    bool any = false;
    for (int kind = 0; kind < GONE; kind++) {
        const struct epo_layer_plan *plan =
            epo_plan_layer(r->source->plan, KINDS[kind].layer, error);
        if (plan == NULL)
            return false;
        if (wanted == NULL || strcmp(wanted->name, plan->name) == 0)
            r->plans[kind] = plan;
        any = any || r->plans[kind] != NULL;
    }
    return any || epo_fail(error, EPO_ERROR_BAD_INPUT, "import.layer",
                           "RÚIAN has no layer \"%s\": it has city, district, town_part, "
                           "cadastral_area, settlement, street, parcel, building, address and "
                           "election_district",
                           wanted->name);
}

static bool read_pieces(struct reading *r, struct epo_vfr *vfr, VSILFILE *file,
                        struct epo_error *error) {
    char *block = malloc(BLOCK_BYTES);
    VSIStatBufL about;
    double size = 0;
    epo_assert(block != NULL);
    /* of a gz it would be read to its end for this */
    if (strncmp(r->source->input->path, "/vsigzip/", 9) != 0 &&
        gdal.VSIStatL(r->source->input->path, &about) == 0)
        size = (double)about.st_size;
    bool ok = true, last = false;
    while (ok && !last) {
        size_t len = gdal.VSIFReadL(block, 1, BLOCK_BYTES, file);
        last = len < BLOCK_BYTES;
        ok = epo_vfr_feed(vfr, (struct epo_span){block, len}, last, error);
        if (size > 0)
            *r->source->done = (double)gdal.VSIFTellL(file) / size;
    }
    free(block);
    return ok;
}

static bool read_file(const struct epo_import_source *source, struct epo_error *error) {
    struct reading r = {.source = source};
    if (!choose_layers(&r, error))
        return false;
    VSILFILE *file = gdal.VSIFOpenL(source->input->path, "rb");
    if (file == NULL)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.open", "%s cannot be read",
                        source->input->shown);
    struct epo_vfr *vfr = epo_vfr_create(KINDS, KIND_COUNT, take, &r);
    bool ok = read_pieces(&r, vfr, file, error);
    if (!ok && error != NULL && error->where[0] != '\0') {
        char line[32];
        snprintf(line, sizeof line, "%.31s", error->where);
        epo_error_at(error, "%s:%s", source->input->shown, line);
    }
    epo_vfr_free(vfr);
    epo_names_clear(&r.names);
    epo_pool_free(r.pool);
    gdal.VSIFCloseL(file);
    return ok;
}

static bool recognise(struct epo_span head, const char *shown) {
    (void)shown;
    return head.len > 0 && memmem(head.at, head.len, "VymennyFormat", 13) != NULL &&
           memchr(head.at, '<', head.len < 8 ? head.len : 8) != NULL;
}

const struct epo_import_format epo_import_vfr = {"vfr", recognise, read_file, true};
