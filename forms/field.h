/* Types of fields: a row of functions each. Private to this room. To add a type: a row and
 * its functions in a field_<family>.c, its name in field.c's list, its template
 * forms/web/field_<name>.html, its properties in form.schema.json. */
#ifndef EPO_FORMS_FIELD_H
#define EPO_FORMS_FIELD_H

#include "forms/definition.h"
#include "forms/reader.h"

/* One run of epo_form_check. */
struct epo_check {
    const struct epo_form *form;
    struct epo_pool *pool;
    enum epo_answers_source source;
    const struct epo_json *raw;
    struct epo_maps *maps;
    const struct epo_catalog *catalog;
    const char *lang;
    struct epo_date today;
    struct epo_form_result *result;
    const struct epo_form_files *files; /* or NULL */
    /* Inside an item of a repeated group raw and result->answers are the item's own; else "" and
     * NULL. */
    const char *prefix;                  /* of names and paths: "dogs.0." */
    const struct epo_json *form_answers; /* those of the whole form */
    struct epo_error *error;
    bool broken; /* checking itself failed; error is filled */
};

/* Drawing or describing. */
struct epo_draw {
    const struct epo_form *form;
    struct epo_pool *pool;
    const struct epo_catalog *catalog;
    const char *lang;
    struct epo_date today;
    const struct epo_form_result *result; /* or NULL; inside an item raw and answers are its own */
    const char *prefix;                   /* as in struct epo_check, or NULL */
    const struct epo_json *form_answers;
    const struct epo_section *group; /* whose item it is, or NULL */
    bool of_step;                    /* one step alone is drawn */
    int step;
};

struct epo_field_kind {
    const char *name;
    const char *const *properties; /* of its definition, besides those of every field; NULL-ended */
    const char *json_type;         /* for the message when JSON has another */
    bool alone;                    /* never in a repeated group */
    /* What is posted beside the field's own name ("area.q" of "area": "q"), or NULL; NULL-ended. */
    const char *const *parts;
    /* Reads its own properties into the field. */
    void (*read)(struct epo_reader *reader, struct epo_field *field,
                 const struct epo_json *definition);
    /* From what a browser sent; typed is not empty. false: refused (and said so). */
    bool (*parse)(struct epo_check *check, const struct epo_field *field, struct epo_span typed,
                  struct epo_json **value);
    /* Instead of parse, where a browser sends several names: *empty when none was sent. */
    bool (*gather)(struct epo_check *check, const struct epo_field *field, bool *empty,
                   struct epo_json **value);
    /* From JSON: NULL if the type is wrong. */
    struct epo_json *(*accept)(struct epo_check *check, const struct epo_field *field,
                               const struct epo_json *given);
    /* Limits, the same for both sources. */
    bool (*limits)(struct epo_check *check, const struct epo_field *field, struct epo_json *value);
    /* Adds what its template needs to the view model. */
    void (*view)(const struct epo_draw *draw, const struct epo_field *field,
                 struct epo_json *model);
    /* Adds type and limits to its JSON Schema. */
    void (*schema)(const struct epo_draw *draw, const struct epo_field *field,
                   struct epo_json *schema);
    /* The value for reading. */
    struct epo_span (*words)(const struct epo_draw *draw, const struct epo_field *field,
                             const struct epo_json *value);
};
const struct epo_field_kind *epo_field_kind_find(struct epo_span name);
#define EPO_FIELD_KINDS_MAX 32
void epo_field_kind_names(const char *names[EPO_FIELD_KINDS_MAX]); /* NULL-ended */

/* Notes an error of a field: message is "error.<code>" of the catalog with {label} and the given
 * values (may be NULL; label is added to it). Returns false. */
bool epo_check_refuse(struct epo_check *check, const struct epo_field *field, const char *code,
                      struct epo_json *values);
/* The same with the message at hand; inside an item the path gets its prefix. */
bool epo_check_refuse_with(struct epo_check *check, const char *path, const char *code,
                           struct epo_span message);
