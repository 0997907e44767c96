#include "maps/gdal.h"

#include <dlfcn.h>
#include <pthread.h>

struct epo_gdal gdal;

static const struct {
    const char *name;
    size_t at;
} FUNCTIONS[] = {
#define EPO_GDAL_ENTRY(name) {#name, offsetof(struct epo_gdal, name)},
    EPO_GDAL_FUNCTIONS(EPO_GDAL_ENTRY)
#undef EPO_GDAL_ENTRY
};

static char failure[200]; /* empty: loaded */

static void load(void) {
    void *library = dlopen(EPO_GDAL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
        void *function = dlsym(library, FUNCTIONS[i].name);
        if (!function) {
            snprintf(failure, sizeof failure, "%s has no %s", EPO_GDAL_LIBRARY, FUNCTIONS[i].name);
            return;
        }
        memcpy((char *)&gdal + FUNCTIONS[i].at, &function, sizeof function);
    }
    gdal.GDALAllRegister();
}

bool epo_gdal_load(struct epo_error *error) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure[0] == '\0' ||
           epo_fail(error, EPO_ERROR_BROKEN, "map.gdal", "GDAL cannot be loaded: %s", failure);
}
