/* consent: to one text in one version. The answer says to which words: {"version","hash","lang"},
 * the SHA-256 of the text as it was read; when, says the submission. In HTML the box carries the
 * hash of the words beside it, so that a text that changed meanwhile is read again and not agreed
 * to unseen. */
#include "base/token.h"
#include "forms/field.h"

#define VERSION_CHARS_MAX 40

static void read_consent(struct epo_reader *reader, struct epo_field *field,
                         const struct epo_json *definition) {
    (void)field;
    epo_reader_texts(reader, definition, "text", true);
    struct epo_span version = epo_reader_text(reader, definition, "version");
    if (version.len == 0 || version.len > VERSION_CHARS_MAX)
        epo_reader_fault(reader, definition,
                         "a consent has a \"version\" of its text, such as \"2026-11\"");
}

static void hash_of(const struct epo_field *field, const char *lang,
                    char out[EPO_SHA256_HEX_SIZE]) {
    epo_sha256_hex(epo_json_localized(epo_json_get(field->definition, "text"), lang), out);
}

static bool parse_consent(struct epo_check *check, const struct epo_field *field,
                          struct epo_span typed, struct epo_json **value) {
    (void)field;
    *value = epo_json_object(check->pool);
    epo_json_set_text(check->pool, *value, "version",
                      epo_json_get_text(field->definition, "version"));
    epo_json_set_text(check->pool, *value, "hash", typed);
    return true;
}

static struct epo_json *accept_consent(struct epo_check *check, const struct epo_field *field,
                                       const struct epo_json *given) {
    (void)field;
    if (given->type != EPO_JSON_OBJECT || !epo_json_is_text(epo_json_get(given, "version")))
        return NULL;
    for (uint32_t i = 0; i < given->count; i++)
        if (!epo_json_is_text(given->items[i]) ||
            (!epo_span_is(given->names[i], "version") && !epo_span_is(given->names[i], "hash")))
            return NULL;
    return epo_json_copy(check->pool, given);
}

/* In whichever language it was read; a page may have been turned to another one since. */
static bool limits_consent(struct epo_check *check, const struct epo_field *field,
                           struct epo_json *value) {
    static const char *const LANGS[] = {"cs", "en"};
    char hash[EPO_SHA256_HEX_SIZE];
    struct epo_span version = epo_json_get_text(field->definition, "version");
    const struct epo_json *given = epo_json_get(value, "hash");
    const char *lang = given == NULL ? check->lang : NULL;
    for (size_t i = 0; given != NULL && i < sizeof LANGS / sizeof *LANGS; i++) {
        hash_of(field, LANGS[i], hash);
        if (epo_span_is(given->text, hash))
            lang = LANGS[i];
    }
    if (lang == NULL || !epo_span_equal(epo_json_get_text(value, "version"), version))
        return epo_check_refuse(check, field, "form.consent_changed", NULL);
    hash_of(field, lang, hash);
    struct epo_json *kept = epo_json_object(check->pool);
    epo_json_set_text(check->pool, kept, "version", version);
    epo_json_set_string(check->pool, kept, "hash", hash);
    epo_json_set_string(check->pool, kept, "lang", lang);
    *value = *kept;
    return true;
}

static void view_consent(const struct epo_draw *draw, const struct epo_field *field,
                         struct epo_json *model) {
    char hash[EPO_SHA256_HEX_SIZE];
    hash_of(field, draw->lang, hash);
    epo_json_set_boolean(draw->pool, model, "agreed",
                         epo_span_is(epo_json_get_text(model, "value"), hash));
    epo_json_set_string(draw->pool, model, "hash", hash);
    epo_json_set_text(draw->pool, model, "consent",
                      epo_json_localized(epo_json_get(field->definition, "text"), draw->lang));
    epo_json_set_text(draw->pool, model, "version",
                      epo_json_get_text(field->definition, "version"));
}

static void schema_consent(const struct epo_draw *draw, const struct epo_field *field,
                           struct epo_json *schema) {
    static const char *const LANGS[] = {"cs", "en"};
    struct epo_pool *pool = draw->pool;
    epo_json_set_string(pool, schema, "type", "object");
    struct epo_json *members = epo_json_set(pool, schema, "properties", epo_json_object(pool));
    struct epo_json *version = epo_json_set(pool, members, "version", epo_json_object(pool));
    struct epo_json *hash = epo_json_set(pool, members, "hash", epo_json_object(pool));
    epo_json_set_text(pool, version, "const", epo_json_get_text(field->definition, "version"));
    struct epo_json *any = epo_json_set(pool, hash, "enum", epo_json_array(pool));
    for (size_t i = 0; i < sizeof LANGS / sizeof *LANGS; i++) {
        char hex[EPO_SHA256_HEX_SIZE];
        hash_of(field, LANGS[i], hex);
        if (i == 0 || !epo_span_is(any->items[0]->text, hex))
            epo_json_push(pool, any, epo_json_string(pool, hex));
    }
    struct epo_json *required = epo_json_set(pool, schema, "required", epo_json_array(pool));
    epo_json_push(pool, required, epo_json_string(pool, "version"));
    epo_json_set_boolean(pool, schema, "additionalProperties", false);
}

static struct epo_span words_consent(const struct epo_draw *draw, const struct epo_field *field,
                                     const struct epo_json *value) {
    struct epo_json *values = epo_json_object(draw->pool);
    (void)field;
    epo_json_set_text(draw->pool, values, "version", epo_json_get_text(value, "version"));
    return epo_catalog_format(draw->catalog, draw->pool, draw->lang, "form.consented", values);
}

static const char *const consent_properties[] = {"text", "version", NULL};

const struct epo_field_kind epo_kind_consent = {.name = "consent",
                                                .properties = consent_properties,
                                                .json_type = "object",
                                                .read = read_consent,
                                                .parse = parse_consent,
                                                .accept = accept_consent,
                                                .limits = limits_consent,
                                                .view = view_consent,
                                                .schema = schema_consent,
                                                .words = words_consent};
