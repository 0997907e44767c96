/* The map base under all forms: what the rooms above may ask. Knows no form and no submission.
 * Coordinates: metres of the portal's metric system (metric.h; EPSG:5514, S-JTSK / Krovak East
 * North, both negative in Czechia, unless epo.json says another) inside and in the store; EPSG:4326
 * lon/lat (GeoJSON, RFC 7946) at the door; tiles are EPSG:3857. Everything here may be called from
 * any worker thread at once; nothing here from an event loop except epo_tiles_get. */
#ifndef EPO_MAPS_MAPS_H
#define EPO_MAPS_MAPS_H

#include "base/error.h"
#include "base/json.h"
#include "base/pool.h"
#include "base/text.h"

/* ---- transform.c: by one operation each (EPSG:5514: the 1 m operation "S-JTSK to WGS 84 (5)",
 * pinned); one PJ for each thread ---- */
struct epo_point {
    double x, y; /* metres: easting, northing; 4326: lon, lat in degrees */
};
/* Proves the pinned pipeline by a check value: (-822000,-1070000) <-> 13.38369896 E 49.74534800 N.
 * Called at start-up; refuses to start otherwise. */
bool epo_transform_check(struct epo_error *error);
/* BAD_INPUT "place.out_of_range" outside where the system is used, "place.swapped". */
bool epo_transform_to_metres(struct epo_point lon_lat, struct epo_point *metres,
                             struct epo_error *error);
bool epo_transform_to_4326(struct epo_point metres, struct epo_point *lon_lat,
                           struct epo_error *error);
/* Can these be metres of the system? What epo_transform_to_4326 takes, at a hundredth of its cost.
 */
bool epo_transform_in_range(struct epo_point metres);
/* Of EPSG:5514, whatever the portal's system is: RÚIAN and people in Czechia write in it. */
bool epo_transform_from_krovak(struct epo_point krovak, struct epo_point *lon_lat,
                               struct epo_error *error);

/* ---- geometry.c ---- */
enum epo_place_kind { EPO_PLACE_POINT = 1, EPO_PLACE_LINE, EPO_PLACE_AREA };
/* A place that a citizen named: parsed, bounded, valid, in both systems. Lives in its pool. */
struct epo_place {
    enum epo_place_kind kind;
    struct epo_point anchor_metres; /* the point itself, or a point on the line / inside the area */
    struct epo_point anchor_4326;
    double area_m2, length_m;          /* planar; of an area the perimeter; 0 of a point */
    struct epo_span wkb_metres;        /* ISO WKB, little endian */
    const struct epo_json *geojson;    /* normalised: closed rings, right-hand rule, 7 decimals */
    double min_x, min_y, max_x, max_y; /* metres */
};
/* Reads a GeoJSON geometry (or a Feature around one): Point, LineString, Polygon, MultiPolygon.
 * Errors are for citizens' eyes and have codes with texts: "place.not_geojson", "place.kind",
 * "place.out_of_range", "place.swapped" (lat/lon exchanged), "place.too_many_vertices",
 * "place.self_crossing" (where = "lon,lat"), "place.empty_area", "place.empty_line". The city is
 * checked by epo_locate ("in_city"). */
bool epo_place_read(struct epo_pool *pool, const struct epo_json *geojson, struct epo_place *place,
                    struct epo_error *error);

/* {"type":"Point","coordinates":[…]} of a point in degrees (EPSG:4326), with 7 decimals. In the
 * pool.
 */
struct epo_json *epo_geojson_point(struct epo_pool *pool, struct epo_point degrees);
/* {"type": type, "coordinates": coordinates}; coordinates are linked. In the pool. */
struct epo_json *epo_geojson_geometry(struct epo_pool *pool, const char *type,
                                      struct epo_json *coordinates);

/* Several places as one: WKB is a collection, sizes are sums, the anchor is the first one's; has no
 * geojson. count at least 1; of one place a copy. */
void epo_place_join(struct epo_pool *pool, const struct epo_place *const *places, size_t count,
                    struct epo_place *joined);
/* The same of their WKB alone: one collection, flat. In the pool, or list[0] itself. */
struct epo_span epo_wkb_join(struct epo_pool *pool, const struct epo_span *list, size_t count);

