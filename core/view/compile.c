#include <ctype.h>

#include "base/limits.h"
#include "view/program.h"

/* One open block: its instruction, and the place in HTML where it began. */
struct open_block {
    uint32_t at;
    const char *word;
    bool has_else;
    struct epo_html before, after_first;
};
struct compiler {
    struct epo_pool *pool;
    struct epo_program *program;
    struct epo_error *error;
    struct epo_piece piece;
    struct epo_span tag; /* what is left of the tag being read */
    struct epo_html html;
    struct open_block open[EPO_VIEW_BLOCKS_MAX];
    uint32_t depth;
};

/* -- errors and instructions ------------------------------------------------------------------ */

static bool refuse(struct compiler *compiler, const char *code, const char *text,
                   struct epo_span about) {
    epo_fail(compiler->error, EPO_ERROR_BAD_INPUT, code, "%s%s%.*s%s", text,
             about.len > 0 ? ": {{" : "", EPO_ARG(about), about.len > 0 ? "}}" : "");
    return epo_error_at(compiler->error, "%s:%u", compiler->program->file, compiler->piece.line);
}

static struct epo_instruction *emit(struct compiler *compiler, enum epo_op op) {
    struct epo_program *program = compiler->program;
    if (program->count == program->room) {
        uint32_t room = program->room == 0 ? 32 : program->room * 2;
        struct epo_instruction *list = EPO_NEW_ARRAY(compiler->pool, struct epo_instruction, room);
        if (program->count > 0)
            memcpy(list, program->list, sizeof(*list) * program->count);
        program->list = list;
        program->room = room;
    }
    struct epo_instruction *added = &program->list[program->count++];
    *added = (struct epo_instruction){.op = op, .line = compiler->piece.line};
    return added;
}

/* -- words of a tag --------------------------------------------------------------------------- */

static bool is_name_char(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.' || c == '@';
}

static void skip_space(struct compiler *compiler) {
    while (compiler->tag.len > 0 && isspace((unsigned char)compiler->tag.at[0])) {
        compiler->tag.at++;
        compiler->tag.len--;
    }
}

static struct epo_span advance(struct compiler *compiler, size_t len) {
    struct epo_span taken = {compiler->tag.at, len};
    compiler->tag.at += len;
    compiler->tag.len -= len;
    skip_space(compiler);
    return taken;
}

static struct epo_span read_name(struct compiler *compiler) {
    size_t len = 0;
    while (len < compiler->tag.len && is_name_char(compiler->tag.at[len]))
        len++;
    return advance(compiler, len);
}

static bool read_mark(struct compiler *compiler, const char *mark) {
    if (!epo_span_starts(compiler->tag, epo_span(mark)))
        return false;
    advance(compiler, strlen(mark));
    return true;
}

/* "text" without escapes: a quotation mark cannot stand in it. */
static bool read_quoted(struct compiler *compiler, struct epo_span *text) {
    if (compiler->tag.len < 2 || compiler->tag.at[0] != '"')
        return false;
    const char *end = memchr(compiler->tag.at + 1, '"', compiler->tag.len - 1);
    if (end == NULL)
        return false;
    struct epo_span raw = {compiler->tag.at + 1, (size_t)(end - compiler->tag.at) - 1};
    *text = epo_pool_copy(compiler->pool, raw);
    advance(compiler, raw.len + 2);
    return true;
}

static bool at_end(struct compiler *compiler) {
    return compiler->tag.len == 0 ||
           refuse(compiler, "view.tag", "too much in the tag", compiler->piece.text);
}

static bool read_path(struct compiler *compiler, struct epo_path *path) {
    static const struct {
        const char *word;
        int kind;
    } special[] = {{".", EPO_PATH_SELF},
                   {"@index", EPO_PATH_INDEX},
                   {"@first", EPO_PATH_FIRST},
                   {"@last", EPO_PATH_LAST}};
    struct epo_span word = read_name(compiler);
    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
        if (epo_span_is(word, special[i].word)) {
            path->kind = special[i].kind;
            return true;
        }
    path->kind = EPO_PATH_NAMES;
    path->names = EPO_NEW_ARRAY(compiler->pool, struct epo_span, EPO_VIEW_PATH_MAX);
    path->place = EPO_NEW(compiler->pool, _Atomic uint32_t);
    bool good =
        word.len > 0 && memchr(word.at, '@', word.len) == NULL && word.at[word.len - 1] != '.';
    while (good && word.len > 0) {
        struct epo_span name = epo_span_cut(word, '.', &word);
        good = name.len > 0 && path->count < EPO_VIEW_PATH_MAX;
        if (good)
            path->names[path->count++] = name;
    }
    return good ||
           refuse(compiler, "view.path", "not a name or a dotted path", compiler->piece.text);
}

