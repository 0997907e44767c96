#include "plugin/manifest.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>

#include "base/limits.h"
#include "forms/expression.h"
#include "include/epo.h"
#include "plugin/life.h"
#include "plugin/rules.h"

struct reading {
    struct epo_pool *pool;
    struct epo_faults *faults;
    const char *file; /* for messages: "<folder's name>/manifest.json" */
    struct epo_manifest *manifest;
};

bool epo_file_read(struct epo_pool *pool, const char *path, size_t max, struct epo_span *bytes,
                   const char **why) {
    FILE *file = fopen(path, "re");
    if (!file) {
        *why = strerror(errno);
        return false;
    }
    char *room = malloc(max + 1);
    epo_assert(room);
    size_t len = fread(room, 1, max + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (!failed && len <= max)
        *bytes = epo_pool_copy(pool, (struct epo_span){room, len});
    free(room);
    *why = failed ? "cannot be read" : "is too large";
    return !failed && len <= max;
}

#define fault(reading, json, ...)                                                                  \
    epo_fault_add((reading)->faults, (reading)->file, (json) ? (int)(json)->line : 1, __VA_ARGS__)

static bool is_word(struct epo_span text, size_t max) {
    bool good = text.len > 0 && text.len <= max && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; good && i < text.len; i++) {
        char c = text.at[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
    return good;
}

/* A path inside the agenda's folder: no way out of it. */
static bool is_inside(struct epo_span path) {
    if (path.len == 0 || path.len > 200 || path.at[0] == '/')
        return false;
    struct epo_span rest = path;
    while (rest.len) {
        struct epo_span step = epo_span_cut(rest, '/', &rest);
        if (step.len == 0 || step.at[0] == '.')
            return false;
    }
    return true;
}

static const char *text_member(struct reading *reading, const char *name) {
    const struct epo_json *value = epo_json_get(reading->manifest->tree, name);
    if (!epo_json_is_text(value) || value->text.len == 0) {
        fault(reading, value ? value : reading->manifest->tree, "\"%s\" must be a text", name);
        return "";
    }
    return epo_pool_string(reading->pool, value->text);
}

/* The array under name, checked for its type and length; NULL where it is absent or wrong. */
static const struct epo_json *list_member(struct reading *reading, const char *name) {
    const struct epo_json *list = epo_json_get(reading->manifest->tree, name);
    if (!list)
        return NULL;
    if (list->type != EPO_JSON_ARRAY) {
        fault(reading, list, "\"%s\" must be an array", name);
        return NULL;
    }
    if (list->count > EPO_DECLARED_MAX) {
        fault(reading, list, "\"%s\" has %u entries: at most %d", name, list->count,
              EPO_DECLARED_MAX);
        return NULL;
    }
    return list;
}

static void read_abi(struct reading *reading) {
    const struct epo_json *abi = epo_json_get(reading->manifest->tree, "abi");
    int64_t major, minor;
    struct epo_span rest, first = {NULL, 0};
    if (epo_json_is_text(abi))
        first = epo_span_cut(abi->text, '.', &rest);
    if (!first.len || !epo_span_integer(first, &major) || !epo_span_integer(rest, &minor)) {
        fault(reading, abi ? abi : reading->manifest->tree, "\"abi\" must be \"%d.%d\"",
              EPO_ABI_MAJOR, EPO_ABI_MINOR);
        return;
    }
    if (major != EPO_ABI_MAJOR || minor > EPO_ABI_MINOR)
        fault(reading, abi,
              "made for version %lld.%lld of epo.h, this portal offers %d.%d: use a %s portal or "
              "build the agenda against its epo.h",
              (long long)major, (long long)minor, EPO_ABI_MAJOR, EPO_ABI_MINOR,
              major > EPO_ABI_MAJOR || minor > EPO_ABI_MINOR ? "newer" : "matching");
}

static void read_localized(struct reading *reading, const char *name) {
    const struct epo_json *value = epo_json_get(reading->manifest->tree, name);
    if (!epo_json_get_text(value, "cs").len || !epo_json_get_text(value, "en").len)
        fault(reading, value ? value : reading->manifest->tree,
              "\"%s\" must be {\"cs\": …, \"en\": …}", name);
}

static void read_rights(struct reading *reading) {
    const struct epo_json *list = list_member(reading, "rights");
    reading->manifest->rights_line = list ? (int)list->line : 1;
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct epo_json *item = list->items[i];
        unsigned right = epo_json_is_text(item) ? epo_right_find(item->text) : 0;
        if (!right)
            fault(reading, item,
                  "unknown right%s%.*s: known are tables, routes, pages, jobs, places, "
                  "records",
                  epo_json_is_text(item) ? " " : "",
                  epo_json_is_text(item) ? (int)item->text.len : 0,
                  epo_json_is_text(item) ? item->text.at : "");
        reading->manifest->rights |= right;
    }
}

static void need_right(struct reading *reading, const char *member, unsigned right) {
    const struct epo_json *value = epo_json_get(reading->manifest->tree, member);
    if (value && value->count && !(reading->manifest->rights & right))
        fault(reading, value, "\"%s\" needs the right \"%s\": add it to \"rights\"", member,
              epo_right_name(right));
}

/* A code that stays: letters, digits and . _ / -. */
static bool is_situation(struct epo_span text) {
    bool good = text.len > 0 && text.len <= EPO_SITUATION_MAX;
    for (size_t i = 0; good && i < text.len; i++)
        good = isalnum((unsigned char)text.at[i]) || strchr("._/-", text.at[i]) != NULL;
    return good;
}

/* "forms/name.json", or {"file": "forms/name.json", "situation": "A1234/ohlaseni"}. */
static void read_form(struct reading *reading, const struct epo_json *item) {
    struct epo_manifest *manifest = reading->manifest;
    bool plain = epo_json_is_text(item);
    struct epo_span file = plain ? item->text : epo_json_get_text(item, "file");
    struct epo_span situation = epo_json_get_text(item, "situation");
    if (!is_inside(file)) {
        fault(reading, item, "a form is a path inside this folder: \"forms/name.json\"");
        return;
    }
    if (!plain && (item->count != 2 || !is_situation(situation))) {
        fault(reading, item,
              "a form is {\"file\": \"forms/name.json\", \"situation\": code of its life "
              "situation: at most %d letters, digits and . _ / -}",
              EPO_SITUATION_MAX);
        return;
    }
    manifest->situations[manifest->form_count] =
        plain ? NULL : epo_pool_string(reading->pool, situation);
    manifest->forms[manifest->form_count++] = epo_pool_string(reading->pool, file);
}

static void read_forms(struct reading *reading) {
    const struct epo_json *list = list_member(reading, "forms");
    struct epo_manifest *manifest = reading->manifest;
    manifest->forms = EPO_NEW_ARRAY(reading->pool, const char *, list ? list->count : 1);
    manifest->situations = EPO_NEW_ARRAY(reading->pool, const char *, list ? list->count : 1);
    for (uint32_t i = 0; list && i < list->count; i++)
        read_form(reading, list->items[i]);
}

static void read_statement(struct reading *reading, struct epo_span name,
                           const struct epo_json *item) {
    struct epo_manifest *manifest = reading->manifest;
    struct epo_span sql = epo_json_get_text(item, "sql");
    const struct epo_json *writes = epo_json_get(item, "writes");
    if (!is_word(name, EPO_AGENDA_NAME_MAX))
        fault(reading, item, "a statement's name is lower-case letters, digits and _");
    else if (!sql.len || (writes && writes->type != EPO_JSON_BOOLEAN))
        fault(reading, item, "a statement is {\"sql\": \"SELECT …\", \"writes\": true|false}");
    else {
        struct epo_declared_statement *made = &manifest->statements[manifest->statement_count++];
        made->name = epo_pool_string(reading->pool, name);
        made->statement.name = epo_pool_printf(reading->pool, "%s.%s", manifest->name, made->name);
        made->statement.sql = epo_pool_string(reading->pool, sql);
        made->statement.steps_max = EPO_AGENDA_STEPS_MAX;
        made->writes = epo_json_get_boolean(item, "writes", false);
        made->line = (int)item->line;
    }
}

static void read_statements(struct reading *reading) {
    const struct epo_json *all = epo_json_get(reading->manifest->tree, "statements");
    if (!all)
        return;
    if (all->type != EPO_JSON_OBJECT || all->count > EPO_DECLARED_MAX) {
        fault(reading, all, "\"statements\" is an object of at most %d statements",
              EPO_DECLARED_MAX);
        return;
    }
    reading->manifest->statements =
        EPO_NEW_ARRAY(reading->pool, struct epo_declared_statement, all->count + 1);
    for (uint32_t i = 0; i < all->count; i++)
        read_statement(reading, all->names[i], all->items[i]);
    need_right(reading, "statements", EPO_RIGHT_TABLES);
}

static void read_pages(struct reading *reading) {
    const struct epo_json *list = list_member(reading, "pages");
    struct epo_manifest *manifest = reading->manifest;
    manifest->pages = EPO_NEW_ARRAY(reading->pool, const char *, list ? list->count : 1);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct epo_json *item = list->items[i];
        if (!epo_json_is_text(item) || !is_word(item->text, EPO_AGENDA_NAME_MAX))
            fault(reading, item, "a page is a name of lower-case letters, digits and _");
        else
            manifest->pages[manifest->page_count++] = epo_pool_string(reading->pool, item->text);
    }
    need_right(reading, "pages", EPO_RIGHT_PAGES);
}

