#include "plugin/public.h"

#include "base/token.h"
#include "maps/features.h"

enum { CASES_AT_ONCE = 200 };

static const char *const LAYERS[] = {"permits", "requests"};
static const char *const SHOWN[] = {"choice", "choices", "date", "number", "money", "yes_no"};

static bool among(const char *const *list, size_t count, struct epo_span word) {
    for (size_t i = 0; i < count; i++)
        if (epo_span_is(word, list[i]))
            return true;
    return false;
}

static bool holds(const struct epo_json *list, struct epo_span word) {
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        if (epo_json_is_text(list->items[i]) && epo_span_equal(list->items[i]->text, word))
            return true;
    return false;
}

/* ---- checking ---- */

struct checking {
    const struct epo_agenda *agenda;
    const struct epo_form *form;
    struct epo_faults *faults;
    bool good;
};

#define fault(checking, json, ...)                                                                 \
    ((checking)->good =                                                                            \
         epo_fault_add((checking)->faults,                                                         \
                       epo_pool_printf((checking)->faults->pool, "%s/manifest.json",               \
                                       (checking)->agenda->manifest->name),                        \
                       (int)(json)->line, __VA_ARGS__))

/* The declared type of a field of the form; empty where there is none of that id. */
static struct epo_span type_of(const struct epo_form *form, struct epo_span id) {
    const struct epo_json *sections = epo_json_get(epo_form_definition(form), "sections");
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        if (epo_json_get(sections->items[i], "repeat") != NULL)
            continue; /* no answer of its own: there are many of it */
        for (uint32_t k = 0; fields != NULL && k < fields->count; k++)
            if (epo_span_equal(epo_json_get_text(fields->items[k], "id"), id))
                return epo_json_get_text(fields->items[k], "type");
    }
    return EPO_SPAN("");
}

static void check_field(struct checking *checking, const struct epo_json *rule, const char *member,
                        const char *type) {
    const struct epo_json *field = epo_json_get(rule, member);
    if (field != NULL &&
        (!epo_json_is_text(field) || !epo_span_is(type_of(checking->form, field->text), type)))
        fault(checking, field, "\"%s\" of \"public\" names a field of the type %s", member, type);
}

static void check_shown(struct checking *checking, const struct epo_json *rule) {
    const struct epo_json *fields = epo_json_get(rule, "fields");
    if (fields == NULL || fields->type != EPO_JSON_ARRAY) {
        fault(checking, rule, "\"public\" needs \"fields\": the ids of the answers that it shows");
        return;
    }
    for (uint32_t i = 0; i < fields->count; i++) {
        const struct epo_json *field = fields->items[i];
        struct epo_span type =
            epo_json_is_text(field) ? type_of(checking->form, field->text) : EPO_SPAN("");
        if (type.len == 0)
            fault(checking, field, "\"fields\" of \"public\" names no field of this form");
        else if (!among(SHOWN, sizeof SHOWN / sizeof *SHOWN, type))
            fault(checking, field,
                  "\"%.*s\" is a %.*s and may hold personal data: only choices, dates, numbers, "
                  "money and yes_no can be public",
                  EPO_ARG(field->text), EPO_ARG(type));
    }
}

static bool is_place(struct epo_span type) {
    return epo_span_is(type, "location") || epo_span_is(type, "parcel") ||
           epo_span_is(type, "address");
}

static void check_places(struct checking *checking, const struct epo_json *rule) {
    const struct epo_json *places = epo_json_get(rule, "places");
    if (places == NULL)
        return;
    if (places->type != EPO_JSON_ARRAY || places->count == 0)
        fault(checking, places, "\"places\" of \"public\" is a list of location fields");
    for (uint32_t i = 0; places->type == EPO_JSON_ARRAY && i < places->count; i++)
        if (!epo_json_is_text(places->items[i]) ||
            !is_place(type_of(checking->form, places->items[i]->text)))
            fault(checking, places->items[i],
                  "\"places\" of \"public\" names a field of the type location, parcel or address");
}

static void check_states(struct checking *checking, const struct epo_json *rule) {
    const struct epo_json *states = epo_json_get(rule, "states");
    if (states == NULL || states->type != EPO_JSON_ARRAY || states->count == 0) {
        fault(checking, rule, "\"public\" needs \"states\": while a case is in one of them");
        return;
    }
    const struct epo_states *known = checking->agenda->manifest->states;
    for (uint32_t i = 0; i < states->count; i++) {
        const struct epo_json *state = states->items[i];
        if (!epo_json_is_text(state) || epo_states_find(known, state->text) == NULL)
            fault(checking, state, "\"states\" of \"public\" names no state of this agenda");
    }
}