/* -- tags ------------------------------------------------------------------------------------- */

/* A value may stand in text and in quoted attributes that are not script or style. */
static bool check_position(struct compiler *compiler) {
    const struct epo_html *html = &compiler->html;
    struct epo_span tag = compiler->piece.text;
    bool quoted = html->state == EPO_HTML_DOUBLE || html->state == EPO_HTML_SINGLE;
    if (html->state == EPO_HTML_TAG)
        return refuse(compiler, "view.unquoted",
                      "a value inside a tag: put the attribute's value in quotes", tag);
    if (html->state == EPO_HTML_RAW_SCRIPT || html->state == EPO_HTML_COMMENT)
        return refuse(compiler, "view.script",
                      "a value inside a script, a style sheet or a comment: use a data- attribute",
                      tag);
    if (quoted && (strncmp(html->attribute, "on", 2) == 0 || strcmp(html->attribute, "style") == 0))
        return refuse(compiler, "view.script",
                      "a value in an event handler or style attribute: use a data- attribute", tag);
    return true;
}

static bool is_link(const struct epo_html *html) {
    static const char *const names[] = {"href", "src", "action", "formaction", "poster"};
    if (html->state != EPO_HTML_DOUBLE && html->state != EPO_HTML_SINGLE)
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (html->empty_value && strcmp(html->attribute, names[i]) == 0)
            return true;
    return false;
}

static bool compile_value(struct compiler *compiler, enum epo_op op) {
    if (!check_position(compiler))
        return false;
    if (op == EPO_OP_RAW && !compiler->program->trusted)
        return refuse(compiler, "view.raw", "raw is not allowed in templates of agendas",
                      compiler->piece.text);
    if (op == EPO_OP_RAW && compiler->html.state != EPO_HTML_TEXT)
        return refuse(compiler, "view.raw", "raw markup inside a tag", compiler->piece.text);
    if (op == EPO_OP_VALUE && is_link(&compiler->html))
        op = EPO_OP_LINK;
    struct epo_instruction *added = emit(compiler, op);
    compiler->html.empty_value = false;
    return read_path(compiler, &added->path) && at_end(compiler);
}

/* {{json name}}: browsers run nothing of such a script, and what would end it is escaped. */
static bool compile_json(struct compiler *compiler) {
    if (compiler->html.state != EPO_HTML_RAW_SCRIPT || !compiler->html.json)
        return refuse(compiler, "view.json",
                      "json may stand only in a script of type=\"application/ld+json\"",
                      compiler->piece.text);
    struct epo_instruction *added = emit(compiler, EPO_OP_JSON);
    return read_path(compiler, &added->path) && at_end(compiler);
}

static bool compile_text(struct compiler *compiler) {
    if (!check_position(compiler))
        return false;
    struct epo_argument arguments[EPO_VIEW_PATH_MAX];
    struct epo_instruction *added = emit(compiler, EPO_OP_T);
    if (!read_quoted(compiler, &added->text) || added->text.len == 0)
        return refuse(compiler, "view.tag", "t wants a key in quotes", compiler->piece.text);
    while (compiler->tag.len > 0) {
        struct epo_argument *argument = &arguments[added->argument_count];
        if (added->argument_count == EPO_VIEW_PATH_MAX)
            return refuse(compiler, "view.tag", "too many values for one text", compiler->tag);
        *argument = (struct epo_argument){.name = read_name(compiler)};
        if (argument->name.len == 0 || !read_mark(compiler, "="))
            return refuse(compiler, "view.tag", "a value of t is written name=path",
                          compiler->piece.text);
        if (!read_path(compiler, &argument->path))
            return false;
        added->argument_count++;
    }
    added->arguments = EPO_NEW_ARRAY(compiler->pool, struct epo_argument, added->argument_count);
    memcpy(added->arguments, arguments, sizeof(arguments[0]) * added->argument_count);
    return true;
}