/* ---- mapbase.c: one immutable snapshot (SpatiaLite file + packed index in memory), swapped whole
 * ---- */
struct epo_maps;
/* Opens folder/map.db (and folder/tiles.mbtiles). A missing map is an error. */
struct epo_maps *epo_maps_open(const char *folder, struct epo_error *error);
void epo_maps_close(struct epo_maps *maps);
/* Loads what lies in the folder now and swaps it in; readers of the old snapshot finish on it. */
bool epo_maps_reload(struct epo_maps *maps, struct epo_error *error);
/* Identifies the snapshot (for evidence, ETags, URLs): short text. Pool copy. */
struct epo_span epo_maps_version(struct epo_maps *maps, struct epo_pool *pool);

/* ---- locate.c ---- */
/* Facts of a place as JSON, one object (members absent or null where unknown); the full shape is
 * PlaceFacts in core/web/api/components.json:
 *  {"point":[lon,lat], "in_city":true,
 *   "district":{"code":"546003","name":"Plzeň 3","number":3},
 *   "cadastral_area":{"code":"721981","name":"Plzeň"},
 *   "parcel":{"id":"…","number":"1234/5","cadastral_area":"Plzeň","owner":"city|state|private",
 *             "area_m2":512},
 *   "address":{"id":"…","text":"Americká 42/8, 301 00 Plzeň","street":"Americká","number":"42/8",
 *              "distance_m":12.3},
 *   "street":{"name":"Americká","distance_m":4.0},
 *   "public_space":{"id":"…","name":"náměstí Republiky","zone":"1"} | null,
 *   "layers":{"<layer>":[{"id":"…","name":"…","kind":"…","share":0.2}]},   share: lines and areas
 *   of an area "area_m2", "perimeter_m", of a line "length_m"; of both
 *   "shares":{"city":1,"public_space":0.83,"owner":{"city":0.9,"private":0.1}},
 *   "districts", "cadastral_areas", "parcels", "public_spaces": as above, each with "share" and
 *   "part_m2" or "part_m", largest first; "streets":[{"name":"…","from_m":0,"length_m":80.5}],
 *   "map_version":"…"}
 * BAD_INPUT "place.too_wide" for what meets more than EPO_PLACE_MEETS_MAX features of a layer. */
bool epo_locate(struct epo_maps *maps, struct epo_pool *pool, const struct epo_place *place,
                struct epo_json **facts, struct epo_error *error);
/* Who reads the facts: a layer and each of its fields may be for clerks alone (layers.json).
 * epo_locate is for the public; what it leaves out is as if the map did not know it. */
enum epo_audience { EPO_AUDIENCE_PUBLIC = 0, EPO_AUDIENCE_CLERKS };
bool epo_locate_for(struct epo_maps *maps, struct epo_pool *pool, const struct epo_place *place,
                    enum epo_audience audience, struct epo_json **facts, struct epo_error *error);

/* ---- chosen.c: a place by what it is, not only by its shape ----
 * A geometry, or a Feature whose properties say what was chosen:
 *   {"kind":"drawn"}                    the geometry as it stands (also without a kind)
 *   {"kind":"address","ids":[id]}       the point of that address
 *   {"kind":"parcel","ids":[id …]}      the areas of those parcels, joined; or, without ids, the
 * one
 *   {"kind":"building","ids":[id …]}    under a Point
 *   {"kind":"circle","radius_m":n}      around a Point (or around "center", where it comes back)
 *   {"kind":"route"}                    along the streets through the vertices of a LineString (or
 *                                       through "via", where it comes back)
 * What the map knows by its id is taken from the map, whatever geometry came along. */
