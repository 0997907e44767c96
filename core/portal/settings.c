#include "portal/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "maps/metric.h"
#include "portal/background.h"
#include "portal/portal.h"

enum { SETTINGS_BYTES_MAX = 1 << 20 };

struct checking {
    struct epo_pool *pool;
    struct epo_settings_fault **end;
};

__attribute__((format(printf, 3, 4))) static void fault(struct checking *checking, uint32_t line,
                                                        const char *format, ...) {
    struct epo_settings_fault *found = EPO_NEW(checking->pool, struct epo_settings_fault);
    va_list args;
    va_start(args, format);
    vsnprintf(found->text, sizeof found->text, format, args);
    va_end(args);
    snprintf(found->where, sizeof found->where, "epo.json:%u", line > 0 ? line : 1);
    *checking->end = found;
    checking->end = &found->next;
}

static void add_fault(void *arg, uint32_t line, const char *text) {
    fault(arg, line, "%s", text);
}

/* The members of epo.json: add a row here and, where it has a shape of its own, a check below. */
static const struct epo_setting MEMBERS[] = {
    {"tenant", EPO_JSON_TEXT, 0, 0, 0, true, true, "short name of the city; never changes"},
    {"city", EPO_JSON_OBJECT, 0, 0, 0, true, false,
     "{\"name\": {cs, en}} of the portal; \"area\": {cs, en} of the city itself"},
    {"offices", EPO_JSON_ARRAY, 0, 0, 0, true, false,
     "who handles requests: {id, name {cs, en}, districts [code], address, email, phone, hours, "
     "opening [\"Mo,We 08:00-17:00\"], point [lon, lat], identification (true where identity is "
     "verified)}"},
    {"grants", EPO_JSON_OBJECT, 0, 0, 0, false, false,
     "rights of each agenda and organization: {\"dog_fee\": […], \"zoo\": […]}"},
    {"organizations", EPO_JSON_OBJECT, 0, 0, 0, false, false,
     "what one municipal organization may cost: see organizations.* below"},
    {"organization_keys", EPO_JSON_OBJECT, 0, 0, 0, false, false,
     "whose packages are taken: {\"zoo\": public key, as \"epo organization key\" prints it}"},
    {"parameters", EPO_JSON_OBJECT, 0, 0, 0, false, false,
     "rates and limits of each agenda, over those of its manifest"},
    {"contact", EPO_JSON_OBJECT, 0, 0, 0, false, false,
     "{\"security\": \"mailto:…\"} for /.well-known/security.txt"},
    {"open_data_licence", EPO_JSON_TEXT, 0, 0, 0, false, false,
     "address of the licence of the open data; not set: CC BY 4.0"},
    {"audit_names", EPO_JSON_BOOLEAN, 0, 1, 0, false, false,
     "people who read who looked at their data see the names of clerks, not only office and role"},
    {"crs", EPO_JSON_TEXT, 0, 0, 0, false, true,
     "metric system of the map, a projected one of PROJ's: \"EPSG:25833\"; not set: EPSG:5514. "
     "Never changes once there is a map"},
    {"demo", EPO_JSON_BOOLEAN, 0, 1, 0, false, true, "shows the demo's banner and accounts"},
    {"log", EPO_JSON_TEXT, 0, 0, 0, false, true,
     "\"json\" or \"text\", on stderr; not set: text on a terminal"},
    {"http", EPO_JSON_OBJECT, 0, 0, 0, false, false, "the server: see http.* below"},
    {"lua", EPO_JSON_OBJECT, 0, 0, 0, false, false, "budgets of scripts: see lua.* below"},
    {"maps", EPO_JSON_OBJECT, 0, 0, 0, false, false, "the map: see maps.* below"},
    {"address", EPO_JSON_TEXT, 0, 0, 0, false, false,
     "how people reach the portal, \"https://portal.mesto.cz\": links in mails and what search "
     "engines "
     "are told begin so"},
    {"mail", EPO_JSON_OBJECT, 0, 0, 0, false, false, "the mail server: see mail.* below"},
    {"staff_second_factor", EPO_JSON_TEXT, 0, 0, 0, false, false,
     "\"required\": clerks and admins must have a second factor, and set one up at their next "
     "sign-in; not set: \"optional\""},
    {"drafts", EPO_JSON_OBJECT, 0, 0, 0, false, false, "forms that were begun: see drafts.* below"},
    {"attachments", EPO_JSON_OBJECT, 0, 0, 0, false, false,
     "files that people send: see attachments.* below"},
};
const struct epo_setting_group epo_settings_members = {"", MEMBERS,
                                                       sizeof MEMBERS / sizeof *MEMBERS};

