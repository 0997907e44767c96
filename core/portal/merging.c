#include "portal/merging.h"

#include <math.h>

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/casework.h"
#include "portal/desk.h"
#include "portal/desk_parts.h"
#include "portal/published.h"
#include "portal/receipt.h"

static const struct epo_statement CASE = {
    "merge.case",
    "SELECT c.agenda, c.office, c.state,\n"
    "    (SELECT m.lead FROM merged AS m WHERE m.tenant = $1 AND m.number = $2),\n"
    "    (SELECT COUNT(*) FROM merged AS f WHERE f.tenant = $1 AND f.lead = $2),\n"
    "    (SELECT m.state_before FROM merged AS m WHERE m.tenant = $1 AND m.number = $2)\n"
    "FROM cases AS c\n"
    "WHERE c.tenant = $1 AND c.number = $2",
    NULL,
};
static const struct epo_statement PUT = {
    "merge.put",
    "INSERT INTO merged (tenant, number, lead, state_before, actor, at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6)",
    NULL,
};
static const struct epo_statement REMOVE = {
    "merge.remove", "DELETE FROM merged WHERE tenant = $1 AND number = $2", NULL};
static const struct epo_statement LEAD = {
    "merge.lead", "SELECT lead FROM merged WHERE tenant = $1 AND number = $2", NULL};
static const struct epo_statement FOLLOWERS = {
    "merge.followers",
    "SELECT number FROM merged WHERE tenant = $1 AND lead = $2 ORDER BY number LIMIT $3",
    NULL,
};

struct standing {
    char agenda[64], office[64], state[64], before[64];
    int64_t lead, followers;
};

