/* Kinds of files that forms may ask for, by the names that definitions use. Pure data; any thread.
 */
#ifndef EPO_FORMS_FILETYPE_H
#define EPO_FORMS_FILETYPE_H

#include "base/text.h"

struct epo_filetype {
    const char *name;       /* "pdf", "jpeg", "png", "docx", "odt", "xlsx", "ods", "zfo" */
    const char *type;       /* media type: "application/pdf" */
    const char *extensions; /* ".jpg.jpeg.": each between points; the first one is usual */
    const char *label;      /* the same in Czech and English: "JPEG" */
};
/* Ended by one without a name. */
extern const struct epo_filetype epo_filetypes[];
/* By name, or by media type; NULL if there is none. */
const struct epo_filetype *epo_filetype_find(struct epo_span name);
const struct epo_filetype *epo_filetype_of_type(struct epo_span type);

#endif