static void read_routes(struct reading *reading) {
    const struct epo_json *list = list_member(reading, "routes");
    struct epo_manifest *manifest = reading->manifest;
    manifest->routes =
        EPO_NEW_ARRAY(reading->pool, struct epo_declared_route, list ? list->count : 1);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct epo_json *item = list->items[i];
        struct epo_span method = epo_json_get_text(item, "method");
        struct epo_span path = epo_json_get_text(item, "path");
        struct epo_span name = epo_json_get_text(item, "name");
        if ((!epo_span_is(method, "GET") && !epo_span_is(method, "POST")) || !is_inside(path)) {
            fault(reading, item, "a route is {\"method\": \"GET\"|\"POST\", \"path\": \"rates\"}");
            continue;
        }
        struct epo_declared_route *route = &manifest->routes[manifest->route_count++];
        route->method = epo_pool_string(reading->pool, method);
        route->path = epo_pool_string(reading->pool, path);
        route->name = name.len ? epo_pool_string(reading->pool, name) : route->path;
    }
    need_right(reading, "routes", EPO_RIGHT_ROUTES);
}

static void read_jobs(struct reading *reading) {
    const struct epo_json *list = list_member(reading, "jobs");
    struct epo_manifest *manifest = reading->manifest;
    manifest->jobs = EPO_NEW_ARRAY(reading->pool, struct epo_declared_job, list ? list->count : 1);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct epo_json *item = list->items[i];
        struct epo_span name = epo_json_get_text(item, "name");
        int64_t every_s = epo_json_get_integer(item, "every_s", 0);
        if (!is_word(name, EPO_AGENDA_NAME_MAX) || every_s < 1 || every_s > 366LL * 86400) {
            fault(reading, item,
                  "a job is {\"name\": \"remind\", \"every_s\": 86400}, every second to yearly");
            continue;
        }
        struct epo_declared_job *job = &manifest->jobs[manifest->job_count++];
        job->name = epo_pool_string(reading->pool, name);
        job->every_s = every_s;
    }
    need_right(reading, "jobs", EPO_RIGHT_JOBS);
}