static const struct epo_setting MAPS[] = {
    {"backgrounds", EPO_JSON_ARRAY, 0, 0, 0, false, false,
     "aerial, cadastral …: {id, title {cs, en}, type xyz|wmts|wms, url, layer, matrix_set, "
     "attribution, proxy}; all members in core/portal/background.h"},
};
const struct epo_setting_group epo_settings_maps = {"maps", MAPS, sizeof MAPS / sizeof *MAPS};

static bool is_name(struct epo_span text, size_t max) {
    bool good = text.len > 0 && text.len < max && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; good && i < text.len; i++) {
        char c = text.at[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
    return good;
}

static void check_name(struct checking *checking, const struct epo_json *owner, const char *what) {
    const struct epo_json *name = epo_json_get(owner, "name");
    if (epo_json_localized(name, "cs").len == 0 || epo_json_localized(name, "en").len == 0)
        fault(checking, owner->line, "%s needs \"name\": {\"cs\": …, \"en\": …}", what);
}

/* "https://host[:port]": what stands before every path. */
static bool is_origin(struct epo_span url) {
    size_t scheme = epo_span_starts(url, EPO_SPAN("https://"))  ? 8
                    : epo_span_starts(url, EPO_SPAN("http://")) ? 7
                                                                : 0;
    struct epo_span rest = {url.at + scheme, url.len - scheme};
    bool good = scheme > 0 && rest.len > 0 && url.len < 256;
    for (size_t i = 0; good && i < rest.len; i++)
        good = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]",
                      rest.at[i]) != NULL;
    return good;
}

static void check_address(struct checking *checking, const struct epo_json *address) {
    if (epo_json_is_text(address) && !is_origin(address->text))
        fault(checking, address->line,
              "\"address\" is like \"https://portal.example.cz\", without a path");
}

static void check_staff_factor(struct checking *checking, const struct epo_json *wish) {
    if (epo_json_is_text(wish) && !epo_span_is(wish->text, "required") &&
        !epo_span_is(wish->text, "optional"))
        fault(checking, wish->line, "\"staff_second_factor\" is \"required\" or \"optional\"");
}

/* Exchanged coordinates lie outside. */
static void check_point(struct checking *checking, const struct epo_metric *metric,
                        const struct epo_json *point) {
    bool good = point == NULL || (point->type == EPO_JSON_ARRAY && point->count == 2);
    for (uint32_t i = 0; good && point != NULL && i < 2; i++) {
        const struct epo_json *value = point->items[i];
        double least = i == 0 ? metric->lon_min : metric->lat_min,
               most = i == 0 ? metric->lon_max : metric->lat_max;
        double at = value->type == EPO_JSON_REAL      ? value->real
                    : value->type == EPO_JSON_INTEGER ? (double)value->integer
                                                      : 0;
        good = at >= least && at <= most;
    }
    if (!good)
        fault(
            checking, point->line,
            "\"point\" of an office is [lon, lat] in degrees, where %s is used: lon %g to %g, lat "
            "%g to %g",
            metric->name, metric->lon_min, metric->lon_max, metric->lat_min, metric->lat_max);
}

