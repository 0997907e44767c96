/* Parameters for people: where districts differ and why, what is to come, and texts that name
 * parameters. */
#include "base/clock.h"
#include "plugin/agenda.h"
#include "portal/routing.h"

struct listing {
    const struct epo_parameter_set *set;
    struct epo_pool *pool;
    const char *lang;
    char today[EPO_TIME_SIZE];
    const struct epo_json *declared; /* of the parameter at hand, or NULL */
    struct epo_json *rows;           /* one for each value of a table */
    uint32_t first;                  /* of the parameter at hand */
};

static struct epo_span words(struct listing *listing, const struct epo_json *value) {
    return epo_parameter_words(listing->pool, listing->lang, listing->declared, value,
                               listing->set->settings);
}

static struct epo_json *add_row(struct listing *listing, const char *id, const char *label,
                                const struct epo_json *value) {
    static const char *const WHY[] = {"reason",     "decree",    "decree_day_text",
                                      "decree_url", "from_text", "until_text"};
    struct epo_json *row = epo_json_object(listing->pool);
    for (size_t i = 0; i < sizeof WHY / sizeof *WHY; i++) /* a page has others of these names */
        epo_json_put(listing->pool, row, epo_span(WHY[i]), epo_json_string(listing->pool, ""));
    epo_json_set_string(listing->pool, row, "id", id);
    epo_json_set_string(listing->pool, row, "label", label);
    epo_json_set_text(listing->pool, row, "text", value ? words(listing, value) : EPO_SPAN(""));
    epo_json_set(listing->pool, row, "coming", epo_json_array(listing->pool));
    epo_json_set(listing->pool, row, "districts", epo_json_array(listing->pool));
    epo_json_push(listing->pool, listing->rows, row);
    return row;
}

/* A row for the value, or for each one of a table. */
static void add_rows(struct listing *listing, const char *id, const char *label,
                     const struct epo_json *value) {
    if (!value || value->type != EPO_JSON_OBJECT || epo_json_get(value, "cs") ||
        epo_json_get(value, "url")) {
        if (listing->rows->count < EPO_PARAMETER_LEAVES_MAX)
            add_row(listing, id, label, value);
        return;
    }
    const struct epo_json *keys = epo_json_get(listing->declared, "keys");
    for (uint32_t i = 0; i < value->count; i++) {
        struct epo_span name = value->names[i];
        struct epo_span key = epo_json_localized(epo_json_get_span(keys, name), listing->lang);
        add_rows(listing, epo_pool_printf(listing->pool, "%s.%.*s", id, EPO_ARG(name)),
                 epo_pool_printf(listing->pool, "%s: %.*s", label, EPO_ARG(key.len ? key : name)),
                 value->items[i]);
    }
}

static void set_valid(struct listing *listing, struct epo_json *row, const struct epo_json *part) {
    static const char *const NAMES[][2] = {
        {"from", "from_text"}, {"until", "until_text"}, {"decree_day", "decree_day_text"}};
    struct epo_pool *pool = listing->pool;
    int when = epo_parameter_when(part, listing->today);
    for (size_t i = 0; i < 3; i++) {
        struct epo_date date;
        char local[EPO_TIME_SIZE];
        bool there = epo_date_parse(epo_json_get_text(part, NAMES[i][0]), &date);
        epo_json_set_string(pool, row, NAMES[i][1],
                            there ? epo_date_local(date, listing->lang, local) : "");
    }
    bool reasoned = epo_parameter_is_reasoned(part);
    epo_json_set_text(pool, row, "reason",
                      reasoned ? epo_json_localized(epo_json_get(part, "reason"), listing->lang)
                               : EPO_SPAN(""));
    epo_json_set_text(pool, row, "decree",
                      reasoned ? epo_json_localized(epo_json_get(part, "decree"), listing->lang)
                               : EPO_SPAN(""));
    epo_json_set_text(pool, row, "decree_url",
                      reasoned ? epo_json_get_text(part, "decree_url") : EPO_SPAN(""));
    epo_json_set_string(pool, row, "when", when < 0 ? "later" : when > 0 ? "ended" : "now");
}

/* The member of a value that a row shows: behind the parameter's own name. */
static const struct epo_json *leaf(const struct epo_json *value, const struct epo_json *row) {
    const char *rest = strchr(epo_json_get_text(row, "id").at, '.');
    return rest ? epo_json_find(value, rest + 1) : value;
}

/* ---- where a value differs, and what is to come ---- */

#define SOURCES 3

/* The same value in all that supplies it, strongest first; NULL where one does not. */
struct sources {
    const struct epo_json *each[SOURCES];
};

static struct sources sources_of(const struct epo_parameter_set *set, struct epo_span district,
                                 struct epo_span name) {
    const struct epo_json *from[SOURCES] = {set->changed, set->supplied, set->defaults};
    struct sources sources = {0};
    for (size_t i = 0; i < SOURCES; i++)
        sources.each[i] = epo_json_get_span(
            district.len ? epo_json_get_span(epo_json_get(from[i], "districts"), district)
                         : from[i],
            name);
    return sources;
}

