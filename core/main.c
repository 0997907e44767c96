/* epo: finds the command and runs it. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cli.h"

static int help(FILE *to, int code) {
    fputs("epo: the electronic portal of a city\n\n", to);
    for (size_t i = 0; i < epo_command_count; i++)
        fprintf(to, "  epo %-58s %s\n", epo_commands[i].usage, epo_commands[i].help);
    fputs("\nDIR is the portal folder, the current one unless -C names it.\n"
          "Exit: 0 done, 1 the input is wrong, 2 usage, 3 the machine failed.\n",
          to);
    return code;
}

/* -C may stand anywhere. */
static bool cut_folder(struct epo_words *words) {
    const char *folder = epo_words_option(words, "-C");
    words->folder = folder != NULL ? folder : ".";
    for (int i = 0; i < words->count; i++)
        if (strcmp(words->at[i], "-C") == 0)
            return false;
    return true;
}

int main(int argc, char **argv) {
    struct epo_error error = {0};
    struct epo_words words = {.at = argv + 2, .count = argc > 2 ? argc - 2 : 0};
    umask(027); /* databases and settings are nobody else's business */
    setlocale(LC_ALL, "C.UTF-8");
    setenv("TZ", "Europe/Prague", 0); /* a city's clock; TZ overrides */
    tzset();
    epo_log_setup(isatty(2) ? "text" : "json", EPO_LOG_INFO);
    /* before anything (GDAL too) opens a database: its options are for the whole process */
    if (!epo_store_setup(&error))
        return epo_cli_failed(&error);
    if (argc < 2)
        return help(stderr, EPO_EXIT_USAGE);
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return help(stdout, EPO_EXIT_DONE);
    for (size_t i = 0; i < epo_command_count; i++)
        if (strcmp(argv[1], epo_commands[i].name) == 0)
            return cut_folder(&words) ? epo_commands[i].run(&words)
                                      : epo_words_usage(epo_commands[i].name);
    fprintf(stderr, "epo: there is no command \"%s\"\n\n", argv[1]);
    return help(stderr, EPO_EXIT_USAGE);
}
