/* A filter made ready for the statements of the desk: days as numbers of cases, words as patterns,
 * a box as two lines across it, and the stretches of the index to be walked. */
#include "base/clock.h"
#include "portal/desk_parts.h"

const char EPO_DESK_CLOSED[] = " accepted approved refused rejected decided done closed withdrawn ";

bool epo_desk_closed(struct epo_span state) {
    char text[64];
    int len = snprintf(text, sizeof text, " %.*s ", EPO_ARG(state));
    return len > 2 && len < (int)sizeof text && memchr(state.at, ' ', state.len) == NULL &&
           strstr(EPO_DESK_CLOSED, text) != NULL;
}

/* ---- groups ---- */

static const struct epo_statement NEXT_GROUP = {
    "desk.next_group",
    "SELECT office, state FROM cases\n"
    "WHERE tenant = $1 AND (office, state) > ($2, $3)\n"
    "ORDER BY office, state LIMIT 1",
    NULL,
};

bool epo_desk_groups(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span office, struct epo_desk_group **groups, size_t *count,
                     struct epo_error *error) {
    struct epo_desk_group last = {office, EPO_SPAN("")};
    bool more = true;
    *groups = EPO_NEW_ARRAY(pool, struct epo_desk_group, EPO_DESK_GROUPS);
    *count = 0;
    while (more && *count < EPO_DESK_GROUPS) {
        struct epo_rows *rows = epo_db_query(
            db, &NEXT_GROUP,
            EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(last.office), EPO_TEXT(last.state)));
        more = epo_rows_next(rows) &&
               (office.len == 0 || epo_span_equal(epo_rows_text(rows, 0), office));
        if (more)
            last = (struct epo_desk_group){epo_pool_copy(pool, epo_rows_text(rows, 0)),
                                           epo_pool_copy(pool, epo_rows_text(rows, 1))};
        if (!epo_rows_end(rows, error))
            return false;
        if (more)
            (*groups)[(*count)++] = last;
    }
    return true;
}

static bool wanted(const struct epo_desk_filter *filter, struct epo_span state) {
    if (filter->state.len > 0)
        return epo_span_equal(filter->state, state);
    return !filter->open || !epo_desk_closed(state);
}

static bool choose_groups(struct epo_db *db, struct epo_pool *pool, struct epo_desk_asked *asked,
                          struct epo_error *error) {
    size_t kept = 0;
    if (!epo_desk_groups(asked->portal, db, pool, asked->filter->office, &asked->groups,
                         &asked->group_count, error))
        return false;
    for (size_t i = 0; i < asked->group_count; i++)
        if (wanted(asked->filter, asked->groups[i].state))
            asked->groups[kept++] = asked->groups[i];
    asked->group_count = kept;
    return true;
}

/* ---- days ---- */

static const struct epo_statement AT = {
    "desk.at",
    "SELECT number, received_at_us FROM cases\n"
    "WHERE tenant = $1 AND number >= $2\n"
    "ORDER BY number LIMIT 1",
    NULL,
};

bool epo_desk_first_since(struct epo_portal *portal, struct epo_db *db, int64_t at_us,
                          int64_t *number, struct epo_error *error) {
    int64_t low = 0, high = INT64_C(10000) * 1000000000;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        struct epo_rows *rows =
            epo_db_query(db, &AT, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(middle)));
        if (epo_rows_next(rows) && epo_rows_integer(rows, 1) < at_us)
            low = epo_rows_integer(rows, 0) + 1;
        else
            high = middle;
        if (!epo_rows_end(rows, error))
            return false;
    }
    *number = low;
    return true;
}

static bool find_bounds(struct epo_db *db, struct epo_desk_asked *asked, struct epo_error *error) {
    const struct epo_desk_filter *filter = asked->filter;
    int64_t above = -1, below = INT64_MAX, first;
    if (filter->received_from > 0) {
        if (!epo_desk_first_since(asked->portal, db, filter->received_from, &first, error))
            return false;
        above = first - 1;
    }
    if (filter->newer_than > above)
        above = filter->newer_than;
    if (filter->received_to > 0 &&
        !epo_desk_first_since(asked->portal, db, filter->received_to, &below, error))
        return false;
    if (epo_number_read(filter->text, &first)) {
        above = above < first - 1 ? first - 1 : above;
        below = below > first + 1 ? first + 1 : below;
    }
    if (filter->after.number > 0 && filter->order == EPO_DESK_NEWEST &&
        filter->after.number < below)
        below = filter->after.number;
    if (filter->after.number > 0 && filter->order == EPO_DESK_OLDEST &&
        filter->after.number > above)
        above = filter->after.number;
    asked->above = EPO_INTEGER(above);
    asked->below = EPO_INTEGER(below);
    return true;
}

