/* Accounts and sessions: what opens the door, what does not, and that nobody can be locked out. */
#include "base/clock.h"
#include "portal_fixture.h"

#include "portal/password.h"
#include "portal/session.h"
#include "portal/throttle.h"

#define PASSWORD EPO_SPAN("velmi tajne heslo 42")

static bool verify(const char *login, struct epo_span password, const char *client,
                   const char *device, struct epo_error *error) {
    struct epo_account account;
    int wait_s;
    memset(error, 0, sizeof *error);
    return epo_account_verify(&portal, db, epo_span(login), password, epo_span(client),
                              epo_span(device), &account, &wait_s, error);
}

static void weak_passwords_are_refused(void **state) {
    static const char *const weak[] = {"",
                                       "short",
                                       "14 characters.",
                                       "aaaaaaaaaaaaaaaaaaaa",
                                       "abcabcabcabcabcabc",
                                       "1234567890123456",
                                       "abcdefghijklmnopq",
                                       "jana.novakova1234567",
                                       "\xff\xfe invalid bytes here"};
    struct epo_error error;
    (void)state;
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        if (epo_password_check(epo_span(weak[i]), EPO_SPAN("jana.novakova"), &error))
            fail_msg("\"%s\" was taken", weak[i]);
    assert_true(epo_password_check(EPO_SPAN("čtyři koně ve dvoře"), EPO_SPAN("jana"), &error));
    char generated[25];
    epo_account_generate_password(generated);
    assert_true(epo_password_check(epo_span(generated), EPO_SPAN("jana"), &error));
}

static void words_of_the_place_make_no_password(void **state) {
    static const char *const weak[] = {"Plzeň Plzeň Plzeň 2026", "portal-mesta-plzne!",
                                       "Jana.Novakova-heslo1"};
    static const char *const good[] = {"čtyři koně ve dvoře v Plzni", "5839203948201923",
                                       "Plzeň a osm tichých kotev"};
    struct epo_span words = EPO_SPAN("jana.novakova {\"cs\":\"Portál města Plzně\"} Plzeň heslo");
    struct epo_error error;
    (void)state;
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        assert_false(epo_password_check_words(epo_span(weak[i]), words, &error));
    assert_string_equal(error.code, "password.guessable");
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(epo_password_check_words(epo_span(good[i]), words, &error));
}