enum epo_asked { /* what a form asks for, as bits */
                 EPO_ASKED_POINT = 1,
                 EPO_ASKED_LINE = 2,
                 EPO_ASKED_AREA = 4, /* also parcels, buildings and circles */
                 EPO_ASKED_ADDRESS = 8,
                 EPO_ASKED_PARCEL = 16,
                 EPO_ASKED_ROUTE = 32
};
struct epo_chosen {
    const char *kind;            /* "drawn", "address" … */
    struct epo_json *properties; /* normalised: kind, ids, radius_m, center, via; for facts and for
                                    a Feature that gives the same place when it is read again */
    struct epo_place place;      /* kind 0 where a map is needed and maps was NULL */
    struct epo_json *geometry;   /* place.geojson, or what came where place.kind is 0 */
};
/* maps may be NULL: then only the shape is checked. BAD_INPUT with the codes of epo_place_read, and
 * "place.kind" (not what is asked for), "place.ids" (missing or wrong), "place.unknown_feature"
 * (where = the id), "place.radius", "place.via", "place.no_route", "place.nothing_here". */
bool epo_chosen_read(struct epo_maps *maps, struct epo_pool *pool, const struct epo_json *given,
                     unsigned asked, struct epo_chosen *chosen, struct epo_error *error);

/* ---- snap.c ---- */
/* The rule "snap": each corner of a drawn place moves to the nearest point of the layer, if all of
 * them have one within within_m; else the place stays, and the rules find it too far. BAD_INPUT
 * where moving spoils the shape (an area that becomes empty). */
bool epo_place_snap(struct epo_maps *maps, struct epo_pool *pool, const struct epo_json *rules,
                    struct epo_place *place, struct epo_error *error);

/* ---- footprint.c: the ground that a place takes up ---- */
struct epo_footprint {
    struct epo_span wkb; /* an area, metres */
    double min_x, min_y, max_x, max_y;
};
/* Of an area itself; a point and a line are widened by so much on each side. */
bool epo_footprint_of(struct epo_pool *pool, const struct epo_place *place, double widen_m,
                      struct epo_footprint *footprint, struct epo_error *error);
/* Do they take up the same ground (more than rounding explains), or come nearer than apart_m? In a
 * write job as well. */
bool epo_footprints_meet(struct epo_span one, struct epo_span other, double apart_m, bool *meet,
                         struct epo_error *error);

/* ---- meets.c: on which features of a layer a place lies ---- */
struct epo_met {
    const char *code; /* in the pool */
    double amount;    /* that the two share: m² of areas; 1 of a point */
};
/* In the order of the layer, which is one of areas. Errors as epo_locate has them. */
bool epo_place_meets(struct epo_maps *maps, struct epo_pool *pool, struct epo_span layer,
                     const struct epo_place *place, struct epo_met **list, size_t *count,
                     struct epo_error *error);
struct epo_spot {
    struct epo_point at; /* metres */
    double distance_m;
};
/* A point inside each of the features around, `but` for some; nearest first, at most max. How many
 * there are. */
size_t epo_spots_near(struct epo_maps *maps, struct epo_span layer, struct epo_point from_metres,
                      double within_m, const struct epo_met *but, size_t but_count,
                      struct epo_spot *spots, size_t max);

/* ---- alternative.c: where else the same shape would be free ---- */
struct epo_alternative {
    /* in */
    const struct epo_place *place; /* one that was read, with its geojson */
    struct epo_footprint footprint;
    const struct epo_footprint *taken; /* by others */
    size_t taken_count;
    double apart_m, within_m;
    const struct epo_spot *spots; /* to be tried instead of the surroundings, or NULL */
    size_t spot_count;
    const struct epo_json *rules; /* of the field, or NULL */
    /* The caller's word on a candidate that is free and within the rules, a few times at most; may
     * be NULL. */
    bool (*accept)(void *arg, const struct epo_place *candidate);
    void *arg;
    /* out */
    struct epo_place found; /* in the pool */
    double distance_m;
};
/* The nearest one. *found: whether there is any among those tried (some thousands). On a worker: up
 * to some tens of ms. */
bool epo_alternative_find(struct epo_maps *maps, struct epo_pool *pool,
                          struct epo_alternative *wanted, bool *found, struct epo_error *error);

/* ---- route.c ---- */
/* The shortest way along the streets through 2 to 25 points (lon/lat, in their order):
 * {"geometry":LineString,"length_m":812.4,"streets":["Americká", …]}; BAD_INPUT "place.no_route".
 */
bool epo_route(struct epo_maps *maps, struct epo_pool *pool, const struct epo_point *via_4326,
               size_t count, struct epo_json **route, struct epo_error *error);

