/* A made-up country for measuring at scale: thousands of towns and villages with real Czech names
 * and kinds of names, streets, house numbers, lots. Same arguments, same content. bench_country
 * FOLDER ADDRESSES PARCELS     writes FOLDER/map.db A town is a chequer of lots along its streets;
 * what one street's lots share with the next one's they share exactly. Positions are local metres
 * in the country, put where Czechia lies. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maps/build.h"

enum { NAMES_MAX = 4000, TEXT = 96, POINTS = 4000, STREET_HOUSES = 36, PARTS_MAX = 40 };
static const double WEST = -880000, SOUTH = -1200000, WIDTH_M = 430000, HEIGHT_M = 240000;

/* ---- chance ---- */

static uint64_t state = 88172645463325252u;
static uint32_t below(uint32_t most) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)((state >> 32) * most >> 32);
}
static bool chance(int percent) {
    return below(100) < (uint32_t)percent;
}

/* ---- names ---- */

struct names {
    char (*at)[TEXT];
    int count;
};
static struct names cities, bases, qualities, places, streets;

static void add_name(struct names *names, const char *name) {
    if (names->at == NULL)
        names->at = calloc(NAMES_MAX, TEXT);
    if (names->count < NAMES_MAX)
        snprintf(names->at[names->count++], TEXT, "%s", name);
}

/* "Kozolupy" gives "Kozolupská": near enough to what a street would be called. */
static void add_adjective(const char *before, const char *town) {
    char name[TEXT * 2];
    size_t len = strlen(town);
    while (len > 0 && (strchr("aeiouy", town[len - 1]) != NULL || (town[len - 1] & 0x80)))
        len--;
    if (strchr(town, ' ') != NULL || len < 3)
        return;
    bool small = before[0] != '\0' && !(town[0] & 0x80);
    snprintf(name, sizeof name, "%s%c%.*sská", before, small ? town[0] | 0x20 : town[0],
             (int)len - 1, town + 1);
    add_name(&streets, name);
}

static void read_names(void) {
    static const char *const BEFORE[] = {"Horno", "Dolno", "Novo",    "Staro",
                                         "Velko", "Malo",  "Červeno", "Bílo"};
    FILE *file = fopen(EPO_SOURCE "/tests/bench/country.txt", "r");
    char line[TEXT];
    struct names *into = &cities;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '[') {
            into = strcmp(line, "[cities]") == 0      ? &cities
                   : strcmp(line, "[bases]") == 0     ? &bases
                   : strcmp(line, "[qualities]") == 0 ? &qualities
                   : strcmp(line, "[places]") == 0    ? &places
                                                      : &streets;
        } else if (line[0] != '#' && line[0] != '\0') {
            add_name(into, line);
        }
    }
    if (file == NULL || streets.count == 0) {
        fprintf(stderr, "bench_country: tests/bench/country.txt cannot be read\n");
        exit(3);
    }
    fclose(file);
    for (int i = 0; i < cities.count; i++)
        add_adjective("", cities.at[i]);
    for (int i = 0; i < bases.count; i++)
        add_adjective("", bases.at[i] + 2);
    for (size_t b = 0; b < sizeof BEFORE / sizeof *BEFORE; b++)
        for (int i = 0; i < bases.count; i++)
            add_adjective(BEFORE[b], bases.at[i] + 2);
}

/* Base "f Lhota", quality by gender "Nový Nová Nové", place "nad Labem". */
static void village_name(char name[TEXT]) {
    const char *base = bases.at[below((uint32_t)bases.count)];
    char quality[TEXT] = "";
    int kind = (int)below(100), gender = base[0] == 'm' ? 0 : base[0] == 'f' ? 1 : 2;
    if (kind >= 15 && kind < 75) {
        char *rest = NULL, words[TEXT];
        snprintf(words, sizeof words, "%s", qualities.at[below((uint32_t)qualities.count)]);
        char *word = strtok_r(words, " ", &rest);
        for (int i = 0; i < gender; i++)
            word = strtok_r(NULL, " ", &rest);
        snprintf(quality, sizeof quality, "%s ", word);
    }
    const char *place = kind < 45 ? "" : places.at[below((uint32_t)places.count)];
    snprintf(name, TEXT, "%.40s%.30s%s%.20s", quality, base + 2, place[0] != '\0' ? " " : "",
             place);
}

/* ---- writing ---- */

struct country {
    struct epo_build *build;
    struct epo_error *error;
    long addresses, parcels, addresses_wanted, parcels_wanted;
    int64_t layer[8];
    bool failed;
};
enum { CITY, DISTRICT, CADASTRAL, PARCEL, SPACE, STREET, ZONE };

