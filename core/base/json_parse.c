#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "base/limits.h"

#define FEW_MEMBERS 32 /* up to here a new name is compared with each one before it */

struct reader {
    struct epo_pool *pool;
    struct epo_span source;
    struct epo_error *error;
    yajl_handle yajl;
    size_t counted_to; /* lines are counted up to this byte */
    size_t line_start;
    uint32_t line;
    struct epo_json *stack[EPO_JSON_DEPTH_MAX];
    struct epo_span keys[EPO_JSON_DEPTH_MAX]; /* pending member name of each open object */
    int depth;
    struct epo_json *root;
};

static void count_lines(struct reader *reader, size_t to) {
    if (to > reader->source.len)
        to = reader->source.len;
    for (; reader->counted_to < to; reader->counted_to++)
        if (reader->source.at[reader->counted_to] == '\n') {
            reader->line++;
            reader->line_start = reader->counted_to + 1;
        }
}

static bool refuse_at(struct reader *reader, const char *at, const char *code, const char *text) {
    count_lines(reader, (size_t)(at - reader->source.at));
    epo_fail(reader->error, EPO_ERROR_BAD_INPUT, code, "%s", text);
    return epo_error_at(reader->error, "%u:%zu", reader->line,
                        reader->counted_to - reader->line_start + 1);
}

static int refuse(struct reader *reader, const char *code, const char *text) {
    refuse_at(reader, reader->source.at + yajl_get_bytes_consumed(reader->yajl), code, text);
    return 0;
}

static int place(struct reader *reader, struct epo_json *value) {
    count_lines(reader, yajl_get_bytes_consumed(reader->yajl));
    value->line = reader->line;
    if (reader->depth == 0) {
        reader->root = value;
        return 1;
    }
    struct epo_json *parent = reader->stack[reader->depth - 1];
    if (parent->type == EPO_JSON_ARRAY) {
        epo_json_push(reader->pool, parent, value);
        return 1;
    }
    struct epo_span name = reader->keys[reader->depth - 1];
    if (parent->count < FEW_MEMBERS && epo_json_get_span(parent, name))
        return refuse(reader, "json.duplicate", "the same member name stands twice in one object");
    epo_json_append(reader->pool, parent, name, value);
    return 1;
}

