/* Published definitions: numbered, never changed, the last one counts, two admins cannot publish
 * over one another. */
#include "portal/form_edit.h"
#include "portal_fixture.h"

static bool run(struct epo_db *writer, void *edit, struct epo_error *error) {
    return epo_form_edit_publish(&portal, writer, "dog_fee", "registration", edit, error);
}

static bool publish(int64_t seen, const char *definition, const char *note,
                    struct epo_error *error) {
    struct epo_form_edit edit = {.version = seen,
                                 .actor = EPO_SPAN("admin"),
                                 .actor_name = EPO_SPAN("Správkyně"),
                                 .note = epo_span(note),
                                 .definition = epo_span(definition)};
    memset(error, 0, sizeof *error);
    return epo_store_write(portal.store, run, &edit, error);
}

static struct epo_form_edit current(const char *form) {
    struct epo_form_edit edit;
    struct epo_error error = {0};
    assert_true(epo_form_edit_current(&portal, db, pool, "dog_fee", form, &edit, &error));
    return edit;
}

static void nothing_published_is_the_file(void **state) {
    (void)state;
    struct epo_form_edit edit = current("registration");
    assert_int_equal(edit.version, 0);
    assert_int_equal(edit.definition.len, 0);
}

static void the_last_version_counts_and_all_stay(void **state) {
    struct epo_error error;
    struct epo_form_edit edit;
    struct epo_json *list;
    (void)state;
    assert_true(publish(0, "{\"a\":1}", "první", &error));
    assert_false(publish(0, "{\"b\":1}", "kdo přišel pozdě", &error));
    assert_string_equal(error.code, "form_edit.changed");
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    assert_true(publish(1, "", "zpět k souboru", &error));
    edit = current("registration");
    assert_int_equal(edit.version, 2);
    assert_int_equal(edit.definition.len, 0);
    assert_true(epo_form_edit_find(&portal, db, pool, "dog_fee", "registration", 1, &edit, &error));
    assert_true(epo_span_is(edit.definition, "{\"a\":1}"));
    assert_true(epo_span_is(edit.note, "první"));
    assert_true(epo_span_is(edit.actor_name, "Správkyně"));
    assert_false(
        epo_form_edit_find(&portal, db, pool, "dog_fee", "registration", 3, &edit, &error));
    assert_string_equal(error.code, "form_edit.none");
    assert_true(epo_form_edit_list(&portal, db, pool, "dog_fee", "registration", &list, &error));
    assert_int_equal(list->count, 2);
    assert_int_equal(epo_json_get_integer(list->items[0], "version", 0), 2);
    assert_true(epo_json_get_boolean(list->items[0], "own_file", false));
    assert_false(epo_json_get_boolean(list->items[1], "own_file", true));
    assert_int_equal(current("deregistration").version, 0); /* of another form nothing */
}

static void publishing_is_on_record(void **state) {
    static const struct epo_statement AUDITED = {
        "test.audited",
        "SELECT count(*) FROM audit WHERE action = 'form.published' AND actor = 'admin'", NULL};
    struct epo_error error = {0};
    (void)state;
    struct epo_rows *rows = epo_db_query(db, &AUDITED, EPO_BIND_NONE);
    assert_true(epo_rows_next(rows));
    assert_int_equal(epo_rows_integer(rows, 0), 2); /* as many as the test above published */
    assert_true(epo_rows_end(rows, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_published_is_the_file),
        cmocka_unit_test(the_last_version_counts_and_all_stay),
        cmocka_unit_test(publishing_is_on_record),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
