#include "http/ogc.h"

enum { NAME_SHOWN_MAX = 60 }; /* bytes of a wrong name that are said back */

/* ---- bbox ---- */

static bool bad(struct epo_error *error, const char *code, const char *text) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, code, "%s", text);
}

static bool read_numbers(struct epo_span text, double numbers[6], size_t *count) {
    for (*count = 0; *count < 6; ++*count) {
        bool more = text.len > 0 && memchr(text.at, ',', text.len) != NULL;
        if (!epo_span_real(epo_span_cut(text, ',', &text), &numbers[*count]))
            return false;
        if (!more) {
            ++*count;
            return true;
        }
    }
    return false; /* a seventh */
}

bool epo_ogc_read_bbox(struct epo_span text, enum epo_crs crs,
                       struct epo_bounds boxes[EPO_FEATURE_BOXES_MAX], size_t *count,
                       struct epo_error *error) {
    double n[6];
    size_t numbers;
    if (!read_numbers(text, n, &numbers) || (numbers != 4 && numbers != 6))
        return bad(error, "ogc.bbox", "bbox must be four numbers, or six with heights: a,b,c,d");
    size_t second = numbers / 2; /* the upper corner; a height in between does not count */
    bool swap = epo_crs_is_north_first(crs);
    struct epo_bounds box = {n[swap], n[!swap], n[second + swap], n[second + !swap]};
    if (box.min_y > box.max_y)
        return bad(error, "ogc.bbox", "bbox: the lower corner lies north of the upper one");
    *count = 1;
    boxes[0] = box;
    if (box.min_x <= box.max_x)
        return true;
    if (crs != EPO_CRS84 && crs != EPO_CRS_4326)
        return bad(error, "ogc.bbox", "bbox: the lower corner lies east of the upper one");
    *count = 2; /* over the antimeridian */
    boxes[0].max_x = 180;
    boxes[1] = (struct epo_bounds){-180, box.min_y, box.max_x, box.max_y};
    if (box.min_x > 180 || box.max_x < -180)
        return bad(error, "ogc.bbox", "bbox: longitudes go from -180 to 180");
    return true;
}

/* ---- datetime ---- */

static bool two_digits(struct epo_span text, size_t at, int most, int *value) {
    if (at + 2 > text.len || text.at[at] < '0' || text.at[at] > '9' || text.at[at + 1] < '0' ||
        text.at[at + 1] > '9')
        return false;
    *value = (text.at[at] - '0') * 10 + text.at[at + 1] - '0';
    return *value <= most;
}

static const int64_t SECOND_US = 1000000, DAY_US = 86400 * 1000000LL;

/* What stands behind the seconds: a fraction and the offset, which must be there. */
static bool read_tail(struct epo_span tail, int64_t *us) {
    int64_t unit = SECOND_US;
    if (tail.len > 1 && tail.at[0] == '.') {
        size_t i = 1;
        for (; i < tail.len && tail.at[i] >= '0' && tail.at[i] <= '9'; i++)
            *us += (tail.at[i] - '0') * (unit /= 10);
        if (i == 1)
            return false;
        tail = (struct epo_span){tail.at + i, tail.len - i};
    }
    if (epo_span_is(tail, "Z") || epo_span_is(tail, "z"))
        return true;
    int hours, minutes;
    if (tail.len != 6 || (tail.at[0] != '+' && tail.at[0] != '-') || tail.at[3] != ':' ||
        !two_digits(tail, 1, 23, &hours) || !two_digits(tail, 4, 59, &minutes))
        return false;
    *us += (tail.at[0] == '+' ? -1 : 1) * (hours * 60 + minutes) * 60 * SECOND_US;
    return true;
}

/* A day is all its instants, UTC. */
static bool read_time(struct epo_span text, struct epo_ogc_interval *time) {
    struct epo_date date;
    int hour, minute, second;
    if (text.len < 10 || !epo_date_parse((struct epo_span){text.at, 10}, &date))
        return false;
    time->from_us = epo_date_days(date) * DAY_US;
    time->until_us = time->from_us + DAY_US - 1;
    if (text.len == 10)
        return true;
    if (text.len < 20 || (text.at[10] != 'T' && text.at[10] != 't') || text.at[13] != ':' ||
        text.at[16] != ':' || !two_digits(text, 11, 23, &hour) ||
        !two_digits(text, 14, 59, &minute) || !two_digits(text, 17, 60, &second))
        return false;
    time->from_us += (hour * 3600 + minute * 60 + second) * SECOND_US;
    if (!read_tail((struct epo_span){text.at + 19, text.len - 19}, &time->from_us))
        return false;
    time->until_us = time->from_us;
    return true;
}