/* A rule over place, answers and time, or a fault at its line. */
static const struct epo_json *read_rule(struct reading *reading, const struct epo_json *text,
                                        const char *name) {
    struct epo_json *rule;
    struct epo_error error = {0};
    if (!epo_json_is_text(text))
        fault(reading, text,
              "\"%s\" is a text like: in(districts, \"Plzeň 3\") and owner == "
              "\"city\"",
              name);
    else if (!epo_expression_read(reading->pool, text->text, epo_rule_names, &rule, &error))
        fault(reading, text, "\"%s\": %s", name, error.text);
    else
        return rule;
    return NULL;
}

static void read_routing(struct reading *reading) {
    struct epo_manifest *manifest = reading->manifest;
    const struct epo_json *routing = epo_json_get(manifest->tree, "routing");
    const struct epo_json *rules = epo_json_get(routing, "rules");
    manifest->office = epo_json_get_text(routing, "office");
    if (routing && !manifest->office.len)
        fault(reading, routing,
              "\"routing\" must be {\"office\": \"district\"} or name an office of epo.json");
    if (rules && (rules->type != EPO_JSON_ARRAY || rules->count > EPO_DECLARED_MAX)) {
        fault(reading, rules, "\"rules\" is an array of at most %d rules", EPO_DECLARED_MAX);
        return;
    }
    manifest->office_rules =
        EPO_NEW_ARRAY(reading->pool, struct epo_office_rule, rules ? rules->count + 1 : 1);
    for (uint32_t i = 0; rules && i < rules->count; i++) {
        struct epo_span office = epo_json_get_text(rules->items[i], "office");
        const struct epo_json *when = epo_json_get(rules->items[i], "when");
        if (!office.len || !when) {
            fault(reading, rules->items[i],
                  "a rule of routing is {\"when\": \"owner == \\\"city\\\"\", \"office\": "
                  "\"district\"}");
            continue;
        }
        const struct epo_json *rule = read_rule(reading, when, "when");
        if (rule)
            manifest->office_rules[manifest->office_rule_count++] =
                (struct epo_office_rule){rule, office};
    }
}

