/* Forms with a place on the demo city: the way without a script (search, choose, send), the way
 * with one (GeoJSON), rules, facts in words, what the page shows again, the hidden round trip. */
#include "forms_helpers.h"

#include <math.h>

#include "demo_city.h"

static struct test_folder folder;
static struct epo_maps *maps;
static struct epo_catalog *catalog;
static struct epo_pool *pool;
static struct epo_form *form;

static const char definition[] =
    "{\"id\":\"t\",\"title\":{\"cs\":\"Zábor\",\"en\":\"Occupation\"},"
    "\"declaration\":{\"cs\":\"Prohlašuji.\",\"en\":\"I declare.\"},\"sections\":[{\"id\":\"s\","
    "\"title\":{\"cs\":\"Místo\",\"en\":\"Place\"},\"fields\":["
    "{\"id\":\"area\",\"type\":\"location\",\"kinds\":[\"area\",\"point\"],"
    "\"label\":{\"cs\":\"Kde\",\"en\":\"Where\"},\"hint\":{\"cs\":\"Na mapě.\",\"en\":\"On the "
    "map.\"},\"rules\":[{\"rule\":\"max_area_m2\",\"value\":500},{\"rule\":\"inside\",\"layer\":"
    "\"district\",\"message\":{\"cs\":\"Jen v obvodu.\",\"en\":\"In a district only.\"}}]},"
    "{\"id\":\"why\",\"type\":\"text\",\"label\":{\"cs\":\"Proč\",\"en\":\"Why\"}}]},"
    "{\"id\":\"more\",\"title\":{\"cs\":\"Další\",\"en\":\"More\"},\"when\":{\"==\":[{\"var\":"
    "\"why\"},\"stánek\"]},\"fields\":[{\"id\":\"days\",\"type\":\"number\",\"integer\":true,"
    "\"unit\":{\"cs\":\"dní\",\"en\":\"days\"},\"label\":{\"cs\":\"Jak dlouho\",\"en\":\"How "
    "long\"}}]}],\"computed\":[{\"id\":\"fee\",\"type\":\"money\",\"label\":{\"cs\":\"Poplatek\","
    "\"en\":\"Fee\"}}]}";

static struct epo_form_result check(enum epo_answers_source source, struct epo_json *raw,
                                    const char *lang) {
    struct epo_form_result result;
    struct epo_error error = {0};
    if (!epo_form_check(form, pool, source, raw, maps, catalog, lang, &result, &error))
        fail_msg("%s", error.text);
    return result;
}

static struct epo_json *typed(const char *place, const char *words, const char *chosen) {
    struct epo_json *raw = epo_json_object(pool);
    epo_json_set_string(pool, raw, "area", place);
    epo_json_set_string(pool, raw, "area.q", words);
    epo_json_set_string(pool, raw, "area.address", chosen);
    epo_json_set_string(pool, raw, "why", "oslava");
    epo_json_set_string(pool, raw, "_csrf", "not of the form");
    return raw;
}

static const char *code(const struct epo_form_result *result) {
    if (result->errors->count == 0)
        return "";
    return epo_pool_string(pool, epo_json_get_text(result->errors->items[0], "code"));
}

/* The id of the best address that the search has for some street of the city. */
static const char *some_address(const char **words) {
    static const char *const streets[] = {"Americká 1", "Klatovská 10", "Slovanská 5", "Americká"};
    for (size_t i = 0; i < sizeof(streets) / sizeof(streets[0]); i++) {
        struct epo_form_result result =
            check(EPO_ANSWERS_FROM_HTML, typed("", streets[i], ""), "cs");
        const struct epo_json *found = epo_json_get(result.found, "area");
        if (found != NULL && found->count > 0) {
            assert_string_equal(code(&result), "form.choose_address");
            *words = streets[i];
            return epo_pool_string(pool, epo_json_get_text(found->items[0], "id"));
        }
    }
    fail_msg("the demo city has no address to search for");
    return NULL;
}

