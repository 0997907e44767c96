/* The ledger: what it refuses, and that no sequence of entries breaks its sums. */
#include "portal_fixture.h"

#include "portal/ledger.h"

#define AGENDA EPO_SPAN("dog_fee")
#define SEQUENCES 150
#define STEPS 50
#define PEOPLE 3

struct job {
    struct epo_ledger_entry entry;
    struct epo_ledger_posted posted;
};

static bool run_post(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct job *job = arg;
    return epo_ledger_post(&portal, writer, &job->entry, &job->posted, error);
}

static struct epo_ledger_entry read_entry(const char *text) {
    struct epo_error error = {0};
    struct epo_ledger_entry entry;
    if (!epo_ledger_read(pool, AGENDA, epo_json_parse(pool, epo_span(text), &error), &entry,
                         &error))
        fail_msg("%s: %s", text, error.text);
    return entry;
}

static bool post(const char *text, struct epo_ledger_posted *posted, struct epo_error *error) {
    struct job job = {.entry = read_entry(text)};
    bool good = epo_store_write(portal.store, run_post, &job, error);
    *posted = job.posted;
    return good;
}

static int64_t balance_of(const char *person) {
    struct epo_error error = {0};
    int64_t haler;
    assert_true(epo_ledger_balance(&portal, db, AGENDA, epo_span(person), &haler, &error));
    return haler;
}

/* ---- reading ---- */

