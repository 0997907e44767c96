/* What is due: by the order of the tax code and of the Civil Code, with interest by day. */
#include "portal_fixture.h"

#include "portal/dues.h"
#include "portal/payment.h"

#define SEQUENCES 3000
#define STEPS 25

static int64_t percent_12(void *arg, const char *day) {
    (void)arg;
    return strcmp(day, "2026-07-01") < 0 ? 1175 : 1200;
}
static const struct epo_dues_rules PUBLIC = {false, NULL, NULL};
static const struct epo_dues_rules PRIVATE = {true, percent_12, NULL};

static struct epo_json *reckon(const char *entries, const char *today,
                               const struct epo_dues_rules *rules) {
    struct epo_error error = {0};
    struct epo_json *read = epo_json_parse(pool, epo_span(entries), &error);
    if (read == NULL)
        fail_msg("%s", error.text);
    return epo_dues_reckon(pool, read, epo_span(today), rules);
}

static int64_t sum(const struct epo_json *dues, const char *name) {
    return epo_json_get_integer(dues, name, 0);
}
static int64_t of_due(const struct epo_json *dues, uint32_t index, const char *name) {
    return epo_json_get_integer(epo_json_get(dues, "dues")->items[index], name, 0);
}

#define A(id, due, haler)                                                                          \
    "{\"id\":" #id ",\"kind\":\"assessment\",\"period\":\"p" #id "\",\"record\":\"\",\"day\":"     \
    "\"2026-01-01\",\"due\":\"" due "\",\"haler\":" #haler "}"
#define E(id, kind, day, haler)                                                                    \
    "{\"id\":" #id ",\"kind\":\"" kind "\",\"period\":\"\",\"record\":\"\",\"day\":\"" day         \
    "\",\"due\":\"\",\"haler\":" #haler "}"

static void payments_go_to_the_earliest_due(void **state) {
    struct epo_json *dues = reckon("[" A(1, "2026-06-30", 500) "," A(2, "2026-03-31", 300) "," E(
                                       3, "payment", "2026-05-01", 400) "]",
                                   "2026-05-02", &PUBLIC);
    (void)state;
    assert_int_equal(sum(dues, "balance"), 400);
    assert_int_equal(sum(dues, "overdue"), 0);
    assert_int_equal(of_due(dues, 0, "id"), 2);
    assert_int_equal(of_due(dues, 0, "open"), 0);
    assert_int_equal(of_due(dues, 1, "open"), 400);
    assert_int_equal(sum(epo_json_get(dues, "next"), "haler"), 400);
    dues = reckon("[" A(1, "2026-06-30", 500) "]", "2026-07-10", &PUBLIC);
    assert_int_equal(sum(dues, "overdue"), 500);
    assert_int_equal(of_due(dues, 0, "late_days"), 10);
    assert_int_equal(sum(dues, "interest"), 0); /* a fee has none by itself */
    dues = reckon("[" A(1, "2026-06-30", 500) "]", "2026-06-30", &PUBLIC);
    assert_int_equal(sum(dues, "overdue"), 0); /* today it can still be paid in time */
}

static void what_is_paid_too_much_waits(void **state) {
    struct epo_json *dues =
        reckon("[" E(1, "payment", "2025-12-01",
                     700) "," A(2, "2026-06-30", 500) "," E(3, "refund", "2026-07-01", 150) "]",
               "2026-08-01", &PUBLIC);
    (void)state;
    assert_int_equal(of_due(dues, 0, "open"), 0);
    assert_int_equal(sum(dues, "credit"), 50);
    assert_int_equal(sum(dues, "balance"), -50);
    dues = reckon("[" E(1, "payment", "2026-01-01", 100) "," E(2, "refund", "2026-02-01", 150) "]",
                  "2026-08-01", &PUBLIC); /* given back too much */
    assert_int_equal(sum(dues, "balance"), 50);
    assert_int_equal(sum(dues, "overdue"), 50);
}

