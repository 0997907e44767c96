/* attachment: files that were stored before, by their references; signature: one of them, or a name
 * typed under a sentence. What a reference stands for is the host's to know (struct
 * epo_form_files). */
#include "base/limits.h"
#include "forms/field.h"
#include "forms/filetype.h"
#include "forms/format.h"

#define FILES_USUAL 5
#define NAME_CHARS_MAX 120
#define REFERENCE_PATTERN "^[0-9a-z]{26}\\.[0-9a-z]{26}$"

/* -- reading ---------------------------------------------------------------------------------- */

static void read_accept(struct epo_reader *reader, struct epo_field *field,
                        const struct epo_json *definition) {
    const char *names[16] = {NULL};
    const struct epo_json *list = epo_reader_array(reader, definition, "accept", false);
    for (size_t i = 0; epo_filetypes[i].name != NULL; i++)
        names[i] = epo_filetypes[i].name;
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct epo_json *name = list->items[i];
        const struct epo_filetype *type =
            epo_json_is_text(name) ? epo_filetype_find(name->text) : NULL;
        const char *near = epo_json_is_text(name) ? epo_reader_suggest(name->text, names) : NULL;
        if (type != NULL)
            field->files |= 1u << (type - epo_filetypes);
        else
            epo_reader_fault(
                reader, name,
                "unknown kind of file: pdf, jpeg, png, docx, odt, xlsx, ods, zfo%s%s%s",
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
    if (field->files == 0) /* what everybody has: a scan or a photo */
        field->files = 1u << 0 | 1u << 1 | 1u << 2;
}

static void read_attachment(struct epo_reader *reader, struct epo_field *field,
                            const struct epo_json *definition) {
    int64_t bytes = EPO_ATTACHMENT_BYTES_MAX;
    read_accept(reader, field, definition);
    field->min_count = 1;
    field->max_count = FILES_USUAL;
    epo_reader_integer(reader, definition, "min", 1, EPO_FILES_MAX, &field->min_count);
    epo_reader_integer(reader, definition, "max", 1, EPO_FILES_MAX, &field->max_count);
    epo_reader_integer(reader, definition, "max_bytes", 1024, EPO_ATTACHMENT_BYTES_MAX, &bytes);
    field->max = (double)bytes;
    if (field->min_count > field->max_count)
        epo_reader_fault(reader, definition, "min %lld is over max %lld",
                         (long long)field->min_count, (long long)field->max_count);
}

static void read_signature(struct epo_reader *reader, struct epo_field *field,
                           const struct epo_json *definition) {
    const struct epo_json *law = epo_json_get(definition, "allowed_by");
    field->files = 1u << 2;
    field->max_count = 1;
    field->max = (1 << 20);
    field->law = epo_reader_text(reader, definition, "allowed_by");
    if (field->law.len == 0)
        epo_reader_fault(reader, law != NULL ? law : definition,
                         "a signature drawn on a screen is worth something only where a law lets "
                         "it: name it, \"allowed_by\": the \"url\" of one of the laws in the "
                         "agenda's manifest");
}

/* -- what references stand for ------------------------------------------------------------------
 */

static bool is_reference(struct epo_span text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (i == 26 ? c != '.' : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    return text.len == 53;
}

/* The description; NULL where it is gone, or somebody else's. Without a host (tests of forms alone)
 * what is known is its id. */
static struct epo_json *describe(struct epo_check *check, struct epo_span reference) {
    struct epo_json *found = NULL;
    if (!is_reference(reference))
        return NULL;
    if (check->files != NULL) {
        if (!check->files->find(check->files->arg, check->pool, reference, &found, check->error))
            epo_check_broken(check);
        return found;
    }
    found = epo_json_object(check->pool);
    struct epo_span id = {reference.at, 26};
    epo_json_set_text(check->pool, found, "id", id);
    epo_json_set_string(check->pool, found, "name", "");
    return found;
}

/* For the page: what was sent so far, also where something is wrong with it. */
static void remember(struct epo_check *check, const struct epo_field *field,
                     struct epo_span reference, const struct epo_json *found) {
    const char *path = epo_pool_printf(check->pool, "%s%s", check->prefix, field->id);
    struct epo_json *list = epo_json_get(check->result->files, path);
    if (list == NULL)
        list = epo_json_set(check->pool, check->result->files, path, epo_json_array(check->pool));
    struct epo_json *row = epo_json_copy(check->pool, found);
    epo_json_set_text(check->pool, row, "reference", reference);
    epo_json_push(check->pool, list, row);
}

static struct epo_span kinds_text(struct epo_pool *pool, const struct epo_field *field) {
    struct epo_buffer out;
    epo_buffer_init(&out, 256);
    for (size_t i = 0; epo_filetypes[i].name != NULL; i++)
        if (field->files & 1u << i)
            epo_buffer_printf(&out, "%s%s", out.len > 0 ? ", " : "", epo_filetypes[i].label);
    struct epo_span text = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

static bool refuse_file(struct epo_check *check, const struct epo_field *field, const char *code,
                        const struct epo_json *found) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_text(check->pool, values, "name", epo_json_get_text(found, "name"));
    epo_json_set_text(check->pool, values, "kinds", kinds_text(check->pool, field));
    epo_json_set_text(check->pool, values, "limit",
                      epo_form_size(check->pool, check->lang, (int64_t)field->max));
    return epo_check_refuse(check, field, code, values);
}

/* One reference of an answer: its description, or NULL and said why. */
static struct epo_json *take(struct epo_check *check, const struct epo_field *field,
                             const struct epo_json *reference) {
    struct epo_json *found = epo_json_is_text(reference) ? describe(check, reference->text) : NULL;
    if (check->broken)
        return NULL;
    if (found == NULL) {
        refuse_file(check, field, "form.file_gone", NULL);
        return NULL;
    }
    remember(check, field, reference->text, found);
    const struct epo_filetype *type = epo_filetype_of_type(epo_json_get_text(found, "type"));
    if (check->files != NULL &&
        (type == NULL || (field->files & 1u << (type - epo_filetypes)) == 0)) {
        refuse_file(check, field, "form.file_kind", found);
        return NULL;
    }
    if ((double)epo_json_get_integer(found, "bytes", 0) > field->max) {
        refuse_file(check, field, "form.file_large", found);
        return NULL;
    }
    return found;
}

/* -- attachment ------------------------------------------------------------------------------- */

static bool gather_attachment(struct epo_check *check, const struct epo_field *field, bool *empty,
                              struct epo_json **value) {
    const struct epo_json *raw = epo_json_get(check->raw, field->id);
    *value = epo_json_array(check->pool);
    uint32_t count = raw == NULL ? 0 : raw->type == EPO_JSON_ARRAY ? raw->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct epo_json *each = raw->type == EPO_JSON_ARRAY ? raw->items[i] : raw;
        if (epo_json_is_text(each) && each->text.len > 0)
            epo_json_push(check->pool, *value, epo_json_text(check->pool, each->text));
    }
    *empty = (*value)->count == 0;
    return true;
}

static struct epo_json *accept_attachment(struct epo_check *check, const struct epo_field *field,
                                          const struct epo_json *given) {
    (void)field;
    for (uint32_t i = 0; given->type == EPO_JSON_ARRAY && i < given->count; i++)
        if (!epo_json_is_text(given->items[i]))
            return NULL;
    return given->type == EPO_JSON_ARRAY ? epo_json_copy(check->pool, given) : NULL;
}

static bool refuse_count(struct epo_check *check, const struct epo_field *field, const char *code,
                         int64_t limit) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_integer(check->pool, values, "limit", limit);
    return epo_check_refuse(check, field, code, values);
}

