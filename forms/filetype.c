#include "forms/filetype.h"

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."

const struct epo_filetype epo_filetypes[] = {
    {"pdf", "application/pdf", ".pdf.", "PDF"},
    {"jpeg", "image/jpeg", ".jpg.jpeg.jfif.", "JPEG"},
    {"png", "image/png", ".png.", "PNG"},
    {"docx", OOXML "wordprocessingml.document", ".docx.", "DOCX"},
    {"odt", ODF "text", ".odt.", "ODT"},
    {"xlsx", OOXML "spreadsheetml.sheet", ".xlsx.", "XLSX"},
    {"ods", ODF "spreadsheet", ".ods.", "ODS"},
    {"zfo", "application/vnd.software602.filler.form-xml-zip", ".zfo.", "ZFO"},
    {NULL, NULL, NULL, NULL},
};

const struct epo_filetype *epo_filetype_find(struct epo_span name) {
    for (const struct epo_filetype *each = epo_filetypes; each->name != NULL; each++)
        if (epo_span_is(name, each->name))
            return each;
    return NULL;
}

const struct epo_filetype *epo_filetype_of_type(struct epo_span type) {
    for (const struct epo_filetype *each = epo_filetypes; each->name != NULL; each++)
        if (epo_span_is(type, each->type))
            return each;
    return NULL;
}