struct shape { /* WKB of one ring or line, as it grows */
    char bytes[16 + POINTS * 16];
    uint32_t count;
    bool line;
};
/* Lots meet in these corners: the same numbers give the same bent corner. */
static void corner(struct shape *shape, double x, double y, double bend) {
    uint64_t h = (uint64_t)llround(x * 100) * 0x9E3779B97F4A7C15u ^
                 (uint64_t)llround(y * 100) * 0xC2B2AE3D27D4EB4Fu;
    h ^= h >> 29, h *= 0xBF58476D1CE4E5B9u, h ^= h >> 32;
    double at[2] = {x + bend * ((double)(h & 0xFFFF) / 65536 - 0.5),
                    y + bend * ((double)(h >> 16 & 0xFFFF) / 65536 - 0.5)};
    if (shape->count == POINTS)
        return;
    at[0] = round((WEST + at[0]) * 1000) / 1000;
    at[1] = round((SOUTH + at[1]) * 1000) / 1000;
    memcpy(shape->bytes + (shape->line ? 9 : 13) + shape->count++ * 16, at, 16);
}
static struct epo_span shape_wkb(struct shape *shape) {
    uint32_t type = shape->line ? 2 : 3, one = 1;
    size_t head = shape->line ? 9 : 13;
    if (!shape->line) { /* close the ring */
        memcpy(shape->bytes + head + shape->count * 16, shape->bytes + head, 16);
        shape->count++;
    }
    shape->bytes[0] = 1;
    memcpy(shape->bytes + 1, &type, 4);
    memcpy(shape->bytes + 5, shape->line ? &shape->count : &one, 4);
    memcpy(shape->bytes + head - 4, &shape->count, 4);
    return (struct epo_span){shape->bytes, head + shape->count * 16};
}

static void put(struct country *c, int layer, const char *name, const char *kind,
                const char *belongs, double measure, struct shape *shape) {
    static long serial;
    char code[24];
    snprintf(code, sizeof code, "%ld", ++serial + 1000000000L);
    if (!c->failed)
        c->failed = !epo_build_feature(c->build,
                                       &(struct epo_build_feature){.layer = c->layer[layer],
                                                                   .code = code,
                                                                   .name = name,
                                                                   .kind = kind,
                                                                   .belongs = belongs,
                                                                   .measure = measure,
                                                                   .wkb = shape_wkb(shape)},
                                       c->error);
}

static void put_box(struct country *c, int layer, const char *name, const char *kind, double x0,
                    double y0, double x1, double y1) {
    struct shape box = {.count = 0};
    corner(&box, x0, y0, 0), corner(&box, x1, y0, 0);
    corner(&box, x1, y1, 0), corner(&box, x0, y1, 0);
    put(c, layer, name, kind, "", 0, &box);
}

/* ---- a town ---- */

struct town {
    char name[TEXT], part[TEXT], postcode[8], district[TEXT], street[TEXT];
    int size, number, placed;  /* addresses */
    double x, y, pitch, width; /* metres; pitch: of a lot along the street */
    double row_y, at_x;        /* where the next street begins */
    double part_y, district_y; /* where the part and the district began */
    int parts, part_size, conscription, parcel, districts;
    bool with_streets, with_parcels;
    unsigned char used[NAMES_MAX];
};

static void put_address(struct country *c, struct town *t, double x, double y, int orientation) {
    char code[24], letter[2] = "";
    unsigned char wkb[21] = {1, 1};
    double at[2] = {round((WEST + x) * 1000) / 1000, round((SOUTH + y) * 1000) / 1000};
    memcpy(wkb + 5, at, 16);
    snprintf(code, sizeof code, "%ld", 20000000 + ++c->addresses);
    if (orientation > 0 && chance(4))
        letter[0] = (char)('a' + below(3));
    struct epo_build_address address = {.code = code,
                                        .street = t->street,
                                        .part = t->part,
                                        .postcode = t->postcode,
                                        .city = t->name,
                                        .district = t->district,
                                        .letter = letter,
                                        .conscription = ++t->conscription,
                                        .orientation = orientation,
                                        .evidence = !t->with_streets && chance(5),
                                        .wkb = {(const char *)wkb, sizeof wkb}};
    t->placed++;
    if (!c->failed)
        c->failed = !epo_build_address(c->build, &address, c->error);
}

static void put_lot(struct country *c, struct town *t, double x, double near, double far) {
    static const char *const OWNERS[] = {"private", "private", "private", "city", "state"};
    struct shape lot = {.count = 0};
    char number[24];
    double p = t->pitch, bend = p / 5;
    if (!t->with_parcels || c->parcels >= c->parcels_wanted)
        return;
    if (chance(35))
        snprintf(number, sizeof number, "%d/%d", t->parcel, 1 + (int)below(12));
    else
        snprintf(number, sizeof number, "%s%d", chance(10) ? "st. " : "", ++t->parcel);
    corner(&lot, x, near, bend), corner(&lot, x + p / 2, near, bend);
    corner(&lot, x + p, near, bend), corner(&lot, x + p, (near + far) / 2, bend);
    corner(&lot, x + p, far, bend), corner(&lot, x + p / 2, far, bend);
    corner(&lot, x, far, bend), corner(&lot, x, (near + far) / 2, bend);
    put(c, PARCEL, number, OWNERS[below(5)], t->part, round(p * fabs(far - near)), &lot);
    c->parcels++;
}