static struct epo_json *location_model(const struct epo_form_result *result) {
    struct epo_json *view = epo_form_view(form, pool, "cs", catalog, result);
    return epo_json_find(view, "sections.0.fields.0");
}

static void without_script(void **state) {
    (void)state;
    const char *words = NULL, *id = some_address(&words);
    struct epo_form_result result = check(EPO_ANSWERS_FROM_HTML, typed("", words, id), "cs");
    assert_string_equal(code(&result), "");
    assert_true(result.has_place);
    assert_int_equal(result.place.kind, EPO_PLACE_POINT);
    assert_non_null(epo_json_find(result.facts, "area.district.name"));
    struct epo_json *model = location_model(&result);
    assert_true(epo_json_get_boolean(epo_json_get(model, "search"), "searched", false));
    assert_true(epo_json_get_boolean(epo_json_find(model, "search.results.0"), "checked", false));
    assert_true(epo_json_get(model, "words")->count >= 2);

    /* the address alone, as the review page's hidden fields may have it */
    result = check(EPO_ANSWERS_FROM_HTML, typed("", "", id), "cs");
    assert_string_equal(code(&result), "");
    result = check(EPO_ANSWERS_FROM_HTML, typed("", "", "no-such-address"), "cs");
    assert_string_equal(code(&result), "form.no_address");
    /* new words after a choice mean a new search */
    result = check(EPO_ANSWERS_FROM_HTML, typed("", "Qwertzuiop 99", id), "cs");
    assert_string_equal(code(&result), "form.no_address");
    assert_int_equal(epo_json_get(result.found, "area")->count, 0);
    /* the search button searches although coordinates stand in the other field */
    struct epo_json *raw = typed("49.747, 13.377", words, "");
    epo_json_set_string(pool, raw, "_action", "search:area");
    result = check(EPO_ANSWERS_FROM_HTML, raw, "cs");
    assert_string_equal(code(&result), "form.choose_address");
    result = check(EPO_ANSWERS_FROM_HTML, typed("", "", ""), "cs");
    assert_string_equal(code(&result), "form.place_required");
}

/* An area of about a by b metres around a point inside the city. */
static const char *square(const struct epo_point *at, double metres) {
    double lon = metres / 71900 / 2, lat = metres / 111200 / 2;
    return epo_pool_printf(pool,
                           "{\"type\":\"Polygon\",\"coordinates\":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%"
                           ".7f],[%.7f,%.7f],[%.7f,%.7f]]]}",
                           at->x - lon, at->y - lat, at->x + lon, at->y - lat, at->x + lon,
                           at->y + lat, at->x - lon, at->y + lat, at->x - lon, at->y - lat);
}

static struct epo_point middle(void) {
    const char *words = NULL, *id = some_address(&words);
    struct epo_form_result result = check(EPO_ANSWERS_FROM_HTML, typed("", words, id), "cs");
    return result.place.anchor_4326;
}

static void with_geojson(void **state) {
    (void)state;
    struct epo_point at = middle();
    struct epo_form_result result =
        check(EPO_ANSWERS_FROM_HTML, typed(square(&at, 10), "", ""), "cs");
    assert_string_equal(code(&result), "");
    assert_true(result.place.area_m2 > 95 && result.place.area_m2 < 105);
    /* the same as JSON */
    struct epo_json *raw = epo_json_object(pool);
    epo_json_set(pool, raw, "area", epo_json_copy(pool, epo_json_get(result.answers, "area")));
    epo_json_set_string(pool, raw, "why", "oslava");
    struct epo_form_result again = check(EPO_ANSWERS_FROM_JSON, raw, "cs");
    assert_string_equal(code(&again), "");
    assert_true(
        epo_span_equal(epo_json_print(pool, again.answers), epo_json_print(pool, result.answers)));
    /* too large: the catalog's words; outside the city: one error, not also the rule's */
    result = check(EPO_ANSWERS_FROM_HTML, typed(square(&at, 30), "", ""), "cs");
    assert_string_equal(code(&result), "place.too_large");
    assert_string_equal(epo_json_get_text(result.errors->items[0], "message").at,
                        "Kde: plocha je příliš velká, nejvýše 500 m².");
    result = check(EPO_ANSWERS_FROM_HTML, typed("50.0875, 14.4213", "", ""), "en");
    assert_int_equal(result.errors->count, 1);
    assert_string_equal(code(&result), "place.outside_city");
    assert_false(result.has_place);
}

