/* organization.json of one folder, read and checked. */
#include "plugin/organization.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "plugin/manifest.h"
#include "portal/settings.h"

struct reading {
    struct epo_pool *pool;
    struct epo_faults *faults;
    const char *folder;
    const char *file; /* for messages: "zoo/organization.json" */
    const struct epo_json *tree;
    struct epo_json *row;
    const char *name;
};

#define fault(reading, json, ...)                                                                  \
    epo_fault_add((reading)->faults, (reading)->file, (json) ? (int)(json)->line : 1, __VA_ARGS__)

static bool is_word(struct epo_span text, size_t max, const char *letters) {
    bool good = text.len > 1 && text.len <= max && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; good && i < text.len; i++)
        good = text.at[i] != '\0' && strchr(letters, text.at[i]) != NULL;
    return good;
}

static bool is_plain_word(struct epo_span text) {
    return is_word(text, 40, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}

static bool is_localized(const struct epo_json *value, size_t max) {
    struct epo_span cs = epo_json_get_text(value, "cs"), en = epo_json_get_text(value, "en");
    return cs.len > 0 && en.len > 0 && cs.len <= max && en.len <= max;
}

/* A text or nothing; what is too long is a mistake, never cut. */
static void check_text(struct reading *reading, const struct epo_json *owner, const char *name,
                       size_t max) {
    const struct epo_json *value = epo_json_get(owner, name);
    if (value != NULL && (!epo_json_is_text(value) || value->text.len > max))
        fault(reading, value, "\"%s\" is a text of at most %zu bytes", name, max);
}

static void take_localized(struct reading *reading, const char *name, size_t max) {
    const struct epo_json *value = epo_json_get(reading->tree, name);
    if (!is_localized(value, max))
        fault(reading, value != NULL ? value : reading->tree,
              "\"%s\" must be {\"cs\": …, \"en\": …}, each at most %zu bytes", name, max);
    else
        epo_json_set(reading->pool, reading->row, name, epo_json_copy(reading->pool, value));
}

static void check_members(struct reading *reading, const struct epo_json *object,
                          const char *const *known) {
    for (uint32_t i = 0; i < object->count; i++) {
        size_t k = 0;
        while (known[k] != NULL && !epo_span_is(object->names[i], known[k]))
            k++;
        if (known[k] == NULL)
            fault(reading, object->items[i],
                  "unknown member \"%.*s\": remove it or correct its name",
                  EPO_ARG(object->names[i]));
    }
}

/* A list of objects, at most so many; NULL where there is none or it is wrong. */
static const struct epo_json *list_of(struct reading *reading, const char *name, uint32_t most) {
    const struct epo_json *list = epo_json_get(reading->tree, name);
    if (list == NULL)
        return NULL;
    if (list->type != EPO_JSON_ARRAY || list->count > most) {
        fault(reading, list, "\"%s\" is an array of at most %u entries", name, most);
        return NULL;
    }
    return list;
}

bool epo_version_read(struct epo_span text, int64_t parts[3]) {
    for (int i = 0; i < 3; i++) {
        struct epo_span part = epo_span_cut(text, '.', &text);
        if (part.len == 0 || part.len > 6 || !epo_span_integer(part, &parts[i]) || parts[i] < 0)
            return false;
    }
    return text.len == 0;
}

static void read_head(struct reading *reading) {
    const struct epo_json *name = epo_json_get(reading->tree, "name");
    const struct epo_json *version = epo_json_get(reading->tree, "version");
    int64_t parts[3];
    if (!epo_json_is_text(name) || !epo_span_is(name->text, reading->name))
        fault(reading, name != NULL ? name : reading->tree,
              "\"name\" must be that of the folder: \"%s\"", reading->name);
    if (!is_word(epo_span(reading->name), EPO_ORGANIZATION_NAME_MAX,
                 "abcdefghijklmnopqrstuvwxyz0123456789"))
        fault(reading, name, "the name of an organization is 2 to %d lower-case letters and digits",
              EPO_ORGANIZATION_NAME_MAX);
    if (!epo_json_is_text(version) || !epo_version_read(version->text, parts))
        fault(reading, version != NULL ? version : reading->tree,
              "\"version\" is three numbers: \"1.0.0\"");
    epo_json_set_string(reading->pool, reading->row, "name", reading->name);
    epo_json_set_text(reading->pool, reading->row, "version",
                      epo_json_get_text(reading->tree, "version"));
    epo_json_set_string(reading->pool, reading->row, "folder", reading->folder);
    take_localized(reading, "title", 200);
    take_localized(reading, "summary", 600);
}

static void read_about(struct reading *reading) {
    const struct epo_json *list = list_of(reading, "about", EPO_LIFE_TEXTS_MAX);
    struct epo_json *about = epo_json_array(reading->pool);
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        if (!is_localized(list->items[i], 4000))
            fault(reading, list->items[i], "a paragraph is {\"cs\": …, \"en\": …}");
        else
            epo_json_push(reading->pool, about, epo_json_copy(reading->pool, list->items[i]));
    epo_json_set(reading->pool, reading->row, "about", about);
}

static void read_contact(struct reading *reading) {
    static const char *const known[] = {"address", "phone", "email", "web", NULL};
    const struct epo_json *contact = epo_json_get(reading->tree, "contact");
    if (contact == NULL)
        return;
    if (contact->type != EPO_JSON_OBJECT) {
        fault(reading, contact, "\"contact\" is an object of address, phone, email and web");
        return;
    }
    check_members(reading, contact, known);
    for (size_t i = 0; known[i] != NULL; i++)
        check_text(reading, contact, known[i], 300);
    struct epo_span web = epo_json_get_text(contact, "web");
    if (web.len > 0 && !epo_span_starts(web, EPO_SPAN("https://")))
        fault(reading, epo_json_get(contact, "web"), "\"web\" begins with https://");
    epo_json_set(reading->pool, reading->row, "contact", epo_json_copy(reading->pool, contact));
}

/* By its first bytes; SVG may hold scripts and is not taken. */
static const char *picture_type(struct epo_span bytes) {
    static const char png[] = "\x89PNG\r\n\x1a\n", jpeg[] = "\xff\xd8\xff";
    if (epo_span_starts(bytes, EPO_SPAN(png)))
        return "image/png";
    return epo_span_starts(bytes, EPO_SPAN(jpeg)) ? "image/jpeg" : NULL;
}

static bool is_file_name(struct epo_span path) {
    bool good = path.len > 0 && path.len <= 120 && path.at[0] != '/' && path.at[0] != '.';
    for (size_t i = 0; good && i < path.len; i++)
        good = (unsigned char)path.at[i] > ' ' && path.at[i] != '\\' &&
               !(path.at[i] == '/' && (i + 1 == path.len || path.at[i + 1] == '.'));
    return good;
}

static void read_logo(struct reading *reading) {
    const struct epo_json *logo = epo_json_get(reading->tree, "logo");
    struct epo_pool *pool = reading->pool;
    struct epo_span bytes;
    const char *why;
    if (logo == NULL)
        return;
    if (!epo_json_is_text(logo) || !is_file_name(logo->text)) {
        fault(reading, logo, "\"logo\" names a file of this folder: \"logo.png\"");
        return;
    }
    const char *path = epo_pool_printf(pool, "%s/%.*s", reading->folder, EPO_ARG(logo->text));
    struct epo_pool *passing = epo_pool_create();
    const char *type = NULL;
    if (!epo_file_read(passing, path, EPO_ORGANIZATION_LOGO_MAX, &bytes, &why))
        fault(reading, logo, "the logo %.*s: %s", EPO_ARG(logo->text), why);
    else if ((type = picture_type(bytes)) == NULL)
        fault(reading, logo, "the logo is neither PNG nor JPEG");
    epo_pool_free(passing);
    if (type == NULL)
        return;
    struct epo_json *row = epo_json_set(pool, reading->row, "logo", epo_json_object(pool));
    epo_json_set_string(pool, row, "file", path);
    epo_json_set_string(pool, row, "type", type);
}

static bool is_point(const struct epo_json *point) {
    struct epo_point metres;
    return point->type == EPO_JSON_ARRAY && point->count == 2 &&
           epo_transform_to_metres((struct epo_point){epo_json_number(point->items[0]),
                                                      epo_json_number(point->items[1])},
                                   &metres, NULL);
}

static bool are_hours(const struct epo_json *opening) {
    bool good = opening->type == EPO_JSON_ARRAY && opening->count <= 14;
    for (uint32_t i = 0; good && i < opening->count; i++)
        good = epo_opening_valid(opening->items[i]);
    return good;
}

static void read_office(struct reading *reading, const struct epo_json *office,
                        struct epo_json *offices) {
    static const char *const known[] = {"id",    "title",   "address", "hours", "phone",
                                        "email", "opening", "point",   NULL};
    static const char *const texts[] = {"address", "hours", "phone", "email"};
    struct epo_pool *pool = reading->pool;
    struct epo_span id = epo_json_get_text(office, "id");
    const struct epo_json *title = epo_json_get(office, "title");
    const struct epo_json *point = epo_json_get(office, "point");
    const struct epo_json *opening = epo_json_get(office, "opening");
    if (office->type != EPO_JSON_OBJECT || !is_plain_word(id) || !is_localized(title, 200)) {
        fault(reading, office,
              "an office is {\"id\": lower-case letters, digits, - and _, \"title\": {cs, en}, …}");
        return;
    }
    check_members(reading, office, known);
    if (point != NULL && !is_point(point))
        fault(reading, point, "\"point\" is [longitude, latitude] of EPSG:4326 in this country");
    if (opening != NULL && !are_hours(opening))
        fault(reading, opening, "\"opening\" is a list like [\"Mo,We 08:00-17:00\"]");
    struct epo_json *row = epo_json_object(pool);
    const char *whole = epo_pool_printf(pool, "%s.%.*s", reading->name, EPO_ARG(id));
    for (uint32_t i = 0; i < offices->count; i++)
        if (epo_span_is(epo_json_get_text(offices->items[i], "id"), whole))
            fault(reading, office, "the office \"%.*s\" stands twice", EPO_ARG(id));
    epo_json_set_string(pool, row, "id", whole);
    epo_json_set_string(pool, row, "organization", reading->name);
    epo_json_set(pool, row, "name", epo_json_copy(pool, title));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check_text(reading, office, texts[i], 300);
        if (epo_json_get_text(office, texts[i]).len > 0)
            epo_json_set_text(pool, row, texts[i], epo_json_get_text(office, texts[i]));
    }
    if (point != NULL)
        epo_json_set(pool, row, "point", epo_json_copy(pool, point));
    if (opening != NULL)
        epo_json_set(pool, row, "opening", epo_json_copy(pool, opening));
    epo_json_push(pool, offices, row);
}