static int compare_names(const void *a, const void *b) {
    const struct epo_span *x = a, *y = b;
    int order = memcmp(x->at, y->at, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Comparing each name with each other would let one body of 1 MiB cost seconds: objects with many
 * members are sorted once, at their end. */
static bool all_different(const struct epo_json *object) {
    if (object->count <= FEW_MEMBERS)
        return true;
    struct epo_span *names = malloc(object->count * sizeof *names);
    epo_assert(names);
    memcpy(names, object->names, object->count * sizeof *names);
    qsort(names, object->count, sizeof *names, compare_names);
    bool different = true;
    for (uint32_t i = 1; i < object->count && different; i++)
        different = !epo_span_equal(names[i - 1], names[i]);
    free(names);
    return different;
}

static int on_null(void *arg) {
    struct reader *reader = arg;
    return place(reader, epo_json_null(reader->pool));
}

static int on_boolean(void *arg, int value) {
    struct reader *reader = arg;
    return place(reader, epo_json_boolean(reader->pool, value != 0));
}

static int on_number(void *arg, const char *at, size_t len) {
    struct reader *reader = arg;
    struct epo_span text = {at, len};
    int64_t integer;
    if (epo_span_integer(text, &integer) && !(len == 2 && at[0] == '-' && at[1] == '0'))
        return place(reader, epo_json_integer(reader->pool, integer));
    char *copy = epo_pool_string(reader->pool, text);
    double real = strtod(copy, NULL);
    if (!isfinite(real))
        return refuse(reader, "json.number", "a number is too large");
    return place(reader, epo_json_real(reader->pool, real));
}

static int on_text(void *arg, const unsigned char *at, size_t len) {
    struct reader *reader = arg;
    struct epo_span text = {(const char *)at, len};
    if (len && memchr(at, 0, len))
        return refuse(reader, "json.nul", "a text contains a NUL character");
    if (!epo_text_valid(text))
        return refuse(reader, "json.utf8", "a text is not valid Unicode");
    return place(reader, epo_json_text(reader->pool, text));
}

static int on_key(void *arg, const unsigned char *at, size_t len) {
    struct reader *reader = arg;
    struct epo_span text = {(const char *)at, len};
    if ((len && memchr(at, 0, len)) || !epo_text_valid(text))
        return refuse(reader, "json.utf8", "a member name is not valid Unicode");
    reader->keys[reader->depth - 1] = epo_pool_copy(reader->pool, text);
    return 1;
}

static int open_in(struct reader *reader, struct epo_json *value) {
    if (reader->depth == EPO_JSON_DEPTH_MAX)
        return refuse(reader, "json.depth", "nested too deeply");
    if (!place(reader, value))
        return 0;
    reader->stack[reader->depth++] = value;
    return 1;
}

static int on_object(void *arg) {
    struct reader *reader = arg;
    return open_in(reader, epo_json_object(reader->pool));
}

static int on_array(void *arg) {
    struct reader *reader = arg;
    return open_in(reader, epo_json_array(reader->pool));
}

static int on_close(void *arg) {
    struct reader *reader = arg;
    reader->depth--;
    return 1;
}

static int on_object_end(void *arg) {
    struct reader *reader = arg;
    if (!all_different(reader->stack[reader->depth - 1]))
        return refuse(reader, "json.duplicate", "the same member name stands twice in one object");
    return on_close(arg);
}

static const yajl_callbacks CALLBACKS = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_text,
    .yajl_start_map = on_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_object_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_close,
};

/* yajl's own message is multi-line prose with a picture of the text: its first line is enough. */
static void tell_yajl(struct reader *reader) {
    unsigned char *message = yajl_get_error(reader->yajl, 0, NULL, 0);
    const char *text = message ? (const char *)message : "not JSON";
    int len = (int)strcspn(text, "\n");
    epo_fail(reader->error, EPO_ERROR_BAD_INPUT, "json.syntax", "not valid JSON (%.*s)", len, text);
    count_lines(reader, yajl_get_bytes_consumed(reader->yajl));
    epo_error_at(reader->error, "%u:%zu", reader->line,
                 reader->counted_to - reader->line_start + 1);
    if (message)
        yajl_free_error(reader->yajl, message);
}

static int hex_unit(const char *at) {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", *found = strchr(digits, at[i] | 0x20);
        if (!found || !*found)
            return -1; /* yajl says what is wrong */
        unit = unit * 16 + (int)(found - digits);
    }
    return unit;
}

/* The first half of a surrogate pair without its other half, or NULL. yajl turns such an escape
 * into "?" or into a wrong character; a text that changes on its way in must be refused instead. */
static const char *lone_surrogate(struct epo_span source) {
    const char *at = source.at, *end = source.at + source.len;
    while (at < end && (at = memchr(at, '\\', (size_t)(end - at)))) {
        int unit = end - at >= 6 && at[1] == 'u' ? hex_unit(at + 2) : -1;
        if (unit >= 0xdc00 && unit <= 0xdfff)
            return at;
        if (unit >= 0xd800 && unit <= 0xdbff) {
            bool pair = end - at >= 12 && at[6] == '\\' && at[7] == 'u';
            int second = pair ? hex_unit(at + 8) : -1;
            if (second < 0xdc00 || second > 0xdfff)
                return at;
            at += 12;
        } else {
            at += 2; /* also over the second of two backslashes */
        }
    }
    return NULL;
}

struct epo_json *epo_json_parse(struct epo_pool *pool, struct epo_span source,
                                struct epo_error *error) {
    struct epo_error local;
    struct reader reader = {
        .pool = pool, .source = source, .error = error ? error : &local, .line = 1};
    reader.error->kind = EPO_ERROR_NONE;
    if (!source.len) {
        refuse_at(&reader, source.at, "json.empty", "the text is empty");
        return NULL;
    }
    const char *lone = lone_surrogate(source);
    if (lone) {
        refuse_at(&reader, lone, "json.utf8", "half of a surrogate pair is not a character");
        return NULL;
    }
    reader.yajl = yajl_alloc(&CALLBACKS, NULL, &reader);
    epo_assert(reader.yajl);
    yajl_status status = yajl_parse(reader.yajl, (const unsigned char *)source.at, source.len);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(reader.yajl);
    if (status == yajl_status_error && reader.error->kind == EPO_ERROR_NONE)
        tell_yajl(&reader);
    if (status == yajl_status_ok && !reader.root)
        epo_fail(reader.error, EPO_ERROR_BAD_INPUT, "json.empty", "the text is empty");
    bool ok = status == yajl_status_ok && reader.root;
    yajl_free(reader.yajl);
    return ok ? reader.root : NULL;
}