static void check_rule(struct checking *checking, const struct epo_json *rule) {
    static const char *const KNOWN[] = {"layer", "states", "from",  "until",
                                        "title", "fields", "places"};
    if (rule->type != EPO_JSON_OBJECT) {
        fault(checking, rule, "\"public\" of a form is an array of {\"layer\", \"states\", …}");
        return;
    }
    for (uint32_t i = 0; i < rule->count; i++)
        if (!among(KNOWN, sizeof KNOWN / sizeof *KNOWN, rule->names[i]))
            fault(checking, rule->items[i], "unknown member \"%.*s\" of \"public\"",
                  EPO_ARG(rule->names[i]));
    if (!among(LAYERS, sizeof LAYERS / sizeof *LAYERS, epo_json_get_text(rule, "layer")))
        fault(checking, rule, "\"layer\" of \"public\" is \"permits\" or \"requests\"");
    if (epo_form_place_field(checking->form) == NULL)
        fault(checking, rule, "the form has no place: nothing of it can be on the map");
    check_states(checking, rule);
    check_field(checking, rule, "from", "date");
    check_field(checking, rule, "until", "date");
    check_field(checking, rule, "title", "choice");
    check_shown(checking, rule);
    check_places(checking, rule);
}

bool epo_public_check(const struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_json *all = epo_json_get(agenda->manifest->tree, "public");
    struct checking checking = {.agenda = agenda, .faults = faults, .good = true};
    if (all == NULL)
        return true;
    if (all->type != EPO_JSON_OBJECT)
        return fault(&checking, all, "\"public\" is an object: form id to what is let out of it");
    for (uint32_t i = 0; i < all->count; i++) {
        const struct epo_json *rules = all->items[i];
        checking.form = epo_agenda_find_form(agenda, all->names[i]);
        if (checking.form == NULL)
            fault(&checking, rules, "\"public\" names \"%.*s\", which is no form of this agenda",
                  EPO_ARG(all->names[i]));
        else if (rules->type != EPO_JSON_ARRAY)
            fault(&checking, rules, "\"public\" of a form is an array of {\"layer\", …}");
        for (uint32_t k = 0; checking.form && rules->type == EPO_JSON_ARRAY && k < rules->count;
             k++)
            check_rule(&checking, rules->items[k]);
    }
    return checking.good;
}

bool epo_public_has(const struct epo_agenda *agenda, const char *layer) {
    const struct epo_json *all = epo_json_get(agenda->manifest->tree, "public");
    for (uint32_t i = 0; all != NULL && i < all->count; i++)
        for (uint32_t k = 0; k < all->items[i]->count; k++)
            if (epo_span_is(epo_json_get_text(all->items[i]->items[k], "layer"), layer))
                return true;
    return false;
}

/* ---- one case ---- */

/* The answers that the rule names, and nothing else. */
static struct epo_json *let_out(struct epo_pool *pool, const struct epo_json *rule,
                                const struct epo_json *answers) {
    struct epo_json *kept = epo_json_object(pool);
    const struct epo_json *fields = epo_json_get(rule, "fields");
    struct epo_span title = epo_json_get_text(rule, "title");
    for (uint32_t i = 0; i < answers->count; i++)
        if (holds(fields, answers->names[i]) || epo_span_equal(title, answers->names[i]))
            epo_json_append(pool, kept, answers->names[i], epo_json_copy(pool, answers->items[i]));
    return kept;
}

static struct epo_span words(const struct epo_agenda *agenda, struct epo_pool *pool,
                             const struct epo_form *form, const struct epo_json *rule,
                             const struct epo_json *kept, struct epo_span state, const char *lang) {
    struct epo_json *properties = epo_json_object(pool), *shown = epo_json_array(pool);
    const struct epo_json *sections =
        epo_form_summary(form, pool, lang, agenda->catalog, kept, NULL);
    struct epo_span title = epo_form_title(form, lang);
    struct epo_buffer text;
    epo_buffer_init(&text, 1u << 20);
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *rows = epo_json_get(sections->items[i], "rows");
        for (uint32_t k = 0; k < rows->count; k++) {
            const struct epo_json *row = rows->items[k];
            struct epo_span id = epo_json_get_text(row, "id");
            if (epo_span_equal(id, epo_json_get_text(rule, "title"))) {
                title = epo_json_get_text(row, "text");
                continue;
            }
            struct epo_json *one = epo_json_object(pool);
            epo_json_set_text(pool, one, "id", id);
            epo_json_set_text(pool, one, "label", epo_json_get_text(row, "label"));
            epo_json_set_text(pool, one, "text", epo_json_get_text(row, "text"));
            epo_json_push(pool, shown, one);
            if (text.len > 0)
                epo_buffer_string(&text, ", ");
            epo_buffer_span(&text, epo_json_get_text(row, "label"));
            epo_buffer_string(&text, ": ");
            epo_buffer_span(&text, epo_json_get_text(row, "text"));
        }
    }
    epo_json_set_text(pool, properties, "title", title);
    epo_json_set_text(pool, properties, "text", epo_buffer_get(&text));
    epo_buffer_clear(&text);
    epo_json_set(pool, properties, "fields", shown);
    epo_json_set_string(pool, properties, "agenda", agenda->manifest->name);
    epo_json_set_string(pool, properties, "form", epo_form_id(form));
    epo_json_set_text(pool, properties, "state", state);
    return epo_json_print(pool, properties);
}