static void summaries(void **state) {
    (void)state;
    struct epo_point at = middle();
    struct epo_json *raw = typed(square(&at, 10), "", "");
    epo_json_set_string(pool, raw, "why", "stánek");
    epo_json_set_string(pool, raw, "days", "1 200");
    struct epo_form_result result = check(EPO_ANSWERS_FROM_HTML, raw, "cs");
    assert_string_equal(code(&result), "");
    struct epo_json *list =
        epo_form_summary(form, pool, "cs", catalog, result.answers, result.facts);
    assert_int_equal(list->count, 2);
    assert_true(epo_json_find(list, "0.rows.0.words")->count >= 3);
    assert_non_null(epo_json_find(list, "0.rows.0.geojson"));
    assert_string_equal(epo_json_find(list, "1.rows.0.text")->text.at, "1\u00a0200\u00a0dní");
    struct epo_json *values = parse_json(pool, EPO_SPAN("{\"fee\":123450,\"other\":1}"));
    struct epo_json *computed = epo_form_computed(form, pool, "en", catalog, values);
    assert_int_equal(computed->count, 1);
    assert_string_equal(epo_json_find(computed, "0.text")->text.at, "CZK\u00a01,234.50");
}

/* Nothing typed is lost on the way over the review page; nothing foreign comes along. */
static void hidden(void **state) {
    (void)state;
    struct epo_json *raw = typed("{", "Americká <1>", "a\"b");
    struct epo_json *list = epo_form_hidden(form, pool, raw);
    assert_int_equal(list->count, 4);
    assert_string_equal(epo_json_find(list, "1.name")->text.at, "area.q");
    assert_string_equal(epo_json_find(list, "1.value")->text.at, "Americká <1>");
}

/* Errors at the top and beside the field, what was typed, what is hidden. */
static void views(void **state) {
    (void)state;
    struct epo_json *view = epo_form_view(form, pool, "en", catalog, NULL);
    assert_false(epo_json_get_boolean(view, "has_errors", true));
    assert_string_equal(epo_json_get_text(view, "declaration").at, "I declare.");
    assert_true(epo_json_get_boolean(epo_json_find(view, "sections.1"), "hidden", false));
    assert_int_equal(epo_json_find(view, "sections.0.fields.0.error")->text.len, 0);
    assert_string_equal(epo_json_find(view, "sections.0.fields.0.described_by")->text.at,
                        "field-area-hint");
    struct epo_json *raw = typed("{", "", "");
    epo_json_set_string(pool, raw, "why", "");
    struct epo_form_result result = check(EPO_ANSWERS_FROM_HTML, raw, "en");
    view = epo_form_view(form, pool, "en", catalog, &result);
    assert_int_equal(epo_json_get(view, "errors")->count, 2);
    assert_string_equal(epo_json_find(view, "errors.0.href")->text.at, "#field-area");
    assert_string_equal(epo_json_find(view, "errors.1.message")->text.at, "Why: please answer.");
    assert_string_equal(epo_json_find(view, "sections.0.fields.0.value")->text.at, "{");
    assert_string_equal(epo_json_find(view, "sections.0.fields.0.described_by")->text.at,
                        "field-area-hint field-area-error");
    assert_true(epo_json_find(view, "sections.0.fields.1.invalid")->boolean);
}