static void read_offices(struct reading *reading) {
    const struct epo_json *list = list_of(reading, "offices", EPO_ORGANIZATION_OFFICES_MAX);
    struct epo_json *offices = epo_json_array(reading->pool);
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        read_office(reading, list->items[i], offices);
    if (list == NULL || list->count == 0)
        fault(reading, list ? list : reading->tree,
              "\"offices\" must name one at least: who handles what people send");
    epo_json_set(reading->pool, reading->row, "offices", offices);
}

static void read_rights(struct reading *reading) {
    const struct epo_json *list = list_of(reading, "rights", 20);
    struct epo_json *rights = epo_json_array(reading->pool);
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        struct epo_span right =
            epo_json_is_text(list->items[i]) ? list->items[i]->text : EPO_SPAN("");
        if (epo_right_find(right) == 0 && !epo_span_is(right, "layers") &&
            !epo_span_is(right, "native"))
            fault(reading, list->items[i],
                  "unknown right \"%.*s\": those of agendas, layers and native", EPO_ARG(right));
        else
            epo_json_push(reading->pool, rights, epo_json_text(reading->pool, right));
    }
    epo_json_set(reading->pool, reading->row, "rights", rights);
}

static bool asks_for(const struct epo_json *row, const char *right) {
    const struct epo_json *rights = epo_json_get(row, "rights");
    for (uint32_t i = 0; rights != NULL && i < rights->count; i++)
        if (epo_span_is(rights->items[i]->text, right))
            return true;
    return false;
}

