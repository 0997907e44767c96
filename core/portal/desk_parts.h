/* What the files of the desk share: a filter made ready for the statements. */
#ifndef EPO_PORTAL_DESK_PARTS_H
#define EPO_PORTAL_DESK_PARTS_H

#include "portal/desk.h"
#include "portal/receipt.h"

enum { EPO_DESK_WORDS = 4, EPO_DESK_GROUPS = 1024 };

/* One office's cases in one state: a stretch of the index cases_desk. */
struct epo_desk_group {
    struct epo_span office, state;
};

struct epo_desk_asked {
    struct epo_portal *portal;
    const struct epo_desk_filter *filter;
    struct epo_value above, below;          /* numbers, excluded */
    struct epo_value words[EPO_DESK_WORDS]; /* patterns; '' none */
    struct epo_value box[6];                /* ax + by + c and dx + ey + f lie from 0 to 1 inside */
    bool deep;    /* words or a box: cases are read, not the index alone */
    bool nothing; /* the filter can match nothing */
    struct epo_desk_group *groups;
    size_t group_count;
};
bool epo_desk_ask(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                  const struct epo_desk_filter *filter, struct epo_desk_asked *asked,
                  struct epo_error *error);
/* The states that cases are in, office by office, by a few steps through the index. office empty:
 * all. */
bool epo_desk_groups(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span office, struct epo_desk_group **groups, size_t *count,
                     struct epo_error *error);

/* States of epo_desk_closed with a space around each, for statements. */
extern const char EPO_DESK_CLOSED[];

/* $1 tenant, $2 office, $3 state, $4 above, $5 below, $6 agenda, $7 district, $8 due from, $9 due
 * to, $10 only unassigned: 1, $11 $12 after this due date and number, $13 limit, $14 account,
 * $15 closed states, $16-$19 words, $20 in a box: 1, $21-$26 the box, $27 none that follow
 * others: 1. Those of one group look at nothing but the index. */
#define EPO_DESK_NARROW                                                                            \
    "    AND c.number > $4 AND c.number < $5\n"                                                    \
    "    AND ($6 = '' OR c.agenda = $6)\n"                                                         \
    "    AND ($7 = '' OR c.district = $7)\n"                                                       \
    "    AND ($8 = '' OR c.due >= $8)\n"                                                           \
    "    AND ($9 = '' OR c.due <= $9)\n"                                                           \
    "    AND ($11 = '' OR (COALESCE(c.due, '9999-12-31'), c.number) > ($11, $12))\n"               \
    "    AND ($27 = 0 OR NOT EXISTS (\n"                                                           \
    "        SELECT 1 FROM merged AS f WHERE f.tenant = $1 AND f.number = c.number))\n"
#define EPO_DESK_FREE                                                                              \
    "    AND ($10 = 0 OR NOT EXISTS (\n"                                                           \
    "        SELECT 1 FROM assignments AS a WHERE a.tenant = $1 AND a.number = c.number))\n"
#define EPO_DESK_DEEP                                                                              \
    "    AND ($16 = '' OR c.search LIKE $16)\n"                                                    \
    "    AND ($17 = '' OR c.search LIKE $17)\n"                                                    \
    "    AND ($18 = '' OR c.search LIKE $18)\n"                                                    \
    "    AND ($19 = '' OR c.search LIKE $19)\n"                                                    \
    "    AND ($20 = 0 OR EXISTS (\n"                                                               \
    "        SELECT 1 FROM locations AS l\n"                                                       \
    "        WHERE l.tenant = $1 AND l.number = c.number AND l.routes = 1\n"                       \
    "            AND $21 * l.anchor_x + $22 * l.anchor_y + $23 BETWEEN 0 AND 1\n"                  \
    "            AND $24 * l.anchor_x + $25 * l.anchor_y + $26 BETWEEN 0 AND 1))\n"
#define EPO_DESK_GROUP                                                                             \
    "FROM cases AS c\n"                                                                            \
    "WHERE c.tenant = $1 AND c.office = $2 AND c.state = $3\n" EPO_DESK_NARROW EPO_DESK_FREE
#define EPO_DESK_PERSON                                                                            \
    "FROM assignments AS m\n"                                                                      \
    "JOIN cases AS c ON c.tenant = m.tenant AND c.number = m.number\n"                             \
    "WHERE m.tenant = $1 AND m.account = $14 AND m.number > $4 AND m.number < $5\n"                \
    "    AND ($2 = '' OR c.office = $2) AND ($3 = '' OR c.state = $3)\n"                           \
    "    AND ($15 = '' OR instr($15, ' ' || c.state || ' ') = 0)\n" EPO_DESK_NARROW EPO_DESK_DEEP

/* Numbers grow with the time of receiving: the first one that came at or after it, found by
 * halving, some forty steps into the key. */
bool epo_desk_first_since(struct epo_portal *portal, struct epo_db *db, int64_t at_us,
                          int64_t *number, struct epo_error *error);

/* Binds all of it for one group; group NULL for the statements of a person. */
struct epo_rows *epo_desk_query(struct epo_db *db, const struct epo_statement *statement,
                                const struct epo_desk_asked *asked,
                                const struct epo_desk_group *group, int limit);

#endif