/* ---- rules.c: the rules a location field declares (forms hands them down as JSON) ----
 * [{"rule":"inside","layer":"city"}, {"rule":"inside","layer":"public_space","share":0.95},
 *  {"rule":"outside","layer":"…"}, {"rule":"touching","layer":"…"},
 *  {"rule":"near","layer":"…","within_m":50}, {"rule":"snap","layer":"street","within_m":10}
 *  (moved there by epo_place_snap, else refused as too far), {"rule":"owner","any":["city"]},
 *  {"rule":"min_area_m2","value":1}, {"rule":"max_area_m2","value":500},
 *  {"rule":"min_length_m","value":5}, {"rule":"max_length_m","value":3000}   (of lines),
 *  {"rule":"free","from":"first_day","to":"last_day"}: no other request on the same ground on the
 *   same days; {"rule":"capacity","limit":12,"units":"stalls","layer":"public_space","from":…,
 *   "to":…}: no more at once on the same feature, or "within_m" around; both are judged by the
 *   portal (portal/occupancy.h), not here;
 *  {"rule":"feature","layer":"zoo.places","within_m":30}: one of an organization's layer (judged in
 *   plugin/organization.h)]
 * each with optional "message":{"cs":…,"en":…} and "only":["area"], the shapes it is about (point,
 * line, area; all without it). Checked at load by epo_place_rules_check. */
bool epo_place_rules_check(struct epo_maps *maps, const struct epo_json *rules,
                           struct epo_error *error);
bool epo_place_rule_concerns(const struct epo_json *rule, enum epo_place_kind kind);
/* Appends to `errors` (array) {"code":"place.outside","rule":index,"layer":"…","message":…} for
 * every rule that does not hold. False only when checking itself failed. */
bool epo_place_rules_apply(struct epo_maps *maps, struct epo_pool *pool,
                           const struct epo_json *rules, const struct epo_place *place,
                           struct epo_json *errors, struct epo_error *error);

/* ---- find.c ---- */
/* Search as you type, likeliest first: a GeoJSON FeatureCollection, each Feature with id, a Point
 * in 4326 and properties "label" and "kind": "address"
 * "street","number","city","city_part","postcode","district" "street"
 * "street","city","postcode","district","addresses": how many "part"     a part of a town or a
 * village: "part","city","postcode","district","addresses" "parcel"   "number","cadastral_area"
 *   "place"    a named feature of a layer: "name","layer","layer_title":{cs,en}
 *   "office"   "labels":{cs,en},"address"
 * and "number_unknown":true where the name was found and the number was not. Without diacritics, in
 * any order of words, with usual short forms and up to two slips a word. near may be NULL; with it
 * what lies nearer comes first. At most limit (1-50). */
bool epo_addresses_search(struct epo_maps *maps, struct epo_pool *pool, struct epo_span query,
                          int limit, const struct epo_point *near_4326, struct epo_json **features,
                          struct epo_error *error);
/* One such feature by its id; false with NOT_FOUND. */
bool epo_address_get(struct epo_maps *maps, struct epo_pool *pool, struct epo_span id,
                     struct epo_json **feature, struct epo_error *error);
/* What is here: such features, each with "distance_m": the nearest address, the public space, the
 * nearest street, the parcel, named features of fact layers, cadastral area, district, city. */
bool epo_places_at(struct epo_maps *maps, struct epo_pool *pool, struct epo_point lon_lat,
                   int limit, struct epo_json **features, struct epo_error *error);
/* Offices that can be searched for, as the settings list them: [{"id","name":{cs,en},"address"?,
 * "point":[lon,lat]?}]; copied. One whose place is not known is not found. May be called again
 * while others search. */
void epo_maps_set_offices(struct epo_maps *maps, const struct epo_json *offices);

/* ---- tile.c: ready bytes out of the MBTiles file; short reads, allowed on the loop ---- */
struct epo_tile {
    const void *at; /* gzip-compressed MVT, valid until epo_tile_release */
    size_t len;
    void *owner;
};
/* found=false for a tile without content (answer 204). Bad z/x/y: BAD_INPUT. */
bool epo_tiles_get(struct epo_maps *maps, int z, int x, int y, struct epo_tile *tile, bool *found,
                   struct epo_error *error);
