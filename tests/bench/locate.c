/* Facts of a place: epo_locate in process against SpatiaLite asked for the same facts through its
 * R*Tree tables, one thread each, in turns over the same points.
 *   bench_locate MAP-FOLDER POINTS ROUNDS [POINTS-FILE]
 * prints: places a second of ours, of the peer, and points whose district and parcel agree. Writes
 * the points as "lon lat" lines for the HTTP runs, and POINTS-FILE.metres. Ours starts from GeoJSON
 * in degrees, the peer is given metres. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include <spatialite.h>

#include "maps/maps.h"
#include "store/store.h"

enum { CODE_SIZE = 64, ROUNDS_MAX = 99 };

struct spot {
    struct epo_point metres, lon_lat;
    struct epo_json *geojson;
    char ours[2][CODE_SIZE], peer[2][CODE_SIZE]; /* district, parcel */
};

/* Everything that lies under the point, in one statement; then the nearest address and street. */
static const char UNDER[] = "SELECT l.role, a.code, a.name, a.kind, a.belongs, a.measure"
                            " FROM idx_area_geometry i CROSS JOIN area a ON a.id = i.pkid CROSS "
                            "JOIN layer l ON l.id = a.layer"
                            " WHERE i.xmin <= ?1 AND i.xmax >= ?1 AND i.ymin <= ?2 AND i.ymax >= ?2"
                            " AND a.layer IN (SELECT id FROM layer WHERE role <> 'picture')"
                            " AND ST_Contains(a.geometry, MakePoint(?1, ?2, 5514))";
static const char ADDRESS[] =
    "SELECT a.code, a.street, a.conscription, a.orientation, a.letter, a.postcode, a.city,"
    " ST_Distance(a.geometry, MakePoint(?1, ?2, 5514)) AS away"
    " FROM idx_address_geometry i CROSS JOIN address a ON a.id = i.pkid"
    " WHERE i.xmin <= ?1 + ?3 AND i.xmax >= ?1 - ?3 AND i.ymin <= ?2 + ?3 AND i.ymax >= ?2 - ?3"
    " ORDER BY away LIMIT 1";
static const char STREET[] =
    "SELECT a.name, ST_Distance(a.geometry, MakePoint(?1, ?2, 5514)) AS away"
    " FROM idx_line_geometry i CROSS JOIN line a ON a.id = i.pkid CROSS JOIN layer l ON l.id = "
    "a.layer"
    " WHERE i.xmin <= ?1 + ?3 AND i.xmax >= ?1 - ?3 AND i.ymin <= ?2 + ?3 AND i.ymax >= ?2 - ?3"
    " AND l.role = 'street' ORDER BY away LIMIT 1";
static const char PLACES[] =
    "SELECT X(geometry), Y(geometry) FROM address ORDER BY id * 2654435761 % 4294967296 LIMIT ?1";

struct peer {
    sqlite3 *db;
    sqlite3_stmt *under, *address, *street;
};

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what) {
    fprintf(stderr, "bench_locate: %s\n", what);
    exit(3);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    return statement;
}

static struct peer open_peer(const char *folder) {
    char path[600];
    struct peer peer;
    snprintf(path, sizeof path, "%s/map.db", folder);
    if (sqlite3_open_v2(path, &peer.db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(peer.db));
    spatialite_init_ex(peer.db, spatialite_alloc_connection(), 0);
    sqlite3_exec(peer.db, "PRAGMA mmap_size = 268435456", NULL, NULL, NULL);
    peer.under = prepare(peer.db, UNDER);
    peer.address = prepare(peer.db, ADDRESS);
    peer.street = prepare(peer.db, STREET);
    return peer;
}

static void copy_code(char out[CODE_SIZE], const char *code) {
    snprintf(out, CODE_SIZE, "%s", code != NULL ? code : "");
}

/* Growing boxes: nearest by R*Tree without KNN, which is twenty times as slow. */
static void nearest(sqlite3_stmt *statement, const struct spot *spot, double most_m) {
    bool found = false;
    for (double within_m = 40; !found && within_m < most_m * 2; within_m *= 2) {
        sqlite3_bind_double(statement, 1, spot->metres.x);
        sqlite3_bind_double(statement, 2, spot->metres.y);
        sqlite3_bind_double(statement, 3, within_m);
        found = sqlite3_step(statement) == SQLITE_ROW;
        sqlite3_reset(statement);
    }
}

static void ask_peer(const struct peer *peer, struct spot *spot) {
    sqlite3_bind_double(peer->under, 1, spot->metres.x);
    sqlite3_bind_double(peer->under, 2, spot->metres.y);
    while (sqlite3_step(peer->under) == SQLITE_ROW) {
        const char *role = (const char *)sqlite3_column_text(peer->under, 0);
        const char *code = (const char *)sqlite3_column_text(peer->under, 1);
        if (strcmp(role, "district") == 0)
            copy_code(spot->peer[0], code);
        else if (strcmp(role, "parcel") == 0)
            copy_code(spot->peer[1], code);
    }
    sqlite3_reset(peer->under);
    nearest(peer->address, spot, 500);
    nearest(peer->street, spot, 150);
}

static void ask_ours(struct epo_maps *maps, struct spot *spot) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_place place;
    struct epo_json *facts;
    if (!epo_place_read(pool, spot->geojson, &place, &error) ||
        !epo_locate(maps, pool, &place, &facts, &error))
        die(error.text);
    struct epo_span district = epo_json_get_text(epo_json_get(facts, "district"), "code");
    struct epo_span parcel = epo_json_get_text(epo_json_get(facts, "parcel"), "id");
    snprintf(spot->ours[0], CODE_SIZE, "%.*s", (int)district.len, district.len ? district.at : "");
    snprintf(spot->ours[1], CODE_SIZE, "%.*s", (int)parcel.len, parcel.len ? parcel.at : "");
    epo_pool_free(pool);
}

