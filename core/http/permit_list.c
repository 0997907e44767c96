#include "http/permits.h"

#include "base/limits.h"
#include "portal/routing.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 20000 /* looked through for one answer */, ASKED_MAX = 500 };
static const char FIRST_OF_ALL[] = "9999-99-99";

static int compare(struct epo_span a, struct epo_span b) {
    int said = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return said != 0 ? said : (a.len > b.len) - (a.len < b.len);
}

static bool has_words(struct epo_permit_listing *l, const struct epo_json *words) {
    struct epo_pool *pool = l->request->pool;
    if (l->text.len == 0)
        return true;
    struct epo_span rest = l->text, title = epo_json_get_text(words, "title"),
                    text = epo_json_get_text(words, "text");
    struct epo_span all = epo_text_fold(
        pool, epo_span(epo_pool_printf(pool, "%.*s %.*s", EPO_ARG(title), EPO_ARG(text))));
    while (rest.len > 0) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len > 0 && memmem(all.at, all.len, word.at, word.len) == NULL)
            return false;
    }
    return true;
}

/* Permits of one day come in the order of their numbers, which is nobody's business: whole days are
 * read and put in the order of the ids, so that a page can go on after any of them. */
static bool look(const struct epo_permit_row *row, void *arg) {
    struct epo_permit_listing *l = arg;
    struct epo_pool *pool = l->request->pool;
    struct epo_permit one;
    l->looked++;
    if (l->count > (size_t)l->limit &&
        !epo_span_equal(row->first_day, l->found[l->count - 1].first_day))
        return false;
    epo_live_id(l->request, row->number, one.id);
    if (l->id.len > 0 && !epo_span_is(l->id, one.id))
        return true;
    if (epo_span_equal(row->first_day, l->after_day) && compare(epo_span(one.id), l->after_id) <= 0)
        return true;
    one.words = epo_json_parse(pool, row->words, NULL);
    if (one.words == NULL || !has_words(l, one.words))
        return true;
    one.first_day = epo_pool_copy(pool, row->first_day);
    one.last_day = row->last_day.len == 10 ? epo_pool_copy(pool, row->last_day) : EPO_SPAN("");
    one.district = epo_pool_copy(pool, row->district);
    one.geometry = epo_pool_copy(pool, row->geometry);
    if (l->count == l->room) {
        struct epo_permit *wider = EPO_NEW_ARRAY(pool, struct epo_permit, l->room * 2 + 32);
        if (l->count > 0)
            memcpy(wider, l->found, l->count * sizeof *wider);
        l->found = wider;
        l->room = l->room * 2 + 32;
    }
    l->found[l->count++] = one;
    return l->id.len == 0;
}

static int in_order(const void *a, const void *b) {
    const struct epo_permit *one = a, *other = b;
    int days = compare(other->first_day, one->first_day);
    return days != 0 ? days : strcmp(one->id, other->id);
}

bool epo_permits_list(struct epo_permit_listing *l, struct epo_error *error) {
    struct epo_request *request = l->request;
    l->query.lang = request->lang;
    l->query.limit = ROWS_MAX;
    if (!epo_published_permits(request->portal, request->db, &l->query, look, l, error))
        return false;
    if (l->looked == ROWS_MAX && (l->id.len == 0 || l->count == 0))
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "permits.many", "narrow the choice");
    if (l->count > 0)
        qsort(l->found, l->count, sizeof *l->found, in_order);
    l->more = l->count > (size_t)l->limit;
    l->count = l->more ? (size_t)l->limit : l->count;
    return true;
}

bool epo_permits_after(struct epo_permit_listing *l, struct epo_span after) {
    struct epo_date day;
    l->query.first_to = epo_span(FIRST_OF_ALL);
    l->after_day = epo_span("-");
    if (after.len == 0)
        return true;
    l->query.first_to = l->after_day = epo_span_cut(after, ',', &l->after_id);
    return l->after_id.len == EPO_LIVE_ID_SIZE - 1 &&
           (l->after_day.len == 0 || epo_date_parse(l->after_day, &day));
}

bool epo_permits_ask(struct epo_request *request, struct epo_permit_listing *l,
                     struct epo_error *error) {
    struct epo_span words = epo_span_trim(epo_request_query(request, "q")),
                    limit = epo_request_query(request, "limit");
    struct epo_date day;
    *l = (struct epo_permit_listing){.request = request, .limit = EPO_PERMITS_PAGE};
    l->query.agenda = epo_request_query(request, "agenda");
    l->query.district = epo_request_query(request, "district");
    l->query.day = epo_request_query(request, "day");
    l->id = epo_request_query(request, "id");
    if (!epo_permits_after(l, epo_request_query(request, "after")) ||
        words.len > EPO_SEARCH_QUERY_BYTES_MAX ||
        (l->query.day.len > 0 && !epo_date_parse(l->query.day, &day)) ||
        (limit.len > 0 &&
         (!epo_span_integer(limit, &l->limit) || l->limit < 1 || l->limit > ASKED_MAX)))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "permits.question",
                        "day is YYYY-MM-DD, q at most 200 bytes, limit from 1 to 500, after as "
                        "\"next\" said");
    l->text = epo_text_fold(request->pool, words);
    return true;
}

struct epo_span epo_permits_district(struct epo_request *request, struct epo_span code) {
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *offices = epo_json_get(settings, "offices");
    for (uint32_t i = 0; code.len > 0 && offices != NULL && i < offices->count; i++) {
        const struct epo_json *codes = epo_json_get(offices->items[i], "districts");
        for (uint32_t k = 0; codes != NULL && k < codes->count; k++)
            if (epo_json_is_text(codes->items[k]) && epo_span_equal(codes->items[k]->text, code))
                return epo_routing_name(settings, epo_json_get_text(offices->items[i], "id"),
                                        request->lang);
    }
    return code;
}

struct epo_span epo_permits_next(const struct epo_permit_listing *l) {
    if (!l->more)
        return EPO_SPAN("");
    const struct epo_permit *last = &l->found[l->count - 1];
    return epo_span(
        epo_pool_printf(l->request->pool, "%.*s,%s", EPO_ARG(last->first_day), last->id));
}
