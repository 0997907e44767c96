#include "view/escape.h"
#include "view/program.h"

/* Scopes form a chain on the C stack: its length is bounded by blocks in a file times depth of
 * partials, both limited. */
struct scope {
    const struct epo_json *value;
    const struct scope *outer;
    bool is_item;
    uint32_t index, count; /* of #each */
};
struct render {
    const struct epo_templates *templates;
    const char *lang;
    struct epo_buffer *out;
    struct epo_buffer scratch; /* for numbers; emptied after each use */
    struct epo_error *error;
    const struct epo_program *program;
    uint32_t depth, steps;
};
static bool run(struct render *render, uint32_t from, uint32_t to, const struct scope *scope);

static const struct scope *item_scope(const struct scope *scope) {
    while (scope != NULL && !scope->is_item)
        scope = scope->outer;
    return scope;
}

/* The first name of a path, in the innermost scope that has it. */
static const struct epo_json *find_first(const struct epo_path *path, const struct scope *scope) {
    struct epo_span name = path->names[0];
    uint32_t place = atomic_load_explicit(path->place, memory_order_relaxed);
    const struct epo_json *value = scope->value;
    if (value != NULL && value->type == EPO_JSON_OBJECT && place < value->count &&
        epo_span_equal(value->names[place], name))
        return value->items[place];
    for (; scope != NULL; scope = scope->outer) {
        value = scope->value;
        if (value == NULL || value->type != EPO_JSON_OBJECT)
            continue;
        for (uint32_t i = 0; i < value->count; i++)
            if (epo_span_equal(value->names[i], name)) {
                atomic_store_explicit(path->place, i, memory_order_relaxed);
                return value->items[i];
            }
    }
    return NULL;
}

/* Members of the innermost scope first, then outwards; arrays by index. */
static const struct epo_json *find(const struct epo_path *path, const struct scope *scope) {
    const struct epo_json *value = find_first(path, scope);
    for (uint32_t i = 1; i < path->count && value != NULL; i++) {
        int64_t index;
        if (value->type == EPO_JSON_ARRAY && epo_span_integer(path->names[i], &index))
            value = index >= 0 && index < value->count ? value->items[index] : NULL;
        else
            value = epo_json_get_span(value, path->names[i]);
    }
    return value;
}

/* @index, @first and @last are made on the spot, in *made. */
static const struct epo_json *resolve(const struct epo_path *path, const struct scope *scope,
                                      struct epo_json *made) {
    if (path->kind == EPO_PATH_NAMES)
        return find(path, scope);
    if (path->kind == EPO_PATH_SELF)
        return scope->value;
    const struct scope *item = item_scope(scope);
    if (item == NULL)
        return NULL;
    *made = (struct epo_json){.type = EPO_JSON_BOOLEAN};
    if (path->kind == EPO_PATH_INDEX) {
        made->type = EPO_JSON_INTEGER;
        made->integer = item->index;
    } else {
        made->boolean =
            path->kind == EPO_PATH_FIRST ? item->index == 0 : item->index + 1 == item->count;
    }
    return made;
}

static bool is_true(const struct epo_json *value) {
    if (value == NULL)
        return false;
    switch (value->type) {
    case EPO_JSON_NULL:
        return false;
    case EPO_JSON_BOOLEAN:
        return value->boolean;
    case EPO_JSON_INTEGER:
        return value->integer != 0;
    case EPO_JSON_REAL:
        return value->real != 0;
    case EPO_JSON_TEXT:
        return value->text.len > 0;
    case EPO_JSON_ARRAY:
    case EPO_JSON_OBJECT:
        return value->count > 0;
    }
    return false;
}

static struct epo_span plain(struct render *render, const struct epo_json *value) {
    render->scratch.len = 0;
    return epo_plain_text(value, &render->scratch);
}

static void write_value(struct render *render, const struct epo_instruction *at,
                        const struct scope *scope) {
    struct epo_json made;
    const struct epo_json *value = resolve(&at->path, scope, &made);
    if (value == NULL)
        return;
    struct epo_span text = plain(render, value);
    if (at->op == EPO_OP_URL)
        epo_escape_url(render->out, text);
    else if (at->op == EPO_OP_LINK)
        epo_escape_link(render->out, text);
    else if (at->op == EPO_OP_RAW)
        epo_buffer_span(render->out, text);
    else
        epo_escape_html(render->out, text);
}