bool epo_opening_valid(const struct epo_json *value) {
    struct epo_span hours, days;
    if (!epo_json_is_text(value) || value->text.len > 40)
        return false;
    days = epo_span_cut(value->text, ' ', &hours);
    bool good = days.len > 0 && hours.len == 11 && hours.at[2] == ':' && hours.at[5] == '-' &&
                hours.at[8] == ':';
    for (size_t i = 0; good && i < hours.len; i++)
        good = i == 2 || i == 5 || i == 8 || (hours.at[i] >= '0' && hours.at[i] <= '9');
    while (good && days.len > 0) {
        struct epo_span day = epo_span_cut(days, ',', &days);
        good = day.len == 2 && memmem("Mo Tu We Th Fr Sa Su", 20, day.at, 2) != NULL &&
               day.at[0] != ' ' && day.at[1] != ' ';
    }
    return good;
}

static void check_opening(struct checking *checking, const struct epo_json *opening) {
    bool good = opening == NULL || (opening->type == EPO_JSON_ARRAY && opening->count <= 14);
    for (uint32_t i = 0; good && opening != NULL && i < opening->count; i++)
        good = epo_opening_valid(opening->items[i]);
    if (!good)
        fault(checking, opening->line,
              "\"opening\" of an office is a list like [\"Mo,We 08:00-17:00\", \"Tu "
              "08:00-14:00\"]");
}

static void check_office(struct checking *checking, const struct epo_metric *metric,
                         const struct epo_json *offices, uint32_t at) {
    const struct epo_json *office = offices->items[at];
    struct epo_span id = epo_json_get_text(office, "id");
    if (office->type != EPO_JSON_OBJECT) {
        fault(checking, office->line, "an office is an object with \"id\" and \"name\"");
        return;
    }
    if (!is_name(id, 64))
        fault(checking, office->line,
              "an office needs an \"id\" of lower-case letters, digits, - and _");
    for (uint32_t i = 0; i < at; i++)
        if (id.len > 0 && epo_span_equal(epo_json_get_text(offices->items[i], "id"), id))
            fault(checking, office->line, "the office \"%.*s\" stands twice", EPO_ARG(id));
    check_name(checking, office, "an office");
    check_point(checking, metric, epo_json_get(office, "point"));
    check_opening(checking, epo_json_get(office, "opening"));
    const struct epo_json *districts = epo_json_get(office, "districts");
    if (districts == NULL)
        return;
    if (districts->type != EPO_JSON_ARRAY)
        fault(checking, districts->line, "\"districts\" is an array of district codes");
    for (uint32_t i = 0; districts->type == EPO_JSON_ARRAY && i < districts->count; i++)
        if (!epo_json_is_text(districts->items[i]))
            fault(checking, districts->items[i]->line, "a district code is a text: \"546003\"");
}

static void check_backgrounds(struct checking *checking, const struct epo_json *list) {
    struct epo_background background;
    if (list->count > EPO_BACKGROUNDS_MAX)
        fault(checking, list->line, "\"maps.backgrounds\" are at most %d", EPO_BACKGROUNDS_MAX);
    for (uint32_t i = 0; i < list->count; i++) {
        const char *wrong = epo_background_read(checking->pool, list->items[i], &background);
        if (wrong != NULL)
            fault(checking, list->items[i]->line, "%s", wrong);
        for (uint32_t k = 0; wrong == NULL && k < i; k++)
            if (epo_span_equal(epo_json_get_text(list->items[k], "id"), background.id))
                fault(checking, list->items[i]->line, "the background \"%.*s\" stands twice",
                      EPO_ARG(background.id));
    }
}

/* What is wrong with it is said once; the points of offices are then judged by EPSG:5514. */
static void check_system(struct checking *checking, const struct epo_json *settings,
                         struct epo_metric *metric) {
    struct epo_error error = {0};
    const struct epo_json *crs = epo_json_get(settings, "crs");
    if (epo_metric_read(epo_json_get_text(settings, "crs"), metric, &error))
        return;
    fault(checking, crs->line, "%s", error.text);
    *metric = *epo_krovak();
}

