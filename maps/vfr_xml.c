/* One pass over the file in pieces, so that a whole region fits into little memory. Geometry is
 * handed on as it stands: GDAL knows its arcs and surfaces. */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "maps/import.h"
#include "maps/vfr.h"

enum {
    DEPTH_MAX = 48,            /* a surface of rings of arcs needs 20 */
    GML_BYTES_MAX = 64u << 20, /* one geometry */
    FEATURE_DEPTH = 3          /* VymennyFormat / Data / Parcely / Parcela */
};

/* Which elements of a feature are which field, by their path in it. */
static const struct {
    const char *path;
    enum epo_vfr_field field;
} FIELDS[] = {
    {"Kod", EPO_VFR_CODE},
    {"Id", EPO_VFR_CODE},
    {"PrvekId", EPO_VFR_CODE},
    {"TypPrvkuKod", EPO_VFR_KIND},
    {"Nazev", EPO_VFR_NAME},
    {"Cislo", EPO_VFR_NAME}, /* of an election district */
    {"KmenoveCislo", EPO_VFR_STEM},
    {"PododdeleniCisla", EPO_VFR_SUBDIVISION},
    {"DruhCislovaniKod", EPO_VFR_SERIES},
    {"VymeraParcely", EPO_VFR_AREA},
    {"KatastralniUzemi/Kod", EPO_VFR_CADASTRAL_AREA},
    {"Obec/Kod", EPO_VFR_CITY},
    {"CastObce/Kod", EPO_VFR_PART},
    {"Momc/Kod", EPO_VFR_DISTRICT},
    {"Ulice/Kod", EPO_VFR_STREET},
    {"StavebniObjekt/Kod", EPO_VFR_BUILDING},
    {"CisloDomovni", EPO_VFR_NUMBER},
    {"CislaDomovni/CisloDomovni", EPO_VFR_NUMBER},
    {"CisloOrientacni", EPO_VFR_ORIENTATION},
    {"CisloOrientacniPismeno", EPO_VFR_LETTER},
    {"Psc", EPO_VFR_POSTCODE},
    {"TypStavebnihoObjektuKod", EPO_VFR_SORT},
    {"ZpusobVyuzitiKod", EPO_VFR_USE},
    {"PlatiDo", EPO_VFR_UNTIL},
};

struct epo_vfr {
    XML_Parser parser;
    const struct epo_vfr_kind *kinds;
    size_t kind_count;
    epo_vfr_take_fn take;
    void *arg;
    struct epo_error error; /* why the parser was stopped */
    const struct epo_vfr_kind *collection;
    bool changes, in_mode;
    char mode[16];
    /* the element that is open at each depth; a path of those inside the feature */
    int depth;
    char path[512];
    size_t path_end[DEPTH_MAX + 1];
    /* the feature */
    struct epo_vfr_feature feature;
    struct epo_buffer texts[EPO_VFR_FIELDS];
    bool given[EPO_VFR_FIELDS];
    int field; /* whose text comes now; -1: none */
    struct epo_buffer gml;
    int place, best; /* rank of the place that is open, of the one that is kept */
    int place_depth; /* 0: none is open */
};

static const char *local(const char *name) {
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static void stop(struct epo_vfr *v) {
    if (v->error.where[0] == '\0')
        epo_error_at(&v->error, "%llu", (unsigned long long)XML_GetCurrentLineNumber(v->parser));
    XML_StopParser(v->parser, XML_FALSE);
}

/* ---- geometry ---- */

static void empty(struct epo_buffer *buffer) {
    buffer->len = 0;
    buffer->failed = false;
}

static void escape(struct epo_buffer *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '<')
            epo_buffer_string(out, "&lt;");
        else if (text[i] == '&')
            epo_buffer_string(out, "&amp;");
        else if (text[i] == '"')
            epo_buffer_string(out, "&quot;");
        else
            epo_buffer_byte(out, text[i]);
    }
}