static void read_nearby(struct reading *reading) {
    struct epo_manifest *manifest = reading->manifest;
    const struct epo_json *nearby = epo_json_get(manifest->tree, "nearby");
    int64_t metres = epo_json_get_integer(nearby, "metres", 0);
    int64_t days = epo_json_get_integer(nearby, "days", 0);
    if (nearby && (nearby->type != EPO_JSON_OBJECT || nearby->count != 2 || metres < 1 ||
                   metres > EPO_NEARBY_METRES_MAX || days < 1 || days > EPO_NEARBY_DAYS_MAX ||
                   !epo_json_get(manifest->tree, "public")))
        fault(
            reading, nearby,
            "\"nearby\" is {\"metres\": 1 to %d, \"days\": 1 to %d} and shows what \"public\" lets "
            "out into the layer \"requests\"",
            EPO_NEARBY_METRES_MAX, EPO_NEARBY_DAYS_MAX);
    else
        manifest->nearby_metres = metres, manifest->nearby_days = days;
}

static void read_assurance(struct reading *reading) {
    const struct epo_json *level = epo_json_get(reading->manifest->tree, "assurance");
    if (level && !(epo_json_is_text(level) &&
                   epo_assurance_read(level->text, &reading->manifest->assurance)))
        fault(reading, level, "\"assurance\" is \"anonymous\", \"registered\" or \"verified\"");
}