/* The road between the lots: a parcel of the city, and public space where the street has a name. */
static void put_road(struct country *c, struct town *t, double x, double y, int lots) {
    double p = t->pitch;
    bool space = t->street[0] != '\0';
    for (int layer = PARCEL; layer <= SPACE; layer++) {
        struct shape road = {.count = 0};
        char number[24];
        if (layer == PARCEL ? !t->with_parcels || c->parcels >= c->parcels_wanted : !space)
            continue;
        for (int i = 0; i <= 2 * lots; i++)
            corner(&road, x + i * p / 2, y - p / 4, p / 5);
        for (int i = 2 * lots; i >= 0; i--)
            corner(&road, x + i * p / 2, y + p / 4, p / 5);
        snprintf(number, sizeof number, "%d", ++t->parcel);
        if (layer == PARCEL)
            c->parcels++;
        put(c, layer, layer == PARCEL ? number : t->street, layer == PARCEL ? "city" : "2", t->part,
            lots * p * p / 2, &road);
    }
}

static void put_street(struct country *c, struct town *t, int houses) {
    double p = t->pitch;
    int lots = (houses + 1) / 2;
    if (t->at_x > 0 && t->at_x + lots * p > t->width) {
        t->at_x = 0;
        t->row_y += 4 * p;
    }
    double x = t->x + t->at_x, y = t->y + t->row_y + 2 * p;
    for (int i = 0; i < lots; i++)
        for (int side = 0; side < 2; side++) {
            double out = side == 0 ? -p : p;
            put_lot(c, t, x + i * p, y + out / 4, y + 2 * out);
            if (2 * i + side < houses)
                put_address(c, t, x + (i + 0.5) * p, y + out * 0.75,
                            t->with_streets ? 2 * i + side + 1 : 0);
        }
    put_road(c, t, x, y, lots);
    if (t->street[0] != '\0') {
        struct shape line = {.line = true};
        for (int i = 0; i <= lots; i++)
            corner(&line, x + i * p, y, p / 8);
        put(c, STREET, t->street, "minor", "", p / 2, &line);
    }
    t->at_x += lots * p;
}

/* Common names more often; each once in a town. */
static void name_street(struct town *t) {
    uint32_t at;
    do {
        double u = below(1000000) / 1e6;
        at = (uint32_t)((chance(60) ? u * u : u) * streets.count);
    } while (t->used[at]);
    t->used[at] = 1;
    snprintf(t->street, sizeof t->street, "%s", streets.at[at]);
}

static void end_part(struct country *c, struct town *t) {
    double y1 = t->row_y + 4 * t->pitch;
    put_box(c, CADASTRAL, t->part, "", t->x, t->y + t->part_y, t->x + t->width, t->y + y1);
    if (t->districts > 0 && t->parts % 3 == 0) {
        put_box(c, DISTRICT, t->district, "", t->x, t->y + t->district_y, t->x + t->width,
                t->y + y1);
        t->district_y = y1;
    }
    t->part_y = t->row_y = y1;
    t->at_x = 0;
}

static void begin_part(struct town *t) {
    t->parts++;
    t->conscription = t->parcel = 0;
    t->part_size = t->size / (t->size > 4000 ? 12 : t->size > 800 ? 3 : 1) + 1;
    if (t->parts == 1)
        snprintf(t->part, sizeof t->part, "%s", t->name);
    else
        village_name(t->part);
    if (t->districts > 0 && t->parts % 3 == 1)
        snprintf(t->district, sizeof t->district, "%.80s %d", t->name, t->parts / 3 + 1);
}

static void put_town(struct country *c, struct town *t) {
    while (t->placed < t->size && !c->failed) {
        begin_part(t);
        for (int in_part = 0; in_part < t->part_size && t->placed < t->size;) {
            int houses = 4 + (int)below(2 * STREET_HOUSES - 8);
            houses = houses < t->size - t->placed ? houses : t->size - t->placed;
            int area = 10000 + (t->number / 3 * 10 + t->placed / 6000) * 7 % 69999;
            snprintf(t->postcode, sizeof t->postcode, "%03d %02d", area / 100, area % 100);
            t->street[0] = '\0';
            if (t->with_streets)
                name_street(t);
            put_street(c, t, houses);
            in_part += houses;
        }
        end_part(c, t);
    }
    if (t->districts > 0 && t->parts % 3 != 0)
        put_box(c, DISTRICT, t->district, "", t->x, t->y + t->district_y, t->x + t->width,
                t->y + t->row_y);
}