/* Of the attributes only those that change the meaning of numbers. */
static void open_in_gml(struct epo_vfr *v, const char *name, const char **attributes) {
    epo_buffer_byte(&v->gml, '<');
    epo_buffer_string(&v->gml, name);
    for (; *attributes != NULL; attributes += 2) {
        const char *attribute = local(attributes[0]), *value = attributes[1];
        if (strcmp(attribute, "srsName") == 0 && strstr(value, "5514") == NULL)
            v->feature.fault = "the geometry is in another system than EPSG:5514";
        if (strcmp(attribute, "srsDimension") != 0 && strcmp(attribute, "orientation") != 0 &&
            strcmp(attribute, "interpolation") != 0)
            continue;
        epo_buffer_byte(&v->gml, ' ');
        epo_buffer_string(&v->gml, attribute);
        epo_buffer_string(&v->gml, "=\"");
        escape(&v->gml, value, strlen(value));
        epo_buffer_byte(&v->gml, '"');
    }
    epo_buffer_byte(&v->gml, '>');
}

/* Does a place of the feature begin here? A better one than is kept replaces it. */
static void open_place(struct epo_vfr *v, const char *name) {
    for (int i = 0; i < v->best; i++)
        if (v->feature.kind->places[i] != NULL && strcmp(v->feature.kind->places[i], name) == 0) {
            v->place = i;
            v->place_depth = v->depth;
            empty(&v->gml);
        }
}

static void close_place(struct epo_vfr *v) {
    v->place_depth = 0;
    if (v->gml.failed)
        v->feature.fault = "the geometry is too large";
    else if (v->gml.len > 0)
        v->best = v->place;
}

/* ---- features ---- */

static void begin_feature(struct epo_vfr *v) {
    v->feature = (struct epo_vfr_feature){.kind = v->collection, .changes = v->changes};
    for (int i = 0; i < EPO_VFR_FIELDS; i++) {
        empty(&v->texts[i]);
        v->given[i] = false;
    }
    empty(&v->gml);
    v->field = -1;
    v->best = EPO_VFR_PLACES;
    v->place_depth = 0;
}

static void end_feature(struct epo_vfr *v) {
    for (int i = 0; i < EPO_VFR_FIELDS; i++) {
        epo_buffer_byte(&v->texts[i], '\0');
        if (v->texts[i].failed)
            v->feature.fault = "a text is too long";
        else if (v->given[i])
            v->feature.texts[i] = v->texts[i].at;
    }
    if (v->best < EPO_VFR_PLACES) {
        epo_buffer_byte(&v->gml, '\0');
        v->feature.gml = v->gml.at;
    }
    const struct epo_vfr_feature whole = v->feature;
    v->feature.kind = NULL;
    if (!v->take(v->arg, &whole, &v->error))
        stop(v);
}

static void begin_field(struct epo_vfr *v) {
    v->field = -1;
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (strcmp(FIELDS[i].path, v->path) == 0 && !v->given[FIELDS[i].field])
            v->field = FIELDS[i].field;
    if (v->field >= 0)
        v->given[v->field] = true;
}

/* ---- what expat calls ---- */

static void find_collection(struct epo_vfr *v, const char *name) {
    v->collection = NULL;
    for (size_t i = 0; i < v->kind_count; i++)
        if (strcmp(v->kinds[i].collection, name) == 0)
            v->collection = &v->kinds[i];
}

static bool push_path(struct epo_vfr *v, const char *name) {
    size_t at = v->path_end[v->depth - 1], len = strlen(name);
    bool first = v->depth == FEATURE_DEPTH + 2;
    if (at + len + 2 > sizeof v->path)
        return false;
    if (!first)
        v->path[at++] = '/';
    memcpy(v->path + at, name, len + 1);
    v->path_end[v->depth] = at + len;
    return true;
}

