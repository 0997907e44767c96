/* An agenda's own cases (see tools.h), run against the agenda as it would be loaded, with a
 * throw-away database and without a map. */
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "plugin/assess.h"
#include "plugin/tools.h"

#define CASES_BYTES_MAX (4u << 20)
#define TEST_PERSON "1000000008" /* of who sends, unless the case says another number */

struct testing {
    struct epo_portal portal; /* the given one with the throw-away database */
    struct epo_agenda *agenda;
    struct epo_db *db;
    struct epo_pool *pool; /* of one case */
    FILE *wrong;
    const char *file;
    const struct epo_json *test;
    bool failed; /* this case */
    int passed, failures;
};

/* What a case came to. */
struct outcome {
    struct epo_json *errors, *values, *result;
    struct epo_json *records, *ended, *ledger; /* what it said of registers */
};

__attribute__((format(printf, 2, 3))) static void wrong(struct testing *testing, const char *format,
                                                        ...) {
    struct epo_span name = epo_json_get_text(testing->test, "name");
    va_list arguments;
    fprintf(testing->wrong, "%s:%u: %.*s: ", testing->file, testing->test->line, EPO_ARG(name));
    va_start(arguments, format);
    vfprintf(testing->wrong, format, arguments);
    va_end(arguments);
    fputc('\n', testing->wrong);
    testing->failed = true;
}

/* ---- comparing ---- */

/* Every member of expected stands equal in found; 1 and 1.0 are equal. */
static void compare_members(struct testing *testing, const char *what,
                            const struct epo_json *expected, const struct epo_json *found) {
    for (uint32_t i = 0; expected && expected->type == EPO_JSON_OBJECT && i < expected->count;
         i++) {
        struct epo_span name = expected->names[i];
        struct epo_span wanted = epo_json_print_canonical(testing->pool, expected->items[i]);
        struct epo_span got =
            epo_json_print_canonical(testing->pool, epo_json_get_span(found, name));
        if (!epo_span_equal(wanted, got))
            wrong(testing, "%s \"%.*s\" is %.*s, expected %.*s", what, EPO_ARG(name), EPO_ARG(got),
                  EPO_ARG(wanted));
    }
}

static bool has_code(const struct epo_json *list, struct epo_span code) {
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct epo_json *item = list->items[i];
        if (epo_span_equal(epo_json_is_text(item) ? item->text : epo_json_get_text(item, "code"),
                           code))
            return true;
    }
    return false;
}

static void compare_errors(struct testing *testing, const struct epo_json *expected,
                           const struct epo_json *found) {
    for (uint32_t i = 0; expected && i < expected->count; i++)
        if (epo_json_is_text(expected->items[i]) && !has_code(found, expected->items[i]->text))
            wrong(testing, "the error \"%.*s\" was expected and did not come",
                  EPO_ARG(expected->items[i]->text));
    for (uint32_t i = 0; found && i < found->count; i++) {
        struct epo_span code = epo_json_get_text(found->items[i], "code");
        struct epo_span path = epo_json_get_text(found->items[i], "path");
        struct epo_span said = epo_json_get_text(found->items[i], "message");
        if (!has_code(expected, code))
            wrong(testing, "the error \"%.*s\" at \"%.*s\" was not expected: %.*s", EPO_ARG(code),
                  EPO_ARG(path), EPO_ARG(said));
    }
}

static const struct epo_json *given(struct testing *testing, const char *name) {
    const struct epo_json *rows = epo_json_get(testing->test, name);
    return rows ? rows : epo_json_array(testing->pool);
}

static struct epo_span given_person(struct testing *testing) {
    struct epo_span person = epo_json_get_text(testing->test, "person");
    return person.len > 0 ? person : EPO_SPAN(TEST_PERSON);
}

