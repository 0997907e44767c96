/* Live tiles, read back by the reader of the map's own: every shape, in its order and direction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "maps/live_tile.h"
#include "maps/mvt.h"

enum { Z = 14, X = 8800, Y = 5573 };

/* {"type":…,"coordinates":…} with every # a position so many hundredths of the tile's edge in. */
static struct epo_json *shape(struct epo_pool *pool, const char *type, const char *form) {
    struct epo_tile_sides sides = epo_live_tile_sides(Z, X, Y);
    double wide = (sides.east - sides.west) / 103.125, high = (sides.north - sides.south) / 103.125;
    double west = sides.west + wide * 1.5625, north = sides.north - high * 1.5625;
    struct epo_buffer text;
    struct epo_error error = {0};
    epo_buffer_init(&text, 1 << 16);
    epo_buffer_printf(&text, "{\"type\":\"%s\",\"coordinates\":", type);
    for (const char *at = form; *at != '\0'; at++) {
        int east, south, read = 0;
        if (sscanf(at, "(%d %d)%n", &east, &south, &read) == 2 && read > 0) {
            epo_buffer_printf(&text, "[%.9f,%.9f]", west + wide * east, north - high * south);
            at += read - 1;
        } else {
            epo_buffer_byte(&text, *at);
        }
    }
    epo_buffer_byte(&text, '}');
    struct epo_json *json = epo_json_parse(pool, epo_buffer_get(&text), &error);
    epo_buffer_clear(&text);
    assert_non_null(json);
    return json;
}

static double area(const struct epo_mvt_feature *f, uint32_t part) {
    uint32_t from = part == 0 ? 0 : f->end[part - 1], to = f->end[part];
    double sum = 0;
    for (uint32_t i = from; i < to; i++) {
        uint32_t k = i + 1 < to ? i + 1 : from;
        sum += (double)f->xy[2 * i] * f->xy[2 * k + 1] - (double)f->xy[2 * k] * f->xy[2 * i + 1];
    }
    return sum;
}

static void every_shape(void **state) {
    (void)state;
    static const struct {
        const char *type, *form;
        enum epo_mvt_type made;
        uint32_t parts;
        const char *turns; /* of rings: + clockwise on the screen, - the other way */
    } CASES[] = {
        {"Point", "(10 10)", EPO_MVT_POINT, 1, ""},
        {"MultiPoint", "[(10 10),(20 20),(30 10)]", EPO_MVT_POINT, 3, ""},
        {"LineString", "[(10 10),(10 10),(50 10),(50 60)]", EPO_MVT_LINE, 1, ""},
        {"MultiLineString", "[[(10 10),(20 10)],[(30 10),(40 20)]]", EPO_MVT_LINE, 2, ""},
        {"LineString", "[(10 10),(10 10)]", EPO_MVT_POINT, 1, ""},
        {"Polygon", "[[(10 10),(60 10),(60 60),(10 60),(10 10)]]", EPO_MVT_AREA, 1, "+"},
        {"Polygon", "[[(10 10),(10 60),(60 60),(60 10),(10 10)]]", EPO_MVT_AREA, 1, "+"},
        {"Polygon",
         "[[(10 10),(60 10),(60 60),(10 60),(10 10)],[(20 20),(30 20),(30 30),(20 30),(20 20)]]",
         EPO_MVT_AREA, 2, "+-"},
        {"MultiPolygon",
         "[[[(10 10),(30 10),(30 30),(10 10)]],[[(50 50),(50 70),(70 70),(50 50)]]]", EPO_MVT_AREA,
         2, "++"},
        {"Polygon", "[[(10 10),(60 10),(10 10)]]", EPO_MVT_POINT, 1, ""}, /* nothing inside */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_error error = {0};
        struct epo_span bytes;
        struct epo_mvt read;
        struct epo_live_tile *tile = epo_live_tile_begin(pool, "live", Z, X, Y);
        struct epo_json *words = epo_json_parse(pool, EPO_SPAN("{\"name\":\"Trh\"}"), &error);
        epo_live_tile_add(tile, shape(pool, CASES[i].type, CASES[i].form), words);
        assert_true(epo_live_tile_end(tile, &bytes));
        assert_true(epo_mvt_read(pool, bytes, &read, &error));
        assert_int_equal(read.count, 1);
        const struct epo_mvt_feature *f = &read.features[0];
        if (f->type != CASES[i].made || f->parts != CASES[i].parts)
            fail_msg("case %zu: type %d, %u parts", i, f->type, f->parts);
        assert_true(epo_span_is(f->layer, "live") && epo_span_is(f->name, "Trh"));
        assert_int_equal(f->extent, 4096);
        assert_true(abs(f->xy[0] - 410) <= 1 || CASES[i].turns[0] != '\0');
        for (uint32_t part = 0; CASES[i].turns[part] != '\0'; part++)
            assert_true((area(f, part) > 0) == (CASES[i].turns[part] == '+'));
        epo_pool_free(pool);
    }
}

/* What is no geometry adds nothing; equal values are written once. */
static void nothing_and_the_same(void **state) {
    (void)state;
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_span none, one, two;
    struct epo_live_tile *tile = epo_live_tile_begin(pool, "live", Z, X, Y);
    static const char *const BAD[] = {"{}", "{\"type\":\"Point\",\"coordinates\":[]}",
                                      "{\"type\":\"Polygon\",\"coordinates\":[[[]]]}",
                                      "{\"type\":\"Circle\",\"coordinates\":[1,2]}"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        epo_live_tile_add(tile, epo_json_parse(pool, epo_span(BAD[i]), &error), NULL);
    assert_true(epo_live_tile_end(tile, &none));
    assert_int_equal(none.len, 0);
    struct epo_json *words = epo_json_parse(
        pool, EPO_SPAN("{\"text\":\"as long as it is, it stands there once\"}"), &error);
    for (int times = 1; times <= 2; times++) {
        tile = epo_live_tile_begin(pool, "live", Z, X, Y);
        for (int i = 0; i < times; i++)
            epo_live_tile_add(tile, shape(pool, "Point", "(10 10)"), words);
        assert_true(epo_live_tile_end(tile, times == 1 ? &one : &two));
    }
    assert_true(two.len < one.len + 30);
    epo_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape),
        cmocka_unit_test(nothing_and_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
