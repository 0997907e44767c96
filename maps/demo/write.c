/* The grown city into a map base. */
#include "maps/build.h"

#include <math.h>
#include <string.h>

#include "maps/demo/demo.h"
#include "maps/geos.h"

struct writing {
    struct epo_demo_city *city;
    epo_progress_fn progress;
    GEOSWKBWriter *wkb;
};

static int turn_and_shift(double *x, double *y, void *unused) {
    (void)unused;
    struct epo_point p = epo_demo_to_5514((struct epo_point){*x, *y});
    *x = round(p.x * 1000) / 1000; /* as the snapshot keeps it, so that both agree */
    *y = round(p.y * 1000) / 1000;
    return 1;
}

/* WKB in EPSG:5514; *bytes is to be freed by GEOSFree_r. */
static struct epo_span to_wkb(struct writing *w, const GEOSGeometry *local, unsigned char **bytes) {
    size_t size = 0;
    GEOSGeometry *moved = GEOSGeom_transformXY_r(w->city->g, local, turn_and_shift, NULL);
    *bytes = moved == NULL ? NULL : GEOSWKBWriter_write_r(w->city->g, w->wkb, moved, &size);
    GEOSGeom_destroy_r(w->city->g, moved);
    return (struct epo_span){(const char *)*bytes, size};
}

static bool write_list(struct epo_build *build, struct writing *w, int64_t layer,
                       const struct epo_demo_list *list, struct epo_error *error) {
    for (size_t i = 0; i < list->count; i++) {
        const struct epo_demo_shape *s = &list->at[i];
        unsigned char *bytes;
        struct epo_build_feature feature = {.layer = layer,
                                            .code = s->code,
                                            .name = s->name,
                                            .kind = s->kind,
                                            .belongs = s->belongs,
                                            .measure = s->measure,
                                            .rank = s->rank,
                                            .wkb = to_wkb(w, s->geometry, &bytes)};
        char code[32];
        if (s->code[0] == '\0') {
            snprintf(code, sizeof code, "%zu", i + 1);
            feature.code = code;
        }
        bool ok = epo_build_feature(build, &feature, error);
        GEOSFree_r(w->city->g, bytes);
        if (!ok)
            return false;
    }
    return true;
}

static const char *district_of(struct epo_demo_city *city, const GEOSPreparedGeometry **prepared,
                               struct epo_point at) {
    GEOSGeometry *point = epo_demo_point(city, at);
    const char *name = "";
    for (size_t d = 0; d < city->district.count && name[0] == '\0'; d++)
        if (GEOSPreparedIntersects_r(city->g, prepared[d], point) == 1)
            name = city->district.at[d].name;
    GEOSGeom_destroy_r(city->g, point);
    return name;
}

static bool write_addresses(struct epo_build *build, struct writing *w, struct epo_error *error) {
    struct epo_demo_city *city = w->city;
    const GEOSPreparedGeometry *prepared[16];
    bool ok = true;
    for (size_t d = 0; d < city->district.count; d++)
        prepared[d] = GEOSPrepare_r(city->g, city->district.at[d].geometry);
    for (size_t i = 0; ok && i < city->house_count; i++) {
        const struct epo_demo_house *house = &city->houses[i];
        char code[32];
        snprintf(code, sizeof code, "demo-%zu", i + 1);
        GEOSGeometry *point = epo_demo_point(city, house->at);
        unsigned char *bytes;
        struct epo_build_address address = {.code = code,
                                            .street = city->street.at[house->street].name,
                                            .part = EPO_DEMO_PARTS[house->part].name,
                                            .postcode = house->postcode,
                                            .city = "Plzeň",
                                            .district = district_of(city, prepared, house->at),
                                            .conscription = house->conscription,
                                            .orientation = house->orientation,
                                            .wkb = to_wkb(w, point, &bytes)};
        ok = epo_build_address(build, &address, error);
        GEOSFree_r(city->g, bytes);
        GEOSGeom_destroy_r(city->g, point);
    }
    for (size_t d = 0; d < city->district.count; d++)
        GEOSPreparedGeom_destroy_r(city->g, prepared[d]);
    return ok;
}