static bool compile_partial(struct compiler *compiler) {
    if (compiler->html.state != EPO_HTML_TEXT && compiler->html.state != EPO_HTML_TAG)
        return refuse(compiler, "view.partial", "a partial inside an attribute's value",
                      compiler->piece.text);
    if (read_mark(compiler, "(")) {
        struct epo_instruction *added = emit(compiler, EPO_OP_PARTIAL_BY);
        if (!read_path(compiler, &added->path))
            return false;
        return read_mark(compiler, ")")
                   ? at_end(compiler)
                   : refuse(compiler, "view.tag", "\")\" is missing", compiler->piece.text);
    }
    struct epo_instruction *added = emit(compiler, EPO_OP_PARTIAL);
    size_t len = 0;
    while (len < compiler->tag.len && !isspace((unsigned char)compiler->tag.at[len]))
        len++;
    added->text = advance(compiler, len);
    if (added->text.len == 0)
        return refuse(compiler, "view.tag", "> wants the name of a template", compiler->piece.text);
    return at_end(compiler);
}

static bool compile_condition(struct compiler *compiler, struct epo_instruction *added) {
    if (!read_path(compiler, &added->path))
        return false;
    if (read_mark(compiler, "==")) {
        added->compared = true;
        if (!read_quoted(compiler, &added->text))
            return refuse(compiler, "view.tag", "== wants a literal in quotes",
                          compiler->piece.text);
    }
    return at_end(compiler);
}

static const struct block_kind {
    const char *word;
    enum epo_op op;
    bool negated, may_else;
} block_kinds[] = {
    {"if", EPO_OP_IF, .may_else = true},
    {"unless", EPO_OP_IF, .negated = true, .may_else = true},
    {"each", EPO_OP_EACH, .may_else = true},
    {"with", EPO_OP_WITH},
    {"layout", EPO_OP_LAYOUT},
};

static const struct block_kind *find_block(struct epo_span word) {
    for (size_t i = 0; i < sizeof(block_kinds) / sizeof(block_kinds[0]); i++)
        if (epo_span_is(word, block_kinds[i].word))
            return &block_kinds[i];
    return NULL;
}

static bool open_block(struct compiler *compiler) {
    struct epo_span word = read_name(compiler);
    const struct block_kind *kind = find_block(word);
    if (kind == NULL)
        return refuse(compiler, "view.unknown_tag",
                      "unknown block; if, unless, each, with, layout are known",
                      compiler->piece.text);
    if (compiler->depth == EPO_VIEW_BLOCKS_MAX)
        return refuse(compiler, "view.depth", "too many blocks inside one another",
                      compiler->piece.text);
    compiler->open[compiler->depth++] = (struct open_block){
        .at = compiler->program->count, .word = kind->word, .before = compiler->html};
    struct epo_instruction *added = emit(compiler, kind->op);
    added->negated = kind->negated;
    if (kind->op == EPO_OP_LAYOUT) {
        if (compiler->html.state != EPO_HTML_TEXT || !read_quoted(compiler, &added->text))
            return refuse(compiler, "view.tag", "layout wants the name of a template in quotes",
                          compiler->piece.text);
        return at_end(compiler);
    }
    if (kind->op == EPO_OP_IF)
        return compile_condition(compiler, added);
    return read_path(compiler, &added->path) && at_end(compiler);
}

static bool same_place(const struct epo_html *a, const struct epo_html *b) {
    bool quoted = a->state == EPO_HTML_DOUBLE || a->state == EPO_HTML_SINGLE;
    return a->state == b->state && (!quoted || strcmp(a->attribute, b->attribute) == 0);
}

static bool compile_else(struct compiler *compiler) {
    struct open_block *block = compiler->depth > 0 ? &compiler->open[compiler->depth - 1] : NULL;
    if (block == NULL || block->has_else || !find_block(epo_span(block->word))->may_else)
        return refuse(compiler, "view.else", "else without an if, unless or each before it",
                      compiler->piece.text);
    block->has_else = true;
    block->after_first = compiler->html;
    compiler->html = block->before;
    compiler->program->list[block->at].else_at = compiler->program->count;
    return true;
}

