/* Parameters as they are declared, supplied and set: all that is wrong, with file and line. */
#include "base/clock.h"
#include "plugin/agenda.h"

struct checking {
    struct epo_faults *faults;
    const struct epo_json *settings, *defaults, *types;
    const char *file;  /* of the values that are being checked */
    const char *today; /* set by an admin: those that count no more are left alone; else NULL */
    bool good;
};

#define wrong(checking, json, ...)                                                                 \
    ((checking)->good = epo_fault_add((checking)->faults, (checking)->file,                        \
                                      (json)->line ? (int)(json)->line : 1, __VA_ARGS__))

static void check_limits(struct checking *checking, const char *path,
                         const struct epo_json *declared, const struct epo_json *value) {
    const struct epo_json *max_length = epo_json_get(declared, "max_length");
    if (value->type == EPO_JSON_INTEGER || value->type == EPO_JSON_REAL) {
        bool money = epo_span_is(epo_json_get_text(declared, "type"), "money");
        double number = epo_json_number(value);
        double least = epo_json_get_real(declared, "min", money ? 0 : -1e15);
        double most = epo_json_get_real(declared, "max", 1e15);
        if (number < least || number > most)
            wrong(checking, value, "the parameter \"%s\" must be from %.15g to %.15g", path, least,
                  most);
    } else if (max_length && epo_json_is_text(value) &&
               epo_text_length(value->text) > (size_t)max_length->integer) {
        wrong(checking, value, "the parameter \"%s\" is longer than %lld characters", path,
              (long long)max_length->integer);
    }
}

static void check_leaf(struct checking *checking, const char *path, const struct epo_json *declared,
                       const struct epo_json *value) {
    const struct epo_parameter_kind *kind =
        epo_parameter_kind_find(epo_json_get_text(declared, "type"));
    if (!kind->fits(value, checking->settings))
        wrong(checking, value, "the parameter \"%s\" must be %s", path, kind->wants);
    else
        check_limits(checking, path, declared, value);
}

static void check_list(struct checking *checking, const char *path, const struct epo_json *declared,
                       const struct epo_json *value) {
    if (value->type != EPO_JSON_ARRAY || value->count > EPO_DECLARED_MAX) {
        wrong(checking, value, "the parameter \"%s\" must be an array of at most %d", path,
              EPO_DECLARED_MAX);
        return;
    }
    for (uint32_t i = 0; i < value->count; i++)
        check_leaf(checking, path, declared, value->items[i]);
}

static bool same_type(const struct epo_json *value, const struct epo_json *like) {
    bool numbers = like->type == EPO_JSON_INTEGER || like->type == EPO_JSON_REAL;
    return value->type == like->type ||
           (numbers && (value->type == EPO_JSON_INTEGER || value->type == EPO_JSON_REAL));
}

static void check_value(struct checking *checking, const char *path,
                        const struct epo_json *declared, const struct epo_json *value,
                        const struct epo_json *like);

/* A script may ask for each member that the manifest's own value has, and for no other. */
static void check_members(struct checking *checking, const char *path,
                          const struct epo_json *declared, const struct epo_json *value,
                          const struct epo_json *like) {
    struct epo_pool *pool = checking->faults->pool;
    for (uint32_t i = 0; i < value->count; i++) {
        const char *name = epo_pool_printf(pool, "%s.%.*s", path, EPO_ARG(value->names[i]));
        const struct epo_json *own = epo_json_get_span(like, value->names[i]);
        if (own)
            check_value(checking, name, declared, value->items[i], own);
        else
            wrong(checking, value->items[i],
                  "unknown \"%s\": the manifest's own value has no such "
                  "member",
                  name);
    }
    for (uint32_t i = 0; i < like->count; i++)
        if (!epo_json_get_span(value, like->names[i]))
            wrong(checking, value, "the parameter \"%s\" lacks \"%.*s\": a value is replaced whole",
                  path, EPO_ARG(like->names[i]));
}

