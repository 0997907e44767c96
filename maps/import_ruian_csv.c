/* RÚIAN addresses as ČÚZK publishes them, a CSV for each municipality: semicolons, windows-1250,
 * columns in any order, coordinates printed without the minus (Y, then X; EPSG:5514 is -Y, -X).
 * Villages have no streets; about one row in three thousand has no coordinates. */
#include <iconv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "maps/gdal.h"
#include "maps/import.h"

enum { LINE_BYTES_MAX = 8192, COLUMNS_MAX = 64, BLOCK_BYTES = 65536 };

enum column {
    CODE,
    CITY,
    MOMC,
    MOP,
    PART,
    STREET,
    KIND,
    CONSCRIPTION,
    ORIENTATION,
    LETTER,
    POSTCODE,
    Y,
    X,
    COLUMN_COUNT
};
/* Headings, folded. A file without the first, the house number and the coordinates is another one.
 */
static const char *const HEADINGS[COLUMN_COUNT] = {
    [CODE] = "kod adm",
    [CITY] = "nazev obce",
    [MOMC] = "nazev momc",
    [MOP] = "nazev obvodu prahy",
    [PART] = "nazev casti obce",
    [STREET] = "nazev ulice",
    [KIND] = "typ so",
    [CONSCRIPTION] = "cislo domovni",
    [ORIENTATION] = "cislo orientacni",
    [LETTER] = "znak cisla orientacniho",
    [POSTCODE] = "psc",
    [Y] = "souradnice y",
    [X] = "souradnice x",
};

struct lines { /* of a file, however it is packed */
    VSILFILE *file;
    char block[BLOCK_BYTES];
    size_t at, end;
    double size; /* bytes of the file as packed; 0 if not known */
    char line[LINE_BYTES_MAX + 1];
    size_t len;
    bool too_long;
    int64_t number;
};

/* The next line without its end; false at the end of the file. A line over the limit is cut and
 * marked. */
static bool next_line(struct lines *lines) {
    bool any = false;
    lines->len = 0;
    lines->too_long = false;
    for (;;) {
        if (lines->at == lines->end) {
            lines->at = 0;
            lines->end = gdal.VSIFReadL(lines->block, 1, sizeof lines->block, lines->file);
            if (lines->end == 0)
                break;
        }
        any = true;
        const char *from = lines->block + lines->at;
        const char *stop = memchr(from, '\n', lines->end - lines->at);
        size_t len = stop != NULL ? (size_t)(stop - from) : lines->end - lines->at;
        size_t room = LINE_BYTES_MAX - lines->len, kept = len < room ? len : room;
        memcpy(lines->line + lines->len, from, kept);
        lines->len += kept;
        lines->too_long = lines->too_long || kept < len;
        lines->at += len + (stop != NULL);
        if (stop != NULL)
            break;
    }
    if (lines->len > 0 && lines->line[lines->len - 1] == '\r')
        lines->len--;
    lines->line[lines->len] = '\0';
    lines->number += any;
    return any;
}

/* ---- a line ---- */

struct parsing {
    iconv_t turn;
    bool is_utf8;
    char separator;
    char text[LINE_BYTES_MAX * 3 + 1]; /* the line in UTF-8, cut into fields */
    const char *fields[COLUMNS_MAX];
    int count;
    int columns[COLUMN_COUNT]; /* where each stands, -1 if it is missing */
};

static bool to_utf8(struct parsing *p, const char *line, size_t len) {
    if (p->is_utf8) {
        memcpy(p->text, line, len);
        p->text[len] = '\0';
        return epo_text_valid((struct epo_span){p->text, len});
    }
    char *from = (char *)line, *to = p->text;
    size_t in = len, room = sizeof p->text - 1;
    iconv(p->turn, NULL, NULL, NULL, NULL);
    bool ok = iconv(p->turn, &from, &in, &to, &room) != (size_t)-1;
    *to = '\0';
    return ok && memchr(p->text, '\0', (size_t)(to - p->text)) == NULL;
}

