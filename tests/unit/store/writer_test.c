/* Group commit: a job that fails spoils nothing else, an answer comes only after the commit,
 * readers see it at once, and 16 threads are served exactly once each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "folder.h"
#include "store/store.h"

static struct test_folder folder;
static struct epo_store *store;

static const struct epo_statement MAKE = {
    "t.make", "CREATE TABLE IF NOT EXISTS n (n INTEGER PRIMARY KEY, t TEXT) STRICT", NULL};
static const struct epo_statement ADD = {"t.add", "INSERT INTO n (n, t) VALUES ($1, $2)", NULL};
static const struct epo_statement COUNT = {"t.count", "SELECT COUNT(*), COUNT(DISTINCT n) FROM n",
                                           NULL};
static bool make(struct epo_db *db, void *arg, struct epo_error *error) {
    (void)arg;
    return epo_db_run(db, &MAKE, EPO_BIND_NONE, NULL, error);
}

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
    test_folder_make(&folder);
    if (!epo_store_setup(&error))
        return -1;
    store = epo_store_open(test_folder_file(&folder, "t.db"),
                           &(struct epo_store_options){.label = "test"}, &error);
    return store && epo_store_write(store, make, NULL, &error) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_store_close(store);
    test_folder_remove(&folder);
    return 0;
}

struct adding {
    int64_t n;
    bool then_fail, endless;
};

/* Would fill the disk; bounded as the statements of agendas are. */
static const struct epo_statement ENDLESS = {
    "t.endless",
    "WITH RECURSIVE c(i) AS (SELECT 2000000 UNION ALL SELECT i + 1 FROM c)"
    " INSERT INTO n (n, t) SELECT i, 'endless' FROM c",
    NULL, 100000};

static bool add(struct epo_db *db, void *arg, struct epo_error *error) {
    struct adding *adding = arg;
    if (adding->endless)
        return epo_db_run(db, &ENDLESS, EPO_BIND_NONE, NULL, error);
    if (!epo_db_run(db, &ADD, EPO_BIND(EPO_INTEGER(adding->n), EPO_STRING("x")), NULL, error))
        return false;
    return !adding->then_fail ||
           epo_fail(error, EPO_ERROR_CONFLICT, "t.no", "refused after writing");
}

static int64_t count_rows(int64_t *distinct) {
    struct epo_error error;
    struct epo_db *db = epo_store_connect(store, &error);
    struct epo_rows *rows = epo_db_query(db, &COUNT, EPO_BIND_NONE);
    assert_true(epo_rows_next(rows));
    int64_t count = epo_rows_integer(rows, 0);
    *distinct = epo_rows_integer(rows, 1);
    assert_true(epo_rows_end(rows, &error));
    epo_db_close(db);
    return count;
}

enum { THREADS = 16, EACH = 200 };

static void *producer(void *arg) {
    int64_t base = (int64_t)(intptr_t)arg * EACH;
    for (int i = 0; i < EACH; i++) {
        struct epo_error error;
        struct adding adding = {base + i, i % 10 == 3};
        bool ok = epo_store_write(store, add, &adding, &error);
        if (ok == adding.then_fail || (!ok && strcmp(error.code, "t.no") != 0))
            return (void *)1;
    }
    return NULL;
}

static void sixteen_threads_exactly_once(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    for (intptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, producer, (void *)i), 0);
    for (int i = 0; i < THREADS; i++) {
        void *bad;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    int64_t distinct, count = count_rows(&distinct);
    assert_int_equal(count, THREADS * EACH * 9 / 10);
    assert_int_equal(distinct, count);
    struct epo_store_figures figures;
    epo_store_figures(store, &figures);
    assert_true(figures.commits < figures.jobs);
}