/* like: the manifest's own value, or NULL for one that has none. */
static void check_value(struct checking *checking, const char *path,
                        const struct epo_json *declared, const struct epo_json *value,
                        const struct epo_json *like) {
    bool table = declared ? epo_json_get_boolean(declared, "table", false)
                          : like && like->type == EPO_JSON_OBJECT;
    if (table && like && like->type == EPO_JSON_OBJECT) {
        if (value->type == EPO_JSON_OBJECT)
            check_members(checking, path, declared, value, like);
        else
            wrong(checking, value, "the parameter \"%s\" must be an object", path);
    } else if (declared && epo_json_get_boolean(declared, "list", false)) {
        check_list(checking, path, declared, value);
    } else if (declared) {
        check_leaf(checking, path, declared, value);
    } else if (like && !same_type(value, like)) {
        wrong(checking, value, "the parameter \"%s\" must be of the type that the manifest has",
              path);
    }
}

static void check_reason(struct checking *checking, const char *path, const struct epo_json *part) {
    static const char *const KNOWN[] = {"value",      "reason", "decree", "decree_day",
                                        "decree_url", "from",   "until"};
    for (uint32_t i = 0; i < part->count; i++) {
        size_t j = 0;
        while (j < sizeof KNOWN / sizeof *KNOWN && !epo_span_is(part->names[i], KNOWN[j]))
            j++;
        if (j == sizeof KNOWN / sizeof *KNOWN)
            wrong(checking, part->items[i], "unknown \"%.*s\" beside the value of \"%s\"",
                  EPO_ARG(part->names[i]), path);
    }
    struct epo_date from, until, decided;
    const struct epo_json *day = epo_json_get(part, "decree_day");
    const struct epo_json *url = epo_json_get(part, "decree_url");
    if (day && (!epo_json_is_text(day) || !epo_date_parse(day->text, &decided)))
        wrong(checking, day, "\"decree_day\" of \"%s\" is a day: \"2026-01-01\"", path);
    if (url && !epo_parameter_kind_find(EPO_SPAN("link"))->fits(url, checking->settings))
        wrong(checking, url, "\"decree_url\" of \"%s\" is an address: \"https://…\"", path);
    const struct epo_json *first = epo_json_get(part, "from"), *last = epo_json_get(part, "until");
    if (first && (!epo_json_is_text(first) || !epo_date_parse(first->text, &from)))
        wrong(checking, first, "\"from\" of \"%s\" is a day: \"2026-01-01\"", path);
    else if (last && (!epo_json_is_text(last) || !epo_date_parse(last->text, &until)))
        wrong(checking, last, "\"until\" of \"%s\" is a day: \"2026-12-31\"", path);
    else if (first && last && epo_date_days(from) > epo_date_days(until))
        wrong(checking, last, "\"until\" of \"%s\" is before its \"from\"", path);
}

/* Days of one part; NEVER and EVER where it does not say. */
enum { NEVER = -4000000, EVER = 4000000 };
struct days {
    int64_t first, last;
    const struct epo_json *part;
};

