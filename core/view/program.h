/* What a template becomes when it is loaded: a list of instructions. Private to core/view.
 * scan.c cuts the source into pieces, compile.c makes the list, render.c walks it. */
#ifndef EPO_VIEW_PROGRAM_H
#define EPO_VIEW_PROGRAM_H

#include <stdatomic.h>

#include "view/view.h"

#define EPO_VIEW_DEPTH_MAX 16      /* partials and layouts inside one another */
#define EPO_VIEW_BLOCKS_MAX 32     /* blocks inside one another in one file */
#define EPO_VIEW_PATH_MAX 8        /* names in a dotted path */
#define EPO_VIEW_STEPS_MAX 2000000 /* instructions of one page: partials can call one another */
#define EPO_VIEW_FILE_MAX (256u << 10)

/* One piece of a source: text, or what stands between {{ and }} (trimmed). */
struct epo_piece {
    bool is_tag;
    struct epo_span text;
    uint32_t line;
};
struct epo_scan {
    struct epo_span rest;
    uint32_t line;
    bool at_line_start; /* nothing but white space since the last line feed */
};
void epo_scan_start(struct epo_scan *scan, struct epo_span source);
/* The next piece; false at the end or, with error filled, at a tag that is not closed. Tags that
 * stand alone on a line (blocks, partials, comments) take the whole line with them. */
bool epo_scan_next(struct epo_scan *scan, struct epo_piece *piece, struct epo_error *error);

/* Where in HTML a value stands: decides how it is written, or that it may not stand there. */
enum epo_html_state {
    EPO_HTML_TEXT,
    EPO_HTML_TAG,       /* inside <…>, outside a quoted value */
    EPO_HTML_DOUBLE,    /* inside name="…" */
    EPO_HTML_SINGLE,    /* inside name='…' */
    EPO_HTML_COMMENT,   /* <!-- … --> */
    EPO_HTML_RAW_SCRIPT /* inside <script> or <style> */
};
struct epo_html {
    enum epo_html_state state;
    char attribute[24]; /* lower case; of the quoted value we are in */
    char tag[16];       /* lower case; of the tag we are in */
    bool empty_value;   /* nothing stands in the quoted value yet */
    bool reading_tag;   /* the tag's name is being read */
    bool in_name;       /* an attribute's name is being read */
    bool json;          /* the tag is, or we are in, a <script type="application/ld+json"> */
};
/* Moves on over literal text. */
void epo_html_advance(struct epo_html *html, struct epo_span text);

enum epo_op {
    EPO_OP_TEXT,
    EPO_OP_VALUE,
    EPO_OP_LINK, /* a value at the start of href, src, action: its scheme is checked */
    EPO_OP_URL,
    EPO_OP_RAW,
    EPO_OP_JSON, /* a tree, inside a data block of JSON-LD */
    EPO_OP_T,
    EPO_OP_TR,
    EPO_OP_IF,
    EPO_OP_EACH,
    EPO_OP_WITH,
    EPO_OP_PARTIAL,
    EPO_OP_PARTIAL_BY, /* its name is a value of the model */
    EPO_OP_LAYOUT
};

struct epo_path {
    enum { EPO_PATH_NAMES, EPO_PATH_SELF, EPO_PATH_INDEX, EPO_PATH_FIRST, EPO_PATH_LAST } kind;
    uint32_t count;
    struct epo_span *names;
    /* Where the first name stood among an object's members when it was last found: items of a list
     * are alike, so it mostly stands there again. A guess, checked each time; threads share it. */
    _Atomic uint32_t *place;
};
struct epo_argument {
    struct epo_span name;
    struct epo_path path;
};
struct epo_program;
struct epo_instruction {
    enum epo_op op;
    uint32_t line;
    struct epo_span text; /* TEXT; key of T; name of PARTIAL and LAYOUT; literal of IF */
    struct epo_path path;
    struct epo_argument *arguments;
    uint32_t argument_count;
    bool negated, compared;   /* IF: unless; == "literal" */
    uint32_t else_at, end_at; /* blocks: body is [own + 1, else_at), else part [else_at, end_at) */
    const struct epo_program *target; /* PARTIAL, LAYOUT: set by epo_templates_link */
};
struct epo_program {
    const char *name; /* "core/home" */
    const char *file; /* for messages */
    bool trusted, linked;
    struct epo_instruction *list;
    uint32_t count, room;
};

/* Compiles one source; texts point into it, so it must live as long as the pool. */
bool epo_program_compile(struct epo_pool *pool, struct epo_program *program, struct epo_span source,
                         struct epo_error *error);

/* The program of a set or of its parents, or NULL. */
const struct epo_program *epo_templates_find(const struct epo_templates *templates,
                                             struct epo_span name);
/* The text in the set's catalog, then its parent's; the key itself if nobody has it. */
struct epo_span epo_templates_text(const struct epo_templates *templates, const char *lang,
                                   struct epo_span key, bool *found);
bool epo_program_run(const struct epo_templates *templates, const struct epo_program *program,
                     const char *lang, const struct epo_json *model, struct epo_buffer *out,
                     struct epo_error *error);

/* The text of a key; false if neither the catalog nor its parents have it in any language. */
bool epo_catalog_find(const struct epo_catalog *catalog, const char *lang, struct epo_span key,
                      struct epo_span *text);

#endif
