/* All organizations of a portal folder, joined with its settings. */
#include "plugin/organization.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "plugin/manifest.h"

#define STATE_BYTES_MAX (64u << 10)

/* ---- finding ---- */

const struct epo_json *epo_organizations_of(const struct epo_json *settings) {
    return epo_json_get(settings, "organizations_installed");
}

const struct epo_json *epo_organization_find(const struct epo_json *settings,
                                             struct epo_span name) {
    const struct epo_json *all = epo_organizations_of(settings);
    for (uint32_t i = 0; all != NULL && i < all->count; i++)
        if (epo_span_equal(epo_json_get_text(all->items[i], "name"), name))
            return all->items[i];
    return NULL;
}

const struct epo_json *epo_organization_of_folder(const struct epo_json *settings,
                                                  const char *agenda_folder) {
    const struct epo_json *all = epo_organizations_of(settings);
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        struct epo_span folder = epo_json_get_text(all->items[i], "folder");
        if (epo_span_starts(epo_span(agenda_folder), folder) &&
            strncmp(agenda_folder + folder.len, "/agendas/", 9) == 0)
            return all->items[i];
    }
    return NULL;
}

const struct epo_json *epo_organization_owner(const struct epo_json *settings,
                                              struct epo_span name) {
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '.' || name.at[i] == '_')
            return epo_organization_find(settings, (struct epo_span){name.at, i});
    return NULL;
}

bool epo_organization_has_office(const struct epo_json *organization, struct epo_span office) {
    const struct epo_json *offices = epo_json_get(organization, "offices");
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++)
        if (epo_span_equal(epo_json_get_text(offices->items[i], "id"), office))
            return true;
    return false;
}

const struct epo_json *epo_organization_find_layer(const struct epo_json *settings,
                                                   struct epo_span id) {
    const struct epo_json *layers = epo_json_get(epo_organization_owner(settings, id), "layers");
    for (uint32_t i = 0; layers != NULL && i < layers->count; i++)
        if (epo_span_equal(epo_json_get_text(layers->items[i], "id"), id))
            return layers->items[i];
    return NULL;
}

struct epo_json *epo_organizations_places(struct epo_pool *pool, const struct epo_json *settings) {
    const struct epo_json *all = epo_organizations_of(settings);
    struct epo_json *places = epo_json_array(pool);
    for (uint32_t o = 0; all != NULL && o < all->count; o++) {
        const struct epo_json *layers = epo_json_get(all->items[o], "layers");
        for (uint32_t l = 0; l < layers->count; l++) {
            const struct epo_json *features = epo_json_get(layers->items[l], "features");
            for (uint32_t i = 0; features != NULL && i < features->count; i++) {
                const struct epo_json *geometry = epo_json_get(features->items[i], "geometry");
                if (!epo_span_is(epo_json_get_text(geometry, "type"), "Point"))
                    continue;
                struct epo_json *place = epo_json_object(pool);
                epo_json_set_string(
                    pool, place, "id",
                    epo_pool_printf(pool, "%.*s/%.*s",
                                    EPO_ARG(epo_json_get_text(layers->items[l], "id")),
                                    EPO_ARG(epo_json_get_text(features->items[i], "id"))));
                epo_json_set(pool, place, "name",
                             epo_json_find(features->items[i], "properties.title"));
                epo_json_set(pool, place, "point", epo_json_get(geometry, "coordinates"));
                epo_json_push(pool, places, place);
            }
        }
    }
    return places;
}

/* ---- rights ---- */

static bool has_text(const struct epo_json *list, struct epo_span text) {
    for (uint32_t i = 0; list != NULL && list->type == EPO_JSON_ARRAY && i < list->count; i++)
        if (epo_json_is_text(list->items[i]) && epo_span_equal(list->items[i]->text, text))
            return true;
    return false;
}

static void add_texts(struct epo_pool *pool, struct epo_json *to, const struct epo_json *list) {
    for (uint32_t i = 0; list != NULL && list->type == EPO_JSON_ARRAY && i < list->count; i++)
        if (epo_json_is_text(list->items[i]) && !has_text(to, list->items[i]->text))
            epo_json_push(pool, to, epo_json_text(pool, list->items[i]->text));
}

const struct epo_json *epo_organization_state(struct epo_pool *pool, const char *folder,
                                              struct epo_span name) {
    struct epo_span bytes;
    const char *why,
        *path = epo_pool_printf(pool, "%s/organizations/%.*s.json", folder, EPO_ARG(name));
    return epo_file_read(pool, path, STATE_BYTES_MAX, &bytes, &why)
               ? epo_json_parse(pool, bytes, NULL)
               : NULL;
}

struct epo_json *epo_organization_granted(struct epo_pool *pool, const char *folder,
                                          const struct epo_json *settings, struct epo_span name) {
    struct epo_json *granted = epo_json_array(pool);
    add_texts(pool, granted, epo_json_get_span(epo_json_get(settings, "grants"), name));
    add_texts(pool, granted, epo_json_get(epo_organization_state(pool, folder, name), "granted"));
    return granted;
}

struct epo_json *epo_organization_missing(struct epo_pool *pool, const struct epo_json *row,
                                          const struct epo_json *granted) {
    const struct epo_json *asked = epo_json_get(row, "rights");
    struct epo_json *missing = epo_json_array(pool);
    for (uint32_t i = 0; asked != NULL && i < asked->count; i++)
        if (!has_text(granted, asked->items[i]->text))
            epo_json_push(pool, missing, epo_json_text(pool, asked->items[i]->text));
    return missing;
}