static void read_layer(struct reading *reading, const struct epo_json *layer,
                       struct epo_json *layers) {
    static const char *const known[] = {"id", "file", "title", "symbol", "colour", NULL};
    struct epo_pool *pool = reading->pool;
    struct epo_span id = epo_json_get_text(layer, "id"), file = epo_json_get_text(layer, "file");
    const struct epo_json *title = epo_json_get(layer, "title");
    if (layer->type != EPO_JSON_OBJECT || !is_plain_word(id) || !is_file_name(file) ||
        !is_localized(title, 100)) {
        fault(reading, layer,
              "a layer is {\"id\": …, \"file\": \"layers/places.geojson\", \"title\": {cs, en}}");
        return;
    }
    check_members(reading, layer, known);
    check_text(reading, layer, "symbol", 30);
    check_text(reading, layer, "colour", 30);
    struct epo_json *row = epo_json_object(pool);
    struct epo_json *features = epo_organization_layer(
        pool, epo_pool_printf(pool, "%s/%.*s", reading->folder, EPO_ARG(file)),
        epo_pool_printf(pool, "%s/%.*s", reading->name, EPO_ARG(file)), reading->faults);
    epo_json_set_string(pool, row, "id",
                        epo_pool_printf(pool, "%s.%.*s", reading->name, EPO_ARG(id)));
    epo_json_set(pool, row, "title", epo_json_copy(pool, title));
    epo_json_set_text(pool, row, "symbol", epo_json_get_text(layer, "symbol"));
    epo_json_set_text(pool, row, "colour", epo_json_get_text(layer, "colour"));
    if (features != NULL)
        epo_json_set(pool, row, "features", features);
    epo_json_push(pool, layers, row);
}