/* ---- words and a box ---- */

/* Folded text holds letters, digits and spaces: nothing in it is special to LIKE. A text that
 * folds to nothing was asked for all the same: it matches nothing. */
static void find_words(struct epo_pool *pool, struct epo_desk_asked *asked) {
    int64_t number;
    size_t count = 0;
    struct epo_span rest = epo_span_trim(asked->filter->text);
    for (size_t i = 0; i < EPO_DESK_WORDS; i++)
        asked->words[i] = EPO_TEXT(EPO_SPAN(""));
    if (rest.len == 0 || epo_number_read(rest, &number))
        return;
    rest = epo_span_trim(epo_text_fold(pool, rest));
    while (rest.len > 0 && count < EPO_DESK_WORDS) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len > 0)
            asked->words[count++] = EPO_STRING(epo_pool_printf(pool, "%%%.*s%%", EPO_ARG(word)));
    }
    asked->deep = asked->deep || count > 0;
    asked->nothing = asked->nothing || count == 0;
}

/* The box lies askew in metres. Its corner and two sides span it: a point is inside when both its
 * shares of the sides are from 0 to 1 (a metre or two off in a box as large as a city). */
static void find_box(struct epo_desk_asked *asked) {
    const struct epo_desk_filter *filter = asked->filter;
    struct epo_point corner, right, up;
    for (size_t i = 0; i < 6; i++)
        asked->box[i] = EPO_REAL(0);
    if (!filter->in_box)
        return;
    asked->deep = true;
    asked->nothing = true; /* unless it can be measured: no case lies outside the system */
    if (!epo_transform_to_metres((struct epo_point){filter->west, filter->south}, &corner, NULL) ||
        !epo_transform_to_metres((struct epo_point){filter->east, filter->south}, &right, NULL) ||
        !epo_transform_to_metres((struct epo_point){filter->west, filter->north}, &up, NULL))
        return;
    double px = right.x - corner.x, py = right.y - corner.y;
    double qx = up.x - corner.x, qy = up.y - corner.y, area = px * qy - py * qx;
    if (!(area > 0))
        return;
    asked->nothing = false;
    const double share[6] = {qy / area,  -qx / area, (qx * corner.y - qy * corner.x) / area,
                             -py / area, px / area,  (py * corner.x - px * corner.y) / area};
    for (size_t i = 0; i < 6; i++)
        asked->box[i] = EPO_REAL(share[i]);
}

bool epo_desk_ask(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                  const struct epo_desk_filter *filter, struct epo_desk_asked *asked,
                  struct epo_error *error) {
    *asked = (struct epo_desk_asked){.portal = portal, .filter = filter};
    find_box(asked);
    find_words(pool, asked);
    return find_bounds(db, asked, error) &&
           (filter->view == EPO_DESK_OF_PERSON || choose_groups(db, pool, asked, error));
}

struct epo_rows *epo_desk_query(struct epo_db *db, const struct epo_statement *statement,
                                const struct epo_desk_asked *asked,
                                const struct epo_desk_group *group, int limit) {
    const struct epo_desk_filter *filter = asked->filter;
    const struct epo_value *words = asked->words, *box = asked->box;
    bool unassigned = filter->view == EPO_DESK_UNASSIGNED;
    bool by_due = filter->order == EPO_DESK_DUE && filter->after.number > 0;
    return epo_db_query(
        db, statement,
        EPO_BIND(EPO_STRING(asked->portal->tenant),
                 EPO_TEXT(group != NULL ? group->office : filter->office),
                 EPO_TEXT(group != NULL ? group->state : filter->state), asked->above, asked->below,
                 EPO_TEXT(filter->agenda), EPO_TEXT(filter->district), EPO_TEXT(filter->due_from),
                 EPO_TEXT(filter->due_to), EPO_INTEGER(unassigned),
                 EPO_STRING(by_due ? filter->after.due : ""), EPO_INTEGER(filter->after.number),
                 EPO_INTEGER(limit), EPO_TEXT(filter->person),
                 EPO_STRING(filter->open && filter->state.len == 0 ? EPO_DESK_CLOSED : ""),
                 words[0], words[1], words[2], words[3], EPO_INTEGER(filter->in_box), box[0],
                 box[1], box[2], box[3], box[4], box[5],
                 EPO_INTEGER(filter->open && filter->state.len == 0)));
}
