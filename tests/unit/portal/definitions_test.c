/* Definitions stay as they were when something was made under them. */
#include "portal/definitions.h"
#include "portal_fixture.h"

static const char OLD[] =
    "{\"id\":\"greet\",\"title\":{\"cs\":\"Starý\",\"en\":\"Old\"},\"sections\":[{\"id\":\"who\","
    "\"title\":{\"cs\":\"Kdo\",\"en\":\"Who\"},\"fields\":[{\"id\":\"name\",\"type\":\"text\","
    "\"label\":{\"cs\":\"Jméno\",\"en\":\"Name\"}}]}]}";

static struct epo_form *read_old(void) {
    struct epo_form_fault *faults = NULL;
    struct epo_form *form = epo_form_read(pool, epo_span(OLD), "greet.json", NULL, &faults);
    if (form == NULL)
        fail_msg("%s: %s", faults->where, faults->text);
    return form;
}

static bool keep(struct epo_db *writer, void *form, struct epo_error *error) {
    return epo_definitions_keep(&portal, writer, "hello", form, error);
}

static bool has(const char *version) {
    struct epo_error error = {0};
    bool kept = false;
    assert_true(epo_definitions_has(&portal, db, version, &kept, &error));
    return kept;
}

static void is_kept_once_and_read_again(void **state) {
    struct epo_error error = {0};
    const struct epo_form *again = NULL;
    (void)state;
    struct epo_form *form = read_old();
    assert_false(has(epo_form_version(form)));
    assert_true(epo_store_write(portal.store, keep, form, &error));
    assert_true(epo_store_write(portal.store, keep, form, &error));
    assert_true(has(epo_form_version(form)));
    struct epo_span version = epo_span(epo_pool_printf(pool, "%s", epo_form_version(form)));
    epo_form_free(form);
    assert_true(epo_definitions_form(&portal, db, pool, version, NULL, &again, &error));
    assert_non_null(again);
    assert_string_equal(epo_form_version(again), version.at);
    assert_true(epo_span_is(epo_form_title(again, "cs"), "Starý"));
}

static void what_is_not_kept_is_nothing(void **state) {
    struct epo_error error = {0};
    const struct epo_form *form;
    (void)state;
    assert_false(has("no such version"));
    assert_true(
        epo_definitions_form(&portal, db, pool, EPO_SPAN("no such version"), NULL, &form, &error));
    assert_null(form);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_kept_once_and_read_again),
        cmocka_unit_test(what_is_not_kept_is_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
