/* epo.h, answering: the result tree, set by dotted path. */
#include <math.h>

#include "plugin/call.h"

#define PATH_STEPS_MAX 16
#define ITEMS_MAX 10000    /* of one array */
#define VALUE_DEPTH_MAX 32 /* of set_json: with the path still well below what a reader takes */

/* The member or item named by step; the given fresh value is put there where there is none, or
 * where replace is set. NULL where step does not fit parent. */
static struct epo_json *step_into(struct epo_pool *pool, struct epo_json *parent,
                                  struct epo_span step, struct epo_json *fresh, bool replace) {
    int64_t index;
    if (parent->type == EPO_JSON_OBJECT) {
        struct epo_json *there = epo_json_get_span(parent, step);
        if (there && !replace)
            return there;
        return epo_json_put(pool, parent, epo_pool_copy(pool, step), fresh);
    }
    if (parent->type != EPO_JSON_ARRAY || !epo_span_integer(step, &index) || index < 0 ||
        index > parent->count || index >= ITEMS_MAX)
        return NULL;
    if (index == parent->count)
        epo_json_push(pool, parent, fresh);
    else if (replace)
        parent->items[index] = fresh;
    return parent->items[index];
}

bool epo_tree_set(struct epo_pool *pool, struct epo_json *root, const char *path,
                  struct epo_json *value) {
    struct epo_span rest = epo_span(path);
    struct epo_json *at = root;
    if (rest.len == 0 || rest.len > 500 || !epo_text_valid(rest) || path[rest.len - 1] == '.')
        return false;
    for (int steps = 0; at && steps < PATH_STEPS_MAX; steps++) {
        struct epo_span step = epo_span_cut(rest, '.', &rest), next, after;
        int64_t index;
        if (step.len == 0)
            return false;
        if (rest.len == 0)
            return step_into(pool, at, step, value, true) != NULL;
        next = epo_span_cut(rest, '.', &after);
        at = step_into(
            pool, at, step,
            epo_span_integer(next, &index) ? epo_json_array(pool) : epo_json_object(pool), false);
    }
    return false;
}

static int set(struct epo_call *call, const char *path, struct epo_json *value) {
    if (path && epo_tree_set(call->hook->pool, call->hook->result, path, value))
        return EPO_RC_OK;
    return epo_call_broken(call, EPO_RC_BROKEN, "agenda.path",
                           "the result cannot be set at \"%.100s\"", path ? path : "");
}

int epo_api_set_text(epo_call *call, const char *path, epo_str value) {
    if (!epo_call_may(call))
        return epo_call_over(call);
    struct epo_span text = {value.at, value.at ? value.len : 0};
    if (!epo_text_valid(text))
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.text",
                               "the text for \"%.100s\" is not valid UTF-8", path ? path : "");
    return set(call, path, epo_json_text(call->hook->pool, text));
}

int epo_api_set_integer(epo_call *call, const char *path, int64_t value) {
    return epo_call_may(call) ? set(call, path, epo_json_integer(call->hook->pool, value))
                              : epo_call_over(call);
}

int epo_api_set_real(epo_call *call, const char *path, double value) {
    if (!epo_call_may(call))
        return epo_call_over(call);
    if (!isfinite(value))
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.number",
                               "the number for \"%.100s\" is not finite", path ? path : "");
    return set(call, path, epo_json_real(call->hook->pool, value));
}

int epo_api_set_boolean(epo_call *call, const char *path, int value) {
    return epo_call_may(call) ? set(call, path, epo_json_boolean(call->hook->pool, value != 0))
                              : epo_call_over(call);
}

static int depth_of(const struct epo_json *value) {
    int deepest = 0;
    for (uint32_t i = 0;
         (value->type == EPO_JSON_ARRAY || value->type == EPO_JSON_OBJECT) && i < value->count;
         i++) {
        int depth = 1 + depth_of(value->items[i]); /* the parser has bounded it */
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

int epo_api_set_json(epo_call *call, const char *path, epo_str json) {
    struct epo_error error = {0};
    if (!epo_call_may(call))
        return epo_call_over(call);
    struct epo_json *value = epo_json_parse(
        call->hook->pool, (struct epo_span){json.at, json.at ? json.len : 0}, &error);
    if (!value)
        return epo_call_broken(call, EPO_RC_BAD_INPUT, "agenda.json",
                               "what is set at \"%.100s\" is not JSON: %s", path ? path : "",
                               error.text);
    if (depth_of(value) > VALUE_DEPTH_MAX)
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.depth",
                               "what is set at \"%.100s\" is nested more than %d deep",
                               path ? path : "", VALUE_DEPTH_MAX);
    return set(call, path, value);
}
