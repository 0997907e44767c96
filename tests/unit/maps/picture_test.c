/* Pictures of the map: what stands where, in which colour; the same bytes every time; and tiles
 * that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cairo/cairo.h>
#include <cmocka.h>

#include "demo_city.h"
#include "maps/mvt.h"
#include "maps/picture.h"
#include "store/store.h"

static struct test_folder folder;
static struct epo_maps *maps;
static struct epo_pool *pool;
static struct epo_json *table;
static const struct epo_looks *looks;

static struct epo_json *read_json(const char *path) {
    struct epo_buffer text;
    char piece[4096];
    size_t len;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    epo_buffer_init(&text, 1 << 20);
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        epo_buffer_append(&text, piece, len);
    fclose(file);
    struct epo_json *json = epo_json_parse(pool, epo_buffer_get(&text), NULL);
    epo_buffer_clear(&text);
    return json;
}

static int set_up(void **state) {
    (void)state;
    struct epo_error error = {0};
    if (!epo_store_setup(&error))
        return -1;
    pool = epo_pool_create();
    test_folder_make(&folder);
    test_demo_city(&folder);
    table = read_json(EPO_SHARE "/assets/map-looks.json");
    looks = epo_looks_make(pool, table, &error);
    maps = epo_maps_open(folder.path, &error);
    return looks != NULL && maps != NULL ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_maps_close(maps);
    test_folder_remove(&folder);
    epo_pool_free(pool);
    return 0;
}

static const struct epo_point REPUBLIKY = {13.3776, 49.7470}; /* the square, south of the church */

static struct epo_picture picture_at(struct epo_point center, int zoom) {
    return (struct epo_picture){.width = 300,
                                .height = 200,
                                .zoom = zoom,
                                .centred = true,
                                .center = center,
                                .style = "light"};
}

static void draw(struct epo_picture *picture) {
    struct epo_error error = {0};
    if (!epo_picture_draw(maps, looks, pool, picture, &error))
        fail_msg("%s: %s", error.code, error.text);
}

static cairo_status_t read_piece(void *from, unsigned char *out, unsigned len) {
    struct epo_span *rest = from;
    if (rest->len < len)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, rest->at, len);
    *rest = (struct epo_span){rest->at + len, rest->len - len};
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *read_png(const struct epo_picture *picture) {
    struct epo_span rest = picture->png;
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_piece, &rest);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(surface), picture->width);
    assert_int_equal(cairo_image_surface_get_height(surface), picture->height);
    return surface;
}

/* 0xrrggbb */
static unsigned pixel(cairo_surface_t *surface, int x, int y) {
    const unsigned char *row = cairo_image_surface_get_data(surface) +
                               (ptrdiff_t)y * cairo_image_surface_get_stride(surface);
    unsigned value;
    memcpy(&value, row + 4 * x, sizeof value);
    return value & 0xffffff;
}