static void put_towns(struct country *c) {
    int count = (int)(c->addresses_wanted / 480) + 3;
    int columns = (int)ceil(sqrt(count * WIDTH_M / HEIGHT_M)), rows = count / columns + 1;
    double cell_x = WIDTH_M / columns, cell_y = HEIGHT_M / rows, weights = 0;
    double side = 0.9 * fmin(cell_x, cell_y);
    int share = (int)ceil(20.0 * (double)c->parcels_wanted / (double)c->addresses_wanted);
    for (int i = 0; i < count; i++)
        weights += pow(i + 8, -0.9);
    for (int i = 0; i < count && !c->failed; i++) {
        struct town *t = calloc(1, sizeof *t);
        int cell = (int)((int64_t)i * 7919 % (columns * rows));
        t->number = i;
        t->size =
            30 + (int)(pow(i + 8, -0.9) / weights * (double)(c->addresses_wanted - 30L * count));
        t->with_streets = t->size > 400 || (t->size > 200 && chance(30));
        t->districts = i < 10 ? 4 : 0;
        t->with_parcels = i % 20 < share; /* so that they last for all sizes of towns */
        /* rows of lots, with half a row lost at the end of each, in a square of the cell */
        t->pitch = fmin(16, floor(10 * side / sqrt(2.6 * t->size + 400)) / 10);
        t->width = ceil(sqrt(2.2 * t->size + 60)) * t->pitch;
        t->x = round(cell % columns * cell_x + 20), t->y = round(cell / columns * cell_y + 20);
        if (i < cities.count)
            snprintf(t->name, sizeof t->name, "%s", cities.at[i]);
        else
            village_name(t->name);
        put_town(c, t);
        free(t);
        if (i % 500 == 0)
            fprintf(stderr, "\r%ld addresses, %ld parcels", c->addresses, c->parcels);
    }
    fprintf(stderr, "\r%ld addresses, %ld parcels in %d towns\n", c->addresses, c->parcels, count);
}

static void put_zones(struct country *c) {
    static const char *const NAMES[] = {"zóna placeného stání A", "zóna placeného stání B",
                                        "památková zóna", "noční klid", "záplavové území"};
    for (int i = 0; i < 3000; i++) {
        double x = below((uint32_t)WIDTH_M), y = below((uint32_t)HEIGHT_M);
        double size = 300 + below(4000);
        put_box(c, ZONE, NAMES[i % 5], i % 5 == 0 ? "A" : "B", x, y, x + size, y + size * 0.7);
    }
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    static const struct {
        const char *name, *role;
        enum epo_layer_shape shape;
    } LAYERS[] = {[CITY] = {"city", "city", EPO_SHAPE_AREA},
                  [DISTRICT] = {"district", "district", EPO_SHAPE_AREA},
                  [CADASTRAL] = {"cadastral_area", "cadastral_area", EPO_SHAPE_AREA},
                  [PARCEL] = {"parcel", "parcel", EPO_SHAPE_AREA},
                  [SPACE] = {"public_space", "public_space", EPO_SHAPE_AREA},
                  [STREET] = {"street", "street", EPO_SHAPE_LINE},
                  [ZONE] = {"zone", "fact", EPO_SHAPE_AREA}};
    struct country *c = arg;
    c->build = build;
    c->error = error;
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++)
        if (!epo_build_layer(build,
                             &(struct epo_build_layer){.name = LAYERS[i].name,
                                                       .title_cs = LAYERS[i].name,
                                                       .title_en = LAYERS[i].name,
                                                       .shape = LAYERS[i].shape,
                                                       .role = LAYERS[i].role,
                                                       .source = "bench"},
                             &c->layer[i], error))
            return false;
    put_box(c, CITY, "Česko", "city", 0, 0, WIDTH_M, HEIGHT_M);
    put_zones(c);
    put_towns(c);
    return !c->failed && epo_build_meta(build, "city", "Česko", error);
}

int main(int argc, char **argv) {
    struct epo_error error = {0};
    struct country country = {.addresses = 0};
    if (argc != 4)
        return fprintf(stderr, "bench_country FOLDER ADDRESSES PARCELS\n"), 2;
    country.addresses_wanted = strtol(argv[2], NULL, 10);
    country.parcels_wanted = strtol(argv[3], NULL, 10);
    read_names();
    if (!epo_store_setup(&error) || !epo_build_map(argv[1], false, fill, &country, &error)) {
        fprintf(stderr, "bench_country: %s\n", error.text);
        return 3;
    }
    return 0;
}