static void wrong_entries_are_named(void **state) {
    static const struct {
        const char *text, *code, *where;
    } WRONG[] = {
        {"{\"kind\":\"gift\"}", "ledger.kind", "kind"},
        {"{\"kind\":\"payment\",\"person\":\"\"}", "ledger.person", "person"},
        {"{\"kind\":\"payment\",\"person\":7}", "ledger.person", "person"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-30\"}", "ledger.day", "day"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":0}",
         "ledger.haler", "haler"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":-5}",
         "ledger.haler", "haler"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":1.5}",
         "ledger.haler", "haler"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":100000000001}",
         "ledger.haler", "haler"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":1}",
         "ledger.reference", "reference"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":1,"
         "\"reference\":\"a\",\"due\":\"soon\"}",
         "ledger.due", "due"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":1,"
         "\"reference\":\"a\",\"explain\":[{}]}",
         "ledger.explain", "explain"},
        {"{\"kind\":\"payment\",\"person\":\"1\",\"day\":\"2026-02-03\",\"haler\":1,"
         "\"reference\":\"a\",\"reverses\":3}",
         "ledger.reverses", "reverses"},
        {"{\"kind\":\"reversal\",\"person\":\"1\",\"day\":\"2026-02-03\",\"reference\":\"a\"}",
         "ledger.reverses", "reverses"},
        {"{\"kind\":\"payment\",\"agenda\":\"waste_fee\"}", "ledger.agenda", "agenda"},
        {"{\"kind\":\"payment\",\"amount\":5}", "ledger.unknown", "amount"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct epo_error error = {0};
        struct epo_ledger_entry entry;
        if (epo_ledger_read(pool, AGENDA, epo_json_parse(pool, epo_span(WRONG[i].text), NULL),
                            &entry, &error))
            fail_msg("%s was taken", WRONG[i].text);
        assert_string_equal(error.code, WRONG[i].code);
        assert_string_equal(error.where, WRONG[i].where);
    }
}

/* ---- posting ---- */

static void entries_are_posted_once_and_reversed_once(void **state) {
    static const char ASSESSED[] = "{\"kind\":\"assessment\",\"person\":\"71\",\"period\":\"2026\","
                                   "\"day\":\"2026-01-05\",\"due\":\"2026-06-30\",\"haler\":50000,"
                                   "\"reference\":\"71/2026\"}";
    static const char LATER[] = "{\"kind\":\"assessment\",\"person\":\"71\",\"period\":\"2026\","
                                "\"day\":\"2026-01-09\",\"due\":\"2026-06-30\",\"haler\":50000,"
                                "\"reference\":\"71/2026\"}";
    static const char OTHER[] = "{\"kind\":\"assessment\",\"person\":\"71\",\"period\":\"2026\","
                                "\"day\":\"2026-01-05\",\"due\":\"2026-06-30\",\"haler\":60000,"
                                "\"reference\":\"71/2026\"}";
    struct epo_error error = {0};
    struct epo_ledger_posted first, again, reversal;
    (void)state;
    assert_true(post(ASSESSED, &first, &error));
    assert_false(first.repeated);
    assert_true(post(LATER, &again, &error)); /* a run of another day says the same */
    assert_true(again.repeated);
    assert_int_equal(again.id, first.id);
    assert_false(post(OTHER, &again, &error));
    assert_string_equal(error.code, "ledger.reference_used");
    assert_int_equal(balance_of("71"), 50000);

    const char *back = epo_pool_printf(pool,
                                       "{\"kind\":\"reversal\",\"person\":\"71\",\"day\":\"2026-"
                                       "02-01\",\"reference\":\"back\",\"reverses\":%lld}",
                                       (long long)first.id);
    const char *twice = epo_pool_printf(pool,
                                        "{\"kind\":\"reversal\",\"person\":\"71\",\"day\":\"2026-"
                                        "02-01\",\"reference\":\"twice\",\"reverses\":%lld}",
                                        (long long)first.id);
    const char *strange = epo_pool_printf(pool,
                                          "{\"kind\":\"reversal\",\"person\":\"72\",\"day\":\"2026-"
                                          "02-01\",\"reference\":\"else\",\"reverses\":%lld}",
                                          (long long)first.id);
    assert_false(post(strange, &reversal, &error));
    assert_string_equal(error.code, "ledger.unknown_entry");
    assert_true(post(back, &reversal, &error));
    assert_int_equal(balance_of("71"), 0);
    assert_true(post(back, &again, &error));
    assert_true(again.repeated);
    assert_false(post(twice, &again, &error));
    assert_string_equal(error.code, "ledger.reversed");
    const char *of_reversal =
        epo_pool_printf(pool,
                        "{\"kind\":\"reversal\",\"person\":\"71\",\"day\":\"2026-02-01\","
                        "\"reference\":\"back2\",\"reverses\":%lld}",
                        (long long)reversal.id);
    assert_false(post(of_reversal, &again, &error));
    assert_string_equal(error.code, "ledger.reversed");

    struct epo_json *entries;
    assert_true(epo_ledger_of_person(&portal, db, pool, AGENDA, EPO_SPAN("71"), &entries, &error));
    assert_int_equal(entries->count, 2);
    assert_int_equal(epo_json_get_integer(entries->items[0], "reversed_by", 0), reversal.id);
    assert_int_equal(epo_json_get_integer(entries->items[1], "reverses", 0), first.id);
    assert_true(epo_span_is(epo_json_get_text(entries->items[1], "period"), "2026"));
}

/* The database itself holds what the ledger promises, whoever writes. */
static void the_database_refuses_changes(void **state) {
    static const struct epo_statement TAMPER[] = {
        {"t.update", "UPDATE ledger_entries SET haler = 1", NULL},
        {"t.delete", "DELETE FROM ledger_entries", NULL},
        {"t.line", "UPDATE ledger_lines SET haler = -haler", NULL},
        {"t.lines", "DELETE FROM ledger_lines", NULL},
        {"t.more",
         "INSERT INTO ledger_lines (tenant, entry, account, haler)\n"
         "SELECT tenant, id, 'remission', 5 FROM ledger_entries LIMIT 1",
         NULL},
        {"t.none",
         "INSERT INTO ledger_entries SELECT tenant, id + 1000, agenda, person, kind, record,\n"
         "    period, day, due, haler, reference || '!', explain, reverses, by_account, note, "
         "at_us\n"
         "FROM ledger_entries WHERE reverses IS NULL LIMIT 1",
         NULL},
        {"t.replace",
         "INSERT OR REPLACE INTO ledger_entries SELECT tenant, id, agenda, person, kind, record,\n"
         "    period, day, due, haler + 1, reference, explain, reverses, by_account, note, at_us\n"
         "FROM ledger_entries WHERE reverses IS NULL LIMIT 1",
         NULL},
        {"t.open",
         "INSERT INTO ledger_lines (tenant, entry, account, haler)\n"
         "VALUES ('plzen', 999999, 'bank', 5)",
         NULL},
    };
    struct epo_error error = {0};
    struct epo_ledger_posted posted;
    (void)state;
    assert_true(post("{\"kind\":\"payment\",\"person\":\"73\",\"day\":\"2026-01-05\",\"haler\":7,"
                     "\"reference\":\"p73\"}",
                     &posted, &error));
    for (size_t i = 0; i < sizeof TAMPER / sizeof *TAMPER; i++) {
        error = (struct epo_error){0};
        if (epo_store_write(portal.store, run_statement, (void *)(uintptr_t)&TAMPER[i], &error))
            fail_msg("%s was let through", TAMPER[i].name);
    }
    assert_int_equal(balance_of("73"), -7);
}

/* ---- any sequence ---- */

static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* What is said in one step, and a simple model of what it does. */
struct said {
    enum epo_ledger_kind kind;
    int person;
    int64_t haler, id;
    char reference[40];
    int reverses; /* index of the step, or -1 */
    bool reversed;
};

struct sequence {
    uint32_t seed;
    int number, count;
    struct said said[STEPS];
    int64_t balance[PEOPLE], posted;
};

static int64_t sign_of(enum epo_ledger_kind kind) {
    return kind == EPO_LEDGER_PAYMENT || kind == EPO_LEDGER_REMISSION ? -1 : 1;
}

static bool say(struct sequence *sequence, struct epo_db *writer, struct said *said,
                struct epo_ledger_posted *posted, struct epo_error *error) {
    char person[40];
    snprintf(person, sizeof person, "s%d-%d", sequence->number, said->person);
    struct epo_ledger_entry entry = {
        .kind = said->kind,
        .agenda = AGENDA,
        .person = epo_span(person),
        .day = EPO_SPAN("2026-03-01"),
        .haler = said->haler,
        .reference = epo_span(said->reference),
        .reverses = said->reverses >= 0 ? sequence->said[said->reverses].id : 0};
    return epo_ledger_post(&portal, writer, &entry, posted, error);
}

/* A new entry, one said before, one said before with another amount, or a reversal. */
static void step(struct sequence *sequence, struct epo_db *writer) {
    struct epo_error error = {0};
    struct epo_ledger_posted posted;
    uint32_t what = next_random(&sequence->seed) % 10;
    int known = sequence->count > 0 ? (int)(next_random(&sequence->seed) % sequence->count) : -1;
    if (known >= 0 && what < 2) {
        assert_true(say(sequence, writer, &sequence->said[known], &posted, &error));
        assert_true(posted.repeated);
        assert_int_equal(posted.id, sequence->said[known].id);
        return;
    }
    if (known >= 0 && what == 2 && sequence->said[known].kind != EPO_LEDGER_REVERSAL) {
        struct said other = sequence->said[known];
        other.haler++;
        assert_false(say(sequence, writer, &other, &posted, &error));
        assert_string_equal(error.code, "ledger.reference_used");
        return;
    }
    struct said *said = &sequence->said[sequence->count];
    *said = (struct said){
        .kind = (enum epo_ledger_kind)(next_random(&sequence->seed) % EPO_LEDGER_REVERSAL),
        .person = (int)(next_random(&sequence->seed) % PEOPLE),
        .haler = 1 + next_random(&sequence->seed) % 1000000,
        .reverses = -1};
    snprintf(said->reference, sizeof said->reference, "s%d/%d", sequence->number, sequence->count);
    struct said *target = known >= 0 && what < 6 ? &sequence->said[known] : NULL;
    bool may = target == NULL || (!target->reversed && target->kind != EPO_LEDGER_REVERSAL);
    if (target != NULL) {
        said->kind = EPO_LEDGER_REVERSAL;
        said->person = target->person;
        said->haler = 0;
        said->reverses = known;
    }
    if (say(sequence, writer, said, &posted, &error) != may)
        fail_msg("sequence %d, step %d: %s", sequence->number, sequence->count, error.text);
    if (!may)
        return;
    sequence->posted++;
    if (target != NULL)
        target->reversed = true;
    const struct said *counts = target != NULL ? target : said;
    sequence->balance[said->person] +=
        (target != NULL ? -1 : 1) * sign_of(counts->kind) * counts->haler;
    said->id = posted.id;
    sequence->count++;
}

static bool run_sequence(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct sequence *sequence = arg;
    (void)error;
    while (sequence->count < STEPS)
        step(sequence, writer);
    return true;
}

static void any_sequence_keeps_the_sums(void **state) {
    static const struct epo_statement UNBALANCED = {
        "t.unbalanced",
        "SELECT COUNT(*) FROM (SELECT entry FROM ledger_lines GROUP BY tenant, entry\n"
        "    HAVING SUM(haler) <> 0 OR COUNT(*) < 2)",
        NULL};
    struct sequence *sequence = malloc(sizeof *sequence);
    struct epo_error error = {0};
    struct epo_ledger_sums sums;
    (void)state;
    for (int i = 0; i < SEQUENCES; i++) {
        *sequence = (struct sequence){.seed = (uint32_t)i * 7919u + 1, .number = i};
        if (!epo_store_write(portal.store, run_sequence, sequence, &error))
            fail_msg("%s", error.text);
        for (int j = 0; j < PEOPLE; j++)
            assert_int_equal(balance_of(epo_pool_printf(pool, "s%d-%d", i, j)),
                             sequence->balance[j]);
    }
    free(sequence);
    assert_true(epo_ledger_sums(&portal, db, AGENDA, &sums, &error));
    assert_int_equal(sums.receivable + sums.revenue + sums.bank + sums.remission, 0);
    struct epo_rows *rows = epo_db_query(db, &UNBALANCED, EPO_BIND_NONE);
    assert_true(epo_rows_next(rows));
    assert_int_equal(epo_rows_integer(rows, 0), 0);
    assert_true(epo_rows_end(rows, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_entries_are_named),
        cmocka_unit_test(entries_are_posted_once_and_reversed_once),
        cmocka_unit_test(the_database_refuses_changes),
        cmocka_unit_test(any_sequence_keeps_the_sums),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
