/* epo.h, places: what the map says about a point. */
#include <math.h>

#include "plugin/call.h"

int epo_api_locate(epo_call *call, double lon, double lat) {
    struct epo_error error = {0};
    struct epo_place place = {0};
    if (!epo_call_may(call))
        return epo_call_over(call);
    struct epo_pool *pool = call->hook->pool;
    if (!(call->agenda->rights & EPO_RIGHT_PLACES))
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.right",
                               "locate needs the right \"places\"");
    if (call->kind == EPO_HOOK_SELFTEST || !call->hook->portal || !call->hook->portal->maps)
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.no_places", "there is no map here");
    if (!isfinite(lon) || !isfinite(lat))
        return EPO_RC_NOT_FOUND;
    if (epo_place_read(pool, epo_geojson_point(pool, (struct epo_point){lon, lat}), &place,
                       &error) &&
        epo_locate(call->hook->portal->maps, pool, &place, &call->located, &error))
        return EPO_RC_OK;
    if (error.kind == EPO_ERROR_BAD_INPUT)
        return EPO_RC_NOT_FOUND; /* not a place in the city: the agenda decides what that means */
    return epo_call_broken(call, EPO_RC_BROKEN, error.code, "%s", error.text);
}