static void a_reversed_entry_never_was(void **state) {
    struct epo_json *dues =
        reckon("[{\"id\":1,\"kind\":\"assessment\",\"day\":\"2026-01-01\",\"due\":\"2026-02-01\","
               "\"haler\":900,\"reversed_by\":2},"
               "{\"id\":2,\"kind\":\"reversal\",\"day\":\"2026-03-01\",\"due\":\"\",\"haler\":900,"
               "\"reverses\":1}," A(3, "2026-02-01", 400) "]",
               "2026-02-11", &PRIVATE);
    (void)state;
    assert_int_equal(epo_json_get(dues, "dues")->count, 1);
    assert_int_equal(sum(dues, "balance"), 400);
}

/* 100 000 Kč due 15 January 2026, 40 000 of it paid on 25 January: 10 days of the whole, then 20 of
 * the rest, at 11.75 % of the first half of the year:
 * (10000000 × 10 + 6000000 × 20) × 0.1175 / 365 = 70821.9… haléř */
static void interest_runs_by_day(void **state) {
    static const char ENTRIES[] =
        "[" A(1, "2026-01-15", 10000000) "," E(2, "payment", "2026-01-25", 4000000) "]";
    struct epo_json *dues = reckon(ENTRIES, "2026-02-14", &PRIVATE);
    (void)state;
    assert_int_equal(of_due(dues, 0, "interest"), 70821);
    const struct epo_json *parts = epo_json_get(epo_json_get(dues, "dues")->items[0], "parts");
    assert_int_equal(parts->count, 2);
    assert_int_equal(epo_json_get_integer(parts->items[0], "days", 0), 10);
    assert_true(epo_span_is(epo_json_get_text(parts->items[0], "from"), "2026-01-16"));
    assert_true(epo_span_is(epo_json_get_text(parts->items[0], "until"), "2026-01-25"));
    assert_int_equal(epo_json_get_integer(parts->items[1], "haler", 0), 6000000);
    /* the rate of the half-year in which the delay began stays, in a leap year its days are 366ths:
     * due 30 June 2027 begins in July: 12 % × (184 / 365 + 60 / 366) of 100 000 Kč */
    dues = reckon("[" A(1, "2027-06-30", 10000000) "]", "2028-02-29", &PRIVATE);
    assert_int_equal(of_due(dues, 0, "interest"), 801652);
    assert_int_equal(
        of_due(reckon("[" A(1, "2026-01-15", 10000000) "]", "2026-01-15", &PRIVATE), 0, "interest"),
        0);
}

/* In private law interest goes first and the debtor may name what is paid. */
static void private_debts_are_paid_otherwise(void **state) {
    static const char INTEREST[] = "[" A(1, "2026-01-15", 1000) "," E(
        2, "interest", "2026-02-01", 100) "," E(3, "payment", "2026-02-10", 300) "]";
    static const char NAMED[] = "[" A(1, "2026-01-15", 1000) "," A(
        2, "2026-02-15",
        1000) ",{\"id\":3,\"kind\":\"payment\",\"day\":\"2026-03-01\",\"due\":\"\",\"haler\":1000,"
              "\"period\":\"p2\",\"record\":\"\"}]";
    (void)state;
    struct epo_json *dues = reckon(INTEREST, "2026-02-10", &PUBLIC);
    assert_int_equal(of_due(dues, 0, "open"), 700);
    assert_int_equal(of_due(dues, 1, "open"), 100);
    dues = reckon(INTEREST, "2026-02-10", &PRIVATE);
    assert_int_equal(of_due(dues, 0, "open"), 800);
    assert_int_equal(of_due(dues, 1, "open"), 0);
    dues = reckon(NAMED, "2026-03-01", &PUBLIC);
    assert_int_equal(of_due(dues, 0, "open"), 0);
    dues = reckon(NAMED, "2026-03-01", &PRIVATE);
    assert_int_equal(of_due(dues, 0, "open"), 1000);
    assert_int_equal(of_due(dues, 1, "open"), 0);
}

/* ---- any sequence ---- */

static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* balance = open - credit = the sum of what was said, nothing is open and waiting at once, and no
 * due is paid beyond itself. */
