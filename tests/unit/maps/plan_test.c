/* layers.json: the shipped one is whole, a portal's own wins member by member, and every fault
 * names its line. */
#include "import_helpers.h"
#include "maps/plan.h"

static struct epo_plan *read_two(const char *own) {
    struct epo_plan_file files[] = {{EPO_SHARE "/maps/layers.json", true},
                                    {path_of("layers.json"), false}};
    if (own != NULL)
        test_folder_write(&folder, "layers.json", own);
    error = (struct epo_error){0};
    return epo_plan_read(pool, files, 2, &error);
}

static void shipped_is_whole(void **state) {
    (void)state;
    struct epo_plan *plan = read_two(NULL);
    if (plan == NULL)
        fail_msg("%s: %s", error.where, error.text);
    const struct epo_layer_plan *parcel = epo_plan_layer(plan, "parcel", &error);
    assert_string_equal(parcel->role, "parcel");
    assert_int_equal(parcel->shape, EPO_SHAPE_AREA);
    assert_string_equal(parcel->public_fields, "name kind belongs measure");
    assert_string_equal(epo_plan_value(&parcel->fields[EPO_PLAN_KIND], "ČR"), "state");
    assert_string_equal(epo_plan_value(&parcel->fields[EPO_PLAN_KIND], "Jan Novák"), "private");
    assert_string_equal(epo_plan_value(&parcel->fields[EPO_PLAN_KIND], ""), "");
    /* one that nobody has described shows its name and nothing else */
    const struct epo_layer_plan *other = epo_plan_layer(plan, "lamp", &error);
    assert_string_equal(other->role, "fact");
    assert_string_equal(other->public_fields, "name");
    assert_false(other->clerks_only);
    assert_string_equal(epo_plan_layer(plan, "address", &error)->role, "address");
}

static void own_wins_member_by_member(void **state) {
    (void)state;
    struct epo_plan *plan = read_two(
        "{\"layers\": {\"parcel\": {\"visible\": \"clerks\", \"public_fields\": []},\n"
        "\"lamp\": {\"title\": {\"cs\": \"Lampy\", \"en\": \"Lamps\"}, \"role\": \"fact\",\n"
        "\"properties\": {\"height\": \"vyska\"}, \"public_fields\": [\"name\", "
        "\"height\"]}}}");
    if (plan == NULL)
        fail_msg("%s: %s", error.where, error.text);
    const struct epo_layer_plan *parcel = epo_plan_layer(plan, "parcel", &error);
    assert_true(parcel->clerks_only);
    assert_string_equal(parcel->public_fields, "");
    assert_string_equal(parcel->title_cs, "Parcely"); /* the rest stays */
    assert_int_equal(epo_plan_layer(plan, "lamp", &error)->property_count, 1);
}