/* Cuts the text where it stands; "a ""quoted"" field" too. False for a quote that does not end. */
static bool cut_fields(struct parsing *p) {
    char *at = p->text, *to;
    p->count = 0;
    for (;;) {
        if (p->count == COLUMNS_MAX)
            return false;
        bool quoted = *at == '"';
        p->fields[p->count++] = to = at += quoted;
        while (*at != '\0' && (quoted || *at != p->separator)) {
            if (quoted && *at == '"') {
                quoted = at[1] == '"';
                if (!quoted) {
                    at++;
                    continue;
                }
                at++;
            }
            *to++ = *at++;
        }
        bool more = *at == p->separator;
        *to = '\0';
        if (quoted || (!more && *at != '\0'))
            return false;
        if (!more)
            return true;
        at++;
    }
}

/* Finds the columns; false if it is no heading of RÚIAN. */
static bool read_heading(struct parsing *p, struct epo_pool *pool, const char *line, size_t len) {
    struct epo_span text = {line, len};
    if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) /* a mark of UTF-8 */
        text = (struct epo_span){line + 3, len - 3};
    p->is_utf8 = epo_text_valid(text);
    p->separator = memchr(text.at, ';', text.len) != NULL ? ';' : ',';
    if (text.len > LINE_BYTES_MAX || !to_utf8(p, text.at, text.len) || !cut_fields(p))
        return false;
    for (int c = 0; c < COLUMN_COUNT; c++)
        p->columns[c] = -1;
    for (int i = 0; i < p->count; i++) {
        struct epo_span name = epo_text_fold(pool, epo_span(p->fields[i]));
        for (int c = 0; c < COLUMN_COUNT; c++)
            if (epo_span_is(name, HEADINGS[c]))
                p->columns[c] = i;
    }
    return p->columns[CODE] >= 0 && p->columns[CONSCRIPTION] >= 0 && p->columns[X] >= 0 &&
           p->columns[Y] >= 0;
}

static const char *field(const struct parsing *p, enum column column) {
    int at = p->columns[column];
    return at >= 0 && at < p->count ? p->fields[at] : "";
}

static int whole(const char *text) {
    int64_t number;
    return epo_span_integer(epo_span(text), &number) && number > 0 && number < 100000 ? (int)number
                                                                                      : 0;
}

/* "822000.12" or "822000,12", with or without the minus. */
static bool metres(const char *text, double *value) {
    char plain[32];
    if (strlen(text) >= sizeof plain)
        return false;
    snprintf(plain, sizeof plain, "%s", text);
    for (char *at = plain; *at != '\0'; at++)
        if (*at == ',')
            *at = '.';
    if (!epo_span_real(epo_span(plain), value))
        return false;
    *value = -fabs(*value);
    return true;
}

static void fill_row(const struct parsing *p, struct epo_pool *pool, struct epo_import_row *row,
                     struct epo_point *at) {
    const char *part_of_city = field(p, MOMC)[0] != '\0' ? field(p, MOMC) : field(p, MOP);
    row->address = (struct epo_build_address){.code = field(p, CODE),
                                              .street = field(p, STREET),
                                              .part = field(p, PART),
                                              .postcode = epo_postcode(pool, field(p, POSTCODE)),
                                              .city = field(p, CITY),
                                              .district = part_of_city,
                                              .letter = field(p, LETTER),
                                              .conscription = whole(field(p, CONSCRIPTION)),
                                              .orientation = whole(field(p, ORIENTATION)),
                                              .evidence = strstr(field(p, KIND), "ev") != NULL};
    if (row->address.code[0] == '\0')
        row->fault = "no code";
    else if (field(p, X)[0] == '\0' && field(p, Y)[0] == '\0')
        row->fault = "no coordinates";
    else if (!metres(field(p, Y), &at->x) || !metres(field(p, X), &at->y))
        row->fault = "the coordinates are no numbers";
}