static void logins_and_roles_are_checked(void **state) {
    static const struct {
        const char *login, *role, *office, *code;
    } wrong[] = {{"a", "clerk", "umo-3", "account.login"},
                 {"jana nova", "clerk", "umo-3", "account.login"},
                 {"jana<b>", "clerk", "umo-3", "account.login"},
                 {"jana", "boss", "", "account.role"},
                 {"jana", "clerk", "", "account.office"},
                 {"jana", "clerk", "umo-99", "account.office"},
                 {"jana", "citizen", "umo-3", "account.office"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct epo_error error = {0};
        struct epo_account account = {.id = ""};
        snprintf(account.login, sizeof account.login, "%s", wrong[i].login);
        snprintf(account.role, sizeof account.role, "%s", wrong[i].role);
        snprintf(account.office, sizeof account.office, "%s", wrong[i].office);
        assert_false(epo_account_add(&portal, &account, PASSWORD, EPO_SPAN("shell"), &error));
        assert_string_equal(error.code, wrong[i].code);
    }
}

static void signs_in_with_the_right_password_only(void **state) {
    struct epo_error error = {0};
    struct epo_account found;
    (void)state;
    add_account("Jana@Example.cz", "clerk", "umo-3");
    assert_true(verify("jana@example.cz", PASSWORD, "10.0.0.1", "", &error));
    assert_true(verify(" JANA@example.cz ", PASSWORD, "10.0.0.1", "", &error));
    assert_false(
        verify("jana@example.cz", EPO_SPAN("velmi tajne heslo 43"), "10.0.0.1", "", &error));
    assert_string_equal(error.code, "account.wrong");
    assert_false(verify("nobody@example.cz", PASSWORD, "10.0.0.1", "", &error));
    assert_string_equal(error.code, "account.wrong"); /* unknown looks the same */
    assert_false(verify("", EPO_SPAN(""), "10.0.0.1", "", &error));
    assert_true(epo_account_set_disabled(&portal, EPO_SPAN("jana@example.cz"), true,
                                         EPO_SPAN("shell"), &error));
    assert_false(verify("jana@example.cz", PASSWORD, "10.0.0.1", "", &error));
    assert_string_equal(error.code, "account.wrong");
    assert_true(epo_account_find(&portal, db, EPO_SPAN("jana@example.cz"), &found, &error));
    assert_true(found.disabled);
    struct epo_account twice = {.id = "", .login = "jana@example.cz", .role = "citizen"};
    assert_false(epo_account_add(&portal, &twice, PASSWORD, EPO_SPAN("shell"), &error));
    assert_string_equal(error.code, "account.exists");
}

static const struct epo_statement MADE_LONG_AGO = {
    "t.made_long_ago", "UPDATE accounts SET created_at_us = created_at_us - 315360000000000", NULL};
static bool run_long_ago(struct epo_db *writer, void *arg, struct epo_error *error) {
    (void)arg;
    return epo_db_run(writer, &MADE_LONG_AGO, EPO_BIND_NONE, NULL, error);
}

/* Neither cut, nor folded, nor trimmed; of any characters; long; and none wears off. */
static void passwords_are_taken_as_typed(void **state) {
    struct epo_error error = {0};
    struct epo_account account = {.id = "", .login = "dlouhe", .role = "citizen"};
    char words[301], other[301];
    (void)state;
    for (size_t i = 0; i < sizeof words - 1; i++)
        words[i] = (char)(' ' + (i * 7) % 95);
    words[sizeof words - 1] = '\0';
    assert_true(epo_account_add(&portal, &account, epo_span(words), EPO_SPAN("shell"), &error));
    assert_true(epo_store_write(portal.store, run_long_ago, NULL, &error));
    assert_true(verify("dlouhe", epo_span(words), "10.7.0.1", "", &error));
    memcpy(other, words, sizeof words);
    other[299] ^= 1; /* the last character counts */
    assert_false(verify("dlouhe", epo_span(other), "10.7.0.2", "", &error));
    struct epo_account lower = {.id = "", .login = "mala", .role = "citizen"};
    assert_true(
        epo_account_add(&portal, &lower, EPO_SPAN("Tři Tiché Kotvy 7"), EPO_SPAN("shell"), &error));
    assert_false(verify("mala", EPO_SPAN("tři tiché kotvy 7"), "10.7.0.3", "", &error));
    assert_false(verify("mala", EPO_SPAN("Tři Tiché Kotvy 7 "), "10.7.0.4", "", &error));
    assert_true(verify("mala", EPO_SPAN("Tři Tiché Kotvy 7"), "10.7.0.5", "", &error));
}

static const struct epo_statement FIRST_ENDS = {
    "t.first_ends", "UPDATE accounts SET password_until_us = 1 WHERE password_until_us > 0", NULL};
static bool run_first_ends(struct epo_db *writer, void *arg, struct epo_error *error) {
    (void)arg;
    return epo_db_run(writer, &FIRST_ENDS, EPO_BIND_NONE, NULL, error);
}

/* What was printed for somebody is good for some days, and their own password for good. */
static void a_first_password_ends(void **state) {
    struct epo_error error = {0};
    int64_t until = epo_clock_now_us() + 60 * 1000000LL;
    struct epo_account account = {
        .id = "", .login = "prvni", .role = "citizen", .password_until_us = until};
    (void)state;
    assert_true(epo_account_add(&portal, &account, PASSWORD, EPO_SPAN("shell"), &error));
    assert_true(verify("prvni", PASSWORD, "10.8.0.1", "", &error));
    assert_true(epo_store_write(portal.store, run_first_ends, NULL, &error));
    assert_false(verify("prvni", EPO_SPAN("nejake jine heslo"), "10.8.0.1", "", &error));
    assert_string_equal(error.code, "account.wrong");
    assert_false(verify("prvni", PASSWORD, "10.8.0.1", "", &error));
    assert_string_equal(error.code, "account.first_ended");
    assert_true(epo_account_set_password(&portal, EPO_SPAN("prvni"), PASSWORD, 0, EPO_SPAN("shell"),
                                         &error));
    assert_true(verify("prvni", PASSWORD, "10.8.0.1", "", &error));
}

/* Somebody who guesses is slowed down from where they are; the owner, who has signed in from this
 * browser before, gets in all the same. */
static void guessing_is_slowed_and_the_owner_is_not(void **state) {
    struct epo_error error = {0};
    char device[EPO_TOKEN_SIZE];
    int refused = 0;
    (void)state;
    add_account("petr", "citizen", "");
    for (int i = 0; i < 8; i++) {
        assert_false(verify("petr", EPO_SPAN("spatne spatne spatne"), "10.6.6.6", "", &error));
        refused += error.kind == EPO_ERROR_RATE;
    }
    assert_true(refused >= 3);
    assert_false(verify("petr", PASSWORD, "10.6.6.6", "", &error)); /* even if right now */
    assert_int_equal(error.kind, EPO_ERROR_RATE);
    epo_account_device(&portal, EPO_SPAN("petr"), device);
    assert_true(verify("petr", PASSWORD, "10.6.6.6", device, &error));
    assert_true(verify("petr", PASSWORD, "10.1.1.1", "", &error)); /* and from elsewhere */
    epo_account_device(&portal, EPO_SPAN("jana"), device);
    assert_false(verify("petr", PASSWORD, "10.6.6.6", device, &error)); /* another's mark */
}

static void delays_grow_and_fade(void **state) {
    struct epo_throttle throttle = {EPO_SPAN("somebody"), 2};
    int64_t now = 1000000000000;
    (void)state;
    const int expected[] = {0, 0, 1, 2, 4, 8, 16, 32, 60, 60};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        epo_throttle_failed(&throttle, now);
        assert_int_equal(epo_throttle_wait(&throttle, now), expected[i]);
    }
    assert_int_equal(epo_throttle_wait(&throttle, now + 59000000), 1);
    assert_int_equal(epo_throttle_wait(&throttle, now + 60000000), 0);
    epo_throttle_failed(&throttle, now + 2 * 3600 * 1000000LL); /* long ago is forgotten */
    assert_int_equal(epo_throttle_wait(&throttle, now + 2 * 3600 * 1000000LL), 0);
    epo_throttle_succeeded(&throttle);
    assert_int_equal(epo_throttle_wait(&throttle, now), 0);
}

