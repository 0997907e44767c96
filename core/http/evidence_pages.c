/* The picture of what was chosen, for those who may see the submission, and what a clerk is told
 * about it. */
#include "http/pages.h"

#include <openssl/evp.h>

#include "portal/evidence.h"
#include "portal/receipt.h"
#include "portal/submission.h"

enum { PLACE_BYTES_MAX = 2600 }; /* of an address; a longer place goes into the page as a picture */

/* What a page for a clerk, whose view is audited, gives that clerk's browser to fetch its picture
 * with: so that the picture needs no audit row of its own and nothing can be seen without one. */
static void seal_for(struct epo_request *request, struct epo_span number,
                     const struct epo_account *clerk, char out[EPO_TOKEN_SIZE]) {
    const char *text = epo_pool_printf(request->pool, "%s %.*s %s", request->portal->tenant,
                                       EPO_ARG(number), clerk->id);
    epo_portal_seal(request->portal, "case-picture", epo_span(text), out);
}

static struct epo_viewer viewer_of(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    struct epo_span key = epo_request_query(request, "key"), seal;
    char sealed[EPO_TOKEN_SIZE];
    struct epo_viewer viewer =
        epo_page_viewer(account, key.len > 0 ? key : epo_request_query(request, "receipt"));
    seal = epo_request_query(request, "case");
    if (account != NULL)
        seal_for(request, request->captures[0], account, sealed);
    if (!epo_span_is(viewer.role, "citizen") &&
        (account == NULL || !epo_token_equal(seal, epo_span(sealed))))
        viewer.role = EPO_SPAN("");
    return viewer;
}

bool epo_page_place_png(struct epo_request *request, const struct epo_json *found,
                        struct epo_span *png, struct epo_error *error) {
    struct epo_evidence evidence;
    struct epo_picture picture;
    int64_t number = 0;
    epo_number_read(epo_json_get_text(found, "number"), &number);
    if (!epo_evidence_read(request->portal, request->db, request->pool, number, &evidence, error))
        return false;
    if (!evidence.made &&
        !epo_evidence_draw(request->portal, request->pool, epo_page_app(request)->looks,
                           epo_json_get(found, "answers"), epo_json_get(found, "facts"), &picture,
                           error))
        return false;
    *png = evidence.made ? evidence.picture : picture.png;
    return true;
}