static bool stands_twice(const struct epo_json *list, uint32_t at) {
    for (uint32_t i = 0; i < at; i++)
        if (epo_json_is_text(list->items[i]) && epo_json_is_text(list->items[at]) &&
            epo_span_equal(list->items[i]->text, list->items[at]->text))
            return true;
    return false;
}

/* A reference that came twice (the browser's way back) counts once; in JSON the schema refuses it.
 */
static bool limits_attachment(struct epo_check *check, const struct epo_field *field,
                              struct epo_json *value) {
    struct epo_json *list = epo_json_array(check->pool);
    bool good = true;
    if (value->count > EPO_FILES_MAX)
        return refuse_count(check, field, "form.too_many_files", field->max_count);
    for (uint32_t i = 0; i < value->count && !check->broken; i++) {
        if (stands_twice(value, i) && check->source == EPO_ANSWERS_FROM_HTML)
            continue;
        if (stands_twice(value, i))
            return refuse_file(check, field, "form.file_gone", NULL);
        struct epo_json *found = take(check, field, value->items[i]);
        good = good && found != NULL;
        if (!good)
            continue;
        epo_json_push(check->pool, list, found);
    }
    if (!good || check->broken)
        return false;
    if (list->count > field->max_count)
        return refuse_count(check, field, "form.too_many_files", field->max_count);
    if (list->count < field->min_count)
        return refuse_count(check, field, "form.too_few_files", field->min_count);
    *value = *list;
    return true;
}