/* What the hook's writes say of registers, for comparing. */
static void sort_writes(struct testing *testing, const struct epo_json *writes,
                        struct outcome *outcome) {
    struct epo_pool *pool = testing->pool;
    for (uint32_t i = 0; writes && i < writes->count; i++) {
        const struct epo_json *item = writes->items[i], *said;
        if ((said = epo_json_get(item, "post")))
            epo_json_push(pool, outcome->ledger, epo_json_copy(pool, said));
        else if ((said = epo_json_get(item, "end")))
            epo_json_push(pool, outcome->ended, epo_json_copy(pool, said));
        else if ((said = epo_json_get(item, "put"))) {
            struct epo_json *record = epo_json_copy(pool, said);
            epo_json_set(pool, record, "data",
                         epo_json_parse(pool, epo_json_get_text(said, "data"), NULL));
            epo_json_push(pool, outcome->records, record);
        }
    }
}

/* As many as expected, in order, and of each the members that are named. */
static void compare_rows(struct testing *testing, const char *what, const struct epo_json *expected,
                         const struct epo_json *found) {
    if (!expected)
        return;
    if (expected->count != found->count)
        wrong(testing, "%s: %u were expected and %u came: %.*s", what, expected->count,
              found->count, EPO_ARG(epo_json_print(testing->pool, found)));
    for (uint32_t i = 0; i < expected->count && i < found->count; i++)
        compare_members(testing, what, expected->items[i], found->items[i]);
}

static void compare(struct testing *testing, const struct outcome *outcome) {
    const struct epo_json *expect = epo_json_get(testing->test, "expect");
    const struct epo_json *lines = epo_json_get(expect, "explain");
    struct epo_span lang = epo_json_get_text(testing->test, "lang");
    compare_errors(testing, epo_json_get(expect, "errors"), outcome->errors);
    compare_members(testing, "the value", epo_json_get(expect, "values"), outcome->values);
    compare_members(testing, "the result", epo_json_get(expect, "result"), outcome->result);
    compare_rows(testing, "the record", epo_json_get(expect, "records"), outcome->records);
    compare_rows(testing, "the ended record", epo_json_get(expect, "ended"), outcome->ended);
    compare_rows(testing, "the entry", epo_json_get(expect, "ledger"), outcome->ledger);
    if (lines) {
        struct epo_json *found = epo_agenda_explain(testing->agenda, testing->pool,
                                                    lang.len ? lang.at : "cs", outcome->values);
        struct epo_span wanted = epo_json_print_canonical(testing->pool, lines);
        struct epo_span got = epo_json_print_canonical(testing->pool, found);
        if (!epo_span_equal(wanted, got))
            wrong(testing, "the explanation is %.*s, expected %.*s", EPO_ARG(got), EPO_ARG(wanted));
    }
}

/* ---- running ---- */

static void broke(struct testing *testing, const struct epo_error *error) {
    wrong(testing, "%s%s%s (%s)", error->where, error->where[0] ? ": " : "", error->text,
          error->code);
}

static void run_state(struct testing *testing, struct epo_intake *intake, struct outcome *outcome) {
    struct epo_pool *pool = testing->pool;
    const struct epo_json *moved = epo_json_get(testing->test, "case");
    struct epo_json *submission = epo_json_object(pool);
    struct epo_error error = {0};
    epo_json_set(pool, submission, "answers", intake->result.answers);
    epo_json_set(pool, submission, "facts", intake->result.facts);
    epo_json_set(pool, submission, "values", intake->values);
    epo_json_set_string(pool, submission, "form", epo_form_id(intake->form));
    epo_json_set_string(pool, submission, "formVersion", epo_form_version(intake->form));
    epo_json_set_string(pool, submission, "number", "2026-000001");
    epo_json_set_text(pool, submission, "state", epo_json_get_text(moved, "from"));
    epo_json_set_text(pool, submission, "district", intake->district);
    struct epo_state_change change = {.portal = &testing->portal,
                                      .db = testing->db,
                                      .pool = pool,
                                      .agenda = testing->agenda,
                                      .lang = intake->lang,
                                      .submission = submission,
                                      .to = epo_json_get_text(moved, "to"),
                                      .note = epo_json_get_text(moved, "note"),
                                      .account = intake->account,
                                      .given_records = intake->given_records,
                                      .given_entries = intake->given_entries,
                                      .given_person = intake->given_person,
                                      .given_today = intake->given_today,
                                      .given_parameters = intake->given_parameters};
    if (epo_agenda_state(&change, &error)) {
        sort_writes(testing, change.writes, outcome);
        return;
    }
    if (error.kind != EPO_ERROR_BAD_INPUT || change.failures->count == 0)
        broke(testing, &error); /* a note that the states want, too */
    for (uint32_t i = 0; i < change.failures->count; i++)
        epo_json_push(pool, outcome->errors, change.failures->items[i]);
}