/* As JSON that holds no "<", ">" or "&": whatever the texts say, the script element ends where the
 * template ends it. */
static void write_json(struct render *render, const struct epo_instruction *at,
                       const struct scope *scope) {
    struct epo_json made;
    struct epo_buffer text;
    const struct epo_json *value = resolve(&at->path, scope, &made);
    epo_buffer_init(&text, render->out->max);
    if (value != NULL)
        epo_json_write(&text, value);
    else
        epo_buffer_string(&text, "null");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '<' || c == '>' || c == '&')
            epo_buffer_printf(render->out, "\\u%04x", (unsigned)c);
        else
            epo_buffer_byte(render->out, c);
    }
    if (text.failed)
        render->out->failed = true;
    epo_buffer_clear(&text);
}

static const struct epo_argument *find_argument(const struct epo_instruction *at,
                                                struct epo_span name) {
    for (uint32_t i = 0; i < at->argument_count; i++)
        if (epo_span_equal(at->arguments[i].name, name))
            return &at->arguments[i];
    return NULL;
}

/* The catalog's text with {name} replaced; both are escaped. */
static void write_text(struct render *render, const struct epo_instruction *at,
                       const struct scope *scope) {
    struct epo_span text = epo_templates_text(render->templates, render->lang, at->text, NULL);
    if (at->argument_count == 0) {
        epo_escape_html(render->out, text);
        return;
    }
    while (text.len > 0) {
        const char *open = memchr(text.at, '{', text.len);
        const char *close = open ? memchr(open, '}', text.len - (size_t)(open - text.at)) : NULL;
        if (close == NULL) {
            epo_escape_html(render->out, text);
            return;
        }
        struct epo_span name = {open + 1, (size_t)(close - open) - 1};
        const struct epo_argument *argument = find_argument(at, name);
        const char *literal_end = argument != NULL ? open : close + 1;
        epo_escape_html(render->out, (struct epo_span){text.at, (size_t)(literal_end - text.at)});
        if (argument != NULL) {
            struct epo_json made;
            epo_escape_html(render->out, plain(render, resolve(&argument->path, scope, &made)));
        }
        text.len -= (size_t)(close + 1 - text.at);
        text.at = close + 1;
    }
}

static void write_text_by(struct render *render, const struct epo_instruction *at,
                          const struct scope *scope) {
    struct epo_json made;
    struct epo_span key = plain(render, resolve(&at->path, scope, &made));
    epo_escape_html(render->out, epo_templates_text(render->templates, render->lang, key, NULL));
}

static bool stop(struct render *render, const struct epo_instruction *at, const char *code,
                 const char *text, struct epo_span about) {
    epo_fail(render->error, EPO_ERROR_BROKEN, code, "%s: %.*s", text, EPO_ARG(about));
    return epo_error_at(render->error, "%s:%u", render->program->file, at->line);
}

static bool spent(struct render *render, const struct epo_instruction *at) {
    return !stop(render, at, "view.steps", "the page takes too many steps",
                 epo_span(render->program->name));
}

static inline bool spend(struct render *render, const struct epo_instruction *at) {
    return ++render->steps <= EPO_VIEW_STEPS_MAX || !spent(render, at);
}

static bool enter(struct render *render, const struct epo_instruction *at,
                  const struct epo_program *target, const struct scope *scope) {
    if (render->depth == EPO_VIEW_DEPTH_MAX)
        return stop(render, at, "view.depth", "partials inside one another without end",
                    epo_span(target->name));
    const struct epo_program *from = render->program;
    render->program = target;
    render->depth++;
    bool done = run(render, 0, target->count, scope);
    render->depth--;
    render->program = from;
    return done;
}

static bool enter_by(struct render *render, const struct epo_instruction *at,
                     const struct scope *scope) {
    struct epo_json made;
    struct epo_span name = plain(render, resolve(&at->path, scope, &made));
    const struct epo_program *target = epo_templates_find(render->templates, name);
    if (target == NULL)
        return stop(render, at, "view.unknown_template", "no template of this name", name);
    return enter(render, at, target, scope);
}

static bool run_if(struct render *render, uint32_t i, const struct scope *scope) {
    const struct epo_instruction *at = &render->program->list[i];
    struct epo_json made;
    const struct epo_json *value = resolve(&at->path, scope, &made);
    bool holds = at->compared ? epo_span_equal(plain(render, value), at->text) : is_true(value);
    uint32_t from = holds != at->negated ? i + 1 : at->else_at;
    uint32_t to = holds != at->negated ? at->else_at : at->end_at;
    return from == to || run(render, from, to, scope);
}