static int by_first(const void *a, const void *b) {
    const struct days *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static const char *day_text(struct epo_pool *pool, int64_t day) {
    char iso[EPO_TIME_SIZE];
    return epo_pool_string(pool, epo_span(epo_date_iso(epo_date_from_days(day), iso)));
}

/* One day has one value; a day without any falls back to what is below, which may be meant so. */
static void check_days(struct checking *checking, const char *path, const struct epo_json *value) {
    struct epo_pool *pool = checking->faults->pool;
    struct days *all = EPO_NEW_ARRAY(pool, struct days, value->count);
    for (uint32_t i = 0; i < value->count; i++) {
        struct epo_date from, until;
        const struct epo_json *part = value->items[i];
        bool begins = epo_date_parse(epo_json_get_text(part, "from"), &from);
        bool ends = epo_date_parse(epo_json_get_text(part, "until"), &until);
        all[i] = (struct days){begins ? epo_date_days(from) : NEVER,
                               ends ? epo_date_days(until) : EVER, part};
    }
    qsort(all, value->count, sizeof *all, by_first);
    for (uint32_t i = 1; i < value->count; i++) {
        const struct days *one = &all[i - 1], *next = &all[i];
        if (next->first <= one->last)
            wrong(checking, next->part,
                  "two values of the parameter \"%s\" are in force on %s: end one with \"until\" "
                  "before the other begins",
                  path, day_text(pool, next->first == NEVER ? one->last : next->first));
        else if (next->first > one->last + 1)
            epo_fault_warn(checking->faults, checking->file, (int)next->part->line,
                           "no value of the parameter \"%s\" is in force from %s until %s: what is "
                           "below it counts on those days",
                           path, day_text(pool, one->last + 1), day_text(pool, next->first - 1));
        if (one->last > next->last) /* the longer one is compared with what follows */
            all[i] = *one;
    }
}

static void check_parts(struct checking *checking, const char *path,
                        const struct epo_json *declared, const struct epo_json *value,
                        const struct epo_json *like) {
    const struct epo_json *part;
    bool good = checking->good, counts = true;
    checking->good = true;
    for (uint32_t i = 0; counts && (part = epo_parameter_part(value, i)) != NULL; i++) {
        int when = checking->today ? epo_parameter_when(part, checking->today) : 0;
        if (when > 0)
            continue;
        if (epo_parameter_is_reasoned(part))
            check_reason(checking, path, part);
        check_value(checking, path, declared, epo_parameter_value(part), like);
        /* of those that an admin has set, no earlier one comes after one without an end */
        counts = !checking->today || when < 0 || epo_json_get(part, "until");
    }
    if (checking->good && !checking->today && value->type == EPO_JSON_ARRAY &&
        epo_parameter_is_reasoned(value))
        check_days(checking, path, value);
    checking->good = checking->good && good;
}

static void check_named(struct checking *checking, struct epo_span name, const char *where,
                        bool district, const struct epo_json *value) {
    const char *path = epo_pool_printf(checking->faults->pool, "%s%.*s", where, EPO_ARG(name));
    const struct epo_json *declared = epo_json_get_span(checking->types, name);
    const struct epo_json *own = epo_json_get_span(checking->defaults, name);
    if (!declared && !own)
        wrong(checking, value, "unknown parameter \"%s\": the agenda declares no such one", path);
    else if (district && declared && !epo_json_get_boolean(declared, "districts", true))
        wrong(checking, value,
              "the parameter \"%s\" is the same in the whole city: districts may not set it", path);
    else
        check_parts(checking, path, declared, value,
                    own ? epo_parameter_value(epo_parameter_part(own, 0)) : NULL);
}

/* The values of one place: of the city, or of one district. */
static void check_values(struct checking *checking, const struct epo_json *values,
                         const char *where, bool district) {
    for (uint32_t i = 0; i < values->count; i++)
        if (district || !epo_span_is(values->names[i], "districts"))
            check_named(checking, values->names[i], where, district, values->items[i]);
}

/* Where offices name their districts, a district that none of them has is a typing error. */
static bool is_district(const struct checking *checking, struct epo_span code) {
    const struct epo_json *offices = epo_json_get(checking->settings, "offices");
    bool named = false;
    for (uint32_t i = 0; offices && i < offices->count; i++) {
        const struct epo_json *codes = epo_json_get(offices->items[i], "districts");
        for (uint32_t j = 0; codes && j < codes->count; j++) {
            named = true;
            if (epo_json_is_text(codes->items[j]) && epo_span_equal(codes->items[j]->text, code))
                return true;
        }
    }
    return !named;
}

static void check_all(struct checking *checking, const struct epo_json *values) {
    if (!values)
        return;
    if (values->type != EPO_JSON_OBJECT) {
        wrong(checking, values, "the parameters of an agenda are an object");
        return;
    }
    check_values(checking, values, "", false);
    const struct epo_json *districts = epo_json_get(values, "districts");
    if (districts && districts->type != EPO_JSON_OBJECT)
        wrong(checking, districts, "\"districts\" is an object: {\"546003\": {…}}");
    for (uint32_t i = 0; districts && districts->type == EPO_JSON_OBJECT && i < districts->count;
         i++) {
        const struct epo_json *one = districts->items[i];
        if (!is_district(checking, districts->names[i]))
            wrong(checking, one, "unknown district \"%.*s\": no office of epo.json has it",
                  EPO_ARG(districts->names[i]));
        else if (one->type != EPO_JSON_OBJECT)
            wrong(checking, one, "the parameters of a district are an object");
        else
            check_values(
                checking, one,
                epo_pool_printf(checking->faults->pool, "%.*s.", EPO_ARG(districts->names[i])),
                true);
    }
}

static void check_type(struct checking *checking, struct epo_span name,
                       const struct epo_json *declared) {
    static const char *const KNOWN[] = {"type",   "label",      "keys", "min",
                                        "max",    "max_length", "unit", "table",
                                        "public", "districts",  "list", "optional"};
    const struct epo_json *label = epo_json_get(declared, "label");
    if (!epo_parameter_kind_find(epo_json_get_text(declared, "type")))
        wrong(checking, declared, "\"type\" of the parameter \"%.*s\" is one of %s", EPO_ARG(name),
              epo_parameter_kind_names(checking->faults->pool));
    if (!epo_json_get_text(label, "cs").len || !epo_json_get_text(label, "en").len)
        wrong(checking, declared, "the parameter \"%.*s\" needs \"label\": {\"cs\": …, \"en\": …}",
              EPO_ARG(name));
    const struct epo_json *max_length = epo_json_get(declared, "max_length");
    if (max_length && (max_length->type != EPO_JSON_INTEGER || max_length->integer < 1))
        wrong(checking, max_length, "\"max_length\" is a whole number of characters");
    if (!epo_json_get_boolean(declared, "optional", false) &&
        !epo_json_get_span(checking->defaults, name))
        wrong(
            checking, declared,
            "the parameter \"%.*s\" has no value in \"parameters\": add one, or \"optional\": true",
            EPO_ARG(name));
    for (uint32_t i = 0; declared->type == EPO_JSON_OBJECT && i < declared->count; i++) {
        size_t j = 0;
        while (j < sizeof KNOWN / sizeof *KNOWN && !epo_span_is(declared->names[i], KNOWN[j]))
            j++;
        if (j == sizeof KNOWN / sizeof *KNOWN)
            wrong(checking, declared->items[i], "unknown \"%.*s\" of the parameter \"%.*s\"",
                  EPO_ARG(declared->names[i]), EPO_ARG(name));
    }
}

static struct checking checking_of(const struct epo_parameter_set *set, const char *file,
                                   struct epo_faults *faults) {
    return (struct checking){.faults = faults,
                             .settings = set->settings,
                             .defaults = set->defaults,
                             .types = set->types,
                             .file = file,
                             .good = true};
}

bool epo_parameters_check_one(const struct epo_parameter_set *set, struct epo_span district,
                              struct epo_span name, const struct epo_json *value, const char *file,
                              struct epo_faults *faults) {
    struct checking checking = checking_of(set, file, faults);
    if (district.len && !is_district(&checking, district))
        return wrong(&checking, value, "unknown district \"%.*s\": no office of epo.json has it",
                     EPO_ARG(district));
    check_named(&checking, name, "", district.len > 0, value);
    return checking.good;
}

/* What an admin has set; not asked for where only files count. */
static bool read_changed(struct epo_agenda *agenda, struct epo_faults *faults) {
    struct epo_error error = {0};
    struct epo_store *store = agenda->portal->store;
    if (!store || (agenda->trial && !agenda->trial->form))
        return true;
    struct epo_db *db = epo_store_connect(store, &error);
    bool good =
        db && epo_parameters_changed(agenda->portal, db, agenda->pool, agenda->manifest->name,
                                     &agenda->parameters.changed, &error);
    epo_db_close(db);
    if (good && agenda->trial && agenda->trial->parameters)
        agenda->parameters.changed = epo_parameters_over(agenda->pool, agenda->parameters.changed,
                                                         agenda->trial->parameters);
    return good || epo_fault_add(faults, "portal.db", 1, "%s", error.text);
}

bool epo_parameters_check(struct epo_agenda *agenda, struct epo_faults *faults) {
    const char *name = agenda->manifest->name;
    const struct epo_json *settings = epo_portal_settings(agenda->portal);
    struct epo_parameter_set *set = &agenda->parameters;
    char today[EPO_TIME_SIZE];
    *set = (struct epo_parameter_set){
        .types = epo_json_get(agenda->manifest->tree, "parameter_types"),
        .defaults = epo_json_get(agenda->manifest->tree, "parameters"),
        .supplied = epo_json_get(epo_json_get(settings, "parameters"), name),
        .settings = settings};
    struct checking checking =
        checking_of(set, epo_pool_printf(agenda->pool, "%s/manifest.json", name), faults);
    if (checking.types && checking.types->type != EPO_JSON_OBJECT)
        return wrong(&checking, checking.types, "\"parameter_types\" is an object");
    for (uint32_t i = 0; checking.types && i < checking.types->count; i++)
        check_type(&checking, checking.types->names[i], checking.types->items[i]);
    if (!checking.good) /* values are judged by their types */
        return false;
    check_all(&checking, checking.defaults);
    checking.file = "epo.json";
    check_all(&checking, set->supplied);
    if (!read_changed(agenda, faults))
        return false;
    /* a number for a line: "epo agenda withdraw NAME NUMBER" takes one back that fits no more */
    checking.file = epo_pool_printf(agenda->pool, "/admin/parameters/%s", name);
    checking.today = epo_date_iso(epo_clock_today(), today);
    check_all(&checking, set->changed);
    return checking.good;
}

/* ---- texts that name parameters ---- */

static void check_text(struct checking *checking, const struct epo_json *json) {
    struct epo_json *known = epo_json_object(checking->faults->pool);
    struct epo_span rest = json->text, mark = EPO_SPAN("{parameter.");
    for (uint32_t i = 0; checking->defaults && i < checking->defaults->count; i++)
        epo_json_put(checking->faults->pool, known, checking->defaults->names[i],
                     (struct epo_json *)epo_parameter_value(
                         epo_parameter_part(checking->defaults->items[i], 0)));
    const char *at;
    while ((at = memmem(rest.at, rest.len, mark.at, mark.len)) != NULL) {
        struct epo_span behind = {at + mark.len, rest.len - (size_t)(at + mark.len - rest.at)};
        struct epo_span name = epo_span_cut(behind, '}', &rest);
        const char *path = epo_pool_string(checking->faults->pool, name);
        if (!epo_json_find(known, path) && !epo_json_get_span(checking->types, name))
            wrong(checking, json,
                  "the text names \"{parameter.%s}\": the agenda declares no such "
                  "parameter",
                  path);
    }
}

static void check_texts(struct checking *checking, const struct epo_json *json) {
    if (epo_json_is_text(json))
        check_text(checking, json);
    for (uint32_t i = 0; i < json->count; i++)
        check_texts(checking, json->items[i]);
}

bool epo_parameters_check_texts(struct epo_agenda *agenda, const struct epo_json *definition,
                                const char *file, struct epo_faults *faults) {
    struct checking checking = checking_of(&agenda->parameters, file, faults);
    check_texts(&checking, definition);
    return checking.good;
}