/* Whichever branch is taken, what follows must stand at the same place of the HTML: otherwise a
 * quote that one branch opens would let a value out of its attribute in the other. */
static bool close_block(struct compiler *compiler) {
    struct epo_span word = read_name(compiler);
    struct open_block *block = compiler->depth > 0 ? &compiler->open[compiler->depth - 1] : NULL;
    if (block == NULL || !epo_span_is(word, block->word))
        return refuse(compiler, "view.block",
                      block == NULL ? "no block is open here" : "another block is open here",
                      compiler->piece.text);
    struct epo_instruction *opened = &compiler->program->list[block->at];
    struct epo_html *other = block->has_else ? &block->after_first : &block->before;
    bool in_tag = block->before.state == EPO_HTML_TAG && compiler->html.state == EPO_HTML_TAG;
    if (!in_tag && !same_place(other, &compiler->html))
        return refuse(compiler, "view.branches",
                      "a block must end where it began: inside the same tag, attribute or text",
                      compiler->piece.text);
    opened->end_at = compiler->program->count;
    if (!block->has_else)
        opened->else_at = opened->end_at;
    if (!block->before.empty_value || !other->empty_value)
        compiler->html.empty_value = false;
    compiler->depth--;
    return at_end(compiler);
}

static bool compile_tag(struct compiler *compiler) {
    static const struct {
        const char *word;
        enum epo_op op;
    } words[] = {{"url", EPO_OP_URL}, {"raw", EPO_OP_RAW}, {"tr", EPO_OP_TR}};
    compiler->tag = compiler->piece.text;
    if (read_mark(compiler, "!"))
        return true;
    if (read_mark(compiler, "#"))
        return open_block(compiler);
    if (read_mark(compiler, "/"))
        return close_block(compiler);
    if (read_mark(compiler, ">"))
        return compile_partial(compiler);
    if (epo_span_is(compiler->tag, "else"))
        return compile_else(compiler);
    struct epo_span whole = compiler->tag;
    struct epo_span word = read_name(compiler);
    if (epo_span_is(word, "t") && compiler->tag.len > 0)
        return compile_text(compiler);
    if (epo_span_is(word, "json") && compiler->tag.len > 0)
        return compile_json(compiler);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (epo_span_is(word, words[i].word) && compiler->tag.len > 0)
            return compile_value(compiler, words[i].op);
    if (compiler->tag.len > 0)
        return refuse(compiler, "view.unknown_tag", "unknown tag; url, raw, json, t, tr are known",
                      whole);
    compiler->tag = whole;
    return compile_value(compiler, EPO_OP_VALUE);
}

static bool compile_pieces(struct compiler *compiler, struct epo_scan *scan) {
    while (epo_scan_next(scan, &compiler->piece, compiler->error)) {
        if (compiler->piece.is_tag) {
            if (!compile_tag(compiler))
                return false;
        } else if (compiler->piece.text.len > 0) {
            emit(compiler, EPO_OP_TEXT)->text = compiler->piece.text;
            epo_html_advance(&compiler->html, compiler->piece.text);
        }
    }
    compiler->piece.line = scan->line;
    if (scan->rest.len > 0) /* the scanner has said what is wrong */
        return epo_error_at(compiler->error, "%s:%u", compiler->program->file, scan->line);
    if (compiler->depth > 0) {
        struct open_block *block = &compiler->open[compiler->depth - 1];
        compiler->piece.line = compiler->program->list[block->at].line;
        return refuse(compiler, "view.block", "this block is never closed", epo_span(block->word));
    }
    return true;
}

bool epo_program_compile(struct epo_pool *pool, struct epo_program *program, struct epo_span source,
                         struct epo_error *error) {
    struct compiler compiler = {.pool = pool, .program = program, .error = error};
    compiler.piece.line = 1;
    if (!epo_text_valid(source) || source.len > EPO_VIEW_FILE_MAX)
        return refuse(&compiler, "view.encoding", "not UTF-8 or over 256 KiB",
                      (struct epo_span){0});
    struct epo_scan scan;
    epo_scan_start(&scan, source);
    return compile_pieces(&compiler, &scan);
}