/* A group is made on purpose: the first job holds the writer until the others are queued. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool entered, open;
    int done, failed;
};

static bool hold(struct epo_db *db, void *arg, struct epo_error *error) {
    struct gate *gate = arg;
    (void)db;
    (void)error;
    pthread_mutex_lock(&gate->lock);
    gate->entered = true;
    pthread_cond_broadcast(&gate->told);
    while (!gate->open)
        pthread_cond_wait(&gate->told, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
    return true;
}

static void count_done(struct gate *gate, const struct epo_error *error) {
    pthread_mutex_lock(&gate->lock);
    gate->done++;
    gate->failed += error != NULL;
    pthread_cond_broadcast(&gate->told);
    pthread_mutex_unlock(&gate->lock);
}

static void gate_done(void *arg, const struct epo_error *error) {
    count_done(arg, error);
}

static void enter(struct gate *gate) {
    struct epo_error error;
    assert_true(epo_store_submit(store, hold, gate_done, gate, &error));
    pthread_mutex_lock(&gate->lock);
    while (!gate->entered)
        pthread_cond_wait(&gate->told, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void let_go_and_await(struct gate *gate, int count) {
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->told);
    while (gate->done < count)
        pthread_cond_wait(&gate->told, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

struct member {
    struct gate *gate;
    struct adding adding;
    int64_t seen_in_job, seen_when_told;
    bool ok;
    char code[64];
};

static int64_t rows_of_reader(int64_t n) {
    static const struct epo_statement of = {"t.of", "SELECT COUNT(*) FROM n WHERE n = $1", NULL};
    struct epo_db *db = epo_store_connect(store, NULL);
    struct epo_rows *rows = epo_db_query(db, &of, EPO_BIND(EPO_INTEGER(n)));
    int64_t count = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : -1;
    epo_rows_end(rows, NULL);
    epo_db_close(db);
    return count;
}

static bool member_run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct member *member = arg;
    bool ok = add(db, &member->adding, error);
    member->seen_in_job = rows_of_reader(member->adding.n);
    return ok;
}

static void member_done(void *arg, const struct epo_error *error) {
    struct member *member = arg;
    member->ok = error == NULL;
    if (error)
        snprintf(member->code, sizeof member->code, "%s", error->code);
    member->seen_when_told = rows_of_reader(member->adding.n);
    count_done(member->gate, error);
}

/* In one group: good, refused after writing, breaking a rule of the table, good. */
static void a_failing_job_spoils_nothing_else(void **state) {
    (void)state;
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};
    struct member members[] = {{&gate, {900001, false, false}, -1, -1, false, ""},
                               {&gate, {900002, true, false}, -1, -1, false, ""},
                               {&gate, {900001, false, false}, -1, -1, false, ""},
                               {&gate, {900004, false, false}, -1, -1, false, ""}};
    struct epo_store_figures before, after;
    enter(&gate);
    epo_store_figures(store, &before);
    for (int i = 0; i < 4; i++)
        assert_true(epo_store_submit(store, member_run, member_done, &members[i], NULL));
    let_go_and_await(&gate, 5);
    assert_true(members[0].ok && members[3].ok && !members[1].ok && !members[2].ok);
    assert_string_equal(members[1].code, "t.no");
    assert_string_equal(members[2].code, "store.constraint");
    static const int expected[] = {1, 0, 1, 1};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(members[i].seen_in_job, 0); /* not before the commit */
        assert_int_equal(members[i].seen_when_told, expected[i]);
        assert_int_equal(rows_of_reader(members[i].adding.n), expected[i]);
    }
    struct epo_error error;
    assert_true(epo_store_write(store, make, NULL, &error)); /* counters follow the telling */
    epo_store_figures(store, &after);
    assert_true(after.commits - before.commits <= 3); /* the gate's, the group's, the last */
    assert_true(after.failed - before.failed == 2);
}

static bool run_counted(struct epo_db *db, void *arg, struct epo_error *error) {
    struct adding adding = {920001, false, false};
    ++*(int *)arg;
    return add(db, &adding, error) && epo_fail(error, EPO_ERROR_CONFLICT, "t.no", "refused");
}

/* An import of minutes, say: it holds what it has read in arg. */
static void a_job_alone_that_fails_runs_once(void **state) {
    (void)state;
    int runs = 0;
    struct epo_error error = {0};
    assert_true(epo_store_write(store, make, NULL, &error)); /* nothing else waits */
    assert_false(epo_store_write(store, run_counted, &runs, &error));
    assert_string_equal(error.code, "t.no");
    assert_int_equal(runs, 1);
    assert_int_equal(rows_of_reader(920001), 0);
    assert_true(epo_store_healthy(store, &error));
}