/* A layer that the map does not have is found when the form is read, at the rule's line. */
static void unknown_layer(void **state) {
    (void)state;
    struct epo_form_fault *fault = NULL;
    static const char source[] =
        "{\"id\":\"t\",\"title\":{\"cs\":\"T\",\"en\":\"T\"},\"sections\":[{\"id\":\"s\",\"title\":"
        "{\"cs\":\"S\",\"en\":\"S\"},\"fields\":[\n{\"id\":\"a\",\"type\":\"location\",\"label\":{"
        "\"cs\":\"A\",\"en\":\"A\"},\"rules\":[\n{\"rule\":\"inside\",\"layer\":\"moon\"}]}]}]}";
    assert_null(epo_form_read(pool, EPO_SPAN(source), "t.json", maps, &fault));
    assert_string_equal(fault->where, "t.json:3");
    assert_non_null(strstr(fault->text, "layer"));
}

/* Several places of one field: each has facts and is judged by the rules, the first routes the
 * request, sizes are sums. */
static void several(void **state) {
    (void)state;
    static const char source[] =
        "{\"id\":\"t\",\"title\":{\"cs\":\"T\",\"en\":\"T\"},\"sections\":[{\"id\":\"s\",\"title\":"
        "{"
        "\"cs\":\"S\",\"en\":\"S\"},\"fields\":[{\"id\":\"stalls\",\"type\":\"location\",\"label\":"
        "{"
        "\"cs\":\"Stánky\",\"en\":\"Stalls\"},\"kinds\":[\"area\",\"point\"],\"several\":{\"max\":"
        "3},"
        "\"describe\":true,\"rules\":[{\"rule\":\"max_area_m2\",\"value\":500}]}]}]}";
    struct epo_form_fault *faults = NULL;
    struct epo_form *many = epo_form_read(pool, epo_span(source), "m.json", maps, &faults);
    struct epo_point at = middle();
    const char *one = square(&at, 10), *two, *large = square(&at, 30);
    at.x += 0.001;
    two = square(&at, 20);
    const char *texts[] = {one, two, large};
    struct epo_form_result result;
    struct epo_error error = {0};
    for (int wrong = 0; wrong < 2; wrong++) {
        struct epo_json *raw = parse_json(
            pool, epo_span(epo_pool_printf(
                      pool,
                      "{\"stalls\":{\"type\":\"FeatureCollection\",\"features\":[{\"type\":"
                      "\"Feature\",\"geometry\":%s,\"properties\":{\"description\":\"med\"}},{"
                      "\"type\":\"Feature\",\"geometry\":%s,\"properties\":{\"description\":"
                      "\"sýry\"}}]}}",
                      one, texts[1 + wrong])));
        assert_true(epo_form_check(many, pool, EPO_ANSWERS_FROM_JSON, raw, maps, catalog, "cs",
                                   &result, &error));
        if (wrong) {
            assert_string_equal(code(&result), "place.too_large");
            assert_int_equal(epo_json_get_integer(result.errors->items[0], "feature", -1), 1);
            assert_non_null(strstr(epo_json_get_text(result.errors->items[0], "message").at,
                                   "Stánky, místo 2"));
            continue;
        }
        assert_string_equal(code(&result), "");
        assert_true(result.has_place);
        assert_true(result.place.area_m2 > 475 && result.place.area_m2 < 525);
        assert_true(fabs(epo_json_get_real(epo_json_get(result.facts, "stalls"), "area_m2", 0) -
                         result.place.area_m2) < 0.1);
        assert_int_equal(epo_json_find(result.facts, "stalls.features")->count, 2);
        assert_non_null(epo_json_find(result.facts, "stalls.district.code"));
        assert_int_equal(result.places->next->index, 1);
        struct epo_json *rows =
            epo_json_find(epo_form_summary(many, pool, "cs", catalog, result.answers, result.facts),
                          "0.rows.0.places");
        assert_int_equal(rows->count, 2);
        assert_string_equal(epo_json_get_text(rows->items[1], "description").at, "sýry");
    }
    epo_form_free(many);
}

/* ---- without a script, step by step ---- */

/* One post: what the step made of it stays in raw. Gives the key of what was said. */
static const char *press(const struct epo_form *of, struct epo_json *raw, const char *action) {
    struct epo_form_steps steps;
    struct epo_error error = {0};
    if (!epo_form_take_places(of, pool, maps, raw, epo_span(action), &steps, &error))
        fail_msg("%s", error.text);
    return steps.notes->count > 0 ? steps.notes->items[0]->text.at : "";
}

