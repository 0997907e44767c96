/* What the filter matches as a file, on record as a look at personal data. CSV for spreadsheets:
 * UTF-8 with its mark. */
#include "http/csv.h"
#include "http/office_page.h"
#include "portal/routing.h"

enum { FILE_BYTES_MAX = 16 << 20 };

static void add_number(struct epo_buffer *out, const struct epo_json *pair, uint32_t i) {
    if (pair != NULL)
        epo_buffer_printf(out, "%.7f", epo_json_number(pair->items[i]));
}

static void add_row(struct epo_request *request, struct epo_buffer *out,
                    const struct epo_json *found) {
    static const char *const PLAIN[] = {"number", "title", "place"};
    static const char *const AFTER[] = {"district", "assignee", "receivedAt", "due"};
    struct epo_span state = epo_json_get_text(found, "state");
    struct epo_span agenda = epo_json_get_text(found, "agenda");
    const struct epo_json *point = epo_json_get(found, "point");
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++) {
        epo_csv_cell(out, epo_json_get_text(found, PLAIN[i]));
        epo_buffer_byte(out, ',');
    }
    epo_csv_cell(out, agenda);
    epo_buffer_byte(out, ',');
    epo_csv_cell(out, epo_page_text(request, epo_page_state_key(request, state)));
    epo_buffer_byte(out, ',');
    epo_csv_cell(out, epo_routing_name(epo_portal_settings(request->portal),
                                       epo_json_get_text(found, "office"), request->lang));
    for (size_t i = 0; i < sizeof AFTER / sizeof *AFTER; i++) {
        epo_buffer_byte(out, ',');
        epo_csv_cell(out, epo_json_get_text(found, AFTER[i]));
    }
    epo_buffer_byte(out, ',');
    add_number(out, point, 0);
    epo_buffer_byte(out, ',');
    add_number(out, point, 1);
    epo_buffer_string(out, "\r\n");
}

static void write_csv(struct epo_request *request, struct epo_buffer *out,
                      const struct epo_json *cases) {
    static const char *const HEAD[] = {"number",   "title",  "address",  "agenda",
                                       "state",    "office", "district", "assignee",
                                       "received", "due",    "lon",      "lat"};
    epo_buffer_string(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof HEAD / sizeof *HEAD; i++) {
        epo_buffer_string(out, i > 0 ? "," : "");
        epo_csv_cell(
            out, epo_page_text(request, epo_pool_printf(request->pool, "office.file_%s", HEAD[i])));
    }
    epo_buffer_string(out, "\r\n");
    for (uint32_t i = 0; i < cases->count; i++)
        add_row(request, out, cases->items[i]);
}

/* A case without a place is a feature without a geometry: nothing is left out of the file. */
static void write_geojson(struct epo_request *request, struct epo_buffer *out,
                          const struct epo_json *cases) {
    struct epo_pool *pool = request->pool;
    epo_buffer_string(out, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (uint32_t i = 0; i < cases->count; i++) {
        struct epo_json *feature = epo_json_object(pool);
        const struct epo_json *pair = epo_json_get(cases->items[i], "point");
        epo_json_set_string(pool, feature, "type", "Feature");
        epo_json_set_text(pool, feature, "id", epo_json_get_text(cases->items[i], "number"));
        epo_json_set(pool, feature, "geometry",
                     pair == NULL ? epo_json_null(pool)
                                  : epo_geojson_point(
                                        pool, (struct epo_point){epo_json_number(pair->items[0]),
                                                                 epo_json_number(pair->items[1])}));
        epo_json_set(pool, feature, "properties", epo_office_row(request, cases->items[i]));
        epo_buffer_string(out, i > 0 ? ",\n" : "\n");
        epo_json_write(out, feature);
    }
    epo_buffer_string(out, "\n]}\n");
}

/* A file that left something out without a word would be worse than none. */
static struct epo_response *send_file(struct epo_request *request, struct epo_office_ask *ask,
                                      const char *type, const char *name,
                                      void (*write)(struct epo_request *, struct epo_buffer *,
                                                    const struct epo_json *)) {
    struct epo_error error = {0};
    struct epo_json *page;
    struct epo_buffer out;
    if (!epo_desk_list(request->portal, request->db, request->pool, &ask->filter, &page, &error))
        return epo_respond_error(request, &error, NULL);
    epo_buffer_init(&out, FILE_BYTES_MAX);
    if (epo_json_get(page, "next") == NULL)
        write(request, &out, epo_json_get(page, "cases"));
    bool whole = epo_json_get(page, "next") == NULL && !out.failed;
    struct epo_span bytes = epo_pool_copy(request->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    if (!whole) {
        epo_fail(&error, EPO_ERROR_TOO_LARGE, "office.export_large",
                 "More than %d cases match: narrow the filter.", EPO_DESK_EXPORT);
        return epo_respond_error(request, &error, NULL);
    }
    struct epo_response *response = epo_respond(request, 200, type, bytes);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "content-disposition", epo_span(name));
    return response;
}

static struct epo_response *send_csv(struct epo_request *request, void *arg) {
    return send_file(request, arg, "text/csv; charset=utf-8", "attachment; filename=\"podani.csv\"",
                     write_csv);
}

static struct epo_response *send_geojson(struct epo_request *request, void *arg) {
    return send_file(request, arg, "application/geo+json",
                     "attachment; filename=\"podani.geojson\"", write_geojson);
}

struct epo_response *epo_office_export(struct epo_request *request) {
    struct epo_office_ask *ask = EPO_NEW(request->pool, struct epo_office_ask);
    bool csv = epo_span_is(request->captures[0], "podani.csv");
    if (!csv && !epo_span_is(request->captures[0], "podani.geojson"))
        return epo_page_not_found(request);
    struct epo_response *refused = epo_office_ask(request, ask);
    ask->filter.limit = EPO_DESK_EXPORT;
    ask->filter.after = (struct epo_desk_key){0};
    return refused != NULL ? refused
                           : epo_office_look(request, ask, EPO_SPAN("inbox.exported"),
                                             csv ? EPO_SPAN("csv") : EPO_SPAN("geojson"),
                                             csv ? send_csv : send_geojson);
}