bool epo_check_broken(struct epo_check *check);

/* ---- group.c: repeated groups ---- */
/* The earlier form's answer to another field: the item's own, or the form's. */
const struct epo_json *epo_check_answer(const struct epo_check *check,
                                        const struct epo_field *field);
/* Items as they came, an array of raw answers without their prefix; of HTML gathered from names
 * "dogs.0.chip". NULL where JSON has something else than an array. */
struct epo_json *epo_group_items(struct epo_pool *pool, const struct epo_section *group,
                                 const struct epo_json *raw, enum epo_answers_source source);
/* "Dog 2"; index from 0 */
const char *epo_group_title(struct epo_pool *pool, const struct epo_section *group,
                            const char *lang, uint32_t index);
const struct epo_section *epo_form_group(const struct epo_form *form, struct epo_span id);

/* Where a path of answers leads: "chip", "dogs", "dogs.0", "dogs.0.chip". */
struct epo_form_spot {
    const struct epo_section *group; /* or NULL */
    const struct epo_field *field;   /* NULL: the group or its item as such */
    bool in_item;
    uint32_t item;
};
/* False where the form has nothing under that path. */
bool epo_form_find(const struct epo_form *form, struct epo_span path, struct epo_form_spot *spot);

/* Its name in a page: "chip", in an item "dogs.0.chip". */
const char *epo_draw_path(const struct epo_draw *draw, const struct epo_field *field);
struct epo_span epo_field_label(const struct epo_field *field, const char *lang);
/* What was typed for a name of raw: the first text, or empty. */
struct epo_span epo_raw_text(const struct epo_json *raw, const char *name);

/* A day with its limits, for other kinds that hold days: reading "min" or "max", and the schema. */
void epo_day_rule_read(struct epo_reader *reader, const struct epo_json *definition,
                       const char *name, struct epo_day_rule *rule);
void epo_day_schema(const struct epo_draw *draw, const struct epo_field *field,
                    struct epo_json *schema);
/* Descriptions of the files in an answer of an attachment or a signature; empty of others. */
struct epo_json *epo_files_of(struct epo_pool *pool, const struct epo_field *field,
                              const struct epo_json *value);
/* A schema's word on what it cannot say itself: in $comment and in the description. */
void epo_schema_server(struct epo_pool *pool, struct epo_json *schema, const char *what);
/* What was typed without spaces and without the characters of drop; letter_case 'a' or 'A' puts
 * letters into that case. Pool copy. */
struct epo_span epo_code_plain(struct epo_pool *pool, struct epo_span typed, const char *drop,
                               char letter_case);
/* A browser sends a location in up to three names: reads them all. *empty: none was sent. */
bool epo_location_parse(struct epo_check *check, const struct epo_field *field, bool *empty,
                        struct epo_json **value);
/* Something that is not white space, and no control characters: a line that epo_text_is_clean
 * takes, for JSON Schema. */
#define EPO_LINE_PATTERN "^(?=.*[^ ])[^\\u0000-\\u001F\\u007F-\\u009F\\u2028\\u2029]+$"
/* A text that may stand in an answer: UTF-8 without control characters (lines: but "\n"). */
bool epo_text_is_clean(struct epo_span text, bool lines);

/* The rows; field.c lists them. */
extern const struct epo_field_kind epo_kind_text, epo_kind_long_text, epo_kind_email,
    epo_kind_phone, epo_kind_number, epo_kind_money, epo_kind_date, epo_kind_choice,
    epo_kind_choices, epo_kind_yes_no, epo_kind_location, epo_kind_birth_number,
    epo_kind_company_number, epo_kind_data_box, epo_kind_postcode, epo_kind_vehicle_plate,
    epo_kind_chip_number, epo_kind_bank_account, epo_kind_date_range, epo_kind_attachment,
    epo_kind_signature, epo_kind_consent;

#endif