static void read_layers(struct reading *reading) {
    const struct epo_json *list = list_of(reading, "layers", EPO_ORGANIZATION_LAYERS_MAX);
    struct epo_json *layers = epo_json_array(reading->pool);
    if (list != NULL && list->count > 0 && !asks_for(reading->row, "layers"))
        fault(reading, list, "\"layers\" needs the right \"layers\": add it to \"rights\"");
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        read_layer(reading, list->items[i], layers);
    epo_json_set(reading->pool, reading->row, "layers", layers);
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* What lies in agendas/; each is read by the registry, which names what is wrong with it. */
static void list_agendas(struct reading *reading) {
    struct epo_pool *pool = reading->pool;
    struct epo_json *names = epo_json_array(pool);
    const char *prefix = epo_pool_printf(pool, "%s_", reading->name);
    struct dirent **entries;
    int count =
        scandir(epo_pool_printf(pool, "%s/agendas", reading->folder), &entries, visible, alphasort);
    for (int i = 0; i < count; i++) {
        if (strncmp(entries[i]->d_name, prefix, strlen(prefix)) != 0)
            fault(reading, reading->tree,
                  "the agenda %s must be called %s…: names are the city's own", entries[i]->d_name,
                  prefix);
        else
            epo_json_push(pool, names, epo_json_string(pool, entries[i]->d_name));
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    if (names->count > EPO_ORGANIZATION_AGENDAS_MAX)
        fault(reading, reading->tree, "there are %u agendas: at most %d", names->count,
              EPO_ORGANIZATION_AGENDAS_MAX);
    epo_json_set(pool, reading->row, "agendas", names);
}

static bool read_tree(struct reading *reading) {
    struct epo_error error = {0};
    struct epo_span bytes;
    const char *why;
    const char *path = epo_pool_printf(reading->pool, "%s/organization.json", reading->folder);
    if (!epo_file_read(reading->pool, path, EPO_ORGANIZATION_JSON_MAX, &bytes, &why))
        return epo_fault_add(reading->faults, reading->file, 0, "%s", why);
    reading->tree = epo_json_parse(reading->pool, bytes, &error);
    if (reading->tree == NULL)
        return epo_fault_error(reading->faults, reading->file, &error);
    return reading->tree->type == EPO_JSON_OBJECT ||
           epo_fault_add(reading->faults, reading->file, 1, "an organization is one object");
}

struct epo_json *epo_organization_read(struct epo_pool *pool, const char *folder,
                                       struct epo_faults *faults) {
    static const char *const known[] = {"$schema", "name",   "version", "title",
                                        "summary", "about",  "logo",    "contact",
                                        "offices", "rights", "layers",  NULL};
    const char *slash = strrchr(folder, '/');
    struct reading reading = {.pool = pool,
                              .faults = faults,
                              .folder = epo_pool_string(pool, epo_span(folder)),
                              .name = epo_pool_string(pool, epo_span(slash ? slash + 1 : folder)),
                              .row = epo_json_object(pool)};
    const struct epo_fault *before = faults->last;
    reading.file = epo_pool_printf(pool, "%s/organization.json", reading.name);
    if (!read_tree(&reading))
        return NULL;
    check_members(&reading, reading.tree, known);
    read_head(&reading);
    read_about(&reading);
    read_contact(&reading);
    read_logo(&reading);
    read_offices(&reading);
    read_rights(&reading);
    read_layers(&reading);
    list_agendas(&reading);
    return faults->last == before ? reading.row : NULL;
}