static void run_form(struct testing *testing, struct outcome *outcome) {
    const struct epo_json *test = testing->test, *facts = epo_json_get(test, "place_facts");
    struct epo_span lang = epo_json_get_text(test, "lang"),
                    today = epo_json_get_text(test, "today");
    struct epo_error error = {0};
    epo_write_run_fn run;
    void *arg;
    struct epo_intake intake = {
        .portal = &testing->portal,
        .db = testing->db,
        .pool = testing->pool,
        .agenda = testing->agenda,
        .form = epo_agenda_find_form(testing->agenda, epo_json_get_text(test, "form")),
        .source = EPO_ANSWERS_FROM_JSON,
        .raw = epo_json_get(test, "answers"),
        .lang = lang.len ? lang.at : "cs",
        .account = epo_json_get(test, "account"),
        .given_facts = facts ? facts : epo_json_object(testing->pool),
        .given_parameters = epo_json_get(test, "parameters"),
        .given_records = given(testing, "records"),
        .given_entries = given(testing, "ledger"),
        .given_person = given_person(testing),
        .given_today = today.len ? today.at : NULL,
        .parameters_day = today.len ? today.at : NULL}; /* the form is judged as of it as well */
    if (!intake.form || !intake.raw) {
        wrong(testing, "the case needs \"answers\" and a \"form\" that the agenda has");
        return;
    }
    if (!epo_intake_check(&intake, &error)) {
        broke(testing, &error);
        return;
    }
    if (intake.result.errors->count == 0 && !epo_intake_file(&intake, &run, &arg, &error) &&
        intake.result.errors->count == 0) {
        broke(testing, &error);
        return;
    }
    outcome->errors = intake.result.errors;
    outcome->values = intake.values;
    outcome->result = intake.submitted;
    sort_writes(testing, intake.writes, outcome);
    if (epo_json_get(test, "case") && outcome->errors->count == 0)
        run_state(testing, &intake, outcome);
}

/* Parameters in force on that day (NULL: today), with those of the case laid over. */
static struct epo_json *parameters_of(struct testing *testing, struct epo_span district,
                                      const char *day) {
    struct epo_pool *pool = testing->pool;
    struct epo_json *parameters = epo_agenda_parameters(testing->agenda, pool, district, day);
    const struct epo_json *laid = epo_json_get(testing->test, "parameters");
    for (uint32_t i = 0; laid && i < laid->count; i++)
        epo_json_set(pool, parameters, laid->names[i].at, epo_json_copy(pool, laid->items[i]));
    return parameters;
}

