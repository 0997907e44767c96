/* The demo city: a plan drawn by hand (plan_*.c) grown into streets, blocks, parcels and houses by
 * rules and a seeded random source. Same seed, same content. One thread; internal to maps/demo.
 *
 * Coordinates here are local metres: x east, y north of náměstí Republiky. Everything is kept on a
 * grid of 1 cm, so that neighbours share their borders exactly. */
#ifndef EPO_MAPS_DEMO_H
#define EPO_MAPS_DEMO_H

#include <geos_c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "maps/maps.h"

/* ---- random.c ---- */
uint64_t epo_demo_random(uint64_t *state);
double epo_demo_uniform(uint64_t *state, double from, double to);
bool epo_demo_chance(uint64_t *state, double probability);
/* Smooth noise in -1..1 that depends on seed and place only; features of size about 1. */
double epo_demo_noise(uint64_t seed, double x, double y);

/* ---- shapes: what the city is made of ---- */
struct epo_demo_shape {
    GEOSGeometry *geometry; /* owned */
    char name[64], kind[24], belongs[48], code[24];
    double measure; /* registered m² of a parcel; width of a street */
    int rank;       /* 1 = most important */
    int part;       /* index into EPO_DEMO_PARTS, streets and houses */
    double min_x, min_y, max_x, max_y;
};
struct epo_demo_list {
    struct epo_demo_shape *at;
    size_t count, room;
};
struct epo_demo_house {
    struct epo_point at;
    int street; /* index into streets */
    int part;
    const char *postcode;
    double along; /* metres from the start of the street */
    int side;     /* 1 right (even), 0 left (odd), seen from its start */
    int conscription, orientation;
    char letter; /* 0 if none */
};
struct epo_demo_city {
    GEOSContextHandle_t g;
    uint64_t seed;
    bool failed; /* GEOS refused something: what was made is not to be used */
    GEOSGeometry *boundary;
    GEOSGeometry *taken_water, *taken_rail, *centre; /* unions used while planning */
    struct epo_demo_list district, cadastral, water, rail, park, landuse, street, building, parcel,
        space, label, zone, beside_avenues, way, landmark;
    struct epo_demo_house *houses;
    size_t house_count, house_room;
    const char *more_names; /* left of EPO_DEMO_MORE_NAMES */
    int blocks;             /* how many so far: parcel numbers come by block */
};

/* Takes geometry (may be NULL or empty: then nothing is added and NULL comes back). The pointer is
 * valid until the next add. */
struct epo_demo_shape *epo_demo_add(struct epo_demo_city *city, struct epo_demo_list *list,
                                    GEOSGeometry *geometry, const char *name, const char *kind);
void epo_demo_list_clear(struct epo_demo_city *city, struct epo_demo_list *list);

/* ---- draw.c: geometry with the conventions above; all results owned by the caller ---- */
GEOSGeometry *epo_demo_line(struct epo_demo_city *city, const struct epo_point *at, size_t count);
GEOSGeometry *epo_demo_polygon(struct epo_demo_city *city, const struct epo_point *at,
                               size_t count);
GEOSGeometry *epo_demo_point(struct epo_demo_city *city, struct epo_point at);
/* Four-cornered: centre, half sizes, angle in radians anticlockwise. */
GEOSGeometry *epo_demo_rectangle(struct epo_demo_city *city, struct epo_point centre, double half_x,
                                 double half_y, double angle);
/* A rough round outline. */
GEOSGeometry *epo_demo_blob(struct epo_demo_city *city, struct epo_point centre, double radius_x,
                            double radius_y, double angle, double roughness);
/* A smooth curve through control points with steps of about `step` metres, bent by noise of the
 * given amplitude. closed joins the ends. Returns points in a malloc'd array. */
struct epo_point *epo_demo_curve(struct epo_demo_city *city, const short (*control)[2], int count,
                                 bool closed, double step, double wobble, size_t *out_count);
/* All four take and free the first argument and give back the result. */
GEOSGeometry *epo_demo_minus(struct epo_demo_city *city, GEOSGeometry *a, const GEOSGeometry *b);
GEOSGeometry *epo_demo_within(struct epo_demo_city *city, GEOSGeometry *a, const GEOSGeometry *b);
GEOSGeometry *epo_demo_minus_list(struct epo_demo_city *city, GEOSGeometry *a,
                                  const struct epo_demo_list *list);
GEOSGeometry *epo_demo_grown(struct epo_demo_city *city, const GEOSGeometry *a, double by);
GEOSGeometry *epo_demo_union(struct epo_demo_city *city, const struct epo_demo_list *list,
                             double grown_by);
/* Calls back for every polygon (or line) in a collection. */
void epo_demo_each(struct epo_demo_city *city, const GEOSGeometry *geometry,
                   void (*each)(struct epo_demo_city *city, const GEOSGeometry *part, void *arg),
                   void *arg);
