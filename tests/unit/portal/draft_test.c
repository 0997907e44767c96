/* Drafts: who opens one, that no save is lost under another, that one becomes one request, and that
 * they go after their time. */
#include "base/clock.h"
#include "portal/draft.h"
#include "portal_fixture.h"

#define DAY_US (86400 * 1000000LL)

static bool run_create(struct epo_db *writer, void *draft, struct epo_error *error) {
    return epo_draft_create(&portal, writer, draft, error);
}
static bool run_save(struct epo_db *writer, void *draft, struct epo_error *error) {
    return epo_draft_save(&portal, writer, draft, error);
}
static bool run_sent(struct epo_db *writer, void *draft, struct epo_error *error) {
    return epo_draft_sent(&portal, writer, draft, error);
}
static bool put(epo_write_run_fn run, struct epo_draft *draft, struct epo_error *error) {
    memset(error, 0, sizeof *error);
    return epo_store_write(portal.store, run, draft, error);
}

static struct epo_draft begin(const char *owner) {
    struct epo_error error;
    struct epo_draft draft = {.owner = epo_span(owner),
                              .agenda = EPO_SPAN("dog_fee"),
                              .form = EPO_SPAN("registration"),
                              .form_version = EPO_SPAN("v1"),
                              .lang = EPO_SPAN("cs"),
                              .answers = EPO_SPAN("{\"dog_name\":\"Rek\"}")};
    epo_draft_prepare(&draft);
    if (!put(run_create, &draft, &error))
        fail_msg("%s", error.text);
    return draft;
}

static const char *find(const char *reference, const char *account, struct epo_draft *found) {
    struct epo_error error = {0};
    return epo_draft_find(&portal, db, pool, epo_span(reference), epo_span(account), found, &error)
               ? ""
               : epo_pool_printf(pool, "%s", error.code);
}

static void opens_by_its_key_or_to_its_owner(void **state) {
    char reference[EPO_DRAFT_REFERENCE_SIZE];
    struct epo_draft found, nobodys = begin(""), owned = begin("eva");
    (void)state;
    epo_draft_reference(&nobodys, reference);
    assert_string_equal(find(reference, "", &found), "");
    assert_true(epo_span_is(found.answers, "{\"dog_name\":\"Rek\"}"));
    assert_int_equal(found.version, 1);
    assert_string_equal(found.key, nobodys.key);
    assert_string_equal(find(nobodys.id, "", &found), "draft.gone");
    assert_string_equal(find(nobodys.id, "eva", &found), "draft.gone");
    assert_string_equal(find(owned.id, "eva", &found), "");
    assert_string_equal(find(owned.id, "ota", &found), "draft.gone");
    assert_string_equal(find(owned.id, "", &found), "draft.signed_out");
    for (const char *const *wrong = (const char *const[]){"", ".", "x", "..", NULL}; *wrong;
         wrong++)
        assert_string_equal(find(*wrong, "eva", &found), "draft.gone");
    reference[EPO_TOKEN_SIZE] = reference[EPO_TOKEN_SIZE] == '0' ? '1' : '0'; /* of the key */
    assert_string_equal(find(reference, "", &found), "draft.gone");
}

static void no_page_overwrites_another(void **state) {
    struct epo_error error;
    struct epo_draft found, draft = begin(""), late = draft;
    (void)state;
    draft.saved_by = EPO_SPAN("page-1");
    draft.answers = EPO_SPAN("{\"dog_name\":\"Brok\"}");
    assert_true(put(run_save, &draft, &error));
    assert_true(put(run_save, &draft, &error)); /* its answer was lost: the same page once more */
    late.saved_by = EPO_SPAN("page-2");
    assert_false(put(run_save, &late, &error));
    assert_string_equal(error.code, "draft.changed");
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    late.version = 2;
    assert_true(put(run_save, &late, &error));
    char reference[EPO_DRAFT_REFERENCE_SIZE];
    epo_draft_reference(&draft, reference);
    assert_string_equal(find(reference, "", &found), "");
    assert_int_equal(found.version, 3);
    late.answers =
        (struct epo_span){epo_pool_alloc(pool, EPO_DRAFT_BYTES_MAX + 1), EPO_DRAFT_BYTES_MAX + 1};
    assert_false(put(run_save, &late, &error));
    assert_int_equal(error.kind, EPO_ERROR_TOO_LARGE);
}

static void becomes_the_first_owners_for_good(void **state) {
    struct epo_error error;
    struct epo_draft found, draft = begin("");
    (void)state;
    draft.owner = EPO_SPAN("eva");
    assert_true(put(run_save, &draft, &error));
    draft.version = 2;
    draft.owner = EPO_SPAN("ota");
    assert_true(put(run_save, &draft, &error));
    assert_string_equal(find(draft.id, "eva", &found), "");
    assert_string_equal(find(draft.id, "ota", &found), "draft.gone");
}

static void becomes_one_request(void **state) {
    struct epo_error error;
    struct epo_draft draft = begin(""), stale = draft;
    (void)state;
    stale.version = 7;
    assert_false(put(run_sent, &stale, &error));
    assert_string_equal(error.code, "draft.changed");
    assert_true(put(run_sent, &draft, &error));
    assert_false(put(run_sent, &draft, &error));
    assert_string_equal(error.code, "draft.gone");
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    assert_false(put(run_save, &draft, &error));
    assert_int_equal(error.kind, EPO_ERROR_NOT_FOUND);
}

static bool run_expire(struct epo_db *writer, void *removed, struct epo_error *error) {
    return epo_draft_expire(&portal, writer, epo_clock_now_us(), removed, error);
}

static void goes_after_thirty_days(void **state) {
    static const struct epo_statement AGE = {
        "test.age", "UPDATE drafts SET changed_at_us = changed_at_us - 30 * 86400000000", NULL};
    struct epo_error error = {0};
    struct epo_json *list;
    struct epo_draft found, old = begin("ivo");
    int64_t removed = 0;
    (void)state;
    assert_int_equal(epo_draft_until_us(&portal, 5), 5 + 30 * DAY_US);
    tamper(&AGE);
    struct epo_draft fresh = begin("ivo");
    assert_string_equal(find(old.id, "ivo", &found), "draft.gone"); /* before anybody cleans up */
    assert_true(epo_store_write(portal.store, run_expire, &removed, &error));
    assert_true(removed > 0);
    assert_string_equal(find(fresh.id, "ivo", &found), "");
    assert_true(epo_draft_list(&portal, db, pool, EPO_SPAN("ivo"), EPO_SPAN(""), &list, &error));
    assert_int_equal(list->count, 1);
    assert_true(epo_draft_list(&portal, db, pool, EPO_SPAN(""), EPO_SPAN(""), &list, &error));
    assert_int_equal(list->count, 0); /* nobody's are in no list */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_by_its_key_or_to_its_owner),
        cmocka_unit_test(no_page_overwrites_another),
        cmocka_unit_test(becomes_the_first_owners_for_good),
        cmocka_unit_test(becomes_one_request),
        cmocka_unit_test(goes_after_thirty_days),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