static void read_rest(struct reading *reading) {
    struct epo_manifest *manifest = reading->manifest;
    const struct epo_json *parameters = epo_json_get(manifest->tree, "parameters");
    if (parameters && parameters->type != EPO_JSON_OBJECT)
        fault(reading, parameters, "\"parameters\" must be an object");
    const struct epo_json *applies = epo_json_get(manifest->tree, "applies");
    if (applies)
        manifest->applies = read_rule(reading, applies, "applies");
    read_routing(reading);
    read_nearby(reading);
    read_assurance(reading);
    static const char *const KNOWN[] = {
        "name",       "version",         "abi",        "runtime",        "main",
        "title",      "group",           "summary",    "life_situation", "law",
        "rights",     "forms",           "parameters", "routing",        "states",
        "statements", "pages",           "routes",     "jobs",           "applies",
        "public",     "parameter_types", "retention",  "nearby",         "decisions",
        "words",      "assurance",       "records",    "arrears"};
    for (uint32_t i = 0; i < manifest->tree->count; i++) {
        size_t j = 0;
        while (j < sizeof KNOWN / sizeof *KNOWN && !epo_span_is(manifest->tree->names[i], KNOWN[j]))
            j++;
        if (j == sizeof KNOWN / sizeof *KNOWN)
            fault(reading, manifest->tree->items[i],
                  "unknown member \"%.*s\": remove it or correct its name",
                  EPO_ARG(manifest->tree->names[i]));
    }
}

static void read_identity(struct reading *reading, const char *folder_name) {
    struct epo_manifest *manifest = reading->manifest;
    const struct epo_json *name = epo_json_get(manifest->tree, "name");
    manifest->name = text_member(reading, "name");
    if (*manifest->name && !is_word(epo_span(manifest->name), EPO_AGENDA_NAME_MAX))
        fault(reading, name, "\"name\" is at most %d lower-case letters, digits and _",
              EPO_AGENDA_NAME_MAX);
    else if (*manifest->name && strcmp(manifest->name, folder_name) != 0)
        fault(reading, name, "the agenda \"%s\" must be in a folder of that name, not \"%s\"",
              manifest->name, folder_name);
    manifest->version = text_member(reading, "version");
    manifest->runtime = text_member(reading, "runtime");
    manifest->main = text_member(reading, "main");
    const struct epo_json *main = epo_json_get(manifest->tree, "main");
    manifest->main_line = main ? (int)main->line : 1;
    if (*manifest->main && !is_inside(epo_span(manifest->main)))
        fault(reading, main, "\"main\" must be a file inside this folder");
    read_abi(reading);
    read_localized(reading, "title");
    read_localized(reading, "summary");
    if (epo_json_get(manifest->tree, "words"))
        read_localized(reading, "words");
}

struct epo_manifest *epo_manifest_read(struct epo_pool *pool, const char *folder,
                                       struct epo_faults *faults) {
    const char *slash = strrchr(folder, '/'), *name = slash ? slash + 1 : folder, *why;
    struct reading reading = {.pool = pool, .faults = faults};
    reading.file = epo_pool_printf(pool, "%s/manifest.json", name);
    reading.manifest = EPO_NEW(pool, struct epo_manifest);
    struct epo_fault *before = faults->last;
    struct epo_span source;
    struct epo_error error = {0};
    if (!epo_file_read(pool, epo_pool_printf(pool, "%s/manifest.json", folder),
                       EPO_MANIFEST_BYTES_MAX, &source, &why)) {
        epo_fault_add(faults, reading.file, 0, "%s", why);
        return NULL;
    }
    struct epo_json *tree = epo_json_parse(pool, source, &error);
    if (!tree) {
        epo_fault_error(faults, reading.file, &error);
        return NULL;
    }
    reading.manifest->tree = tree;
    if (tree->type != EPO_JSON_OBJECT) {
        fault(&reading, tree, "a manifest is an object");
        return NULL;
    }
    read_identity(&reading, name);
    read_rights(&reading);
    read_forms(&reading);
    read_statements(&reading);
    read_pages(&reading);
    read_routes(&reading);
    read_jobs(&reading);
    reading.manifest->states =
        epo_states_read(pool, epo_json_get(tree, "states"), reading.file, faults);
    need_right(&reading, "records", EPO_RIGHT_RECORDS);
    read_rest(&reading);
    epo_life_check(faults, reading.file, tree);
    return faults->last == before ? reading.manifest : NULL;
}