/* The engine rolls the whole transaction back when it stops a statement: the others begin again. */
static void a_job_without_end_spoils_nothing_else(void **state) {
    (void)state;
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};
    struct member members[] = {{&gate, {910001, false, false}, -1, -1, false, ""},
                               {&gate, {2000000, false, true}, -1, -1, false, ""},
                               {&gate, {910003, true, false}, -1, -1, false, ""},
                               {&gate, {2000000, false, true}, -1, -1, false, ""},
                               {&gate, {910005, false, false}, -1, -1, false, ""}};
    static const bool good[] = {true, false, false, false, true};
    static const char *const codes[] = {"", "store.steps", "t.no", "store.steps", ""};
    enter(&gate);
    for (int i = 0; i < 5; i++)
        assert_true(epo_store_submit(store, member_run, member_done, &members[i], NULL));
    let_go_and_await(&gate, 6);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(members[i].ok, good[i]);
        assert_string_equal(members[i].code, codes[i]);
        assert_int_equal(members[i].seen_when_told, good[i]);
    }
    struct epo_error error;
    assert_true(epo_store_healthy(store, &error));
}

static void a_full_queue_says_so_and_loses_none(void **state) {
    (void)state;
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};
    struct epo_error error = {0};
    enter(&gate);
    int accepted = 0;
    while (accepted <= EPO_WRITE_QUEUE_MAX &&
           epo_store_submit(store, hold, gate_done, &gate, &error))
        accepted++;
    assert_int_equal(accepted, EPO_WRITE_QUEUE_MAX);
    assert_string_equal(error.code, "store.queue_full");
    assert_int_equal(error.kind, EPO_ERROR_BUSY);
    let_go_and_await(&gate, accepted + 1);
    assert_int_equal(gate.done, accepted + 1);
    assert_int_equal(gate.failed, 0);
    struct epo_store_figures figures;
    epo_store_figures(store, &figures);
    assert_int_equal(figures.queue, 0);
}

/* What is queued when the portal stops is still saved and told. */
static void closing_finishes_the_queue(void **state) {
    (void)state;
    char other[300];
    snprintf(other, sizeof other, "%s/closing.db", folder.path);
    struct epo_error error;
    struct epo_store *kept = store;
    store = epo_store_open(other, &(struct epo_store_options){.label = "test"}, &error);
    assert_true(store && epo_store_write(store, make, NULL, &error));
    struct gate gate = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER, .open = true};
    struct member members[300];
    for (int i = 0; i < 300; i++) {
        members[i] = (struct member){&gate, {i, false}, -1, -1, false, ""};
        assert_true(epo_store_submit(store, member_run, member_done, &members[i], NULL));
    }
    epo_store_close(store);
    assert_int_equal(gate.done, 300);
    assert_int_equal(gate.failed, 0);
    store = epo_store_open(other, &(struct epo_store_options){.read_only = true}, &error);
    int64_t distinct;
    assert_int_equal(count_rows(&distinct), 300);
    epo_store_close(store);
    store = kept;
}

static void a_reader_sees_each_commit_at_once(void **state) {
    (void)state;
    struct epo_error error;
    struct epo_db *db = epo_store_connect(store, &error);
    int64_t last = -1;
    for (int64_t i = 0; i < 50; i++) {
        struct adding adding = {800000 + i, false};
        assert_true(epo_store_write(store, add, &adding, &error));
        struct epo_rows *rows = epo_db_query(db, &COUNT, EPO_BIND_NONE);
        assert_true(epo_rows_next(rows));
        assert_true(last < 0 || epo_rows_integer(rows, 0) == last + 1);
        last = epo_rows_integer(rows, 0);
        assert_true(epo_rows_end(rows, &error));
    }
    epo_db_close(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_threads_exactly_once),
        cmocka_unit_test(a_failing_job_spoils_nothing_else),
        cmocka_unit_test(a_job_without_end_spoils_nothing_else),
        cmocka_unit_test(a_job_alone_that_fails_runs_once),
        cmocka_unit_test(a_full_queue_says_so_and_loses_none),
        cmocka_unit_test(closing_finishes_the_queue),
        cmocka_unit_test(a_reader_sees_each_commit_at_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