static bool take_line(const struct epo_import_source *source, struct parsing *p,
                      const struct lines *lines, const struct epo_layer_plan *plan,
                      struct epo_pool *pool, struct epo_error *error) {
    struct epo_point at = {0, 0};
    struct epo_import_row row = {.plan = plan, .row = lines->number, .point = &at};
    if (lines->len == 0)
        return true;
    if (lines->too_long)
        row.fault = "the line is too long";
    else if (!to_utf8(p, lines->line, lines->len))
        row.fault = "the line is not text of its encoding";
    else if (!cut_fields(p))
        row.fault = "a quote does not end, or there are too many fields";
    else
        fill_row(p, pool, &row, &at);
    return source->take(source->arg, &row, error);
}

static bool read_lines(const struct epo_import_source *source, struct lines *lines,
                       struct parsing *p, struct epo_error *error) {
    enum { LINES_IN_A_POOL = 1024 };
    const struct epo_layer_plan *plan = epo_plan_layer(source->plan, "address", error);
    if (plan == NULL)
        return false;
    if (!next_line(lines) || !read_heading(p, source->pool, lines->line, lines->len))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.ruian",
                        "%s:1: not the heading of RÚIAN addresses", source->input->shown);
    struct epo_pool *pool = epo_pool_create();
    bool ok = true;
    while (ok && next_line(lines)) {
        ok = take_line(source, p, lines, plan, pool, error);
        if (lines->number % LINES_IN_A_POOL == 0) {
            epo_pool_free(pool);
            pool = epo_pool_create();
        }
        double far = (double)gdal.VSIFTellL(lines->file);
        *source->done = lines->size > far ? far / lines->size : 0.5;
    }
    epo_pool_free(pool);
    return ok;
}

static bool read_file(const struct epo_import_source *source, struct epo_error *error) {
    if (source->wanted != NULL && strcmp(source->wanted->name, "address") != 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.layer",
                        "%s holds RÚIAN addresses: they go into --layer address",
                        source->input->shown);
    struct lines *lines = calloc(1, sizeof *lines);
    struct parsing *parsing = calloc(1, sizeof *parsing);
    epo_assert(lines != NULL && parsing != NULL);
    VSIStatBufL about;
    if (gdal.VSIStatL(source->input->path, &about) == 0)
        lines->size = (double)about.st_size;
    lines->file = gdal.VSIFOpenL(source->input->path, "rb");
    parsing->turn = iconv_open(
        "UTF-8", source->options->encoding != NULL ? source->options->encoding : "WINDOWS-1250");
    bool ok;
    if (lines->file == NULL)
        ok = epo_fail(error, EPO_ERROR_BAD_INPUT, "import.open", "%s cannot be read",
                      source->input->shown);
    else if (parsing->turn == (iconv_t)-1)
        ok = epo_fail(error, EPO_ERROR_BAD_INPUT, "import.encoding",
                      "there is no encoding \"%.60s\"", source->options->encoding);
    else
        ok = read_lines(source, lines, parsing, error);
    if (parsing->turn != (iconv_t)-1)
        iconv_close(parsing->turn);
    if (lines->file != NULL)
        gdal.VSIFCloseL(lines->file);
    free(lines);
    free(parsing);
    return ok;
}

static bool recognise(struct epo_span head, const char *shown) {
    (void)shown;
    struct epo_span rest, line = epo_span_cut(head, '\n', &rest);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (memchr(line.at, ';', line.len) == NULL && memchr(line.at, ',', line.len) == NULL)
        return false;
    struct epo_pool *pool = epo_pool_create();
    struct parsing *p = EPO_NEW(pool, struct parsing);
    p->turn = iconv_open("UTF-8", "WINDOWS-1250");
    bool is = p->turn != (iconv_t)-1 && read_heading(p, pool, line.at, line.len);
    if (p->turn != (iconv_t)-1)
        iconv_close(p->turn);
    epo_pool_free(pool);
    return is;
}

const struct epo_import_format epo_import_ruian_csv = {"ruian_csv", recognise, read_file, true};
