#include "plugin/states.h"

/* What an agenda has that declares none. Thirty days: administrative code 500/2004, section 71 (3).
 */
static const char DEFAULT[] =
    "{\"received\":{\"deadline\":{\"days\":30},\"moves\":[\"in_progress\",{\"to\":\"returned\","
    "\"needs\":[\"note\"]},\"payment\",\"accepted\",{\"to\":\"refused\",\"needs\":[\"note\"]},"
    "{\"to\":\"withdrawn\",\"by\":[\"clerk\",\"citizen\"]}]},"
    "\"in_progress\":{\"moves\":[{\"to\":\"returned\",\"needs\":[\"note\"]},\"payment\","
    "\"accepted\",{\"to\":\"refused\",\"needs\":[\"note\"]},{\"to\":\"withdrawn\",\"by\":"
    "[\"clerk\",\"citizen\"]}]},"
    "\"returned\":{\"ball\":\"citizen\",\"deadline\":{\"days\":15},\"answered\":\"in_progress\","
    "\"moves\":[\"in_progress\",{\"to\":\"withdrawn\",\"by\":[\"clerk\",\"citizen\"]}]},"
    "\"payment\":{\"ball\":\"citizen\",\"deadline\":{\"days\":15},\"moves\":[\"in_progress\","
    "\"accepted\",{\"to\":\"refused\",\"needs\":[\"note\"]},{\"to\":\"withdrawn\",\"by\":"
    "[\"clerk\",\"citizen\"]}]},"
    "\"accepted\":{\"ends\":true},\"refused\":{\"ends\":true},\"withdrawn\":{\"ends\":true}}";

struct reading {
    struct epo_pool *pool;
    struct epo_faults *faults;
    const char *file;
    struct epo_states *states;
    bool short_form; /* of all: what is named only as a target is an end */
};

#define fault(reading, line, ...)                                                                  \
    epo_fault_add((reading)->faults, (reading)->file, (int)(line), __VA_ARGS__)

static const struct {
    const char *name;
    unsigned bits;
} MOVERS[] = {
    {"clerk", EPO_MOVER_CLERK}, {"admin", EPO_MOVER_ADMIN}, {"citizen", EPO_MOVER_CITIZEN}};

static unsigned mover(struct epo_span name) {
    for (size_t i = 0; i < sizeof MOVERS / sizeof *MOVERS; i++)
        if (epo_span_is(name, MOVERS[i].name))
            return MOVERS[i].bits;
    return 0;
}

unsigned epo_mover_of(struct epo_span role) {
    return epo_span_is(role, "admin") ? EPO_MOVER_ADMIN | EPO_MOVER_CLERK : mover(role);
}

