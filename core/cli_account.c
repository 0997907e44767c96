/* epo account: accounts from the shell. A password comes from standard input (--password-stdin) or
 * is made and printed once; then it is good for EPO_PASSWORD_FIRST_DAYS. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli.h"
#include "portal/account.h"
#include "portal/factor.h"

struct password {
    char text[EPO_PASSWORD_BYTES_MAX + 2];
    bool made;
};

/* The first line of standard input, or a new password. Never from the command line: other users of
 * the machine can read that. */
static void get_password(bool from_stdin, struct password *password) {
    password->made = !from_stdin;
    password->text[0] = '\0';
    if (!from_stdin) {
        char made[25];
        epo_account_generate_password(made);
        memcpy(password->text, made, sizeof made);
    } else if (fgets(password->text, sizeof password->text, stdin) != NULL) {
        password->text[strcspn(password->text, "\r\n")] = '\0';
    }
}

/* A password that was printed is known to more than its owner: it ends. 0: it does not. */
static int64_t good_until(const struct password *password) {
    return password->made ? epo_clock_now_us() + EPO_PASSWORD_FIRST_DAYS * 86400 * 1000000LL : 0;
}

static int say_password(const char *login, const struct password *password) {
    if (password->made)
        printf("%s  %s\n", login, password->text);
    else
        printf("%s\n", login);
    return EPO_EXIT_DONE;
}

static int add(struct epo_portal *portal, struct epo_words *words) {
    struct epo_error error = {0};
    struct password password;
    struct epo_account account = {.id = ""};
    const char *name = epo_words_option(words, "--name");
    const char *role = epo_words_option(words, "--role");
    const char *office = epo_words_option(words, "--office");
    bool from_stdin = epo_words_flag(words, "--password-stdin");
    account.identifies = epo_words_flag(words, "--identify");
    if (words->count != 2 || words->at[1][0] == '-') {
        fputs("usage: epo account add LOGIN [--name NAME] [--role citizen|clerk|admin] "
              "[--office ID] [--identify] [--password-stdin]\n",
              stderr);
        return EPO_EXIT_USAGE;
    }
    snprintf(account.login, sizeof account.login, "%s", words->at[1]);
    snprintf(account.name, sizeof account.name, "%s", name != NULL ? name : "");
    snprintf(account.role, sizeof account.role, "%s", role != NULL ? role : "citizen");
    snprintf(account.office, sizeof account.office, "%s", office != NULL ? office : "");
    get_password(from_stdin, &password);
    account.password_until_us = good_until(&password);
    if (!epo_account_add(portal, &account, epo_span(password.text), EPO_SPAN("shell"), &error))
        return epo_cli_failed(&error);
    return say_password(account.login, &password);
}

static int role(struct epo_portal *portal, struct epo_words *words) {
    struct epo_error error = {0};
    const char *office = epo_words_option(words, "--office");
    bool identifies = epo_words_flag(words, "--identify");
    if (words->count != 3) {
        fputs("usage: epo account role LOGIN citizen|clerk|admin [--office ID] [--identify]\n",
              stderr);
        return EPO_EXIT_USAGE;
    }
    return epo_account_set_role(portal, epo_span(words->at[1]), epo_span(words->at[2]),
                                epo_span(office), identifies, EPO_SPAN("shell"), &error)
               ? EPO_EXIT_DONE
               : epo_cli_failed(&error);
}

static int set_password(struct epo_portal *portal, struct epo_words *words) {
    struct epo_error error = {0};
    struct password password;
    bool from_stdin = epo_words_flag(words, "--password-stdin");
    if (words->count != 2) {
        fputs("usage: epo account password LOGIN [--password-stdin]\n", stderr);
        return EPO_EXIT_USAGE;
    }
    get_password(from_stdin, &password);
    if (!epo_account_set_password(portal, epo_span(words->at[1]), epo_span(password.text),
                                  good_until(&password), EPO_SPAN("shell"), &error))
        return epo_cli_failed(&error);
    return say_password(words->at[1], &password);
}

static int verify(struct epo_portal *portal, struct epo_words *words) {
    struct epo_error error = {0};
    if (words->count != 2)
        return epo_words_usage("account");
    return epo_account_set_verified(portal, epo_span(words->at[1]), EPO_SPAN("shell"), &error)
               ? EPO_EXIT_DONE
               : epo_cli_failed(&error);
}

