/* The writer under kill -9: a child saves from several threads and says on a pipe what was
 * acknowledged; it is killed at a random moment, the file is opened again, and every acknowledged
 * job must be there exactly once and no job by half.
 *
 *   fault_killwriter [ROUNDS]     prints "N passed, N failed"; ends 0 when none failed */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store.h"
#include "tests/support/folder.h"

enum { THREADS = 6, ROUNDS = 100 };

static const struct epo_statement MAKE = {
    "t.make",
    "CREATE TABLE IF NOT EXISTS halves (n INTEGER NOT NULL, half TEXT NOT NULL,"
    " filling BLOB NOT NULL) STRICT",
    NULL};
static const struct epo_statement ADD = {
    "t.add", "INSERT INTO halves (n, half, filling) VALUES ($1, $2, zeroblob($3))", NULL};
static const struct epo_statement COUNT = {
    "t.count", "SELECT COUNT(*), COUNT(DISTINCT half) FROM halves WHERE n = $1", NULL};
static const struct epo_statement UNEVEN = {
    "t.uneven", "SELECT COUNT(*) FROM (SELECT n FROM halves GROUP BY n HAVING COUNT(*) <> 2) x",
    NULL};
static const struct epo_statement CHECK = {"t.check", "PRAGMA quick_check", NULL};
static const struct epo_statement INDEX = {
    "t.index", "CREATE INDEX IF NOT EXISTS halves_by_n ON halves (n)", NULL};

static struct epo_store *store;
static int64_t first_number;

static bool make(struct epo_db *db, void *arg, struct epo_error *error) {
    (void)arg;
    return epo_db_run(db, &MAKE, EPO_BIND_NONE, NULL, error) &&
           epo_db_run(db, &INDEX, EPO_BIND_NONE, NULL, error);
}

static bool add_both(struct epo_db *db, void *arg, struct epo_error *error) {
    int64_t n = *(const int64_t *)arg, size = 200 + n % 7 * 900;
    return epo_db_run(db, &ADD, EPO_BIND(EPO_INTEGER(n), EPO_STRING("left"), EPO_INTEGER(size)),
                      NULL, error) &&
           epo_db_run(db, &ADD, EPO_BIND(EPO_INTEGER(n), EPO_STRING("right"), EPO_INTEGER(size)),
                      NULL, error);
}

static void *save_for_ever(void *arg) {
    for (int64_t n = first_number + (intptr_t)arg;; n += THREADS) {
        struct epo_error error;
        if (!epo_store_write(store, add_both, &n, &error)) {
            epo_log_error(EPO_LOG_ERROR, "killwriter.refused", &error);
            exit(3);
        }
        if (write(STDOUT_FILENO, &n, sizeof n) != sizeof n) /* whole: below PIPE_BUF */
            exit(3);
    }
    return NULL;
}

static struct epo_store *open_store(const char *path) {
    struct epo_error error;
    struct epo_store *opened =
        epo_store_open(path, &(struct epo_store_options){.label = "killed"}, &error);
    if (!opened) {
        epo_log_error(EPO_LOG_ERROR, "killwriter.open", &error);
        exit(3);
    }
    return opened;
}

static int child(const char *path, const char *first) {
    first_number = strtoll(first, NULL, 10);
    store = open_store(path);
    struct epo_error error;
    if (!epo_store_write(store, make, NULL, &error))
        return 3;
    pthread_t threads[THREADS];
    for (intptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, save_for_ever, (void *)i);
    for (;;)
        pause();
}

/* Starts a child, kills it after a while; what it acknowledged is left in *numbers. */
static size_t killed(const char *self, const char *path, int64_t first, int64_t *numbers,
                     size_t room) {
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)first);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(self, self, "child", path, text, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t count = 0;
    /* The first answer shows that it is at work; then anywhere within the next 40 ms. */
    if (read(ends[0], &numbers[0], sizeof *numbers) == sizeof *numbers)
        count = 1;
    usleep((useconds_t)(random() % 40000));
    kill(pid, SIGKILL);
    while (count < room && read(ends[0], &numbers[count], sizeof *numbers) == sizeof *numbers)
        count++;
    close(ends[0]);
    int status;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? count : 0;
}

static int64_t ask(struct epo_db *db, const struct epo_statement *statement, struct epo_bind bind,
                   int64_t *second) {
    struct epo_rows *rows = epo_db_query(db, statement, bind);
    int64_t answer = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : -1;
    if (second)
        *second = answer >= 0 ? epo_rows_integer(rows, 1) : -1;
    return epo_rows_end(rows, NULL) ? answer : -1;
}

static bool all_there(const char *path, const int64_t *numbers, size_t count) {
    store = open_store(path);
    struct epo_error error;
    struct epo_db *db = epo_store_connect(store, &error);
    bool good = db != NULL;
    for (size_t i = 0; good && i < count; i++) {
        int64_t halves, rows = ask(db, &COUNT, EPO_BIND(EPO_INTEGER(numbers[i])), &halves);
        good = rows == 2 && halves == 2;
        if (!good)
            fprintf(stderr, "job %lld was acknowledged but has %lld rows\n", (long long)numbers[i],
                    (long long)rows);
    }
    if (good && ask(db, &UNEVEN, EPO_BIND_NONE, NULL) != 0)
        good = fprintf(stderr, "a job is there by half or twice\n") < 0;
    if (good) {
        struct epo_rows *rows = epo_db_query(db, &CHECK, EPO_BIND_NONE);
        good = epo_rows_next(rows) && epo_span_is(epo_rows_text(rows, 0), "ok");
        good = epo_rows_end(rows, &error) && good;
    }
    epo_db_close(db);
    epo_store_close(store);
    return good;
}

int main(int argc, char **argv) {
    epo_log_setup("text", EPO_LOG_ERROR);
    struct epo_error error;
    if (!epo_store_setup(&error))
        return 3;
    if (argc == 4 && strcmp(argv[1], "child") == 0)
        return child(argv[2], argv[3]);
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : ROUNDS, passed = 0, failed = 0;
    unsigned seed = (unsigned)getpid();
    srandom(seed);
    enum { ROOM = 200000 };
    int64_t *numbers = calloc(ROOM, sizeof *numbers);
    struct test_folder folder;
    test_folder_make(&folder);
    char path[512];
    snprintf(path, sizeof path, "%s", test_folder_file(&folder, "killed.db"));
    size_t total = 0;
    for (long round = 0; round < rounds; round++) {
        size_t count = killed("/proc/self/exe", path, (int64_t)round * 1000000, numbers, ROOM);
        bool good = count > 0 && all_there(path, numbers, count);
        passed += good;
        failed += !good;
        total += count;
    }
    test_folder_remove(&folder);
    free(numbers);
    printf("%ld kills, %zu acknowledged saves (seed %u)\n%ld passed, %ld failed\n", rounds, total,
           seed, passed, failed);
    return failed ? 1 : 0;
}
