/* Open data: each public layer as a file. A file is made when it is first asked for, kept under the
 * map's version in the portal's folder, and sent straight from the page cache. */
#include "http/internal.h"
#include "http/ogc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "maps/metric.h"

/* So many features are written in a second or two, while the one who asks waits; more are written
 * by a worker of their own, and who asks is told to come again. */
#define AT_ONCE_MAX 20000
#define AGAIN_S "10"

const struct epo_opendata_file epo_opendata_files[] = {
    [EPO_EXPORT_GEOJSON] = {"application/geo+json", "geojson"},
    [EPO_EXPORT_GEOPACKAGE] = {"application/geopackage+sqlite3", "gpkg"}};

/* Never two at once: an export takes a connection to the map and a core. */
static atomic_flag making = ATOMIC_FLAG_INIT;

/* ---- files ---- */

static const char *folder_of(struct epo_pool *pool, const struct epo_portal *portal) {
    return epo_pool_printf(pool, "%s/opendata", portal->folder);
}

static const char *path_of(struct epo_pool *pool, const struct epo_portal *portal,
                           const struct epo_collection *collection, enum epo_export kind) {
    return epo_pool_printf(pool, "%s/%s-%s.%s", folder_of(pool, portal), collection->map_version,
                           collection->name, epo_opendata_files[kind].ending);
}

/* What was made of older maps; whoever is being sent one keeps it open. */
static void sweep(struct epo_pool *pool, const char *folder, const char *version) {
    struct epo_span begin = epo_span(epo_pool_printf(pool, "%s-", version));
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.' && !epo_span_starts(epo_span(entry->d_name), begin))
            unlink(epo_pool_printf(pool, "%s/%s", folder, entry->d_name));
    closedir(dir);
}

static bool make(struct epo_pool *pool, const struct epo_portal *portal,
                 const struct epo_collection *collection, enum epo_export kind,
                 struct epo_error *error) {
    const char *folder = folder_of(pool, portal);
    if (mkdir(folder, 0750) != 0 && errno != EEXIST)
        return epo_fail(error, EPO_ERROR_BROKEN, "opendata.folder", "%s cannot be made: %s", folder,
                        strerror(errno));
    sweep(pool, folder, collection->map_version);
    return epo_export_write(portal->maps, collection, kind, path_of(pool, portal, collection, kind),
                            NULL, error);
}

/* ---- aside ---- */

struct order {
    struct epo_portal *portal;
    enum epo_export kind;
    char layer[64];
};

/* On a worker; nobody waits for it. */
static void make_aside(void *arg, struct epo_db *db) {
    struct order *order = arg;
    struct epo_pool *pool = epo_pool_create();
    struct epo_collection collection;
    struct epo_error error = {0};
    (void)db;
    if (!epo_collection_find(order->portal->maps, pool, epo_span(order->layer), &collection,
                             &error) ||
        !make(pool, order->portal, &collection, order->kind, &error))
        epo_log_error(EPO_LOG_ERROR, "opendata.failed", &error);
    epo_pool_free(pool);
    free(order);
    atomic_flag_clear(&making);
}

static bool order_aside(struct epo_request *request, const struct epo_collection *collection,
                        enum epo_export kind) {
    struct order *order = malloc(sizeof *order);
    epo_assert(order != NULL);
    *order = (struct order){.portal = request->portal, .kind = kind};
    snprintf(order->layer, sizeof order->layer, "%s", collection->name);
    if (epo_server_post(epo_page_app(request)->server, make_aside, order))
        return true;
    free(order);
    return false;
}

static bool being_made(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BUSY, "opendata.making",
                    "the file is being made: ask again in a moment");
}

/* Makes the file, or sees to it that it is made. */
static bool see_to(struct epo_request *request, const struct epo_collection *collection,
                   enum epo_export kind, struct epo_error *error) {
    if (atomic_flag_test_and_set(&making))
        return being_made(error);
    bool at_once = collection->count <= AT_ONCE_MAX;
    if (!at_once && order_aside(request, collection, kind))
        return being_made(error); /* make_aside clears the flag */
    bool ok =
        at_once ? make(request->pool, request->portal, collection, kind, error) : being_made(error);
    atomic_flag_clear(&making);
    return ok;
}

