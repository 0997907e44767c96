/* Municipal organizations on pages and on the map. */
#ifndef EPO_HTTP_ORGANIZATIONS_H
#define EPO_HTTP_ORGANIZATIONS_H

#include "http/http.h"

/* {"name","version","title","summary","url","logo"?} of one, in the request's language. */
struct epo_json *epo_page_organization_row(struct epo_request *request,
                                           const struct epo_json *organization);
/* Such rows of all. */
struct epo_json *epo_page_organizations(struct epo_request *request);
/* /api/v1/layers/{layer} of one of theirs ("zoo.places"), or all of one ("zoo"); box: west, south,
 * east, north. NULL: there is no such layer. */
struct epo_response *epo_organization_layer_get(struct epo_request *request, const double box[4],
                                                int limit);
/* Their layers among those that a map offers: {"id","title","url","symbol","colour"}. */
void epo_organizations_offer(struct epo_request *request, struct epo_json *list);
/* layers.c: GeoJSON that everybody may read, with a tag. */
struct epo_response *epo_layer_for_all(struct epo_request *request, struct epo_span geojson);

struct epo_response *epo_admin_organizations(struct epo_request *request);
struct epo_response *epo_admin_organizations_post(struct epo_request *request);
struct epo_response *epo_organizations_get(struct epo_request *request);
struct epo_response *epo_organization_get(struct epo_request *request);
struct epo_response *epo_organization_logo(struct epo_request *request);

#endif
