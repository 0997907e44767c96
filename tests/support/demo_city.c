/* The demo city that the unit tests ask, made by a build that is quick about it:
 * support_demo_city FOLDER     a new folder with map.db and tiles.mbtiles */
#include <stdio.h>
#include <sys/stat.h>

#include "maps/maps.h"
#include "store/store.h"

int main(int argc, char **argv) {
    struct epo_error error = {0};
    if (argc != 2)
        return fprintf(stderr, "support_demo_city FOLDER\n"), 2;
    if (mkdir(argv[1], 0700) != 0)
        return perror(argv[1]), 3;
    if (!epo_store_setup(&error) || !epo_demo_city_build(argv[1], 1, NULL, &error) ||
        !epo_tiles_build(argv[1], NULL, &error))
        return fprintf(stderr, "support_demo_city: %s: %s\n", error.where, error.text), 3;
    return 0;
}