/* -- signature -------------------------------------------------------------------------------- */

static struct epo_span part_of(struct epo_check *check, const struct epo_field *field,
                               const char *part) {
    return epo_span_trim(
        epo_raw_text(check->raw, epo_pool_printf(check->pool, "%s.%s", field->id, part)));
}

static bool gather_signature(struct epo_check *check, const struct epo_field *field, bool *empty,
                             struct epo_json **value) {
    struct epo_span drawn = epo_raw_text(check->raw, field->id);
    struct epo_span name = part_of(check, field, "name"), agreed = part_of(check, field, "agreed");
    *value = epo_json_object(check->pool);
    *empty = drawn.len + name.len + agreed.len == 0;
    if (drawn.len > 0) {
        epo_json_set_text(check->pool, *value, "file", drawn);
        return true;
    }
    if (*empty)
        return true;
    if (name.len == 0 || agreed.len == 0)
        return epo_check_refuse(check, field, "form.signature", NULL);
    epo_json_set_text(check->pool, *value, "name", name);
    return true;
}

static struct epo_json *accept_signature(struct epo_check *check, const struct epo_field *field,
                                         const struct epo_json *given) {
    (void)field;
    bool fits = given->type == EPO_JSON_OBJECT && given->count == 1 &&
                (epo_span_is(given->names[0], "file") || epo_span_is(given->names[0], "name")) &&
                epo_json_is_text(given->items[0]);
    return fits ? epo_json_copy(check->pool, given) : NULL;
}

static bool limits_signature(struct epo_check *check, const struct epo_field *field,
                             struct epo_json *value) {
    const struct epo_json *reference = epo_json_get(value, "file");
    struct epo_span name = epo_json_get_text(value, "name");
    if (reference != NULL) {
        struct epo_json *found = take(check, field, reference);
        if (found != NULL)
            epo_json_set(check->pool, value, "file", found);
        return found != NULL;
    }
    return (epo_text_is_clean(name, false) && epo_span_trim(name).len > 0 &&
            epo_text_length(name) <= NAME_CHARS_MAX) ||
           epo_check_refuse(check, field, "form.signature", NULL);
}

/* -- drawing and describing ------------------------------------------------------------------- */

