#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct epo_command epo_commands[] = {
    {"init", "init DIR [--demo] [--crs EPSG:n]", "makes a portal folder", epo_cli_init},
    {"serve", "serve [-C DIR] [--listen ADDR:PORT] [--dev]",
     "serves; --dev reloads agendas on save", epo_cli_serve},
    {"check", "check [-C DIR] [--settings]",
     "checks settings, agendas, forms; --settings explains each setting", epo_cli_check},
    {"agenda",
     "agenda list | new NAME | test [NAME] | withdraw NAME NUMBER |\n"
     "             assess NAME --period PERIOD [--dry-run] | import NAME FILE.csv |\n"
     "             replay NAME [--folder FOLDER] [--parameters FILE] [--on DAY] [--from DAY]\n"
     "             [--until DAY] [--period PERIOD] [--show N] [--json] |\n"
     "             publish NAME --folder FOLDER --from DAY [--note TEXT]",
     "lists, makes, tests agendas; takes back a parameter that was set; assesses what is owed;"
     " tries a change on what was filed, and lets it take effect on a day",
     epo_cli_agenda},
    {"token", "token add NAME --agenda AGENDA [--right records] | list | revoke ID",
     "keys of the city's own systems for records and ledgers", epo_cli_token},
    {"form",
     "form import FILE.xlsx|FILE.csv [--into AGENDA [--force]] | export AGENDA FORM FILE.xlsx",
     "forms as spreadsheets (XLSForm)", epo_cli_form},
    {"organization",
     "organization key FILE | pack FOLDER --key FILE [--to DIR] | verify FILE |"
     " install FILE [--grant RIGHT,…] | update FILE [--grant RIGHT,…] | remove NAME | list |"
     " rights NAME [--grant RIGHT,…]",
     "packages of municipal organizations", epo_cli_organization},
    {"map",
     "map import FILE [--layer NAME] [--source LAYER] [--srs EPSG:n] [--encoding NAME]"
     " [--mapping FILE] [--report FILE] [--add] | layers [--apply [--mapping FILE]] |"
     " locate LON LAT | export LAYER FILE",
     "the map base", epo_cli_map},
    {"account",
     "account list | add | verify | role | password | disable | enable | sign-out | drop-factors …",
     "accounts from the shell", epo_cli_account},
    {"backup", "backup [-C DIR] FILE", "one file, also while it serves", epo_cli_backup},
    {"restore", "restore [-C DIR] FILE [--force]", "puts a backup back", epo_cli_restore},
    {"retention", "retention [-C DIR] [--dry-run]", "anonymises or removes cases past their time",
     epo_cli_retention},
    {"version", "version", "program, ABI, libraries", epo_cli_version},
};
const size_t epo_command_count = sizeof epo_commands / sizeof *epo_commands;

static void remove_words(struct epo_words *words, int at, int count) {
    memmove(words->at + at, words->at + at + count,
            (size_t)(words->count - at - count) * sizeof *words->at);
    words->count -= count;
}

const char *epo_words_option(struct epo_words *words, const char *name) {
    for (int i = 0; i + 1 < words->count; i++)
        if (strcmp(words->at[i], name) == 0) {
            const char *value = words->at[i + 1];
            remove_words(words, i, 2);
            return value;
        }
    return NULL;
}

bool epo_words_flag(struct epo_words *words, const char *name) {
    for (int i = 0; i < words->count; i++)
        if (strcmp(words->at[i], name) == 0) {
            remove_words(words, i, 1);
            return true;
        }
    return false;
}

int epo_words_usage(const char *command) {
    for (size_t i = 0; i < epo_command_count; i++)
        if (strcmp(epo_commands[i].name, command) == 0)
            fprintf(stderr, "usage: epo %s\n", epo_commands[i].usage);
    return EPO_EXIT_USAGE;
}

int epo_cli_failed(const struct epo_error *error) {
    if (error->where[0] != '\0')
        fprintf(stderr, "%s: %s\n", error->where, error->text);
    else
        fprintf(stderr, "epo: %s\n", error->text);
    return error->kind == EPO_ERROR_BROKEN || error->kind == EPO_ERROR_BUSY ? EPO_EXIT_MACHINE
                                                                            : EPO_EXIT_WRONG;
}

void epo_cli_progress(const char *what, int percent) {
    static char last[128];
    if (isatty(2)) {
        fprintf(stderr, "\r\033[K%s %d %%%s", what, percent, percent >= 100 ? "\n" : "");
        return;
    }
    if (strcmp(last, what) != 0)
        fprintf(stderr, "%s\n", what);
    snprintf(last, sizeof last, "%s", what);
}
