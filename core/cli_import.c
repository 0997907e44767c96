/* epo map import: a city's file into its map base. epo map layers --apply: layers.json anew. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli.h"

enum { LINE_EVERY_US = 10000000, DRAW_EVERY_US = 100000, BAR_WIDTH = 24 };

static int64_t started_at_us, shown_at_us;
static char shown_what[32];

static void put_time(char *out, size_t size, double seconds) {
    if (seconds < 90)
        snprintf(out, size, "%.0f s", seconds);
    else
        snprintf(out, size, "%.0f min", seconds / 60);
}

/* A bar with the rate and the time left on a terminal, else a line now and then. */
static void show(const struct epo_import_progress *progress) {
    int64_t now_us = epo_clock_monotonic_us();
    bool terminal = isatty(2), next = strcmp(shown_what, progress->what) != 0;
    if (!next && now_us - shown_at_us < (terminal ? DRAW_EVERY_US : LINE_EVERY_US))
        return;
    if (next && terminal && shown_what[0] != '\0')
        fputc('\n', stderr);
    if (next)
        started_at_us = now_us;
    shown_at_us = now_us;
    snprintf(shown_what, sizeof shown_what, "%s", progress->what);
    double seconds = (double)(now_us - started_at_us) / 1e6, done = progress->done;
    char text[160], left[24] = "";
    size_t len = 0;
    if (terminal) {
        int full = (int)(done * BAR_WIDTH);
        for (int i = 0; i < BAR_WIDTH; i++)
            text[len++] = i < full ? '#' : '.';
        text[len++] = ' ';
    }
    if (done > 0)
        len += (size_t)snprintf(text + len, sizeof text - len, "%.0f %%, ", 100 * done);
    len += (size_t)snprintf(text + len, sizeof text - len, "%lld rows", (long long)progress->rows);
    if (seconds > 1)
        snprintf(text + len, sizeof text - len, ", %.0f rows/s", (double)progress->rows / seconds);
    if (seconds > 1 && done > 0.01 && done < 1)
        put_time(left, sizeof left, seconds * (1 - done) / done);
    fprintf(stderr, "%s%s: %s%s%s%s", terminal ? "\r\033[K" : "", progress->what, text,
            left[0] != '\0' ? ", " : "", left, left[0] != '\0' ? " left" : "");
    if (!terminal)
        fputc('\n', stderr);
}

static void print_reasons(const struct epo_import_result *result) {
    for (int i = 0; i < EPO_IMPORT_REASONS && result->reasons[i].count > 0; i++) {
        fputs(result->reasons[i].text, stderr);
        if (result->reasons[i].count > 1)
            fprintf(stderr, " (%lld times)", (long long)result->reasons[i].count);
        fputc('\n', stderr);
    }
    if (result->report[0] != '\0')
        fprintf(stderr, "%s lists %lld left out, %lld mended\n", result->report,
                (long long)result->left_out, (long long)result->mended);
    else if (result->left_out + result->mended > 0)
        fprintf(stderr, "%lld left out, %lld mended; the list of them could not be written\n",
                (long long)result->left_out, (long long)result->mended);
}

static void print_result(const struct epo_import_result *result) {
    printf("%lld rows: %lld new, %lld changed, %lld the same; %lld removed",
           (long long)result->taken, (long long)result->added, (long long)result->altered,
           (long long)result->same, (long long)result->removed);
    if (result->elsewhere > 0)
        printf("; %lld outside the city", (long long)result->elsewhere);
    puts(result->changed ? "\nthe new map is in place; a portal that serves it takes it by itself"
                         : "\nthe map holds this already: nothing was changed");
}

static void print_change(const char *layer, const char *what) {
    printf("%s: %s\n", layer, what);
}

int epo_cli_apply_layers(struct epo_words *words) {
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    struct epo_import_options options = {.mapping = epo_words_option(words, "--mapping"),
                                         .share =
                                             epo_pool_printf(pool, "%s/maps", epo_share_folder()),
                                         .portal = words->folder,
                                         .progress = show};
    bool changed, usage = words->count != 1;
    bool good = !usage && epo_process_system(words->folder, &error) &&
                epo_transform_check(&error) &&
                epo_map_apply_layers(epo_pool_printf(pool, "%s/map", words->folder), &options,
                                     print_change, &changed, &error);
    if (shown_what[0] != '\0' && isatty(2))
        fputc('\n', stderr);
    if (good)
        puts(changed ? "the new map is in place; a portal that serves it takes it by itself"
                     : "the map is as layers.json says: nothing was changed");
    epo_pool_free(pool);
    return usage ? epo_words_usage("map") : good ? EPO_EXIT_DONE : epo_cli_failed(&error);
}

int epo_cli_import(struct epo_words *words) {
    struct epo_error error = {0};
    struct epo_import_result result;
    struct epo_pool *pool = epo_pool_create();
    struct epo_import_options options = {.layer = epo_words_option(words, "--layer"),
                                         .source = epo_words_option(words, "--source"),
                                         .srs = epo_words_option(words, "--srs"),
                                         .encoding = epo_words_option(words, "--encoding"),
                                         .mapping = epo_words_option(words, "--mapping"),
                                         .report = epo_words_option(words, "--report"),
                                         .add = epo_words_flag(words, "--add"),
                                         .share =
                                             epo_pool_printf(pool, "%s/maps", epo_share_folder()),
                                         .portal = words->folder,
                                         .progress = show};
    int code = EPO_EXIT_DONE;
    if (words->count != 2 || words->at[1][0] == '-') {
        code = epo_words_usage("map");
    } else {
        options.file = words->at[1];
        const char *folder = epo_pool_printf(pool, "%s/map", words->folder);
        bool good = epo_process_system(words->folder, &error) && epo_transform_check(&error) &&
                    epo_map_import(folder, &options, &result, &error);
        if (shown_what[0] != '\0' && isatty(2))
            fputc('\n', stderr);
        if (shown_what[0] != '\0' || good)
            print_reasons(&result);
        if (good)
            print_result(&result);
        else
            code = epo_cli_failed(&error);
    }
    epo_pool_free(pool);
    return code;
}