static void faults_name_their_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line;
    } CASES[] = {
        {"{\"layers\": {\n\"lamp\": {\"rolle\": \"fact\"}}}", 2},
        {"{\"layers\": {\"lamp\": {\n\n\"role\": \"owner\"}}}", 3},
        {"{\"layers\": {\"lamp\": {\"role\": \"address\"}}}", 1},
        {"{\"layers\": {\n\"Lampa\": {}}}", 2},
        {"{\"layers\": {\"lamp\": {\n\"visible\": \"nobody\"}}}", 2},
        {"{\"layers\": {\"lamp\": {\n\"shape\": \"round\"}}}", 2},
        {"{\"layers\": {\"lamp\": {\n\"title\": \"Lampy\"}}}", 2},
        {"{\"layers\": {\"lamp\": {\"public_fields\":\n\"name\"}}}", 2},
        {"{\"layers\": {\"lamp\": {\"public_fields\": [\n\"a b\"]}}}", 2},
        {"{\"layers\": {\"lamp\": {\"fields\": {\n\"color\": \"barva\"}}}}", 2},
        {"{\"layers\": {\"lamp\": {\"fields\": {\n\"kind\": 7}}}}", 2},
        {"{\"layers\": {\"lamp\": {\"fields\": {\"kind\": {\n\"values\": {}}}}}}", 1},
        {"{\"layers\": {\"lamp\": {\"fields\": {\"kind\": {\"from\": \"a\",\n\"value\": 1}}}}}", 2},
        {"{\"layers\": {\"lamp\": {\"fields\": {\"kind\": {\"from\": \"a\", \"values\": {\n\"b\": "
         "3}}}}}}",
         2},
        {"{\"layers\": {\"lamp\": {\"properties\": {\n\"Výška\": \"a\"}}}}", 2},
        {"{\"layers\": {\"lamp\": {\"sources\": [\n{\"format\": \"osm\"}]}}}", 2},
        {"{\"layers\": {\"lamp\": {\"sources\": [{\"layer\": \"a\", \"where\": {\n\"b\": 7}}]}}}",
         2},
        {"{\"layers\": []}", 1},
        {"{\n\"layer\": {}}", 2},
        {"[]", 1},
        {"{\"layers\": {\n\"lamp\": {,}}}", 2},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (read_two(CASES[i].text) != NULL)
            fail_msg("taken: %s", CASES[i].text);
        const char *where = epo_pool_printf(pool, "%s:%d", path_of("layers.json"), CASES[i].line);
        if (CASES[i].line > 0 && strncmp(error.where, where, strlen(where)) != 0)
            fail_msg("%s: at %s: %s", CASES[i].text, error.where, error.text);
        assert_int_equal(error.kind, EPO_ERROR_BAD_INPUT);
    }
}

/* What the file says of a layer is what the map base keeps and what people are told. */
static void plan_is_kept_with_the_layer(void **state) {
    (void)state;
    test_folder_write(
        &folder, "layers.json",
        "{\"layers\": {\"zone\": {\"title\": {\"cs\": \"Zóny\", \"en\": \"Zones\"},"
        "\"fields\": {\"name\": \"popisek\", \"kind\": {\"from\": \"typ\", \"values\": "
        "{\"A\": \"modrá\"}, \"otherwise\": \"jiná\"}},"
        "\"properties\": {\"fee\": \"sazba\", \"note\": \"poznámka\"},"
        "\"public_fields\": [\"kind\", \"fee\"]},"
        "\"secret\": {\"visible\": \"clerks\"}}}");
    test_folder_write(&folder, "zone.csv",
                      "Popisek;Typ;Sazba;Poznámka;WKT\n"
                      "Z1;A;30;tajná;\"POLYGON((-822010 -1070010,-821990 -1070010,-821990 "
                      "-1069990,-822010 -1069990,-822010 -1070010))\"\n");
    import("zone.csv", "zone");
    import("zone.csv", "secret");
    assert_string_equal(ask("SELECT title_cs || '/' || visible || '/' || public_fields FROM layer"
                            " WHERE name = 'zone'"),
                        "Zóny/public/kind fee");
    assert_string_equal(ask("SELECT name || kind || properties FROM area WHERE kind <> ''"),
                        "Z1modrá{\"fee\":\"30\",\"note\":\"tajná\"}");
    struct epo_json *facts = facts_at(13.38369896, 49.74534800);
    assert_non_null(epo_json_find(facts, "layers.zone"));
    assert_null(epo_json_find(facts, "layers.zone.0.name"));
    assert_null(epo_json_find(facts, "layers.secret"));
    /* --mapping wins over the portal's own */
    test_folder_write(&folder, "once.json", "{\"layers\": {\"zone\": {\"visible\": \"clerks\"}}}");
    assert_true(import_with((struct epo_import_options){
        .file = "zone.csv", .layer = "zone", .mapping = path_of("once.json")}));
    assert_null(epo_json_find(facts_at(13.38369896, 49.74534800), "layers.zone"));
    assert_false(import_with((struct epo_import_options){
        .file = "zone.csv", .layer = "zone", .mapping = path_of("missing.json")}));
    assert_string_equal(error.code, "layers.file");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_is_whole),
        cmocka_unit_test(own_wins_member_by_member),
        cmocka_unit_test(faults_name_their_line),
        cmocka_unit_test(plan_is_kept_with_the_layer),
    };
    return cmocka_run_group_tests(tests, import_set_up, import_tear_down);
}
