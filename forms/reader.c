#include "forms/reader.h"

bool epo_reader_fault(struct epo_reader *reader, const struct epo_json *at, const char *format,
                      ...) {
    if (reader->faults++ >= EPO_FAULTS_MAX)
        return false;
    struct epo_form_fault *fault = EPO_NEW(reader->pool, struct epo_form_fault);
    snprintf(fault->where, sizeof(fault->where), "%s:%u", reader->file,
             at != NULL && at->line > 0 ? at->line : 1);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof(fault->text), format, arguments);
    va_end(arguments);
    *reader->next = fault;
    reader->next = &fault->next;
    return false;
}

#define WORD_MAX 40

static size_t least(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Levenshtein's distance of two short words; WORD_MAX for long ones. */
static size_t distance(struct epo_span a, struct epo_span b) {
    size_t row[WORD_MAX + 1];
    if (a.len > WORD_MAX || b.len > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a.at[i - 1] != b.at[j - 1]));
            diagonal = above;
        }
    }
    return row[b.len];
}

const char *epo_reader_suggest(struct epo_span word, const char *const *words) {
    const char *best = NULL;
    size_t best_distance = word.len <= 2 ? 2 : 3; /* nearer than this */
    for (; words != NULL && *words != NULL; words++) {
        size_t found = distance(word, epo_span(*words));
        if (found < best_distance) {
            best_distance = found;
            best = *words;
        }
    }
    return best;
}

static bool is_one_of(struct epo_span word, const char *const *words) {
    for (; words != NULL && *words != NULL; words++)
        if (epo_span_is(word, *words))
            return true;
    return false;
}

void epo_reader_members(struct epo_reader *reader, const struct epo_json *object,
                        const char *const *known, const char *const *more) {
    for (uint32_t i = 0; i < object->count; i++) {
        struct epo_span name = object->names[i];
        if (is_one_of(name, known) || is_one_of(name, more))
            continue;
        const char *near = epo_reader_suggest(name, known);
        if (near == NULL)
            near = epo_reader_suggest(name, more);
        epo_reader_fault(reader, object->items[i], "unknown property \"%.*s\"%s%s%s", EPO_ARG(name),
                         near ? "; did you mean \"" : "; remove it", near ? near : "",
                         near ? "\"?" : "");
    }
}

static bool is_language(struct epo_span name) {
    return name.len == 2 && name.at[0] >= 'a' && name.at[0] <= 'z' && name.at[1] >= 'a' &&
           name.at[1] <= 'z';
}

const struct epo_json *epo_reader_texts(struct epo_reader *reader, const struct epo_json *object,
                                        const char *name, bool required) {
    static const char *const languages[] = {"cs", "en"};
    const struct epo_json *texts = epo_json_get(object, name);
    if (texts == NULL) {
        if (required)
            epo_reader_fault(reader, object,
                             "\"%s\" is missing: add {\"cs\": \"…\", \"en\": \"…\"}", name);
        return NULL;
    }
    if (texts->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, texts, "\"%s\" wants {\"cs\": \"…\", \"en\": \"…\"}", name);
        return NULL;
    }
    for (size_t i = 0; i < 2; i++)
        if (epo_json_get(texts, languages[i]) == NULL)
            epo_reader_fault(reader, texts, "\"%s\" has no text in \"%s\"", name, languages[i]);
    for (uint32_t i = 0; i < texts->count; i++) {
        if (!is_language(texts->names[i]))
            epo_reader_fault(reader, texts->items[i], "\"%.*s\" is not a language: cs, en, …",
                             EPO_ARG(texts->names[i]));
        else if (!epo_json_is_text(texts->items[i]) || texts->items[i]->text.len == 0)
            epo_reader_fault(reader, texts->items[i], "the text in \"%.*s\" of \"%s\" is empty",
                             EPO_ARG(texts->names[i]), name);
    }
    return texts;
}

const char *epo_reader_id(struct epo_reader *reader, const struct epo_json *object) {
    const struct epo_json *id = epo_json_get(object, "id");
    if (id == NULL) {
        epo_reader_fault(reader, object, "\"id\" is missing");
        return "";
    }
    bool good = epo_json_is_text(id) && id->text.len > 0 && id->text.len <= 64 &&
                id->text.at[0] >= 'a' && id->text.at[0] <= 'z';
    for (size_t i = 0; good && i < id->text.len; i++)
        good = strchr("abcdefghijklmnopqrstuvwxyz0123456789_", id->text.at[i]) != NULL;
    if (!good)
        epo_reader_fault(reader, id,
                         "an id is a-z, 0-9 and _, begins with a letter, at most 64 characters");
    return good ? epo_pool_string(reader->form->pool, id->text) : "";
}

const struct epo_json *epo_reader_array(struct epo_reader *reader, const struct epo_json *object,
                                        const char *name, bool required) {
    const struct epo_json *array = epo_json_get(object, name);
    if (array == NULL && required)
        epo_reader_fault(reader, object, "\"%s\" is missing", name);
    if (array == NULL)
        return NULL;
    if (array->type != EPO_JSON_ARRAY || (required && array->count == 0)) {
        epo_reader_fault(reader, array, "\"%s\" wants a list that is not empty", name);
        return NULL;
    }
    return array;
}

bool epo_reader_boolean(struct epo_reader *reader, const struct epo_json *object, const char *name,
                        bool otherwise) {
    const struct epo_json *value = epo_json_get(object, name);
    if (value == NULL)
        return otherwise;
    if (value->type != EPO_JSON_BOOLEAN) {
        epo_reader_fault(reader, value, "\"%s\" wants true or false", name);
        return otherwise;
    }
    return value->boolean;
}

bool epo_reader_integer(struct epo_reader *reader, const struct epo_json *object, const char *name,
                        int64_t smallest, int64_t largest, int64_t *value) {
    const struct epo_json *given = epo_json_get(object, name);
    if (given == NULL)
        return false;
    if (given->type != EPO_JSON_INTEGER || given->integer < smallest || given->integer > largest)
        return epo_reader_fault(reader, given, "\"%s\" wants a whole number from %lld to %lld",
                                name, (long long)smallest, (long long)largest);
    *value = given->integer;
    return true;
}

bool epo_reader_number(struct epo_reader *reader, const struct epo_json *object, const char *name,
                       double *value) {
    const struct epo_json *given = epo_json_get(object, name);
    if (given == NULL)
        return false;
    double number = given->type == EPO_JSON_INTEGER ? (double)given->integer : given->real;
    bool is_number = given->type == EPO_JSON_INTEGER || given->type == EPO_JSON_REAL;
    if (!is_number || number > EPO_NUMBER_MAX || number < -EPO_NUMBER_MAX)
        return epo_reader_fault(reader, given, "\"%s\" wants a number within ±(2^53 - 1)", name);
    *value = number;
    return true;
}

struct epo_span epo_reader_text(struct epo_reader *reader, const struct epo_json *object,
                                const char *name) {
    const struct epo_json *value = epo_json_get(object, name);
    if (value == NULL)
        return (struct epo_span){"", 0};
    if (!epo_json_is_text(value) || value->text.len == 0) {
        epo_reader_fault(reader, value, "\"%s\" wants a text that is not empty", name);
        return (struct epo_span){"", 0};
    }
    return value->text;
}