static bool is_id(struct epo_span text) {
    bool good = text.len > 0 && text.len <= 40 && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 0; good && i < text.len; i++) {
        char c = text.at[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
    return good;
}

static void check_members(struct reading *reading, const struct epo_json *object, const char *what,
                          const char *const *known, size_t count) {
    for (uint32_t i = 0; i < object->count; i++) {
        size_t k = 0;
        while (k < count && !epo_span_is(object->names[i], known[k]))
            k++;
        if (k == count)
            fault(reading, object->items[i]->line, "unknown member \"%.*s\" of %s",
                  EPO_ARG(object->names[i]), what);
    }
}

static const struct epo_json *read_words(struct reading *reading, const struct epo_json *of,
                                         const char *name) {
    const struct epo_json *words = epo_json_get(of, name);
    if (words && (!epo_json_get_text(words, "cs").len || !epo_json_get_text(words, "en").len))
        fault(reading, words->line, "\"%s\" must be {\"cs\": …, \"en\": …}", name);
    return words;
}

/* ---- one move ---- */

static void read_movers(struct reading *reading, const struct epo_json *list,
                        struct epo_allowed_move *move) {
    move->by = list ? 0 : EPO_MOVER_CLERK;
    bool good = !list || (list->type == EPO_JSON_ARRAY && list->count > 0);
    for (uint32_t i = 0; good && list && i < list->count; i++) {
        unsigned bits = epo_json_is_text(list->items[i]) ? mover(list->items[i]->text) : 0;
        good = bits != 0;
        move->by |= bits;
    }
    if (!good)
        fault(reading, list->line, "\"by\" is a list of \"clerk\", \"admin\" and \"citizen\"");
}

static void read_needs(struct reading *reading, const struct epo_json *list,
                       struct epo_allowed_move *move) {
    bool good = !list || list->type == EPO_JSON_ARRAY;
    for (uint32_t i = 0; good && list && i < list->count; i++) {
        struct epo_span need =
            epo_json_is_text(list->items[i]) ? list->items[i]->text : EPO_SPAN("");
        move->needs_note |= epo_span_is(need, "note");
        move->needs_decision |= epo_span_is(need, "decision");
        good = epo_span_is(need, "note") || epo_span_is(need, "decision");
    }
    if (!good)
        fault(reading, list->line, "\"needs\" is a list of \"note\" and \"decision\"");
    if (move->needs_decision && move->decision.len == 0)
        fault(reading, move->line, "a move that needs a decision names it: \"decision\": \"…\"");
    if (move->needs_decision && (move->by & EPO_MOVER_CITIZEN))
        fault(reading, move->line, "a decision is made by the office: not \"by\" the citizen");
}

static void read_move(struct reading *reading, const struct epo_json *json,
                      struct epo_state *state) {
    static const char *const KNOWN[] = {"to", "title", "by", "needs", "decision"};
    struct epo_allowed_move *move = &state->moves[state->move_count];
    *move = (struct epo_allowed_move){.by = EPO_MOVER_CLERK, .line = (int)json->line};
    move->to_id = epo_json_is_text(json) ? json->text : epo_json_get_text(json, "to");
    if (!is_id(move->to_id)) {
        fault(reading, json->line, "a move is \"in_progress\" or {\"to\": \"in_progress\", …}");
        return;
    }
    if (json->type == EPO_JSON_OBJECT) {
        check_members(reading, json, "a move", KNOWN, sizeof KNOWN / sizeof *KNOWN);
        move->title = read_words(reading, json, "title");
        move->decision = epo_json_get_text(json, "decision");
        read_movers(reading, epo_json_get(json, "by"), move);
        read_needs(reading, epo_json_get(json, "needs"), move);
    }
    for (size_t i = 0; i < state->move_count; i++)
        if (epo_span_equal(state->moves[i].to_id, move->to_id))
            fault(reading, json->line, "two moves from \"%.*s\" to \"%.*s\"", EPO_ARG(state->id),
                  EPO_ARG(move->to_id));
    if (epo_span_equal(state->id, move->to_id))
        fault(reading, json->line, "a move from \"%.*s\" to itself", EPO_ARG(state->id));
    state->move_count++;
}

static void read_moves(struct reading *reading, const struct epo_json *list,
                       struct epo_state *state) {
    uint32_t count = list && list->type == EPO_JSON_ARRAY ? list->count : 0;
    if (list && (list->type != EPO_JSON_ARRAY || count > EPO_STATES_MAX)) {
        fault(reading, list->line, "\"moves\" is a list of at most %d moves", EPO_STATES_MAX);
        count = 0;
    }
    state->moves = EPO_NEW_ARRAY(reading->pool, struct epo_allowed_move, count + 1);
    for (uint32_t i = 0; i < count; i++)
        read_move(reading, list->items[i], state);
}

/* ---- one state ---- */

static void read_deadline(struct reading *reading, const struct epo_json *json,
                          struct epo_state *state) {
    static const char *const KNOWN[] = {"days", "of"};
    struct epo_span ball = epo_json_get_text(json, "ball");
    const struct epo_json *deadline = epo_json_get(json, "deadline");
    if (epo_json_get(json, "ball") && !epo_span_is(ball, "office") && !epo_span_is(ball, "citizen"))
        fault(reading, epo_json_get(json, "ball")->line, "\"ball\" is \"office\" or \"citizen\"");
    state->deadline.ball = state->ends                    ? EPO_BALL_NOBODY
                           : epo_span_is(ball, "citizen") ? EPO_BALL_CITIZEN
                                                          : EPO_BALL_OFFICE;
    if (!deadline)
        return;
    struct epo_span of = epo_json_get_text(deadline, "of");
    int64_t days = epo_json_get_integer(deadline, "days", 0);
    bool known_of =
        !epo_json_get(deadline, "of") || epo_span_is(of, "calendar") || epo_span_is(of, "working");
    if (deadline->type != EPO_JSON_OBJECT || days < 1 || days > EPO_WORKDAY_MAX || !known_of) {
        fault(reading, deadline->line,
              "\"deadline\" is {\"days\": 30, \"of\": \"calendar\"|\"working\"}, 1 to %d days",
              EPO_WORKDAY_MAX);
        return;
    }
    check_members(reading, deadline, "a deadline", KNOWN, sizeof KNOWN / sizeof *KNOWN);
    state->deadline.days = (int)days;
    state->deadline.working = epo_span_is(of, "working");
}

static void read_state(struct reading *reading, const struct epo_json *json,
                       struct epo_state *state) {
    static const char *const KNOWN[] = {"title",    "next",     "ball", "ends",
                                        "deadline", "answered", "moves"};
    if (json->type == EPO_JSON_ARRAY) {
        state->short_form = true;
        read_moves(reading, json, state);
        return;
    }
    if (json->type != EPO_JSON_OBJECT) {
        fault(reading, json->line, "a state is {\"moves\": […]}, {\"ends\": true} or a list");
        return;
    }
    check_members(reading, json, "a state", KNOWN, sizeof KNOWN / sizeof *KNOWN);
    state->title = read_words(reading, json, "title");
    state->next = read_words(reading, json, "next");
    state->ends = epo_json_get_boolean(json, "ends", false);
    state->answered_id = epo_json_get_text(json, "answered");
    read_deadline(reading, json, state);
    read_moves(reading, epo_json_get(json, "moves"), state);
    if (state->ends && (state->move_count > 0 || state->deadline.days > 0))
        fault(reading, json->line, "\"%.*s\" ends: it has neither moves nor a deadline",
              EPO_ARG(state->id));
    if (epo_json_get(json, "answered") && state->deadline.ball != EPO_BALL_CITIZEN)
        fault(reading, json->line, "\"answered\" belongs to a state whose ball is \"citizen\"");
}

/* ---- all of them together ---- */

static struct epo_state *find(struct epo_states *states, struct epo_span id) {
    for (size_t i = 0; i < states->count; i++)
        if (epo_span_equal(states->list[i].id, id))
            return &states->list[i];
    return NULL;
}

const struct epo_state *epo_states_find(const struct epo_states *states, struct epo_span id) {
    for (size_t i = 0; i < states->count; i++)
        if (epo_span_equal(states->list[i].id, id))
            return &states->list[i];
    return NULL;
}

/* In the short form a state that is only led to is an end. */
static struct epo_state *target(struct reading *reading, struct epo_span id, int line) {
    struct epo_states *states = reading->states;
    struct epo_state *found = find(states, id);
    if (found || !reading->short_form || states->count >= EPO_STATES_MAX) {
        if (!found)
            fault(reading, line, "there is no state \"%.*s\"", EPO_ARG(id));
        return found;
    }
    found = &states->list[states->count++];
    *found = (struct epo_state){.id = id,
                                .ends = true,
                                .short_form = true,
                                .deadline = {.ball = EPO_BALL_NOBODY},
                                .line = line};
    return found;
}

static void link(struct reading *reading) {
    for (size_t i = 0; i < reading->states->count; i++) {
        struct epo_state *state = &reading->states->list[i];
        for (size_t k = 0; k < state->move_count; k++)
            state->moves[k].to = target(reading, state->moves[k].to_id, state->moves[k].line);
        if (state->answered_id.len > 0)
            state->answered = target(reading, state->answered_id, state->line);
        if (!state->ends && state->move_count == 0)
            fault(reading, state->line, "\"%.*s\" leads nowhere: give it \"moves\" or \"ends\"",
                  EPO_ARG(state->id));
    }
}

/* Marks spread until nothing changes: forward from the beginning, or backward from the ends. */
static void spread(const struct epo_states *states, bool *marks, bool forward) {
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < states->count; i++)
            for (size_t k = 0; k <= states->list[i].move_count; k++) {
                const struct epo_state *state = &states->list[i];
                const struct epo_state *to =
                    k < state->move_count ? state->moves[k].to : state->answered;
                bool *from_mark = &marks[i], *to_mark = to ? &marks[to - states->list] : from_mark;
                bool *source = forward ? from_mark : to_mark, *sink = forward ? to_mark : from_mark;
                if (*source && !*sink)
                    *sink = changed = true;
            }
    }
}