static const struct epo_json *winner(const struct sources *sources, const char *day) {
    const struct epo_json *part = NULL;
    for (size_t i = 0; !part && i < SOURCES; i++)
        part = epo_parameter_part_on(sources->each[i], day);
    return part;
}

static int by_from(const void *a, const void *b) {
    struct epo_span x = epo_json_get_text(*(const struct epo_json *const *)a, "from");
    struct epo_span y = epo_json_get_text(*(const struct epo_json *const *)b, "from");
    if (x.len != 10 || y.len != 10)
        return (x.len > y.len) - (x.len < y.len);
    return memcmp(x.at, y.at, 10);
}

/* Parts in the order of their days: the one that counts today, those to come that will, those that
 * are over. What a stronger one covers is none of them. */
static size_t parts_in_order(const struct listing *listing, const struct sources *sources,
                             const struct epo_json **parts) {
    const struct epo_json *part;
    size_t count = 0;
    for (size_t i = 0; i < SOURCES; i++)
        for (uint32_t j = 0; sources->each[i] && count < EPO_PARAMETER_LEAVES_MAX &&
                             (part = epo_parameter_part(sources->each[i], j)) != NULL;
             j++) {
            int when = epo_parameter_when(part, listing->today);
            const char *from = epo_json_get_text(part, "from").at;
            if (when > 0 || winner(sources, when < 0 ? from : listing->today) == part)
                parts[count++] = part;
        }
    qsort(parts, count, sizeof *parts, by_from);
    return count;
}

static struct epo_json *add_other(struct listing *listing, struct epo_json *row, const char *list,
                                  struct epo_span text, const struct epo_json *part) {
    struct epo_json *other = epo_json_object(listing->pool);
    epo_json_set_text(listing->pool, other, "text", text);
    set_valid(listing, other, part);
    epo_json_push(listing->pool, epo_json_get(row, list), other);
    return other;
}

static struct epo_span leaf_words(struct listing *listing, const struct epo_json *row,
                                  const struct epo_json *part) {
    const struct epo_json *value = leaf(epo_parameter_value(part), row);
    return value ? words(listing, value) : EPO_SPAN("");
}

static void add_district(struct listing *listing, struct epo_span code, struct epo_span name) {
    struct epo_pool *pool = listing->pool;
    const struct epo_json *settings = listing->set->settings;
    const struct epo_json **parts =
        EPO_NEW_ARRAY(pool, const struct epo_json *, EPO_PARAMETER_LEAVES_MAX);
    struct sources sources = sources_of(listing->set, code, name);
    struct epo_span office = epo_routing_office(settings, EPO_SPAN("district"), code);
    size_t count = parts_in_order(listing, &sources, parts);
    for (uint32_t i = listing->first; i < listing->rows->count; i++) {
        struct epo_json *row = listing->rows->items[i];
        struct epo_span before = epo_json_get_text(row, "text");
        for (size_t j = 0; j < count; j++) {
            struct epo_span text = leaf_words(listing, row, parts[j]);
            bool later = epo_parameter_when(parts[j], listing->today) < 0;
            if (epo_span_equal(text, later ? before : epo_json_get_text(row, "text")))
                continue;
            if (epo_parameter_when(parts[j], listing->today) <= 0)
                before = text;
            struct epo_json *other = add_other(listing, row, "districts", text, parts[j]);
            epo_json_set_text(pool, other, "code", code);
            epo_json_set_text(pool, other, "name",
                              epo_routing_name(settings, office, listing->lang));
        }
    }
}

static bool names_district(const struct epo_json *values, struct epo_span code,
                           struct epo_span name) {
    return epo_json_get_span(epo_json_get_span(epo_json_get(values, "districts"), code), name);
}

static void add_districts(struct listing *listing, struct epo_span name) {
    const struct epo_parameter_set *set = listing->set;
    const struct epo_json *from[SOURCES] = {set->defaults, set->supplied, set->changed};
    for (size_t i = 0; i < SOURCES; i++) {
        const struct epo_json *districts = epo_json_get(from[i], "districts");
        for (uint32_t j = 0; districts && j < districts->count; j++) {
            struct epo_span code = districts->names[j];
            bool seen = false;
            for (size_t k = 0; k < i; k++)
                seen = seen || names_district(from[k], code, name);
            if (!seen && names_district(from[i], code, name))
                add_district(listing, code, name);
        }
    }
}

/* Why the city has the value that it has, and what it will have. */
static void add_city(struct listing *listing, struct epo_span name) {
    const struct epo_json **parts =
        EPO_NEW_ARRAY(listing->pool, const struct epo_json *, EPO_PARAMETER_LEAVES_MAX);
    struct sources sources = sources_of(listing->set, EPO_SPAN(""), name);
    size_t count = parts_in_order(listing, &sources, parts);
    for (uint32_t i = listing->first; i < listing->rows->count; i++) {
        struct epo_json *row = listing->rows->items[i];
        struct epo_span before = epo_json_get_text(row, "text");
        for (size_t j = 0; j < count; j++) {
            int when = epo_parameter_when(parts[j], listing->today);
            if (when == 0 && epo_parameter_is_reasoned(parts[j]))
                set_valid(listing, row, parts[j]);
            struct epo_span text = leaf_words(listing, row, parts[j]);
            if (when >= 0 || epo_span_equal(text, before))
                continue;
            add_other(listing, row, "coming", text, parts[j]);
            before = text;
        }
    }
}