static struct epo_form *form_of(const char *location) {
    struct epo_form_fault *faults = NULL;
    const char *source = epo_pool_printf(
        pool,
        "{\"id\":\"t\",\"title\":{\"cs\":\"T\",\"en\":\"T\"},\"sections\":[{\"id\":\"s\",\"title\":"
        "{"
        "\"cs\":\"S\",\"en\":\"S\"},\"fields\":[{\"id\":\"w\",\"type\":\"location\",\"label\":{"
        "\"cs\":\"Kde\",\"en\":\"Where\"},%s}]}]}",
        location);
    struct epo_form *made = epo_form_read(pool, epo_span(source), "w.json", maps, &faults);
    if (made == NULL)
        fail_msg("%s: %s", faults->where, faults->text);
    return made;
}

static struct epo_form_result checked(const struct epo_form *of, const struct epo_json *raw) {
    struct epo_form_result result;
    struct epo_error error = {0};
    if (!epo_form_check(of, pool, EPO_ANSWERS_FROM_HTML, raw, maps, catalog, "cs", &result, &error))
        fail_msg("%s", error.text);
    return result;
}

static void set(struct epo_json *raw, const char *name, const char *value) {
    epo_json_set_string(pool, raw, name, value);
}
static const char *get(const struct epo_json *raw, const char *name) {
    return epo_pool_string(pool, epo_json_get_text(raw, name));
}

/* Corners by typed coordinates, by the cross and by a click; undone, too few, closed, sent. */
static void an_area_of_corners(void **state) {
    (void)state;
    struct epo_form *of = form_of("\"kinds\":[\"area\",\"line\"]");
    struct epo_json *raw = epo_json_object(pool);
    struct epo_point at = middle();
    set(raw, "w.at", epo_pool_printf(pool, "%.6f %.6f", at.x, at.y)); /* longitude first */
    assert_string_equal(press(of, raw, "step:w:typed"), "place.plain.corner");
    assert_string_equal(get(raw, "w.at"), "");
    assert_non_null(strstr(get(raw, "w.view"), ",17"));
    set(raw, "w.map.x", "340");
    set(raw, "w.map.y", "200");
    assert_string_equal(press(of, raw, ""), "place.plain.corner");
    set(raw, "w.map.x", "");
    assert_string_equal(press(of, raw, "step:w:close"), "place.plain.few");
    struct epo_form_result result = checked(of, raw);
    assert_string_equal(code(&result), "place.unfinished");
    assert_string_equal(press(of, raw, "step:w:south"), "place.plain.moved");
    assert_string_equal(press(of, raw, "step:w:cross"), "place.plain.corner");
    assert_string_equal(press(of, raw, "step:w:cross"), "place.plain.corner");
    assert_string_equal(press(of, raw, "step:w:back"), "place.plain.back");
    assert_string_equal(press(of, raw, "step:w:close"), "place.plain.put");
    assert_string_equal(get(raw, "w.sketch"), "");
    result = checked(of, raw);
    assert_string_equal(code(&result), "");
    assert_int_equal(result.place.kind, EPO_PLACE_AREA);
    assert_int_equal(epo_json_find(result.answers, "w.coordinates.0")->count, 4);
    assert_string_equal(press(of, raw, "step:w:clear"), "place.plain.cleared");
    assert_string_equal(get(raw, "w"), "");

    /* a line that only lacks the last press is closed when the form goes on; another kind gives up
     * the drawing before */
    set(raw, "w.sketch", "area 13.37,49.74");
    set(raw, "w.kind", "line");
    press(of, raw, "step:w:north");
    assert_string_equal(get(raw, "w.sketch"), "");
    press(of, raw, "step:w:cross");
    press(of, raw, "step:w:east");
    press(of, raw, "step:w:cross");
    press(of, raw, "review");
    result = checked(of, raw);
    assert_string_equal(code(&result), "");
    assert_int_equal(result.place.kind, EPO_PLACE_LINE);
    epo_form_free(of);
}