double epo_demo_area(struct epo_demo_city *city, const GEOSGeometry *geometry);
struct epo_point epo_demo_inside(struct epo_demo_city *city, const GEOSGeometry *geometry);
bool epo_demo_covers(struct epo_demo_city *city, const GEOSGeometry *a, struct epo_point at);
/* Splits the area into the cells of the points nearest to which they lie. cells[i] belongs to
 * points[i] and is owned by the caller (NULL where nothing is left). */
void epo_demo_cells(struct epo_demo_city *city, const GEOSGeometry *area,
                    const struct epo_point *points, size_t count, GEOSGeometry **cells);

/* ---- the plan (plan_*.c): tables ---- */
enum epo_demo_fabric {
    EPO_DEMO_OLD_TOWN = 1,
    EPO_DEMO_BLOCK,  /* closed blocks of the 19th century with courtyards */
    EPO_DEMO_VILLA,  /* detached houses in gardens */
    EPO_DEMO_ESTATE, /* slabs and towers in green */
    EPO_DEMO_VILLAGE,
    EPO_DEMO_INDUSTRY
};
#define EPO_DEMO_OUTLINE 14
struct epo_demo_zone {
    const char *name;
    enum epo_demo_fabric fabric;
    int angle_deg;        /* of its main streets, anticlockwise from east */
    short step_u, step_v; /* metres between streets */
    short bend;           /* metres of bending */
    int part;             /* index into EPO_DEMO_PARTS */
    const char *names;    /* streets: "Tylova|Kollárova|…", the first for the longest */
    short outline[EPO_DEMO_OUTLINE][2]; /* ends with {0, 0}; one point: centre of a village */
    short radius;                       /* of a village */
};
extern const struct epo_demo_zone EPO_DEMO_ZONES[];
extern const size_t EPO_DEMO_ZONE_COUNT;

#define EPO_DEMO_PATH 22
struct epo_demo_path {
    const char *name, *kind;
    short width;
    short wobble;
    short at[EPO_DEMO_PATH][2]; /* ends with {0, 0} */
};
extern const struct epo_demo_path EPO_DEMO_RIVERS[], EPO_DEMO_RAILS[], EPO_DEMO_AVENUES[],
    EPO_DEMO_BORDERS[];
extern const size_t EPO_DEMO_RIVER_COUNT, EPO_DEMO_RAIL_COUNT, EPO_DEMO_AVENUE_COUNT,
    EPO_DEMO_BORDER_COUNT;

struct epo_demo_part { /* část obce */
    const char *name, *postcode;
};
extern const struct epo_demo_part EPO_DEMO_PARTS[];

/* For streets of zones that have more of them than names. */
extern const char EPO_DEMO_MORE_NAMES[];

struct epo_demo_spot { /* a named point: district, cadastral area, wood, pond, park, square */
    const char *name, *kind, *code;
    short x, y, radius_x, radius_y, angle_deg;
};
extern const struct epo_demo_spot EPO_DEMO_DISTRICTS[], EPO_DEMO_CADASTRAL[], EPO_DEMO_WOODS[],
    EPO_DEMO_PONDS[], EPO_DEMO_PARKS[], EPO_DEMO_SQUARES[];
extern const size_t EPO_DEMO_DISTRICT_COUNT, EPO_DEMO_CADASTRAL_COUNT, EPO_DEMO_WOOD_COUNT,
    EPO_DEMO_POND_COUNT, EPO_DEMO_PARK_COUNT, EPO_DEMO_SQUARE_COUNT;
extern const short EPO_DEMO_BOUNDARY[][2];
extern const size_t EPO_DEMO_BOUNDARY_COUNT;
size_t epo_demo_path_points(const short (*at)[2], size_t room);

/* ---- the steps, in this order ---- */
void epo_demo_land(struct epo_demo_city *city); /* terrain.c: boundary, rivers, rails, districts */
void epo_demo_old_town(struct epo_demo_city *city);  /* old_town.c: medieval streets, park belt */
void epo_demo_streets(struct epo_demo_city *city);   /* streets.c */
void epo_demo_blocks(struct epo_demo_city *city);    /* blocks.c: parcels, buildings, houses */
void epo_demo_open_land(struct epo_demo_city *city); /* open_land.c: fields, woods, their parcels */
void epo_demo_numbers(struct epo_demo_city *city); /* numbers.c: house and parcel numbers, names */
void epo_demo_landmarks(struct epo_demo_city *city); /* landmarks.c: what is only drawn */
void epo_demo_clear(struct epo_demo_city *city);
/* One block (takes it) of a zone: used by blocks.c, made in lots.c. */
void epo_demo_block(struct epo_demo_city *city, const GEOSGeometry *block,
                    const struct epo_demo_zone *zone);
/* Local metres to EPSG:5514 and back; a turn and a shift. */
struct epo_point epo_demo_to_5514(struct epo_point local);

#endif