static void add_parameter(struct listing *listing, struct epo_span name,
                          const struct epo_json *value) {
    struct epo_span label =
        epo_json_localized(epo_json_get(listing->declared, "label"), listing->lang);
    listing->first = listing->rows->count;
    add_rows(listing, epo_pool_string(listing->pool, name),
             epo_pool_string(listing->pool, label.len ? label : name), value);
    add_city(listing, name);
    add_districts(listing, name);
}

struct epo_json *epo_parameter_rows(const struct epo_parameter_set *set, struct epo_pool *pool,
                                    const char *lang, bool public_only, const char *day) {
    struct listing listing = {.set = set, .pool = pool, .lang = lang};
    const struct epo_json *types = set->types;
    listing.rows = epo_json_array(pool);
    snprintf(listing.today, sizeof listing.today, "%s", day);
    const struct epo_json *city = epo_parameters_on(set, pool, EPO_SPAN(""), day);
    for (uint32_t i = 0; i < city->count; i++) {
        listing.declared = epo_json_get_span(types, city->names[i]);
        if (!public_only || epo_json_get_boolean(listing.declared, "public", false))
            add_parameter(&listing, city->names[i], city->items[i]);
    }
    for (uint32_t i = 0; types && i < types->count; i++) { /* those that only districts have */
        listing.declared = types->items[i];
        if (!epo_json_get_span(city, types->names[i]) &&
            (!public_only || epo_json_get_boolean(listing.declared, "public", false)))
            add_parameter(&listing, types->names[i], NULL);
    }
    return listing.rows;
}

/* ---- texts that name parameters ---- */

struct epo_span epo_agenda_fill(const struct epo_agenda *agenda, struct epo_pool *pool,
                                const char *lang, const struct epo_json *parameters,
                                struct epo_span text) {
    static const struct epo_span MARK = EPO_SPAN("{parameter.");
    const char *at = text.len ? memmem(text.at, text.len, MARK.at, MARK.len) : NULL;
    struct epo_buffer filled;
    if (!at)
        return text;
    epo_buffer_init(&filled, 1u << 20);
    for (; at; at = text.len ? memmem(text.at, text.len, MARK.at, MARK.len) : NULL) {
        size_t before = (size_t)(at - text.at);
        epo_buffer_append(&filled, text.at, before);
        struct epo_span rest = {at + MARK.len, text.len - before - MARK.len}, tail;
        const char *path = epo_pool_string(pool, epo_span_cut(rest, '}', &text));
        const struct epo_json *value = epo_json_find(parameters, path);
        const struct epo_json *declared =
            epo_json_get_span(agenda->parameters.types, epo_span_cut(epo_span(path), '.', &tail));
        if (value)
            epo_buffer_span(&filled, epo_parameter_words(pool, lang, declared, value,
                                                         epo_portal_settings(agenda->portal)));
    }
    epo_buffer_span(&filled, text);
    struct epo_span made = epo_pool_copy(pool, epo_buffer_get(&filled));
    epo_buffer_clear(&filled);
    return made;
}

/* Members of view models that hold texts of the definition; never what a person typed. */
static bool is_definition_text(struct epo_span name) {
    static const char *const NAMES[] = {"label",   "hint",       "intro", "title",      "summary",
                                        "section", "paragraphs", "items", "declaration"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (epo_span_is(name, NAMES[i]))
            return true;
    return false;
}

static void fill_all(const struct epo_agenda *agenda, struct epo_pool *pool, const char *lang,
                     const struct epo_json *parameters, struct epo_json *view, bool texts) {
    for (uint32_t i = 0; i < view->count; i++) {
        struct epo_json *each = view->items[i];
        bool is_text = each->type == EPO_JSON_TEXT;
        if (is_text ? each->text.len == 0 || !memchr(each->text.at, '{', each->text.len)
                    : each->count == 0)
            continue; /* most of a large view: nothing to fill in, whatever its name */
        bool named = view->type == EPO_JSON_OBJECT ? is_definition_text(view->names[i]) : texts;
        if (!is_text)
            fill_all(agenda, pool, lang, parameters, each, named);
        else if (named)
            each->text = epo_agenda_fill(agenda, pool, lang, parameters, each->text);
    }
}

void epo_agenda_fill_view(const struct epo_agenda *agenda, struct epo_pool *pool, const char *lang,
                          const struct epo_json *parameters, struct epo_json *view) {
    if (parameters)
        fill_all(agenda, pool, lang, parameters, view, false);
}
