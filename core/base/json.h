/* JSON trees: read by yajl with the line of every node, written compactly or canonically. The same
 * tree is the model of templates, the answers of forms and the body of API answers.
 * Everything lives in a pool; a tree is built by one thread and may then be read by any. */
#ifndef EPO_BASE_JSON_H
#define EPO_BASE_JSON_H

#include "base/error.h"
#include "base/pool.h"
#include "base/text.h"

enum epo_json_type {
    EPO_JSON_NULL = 0,
    EPO_JSON_BOOLEAN,
    EPO_JSON_INTEGER, /* no fraction, no exponent, fits int64 */
    EPO_JSON_REAL,
    EPO_JSON_TEXT,
    EPO_JSON_ARRAY,
    EPO_JSON_OBJECT
};

struct epo_json {
    enum epo_json_type type;
    uint32_t line; /* 1-based line in the source text, 0 when built by hand */
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct epo_span text;
        struct epo_json **items; /* arrays and objects: children in order */
    };
    struct epo_span *names; /* of objects; not in the union: read as a text, an array is empty */
    uint32_t count, room;   /* children; 0 for all else */
};

/* Parse one whole JSON text (RFC 8259): refuses comments, trailing bytes, invalid UTF-8, duplicate
 * names, nesting over EPO_JSON_DEPTH_MAX and numbers that are not finite. On failure NULL and
 * error->where = "line:column". Copies all text into the pool. */
struct epo_json *epo_json_parse(struct epo_pool *pool, struct epo_span source,
                                struct epo_error *error);

/* Building. Values are linked, not copied: what is linked twice must not change any more. */
struct epo_json *epo_json_null(struct epo_pool *pool);
struct epo_json *epo_json_boolean(struct epo_pool *pool, bool value);
struct epo_json *epo_json_integer(struct epo_pool *pool, int64_t value);
struct epo_json *epo_json_real(struct epo_pool *pool, double value);
struct epo_json *epo_json_text(struct epo_pool *pool, struct epo_span value); /* copies */
struct epo_json *epo_json_string(struct epo_pool *pool, const char *value);   /* NULL gives null */
/* A text that lives as long as the tree, not copied. */
struct epo_json *epo_json_link(struct epo_pool *pool, struct epo_span value);
struct epo_json *epo_json_array(struct epo_pool *pool);
struct epo_json *epo_json_object(struct epo_pool *pool);
/* An object with room for so many members from the start. */
struct epo_json *epo_json_object_for(struct epo_pool *pool, uint32_t room);
void epo_json_push(struct epo_pool *pool, struct epo_json *array, struct epo_json *value);
/* Sets or replaces a member; returns value, so that chains read well. The name is copied into the
 * pool unless it is a literal. */
#define epo_json_set(pool, object, name, value)                                                    \
    epo_json_put((pool), (object), EPO_JSON_NAME(pool, name), (value))
#define EPO_JSON_NAME(pool, name)                                                                  \
    (__builtin_constant_p(name) ? epo_span(name) : epo_pool_copy((pool), epo_span(name)))
/* The same with a name that lives as long as the tree. */
struct epo_json *epo_json_put(struct epo_pool *pool, struct epo_json *object, struct epo_span name,
                              struct epo_json *value);
/* Adds a member whose name is known to be new: `name` must live as long as the tree. */
void epo_json_append(struct epo_pool *pool, struct epo_json *object, struct epo_span name,
                     struct epo_json *value);
#define epo_json_set_text(pool, object, name, value)                                               \
    ((void)epo_json_set(pool, object, name, epo_json_text((pool), (value))))
#define epo_json_set_string(pool, object, name, value)                                             \
    ((void)epo_json_set(pool, object, name, epo_json_string((pool), (value))))
#define epo_json_set_integer(pool, object, name, value)                                            \
    ((void)epo_json_set(pool, object, name, epo_json_integer((pool), (value))))
#define epo_json_set_boolean(pool, object, name, value)                                            \
    ((void)epo_json_set(pool, object, name, epo_json_boolean((pool), (value))))
struct epo_json *epo_json_copy(struct epo_pool *pool, const struct epo_json *value);

/* Reading: all accept NULL and wrong types and then give NULL or the default. */
struct epo_json *epo_json_get_span(const struct epo_json *object, struct epo_span name);
static inline struct epo_json *epo_json_get(const struct epo_json *object, const char *name) {
    return epo_json_get_span(object, epo_span(name));
}
/* Dotted path, array indices as numbers from 0: "place.district.code", "dogs.0.name". */
struct epo_json *epo_json_find(const struct epo_json *root, const char *path);
struct epo_span epo_json_get_text(const struct epo_json *object, const char *name); /* or empty */
int64_t epo_json_get_integer(const struct epo_json *object, const char *name, int64_t otherwise);
/* Of an integer or a real; 0 of anything else and of NULL. */
double epo_json_number(const struct epo_json *value);
double epo_json_get_real(const struct epo_json *object, const char *name, double otherwise);
bool epo_json_get_boolean(const struct epo_json *object, const char *name, bool otherwise);
bool epo_json_is_text(const struct epo_json *value);
/* Text for people from {"cs": …, "en": …} or a plain string; falls back to the first member. */
struct epo_span epo_json_localized(const struct epo_json *value, const char *lang);

/* Writing. Canonical is RFC 8785 (JCS): for hashes. Numbers that are not finite become null. */
void epo_json_write(struct epo_buffer *buffer, const struct epo_json *value);
void epo_json_write_canonical(struct epo_buffer *buffer, const struct epo_json *value);
/* Written into the pool, NUL behind. */
struct epo_span epo_json_print(struct epo_pool *pool, const struct epo_json *value);
struct epo_span epo_json_print_canonical(struct epo_pool *pool, const struct epo_json *value);
/* As an author writes it: what fits into a line in one, else a member a line; "\n" at the end. */
struct epo_span epo_json_print_lines(struct epo_pool *pool, const struct epo_json *value);

#endif