/* {"assess": {"record": {…}, "period": "2027"}} */
static void run_assess(struct testing *testing, const struct epo_json *assess,
                       struct outcome *outcome) {
    struct epo_pool *pool = testing->pool;
    const struct epo_json *said = epo_json_get(assess, "record");
    struct epo_span period = epo_json_get_text(assess, "period");
    struct epo_span lang = epo_json_get_text(testing->test, "lang");
    struct epo_json *errors = epo_json_array(pool), *record, *tree = epo_json_object(pool);
    struct epo_error error = {0};
    struct epo_record checked;
    char from[11], until[11];
    if (!epo_assess_period(period, from, until)) {
        wrong(testing, "\"period\" is \"2027\", \"2027-03\" or \"2027-Q2\"");
        return;
    }
    if (!epo_registers_check(testing->agenda, pool, EPO_ANSWERS_FROM_JSON, "en", said, &checked,
                             errors, &error)) {
        broke(testing, &error);
        return;
    }
    outcome->errors = errors;
    if (errors->count > 0)
        return;
    record = epo_json_copy(pool, said);
    epo_json_set_text(pool, record, "kind", checked.kind);
    epo_json_set_text(pool, record, "person", checked.person);
    epo_json_set(pool, record, "data", epo_json_parse(pool, checked.data, NULL));
    if (epo_json_get(testing->test, "today"))
        epo_json_set(pool, tree, "today", epo_json_get(testing->test, "today"));
    struct epo_span district = epo_json_get_text(epo_json_get(record, "data"), "district");
    struct epo_hook hook = {.pool = pool,
                            .portal = &testing->portal,
                            .db = testing->db,
                            .lang = lang.len ? lang.at : "cs",
                            .tree = tree,
                            .given_records = given(testing, "records"),
                            .given_entries = given(testing, "ledger")};
    if (!epo_assess_ask(testing->agenda, record, period, parameters_of(testing, district, from),
                        &hook, &error))
        broke(testing, &error);
    outcome->errors = hook.failures;
    sort_writes(testing, hook.writes, outcome);
}

/* A page, route or job is asked as it stands. */
static void run_named(struct testing *testing, enum epo_hook_kind kind, struct epo_span name,
                      struct outcome *outcome) {
    static const char *const GIVEN[] = {"request", "account", "today"};
    struct epo_pool *pool = testing->pool;
    struct epo_span lang = epo_json_get_text(testing->test, "lang");
    struct epo_json *tree = epo_json_object(pool);
    struct epo_error error = {0};
    for (size_t i = 0; i < sizeof GIVEN / sizeof *GIVEN; i++)
        if (epo_json_get(testing->test, GIVEN[i]))
            epo_json_set(pool, tree, GIVEN[i],
                         epo_json_copy(pool, epo_json_get(testing->test, GIVEN[i])));
    epo_json_set(pool, tree, "parameters", parameters_of(testing, EPO_SPAN(""), NULL));
    struct epo_hook hook = {.pool = pool,
                            .portal = &testing->portal,
                            .db = testing->db,
                            .lang = lang.len ? lang.at : "cs",
                            .tree = tree,
                            .given_records = given(testing, "records"),
                            .given_entries = given(testing, "ledger")};
    if (!epo_agenda_call(testing->agenda, kind, epo_pool_string(pool, name), &hook, &error))
        broke(testing, &error);
    outcome->errors = hook.failures;
    outcome->result = hook.result;
}

static void run_case(struct testing *testing, const struct epo_json *test) {
    struct outcome outcome = {0};
    struct epo_span page = epo_json_get_text(test, "page"),
                    route = epo_json_get_text(test, "route"), job = epo_json_get_text(test, "job");
    testing->test = test;
    testing->failed = false;
    testing->pool = epo_pool_create();
    outcome.records = epo_json_array(testing->pool);
    outcome.ended = epo_json_array(testing->pool);
    outcome.ledger = epo_json_array(testing->pool);
    if (epo_json_get(test, "assess"))
        run_assess(testing, epo_json_get(test, "assess"), &outcome);
    else if (page.len)
        run_named(testing, EPO_HOOK_PAGE, page, &outcome);
    else if (route.len)
        run_named(testing, EPO_HOOK_ROUTE, route, &outcome);
    else if (job.len)
        run_named(testing, EPO_HOOK_JOB, job, &outcome);
    else
        run_form(testing, &outcome);
    if (!testing->failed)
        compare(testing, &outcome);
    epo_pool_free(testing->pool);
    testing->passed += !testing->failed;
    testing->failures += testing->failed;
}

