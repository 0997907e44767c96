/* Rights that a manifest may ask for, and what epo.json gives. */
#include "plugin/manifest.h"

/* To add a right: a row here, a bit in manifest.h, and the check where the host does it. */
static const struct {
    const char *name;
    unsigned right;
} RIGHTS[] = {
    {"tables", EPO_RIGHT_TABLES}, {"routes", EPO_RIGHT_ROUTES}, {"pages", EPO_RIGHT_PAGES},
    {"jobs", EPO_RIGHT_JOBS},     {"places", EPO_RIGHT_PLACES}, {"records", EPO_RIGHT_RECORDS},
};
#define RIGHT_COUNT (sizeof RIGHTS / sizeof *RIGHTS)

unsigned epo_right_find(struct epo_span name) {
    for (size_t i = 0; i < RIGHT_COUNT; i++)
        if (epo_span_is(name, RIGHTS[i].name))
            return RIGHTS[i].right;
    return 0;
}

const char *epo_right_name(unsigned right) {
    for (size_t i = 0; i < RIGHT_COUNT; i++)
        if (RIGHTS[i].right == right)
            return RIGHTS[i].name;
    return "";
}

static unsigned of_list(const struct epo_json *list) {
    unsigned rights = 0;
    for (uint32_t i = 0; list && list->type == EPO_JSON_ARRAY && i < list->count; i++)
        if (epo_json_is_text(list->items[i]))
            rights |= epo_right_find(list->items[i]->text);
    return rights;
}

unsigned epo_grants_of(const struct epo_json *settings, const char *agenda) {
    const struct epo_json *grants = epo_json_get(settings, "grants");
    if (!grants)
        return ~0u;
    return of_list(epo_json_get(grants, "*")) | of_list(epo_json_get(grants, agenda));
}