static bool read_standing(struct epo_portal *portal, struct epo_db *db, int64_t number,
                          struct epo_span scope, struct standing *now, struct epo_error *error) {
    char *const texts[] = {now->agenda, now->office, now->state};
    struct epo_rows *rows =
        epo_db_query(db, &CASE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    bool found =
        epo_rows_next(rows) && (scope.len == 0 || epo_span_equal(scope, epo_rows_text(rows, 1)));
    *now = (struct standing){.lead = 0};
    for (int i = 0; found && i < 3; i++)
        snprintf(texts[i], sizeof now->agenda, "%.*s", EPO_ARG(epo_rows_text(rows, i)));
    if (found) {
        now->lead = epo_rows_integer(rows, 3);
        now->followers = epo_rows_integer(rows, 4);
        snprintf(now->before, sizeof now->before, "%.*s", EPO_ARG(epo_rows_text(rows, 5)));
    }
    if (!epo_rows_end(rows, error))
        return false;
    return found || epo_fail(error, EPO_ERROR_NOT_FOUND, "case.not_found",
                             "There is no such case in this office.");
}

static bool check(const struct epo_merge *merge, const struct standing *one,
                  const struct standing *lead, struct epo_error *error) {
    const char *code =
        merge->number == merge->lead             ? "merge.self"
        : strcmp(one->agenda, lead->agenda) != 0 ? "merge.agenda"
        : lead->lead != 0                        ? "merge.led"
        : one->lead != 0                         ? "merge.twice"
        : one->followers > 0                     ? "merge.leads"
        : lead->followers >= EPO_MERGED_MAX      ? "merge.many"
        : epo_desk_closed(epo_span(one->state)) || epo_desk_closed(epo_span(lead->state))
            ? "merge.closed"
            : NULL;
    return code == NULL ||
           epo_fail(error, EPO_ERROR_CONFLICT, code, "These cases cannot be put together.");
}

static bool on_record(struct epo_portal *portal, struct epo_db *db, const struct epo_merge *merge,
                      struct epo_span action, int64_t object, int64_t detail,
                      struct epo_error *error) {
    char number[EPO_NUMBER_SIZE], other[EPO_NUMBER_SIZE];
    epo_number_write(object, number);
    epo_number_write(detail, other);
    struct epo_audit_entry entry = {.actor = merge->actor,
                                    .action = action,
                                    .object = epo_span(number),
                                    .detail = epo_span(other),
                                    .at_us = epo_clock_now_us()};
    return epo_audit_append(portal, db, &entry, error);
}

/* Its sender is told of each state, but not in the words said to another. */
static bool follow(struct epo_portal *portal, struct epo_db *db, const struct epo_merge *merge,
                   const char *from, const char *to, struct epo_error *error) {
    struct epo_move move = {.number = merge->number,
                            .from = epo_span(from),
                            .to = epo_span(to),
                            .note = EPO_SPAN(""),
                            .actor = merge->actor,
                            .actor_name = merge->actor_name,
                            .office = merge->scope};
    return strcmp(from, to) == 0 || epo_casework_move(portal, db, &move, error);
}

bool epo_merging_put(struct epo_portal *portal, struct epo_db *db, const struct epo_merge *merge,
                     struct epo_error *error) {
    struct standing one, lead;
    return read_standing(portal, db, merge->number, merge->scope, &one, error) &&
           read_standing(portal, db, merge->lead, merge->scope, &lead, error) &&
           check(merge, &one, &lead, error) &&
           follow(portal, db, merge, one.state, lead.state, error) &&
           epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(merge->number),
                               EPO_INTEGER(merge->lead), EPO_STRING(one.state),
                               EPO_TEXT(merge->actor), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           epo_published_set(portal, db, merge->number, NULL, error) &&
           on_record(portal, db, merge, EPO_SPAN("case.merged"), merge->number, merge->lead,
                     error) &&
           on_record(portal, db, merge, EPO_SPAN("case.leads"), merge->lead, merge->number, error);
}

bool epo_merging_undo(struct epo_portal *portal, struct epo_db *db, const struct epo_merge *merge,
                      struct epo_error *error) {
    struct standing one;
    if (!read_standing(portal, db, merge->number, merge->scope, &one, error))
        return false;
    if (one.lead == 0)
        return epo_fail(error, EPO_ERROR_CONFLICT, "merge.none", "This case follows no other.");
    return epo_db_run(db, &REMOVE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(merge->number)),
                      NULL, error) &&
           follow(portal, db, merge, one.state, one.before, error) &&
           on_record(portal, db, merge, EPO_SPAN("case.apart"), merge->number, one.lead, error) &&
           on_record(portal, db, merge, EPO_SPAN("case.apart"), one.lead, merge->number, error);
}

bool epo_merging_lead(struct epo_portal *portal, struct epo_db *db, int64_t number, int64_t *lead,
                      struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &LEAD, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    *lead = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}

bool epo_merging_followers(struct epo_portal *portal, struct epo_db *db, int64_t lead,
                           int64_t numbers[EPO_MERGED_MAX], size_t *count,
                           struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &FOLLOWERS,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(lead), EPO_INTEGER(EPO_MERGED_MAX)));
    *count = 0;
    while (epo_rows_next(rows))
        numbers[(*count)++] = epo_rows_integer(rows, 0);
    return epo_rows_end(rows, error);
}

/* ---- similar ---- */

static const struct epo_statement HERE = {
    "merge.here",
    "SELECT c.agenda, c.office, c.received_at_us, l.anchor_x, l.anchor_y FROM cases AS c\n"
    "JOIN locations AS l ON l.tenant = c.tenant AND l.number = c.number AND l.routes = 1\n"
    "WHERE c.tenant = $1 AND c.number = $2",
    NULL,
};
static const struct epo_statement NEAR = {
    "merge.near",
    "SELECT c.number, c.title, c.place_text, c.received_at_us, l.anchor_x, l.anchor_y\n"
    "FROM cases AS c\n"
    "JOIN locations AS l ON l.tenant = c.tenant AND l.number = c.number AND l.routes = 1\n"
    "WHERE c.tenant = $1 AND c.office = $2 AND c.state = $3 AND c.number > $4 AND c.number < $5\n"
    "    AND c.agenda = $6 AND c.number <> $7\n"
    "    AND l.anchor_x BETWEEN $8 - $10 AND $8 + $10 AND l.anchor_y BETWEEN $9 - $10 AND $9 + "
    "$10\n"
    "    AND NOT EXISTS (SELECT 1 FROM merged AS m\n"
    "        WHERE m.tenant = $1 AND m.number = c.number)\n"
    "ORDER BY c.number DESC LIMIT $11",
    NULL,
};

