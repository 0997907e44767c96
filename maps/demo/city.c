#include "maps/demo/demo.h"

#include <string.h>

/* náměstí Republiky (13.3776 E, 49.7475 N) in EPSG:5514; the meridian convergence there turns local
 * east by -8.63 degrees. Constants, so that the content hangs on no library. */
struct epo_point epo_demo_to_5514(struct epo_point local) {
    const double X = -822398.63, Y = -1069697.40, C = 0.98867, S = -0.15007;
    return (struct epo_point){X + C * local.x - S * local.y, Y + S * local.x + C * local.y};
}

void epo_demo_clear(struct epo_demo_city *city) {
    struct epo_demo_list *lists[] = {
        &city->district, &city->cadastral, &city->water,          &city->rail,   &city->park,
        &city->landuse,  &city->street,    &city->building,       &city->parcel, &city->space,
        &city->label,    &city->zone,      &city->beside_avenues, &city->way,    &city->landmark};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        epo_demo_list_clear(city, lists[i]);
    GEOSGeom_destroy_r(city->g, city->boundary);
    GEOSGeom_destroy_r(city->g, city->taken_water);
    GEOSGeom_destroy_r(city->g, city->taken_rail);
    GEOSGeom_destroy_r(city->g, city->centre);
    free(city->houses);
    memset(city, 0, sizeof *city);
}
