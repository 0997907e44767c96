/* Files in the store: whose they are, who cannot have them, when they go, how they are called. */
#include "portal_fixture.h"

#include "portal/attachment.h"

struct putting {
    struct epo_attachment file;
    struct epo_span owner;
};
static bool run_put(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct putting *putting = arg;
    return epo_attachment_put(&portal, writer, &putting->file, putting->owner, error);
}

static bool put(const char *content, const char *owner, struct putting *putting,
                struct epo_error *error) {
    *putting = (struct putting){.file = {.name = EPO_SPAN("foto.jpg"),
                                         .type = EPO_SPAN("image/jpeg"),
                                         .content = epo_span(content)},
                                .owner = epo_span(owner)};
    epo_attachment_prepare(&putting->file);
    return epo_store_write(portal.store, run_put, putting, error);
}

static struct epo_attachment put_one(const char *content, const char *owner) {
    struct epo_error error = {0};
    struct putting putting;
    if (!put(content, owner, &putting, &error))
        fail_msg("%s", error.text);
    return putting.file;
}

struct claiming {
    const char *id, *owner;
    int64_t now_us, removed;
};
static bool run_claim(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct claiming *claiming = arg;
    return epo_attachment_claim(&portal, writer, epo_span(claiming->id), epo_span(claiming->owner),
                                error);
}
static bool claim(const char *id, const char *owner, struct epo_error *error) {
    struct claiming claiming = {.id = id, .owner = owner};
    return epo_store_write(portal.store, run_claim, &claiming, error);
}
static bool run_drop(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_attachment_drop(&portal, writer, epo_span(arg), error);
}
static bool run_drop_of(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct claiming *claiming = arg;
    return epo_attachment_drop_of(&portal, writer, epo_span(claiming->owner), &claiming->removed,
                                  error);
}
static bool run_expire(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct claiming *claiming = arg;
    return epo_attachment_expire(&portal, writer, claiming->now_us, &claiming->removed, error);
}

static bool get(const char *id, const char *owner, struct epo_attachment *found) {
    struct epo_error error = {0};
    bool ok = epo_attachment_get(&portal, db, pool, epo_span(id), epo_span(owner), found, &error);
    if (!ok)
        assert_string_equal(error.code, "attachment.gone");
    return ok;
}

static void a_file_is_read_through_its_owner_only(void **state) {
    struct epo_error error = {0};
    struct epo_attachment file = put_one("obsah", ""), found;
    (void)state;
    assert_true(get(file.id, "", &found));
    assert_true(epo_span_is(found.content, "obsah"));
    assert_true(epo_span_is(found.type, "image/jpeg"));
    assert_string_equal(found.sha256, file.sha256);
    assert_false(get(file.id, "submission/2026-000001", &found));
    assert_true(claim(file.id, "submission/2026-000001", &error));
    assert_true(claim(file.id, "submission/2026-000001", &error)); /* a write that ran twice */
    assert_true(get(file.id, "submission/2026-000001", &found));
    assert_false(get(file.id, "", &found));
    assert_false(get(file.id, "submission/2026-000002", &found));
    assert_false(claim(file.id, "submission/2026-000002", &error));
    assert_string_equal(error.code, "attachment.gone");
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    assert_false(claim("00000000000000000000000000", "submission/2026-000002", &error));
    assert_true(
        epo_store_write(portal.store, run_drop, file.id, &error)); /* not one with an owner */
    assert_true(get(file.id, "submission/2026-000001", &found));
}

