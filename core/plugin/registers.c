#include "plugin/registers.h"

#include "base/clock.h"

struct epo_record_kind {
    const char *id;
    const struct epo_json *title;
    struct epo_form *form;
};

/* ---- kinds ---- */

static bool fault(struct epo_agenda *agenda, struct epo_faults *faults, const struct epo_json *at,
                  const char *text) {
    return epo_fault_add(faults,
                         epo_pool_printf(agenda->pool, "%s/manifest.json", agenda->manifest->name),
                         (int)at->line, "%s", text);
}

/* A kind is a form of one section: its rows are checked by what checks answers. */
static bool load_kind(struct epo_agenda *agenda, struct epo_span id, const struct epo_json *kind,
                      struct epo_faults *faults) {
    struct epo_pool *pool = agenda->pool;
    struct epo_json *form = epo_json_object(pool), *section = epo_json_object(pool);
    struct epo_json *sections = epo_json_array(pool);
    struct epo_json *title = epo_json_get(kind, "title"), *fields = epo_json_get(kind, "fields");
    struct epo_form_fault *wrong = NULL;
    if (title == NULL || fields == NULL || kind->count != 2)
        return fault(agenda, faults, kind,
                     "a kind of records is {\"title\": {\"cs\", \"en\"}, \"fields\": […]}");
    epo_json_set_text(pool, form, "id", id);
    epo_json_set(pool, form, "title", title);
    epo_json_set_string(pool, section, "id", "data");
    epo_json_set(pool, section, "title", title);
    epo_json_set(pool, section, "fields", fields);
    epo_json_push(pool, sections, section);
    epo_json_set(pool, form, "sections", sections);
    struct epo_record_kind *made = &agenda->record_kinds[agenda->record_kind_count];
    *made = (struct epo_record_kind){.id = epo_pool_string(pool, id), .title = title};
    made->form = epo_form_read(pool, epo_json_print(pool, form), made->id, NULL, &wrong);
    for (; wrong != NULL; wrong = wrong->next)
        fault(agenda, faults, fields,
              epo_pool_printf(pool, "records of the kind \"%s\": %s", made->id, wrong->text));
    if (made->form == NULL)
        return false;
    agenda->record_kind_count++;
    return (!epo_form_has_files(made->form) && epo_form_place_field(made->form) == NULL) ||
           fault(agenda, faults, fields,
                 "a record has neither files nor fields of places: its \"place\" stands beside its "
                 "\"data\"");
}

static bool check_arrears(struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_json *arrears = epo_json_get(agenda->manifest->tree, "arrears");
    struct epo_span interest = epo_json_get_text(arrears, "interest");
    const struct epo_json *parameters = epo_json_get(agenda->manifest->tree, "parameters");
    const struct epo_json *percent = epo_json_get_span(parameters, interest);
    return arrears == NULL || (interest.len > 0 && arrears->count == 1 && percent != NULL) ||
           fault(agenda, faults, arrears,
                 "\"arrears\" is {\"interest\": name of a parameter: percent a year}");
}

bool epo_registers_load(struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_json *records = epo_json_get(agenda->manifest->tree, "records");
    bool good = check_arrears(agenda, faults);
    if (records == NULL)
        return good;
    if (records->type != EPO_JSON_OBJECT || records->count > EPO_RECORD_KINDS_MAX)
        return fault(agenda, faults, records, "\"records\" is an object of at most 20 kinds");
    agenda->record_kinds = EPO_NEW_ARRAY(agenda->pool, struct epo_record_kind, records->count + 1);
    for (uint32_t i = 0; i < records->count; i++)
        good = load_kind(agenda, records->names[i], records->items[i], faults) && good;
    return good;
}

void epo_registers_free(struct epo_agenda *agenda) {
    for (size_t i = 0; i < agenda->record_kind_count; i++)
        epo_form_free(agenda->record_kinds[i].form);
}

static const struct epo_record_kind *find_kind(const struct epo_agenda *agenda,
                                               struct epo_span id) {
    for (size_t i = 0; i < agenda->record_kind_count; i++)
        if (epo_span_is(id, agenda->record_kinds[i].id))
            return &agenda->record_kinds[i];
    return NULL;
}

const struct epo_form *epo_registers_kind(const struct epo_agenda *agenda, struct epo_span kind) {
    const struct epo_record_kind *found = find_kind(agenda, kind);
    return found != NULL ? found->form : NULL;
}

size_t epo_registers_kinds(const struct epo_agenda *agenda) {
    return agenda->record_kind_count;
}

const char *epo_registers_kind_id(const struct epo_agenda *agenda, size_t index) {
    epo_assert(index < agenda->record_kind_count);
    return agenda->record_kinds[index].id;
}

struct epo_span epo_registers_kind_title(const struct epo_agenda *agenda, struct epo_span kind,
                                         const char *lang) {
    const struct epo_record_kind *found = find_kind(agenda, kind);
    return found != NULL ? epo_json_localized(found->title, lang) : kind;
}

/* ---- one row ---- */

struct checking {
    const struct epo_agenda *agenda;
    struct epo_pool *pool;
    enum epo_answers_source source;
    const char *lang;
    const struct epo_json *row;
    struct epo_json *errors;
};

