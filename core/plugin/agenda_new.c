/* A new scripted agenda from the template folder: every file copied, the template's name in it
 * replaced by the new one. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "plugin/manifest.h"
#include "plugin/tools.h"

#define PLACEHOLDER "__name__"
#define FILE_MAX (1u << 20)
#define DEPTH_MAX 4

static bool good_name(const char *name) {
    size_t len = strlen(name);
    return len > 1 && len <= EPO_AGENDA_NAME_MAX && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

/* Text with every placeholder replaced; for contents and for names of files. */
static struct epo_span fill_in(struct epo_pool *pool, struct epo_span text, const char *name) {
    struct epo_buffer out;
    size_t len = strlen(PLACEHOLDER);
    epo_buffer_init(&out, FILE_MAX * 2);
    while (text.len) {
        const char *found = memmem(text.at, text.len, PLACEHOLDER, len);
        size_t before = found ? (size_t)(found - text.at) : text.len;
        epo_buffer_append(&out, text.at, before);
        if (found)
            epo_buffer_string(&out, name);
        before += found ? len : 0;
        text = (struct epo_span){text.at + before, text.len - before};
    }
    struct epo_span filled = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return filled;
}

static bool copy_file(struct epo_pool *pool, const char *from, const char *to, const char *name,
                      struct epo_error *error) {
    struct epo_span bytes;
    const char *why;
    if (!epo_file_read(pool, from, FILE_MAX, &bytes, &why))
        return epo_fail(error, EPO_ERROR_BROKEN, "agenda.template", "%s: %s", from, why);
    bytes = fill_in(pool, bytes, name);
    FILE *file = fopen(to, "wxe");
    bool good = file && fwrite(bytes.at, 1, bytes.len, file) == bytes.len;
    if (file && fclose(file) != 0)
        good = false;
    return good || epo_fail(error, EPO_ERROR_BROKEN, "agenda.write", "%s cannot be written: %s", to,
                            strerror(errno));
}

static bool copy_folder(struct epo_pool *pool, const char *from, const char *to, const char *name,
                        int depth, struct epo_error *error) {
    DIR *folder = opendir(from);
    bool good = folder != NULL;
    if (!folder)
        return epo_fail(error, EPO_ERROR_BROKEN, "agenda.template", "%s: %s", from,
                        strerror(errno));
    if (mkdir(to, 0777) != 0)
        good = epo_fail(error, errno == EEXIST ? EPO_ERROR_CONFLICT : EPO_ERROR_BROKEN,
                        "agenda.folder", "%s cannot be made: %s", to, strerror(errno));
    for (struct dirent *entry; good && (entry = readdir(folder));) {
        struct stat about;
        if (entry->d_name[0] == '.')
            continue;
        struct epo_span called = fill_in(pool, epo_span(entry->d_name), name);
        const char *source = epo_pool_printf(pool, "%s/%s", from, entry->d_name);
        const char *target = epo_pool_printf(pool, "%s/%.*s", to, EPO_ARG(called));
        if (stat(source, &about) != 0)
            good = epo_fail(error, EPO_ERROR_BROKEN, "agenda.template", "%s: %s", source,
                            strerror(errno));
        else if (!S_ISDIR(about.st_mode))
            good = copy_file(pool, source, target, name, error);
        else if (depth < DEPTH_MAX)
            good = copy_folder(pool, source, target, name, depth + 1, error);
    }
    closedir(folder);
    return good;
}

bool epo_agenda_new(const char *template_folder, const char *folder, const char *name,
                    struct epo_error *error) {
    if (!good_name(name))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "agenda.name",
                        "\"%.60s\" cannot be the name of an agenda: it is 2 to %d lower-case "
                        "letters, digits and _, and begins with a letter",
                        name, EPO_AGENDA_NAME_MAX);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return epo_fail(error, EPO_ERROR_BROKEN, "agenda.folder", "%s cannot be made: %s", folder,
                        strerror(errno));
    struct epo_pool *pool = epo_pool_create();
    bool good = copy_folder(pool, template_folder, epo_pool_printf(pool, "%s/%s", folder, name),
                            name, 0, error);
    epo_pool_free(pool);
    return good;
}