/* Box of all positions in a GeoJSON coordinates array. */
static void widen(struct epo_publication *p, const struct epo_json *coordinates) {
    if (coordinates->count < 2 &&
        (coordinates->count == 0 || coordinates->items[0]->type != EPO_JSON_ARRAY))
        return;
    if (coordinates->items[0]->type == EPO_JSON_ARRAY) {
        for (uint32_t i = 0; i < coordinates->count; i++)
            widen(p, coordinates->items[i]);
        return;
    }
    double at[2] = {0, 0};
    for (uint32_t i = 0; i < 2; i++)
        at[i] = coordinates->items[i]->type == EPO_JSON_REAL
                    ? coordinates->items[i]->real
                    : (double)coordinates->items[i]->integer;
    p->west = at[0] < p->west ? at[0] : p->west;
    p->east = at[0] > p->east ? at[0] : p->east;
    p->south = at[1] < p->south ? at[1] : p->south;
    p->north = at[1] > p->north ? at[1] : p->north;
}

/* GeoJSON in EPSG:4326 of WKB in the city's metres; NULL where it is none. */
static const struct epo_json *geometry_of(struct epo_pool *pool, struct epo_span wkb_metres) {
    struct epo_buffer buffer;
    struct epo_error ignored = {0};
    epo_buffer_init(&buffer, 1u << 20);
    bool ok = wkb_metres.len > 0 && epo_geometry_write(&buffer, wkb_metres, EPO_CRS84, &ignored) &&
              !buffer.failed;
    const struct epo_json *geometry =
        ok ? epo_json_parse(pool, epo_buffer_get(&buffer), &ignored) : NULL;
    epo_buffer_clear(&buffer);
    return geometry;
}

/* Whole fields that the rule names, or the one that the request is filed under, whose geometry need
 * not be written a second time. */
static const struct epo_json *let_out_places(struct epo_pool *pool, const struct epo_json *rule,
                                             const struct epo_located *places,
                                             struct epo_publication *p) {
    const struct epo_json *named = epo_json_get(rule, "places");
    const struct epo_located *last = NULL;
    size_t count = 0, room = 0;
    for (const struct epo_located *each = places; each != NULL; each = each->next)
        room++;
    struct epo_span *list = EPO_NEW_ARRAY(pool, struct epo_span, room + 1);
    for (const struct epo_located *each = places; each != NULL; each = each->next)
        if (named == NULL ? each->routes : each->part == 0 && holds(named, epo_span(each->field))) {
            list[count++] = each->place.wkb_metres;
            last = each;
        }
    if (count == 0)
        return NULL;
    struct epo_span wkb_metres = epo_wkb_join(pool, list, count);
    p->wkb_metres = count == 1 && last->routes ? EPO_SPAN("") : wkb_metres;
    return count == 1 && last->place.geojson != NULL ? last->place.geojson
                                                     : geometry_of(pool, wkb_metres);
}

static bool set_place(struct epo_pool *pool, struct epo_publication *p,
                      const struct epo_json *geometry) {
    const struct epo_json *geometries = epo_json_get(geometry, "geometries"); /* several places */
    if (geometry == NULL)
        return false;
    p->geometry = epo_json_print(pool, geometry);
    p->west = p->south = 180;
    p->east = p->north = -180;
    if (epo_json_get(geometry, "coordinates") != NULL)
        widen(p, epo_json_get(geometry, "coordinates"));
    for (uint32_t i = 0; geometries != NULL && i < geometries->count; i++)
        widen(p, epo_json_get(geometries->items[i], "coordinates"));
    return p->west <= p->east;
}

const struct epo_publication *epo_public_of(const struct epo_agenda *agenda, struct epo_pool *pool,
                                            const struct epo_form *form, struct epo_span state,
                                            const struct epo_json *answers,
                                            const struct epo_located *places) {
    const struct epo_json *all = epo_json_get(agenda->manifest->tree, "public");
    const struct epo_json *rules = epo_json_get(all, epo_form_id(form)), *rule = NULL;
    for (uint32_t i = 0; rules != NULL && rule == NULL && i < rules->count; i++)
        if (holds(epo_json_get(rules->items[i], "states"), state))
            rule = rules->items[i];
    struct epo_publication *p = EPO_NEW(pool, struct epo_publication);
    if (rule == NULL)
        return NULL;
    if (!set_place(pool, p, let_out_places(pool, rule, places, p)))
        return NULL;
    const struct epo_json *kept = let_out(pool, rule, answers);
    p->agenda = agenda->manifest->name;
    p->layer = epo_pool_string(pool, epo_json_get_text(rule, "layer"));
    p->first_day =
        epo_json_get_text(answers, epo_pool_string(pool, epo_json_get_text(rule, "from")));
    p->last_day =
        epo_json_get_text(answers, epo_pool_string(pool, epo_json_get_text(rule, "until")));
    p->words_cs = words(agenda, pool, form, rule, kept, state, "cs");
    p->words_en = words(agenda, pool, form, rule, kept, state, "en");
    return p;
}

