#include "portal/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "portal/account.h"
#include "portal/routing.h"

#define FILE_NAME "demo-accounts.json"
enum { FILE_BYTES_MAX = 64 * 1024 };

struct person {
    const char *login, *name, *role;
    struct epo_span office;
    struct epo_json *what; /* {"cs","en"} */
};

static struct epo_json *what(struct epo_pool *pool, const char *cs, const char *en,
                             const struct epo_json *office_name) {
    struct epo_json *text = epo_json_object(pool);
    struct epo_span of_cs = epo_json_localized(office_name, "cs");
    struct epo_span of_en = epo_json_localized(office_name, "en");
    epo_json_set_string(pool, text, "cs", epo_pool_printf(pool, "%s%.*s", cs, EPO_ARG(of_cs)));
    epo_json_set_string(pool, text, "en", epo_pool_printf(pool, "%s%.*s", en, EPO_ARG(of_en)));
    return text;
}

static bool add(struct epo_portal *portal, struct epo_pool *pool, const struct person *person,
                struct epo_json *accounts, struct epo_error *error) {
    struct epo_account account = {.id = ""};
    char password[25];
    snprintf(account.login, sizeof account.login, "%s", person->login);
    snprintf(account.name, sizeof account.name, "%s", person->name);
    snprintf(account.role, sizeof account.role, "%s", person->role);
    snprintf(account.office, sizeof account.office, "%.*s", EPO_ARG(person->office));
    account.identifies = strcmp(person->role, "clerk") == 0;
    epo_account_generate_password(password);
    if (!epo_account_add(portal, &account, epo_span(password), EPO_SPAN("shell"), error))
        return false;
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_string(pool, row, "name", account.login);
    epo_json_set_string(pool, row, "password", password);
    epo_json_set_string(pool, row, "role", account.role);
    epo_json_set_string(pool, row, "office", account.office);
    epo_json_set(pool, row, "what", person->what);
    epo_json_push(pool, accounts, row);
    return true;
}

static bool write_file(const struct epo_portal *portal, struct epo_pool *pool,
                       const struct epo_json *accounts, struct epo_error *error) {
    char path[600];
    struct epo_span text = epo_json_print(pool, accounts);
    snprintf(path, sizeof path, "%s/" FILE_NAME, portal->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    return good || epo_fail(error, EPO_ERROR_BROKEN, "demo.accounts", "%s cannot be written: %s.",
                            path, strerror(errno));
}

bool epo_demo_accounts_make(struct epo_portal *portal, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    const struct epo_json *offices = epo_json_get(epo_portal_settings(portal), "offices");
    struct epo_json *accounts = epo_json_array(pool);
    struct person admin = {"admin",
                           "Správce portálu",
                           "admin",
                           {"", 0},
                           what(pool, "správce portálu", "admin of the portal", NULL)};
    struct person city = {"mesto", "Úředník celého města", "clerk", EPO_SPAN("*"),
                          what(pool, "úředník celého města", "clerk of the whole city", NULL)};
    struct person citizen = {
        EPO_DEMO_CITIZEN,
        "Jana Nováková",
        "citizen",
        {"", 0},
        what(pool, "občanka s účtem v agendách", "a citizen whom agendas know", NULL)};
    bool good = add(portal, pool, &citizen, accounts, error);
    for (uint32_t i = 0; good && offices != NULL && i < offices->count; i++) {
        const struct epo_json *name = epo_json_get(offices->items[i], "name");
        struct epo_span id = epo_json_get_text(offices->items[i], "id");
        struct person clerk = {
            .login = epo_pool_string(pool, id),
            .name = epo_pool_printf(pool, "Úředník, %.*s", EPO_ARG(epo_json_localized(name, "cs"))),
            .role = "clerk",
            .office = id,
            .what = what(pool, "úředník: ", "clerk: ", name)};
        good = add(portal, pool, &clerk, accounts, error);
    }
    good = good && add(portal, pool, &city, accounts, error) &&
           add(portal, pool, &admin, accounts, error) && write_file(portal, pool, accounts, error);
    epo_pool_free(pool);
    return good;
}

struct epo_json *epo_demo_accounts(struct epo_pool *pool, const char *folder, const char *lang) {
    struct epo_error ignored = {0};
    char *path = epo_pool_printf(pool, "%s/" FILE_NAME, folder);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    char *bytes = epo_pool_alloc(pool, FILE_BYTES_MAX);
    struct epo_span text = {bytes, fread(bytes, 1, FILE_BYTES_MAX, file)};
    fclose(file);
    const struct epo_json *kept = epo_json_parse(pool, text, &ignored);
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; kept != NULL && i < kept->count; i++) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "name", epo_json_get_text(kept->items[i], "name"));
        epo_json_set_text(pool, row, "password", epo_json_get_text(kept->items[i], "password"));
        epo_json_set_text(pool, row, "what",
                          epo_json_localized(epo_json_get(kept->items[i], "what"), lang));
        epo_json_push(pool, rows, row);
    }
    return kept != NULL ? rows : NULL;
}