/* ---- sending ---- */

struct mapped {
    void *at;
    size_t len;
};

static void unmap(void *arg) {
    struct mapped *mapped = arg;
    munmap(mapped->at, mapped->len);
}

/* NULL where there is no such file. */
static struct mapped *map_file(struct epo_pool *pool, const char *path) {
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct mapped *mapped = EPO_NEW(pool, struct mapped);
    bool ok = fstat(fd, &about) == 0 && about.st_size > 0;
    if (ok) { /* read here, not on the loop */
        mapped->len = (size_t)about.st_size;
        mapped->at = mmap(NULL, mapped->len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        ok = mapped->at != MAP_FAILED;
    }
    close(fd);
    return ok ? mapped : NULL;
}

static struct epo_response *send_mapped(struct epo_request *request,
                                        const struct epo_collection *collection,
                                        enum epo_export kind, struct mapped *mapped,
                                        struct epo_span etag) {
    struct epo_response *response = epo_respond(request, 200, epo_opendata_files[kind].type,
                                                (struct epo_span){mapped->at, mapped->len});
    response->release = unmap;
    response->release_arg = mapped;
    const char *name = epo_pool_printf(request->pool, "attachment; filename=\"%s.%s\"",
                                       collection->name, epo_opendata_files[kind].ending);
    epo_response_header(response, "content-disposition", epo_span(name));
    epo_ogc_open(response);
    epo_response_header(response, "etag", etag);
    return response;
}

static struct epo_response *refuse(struct epo_request *request, const struct epo_error *error) {
    struct epo_response *response = epo_ogc_refuse(request, error);
    if (error->kind == EPO_ERROR_BUSY)
        epo_response_header(response, "retry-after", EPO_SPAN(AGAIN_S));
    return response;
}

struct epo_response *epo_opendata_one(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_collection collection;
    enum epo_export kind;
    struct epo_span file = request->captures[0];
    if (!epo_export_kind(file, &kind))
        return epo_page_not_found(request);
    struct epo_span layer = {file.at, file.len - strlen(epo_opendata_files[kind].ending) - 1};
    if (!epo_collection_find(request->portal->maps, pool, layer, &collection, &error))
        return refuse(request, &error);
    struct epo_span etag = epo_span(epo_pool_printf(pool, "\"%s\"", collection.map_version));
    struct epo_span match = epo_request_header(request, "if-none-match");
    if (match.len > 0 && memmem(match.at, match.len, etag.at, etag.len) != NULL) {
        struct epo_response *same = epo_respond(request, 304, NULL, EPO_SPAN(""));
        epo_response_header(same, "etag", etag);
        return same;
    }
    const char *path = path_of(pool, request->portal, &collection, kind);
    struct mapped *mapped = map_file(pool, path);
    if (mapped == NULL) {
        if (!see_to(request, &collection, kind, &error))
            return refuse(request, &error);
        mapped = map_file(pool, path);
    }
    if (mapped == NULL) {
        epo_fail(&error, EPO_ERROR_BROKEN, "opendata.read", "%s cannot be read", path);
        return refuse(request, &error);
    }
    return send_mapped(request, &collection, kind, mapped, etag);
}

/* ---- the page ---- */

struct epo_span epo_opendata_licence(const struct epo_request *request) {
    struct epo_span own =
        epo_json_get_text(epo_portal_settings(request->portal), "open_data_licence");
    return own.len > 0 ? own : EPO_SPAN("https://creativecommons.org/licenses/by/4.0/");
}

struct epo_response *epo_opendata_page(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_collection *all;
    size_t count;
    if (!epo_collections(request->portal->maps, pool, &all, &count, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *model = epo_json_object(pool), *layers = epo_json_array(pool);
    for (size_t i = 0; i < count; i++)
        epo_json_push(pool, layers, epo_ogc_row(request, &all[i]));
    epo_json_set(pool, model, "layers", layers);
    epo_json_set_string(pool, model, "crs", epo_metric_words(pool));
    epo_json_set_text(pool, model, "licence", epo_opendata_licence(request));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "opendata.title"));
    struct epo_response *response = epo_respond_page(request, 200, "web/opendata", model);
    epo_response_cacheable(response);
    return response;
}