/* code: the last part of "record.<code>", whose text the catalog has. */
static void wrong(struct checking *checking, const char *path, const char *code) {
    struct epo_pool *pool = checking->pool;
    struct epo_json *error = epo_json_object(pool);
    const char *full = epo_pool_printf(pool, "record.%s", code);
    epo_json_set_string(pool, error, "path", path);
    epo_json_set_string(pool, error, "code", full);
    epo_json_set_text(pool, error, "message",
                      epo_catalog_text(checking->agenda->catalog, checking->lang,
                                       epo_pool_printf(pool, "error.%s", full)));
    epo_json_push(pool, checking->errors, error);
}

static struct epo_span text_of(struct checking *checking, const char *name, bool *good) {
    const struct epo_json *value = epo_json_get(checking->row, name);
    *good = value == NULL || value->type == EPO_JSON_NULL || epo_json_is_text(value);
    struct epo_span text = *good && epo_json_is_text(value) ? value->text : EPO_SPAN("");
    return checking->source == EPO_ANSWERS_FROM_HTML ? epo_span_trim(text) : text;
}

static void check_known(struct checking *checking) {
    static const char *const KNOWN[] = {"key", "person", "kind", "data", "place", "from", "until"};
    for (uint32_t i = 0; i < checking->row->count; i++) {
        bool known = false;
        for (size_t j = 0; !known && j < sizeof KNOWN / sizeof *KNOWN; j++)
            known = epo_span_is(checking->row->names[i], KNOWN[j]);
        if (!known)
            wrong(checking, epo_pool_string(checking->pool, checking->row->names[i]), "unknown");
    }
}

/* An ISO day; empty, and an error, where it is none. */
static struct epo_span day_of(struct checking *checking, const char *name, bool needed) {
    bool good;
    struct epo_span text = text_of(checking, name, &good);
    struct epo_date date;
    char out[EPO_TIME_SIZE];
    if (good && text.len == 0 && !needed)
        return text;
    good = good && (checking->source == EPO_ANSWERS_FROM_HTML ? epo_date_parse_loose(text, &date)
                                                              : epo_date_parse(text, &date));
    if (!good) {
        wrong(checking, name, "day");
        return EPO_SPAN("");
    }
    return epo_pool_copy(checking->pool, epo_span(epo_date_iso(date, out)));
}

static bool check_data(struct checking *checking, const struct epo_form *form,
                       struct epo_record *record, struct epo_error *error) {
    struct epo_pool *pool = checking->pool;
    const struct epo_json *data = epo_json_get(checking->row, "data");
    struct epo_form_result result = {0};
    if (data == NULL || data->type != EPO_JSON_OBJECT) {
        wrong(checking, "data", "data");
        return true;
    }
    if (!epo_form_check(form, pool, checking->source, data, NULL, checking->agenda->catalog,
                        checking->lang, &result, error))
        return false;
    for (uint32_t i = 0; i < result.errors->count; i++) {
        struct epo_span path = epo_json_get_text(result.errors->items[i], "path");
        epo_json_set_string(pool, result.errors->items[i], "path",
                            epo_pool_printf(pool, "data.%.*s", EPO_ARG(path)));
        epo_json_push(pool, checking->errors, result.errors->items[i]);
    }
    record->data = epo_json_print_canonical(pool, result.answers);
    if (record->data.len > EPO_RECORD_DATA_MAX)
        wrong(checking, "data", "long");
    return true;
}

static void check_place(struct checking *checking, struct epo_record *record) {
    const struct epo_json *place = epo_json_get(checking->row, "place");
    struct epo_place read;
    struct epo_error why = {0};
    record->place = EPO_SPAN("");
    if (place == NULL || place->type == EPO_JSON_NULL)
        return;
    if (!epo_place_read(checking->pool, place, &read, &why)) {
        wrong(checking, "place", "place");
        return;
    }
    record->place = epo_json_print_canonical(checking->pool, read.geojson);
    if (record->place.len > EPO_RECORD_PLACE_MAX)
        wrong(checking, "place", "long");
}

bool epo_registers_check(const struct epo_agenda *agenda, struct epo_pool *pool,
                         enum epo_answers_source source, const char *lang,
                         const struct epo_json *row, struct epo_record *record,
                         struct epo_json *errors, struct epo_error *error) {
    struct checking checking = {agenda, pool, source, lang, row, errors};
    bool good;
    *record = (struct epo_record){.agenda = epo_span(agenda->manifest->name)};
    if (row == NULL || row->type != EPO_JSON_OBJECT) {
        wrong(&checking, "", "object");
        return true;
    }
    check_known(&checking);
    record->key = text_of(&checking, "key", &good);
    if (!good || !epo_record_is_key(record->key))
        wrong(&checking, "key", "key");
    record->person = text_of(&checking, "person", &good);
    if (!good || !epo_record_is_person(record->person))
        wrong(&checking, "person", "person");
    record->kind = text_of(&checking, "kind", &good);
    if (good && record->kind.len == 0 && agenda->record_kind_count == 1)
        record->kind = epo_span(agenda->record_kinds[0].id);
    record->from = day_of(&checking, "from", true);
    record->until = day_of(&checking, "until", false);
    if (record->from.len == 10 && record->until.len == 10 &&
        memcmp(record->until.at, record->from.at, 10) < 0)
        wrong(&checking, "until", "ends_before");
    check_place(&checking, record);
    const struct epo_form *form = good ? epo_registers_kind(agenda, record->kind) : NULL;
    if (form == NULL) {
        wrong(&checking, "kind", "kind");
        return true;
    }
    return check_data(&checking, form, record, error);
}