static void run_file(struct testing *testing, struct epo_pool *pool, const char *path) {
    struct epo_span bytes;
    const char *why;
    struct epo_error error = {0};
    struct epo_json *cases = NULL;
    testing->file = path;
    if (!epo_file_read(pool, path, CASES_BYTES_MAX, &bytes, &why))
        fprintf(testing->wrong, "%s: %s\n", path, why);
    else if (!(cases = epo_json_parse(pool, bytes, &error)))
        fprintf(testing->wrong, "%s:%s: %s\n", path, error.where, error.text);
    if (!cases) {
        testing->failures++;
        return;
    }
    if (cases->type != EPO_JSON_ARRAY)
        run_case(testing, cases);
    for (uint32_t i = 0; cases->type == EPO_JSON_ARRAY && i < cases->count; i++)
        run_case(testing, cases->items[i]);
}

static int is_cases(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

static void run_files(struct testing *testing, const char *agenda_folder) {
    struct epo_pool *pool = epo_pool_create();
    struct dirent **entries;
    const char *folder = epo_pool_printf(pool, "%s/tests", agenda_folder);
    int count = scandir(folder, &entries, is_cases, alphasort);
    for (int i = 0; i < count; i++) {
        run_file(testing, pool, epo_pool_printf(pool, "%s/%s", folder, entries[i]->d_name));
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    epo_pool_free(pool);
}

static bool open_agenda(struct testing *testing, const struct epo_runtime *const *runtimes,
                        size_t runtime_count, const char *agenda_folder) {
    struct epo_faults faults = {.pool = epo_pool_create()};
    static const struct epo_form_trial FILES_ALONE = {NULL, {"", 0}};
    testing->agenda = epo_agenda_open(&testing->portal, NULL, runtimes, runtime_count,
                                      agenda_folder, &FILES_ALONE, &faults);
    for (struct epo_fault *fault = faults.first; fault; fault = fault->next)
        fprintf(testing->wrong, "%s:%d: %s\n", fault->file, fault->line > 0 ? fault->line : 1,
                fault->text);
    epo_pool_free(faults.pool);
    return testing->agenda != NULL;
}

static void remove_store(const char *folder) {
    static const char *const FILES[] = {"test.db", "test.db-wal", "test.db-shm"};
    char path[200];
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, FILES[i]);
        unlink(path);
    }
    rmdir(folder);
}

bool epo_agenda_test(struct epo_portal *portal, const struct epo_runtime *const *runtimes,
                     size_t runtime_count, const char *agenda_folder, FILE *wrong, int *passed,
                     int *failed, struct epo_error *error) {
    struct testing testing = {.portal = *portal, .wrong = wrong};
    struct epo_store_options options = {.label = "test"};
    char folder[] = "/tmp/epo-test-XXXXXX", path[200];
    if (!mkdtemp(folder))
        return epo_fail(error, EPO_ERROR_BROKEN, "agenda.test",
                        "no folder for a test database can be made: %s", strerror(errno));
    snprintf(path, sizeof path, "%s/test.db", folder);
    testing.portal.maps = NULL;
    testing.portal.store = epo_store_open(path, &options, error);
    bool ready = testing.portal.store != NULL;
    bool opened = ready && open_agenda(&testing, runtimes, runtime_count, agenda_folder);
    if (opened)
        testing.db = epo_store_connect(testing.portal.store, error);
    if (testing.db)
        run_files(&testing, agenda_folder);
    *passed += testing.passed;
    *failed += testing.failures + !testing.db;
    if (testing.db)
        epo_db_close(testing.db);
    epo_agenda_release(testing.agenda);
    if (ready)
        epo_store_close(testing.portal.store);
    remove_store(folder);
    if (ready && (!opened || testing.failures))
        epo_fail(error, EPO_ERROR_BAD_INPUT, "agenda.test", "Cases of the agenda failed.");
    return testing.db && testing.failures == 0;
}