struct here {
    char agenda[64], office[64];
    int64_t at_us;
    struct epo_point anchor;
    bool found;
};

static bool read_here(struct epo_portal *portal, struct epo_db *db, int64_t number,
                      struct here *here, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &HERE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    *here = (struct here){.found = epo_rows_next(rows)};
    if (here->found) {
        snprintf(here->agenda, sizeof here->agenda, "%.*s", EPO_ARG(epo_rows_text(rows, 0)));
        snprintf(here->office, sizeof here->office, "%.*s", EPO_ARG(epo_rows_text(rows, 1)));
        here->at_us = epo_rows_integer(rows, 2);
        here->anchor = (struct epo_point){epo_rows_real(rows, 3), epo_rows_real(rows, 4)};
    }
    return epo_rows_end(rows, error);
}

static void push_near(struct epo_pool *pool, struct epo_rows *rows, const struct here *here,
                      struct epo_span state, struct epo_json *similar) {
    const int64_t day_us = INT64_C(86400000000);
    char number[EPO_NUMBER_SIZE];
    int64_t received_at_us = epo_rows_integer(rows, 3);
    double metres =
        hypot(epo_rows_real(rows, 4) - here->anchor.x, epo_rows_real(rows, 5) - here->anchor.y);
    if (metres > EPO_SIMILAR_METRES || similar->count >= EPO_SIMILAR_MAX)
        return;
    struct epo_json *row = epo_json_object(pool);
    epo_number_write(epo_rows_integer(rows, 0), number);
    epo_json_set_string(pool, row, "number", number);
    epo_json_set_text(pool, row, "title", epo_rows_text(rows, 1));
    epo_json_set_text(pool, row, "place", epo_rows_text(rows, 2));
    epo_json_set_text(pool, row, "state", state);
    epo_json_set_integer(pool, row, "received_at_us", received_at_us);
    epo_json_set_integer(pool, row, "metres", llround(metres));
    epo_json_set_integer(pool, row, "days", (received_at_us - here->at_us) / day_us);
    epo_json_push(pool, similar, row);
}

bool epo_merging_similar(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         int64_t number, struct epo_json **similar, struct epo_error *error) {
    const int64_t span_us = INT64_C(86400000000) * EPO_SIMILAR_DAYS;
    struct here here;
    struct epo_desk_asked asked;
    *similar = epo_json_array(pool);
    if (!read_here(portal, db, number, &here, error))
        return false;
    struct epo_desk_filter filter = {.office = epo_span(here.office),
                                     .open = true,
                                     .received_from = here.at_us - span_us,
                                     .received_to = here.at_us + span_us,
                                     .limit = 1};
    if (!here.found)
        return true;
    if (!epo_desk_ask(portal, db, pool, &filter, &asked, error))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < asked.group_count; i++) {
        struct epo_rows *rows =
            epo_db_query(db, &NEAR,
                         EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(here.office),
                                  EPO_TEXT(asked.groups[i].state), asked.above, asked.below,
                                  EPO_STRING(here.agenda), EPO_INTEGER(number),
                                  EPO_REAL(here.anchor.x), EPO_REAL(here.anchor.y),
                                  EPO_REAL(EPO_SIMILAR_METRES), EPO_INTEGER(4 * EPO_SIMILAR_MAX)));
        while (epo_rows_next(rows))
            push_near(pool, rows, &here, asked.groups[i].state, *similar);
        ok = epo_rows_end(rows, error);
    }
    return ok;
}