/* Parcels join, and leave when they are pointed at again; an address is the nearest one. */
static void parcels_and_addresses(void **state) {
    (void)state;
    struct epo_form *of = form_of("\"kinds\":[\"parcel\"]"), *house;
    struct epo_json *raw = epo_json_object(pool);
    struct epo_point at = middle();
    assert_true(epo_form_open_at(of, pool, maps, at, EPO_SPAN(""), raw, NULL));
    const char *one = get(raw, "w");
    assert_non_null(strstr(one, "\"kind\":\"parcel\""));
    for (int i = 0; i < 8 && strcmp(get(raw, "w"), one) == 0; i++) {
        press(of, raw, "step:w:east");
        assert_non_null(strstr("place.plain.joined place.plain.dropped place.plain.nothing",
                               press(of, raw, "step:w:cross")));
    }
    struct epo_json *both = parse_json(pool, epo_span(get(raw, "w")));
    assert_int_equal(epo_json_find(both, "properties.ids")->count, 2);
    struct epo_form_result result = checked(of, raw);
    assert_string_equal(code(&result), "");
    assert_string_equal(press(of, raw, "step:w:cross"), "place.plain.dropped");
    assert_int_equal(
        epo_json_find(parse_json(pool, epo_span(get(raw, "w"))), "properties.ids")->count, 1);
    epo_form_free(of);

    house = form_of("\"kinds\":[\"address\"]");
    raw = epo_json_object(pool);
    assert_true(epo_form_open_at(house, pool, maps, at, EPO_SPAN(""), raw, NULL));
    result = checked(house, raw);
    assert_string_equal(code(&result), "");
    assert_non_null(epo_json_find(result.facts, "w.chosen.ids.0"));
    epo_form_free(house);
}

/* Added one after another, described, removed; found by words; no more than are allowed. */
static void several_step_by_step(void **state) {
    (void)state;
    struct epo_form *of = form_of(
        "\"kinds\":[\"point\",\"address\"],\"describe\":true,\"several\":{\"min\":2,\"max\":3}");
    struct epo_json *raw = epo_json_object(pool);
    const char *words = NULL, *id = some_address(&words);
    assert_string_equal(press(of, raw, "step:w:chosen"), "place.plain.choose");
    set(raw, "w.q", words);
    set(raw, "w.address", id);
    assert_string_equal(press(of, raw, "step:w:chosen"), "place.plain.added");
    assert_string_equal(get(raw, "w.q"), "");
    press(of, raw, "step:w:east");
    set(raw, "w.text.1", " med ");
    assert_string_equal(press(of, raw, "step:w:cross"), "place.plain.added");
    set(raw, "w.text.2", "s\303\275ry");
    press(of, raw, "step:w:south");
    press(of, raw, "step:w:cross");
    assert_string_equal(press(of, raw, "step:w:cross"), "place.plain.full");
    set(raw, "w.text.3", "a");
    assert_string_equal(press(of, raw, "step:w:remove-1"), "place.plain.removed");
    struct epo_json *list = epo_json_get(parse_json(pool, epo_span(get(raw, "w"))), "features");
    assert_int_equal(list->count, 2);
    assert_string_equal(epo_json_find(list, "0.properties.description")->text.at, "s\303\275ry");
    set(raw, "w.text.1", "s\303\275ry");
    set(raw, "w.text.2", "b");
    press(of, raw, "review");
    struct epo_form_result result = checked(of, raw);
    assert_string_equal(code(&result), "");
    assert_string_equal(
        epo_json_find(result.answers, "w.features.1.properties.description")->text.at, "b");
    /* what cannot be read stays where it was typed */
    set(raw, "w.at", "nowhere");
    assert_string_equal(press(of, raw, "step:w:typed"), "place.plain.not_understood");
    assert_string_equal(get(raw, "w.at"), "nowhere");
    struct epo_json *view = epo_form_view(of, pool, "cs", catalog, &result);
    struct epo_form_steps steps = {.notes = epo_json_object(pool)};
    epo_form_view_places(of, pool, "cs", catalog, maps, raw, &steps, view);
    const struct epo_json *plain = epo_json_find(view, "sections.0.fields.0.plain");
    assert_int_equal(epo_json_get(plain, "places")->count, 2);
    assert_string_equal(epo_json_get_text(plain, "at").at, "nowhere");
    assert_non_null(strstr(epo_json_get_text(plain, "picture").at, "&place=%7B"));
    assert_non_null(strstr(epo_json_get_text(plain, "cross").at, "Parcela: "));
    epo_form_free(of);
}