static void any_sequence_adds_up(void **state) {
    static const char *const KINDS[] = {"assessment", "payment", "remission", "refund", "interest"};
    static const int SIGNS[] = {1, -1, -1, 1, 1};
    (void)state;
    for (uint32_t i = 0; i < SEQUENCES; i++) {
        struct epo_pool *own = epo_pool_create();
        struct epo_json *entries = epo_json_array(own);
        uint32_t seed = i * 2654435761u + 7;
        int64_t balance = 0, open = 0;
        for (int day = 0, id = 1; id <= STEPS; id++) {
            struct epo_json *entry = epo_json_object(own);
            uint32_t kind = next_random(&seed) % 5, due = 1 + next_random(&seed) % 28;
            bool reversed = next_random(&seed) % 6 == 0;
            int64_t haler = 1 + next_random(&seed) % 1000;
            day += (int)(next_random(&seed) % 2);
            epo_json_set_integer(own, entry, "id", id);
            epo_json_set_string(own, entry, "kind", KINDS[kind]);
            epo_json_set_string(own, entry, "day", epo_pool_printf(own, "2026-02-%02d", day + 1));
            epo_json_set_string(own, entry, "due", epo_pool_printf(own, "2026-02-%02u", due));
            epo_json_set_string(own, entry, "period", due % 3 == 0 ? "a" : due % 3 == 1 ? "b" : "");
            epo_json_set_integer(own, entry, "haler", haler);
            if (reversed)
                epo_json_set_integer(own, entry, "reversed_by", 1000 + id);
            balance += reversed ? 0 : SIGNS[kind] * haler;
            epo_json_push(own, entries, entry);
        }
        struct epo_json *dues =
            epo_dues_reckon(own, entries, EPO_SPAN("2026-03-15"), i % 2 == 0 ? &PUBLIC : &PRIVATE);
        const struct epo_json *rows = epo_json_get(dues, "dues");
        for (uint32_t j = 0; j < rows->count; j++) {
            assert_true(of_due(dues, j, "open") >= 0);
            assert_int_equal(of_due(dues, j, "haler"), of_due(dues, j, "open") +
                                                           of_due(dues, j, "paid") +
                                                           of_due(dues, j, "remitted"));
            open += of_due(dues, j, "open");
        }
        assert_int_equal(sum(dues, "open"), open);
        assert_int_equal(sum(dues, "balance"), balance);
        assert_int_equal(sum(dues, "balance"), open - sum(dues, "credit"));
        assert_true(open == 0 || sum(dues, "credit") == 0);
        epo_pool_free(own);
    }
}

/* ---- payment codes ---- */

static void payment_codes_are_spayd(void **state) {
    struct epo_payment payment = {.account = EPO_SPAN("19-2000145399/0800"),
                                  .haler = 45000,
                                  .person = EPO_SPAN("1000000008"),
                                  .message = EPO_SPAN("Poplatek ze psů * 50 %"),
                                  .due = EPO_SPAN("2026-06-30")};
    (void)state;
    assert_true(epo_payment_make(pool, &payment));
    assert_true(epo_span_is(payment.code, "SPD*1.0*ACC:CZ6508000000192000145399*AM:450.00*CC:CZK*"
                                          "DT:20260630*MSG:POPLATEK ZE PSU 50*X-VS:1000000008"));
    assert_true(epo_span_is(payment.local, "19-2000145399/0800"));
    payment.person = EPO_SPAN("P-17"); /* no bank takes that for a symbol */
    assert_true(epo_payment_make(pool, &payment));
    assert_int_equal(payment.symbol.len, 0);
    payment.account = EPO_SPAN("19-2000145398/0800");
    assert_false(epo_payment_make(pool, &payment));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payments_go_to_the_earliest_due),
        cmocka_unit_test(what_is_paid_too_much_waits),
        cmocka_unit_test(a_reversed_entry_never_was),
        cmocka_unit_test(interest_runs_by_day),
        cmocka_unit_test(private_debts_are_paid_otherwise),
        cmocka_unit_test(any_sequence_adds_up),
        cmocka_unit_test(payment_codes_are_spayd),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