static bool write_all(struct epo_build *build, void *arg, struct epo_error *error) {
    struct writing *w = arg;
    struct epo_demo_city *city = w->city;
    struct epo_demo_list boundary = {0};
    epo_demo_add(city, &boundary, GEOSGeom_clone_r(city->g, city->boundary), "Plzeň", "city");
    snprintf(boundary.at[0].code, sizeof boundary.at[0].code, "554791");
    const struct {
        const char *name, *cs, *en, *role;
        enum epo_layer_shape shape;
        const struct epo_demo_list *list;
    } LAYERS[] = {
        {"city", "Obec", "Municipality", "city", EPO_SHAPE_AREA, &boundary},
        {"district", "Městské obvody", "City districts", "district", EPO_SHAPE_AREA,
         &city->district},
        {"cadastral_area", "Katastrální území", "Cadastral areas", "cadastral_area", EPO_SHAPE_AREA,
         &city->cadastral},
        {"parcel", "Parcely", "Parcels", "parcel", EPO_SHAPE_AREA, &city->parcel},
        {"public_space", "Veřejná prostranství", "Public space", "public_space", EPO_SHAPE_AREA,
         &city->space},
        {"park", "Parky a zahrady", "Parks and gardens", "fact", EPO_SHAPE_AREA, &city->park},
        {"water", "Vodní plochy", "Water", "fact", EPO_SHAPE_AREA, &city->water},
        {"landuse", "Využití území", "Land use", "picture", EPO_SHAPE_AREA, &city->landuse},
        {"built_up", "Zástavba", "Built-up areas", "picture", EPO_SHAPE_AREA, &city->zone},
        {"building", "Budovy", "Buildings", "picture", EPO_SHAPE_AREA, &city->building},
        {"rail", "Železnice", "Railways", "picture", EPO_SHAPE_LINE, &city->rail},
        {"street", "Ulice", "Streets", "street", EPO_SHAPE_LINE, &city->street},
        {"path", "Cesty a pěšiny", "Paths", "picture", EPO_SHAPE_LINE, &city->way},
        {"landmark", "Významné budovy", "Landmarks", "picture", EPO_SHAPE_POINT, &city->landmark},
        {"place_label", "Popisky", "Labels", "picture", EPO_SHAPE_POINT, &city->label},
    };
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof LAYERS / sizeof *LAYERS; i++) {
        int64_t layer = 0;
        struct epo_build_layer about = {.name = LAYERS[i].name,
                                        .title_cs = LAYERS[i].cs,
                                        .title_en = LAYERS[i].en,
                                        .shape = LAYERS[i].shape,
                                        .role = LAYERS[i].role,
                                        .source = "demo"};
        ok = epo_build_layer(build, &about, &layer, error) &&
             write_list(build, w, layer, LAYERS[i].list, error);
        if (w->progress != NULL)
            w->progress("map base", (int)(100 * i / (sizeof LAYERS / sizeof *LAYERS)));
    }
    epo_demo_list_clear(city, &boundary);
    return ok && write_addresses(build, w, error) &&
           epo_build_meta(build, "city", "Plzeň", error) &&
           epo_build_meta(build, "demo", "1", error) &&
           epo_build_meta(build, "name_cs", "Ukázkové město", error) &&
           epo_build_meta(build, "name_en", "Demo city", error) &&
           epo_build_meta(build, "source.address", "demo", error) &&
           epo_build_meta(build, "attribution", EPO_CREDIT_DEMO, error);
}

bool epo_demo_city_build(const char *folder, uint64_t seed,
                         void (*progress)(const char *what, int percent), struct epo_error *error) {
    static const struct {
        const char *what;
        void (*step)(struct epo_demo_city *city);
        int percent;
    } STEPS[] = {
        {"land and water", epo_demo_land, 2},
        {"old town", epo_demo_old_town, 4},
        {"streets", epo_demo_streets, 6},
        {"houses and parcels", epo_demo_blocks, 15},
        {"fields and woods", epo_demo_open_land, 65},
        {"numbers", epo_demo_numbers, 95},
        {"landmarks", epo_demo_landmarks, 97},
    };
    struct epo_demo_city city = {.g = epo_geos(), .seed = seed};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        if (progress != NULL)
            progress(STEPS[i].what, STEPS[i].percent);
        STEPS[i].step(&city);
    }
    bool ok =
        !city.failed || epo_fail(error, EPO_ERROR_BROKEN, "demo.geometry",
                                 "GEOS refused a step of the demo city: %s", epo_geos_message());
    if (ok) {
        struct writing w = {&city, progress, GEOSWKBWriter_create_r(city.g)};
        GEOSWKBWriter_setByteOrder_r(city.g, w.wkb, GEOS_WKB_NDR);
        ok = epo_build_map(folder, false, write_all, &w, error);
        GEOSWKBWriter_destroy_r(city.g, w.wkb);
    }
    epo_demo_clear(&city);
    return ok;
}