/* ---- all of them again ---- */

struct batch {
    struct epo_agenda *agenda;
    struct epo_pool *pool;
    struct epo_stored_case cases[CASES_AT_ONCE];
    const struct epo_publication *publications[CASES_AT_ONCE];
    size_t count;
    struct epo_span digest;
};

static bool run_forget(struct epo_db *db, void *arg, struct epo_error *error) {
    struct batch *batch = arg;
    return epo_published_forget(batch->agenda->portal, db, batch->agenda->manifest->name, error);
}

static bool run_batch(struct epo_db *db, void *arg, struct epo_error *error) {
    struct batch *batch = arg;
    struct epo_portal *portal = batch->agenda->portal;
    const char *name = batch->agenda->manifest->name;
    for (size_t i = 0; i < batch->count; i++)
        if (!epo_published_set_if(portal, db, &batch->cases[i], batch->publications[i], error))
            return false;
    return batch->count == CASES_AT_ONCE ||
           epo_published_done(portal, db, name, batch->digest, error);
}

static void judge(struct batch *batch) {
    for (size_t i = 0; i < batch->count; i++) {
        const struct epo_stored_case *stored = &batch->cases[i];
        struct epo_error ignored = {0};
        const struct epo_form *form = epo_agenda_find_form(batch->agenda, stored->form);
        const struct epo_json *answers = epo_json_parse(batch->pool, stored->answers, &ignored);
        batch->publications[i] = form != NULL && answers != NULL
                                     ? epo_public_of(batch->agenda, batch->pool, form,
                                                     stored->state, answers, stored->places)
                                     : NULL;
    }
}

/* The rules and the forms whose words they show. */
static struct epo_span digest_of(const struct epo_agenda *agenda, struct epo_pool *pool) {
    struct epo_buffer buffer;
    char digest[EPO_SHA256_HEX_SIZE];
    const struct epo_json *all = epo_json_get(agenda->manifest->tree, "public");
    if (all == NULL || all->count == 0)
        return EPO_SPAN("none");
    epo_buffer_init(&buffer, EPO_MANIFEST_BYTES_MAX * 2);
    epo_json_write_canonical(&buffer, all);
    for (size_t i = 0; i < agenda->form_count; i++)
        epo_buffer_string(&buffer, epo_form_version(agenda->forms[i]));
    epo_sha256_hex(epo_buffer_get(&buffer), digest);
    epo_buffer_clear(&buffer);
    return epo_pool_copy(pool, epo_span(digest));
}

/* All are forgotten before the first is read: what is filed or moved meanwhile sees to itself, and
 * is either read here or saved after. */
static bool make_again(struct batch *batch, struct epo_db *db, struct epo_error *error) {
    struct epo_portal *portal = batch->agenda->portal;
    int64_t after = 0;
    if (!epo_store_write(portal->store, run_forget, batch, error))
        return false;
    if (epo_span_is(batch->digest, "none")) /* no case need be looked at */
        return epo_store_write(portal->store, run_batch, batch, error);
    do {
        batch->pool = epo_pool_create();
        bool ok = epo_published_cases(portal, db, batch->pool, batch->agenda->manifest->name, after,
                                      batch->cases, CASES_AT_ONCE, &batch->count, error);
        if (ok) {
            judge(batch);
            ok = epo_store_write(portal->store, run_batch, batch, error);
            after = batch->count > 0 ? batch->cases[batch->count - 1].number : after;
        }
        epo_pool_free(batch->pool);
        if (!ok)
            return false;
    } while (batch->count == CASES_AT_ONCE);
    return true;
}

bool epo_public_refresh(struct epo_agenda *agenda, struct epo_db *db, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span made, digest = digest_of(agenda, pool);
    bool ok = epo_published_rules(agenda->portal, db, pool, agenda->manifest->name, &made, error);
    if (ok && !epo_span_equal(made, digest)) {
        struct batch *batch = EPO_NEW(pool, struct batch);
        *batch = (struct batch){.agenda = agenda, .digest = digest};
        ok = make_again(batch, db, error);
    }
    epo_pool_free(pool);
    return ok;
}