static bool run_each(struct render *render, uint32_t i, const struct scope *scope) {
    const struct epo_instruction *at = &render->program->list[i];
    struct epo_json made;
    const struct epo_json *list = resolve(&at->path, scope, &made);
    if (list == NULL || list->type != EPO_JSON_ARRAY || list->count == 0)
        return run(render, at->else_at, at->end_at, scope);
    for (uint32_t n = 0; n < list->count && !render->out->failed; n++) {
        struct scope item = {list->items[n], scope, true, n, list->count};
        if (!spend(render, at) || !run(render, i + 1, at->else_at, &item))
            return false;
    }
    return true;
}

static bool run_with(struct render *render, uint32_t i, const struct scope *scope) {
    const struct epo_instruction *at = &render->program->list[i];
    struct epo_json made;
    const struct epo_json *value = resolve(&at->path, scope, &made);
    if (!is_true(value))
        return true;
    struct scope inner = {.value = value, .outer = scope};
    return run(render, i + 1, at->else_at, &inner);
}

/* The block is drawn first, then handed to the layout as "content". */
static bool run_layout(struct render *render, uint32_t i, const struct scope *scope) {
    const struct epo_instruction *at = &render->program->list[i];
    struct epo_buffer content, *out = render->out;
    epo_buffer_init(&content, out->max);
    render->out = &content;
    bool done = run(render, i + 1, at->else_at, scope);
    render->out = out;
    if (content.failed)
        out->failed = true;
    if (done && !out->failed) {
        struct epo_json text = {.type = EPO_JSON_TEXT, .text = epo_buffer_get(&content)};
        struct epo_json *items[] = {&text};
        struct epo_span names[] = {EPO_SPAN("content")};
        struct epo_json holder = {
            .type = EPO_JSON_OBJECT, .count = 1, .items = items, .names = names};
        struct scope inner = {.value = &holder, .outer = scope};
        done = enter(render, at, at->target, &inner);
    }
    epo_buffer_clear(&content);
    return done;
}

static bool run(struct render *render, uint32_t from, uint32_t to, const struct scope *scope) {
    const struct epo_instruction *list = render->program->list;
    bool done = true;
    for (uint32_t i = from; i < to && done; i++) {
        const struct epo_instruction *at = &list[i];
        if (!spend(render, at))
            return false;
        switch (at->op) {
        case EPO_OP_TEXT:
            epo_buffer_span(render->out, at->text);
            continue;
        case EPO_OP_VALUE:
        case EPO_OP_LINK:
        case EPO_OP_URL:
        case EPO_OP_RAW:
            write_value(render, at, scope);
            continue;
        case EPO_OP_JSON:
            write_json(render, at, scope);
            continue;
        case EPO_OP_T:
            write_text(render, at, scope);
            continue;
        case EPO_OP_TR:
            write_text_by(render, at, scope);
            continue;
        case EPO_OP_PARTIAL:
            done = enter(render, at, at->target, scope);
            continue;
        case EPO_OP_PARTIAL_BY:
            done = enter_by(render, at, scope);
            continue;
        case EPO_OP_IF:
            done = run_if(render, i, scope);
            break;
        case EPO_OP_EACH:
            done = run_each(render, i, scope);
            break;
        case EPO_OP_WITH:
            done = run_with(render, i, scope);
            break;
        case EPO_OP_LAYOUT:
            done = run_layout(render, i, scope);
            break;
        }
        i = at->end_at - 1; /* blocks go on behind their end */
    }
    return done;
}

bool epo_program_run(const struct epo_templates *templates, const struct epo_program *program,
                     const char *lang, const struct epo_json *model, struct epo_buffer *out,
                     struct epo_error *error) {
    struct render render = {
        .templates = templates, .lang = lang, .out = out, .error = error, .program = program};
    epo_buffer_init(&render.scratch, out->max);
    struct scope root = {.value = model};
    bool done = run(&render, 0, program->count, &root);
    if (done && (out->failed || render.scratch.failed))
        done = epo_fail(error, EPO_ERROR_TOO_LARGE, "view.page_too_large",
                        "the page \"%s\" is over its limit of %zu bytes", program->name, out->max);
    epo_buffer_clear(&render.scratch);
    return done;
}