/* What was sent so far, from what was typed: a field that is not asked now keeps its files too. */
static void view_files(const struct epo_draw *draw, const struct epo_field *field,
                       struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    const char *path = epo_draw_path(draw, field);
    struct epo_json *rows = epo_json_set(pool, model, "files", epo_json_array(pool));
    const struct epo_json *raw =
        draw->result != NULL ? epo_json_get(draw->result->raw, field->id) : NULL;
    const struct epo_json *known =
        draw->result != NULL ? epo_json_get(draw->result->files, path) : NULL;
    uint32_t count = raw == NULL ? 0 : raw->type == EPO_JSON_ARRAY ? raw->count : 1;
    for (uint32_t i = 0; i < count && rows->count < EPO_FILES_MAX; i++) {
        const struct epo_json *each = raw->type == EPO_JSON_ARRAY ? raw->items[i] : raw;
        if (!epo_json_is_text(each) || !is_reference(each->text))
            continue;
        struct epo_json *row = epo_json_object(pool);
        struct epo_span name = EPO_SPAN(""), size = EPO_SPAN("");
        for (uint32_t k = 0; known != NULL && k < known->count; k++)
            if (epo_span_equal(epo_json_get_text(known->items[k], "reference"), each->text)) {
                name = epo_json_get_text(known->items[k], "name");
                size = epo_form_size(pool, draw->lang,
                                     epo_json_get_integer(known->items[k], "bytes", 0));
            }
        epo_json_set_text(pool, row, "reference", each->text);
        epo_json_set_text(pool, row, "file_name", name);
        epo_json_set_text(pool, row, "size", size);
        epo_json_set_string(pool, row, "remove",
                            epo_pool_printf(pool, "file:%s:remove-%u", path, rows->count + 1));
        epo_json_push(pool, rows, row);
    }
}

static void view_attachment(const struct epo_draw *draw, const struct epo_field *field,
                            struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    struct epo_buffer accept;
    epo_buffer_init(&accept, 512);
    for (size_t i = 0; epo_filetypes[i].name != NULL; i++) {
        struct epo_span rest = epo_span(epo_filetypes[i].extensions + 1);
        while ((field->files & 1u << i) != 0 && rest.len > 0)
            epo_buffer_printf(&accept, "%s.%.*s", accept.len > 0 ? "," : "",
                              EPO_ARG(epo_span_cut(rest, '.', &rest)));
    }
    epo_json_set_text(pool, model, "accept", epo_buffer_get(&accept));
    epo_buffer_clear(&accept);
    epo_json_set_text(pool, model, "accepted", kinds_text(pool, field));
    epo_json_set_integer(pool, model, "max_count", field->max_count);
    epo_json_set_integer(pool, model, "max_bytes", (int64_t)field->max);
    epo_json_set_boolean(pool, model, "multiple", field->max_count > 1);
    view_files(draw, field, model);
}

static void view_signature(const struct epo_draw *draw, const struct epo_field *field,
                           struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    const struct epo_json *raw = draw->result != NULL ? draw->result->raw : NULL;
    epo_json_set_text(pool, model, "signer",
                      epo_raw_text(raw, epo_pool_printf(pool, "%s.name", field->id)));
    epo_json_set_boolean(pool, model, "agreed",
                         epo_raw_text(raw, epo_pool_printf(pool, "%s.agreed", field->id)).len > 0);
    view_files(draw, field, model);
}

static void schema_attachment(const struct epo_draw *draw, const struct epo_field *field,
                              struct epo_json *schema) {
    struct epo_pool *pool = draw->pool;
    epo_json_set_string(pool, schema, "type", "array");
    epo_json_set_integer(pool, schema, "minItems", field->min_count);
    epo_json_set_integer(pool, schema, "maxItems", field->max_count);
    epo_json_set_boolean(pool, schema, "uniqueItems", true);
    struct epo_json *item = epo_json_set(pool, schema, "items", epo_json_object(pool));
    epo_json_set_string(pool, item, "type", "string");
    epo_json_set_string(pool, item, "pattern", REFERENCE_PATTERN);
    epo_schema_server(
        pool, schema,
        epo_pool_printf(pool,
                        "each is the \"reference\" that POST /api/v1/attachments gave, of a file "
                        "of %.*s with at most %lld bytes; the answer keeps id, name, type, bytes "
                        "and sha256 of it",
                        EPO_ARG(kinds_text(pool, field)), (long long)field->max));
}