static void check_ways(struct reading *reading) {
    const struct epo_states *states = reading->states;
    bool reached[EPO_STATES_MAX] = {false}, ended[EPO_STATES_MAX] = {false};
    for (size_t i = 0; i < states->count; i++) {
        reached[i] = epo_span_is(states->list[i].id, "received");
        ended[i] = states->list[i].ends;
    }
    spread(states, reached, true);
    spread(states, ended, false);
    for (size_t i = 0; i < states->count; i++) {
        if (!reached[i])
            fault(reading, states->list[i].line, "no way leads from \"received\" to \"%.*s\"",
                  EPO_ARG(states->list[i].id));
        if (!ended[i])
            fault(reading, states->list[i].line, "no way leads from \"%.*s\" to an end",
                  EPO_ARG(states->list[i].id));
    }
}

const struct epo_states *epo_states_read(struct epo_pool *pool, const struct epo_json *json,
                                         const char *file, struct epo_faults *faults) {
    struct epo_states *states = EPO_NEW(pool, struct epo_states);
    struct reading reading = {
        .pool = pool, .faults = faults, .file = file, .states = states, .short_form = true};
    states->standard = !json;
    if (!json)
        json = epo_json_parse(pool, epo_span(DEFAULT), NULL);
    states->list = EPO_NEW_ARRAY(pool, struct epo_state, EPO_STATES_MAX);
    if (json->type != EPO_JSON_OBJECT || json->count > EPO_STATES_MAX ||
        !epo_json_get(json, "received")) {
        fault(
            &reading, json->line,
            "\"states\" is {\"received\": {\"moves\": [\"in_progress\", …]}, …}: at most %d, with "
            "at least \"received\"",
            EPO_STATES_MAX);
        return states;
    }
    for (uint32_t i = 0; i < json->count; i++) {
        struct epo_state *state = &states->list[states->count++];
        *state = (struct epo_state){.id = json->names[i], .line = (int)json->items[i]->line};
        reading.short_form = reading.short_form && json->items[i]->type == EPO_JSON_ARRAY;
        if (!is_id(state->id))
            fault(&reading, state->line,
                  "a state is called by at most 40 lower-case letters, digits and _");
        read_state(&reading, json->items[i], state);
    }
    struct epo_fault *before = faults->last;
    link(&reading);
    if (faults->last == before)
        check_ways(&reading);
    return states;
}

bool epo_states_check_texts(const struct epo_states *states, struct epo_pool *pool,
                            const struct epo_catalog *catalog, const char *file,
                            struct epo_faults *faults) {
    bool good = true;
    for (size_t i = 0; i < states->count && !states->standard; i++) {
        const struct epo_state *state = &states->list[i];
        const char *key = epo_pool_printf(pool, "state.%.*s", EPO_ARG(state->id));
        if (!state->short_form && !state->title &&
            epo_span_is(epo_catalog_text(catalog, "cs", key), key))
            good = epo_fault_add(faults, file, state->line,
                                 "\"%.*s\" has no name: give it \"title\": {\"cs\": …, \"en\": …}",
                                 EPO_ARG(state->id));
    }
    return good;
}

const struct epo_allowed_move *epo_states_move(const struct epo_states *states,
                                               struct epo_span from, struct epo_span to) {
    const struct epo_state *state = epo_states_find(states, from);
    for (size_t i = 0; state && i < state->move_count; i++)
        if (epo_span_equal(state->moves[i].to_id, to))
            return &state->moves[i];
    return NULL;
}