void epo_tile_release(struct epo_tile *tile);
/* Under which ?v= the bytes of a tile never change; in the pool, empty where there are no tiles. */
struct epo_span epo_tiles_version(struct epo_maps *maps, struct epo_pool *pool);
/* TileJSON 3.0 with absolute tile URLs under base ("https://host"), e.g.
 * base/tiles/city/{z}/{x}/{y}.mvt?v=… */
bool epo_tilejson(struct epo_maps *maps, struct epo_pool *pool, struct epo_span base,
                  struct epo_json **tilejson, struct epo_error *error);

/* ---- making a map base (command line; not while serving from the same path: build aside, rename)
 * ---- */
/* maps/demo: the deterministic demo city; same seed, same bytes of content. */
bool epo_demo_city_build(const char *folder, uint64_t seed,
                         void (*progress)(const char *what, int percent), struct epo_error *error);
/* Vector tiles for folder/map.db into folder/tiles.mbtiles, through GDAL's MVT writer. */
bool epo_tiles_build(const char *folder, void (*progress)(const char *what, int percent),
                     struct epo_error *error);
/* Files of a city into layers of the map base, any CRS in, the portal's stored; then its tiles.
 * Built aside and swapped in: nothing changes when it fails or is killed, and nothing is written
 * when the map base holds the same already. One thread. */
struct epo_import_progress {
    const char *what; /* "reading", "tiles" */
    int64_t rows;     /* so far */
    double done;      /* 0 to 1 */
};
struct epo_import_options {
    const char *file;     /* GeoPackage, Shapefile, GeoJSON, GML, FlatGeobuf, CSV, OSM, RÚIAN */
    const char *layer;    /* NULL: every layer that the file is known to have (OSM, RÚIAN VFR) */
    const char *source;   /* layer of the file, if it has several; NULL: by name */
    const char *srs;      /* "EPSG:5514"; NULL: as the file says, else guessed from its ranges */
    const char *encoding; /* of texts that are not UTF-8; NULL: windows-1250 */
    const char *share;    /* folder with the layers.json and osm.ini of the program */
    const char *portal;   /* folder that may have a layers.json of its own; NULL: none */
    const char *mapping;  /* a further one, which wins; NULL: none */
    const char *report;   /* where to list what was left out; NULL: FILE.rejected.csv */
    bool add;             /* what the layer holds stays; a same id is replaced */
    bool no_tiles;        /* the picture is made later (epo_tiles_build) */
    void (*progress)(const struct epo_import_progress *progress); /* NULL: none */
};
enum { EPO_IMPORT_REASONS = 8 };
struct epo_import_result {
    int64_t taken, mended, left_out, elsewhere, removed; /* rows; elsewhere: not in the city */
    int64_t added, altered, same;                        /* of those taken */
    bool changed;                                        /* a new map base was put in place */
    char report[512]; /* the list of what was left out or mended; "" if there was nothing */
    struct {
        char text[160]; /* "parcels.csv:12: …", the first of its kind */
        int64_t count;
    } reasons[EPO_IMPORT_REASONS];
};
bool epo_map_import(const char *folder, const struct epo_import_options *options,
                    struct epo_import_result *result, struct epo_error *error);
/* Puts what the layers.json (of options: share, portal, mapping; progress) say now of the title,
 * the role, who may see a layer and its public fields into the map base, without the city's files;
 * built aside and swapped in with the tiles like an import. Layers that none of them names stay as
 * they are, and shapes and columns, which only an import can change. tell (may be NULL) hears of
 * each layer what changes. BAD_INPUT for faults of the files and where there is no map. */
bool epo_map_apply_layers(const char *folder, const struct epo_import_options *options,
                          void (*tell)(const char *layer, const char *what), bool *changed,
                          struct epo_error *error);
/* Brings the tables of folder/map.db up to this program, aside and swapped in. Nothing to do, or no
 * map: true. */
bool epo_map_upgrade(const char *folder, struct epo_error *error);
/* [{"name","title","kind","role","features","visible","public_fields"}] */
bool epo_map_layers(struct epo_maps *maps, struct epo_pool *pool, struct epo_json **layers,
                    struct epo_error *error);

#endif