static void schema_signature(const struct epo_draw *draw, const struct epo_field *field,
                             struct epo_json *schema) {
    struct epo_pool *pool = draw->pool;
    (void)field;
    epo_json_set_string(pool, schema, "type", "object");
    struct epo_json *members = epo_json_set(pool, schema, "properties", epo_json_object(pool));
    struct epo_json *file = epo_json_set(pool, members, "file", epo_json_object(pool));
    struct epo_json *name = epo_json_set(pool, members, "name", epo_json_object(pool));
    epo_json_set_string(pool, file, "type", "string");
    epo_json_set_string(pool, file, "pattern", REFERENCE_PATTERN);
    epo_json_set_string(pool, name, "type", "string");
    epo_json_set_string(pool, name, "pattern", EPO_LINE_PATTERN);
    epo_json_set_integer(pool, name, "maxLength", NAME_CHARS_MAX);
    epo_json_set_integer(pool, schema, "minProperties", 1);
    epo_json_set_integer(pool, schema, "maxProperties", 1);
    epo_json_set_boolean(pool, schema, "additionalProperties", false);
    epo_schema_server(pool, schema,
                      "\"file\" is the reference of a PNG that POST /api/v1/attachments gave");
}

static struct epo_span words_attachment(const struct epo_draw *draw, const struct epo_field *field,
                                        const struct epo_json *value) {
    struct epo_buffer out;
    (void)field;
    epo_buffer_init(&out, 64u << 10);
    for (uint32_t i = 0; value->type == EPO_JSON_ARRAY && i < value->count; i++)
        epo_buffer_printf(
            &out, "%s%.*s (%.*s)", i > 0 ? ", " : "",
            EPO_ARG(epo_json_get_text(value->items[i], "name")),
            EPO_ARG(epo_form_size(draw->pool, draw->lang,
                                  epo_json_get_integer(value->items[i], "bytes", 0))));
    struct epo_span text = epo_pool_copy(draw->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

static struct epo_span words_signature(const struct epo_draw *draw, const struct epo_field *field,
                                       const struct epo_json *value) {
    struct epo_span name = epo_json_get_text(value, "name");
    (void)field;
    return name.len > 0 ? name : epo_catalog_text(draw->catalog, draw->lang, "form.signed");
}

struct epo_json *epo_files_of(struct epo_pool *pool, const struct epo_field *field,
                              const struct epo_json *value) {
    struct epo_json *files = epo_json_array(pool);
    const struct epo_json *one = epo_json_get(value, "file");
    if (field->kind == &epo_kind_signature && one != NULL)
        epo_json_push(pool, files, epo_json_copy(pool, one));
    for (uint32_t i = 0;
         field->kind == &epo_kind_attachment && value->type == EPO_JSON_ARRAY && i < value->count;
         i++)
        epo_json_push(pool, files, epo_json_copy(pool, value->items[i]));
    return files;
}

static const char *const attachment_properties[] = {"accept", "min", "max", "max_bytes", NULL};
static const char *const signature_properties[] = {"allowed_by", NULL};
static const char *const signature_parts[] = {"name", "agreed", NULL};

const struct epo_field_kind epo_kind_attachment = {.name = "attachment",
                                                   .properties = attachment_properties,
                                                   .json_type = "array",
                                                   .read = read_attachment,
                                                   .gather = gather_attachment,
                                                   .accept = accept_attachment,
                                                   .limits = limits_attachment,
                                                   .view = view_attachment,
                                                   .schema = schema_attachment,
                                                   .words = words_attachment};
const struct epo_field_kind epo_kind_signature = {.name = "signature",
                                                  .properties = signature_properties,
                                                  .json_type = "object",
                                                  .parts = signature_parts,
                                                  .read = read_signature,
                                                  .gather = gather_signature,
                                                  .accept = accept_signature,
                                                  .limits = limits_signature,
                                                  .view = view_signature,
                                                  .schema = schema_signature,
                                                  .words = words_signature};