static void XMLCALL on_start(void *arg, const char *qualified, const char **attributes) {
    struct epo_vfr *v = arg;
    const char *name = local(qualified);
    int depth = v->depth;
    if (v->error.kind != EPO_ERROR_NONE) /* calls may come after the stop */
        return;
    if (depth == DEPTH_MAX || (depth == 0 && strcmp(name, "VymennyFormat") != 0)) {
        epo_fail(&v->error, EPO_ERROR_BAD_INPUT, "import.vfr", "%s",
                 depth == 0 ? "not an exchange file of RÚIAN" : "elements are nested too deep");
        stop(v);
        return;
    }
    if (depth == 2)
        find_collection(v, name);
    v->in_mode = depth == 2 && strcmp(name, "TypDavky") == 0;
    if (depth == FEATURE_DEPTH && v->collection != NULL &&
        strcmp(name, v->collection->element) == 0)
        begin_feature(v);
    v->depth++;
    v->path_end[v->depth] = v->depth <= FEATURE_DEPTH + 1 ? 0 : v->path_end[v->depth - 1];
    if (v->feature.kind == NULL || depth <= FEATURE_DEPTH)
        return;
    if (v->place_depth > 0) {
        open_in_gml(v, name, attributes);
        return;
    }
    if (!push_path(v, name)) {
        epo_fail(&v->error, EPO_ERROR_BAD_INPUT, "import.vfr",
                 "the path of an element is too long");
        stop(v);
        return;
    }
    begin_field(v);
    open_place(v, name);
}

static void XMLCALL on_end(void *arg, const char *qualified) {
    struct epo_vfr *v = arg;
    if (v->error.kind != EPO_ERROR_NONE)
        return;
    if (v->in_mode) {
        v->in_mode = false;
        v->changes = strncasecmp(v->mode, "pln", 3) != 0;
    }
    if (v->feature.kind != NULL && v->place_depth > 0) {
        if (v->depth == v->place_depth) {
            close_place(v);
        } else {
            epo_buffer_string(&v->gml, "</");
            epo_buffer_string(&v->gml, local(qualified));
            epo_buffer_byte(&v->gml, '>');
        }
    }
    v->field = -1;
    v->depth--;
    v->path[v->path_end[v->depth]] = '\0';
    if (v->depth == FEATURE_DEPTH && v->feature.kind != NULL)
        end_feature(v);
}

static void XMLCALL on_text(void *arg, const char *text, int len) {
    struct epo_vfr *v = arg;
    if (v->in_mode) { /* may come in pieces */
        size_t had = strlen(v->mode);
        snprintf(v->mode + had, sizeof v->mode - had, "%.*s", len, text);
    }
    if (v->feature.kind == NULL || v->error.kind != EPO_ERROR_NONE)
        return;
    if (v->place_depth > 0)
        escape(&v->gml, text, (size_t)len);
    else if (v->field >= 0)
        epo_buffer_append(&v->texts[v->field], text, (size_t)len);
}

/* ---- */

struct epo_vfr *epo_vfr_create(const struct epo_vfr_kind *kinds, size_t kind_count,
                               epo_vfr_take_fn take, void *arg) {
    struct epo_vfr *v = calloc(1, sizeof *v);
    epo_assert(v != NULL);
    *v = (struct epo_vfr){.kinds = kinds, .kind_count = kind_count, .take = take, .arg = arg};
    v->parser = XML_ParserCreate(NULL);
    epo_assert(v->parser != NULL);
    for (int i = 0; i < EPO_VFR_FIELDS; i++)
        epo_buffer_init(&v->texts[i], EPO_IMPORT_TEXT_MAX + 1);
    epo_buffer_init(&v->gml, GML_BYTES_MAX);
    XML_SetUserData(v->parser, v);
    XML_SetElementHandler(v->parser, on_start, on_end);
    XML_SetCharacterDataHandler(v->parser, on_text);
    return v;
}

bool epo_vfr_feed(struct epo_vfr *v, struct epo_span piece, bool last, struct epo_error *error) {
    if (XML_Parse(v->parser, piece.at, (int)piece.len, last) == XML_STATUS_OK)
        return true;
    if (v->error.kind == EPO_ERROR_NONE) {
        epo_fail(&v->error, EPO_ERROR_BAD_INPUT, "import.damaged", "the XML is damaged: %s",
                 XML_ErrorString(XML_GetErrorCode(v->parser)));
        epo_error_at(&v->error, "%llu", (unsigned long long)XML_GetCurrentLineNumber(v->parser));
    }
    if (error != NULL)
        *error = v->error;
    return false;
}

void epo_vfr_free(struct epo_vfr *v) {
    if (v == NULL)
        return;
    XML_ParserFree(v->parser);
    for (int i = 0; i < EPO_VFR_FIELDS; i++)
        epo_buffer_clear(&v->texts[i]);
    epo_buffer_clear(&v->gml);
    free(v);
}