static void check_offices(struct checking *checking, const struct epo_json *settings) {
    struct epo_metric metric;
    const struct epo_json *offices = epo_json_get(settings, "offices");
    check_system(checking, settings, &metric);
    if (offices == NULL || offices->type != EPO_JSON_ARRAY)
        return;
    if (offices->count == 0)
        fault(checking, offices->line, "at least one office must handle requests");
    for (uint32_t i = 0; i < offices->count; i++)
        check_office(checking, &metric, offices, i);
}

static void check(struct checking *checking, const struct epo_json *settings) {
    if (settings->type != EPO_JSON_OBJECT) {
        fault(checking, settings->line, "the settings are one object");
        return;
    }
    epo_setting_check(&epo_settings_members, settings, add_fault, checking);
    struct epo_span log = epo_json_get_text(settings, "log");
    if (log.len > 0 && !epo_span_is(log, "json") && !epo_span_is(log, "text"))
        fault(checking, epo_json_get(settings, "log")->line, "\"log\" is \"json\" or \"text\"");
    const struct epo_json *tenant = epo_json_get(settings, "tenant");
    if (epo_json_is_text(tenant) && !is_name(tenant->text, EPO_TENANT_SIZE))
        fault(checking, tenant->line,
              "\"tenant\" is at most 31 lower-case letters, digits, - and _");
    const struct epo_json *city = epo_json_get(settings, "city");
    if (city != NULL && city->type == EPO_JSON_OBJECT)
        check_name(checking, city, "\"city\"");
    check_address(checking, epo_json_get(settings, "address"));
    check_staff_factor(checking, epo_json_get(settings, "staff_second_factor"));
    const struct epo_json *backgrounds = epo_json_find(settings, "maps.backgrounds");
    if (backgrounds != NULL && backgrounds->type == EPO_JSON_ARRAY)
        check_backgrounds(checking, backgrounds);
    check_offices(checking, settings);
}

static bool slurp(struct epo_pool *pool, const char *folder, struct epo_span *text,
                  struct checking *checking) {
    char *path = epo_pool_printf(pool, "%s/epo.json", folder);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fault(checking, 1, "%s cannot be read: %s. \"epo init\" makes a portal folder", path,
              strerror(errno));
        return false;
    }
    char *bytes = epo_pool_alloc(pool, SETTINGS_BYTES_MAX + 1);
    size_t len = fread(bytes, 1, SETTINGS_BYTES_MAX + 1, file);
    bool good = !ferror(file) && len <= SETTINGS_BYTES_MAX;
    fclose(file);
    if (!good)
        fault(checking, 1, "%s cannot be read, or is over 1 MiB", path);
    *text = (struct epo_span){bytes, len};
    return good;
}

struct epo_json *epo_settings_read(struct epo_pool *pool, const char *folder,
                                   const struct epo_setting_group *const *groups,
                                   size_t group_count, struct epo_settings_fault **faults) {
    struct epo_span text;
    struct epo_error error = {0};
    struct checking checking = {pool, faults};
    *faults = NULL;
    if (!slurp(pool, folder, &text, &checking))
        return NULL;
    struct epo_json *settings = epo_json_parse(pool, text, &error);
    if (settings == NULL) {
        fault(&checking, 1, "%s", error.text);
        snprintf((*faults)->where, sizeof(*faults)->where, "epo.json:%.280s", error.where);
        return NULL;
    }
    check(&checking, settings);
    for (size_t i = 0; i < group_count; i++) {
        const struct epo_json *object = epo_json_get(settings, groups[i]->name);
        if (object != NULL && object->type == EPO_JSON_OBJECT)
            epo_setting_check(groups[i], object, add_fault, &checking);
    }
    return *faults == NULL ? settings : NULL;
}