static unsigned colour(const char *style, const char *name) {
    unsigned value = 0;
    struct epo_span text =
        epo_json_get_text(epo_json_get(epo_json_get(table, "palettes"), style), name);
    assert_int_equal(text.len, 7);
    for (size_t i = 1; i < 7; i++) {
        char digit = text.at[i];
        value = value * 16 + (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return value;
}

static size_t count_of(cairo_surface_t *surface, unsigned wanted) {
    size_t count = 0;
    for (int y = 0; y < cairo_image_surface_get_height(surface); y++)
        for (int x = 0; x < cairo_image_surface_get_width(surface); x++)
            count += pixel(surface, x, y) == wanted;
    return count;
}

/* Thin strokes mix with what is below: within 60 of 255 in each channel. */
static bool is_like(unsigned one, unsigned other) {
    for (int shift = 0; shift < 24; shift += 8)
        if (abs((int)(one >> shift & 255) - (int)(other >> shift & 255)) > 60)
            return false;
    return true;
}

static size_t count_like(cairo_surface_t *surface, const int box[4], unsigned wanted) {
    size_t count = 0;
    for (int y = box[1]; y < box[3]; y++)
        for (int x = box[0]; x < box[2]; x++)
            count += is_like(pixel(surface, x, y), wanted);
    return count;
}

static void a_square_looks_like_in_the_browser(void **state) {
    (void)state;
    static const char *const STYLES[] = {"light", "dark", "contrast"};
    static const int WHOLE[4] = {0, 0, 300, 200};
    for (size_t i = 0; i < 3; i++) {
        struct epo_picture picture = picture_at(REPUBLIKY, 16);
        picture.style = STYLES[i];
        draw(&picture);
        cairo_surface_t *surface = read_png(&picture);
        assert_true(count_of(surface, colour(STYLES[i], "space")) > 500);
        assert_true(count_of(surface, colour(STYLES[i], "building")) > 500);
        assert_true(count_of(surface, colour(STYLES[i], "pedestrian")) > 300);
        assert_true(count_like(surface, WHOLE, colour(STYLES[i], "text")) > 100); /* letters */
        cairo_surface_destroy(surface);
    }
}

static void beside_the_city_lies_the_outside(void **state) {
    (void)state;
    struct epo_picture picture = picture_at((struct epo_point){14.4, 50.1}, 13);
    draw(&picture);
    cairo_surface_t *surface = read_png(&picture);
    assert_int_equal(count_of(surface, colour("light", "outside")), 300 * 200);
    cairo_surface_destroy(surface);
}

static void neighbouring_pictures_fit_together(void **state) {
    (void)state;
    /* One column of pixels further to the east is the same picture moved: no seams, no rounding.
     * Letters may stand elsewhere, so a spot without any is taken. */
    double degree = 360.0 / (256 << 16);
    struct epo_picture one = picture_at((struct epo_point){13.36, 49.7605}, 16), other = one;
    other.center.x += 7 * degree;
    draw(&one);
    draw(&other);
    cairo_surface_t *first = read_png(&one), *second = read_png(&other);
    size_t same = 0;
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 293; x++)
            same += pixel(first, x + 7, y) == pixel(second, x, y);
    assert_true(same > 293 * 200 * 95 / 100);
    cairo_surface_destroy(first);
    cairo_surface_destroy(second);
}

static void the_same_question_gives_the_same_bytes(void **state) {
    (void)state;
    struct epo_picture one = picture_at(REPUBLIKY, 17), other = one;
    draw(&one);
    draw(&other);
    assert_true(epo_span_equal(one.png, other.png));
    assert_true(one.version.len > 0 && epo_span_equal(one.version, other.version));
}

static const struct epo_json *mark(const char *geojson) {
    struct epo_error error = {0};
    struct epo_place place;
    if (!epo_place_read(pool, epo_json_parse(pool, epo_span(geojson), NULL), &place, &error))
        fail_msg("%s", error.text);
    return place.geojson;
}

static void a_place_chooses_what_is_seen_and_is_drawn(void **state) {
    (void)state;
    static const struct {
        const char *geojson;
        int zoom;
    } CASES[] = {
        {"{\"type\":\"Point\",\"coordinates\":[13.3776,49.747]}", 17},
        {"{\"type\":\"LineString\",\"coordinates\":[[13.36,49.74],[13.39,49.75]]}", 13},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[13.377,49.747],[13.3775,49.747],[13.3775,"
         "49.7473],[13.377,49.747]]]}",
         17},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct epo_json *marks[] = {mark(CASES[i].geojson)};
        struct epo_picture picture = {
            .width = 300, .height = 200, .style = "light", .marks = marks, .mark_count = 1};
        draw(&picture);
        cairo_surface_t *surface = read_png(&picture);
        assert_int_equal(picture.zoom, CASES[i].zoom);
        assert_true(count_of(surface, colour("light", "mark")) > 50);
        cairo_surface_destroy(surface);
    }
}

static void several_places_are_numbered(void **state) {
    (void)state;
    const struct epo_json *marks[] = {
        mark("{\"type\":\"Point\",\"coordinates\":[13.3776,49.747]}"),
        mark("{\"type\":\"Point\",\"coordinates\":[13.3786,49.7475]}")};
    struct epo_picture one = picture_at(REPUBLIKY, 17), two = one;
    one.marks = two.marks = marks;
    one.mark_count = 1;
    two.mark_count = 2;
    draw(&one);
    draw(&two);
    cairo_surface_t *first = read_png(&one), *second = read_png(&two);
    size_t alone = count_of(first, colour("light", "mark"));
    assert_true(count_of(second, colour("light", "mark")) > alone + alone / 2);
    assert_int_equal(pixel(first, 150, 100 - 24), colour("light", "markEdge")); /* the hole */
    cairo_surface_destroy(first);
    cairo_surface_destroy(second);
}

static void a_frame_says_how_long_and_where_north_is(void **state) {
    (void)state;
    struct epo_picture bare = picture_at((struct epo_point){14.4, 50.1}, 13), framed = bare;
    framed.frame = true;
    framed.north = "S";
    framed.note = "ukázka";
    draw(&bare);
    draw(&framed);
    cairo_surface_t *first = read_png(&bare), *second = read_png(&framed);
    static const int CORNERS[][4] = {{0, 150, 150, 200}, {250, 0, 300, 60}, {150, 140, 300, 200}};
    for (size_t i = 0; i < 3; i++)
        assert_true(count_like(second, CORNERS[i], colour("light", "text")) > 10);
    assert_int_equal(pixel(first, 20, 190), colour("light", "outside"));
    /* 13 and 50.1: 12.26 m a pixel on the ground, so that the bar of 1 km is 82 pixels long */
    int length = 0;
    for (int x = 0; x < 160; x++)
        length += pixel(second, x, 183) == colour("light", "text");
    assert_in_range(length, 80, 85);
    cairo_surface_destroy(first);
    cairo_surface_destroy(second);
}

static void looks_that_are_not_whole_are_refused(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_json *less = epo_json_copy(pool, table);
    epo_json_set(pool, less, "STREETS", epo_json_array(pool));
    assert_null(epo_looks_make(pool, less, &error));
    assert_string_equal(error.code, "picture.looks");
    assert_null(epo_looks_make(pool, NULL, &error));
}

/* ---- tiles ---- */

static void a_tile_is_read(void **state) {
    (void)state;
    struct epo_mvt tile;
    struct epo_error error = {0};
    /* layer: name, feature {tags, type, geometry}, key, value; written by hand after the standard
     */
    static const char BYTES[] =
        "\x1a\x2a"
        "\x0a\x06street"
        "\x12\x10\x12\x02\x00\x00\x18\x02\x22\x08\x09\x04\x04\x12\x00\x10\x10\x00"
        "\x1a\x05"
        "class"
        "\x22\x06\x0a\x04path";
    struct epo_span bytes = {BYTES, sizeof BYTES - 1};
    assert_int_equal(bytes.len, 2 + 8 + 18 + 7 + 8);
    char whole[64];
    memcpy(whole, bytes.at, bytes.len);
    whole[1] = (char)(bytes.len - 2);
    bytes.at = whole;
    assert_true(epo_mvt_read(pool, bytes, &tile, &error));
    assert_int_equal(tile.count, 1);
    const struct epo_mvt_feature *line = &tile.features[0];
    assert_true(epo_span_is(line->layer, "street") && epo_span_is(line->kind, "path"));
    assert_int_equal(line->type, EPO_MVT_LINE);
    assert_int_equal(line->extent, 4096);
    assert_int_equal(line->parts, 1);
    assert_int_equal(line->end[0], 3);
    static const int32_t XY[] = {2, 2, 2, 10, 10, 10};
    assert_memory_equal(line->xy, XY, sizeof XY);
    for (size_t cut = 1; cut < bytes.len; cut++) { /* cut short: refused, never read beyond */
        char *shorter = malloc(cut);
        memcpy(shorter, whole, cut);
        assert_false(epo_mvt_read(pool, (struct epo_span){shorter, cut}, &tile, &error));
        assert_string_equal(error.code, "tiles.damaged");
        free(shorter);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_square_looks_like_in_the_browser),
        cmocka_unit_test(beside_the_city_lies_the_outside),
        cmocka_unit_test(neighbouring_pictures_fit_together),
        cmocka_unit_test(the_same_question_gives_the_same_bytes),
        cmocka_unit_test(a_place_chooses_what_is_seen_and_is_drawn),
        cmocka_unit_test(several_places_are_numbered),
        cmocka_unit_test(a_frame_says_how_long_and_where_north_is),
        cmocka_unit_test(looks_that_are_not_whole_are_refused),
        cmocka_unit_test(a_tile_is_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