/* Nothing that is posted may break a step. */
static void hostile_steps(void **state) {
    (void)state;
    static const char *const ACTIONS[] = {
        "step:w:close", "step:w:back",  "step:w:remove-9", "step:w:remove--1",
        "step:w:cross", "step:w:typed", "step:w:chosen",   "step:w:city",
        "step:w:",      "step:x:cross", "step:w:remove-1", "review"};
    static const char *const VALUES[] = {
        "{",
        "{\"type\":\"FeatureCollection\",\"features\":7}",
        "{\"type\":\"FeatureCollection\",\"features\":[7,null,{\"type\":\"Feature\"}]}",
        "{\"type\":\"Feature\",\"properties\":{\"kind\":\"parcel\",\"ids\":[[],1,\"x\"]}}",
        "{\"type\":\"Point\",\"coordinates\":[[[[]]]]}",
        "{\"features\":[],\"geometry\":{\"coordinates\":{}}}"};
    struct epo_form *forms[] = {form_of("\"kinds\":[\"area\"]"),
                                form_of("\"kinds\":[\"parcel\",\"route\"],\"describe\":true,"
                                        "\"several\":{\"max\":2}")};
    for (size_t f = 0; f < 2; f++)
        for (size_t v = 0; v < sizeof VALUES / sizeof *VALUES; v++)
            for (size_t a = 0; a < sizeof ACTIONS / sizeof *ACTIONS; a++) {
                struct epo_json *raw = epo_json_object(pool);
                set(raw, "w", VALUES[v]);
                set(raw, "w.at", VALUES[(v + 1) % 6]);
                set(raw, "w.sketch", "area 1,2 nan,3 4");
                set(raw, "w.view", "999,999,99");
                set(raw, "w.map.x", a % 2 ? "-1e9" : "");
                set(raw, "w.map.y", "x");
                set(raw, "w.text.1", "t");
                press(forms[f], raw, ACTIONS[a]);
                struct epo_form_result result = checked(forms[f], raw);
                struct epo_json *view = epo_form_view(forms[f], pool, "en", catalog, &result);
                epo_form_view_places(forms[f], pool, "en", catalog, maps, raw, NULL, view);
                assert_non_null(epo_json_find(view, "sections.0.fields.0.plain.picture"));
            }
    epo_form_free(forms[0]);
    epo_form_free(forms[1]);
}

static int setup(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_form_fault *faults = NULL;
    test_folder_make(&folder);
    pool = epo_pool_create();
    catalog = open_catalog();
    test_demo_city(&folder);
    if ((maps = epo_maps_open(folder.path, &error)) == NULL)
        fail_msg("%s: %s", error.where, error.text);
    form = epo_form_read(pool, EPO_SPAN(definition), "t.json", maps, &faults);
    if (form == NULL)
        fail_msg("%s: %s", faults->where, faults->text);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    epo_form_free(form);
    epo_catalog_free(catalog);
    epo_pool_free(pool);
    epo_maps_close(maps);
    test_folder_remove(&folder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_script),
                                       cmocka_unit_test(with_geojson),
                                       cmocka_unit_test(an_area_of_corners),
                                       cmocka_unit_test(parcels_and_addresses),
                                       cmocka_unit_test(several_step_by_step),
                                       cmocka_unit_test(hostile_steps),
                                       cmocka_unit_test(summaries),
                                       cmocka_unit_test(hidden),
                                       cmocka_unit_test(views),
                                       cmocka_unit_test(unknown_layer),
                                       cmocka_unit_test(several)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
