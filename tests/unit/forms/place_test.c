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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_script), cmocka_unit_test(with_geojson),
        cmocka_unit_test(summaries),      cmocka_unit_test(hidden),
        cmocka_unit_test(views),          cmocka_unit_test(unknown_layer),
        cmocka_unit_test(several)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