static int sign_out(struct epo_portal *portal, struct epo_words *words) {
    struct epo_error error = {0};
    if (words->count != 2)
        return epo_words_usage("account");
    return epo_account_sign_out(portal, epo_span(words->at[1]), EPO_SPAN("shell"), &error)
               ? EPO_EXIT_DONE
               : epo_cli_failed(&error);
}

static int set_disabled(struct epo_portal *portal, struct epo_words *words, bool disabled) {
    struct epo_error error = {0};
    if (words->count != 2)
        return epo_words_usage("account");
    return epo_account_set_disabled(portal, epo_span(words->at[1]), disabled, EPO_SPAN("shell"),
                                    &error)
               ? EPO_EXIT_DONE
               : epo_cli_failed(&error);
}

static int disable(struct epo_portal *portal, struct epo_words *words) {
    return set_disabled(portal, words, true);
}

static int enable(struct epo_portal *portal, struct epo_words *words) {
    return set_disabled(portal, words, false);
}

struct dropping {
    struct epo_portal *portal;
    struct epo_span login;
};

static bool run_drop(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct dropping *dropping = arg;
    struct epo_account account;
    if (epo_account_find(dropping->portal, db, dropping->login, &account, error))
        return epo_factor_drop_all(dropping->portal, db, &account, EPO_SPAN("shell"), error);
    return error->kind == EPO_ERROR_NONE &&
           epo_fail(error, EPO_ERROR_NOT_FOUND, "account.unknown", "There is no account \"%.*s\".",
                    EPO_ARG(dropping->login));
}

/* Somebody lost the phone and the recovery codes, and has shown at the counter who they are. */
static int drop_factors(struct epo_portal *portal, struct epo_words *words) {
    struct epo_error error = {0};
    if (words->count != 2)
        return epo_words_usage("account");
    struct dropping dropping = {portal, epo_span(words->at[1])};
    return epo_store_write(portal->store, run_drop, &dropping, &error) ? EPO_EXIT_DONE
                                                                       : epo_cli_failed(&error);
}

static int list(struct epo_portal *portal, struct epo_words *words) {
    struct epo_error error = {0};
    struct epo_json *accounts;
    struct epo_db *db;
    if (words->count != 1)
        return epo_words_usage("account");
    db = epo_store_connect(portal->store, &error);
    if (db == NULL)
        return epo_cli_failed(&error);
    struct epo_pool *pool = epo_pool_create();
    int code = EPO_EXIT_DONE;
    if (!epo_account_list(portal, db, pool, &accounts, &error))
        code = epo_cli_failed(&error);
    for (uint32_t i = 0; code == EPO_EXIT_DONE && i < accounts->count; i++) {
        const struct epo_json *account = accounts->items[i];
        printf("%-24.*s %-8.*s %-12.*s %s%s%s %.*s\n", EPO_ARG(epo_json_get_text(account, "login")),
               EPO_ARG(epo_json_get_text(account, "role")),
               EPO_ARG(epo_json_get_text(account, "office")),
               epo_json_get_boolean(account, "verified", false) ? "verified" : "-",
               epo_json_get_boolean(account, "identifies", false) ? " identifies" : "",
               epo_json_get_boolean(account, "disabled", false) ? " disabled" : "",
               EPO_ARG(epo_json_get_text(account, "name")));
    }
    epo_pool_free(pool);
    epo_db_close(db);
    return code;
}

static const struct {
    const char *name;
    int (*run)(struct epo_portal *portal, struct epo_words *words);
} actions[] = {{"add", add},           {"role", role},       {"password", set_password},
               {"verify", verify},     {"disable", disable}, {"enable", enable},
               {"sign-out", sign_out}, {"list", list},       {"drop-factors", drop_factors}};

int epo_cli_account(struct epo_words *words) {
    struct epo_process process;
    for (size_t i = 0; words->count > 0 && i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(words->at[0], actions[i].name) != 0)
            continue;
        int code = epo_process_open(&process, words->folder, EPO_PART_STORE);
        if (code != EPO_EXIT_DONE)
            return code;
        code = actions[i].run(&process.portal, words);
        epo_process_close(&process);
        return code;
    }
    return epo_words_usage("account");
}
