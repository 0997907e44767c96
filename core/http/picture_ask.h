/* What a picture of the map is asked for, out of the query of GET /api/v1/map.png. Pure. */
#ifndef EPO_HTTP_PICTURE_ASK_H
#define EPO_HTTP_PICTURE_ASK_H

#include "http/http.h"
#include "maps/picture.h"

/* center=LON,LAT · zoom=10…19 · size=WxH · style=light|dark|contrast · place=GeoJSON (a geometry,
 * or a FeatureCollection of up to 51) · frame=1 · crosshair=1; north and note are left to the
 * caller. Reads request->query and uses its pool. False with BAD_INPUT "picture.center",
 * "picture.zoom", "picture.size", "picture.style", "picture.switch", "picture.nowhere" (neither
 * center nor place), or as epo_place_read says. */
bool epo_picture_ask(struct epo_request *request, struct epo_picture *picture,
                     struct epo_error *error);

#endif
