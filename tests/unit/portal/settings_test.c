/* epo.json: every fault with its line, and routing by what it says. */
#include "portal_fixture.h"

#include "portal/routing.h"
#include "portal/settings.h"

static struct epo_settings_fault *faults_of(const char *text) {
    struct epo_settings_fault *faults;
    char *path = epo_pool_printf(pool, "%s/epo.json", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    struct epo_json *settings = epo_settings_read(pool, folder, NULL, 0, &faults);
    assert_true((settings == NULL) == (faults != NULL));
    unlink(path);
    return faults;
}

#define OFFICES "\"offices\": [{\"id\": \"a\", \"name\": {\"cs\": \"A\", \"en\": \"A\"}}]"
#define CITY "\"city\": {\"name\": {\"cs\": \"P\", \"en\": \"P\"}}"

static void each_fault_has_its_line(void **state) {
    static const struct {
        const char *text, *where, *says;
    } wrong[] = {
        {"", "epo.json:1", ""},
        {"{\n\"tenant\": \"x\",\n}", "epo.json:3", ""},
        {"[]", "epo.json:1", "one object"},
        {"{\"tenant\": \"plzen\",\n" CITY ",\n" OFFICES ",\n\"adresa\": 1}", "epo.json:4",
         "adresa"},
        {"{\"tenant\": 7,\n" CITY ",\n" OFFICES "}", "epo.json:1", "must be a text"},
        {"{\n\"tenant\": \"Plzeň\",\n" CITY ",\n" OFFICES "}", "epo.json:2", "lower-case"},
        {"{\n" CITY ",\n" OFFICES "}", "epo.json:1", "\"tenant\" is missing"},
        {"{\"tenant\": \"p\",\n" CITY ",\n\"offices\": []}", "epo.json:3", "at least one"},
        {"{\"tenant\": \"p\",\n" CITY ",\n\"offices\": [{\"id\": \"a\"}]}", "epo.json:3", "name"},
        {"{\"tenant\": \"p\",\n" CITY ",\n\"offices\": [{\"id\": \"a\", \"name\": {\"cs\": \"A\", "
         "\"en\": \"A\"}, \"point\": [49.7, 13.4]}]}",
         "epo.json:3", "lon, lat"},
        {"{\"tenant\": \"p\",\n" CITY ",\n" OFFICES ",\n\"address\": \"https://a.example/path\"}",
         "epo.json:4", "without a path"},
        {"{\"tenant\": \"p\",\n" CITY ",\n" OFFICES ",\n\"http\": []}", "epo.json:4",
         "\"http\" must be an object"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct epo_settings_fault *faults = faults_of(wrong[i].text);
        if (faults == NULL)
            fail_msg("%zu was taken", i);
        if (strncmp(faults->where, wrong[i].where, strlen(wrong[i].where)) != 0 ||
            strstr(faults->text, wrong[i].says) == NULL)
            fail_msg("%zu: %s: %s", i, faults->where, faults->text);
    }
    assert_null(faults_of("{\"tenant\": \"p\", " CITY ", " OFFICES "}"));
}

static void all_faults_are_told_at_once(void **state) {
    int count = 0;
    (void)state;
    for (const struct epo_settings_fault *fault = faults_of("{\"x\": 1, \"tenant\": false}");
         fault != NULL; fault = fault->next)
        count++;
    assert_int_equal(count, 4); /* no city, no offices, tenant's type, unknown x */
}

static void the_settings_of_the_demo_are_good(void **state) {
    char text[16384];
    FILE *in = fopen(EPO_SOURCE "/core/demo/epo.json", "r");
    (void)state;
    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    assert_null(faults_of(text));
}

static void routes_by_district_office_or_first(void **state) {
    const struct epo_json *settings = epo_portal_settings(&portal);
    static const struct {
        const char *wish, *district, *office;
    } rows[] = {{"district", "546003", "umo-3"},     {"district", "546208", "umo-4"},
                {"district", "999999", "magistrat"}, {"district", "", "magistrat"},
                {"umo-4", "546003", "umo-4"},        {"gone", "546003", "magistrat"},
                {"", "546003", "magistrat"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!epo_span_is(
                epo_routing_office(settings, epo_span(rows[i].wish), epo_span(rows[i].district)),
                rows[i].office))
            fail_msg("row %zu", i);
    assert_true(epo_span_is(epo_routing_name(settings, EPO_SPAN("umo-3"), "en"), "District 3"));
    assert_true(epo_span_is(epo_routing_name(settings, EPO_SPAN("x"), "en"), "x"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_has_its_line),
        cmocka_unit_test(all_faults_are_told_at_once),
        cmocka_unit_test(the_settings_of_the_demo_are_good),
        cmocka_unit_test(routes_by_district_office_or_first),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