static void only_who_put_it_has_its_ticket(void **state) {
    char reference[EPO_ATTACHMENT_REFERENCE_SIZE], id[EPO_TOKEN_SIZE];
    struct epo_attachment mine = put_one("a", ""), foreign = put_one("b", "");
    (void)state;
    epo_attachment_reference(&portal, mine.id, reference);
    assert_true(epo_attachment_read_reference(&portal, epo_span(reference), id));
    assert_string_equal(id, mine.id);
    const char *const wrong[] = {
        foreign.id,
        epo_pool_printf(pool, "%s.", foreign.id),
        epo_pool_printf(pool, "%s.%s", foreign.id, reference + EPO_TOKEN_SIZE),
        epo_pool_printf(pool, "%sx", reference),
        epo_pool_printf(pool, ".%s", reference),
        epo_pool_printf(pool, "%s.%s", foreign.id, foreign.id),
        "",
        ".",
        "../../etc/passwd",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(epo_attachment_read_reference(&portal, epo_span(wrong[i]), id));
}

static void what_nobody_claims_expires(void **state) {
    struct epo_error error = {0};
    struct epo_attachment kept = put_one("kept", ""), left = put_one("left", ""), found;
    const int64_t hour_us = INT64_C(3600000000);
    struct claiming job = {.now_us = left.made_at_us + 47 * hour_us};
    (void)state;
    assert_true(claim(kept.id, "submission/2026-000009", &error));
    assert_true(epo_store_write(portal.store, run_expire, &job, &error));
    assert_int_equal(job.removed, 0);
    job.now_us = left.made_at_us + 49 * hour_us;
    do
        assert_true(epo_store_write(portal.store, run_expire, &job, &error));
    while (job.removed > 0);
    assert_false(get(left.id, "", &found));
    assert_true(get(kept.id, "submission/2026-000009", &found));
}

static bool run_keep(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct claiming *claiming = arg;
    return epo_attachment_keep_all(&portal, writer, epo_span(claiming->id), claiming->now_us,
                                   error);
}

/* A draft holds what its answers refer to; another's id in it holds nothing. */
static void a_draft_keeps_its_files(void **state) {
    struct epo_error error = {0};
    struct epo_attachment mine = put_one("mine", ""), foreign = put_one("foreign", ""), found;
    const int64_t day_us = INT64_C(86400000000);
    char reference[EPO_ATTACHMENT_REFERENCE_SIZE];
    (void)state;
    epo_attachment_reference(&portal, mine.id, reference);
    struct claiming job = {.now_us = mine.made_at_us + 30 * day_us};
    job.id = epo_pool_printf(pool, "{\"a\":[\"%s\"],\"b\":\"%s.%s\"}", reference, foreign.id,
                             reference + EPO_TOKEN_SIZE);
    assert_true(epo_store_write(portal.store, run_keep, &job, &error));
    job.now_us = mine.made_at_us + 29 * day_us;
    do
        assert_true(epo_store_write(portal.store, run_expire, &job, &error));
    while (job.removed > 0);
    assert_true(get(mine.id, "", &found));
    assert_false(get(foreign.id, "", &found));
}

static void an_owner_lists_and_loses_all_its_files(void **state) {
    struct epo_error error = {0};
    struct epo_json *list;
    struct claiming job = {.owner = "message/7"};
    (void)state;
    put_one("one", "message/7");
    put_one("two", "message/7");
    put_one("other", "message/8");
    assert_true(epo_attachment_list(&portal, db, pool, EPO_SPAN("message/7"), &list, &error));
    assert_int_equal(list->count, 2);
    assert_int_equal(epo_json_get_integer(list->items[0], "bytes", 0), 3);
    assert_true(epo_attachment_list(&portal, db, pool, EPO_SPAN(""), &list, &error));
    assert_int_equal(list->count, 0);
    assert_true(epo_store_write(portal.store, run_drop_of, &job, &error));
    assert_int_equal(job.removed, 2);
    assert_true(epo_attachment_list(&portal, db, pool, EPO_SPAN("message/8"), &list, &error));
    assert_int_equal(list->count, 1);
}

static void sizes_are_bounded(void **state) {
    struct epo_error error = {0};
    struct putting putting;
    const struct epo_json *before = epo_portal_settings(&portal);
    struct epo_json *settings = epo_json_copy(pool, before);
    (void)state;
    epo_json_set(
        pool, settings, "attachments",
        epo_json_parse(pool, EPO_SPAN("{\"file_bytes\":1024,\"waiting_bytes\":1048576}"), &error));
    epo_portal_set_settings(&portal, settings);
    char *large = epo_pool_alloc(pool, 1026);
    memset(large, 'x', 1025);
    assert_false(put(large, "", &putting, &error));
    assert_int_equal(error.kind, EPO_ERROR_TOO_LARGE);
    assert_string_equal(error.code, "attachment.size");
    large[1024] = '\0';
    error = (struct epo_error){0};
    int put_so_far = 0;
    while (put_so_far < 2000 && put(large, "", &putting, &error))
        put_so_far++;
    assert_string_equal(error.code, "attachment.full");
    assert_int_equal(error.kind, EPO_ERROR_BUSY);
    assert_true(put_so_far > 900 && put_so_far <= 1024);
    assert_true(
        put(large, "submission/1", &putting, &error)); /* what has an owner is not waiting */
    epo_portal_set_settings(&portal, before);
}

static void names_are_made_harmless(void **state) {
    static const char *const names[][2] = {
        {"foto.jpg", "foto.jpg"},
        {"Žluťoučký kůň.pdf", "Žluťoučký kůň.pdf"},
        {"../../etc/passwd", "passwd"},
        {"C:\\Users\\jan\\občanka.png", "občanka.png"},
        {"a/b/", "soubor"},
        {"..", "soubor"},
        {"", "soubor"},
        {".htaccess", "htaccess"},
        {"x\r\nSet-Cookie: a=b", "xSet-Cookie a=b"},
        {"a\"; filename=\"b.exe", "a filename=b.exe"},
        {"fak\xe2\x80\xaetura\xe2\x80\xacgpj.exe", "fakturagpj.exe"},
        {"a\xe2\x80\x8b.pdf", "a.pdf"},
        {"\xff\xfe", "soubor"},
        {"konec. . ", "konec"},
        {"<script>.svg", "script.svg"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct epo_span name = epo_attachment_name(pool, epo_span(names[i][0]));
        assert_string_equal(epo_pool_string(pool, name), names[i][1]);
    }
    char long_name[600] = "";
    for (int i = 0; i < 280; i++)
        strcat(long_name, "ž");
    strcat(long_name, ".docx");
    struct epo_span name = epo_attachment_name(pool, epo_span(long_name));
    assert_int_equal(epo_text_length(name), EPO_ATTACHMENT_NAME_CHARS);
    assert_true(epo_text_valid(name));
    assert_memory_equal(name.at + name.len - 5, ".docx", 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_through_its_owner_only),
        cmocka_unit_test(only_who_put_it_has_its_ticket),
        cmocka_unit_test(what_nobody_claims_expires),
        cmocka_unit_test(a_draft_keeps_its_files),
        cmocka_unit_test(an_owner_lists_and_loses_all_its_files),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(names_are_made_harmless),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