/* GET /submissions/{number}/map.png */
struct epo_response *epo_submission_picture(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *found;
    struct epo_span png;
    struct epo_viewer viewer = viewer_of(request);
    if (!epo_submission_find(request->portal, request->db, pool, request->captures[0], &viewer,
                             &found, &error))
        return epo_respond_error(request, &error, NULL);
    if (!epo_page_place_png(request, found, &png, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_response *response = epo_respond(request, 200, "image/png", png);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static bool has_place(const struct epo_json *found) {
    const struct epo_json *place = epo_json_get(found, "place");
    return place != NULL && place->type == EPO_JSON_OBJECT;
}

static struct epo_span alt_of(struct epo_request *request, struct epo_span place) {
    struct epo_span text = epo_page_text(request, "picture.alt");
    return epo_span(
        place.len > 0 ? epo_pool_printf(request->pool, "%.*s: %.*s", EPO_ARG(text), EPO_ARG(place))
                      : epo_pool_string(request->pool, text));
}

struct epo_span epo_page_place_alt(struct epo_request *request, const struct epo_json *found) {
    return alt_of(request, epo_json_get_text(found, "placeText"));
}

void epo_page_picture(struct epo_request *request, struct epo_json *model,
                      const struct epo_json *found, struct epo_span token,
                      const struct epo_account *clerk) {
    struct epo_pool *pool = request->pool;
    struct epo_span number = epo_json_get_text(found, "number");
    char seal[EPO_TOKEN_SIZE] = "";
    if (!has_place(found))
        return;
    if (clerk != NULL)
        seal_for(request, number, clerk, seal);
    struct epo_json *picture = epo_json_set(pool, model, "picture", epo_json_object(pool));
    epo_json_set_string(pool, picture, "url",
                        epo_pool_printf(pool, "/submissions/%.*s/map.png%s%.*s", EPO_ARG(number),
                                        clerk != NULL    ? "?case="
                                        : token.len == 0 ? ""
                                                         : "?key=",
                                        EPO_ARG(clerk != NULL ? epo_span(seal) : token)));
    epo_json_set_text(pool, picture, "alt", epo_page_place_alt(request, found));
}

/* ---- for the clerk ---- */

static struct epo_json *met_rows(struct epo_request *request, const struct epo_json *features) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; features != NULL && i < features->count; i++) {
        const struct epo_json *feature = features->items[i];
        struct epo_json *row = epo_json_object(pool);
        struct epo_span version = epo_json_get_text(feature, "hash");
        epo_json_set_text(pool, row, "layer",
                          epo_json_localized(epo_json_get(feature, "title"), request->lang));
        epo_json_set_text(pool, row, "id", epo_json_get_text(feature, "id"));
        epo_json_set_text(pool, row, "name", epo_json_get_text(feature, "name"));
        epo_json_set_text(pool, row, "version",
                          version.len > 0 ? version : epo_page_text(request, "evidence.unknown"));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

bool epo_page_evidence(struct epo_request *request, struct epo_json *model,
                       const struct epo_json *found, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_evidence evidence;
    char text[EPO_TIME_SIZE];
    int64_t number = 0;
    if (!has_place(found))
        return true;
    epo_number_read(epo_json_get_text(found, "number"), &number);
    if (!epo_evidence_read(request->portal, request->db, pool, number, &evidence, error))
        return false;
    struct epo_json *shown = epo_json_set(pool, model, "evidence", epo_json_object(pool));
    epo_json_set_boolean(pool, shown, "made", evidence.made);
    epo_json_set_text(pool, shown, "filed_version", evidence.filed_version);
    epo_json_set_text(pool, shown, "map_version", evidence.map_version);
    epo_json_set_boolean(pool, shown, "other_map",
                         evidence.made &&
                             !epo_span_equal(evidence.filed_version, evidence.map_version));
    epo_json_set_text(pool, shown, "hash", evidence.picture_hash);
    epo_json_set_string(pool, shown, "map_since",
                        evidence.map_since_us > 0
                            ? epo_time_local(evidence.map_since_us, request->lang, text)
                            : "");
    epo_json_set_string(pool, shown, "made_at",
                        evidence.made ? epo_time_local(evidence.made_at_us, request->lang, text)
                                      : "");
    epo_json_set(pool, shown, "features", met_rows(request, evidence.features));
    return true;
}

/* ---- before sending ---- */

/* A row's place as short as it can be said: a geometry, or a collection of several. */
static const struct epo_json *geometries(struct epo_pool *pool, const struct epo_json *value) {
    const struct epo_json *features = epo_json_get(value, "features");
    const struct epo_json *geometry = epo_json_get(value, "geometry");
    if (features == NULL || features->type != EPO_JSON_ARRAY)
        return geometry != NULL ? geometry : value;
    struct epo_json *all = epo_json_object(pool), *list = epo_json_array(pool);
    for (uint32_t i = 0; i < features->count; i++)
        epo_json_push(pool, list,
                      epo_json_copy(pool, epo_json_get(features->items[i], "geometry")));
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", list);
    return all;
}

static struct epo_span percent(struct epo_pool *pool, struct epo_span text) {
    static const char DIGITS[] = "0123456789ABCDEF";
    char *out = epo_pool_alloc(pool, text.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == ',';
        if (!plain) {
            out[len++] = '%';
            out[len++] = DIGITS[byte >> 4];
            byte = (unsigned char)DIGITS[byte & 15];
        }
        out[len++] = (char)byte;
    }
    return (struct epo_span){out, len};
}

/* The PNG in base64, or empty where it cannot be drawn. */
static struct epo_span drawn_here(struct epo_request *request, const struct epo_json *value) {
    struct epo_pool *pool = request->pool;
    struct epo_picture picture;
    struct epo_json *answers = epo_json_object(pool), *facts = epo_json_object(pool);
    epo_json_set(pool, answers, "place", epo_json_copy(pool, value));
    epo_json_set(pool, facts, "place", epo_json_null(pool));
    if (!epo_evidence_draw(request->portal, pool, epo_page_app(request)->looks, answers, facts,
                           &picture, NULL))
        return EPO_SPAN("");
    char *out = epo_pool_alloc(pool, picture.png.len / 3 * 4 + 8);
    int len = EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)picture.png.at,
                              (int)picture.png.len);
    return (struct epo_span){out, (size_t)len};
}

static void add_row_picture(struct epo_request *request, struct epo_json *row) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *value = epo_json_parse(pool, epo_json_get_text(row, "geojson"), NULL);
    if (value == NULL)
        return;
    struct epo_json *picture = epo_json_object(pool);
    struct epo_span place = percent(pool, epo_json_print(pool, geometries(pool, value)));
    bool fits = place.len <= PLACE_BYTES_MAX;
    struct epo_span shown =
        fits ? epo_span(epo_pool_printf(pool, "/api/v1/map.png?frame=1&lang=%s&place=%.*s",
                                        request->lang, EPO_ARG(place)))
             : drawn_here(request, value);
    if (shown.len == 0)
        return;
    epo_json_set(pool, row, "picture", picture);
    epo_json_set_text(pool, picture, fits ? "url" : "data", shown);
    epo_json_set_text(pool, picture, "alt", alt_of(request, epo_json_get_text(row, "text")));
}

void epo_page_row_pictures(struct epo_request *request, struct epo_json *sections) {
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *rows = epo_json_get(sections->items[i], "rows");
        for (uint32_t k = 0; rows != NULL && k < rows->count; k++)
            if (epo_json_get_text(rows->items[k], "geojson").len > 0)
                add_row_picture(request, rows->items[k]);
    }
}