static bool is_open(struct epo_span text) {
    return text.len == 0 || epo_span_is(text, "..");
}

bool epo_ogc_read_datetime(struct epo_span text, struct epo_ogc_interval *interval,
                           struct epo_error *error) {
    static const char HELP[] = "datetime must be an instant or a day (2026-11-24T03:23:00Z, "
                               "2026-11-24) or two with / between them, one of which may be ..";
    bool two = text.len > 0 && memchr(text.at, '/', text.len) != NULL;
    struct epo_ogc_interval until;
    struct epo_span right, left = epo_span_cut(text, '/', &right);
    if (!two)
        return read_time(text, interval) || bad(error, "ogc.datetime", HELP);
    *interval = (struct epo_ogc_interval){INT64_MIN, INT64_MAX};
    if (is_open(left) && is_open(right))
        return bad(error, "ogc.datetime", HELP);
    if (!is_open(right)) {
        if (!read_time(right, &until))
            return bad(error, "ogc.datetime", HELP);
        interval->until_us = until.until_us;
    }
    if (!is_open(left)) {
        struct epo_ogc_interval from;
        if (!read_time(left, &from))
            return bad(error, "ogc.datetime", HELP);
        interval->from_us = from.from_us;
    }
    return interval->from_us <= interval->until_us ||
           bad(error, "ogc.datetime", "datetime: the interval ends before it begins");
}

/* ---- the form of the answer ---- */

/* RFC 9110 §12.5.1: how much the best of these types counts; `otherwise` where none is named. */
static double quality_of(struct epo_span accept, const char *const *types, double otherwise) {
    double best = otherwise;
    bool named = false;
    while (accept.len > 0) {
        struct epo_span rest, part = epo_span_cut(accept, ',', &accept);
        struct epo_span range = epo_span_trim(epo_span_cut(part, ';', &rest));
        double q = 1;
        while (rest.len > 0) {
            struct epo_span value, one = epo_span_trim(epo_span_cut(rest, ';', &rest));
            if (epo_span_is(epo_span_trim(epo_span_cut(one, '=', &value)), "q") &&
                !epo_span_real(epo_span_trim(value), &q))
                q = 0;
        }
        for (const char *const *type = types; *type != NULL; type++)
            if (epo_span_is(range, *type)) {
                best = named && best > q ? best : q;
                named = true;
            }
    }
    return best;
}

bool epo_ogc_read_form(struct epo_span f, struct epo_span accept, enum epo_ogc_form *form) {
    static const char *const JSON[] = {
        "application/json",         "application/geo+json", "application/vnd.oai.openapi+json",
        "application/problem+json", "application/*",        NULL};
    static const char *const HTML[] = {"text/html", "application/xhtml+xml", "text/*", NULL};
    static const char *const ANY[] = {"*/*", NULL};
    *form = epo_span_is(f, "html") ? EPO_OGC_HTML : EPO_OGC_JSON;
    if (f.len > 0)
        return epo_span_is(f, "json") || epo_span_is(f, "html");
    if (epo_span_trim(accept).len == 0)
        return true;
    double any = quality_of(accept, ANY, 0);
    double json = quality_of(accept, JSON, any), html = quality_of(accept, HTML, any);
    if (json <= 0 && html <= 0)
        *form = EPO_OGC_NONE;
    else if (html > json || (html == json && html > any))
        *form = EPO_OGC_HTML;
    return true;
}

/* ---- all of it ---- */

static bool read_limit(struct epo_span text, int64_t *limit, struct epo_error *error) {
    int64_t value;
    bool digits = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        digits = digits && text.at[i] >= '0' && text.at[i] <= '9';
    if (!digits)
        return bad(error, "ogc.limit", "limit must be a whole number from 1");
    if (!epo_span_integer(text, &value)) /* too large a number is the largest */
        value = EPO_OGC_LIMIT_MAX;
    if (value < 1)
        return bad(error, "ogc.limit", "limit must be a whole number from 1");
    *limit = value < EPO_OGC_LIMIT_MAX ? value : EPO_OGC_LIMIT_MAX;
    return true;
}

static bool read_place_in_order(struct epo_span text, int64_t most, int64_t *value,
                                struct epo_error *error) {
    if (epo_span_integer(text, value) && *value >= 0 && *value <= most)
        return true;
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "ogc.offset",
                    "offset must be a whole number from 0 to %lld, after as a next link has it",
                    (long long)EPO_OGC_SKIP_MAX);
}

static bool read_crs(struct epo_span text, enum epo_crs *crs, struct epo_error *error) {
    return epo_crs_read(text, crs) ||
           bad(error, "ogc.crs",
               "crs and bbox-crs must be one of the systems that the collection lists");
}

