#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/internal.h"

/* For us and not for the world: names without a hash nobody may keep for ever. */
static const char MANIFEST[] = "manifest.json", STYLES[] = "map-styles.json",
                  LOOKS[] = "map-looks.json";

/* All of /assets/ is read into memory at start: one to two megabytes, names carry a hash of the
 * content. */
bool epo_statics_load(struct epo_cache *cache, const char *folder, struct epo_error *error) {
    DIR *dir = opendir(folder);
    if (!dir)
        return epo_fail(error, EPO_ERROR_BROKEN, "http.assets",
                        "%s cannot be opened: build the assets first", folder);
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name);
        bool variant = len > 3 && (strcmp(entry->d_name + len - 3, ".gz") == 0 ||
                                   strcmp(entry->d_name + len - 3, ".br") == 0);
        if (entry->d_name[0] == '.' || variant || entry->d_type == DT_DIR ||
            strcmp(entry->d_name, MANIFEST) == 0 || strcmp(entry->d_name, STYLES) == 0 ||
            strcmp(entry->d_name, LOOKS) == 0)
            continue;
        char path[1024], key[300];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        int key_len = snprintf(key, sizeof key, "/assets/%s", entry->d_name);
        ok = epo_cache_put_file(cache, (struct epo_span){key, (size_t)key_len}, path, error);
    }
    closedir(dir);
    return ok;
}

struct epo_json *epo_statics_manifest(struct epo_pool *pool, const char *folder) {
    char path[1024], text[16384];
    snprintf(path, sizeof path, "%s/%s", folder, MANIFEST);
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(text, 1, sizeof text, file) : 0;
    if (file)
        fclose(file);
    struct epo_json *manifest = epo_json_parse(pool, (struct epo_span){text, len}, NULL);
    return manifest ? manifest : epo_json_object(pool);
}
