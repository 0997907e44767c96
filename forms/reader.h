/* Collecting every fault of a definition with its line. Private to this room. */
#ifndef EPO_FORMS_READER_H
#define EPO_FORMS_READER_H

#include "forms/definition.h"

#define EPO_FAULTS_MAX 100

struct epo_reader {
    struct epo_pool *pool; /* the caller's: faults live here */
    const char *file;
    struct epo_form *form;
    struct epo_maps *maps; /* or NULL */
    struct epo_form_fault *first, **next;
    int faults;
};

/* Notes a fault at the node's line; returns false. */
bool epo_reader_fault(struct epo_reader *reader, const struct epo_json *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The known word nearest to `word` ("did you mean"), or NULL if none is near. words end with NULL.
 */
const char *epo_reader_suggest(struct epo_span word, const char *const *words);

/* Every member of the object must be one of `known` (ends with NULL) or `more` (may be NULL). */
void epo_reader_members(struct epo_reader *reader, const struct epo_json *object,
                        const char *const *known, const char *const *more);

/* Members with a type; a wrong type is a fault and gives NULL or the default. */
const struct epo_json *epo_reader_texts(struct epo_reader *reader, const struct epo_json *object,
                                        const char *name, bool required); /* {"cs","en"} */
const char *epo_reader_id(struct epo_reader *reader, const struct epo_json *object);
const struct epo_json *epo_reader_array(struct epo_reader *reader, const struct epo_json *object,
                                        const char *name, bool required);
bool epo_reader_boolean(struct epo_reader *reader, const struct epo_json *object, const char *name,
                        bool otherwise);
/* false: absent or wrong */
bool epo_reader_integer(struct epo_reader *reader, const struct epo_json *object, const char *name,
                        int64_t least, int64_t most, int64_t *value);
bool epo_reader_number(struct epo_reader *reader, const struct epo_json *object, const char *name,
                       double *value);
struct epo_span epo_reader_text(struct epo_reader *reader, const struct epo_json *object,
                                const char *name);

#endif