/* ---- joining ---- */

struct joining {
    struct epo_pool *pool;
    const char *folder; /* of the portal */
    const struct epo_json *settings, *before;
    struct epo_json *installed, *refused, *faults;
};

static void note(struct joining *joining, const char *name, const char *file, int line,
                 const char *text, bool kept) {
    struct epo_pool *pool = joining->pool;
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_string(pool, row, "name", name);
    epo_json_set_string(pool, row, "file", file);
    epo_json_set_integer(pool, row, "line", line);
    epo_json_set_string(pool, row, "text", text);
    epo_json_set_boolean(pool, row, "kept", kept);
    epo_json_push(pool, joining->faults, row);
}

static void refuse(struct joining *joining, struct epo_json *row, const char *name,
                   struct epo_json *missing) {
    struct epo_buffer list;
    epo_buffer_init(&list, 1024);
    for (uint32_t i = 0; i < missing->count; i++)
        epo_buffer_printf(&list, "%s%.*s", i > 0 ? "," : "", EPO_ARG(missing->items[i]->text));
    const char *rights = epo_pool_string(joining->pool, epo_buffer_get(&list));
    epo_buffer_clear(&list);
    note(joining, name, epo_pool_printf(joining->pool, "%s/organization.json", name), 0,
         epo_pool_printf(joining->pool,
                         "asks for rights that are not granted (%s): \"epo organization rights %s "
                         "--grant %s\", or \"grants\" of epo.json",
                         rights, name, rights),
         false);
    epo_json_set(joining->pool, row, "missing", missing);
    epo_json_push(joining->pool, joining->refused, row);
}

static void join_one(struct joining *joining, const char *path, const char *name) {
    struct epo_pool *pool = joining->pool;
    struct epo_faults faults = {pool, NULL, NULL, false};
    struct epo_json *row = epo_organization_read(pool, path, &faults);
    const struct epo_json *old = epo_organization_find(joining->before, epo_span(name));
    for (const struct epo_fault *fault = faults.first; fault != NULL; fault = fault->next)
        note(joining, name, fault->file, fault->line, fault->text, old != NULL);
    if (row == NULL && old == NULL)
        return;
    if (row == NULL) {
        epo_json_push(pool, joining->installed, epo_json_copy(pool, old));
        return;
    }
    struct epo_json *granted =
        epo_organization_granted(pool, joining->folder, joining->settings, epo_span(name));
    struct epo_json *missing = epo_organization_missing(pool, row, granted);
    if (missing->count > 0)
        refuse(joining, row, name, missing);
    else
        epo_json_push(pool, joining->installed, row);
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static void read_all(struct joining *joining) {
    const char *root = epo_pool_printf(joining->pool, "%s/organizations", joining->folder);
    struct dirent **entries;
    int count = scandir(root, &entries, visible, alphasort), found = 0;
    for (int i = 0; i < count; i++) {
        struct stat about;
        const char *name = epo_pool_string(joining->pool, epo_span(entries[i]->d_name));
        const char *path = epo_pool_printf(joining->pool, "%s/%s", root, name);
        free(entries[i]);
        if (lstat(path, &about) != 0 || !S_ISDIR(about.st_mode))
            continue;
        if (found++ < EPO_ORGANIZATIONS_MAX)
            join_one(joining, path, name);
        else
            note(joining, name, name, 0, "there are too many organizations", false);
    }
    if (count >= 0)
        free(entries);
}

/* Those of epo.json, then those of organizations: the first office stays the city's. */
static struct epo_json *all_offices(struct epo_pool *pool, const struct epo_json *settings,
                                    const struct epo_json *installed) {
    const struct epo_json *own = epo_json_get(settings, "offices");
    struct epo_json *offices = epo_json_array(pool);
    for (uint32_t i = 0; own != NULL && i < own->count; i++)
        epo_json_push(pool, offices, own->items[i]);
    for (uint32_t o = 0; o < installed->count; o++) {
        const struct epo_json *more = epo_json_get(installed->items[o], "offices");
        for (uint32_t i = 0; i < more->count; i++)
            epo_json_push(pool, offices, more->items[i]);
    }
    return offices;
}

struct epo_json *epo_organizations_join(struct epo_pool *pool, const char *folder,
                                        const struct epo_json *settings,
                                        const struct epo_json *before) {
    struct joining joining = {.pool = pool,
                              .folder = folder,
                              .settings = settings,
                              .before = before,
                              .installed = epo_json_array(pool),
                              .refused = epo_json_array(pool),
                              .faults = epo_json_array(pool)};
    read_all(&joining);
    struct epo_json *joined = epo_json_object(pool);
    for (uint32_t i = 0; i < settings->count; i++)
        if (!epo_span_is(settings->names[i], "offices"))
            epo_json_append(pool, joined, settings->names[i], settings->items[i]);
    epo_json_set(pool, joined, "offices", all_offices(pool, settings, joining.installed));
    epo_json_set(pool, joined, "organizations_installed", joining.installed);
    epo_json_set(pool, joined, "organizations_refused", joining.refused);
    epo_json_set(pool, joined, "organization_faults", joining.faults);
    return joined;
}