/* Places that people name: near houses, some metres beside the door. */
static void make_spots(const struct peer *peer, struct epo_pool *pool, struct spot *spots,
                       int count) {
    sqlite3_stmt *places = prepare(peer->db, PLACES);
    sqlite3_bind_int(places, 1, count);
    struct epo_error error = {0};
    for (int i = 0; i < count; i++) {
        if (sqlite3_step(places) != SQLITE_ROW) { /* fewer addresses than wanted: once more */
            sqlite3_reset(places);
            if (i == 0 || sqlite3_step(places) != SQLITE_ROW)
                die("the map has no addresses");
        }
        spots[i].metres = (struct epo_point){sqlite3_column_double(places, 0) + i % 41 - 20,
                                             sqlite3_column_double(places, 1) + i % 37 - 18};
        if (!epo_transform_to_4326(spots[i].metres, &spots[i].lon_lat, &error))
            die(error.text);
        const char *text = epo_pool_printf(pool, "{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}",
                                           spots[i].lon_lat.x, spots[i].lon_lat.y);
        spots[i].geojson = epo_json_parse(pool, epo_span(text), &error);
    }
    sqlite3_finalize(places);
}

static void write_spots(const char *path, const struct spot *spots, int count) {
    char metres[600];
    snprintf(metres, sizeof metres, "%s.metres", path);
    FILE *file = fopen(path, "w"), *second = fopen(metres, "w");
    if (file == NULL || second == NULL)
        die("cannot write the points");
    for (int i = 0; i < count; i++) {
        fprintf(file, "%.7f %.7f\n", spots[i].lon_lat.x, spots[i].lon_lat.y);
        fprintf(second, "%.3f %.3f\n", spots[i].metres.x, spots[i].metres.y);
    }
    fclose(second);
    fclose(file);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc < 4)
        return fprintf(stderr, "bench_locate MAP-FOLDER POINTS ROUNDS [POINTS-FILE]\n"), 2;
    int count = (int)strtol(argv[2], NULL, 10), rounds = (int)strtol(argv[3], NULL, 10), same = 0;
    double ours[ROUNDS_MAX], theirs[ROUNDS_MAX];
    struct epo_error error = {0};
    if (count < 1 || rounds < 1 || rounds > ROUNDS_MAX)
        return 2;
    if (!epo_store_setup(&error))
        die(error.text);
    struct epo_maps *maps = epo_maps_open(argv[1], &error);
    if (maps == NULL)
        die(error.text);
    struct peer peer = open_peer(argv[1]);
    struct epo_pool *pool = epo_pool_create();
    struct spot *spots = calloc((size_t)count, sizeof *spots);
    make_spots(&peer, pool, spots, count);
    for (int round = 0; round < rounds; round++) {
        double start = now_s();
        for (int i = 0; i < count; i++)
            ask_ours(maps, &spots[i]);
        double middle = now_s();
        for (int i = 0; i < count; i++)
            ask_peer(&peer, &spots[i]);
        ours[round] = count / (middle - start);
        theirs[round] = count / (now_s() - middle);
    }
    for (int i = 0; i < count; i++)
        same += strcmp(spots[i].ours[0], spots[i].peer[0]) == 0 &&
                strcmp(spots[i].ours[1], spots[i].peer[1]) == 0;
    qsort(ours, (size_t)rounds, sizeof *ours, by_value);
    qsort(theirs, (size_t)rounds, sizeof *theirs, by_value);
    if (argc > 4)
        write_spots(argv[4], spots, count);
    printf("%.0f %.0f %d\n", ours[rounds / 2], theirs[rounds / 2], same);
    epo_maps_close(maps);
    return 0;
}