static bool read_equals(const struct epo_collection *collection, const struct epo_pair *pair,
                        struct epo_feature_query *query, struct epo_error *error) {
    for (size_t i = 0; collection != NULL && i < collection->field_count; i++) {
        if (!epo_span_is(pair->name, collection->fields[i].name))
            continue;
        if (query->equals_count == EPO_FEATURE_EQUALS_MAX)
            return bad(error, "ogc.parameter", "too many conditions");
        query->equals[query->equals_count].field = collection->fields[i].name;
        query->equals[query->equals_count++].value = pair->value;
        return true;
    }
    if (pair->name.len > NAME_SHOWN_MAX)
        return bad(error, "ogc.parameter", "there is no parameter of such a name here");
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "ogc.parameter",
                    "there is no parameter \"%.*s\" here", EPO_ARG(pair->name));
}

/* The parameters that every collection has; the fields of one come behind. */
enum parameter {
    P_F,
    P_LANG,
    P_CRS,
    P_LIMIT,
    P_OFFSET,
    P_AFTER,
    P_BBOX,
    P_BBOX_CRS,
    P_DATETIME,
    P_END
};
static const struct {
    const char *name;
    enum epo_ogc_kind from; /* the first kind of resource that knows it */
} PARAMETERS[P_END] = {[P_F] = {"f", EPO_OGC_PAGE},
                       [P_LANG] = {"lang", EPO_OGC_PAGE},
                       [P_CRS] = {"crs", EPO_OGC_ITEM},
                       [P_LIMIT] = {"limit", EPO_OGC_ITEMS},
                       [P_OFFSET] = {"offset", EPO_OGC_ITEMS},
                       [P_AFTER] = {"after", EPO_OGC_ITEMS},
                       [P_BBOX] = {"bbox", EPO_OGC_ITEMS},
                       [P_BBOX_CRS] = {"bbox-crs", EPO_OGC_ITEMS},
                       [P_DATETIME] = {"datetime", EPO_OGC_ITEMS}};

static enum parameter parameter_of(struct epo_span name, enum epo_ogc_kind kind) {
    int i = 0;
    while (i < P_END && (PARAMETERS[i].from > kind || !epo_span_is(name, PARAMETERS[i].name)))
        i++;
    return (enum parameter)i;
}

static bool is_repeated(const struct epo_request *request, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (epo_span_equal(request->query[i].name, request->query[at].name))
            return true;
    return false;
}

static bool read_one(const struct epo_pair *pair, enum parameter parameter,
                     const struct epo_collection *collection, struct epo_ogc_ask *ask,
                     struct epo_error *error) {
    enum epo_crs unused;
    switch (parameter) {
    case P_F:
        return pair->value.len > 0 || bad(error, "ogc.form", "f must be json or html");
    case P_CRS:
        return read_crs(pair->value, &ask->crs, error);
    case P_LIMIT:
        return read_limit(pair->value, &ask->limit, error);
    case P_OFFSET:
        return read_place_in_order(pair->value, EPO_OGC_SKIP_MAX, &ask->query.skip, error);
    case P_AFTER:
        return read_place_in_order(pair->value, INT64_MAX, &ask->query.after, error);
    case P_BBOX_CRS: /* first of all, in epo_ogc_read */
        return read_crs(pair->value, &unused, error);
    case P_BBOX:
        return epo_ogc_read_bbox(pair->value, ask->query.box_crs, ask->query.boxes,
                                 &ask->query.box_count, error);
    case P_DATETIME:
        ask->timed = true;
        return epo_ogc_read_datetime(pair->value, &ask->when, error);
    case P_END:
        return read_equals(collection, pair, &ask->query, error);
    default:
        return true;
    }
}

bool epo_ogc_read(const struct epo_request *request, enum epo_ogc_kind kind,
                  const struct epo_collection *collection, struct epo_ogc_ask *ask,
                  struct epo_error *error) {
    *ask = (struct epo_ogc_ask){.limit = EPO_OGC_LIMIT};
    epo_crs_read(epo_request_query(request, "bbox-crs"), &ask->query.box_crs);
    if (!epo_ogc_read_form(epo_request_query(request, "f"), epo_request_header(request, "accept"),
                           &ask->form))
        return bad(error, "ogc.form", "f must be json or html");
    for (size_t i = 0; i < request->query_count; i++) {
        enum parameter parameter = parameter_of(request->query[i].name, kind);
        if (is_repeated(request, i))
            return bad(error, "ogc.parameter", "a parameter stands twice");
        if (!read_one(&request->query[i], parameter, kind == EPO_OGC_ITEMS ? collection : NULL, ask,
                      error))
            return false;
    }
    return true;
}