/* ---- sessions ---- */

struct session_job {
    struct epo_account account;
    char token[EPO_TOKEN_SIZE];
    struct epo_span previous;
};
static bool run_begin(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct session_job *job = arg;
    return epo_session_begin(&portal, writer, epo_span(job->account.id), epo_span(job->token),
                             job->previous, EPO_SPAN("Firefox, Linux"), "password", error);
}
static bool run_end(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct session_job *job = arg;
    return epo_session_end(&portal, writer, epo_span(job->token), error);
}
static void begin(struct session_job *job) {
    struct epo_error error = {0};
    epo_token_make(job->token);
    assert_true(epo_store_write(portal.store, run_begin, job, &error));
}
static bool is_in(const char *token) {
    struct epo_error error = {0};
    struct epo_account account;
    bool in = epo_session_find(&portal, db, epo_span(token), &account, &error);
    assert_int_equal(error.kind, EPO_ERROR_NONE);
    return in;
}

static const struct epo_statement IDLE = {
    "t.idle", "UPDATE sessions SET seen_at_us = seen_at_us - 28801000000", NULL};
static const struct epo_statement EXPIRE = {
    "t.expire", "UPDATE sessions SET expires_at_us = expires_at_us - 86401000000", NULL};

static void sessions_end(void **state) {
    struct epo_error error = {0};
    struct session_job one = {.account = add_account("klara", "clerk", "umo-3")};
    (void)state;
    begin(&one);
    assert_true(is_in(one.token));
    assert_false(is_in(""));
    assert_false(is_in("00000000000000000000000000"));
    struct session_job two = {.account = one.account, .previous = epo_span(one.token)};
    begin(&two); /* signing in again: the cookie from before is worth nothing */
    assert_false(is_in(one.token));
    assert_true(is_in(two.token));
    assert_true(epo_store_write(portal.store, run_end, &two, &error));
    assert_false(is_in(two.token));
    struct session_job three = {.account = one.account};
    begin(&three);
    tamper(&IDLE);
    assert_false(is_in(three.token));
    begin(&three);
    tamper(&EXPIRE);
    assert_false(is_in(three.token));
    begin(&three);
    assert_true(is_in(three.token));
    assert_true(epo_account_set_password(
        &portal, EPO_SPAN("klara"), EPO_SPAN("jine dlouhe heslo 7"), 0, EPO_SPAN("shell"), &error));
    assert_false(is_in(three.token)); /* a new password ends all sessions */
    begin(&three);
    assert_true(
        epo_account_set_disabled(&portal, EPO_SPAN("klara"), true, EPO_SPAN("shell"), &error));
    assert_false(is_in(three.token));
    assert_false(
        epo_account_set_disabled(&portal, EPO_SPAN("nikdo"), true, EPO_SPAN("shell"), &error));
    assert_string_equal(error.code, "account.unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weak_passwords_are_refused),
        cmocka_unit_test(words_of_the_place_make_no_password),
        cmocka_unit_test(logins_and_roles_are_checked),
        cmocka_unit_test(signs_in_with_the_right_password_only),
        cmocka_unit_test(passwords_are_taken_as_typed),
        cmocka_unit_test(a_first_password_ends),
        cmocka_unit_test(guessing_is_slowed_and_the_owner_is_not),
        cmocka_unit_test(delays_grow_and_fade),
        cmocka_unit_test(sessions_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
