/* Agendas in C: a shared object, opened from a copy under a name that was never used before.
 *
 * glibc knows an open library by its name and its inode: opened again under the same name, the old
 * code would answer. So every generation is copied aside, opened and unlinked at once. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin/agenda.h"

/* Where a copy may be made; the first that can be written and executed from is taken. */
static const char *const FOLDERS[] = {NULL /* TMPDIR */, "/tmp", "/dev/shm", "/var/tmp"};

static bool copy_bytes(int from, int to) {
    char bytes[65536];
    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);
        if (got <= 0)
            return got == 0;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(to, bytes + done, (size_t)(got - done));
            if (put <= 0)
                return false;
            done += put;
        }
    }
}

/* A copy in a folder of its own. Returns the handle of dlopen, or NULL with why. */
static void *open_copy(const char *base, const char *file, char *why, size_t room) {
    char folder[300], path[400];
    if ((size_t)snprintf(folder, sizeof folder, "%s/epo-XXXXXX", base) >= sizeof folder ||
        !mkdtemp(folder)) {
        snprintf(why, room, "a copy cannot be made in %s: %s", base, strerror(errno));
        return NULL;
    }
    static int counter;
    snprintf(path, sizeof path, "%s/%d.%d.so", folder, (int)getpid(),
             __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
    void *library = NULL;
    int from = open(file, O_RDONLY | O_CLOEXEC);
    int to = from < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
    bool copied = to >= 0 && copy_bytes(from, to);
    if (!copied)
        snprintf(why, room, "%s", strerror(errno));
    if (to >= 0)
        close(to);
    if (from >= 0)
        close(from);
    if (copied) {
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        const char *said = library ? NULL : dlerror();
        const char *colon = said ? strstr(said, ".so: ") : NULL; /* our copy's name says nothing */
        if (!library)
            snprintf(why, room, "%s", colon ? colon + 5 : said ? said : "cannot be loaded");
    }
    unlink(path);
    rmdir(folder);
    return library;
}

static bool verify(const epo_plugin *plugin, char *fault, size_t room) {
    if (!plugin || plugin->magic != EPO_PLUGIN_MAGIC)
        snprintf(fault, room, "is not a plugin of this portal (wrong magic number)");
    else if (plugin->major != EPO_ABI_MAJOR)
        snprintf(fault, room, "was built against version %d of epo.h, this portal has version %d",
                 plugin->major, EPO_ABI_MAJOR);
    else if (plugin->minor > EPO_ABI_MINOR)
        snprintf(
            fault, room,
            "was built against epo.h %d.%d, newer than this portal's %d.%d: use a newer portal",
            plugin->major, plugin->minor, EPO_ABI_MAJOR, EPO_ABI_MINOR);
    else if (plugin->size < offsetof(epo_plugin, job) + sizeof plugin->job)
        snprintf(fault, room, "has a descriptor of %u bytes, epo.h 1.0 has %zu", plugin->size,
                 offsetof(epo_plugin, job) + sizeof plugin->job);
    else if (!plugin->name || !plugin->version || !plugin->license)
        snprintf(fault, room, "names no name, version or licence in its descriptor");
    else
        return true;
    return false;
}

static int native_open(const char *folder, const char *file, const epo_host *host,
                       const epo_plugin **plugin, void **self, void **handle, char *fault,
                       size_t room) {
    (void)folder;
    (void)host;
    (void)self;
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        const char *base = FOLDERS[i] ? FOLDERS[i] : getenv("TMPDIR");
        if (base &&
            (!(library = open_copy(base, file, fault, room)) &&
             !strstr(fault, "a copy cannot be made") && !strstr(fault, "failed to map segment")))
            break;
    }
    if (!library)
        return EPO_RC_BROKEN;
    const epo_plugin *(*descriptor)(void);
    *(void **)&descriptor = dlsym(library, "epo_plugin_descriptor");
    if (!descriptor)
        snprintf(fault, room, "does not export epo_plugin_descriptor (EPO_EXPORT)");
    const epo_plugin *found = descriptor ? descriptor() : NULL;
    if (!descriptor || !verify(found, fault, room)) {
        dlclose(library);
        return EPO_RC_BROKEN;
    }
    *plugin = found;
    *handle = library;
    return EPO_RC_OK;
}

static void native_close(void *handle) {
    dlclose(handle);
}

const struct epo_runtime EPO_RUNTIME_NATIVE = {"native", native_open, native_close};
