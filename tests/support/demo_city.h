/* The demo city with its tiles, linked into a test's own folder: the one that EPO_DEMO_CITY names
 * (tests/run has the release build make it), or else one made here, once for each build. Making it
 * takes half a minute under the sanitizers, which see it made in city_test. */
#ifndef EPO_TESTS_DEMO_CITY_H
#define EPO_TESTS_DEMO_CITY_H

#include <errno.h>
#include <glob.h>
#include <sys/stat.h>

#include "folder.h"
#include "maps/maps.h"

/* When what makes the city was changed last. */
static inline long long demo_city_age(void) {
    static const char *const SOURCES[] = {"maps/demo/*", "maps/build.*", "maps/tiles_build.c"};
    long long newest = 0;
    glob_t found = {0};
    struct stat file;
    char pattern[400];
    for (size_t i = 0; i < sizeof SOURCES / sizeof *SOURCES; i++) {
        snprintf(pattern, sizeof pattern, EPO_SOURCE "/%s", SOURCES[i]);
        glob(pattern, i > 0 ? GLOB_APPEND : 0, NULL, &found);
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (stat(found.gl_pathv[i], &file) == 0 && file.st_mtime > newest)
            newest = file.st_mtime;
    globfree(&found);
    return newest;
}

/* Fails the test where the city cannot be made. Call epo_store_setup before. */
static inline void test_demo_city(const struct test_folder *into) {
    static const char *const FILES[] = {"map.db", "tiles.mbtiles"};
    const char *ready = getenv("EPO_DEMO_CITY");
    char made[400], fresh[500], from[512], to[512];
    struct stat file;
    struct epo_error error = {0};
    if (ready != NULL)
        snprintf(made, sizeof made, "%s", ready);
    else
        snprintf(made, sizeof made, EPO_BUILD "/demo-city-%lld", demo_city_age());
    if (stat(made, &file) != 0) {
#ifdef __SANITIZE_THREAD__
        setenv("GDAL_NUM_THREADS", "1", 1); /* TSan cannot see how GDAL's own threads agree */
#endif
        snprintf(fresh, sizeof fresh, "%s.new-%ld", made, (long)getpid());
        mkdir(fresh, 0700);
        if (!epo_demo_city_build(fresh, 1, NULL, &error) || !epo_tiles_build(fresh, NULL, &error))
            fail_msg("%s: %s", error.where, error.text);
        if (rename(fresh, made) != 0 && errno != EEXIST && errno != ENOTEMPTY)
            fail_msg("%s cannot be made", made);
    }
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        snprintf(from, sizeof from, "%s/%s", made, FILES[i]);
        snprintf(to, sizeof to, "%s/%s", into->path, FILES[i]);
        if (symlink(from, to) != 0)
            fail_msg("%s cannot be linked", from);
    }
}

#endif
