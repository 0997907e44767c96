/* OGC API - Features, Part 1 (17-069r4) and Part 2 (18-058r1): what its handlers share. Workers. */
#ifndef EPO_HTTP_OGC_H
#define EPO_HTTP_OGC_H

#include "http/pages.h"
#include "maps/features.h"

#define EPO_OGC_LIMIT 10         /* features on a page where none is asked for, as the standard's */
#define EPO_OGC_LIMIT_MAX 1000   /* more are asked for in pages */
#define EPO_OGC_SKIP_MAX 1000000 /* offset=; whoever reads all follows the "next" links */

/* ---- ogc_ask.c: what is asked, read and checked; pure, in the pool ---- */
enum epo_ogc_form { EPO_OGC_JSON, EPO_OGC_HTML, EPO_OGC_NONE };
struct epo_ogc_interval { /* UTC; open ends are INT64_MIN and INT64_MAX */
    int64_t from_us, until_us;
};
/* "a,b,c,d", or six with heights, which do not count: in the axis order of crs. Two boxes where it
 * goes over the antimeridian. */
bool epo_ogc_read_bbox(struct epo_span text, enum epo_crs crs,
                       struct epo_bounds boxes[EPO_FEATURE_BOXES_MAX], size_t *count,
                       struct epo_error *error);
/* An instant or a day (RFC 3339), or two with "/" between them, either of them ".." or nothing. */
bool epo_ogc_read_datetime(struct epo_span text, struct epo_ogc_interval *interval,
                           struct epo_error *error);
/* f= or, without it, the Accept header: EPO_OGC_NONE where nothing that there is would be taken.
 * False for another word than "json" and "html". */
bool epo_ogc_read_form(struct epo_span f, struct epo_span accept, enum epo_ogc_form *form);

struct epo_ogc_ask {
    enum epo_ogc_form form;
    struct epo_feature_query query;
    int64_t limit;
    enum epo_crs crs;
    bool timed;
    struct epo_ogc_interval when;
};
/* Which parameters a resource knows; others are refused (17-069r4, requirement 8). */
enum epo_ogc_kind { EPO_OGC_PAGE, EPO_OGC_ITEM, EPO_OGC_ITEMS };
/* The query of a request. collection: of items, whose fields may be asked for by name; NULL else.
 */
bool epo_ogc_read(const struct epo_request *request, enum epo_ogc_kind kind,
                  const struct epo_collection *collection, struct epo_ogc_ask *ask,
                  struct epo_error *error);

/* ---- ogc_parts.c: what answers are made of ---- */
/* "https://host" */
const char *epo_ogc_base(struct epo_request *request);
/* Absolute address of this request with f=form and, unless onward is NULL, from there on: a
 * parameter, "after=17" or "offset=20". */
const char *epo_ogc_again(struct epo_request *request, const char *form, const char *onward);
/* Path of the same features as GeoJSON for the page's own map. */
const char *epo_ogc_for_map(struct epo_request *request);
/* Appends {"rel","type","title","href"}. title: key of the catalog, NULL for none. */
void epo_ogc_link(struct epo_request *request, struct epo_json *links, const char *rel,
                  const char *type, const char *title, const char *href);
/* "self" and "alternate" of a resource that is JSON and HTML. */
void epo_ogc_links_here(struct epo_request *request, struct epo_json *links,
                        const struct epo_ogc_ask *ask, const char *type);
struct epo_response *epo_ogc_json(struct epo_request *request, const char *type,
                                  const struct epo_json *body);
/* May be read by pages of other sites: it is open data. */
void epo_ogc_open(struct epo_response *response);
/* Title of a collection in the request's language. */
struct epo_span epo_ogc_title(struct epo_request *request, const struct epo_collection *collection);
/* What a field is called for people: the catalog's, else its name. */
struct epo_span epo_ogc_field_title(struct epo_request *request, const char *field);
/* A refusal in the form that was asked for. kind decides the status, but bad input is 400. */
struct epo_response *epo_ogc_refuse(struct epo_request *request, const struct epo_error *error);
/* 406: neither JSON nor HTML is wanted. */
struct epo_response *epo_ogc_not_acceptable(struct epo_request *request);
/* The query of a resource without parameters of its own; false with the refusal. */
bool epo_ogc_read_page(struct epo_request *request, struct epo_ogc_ask *ask,
                       struct epo_response **refusal);
/* Weak tag of what follows from the map alone; true when the client has it already: *same is then
 * the 304. */
bool epo_ogc_unchanged(struct epo_request *request, const char *map_version,
                       const struct epo_ogc_ask *ask, struct epo_span *etag,
                       struct epo_response **same);
/* The collection of the first capture, public and here; else *refusal. */
bool epo_ogc_collection(struct epo_request *request, struct epo_collection *collection,
                        struct epo_response **refusal);
/* {"id","title","shape_key" (key of the catalog),"count"}: a collection in pages. */
struct epo_json *epo_ogc_row(struct epo_request *request, const struct epo_collection *collection);
/* One collection as the standard describes it. */
struct epo_json *epo_ogc_describe(struct epo_request *request,
                                  const struct epo_collection *collection);

/* ---- ogc_live.c: collections of the map base and those of agendas alike ---- */
#define EPO_OGC_LIVE (-1) /* layer of a collection that is not of the map base */
bool epo_ogc_is_live(const struct epo_collection *collection);
/* In the request's pool; count of a live one is -1: not known before it is read. */
bool epo_ogc_all(struct epo_request *request, struct epo_collection **list, size_t *count,
                 struct epo_error *error);
bool epo_ogc_find(struct epo_request *request, struct epo_span name,
                  struct epo_collection *collection, struct epo_error *error);
/* epo_features_each for either; live rows have no key and are gone on with by skipping. */
bool epo_ogc_each(struct epo_request *request, const struct epo_collection *collection,
                  const struct epo_ogc_ask *ask, epo_feature_fn visit, void *arg, int64_t *matched,
                  struct epo_error *error);

/* ---- opendata.c ---- */
struct epo_opendata_file {
    const char *type, *ending;
};
extern const struct epo_opendata_file epo_opendata_files[EPO_EXPORT_KINDS];
/* Address of the licence: of epo.json, else CC BY 4.0. */
struct epo_span epo_opendata_licence(const struct epo_request *request);

#endif
