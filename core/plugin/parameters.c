/* Parameters in force: the manifest's, overridden by epo.json for the portal and for a district. */
#include "plugin/agenda.h"

/* Members of `from` laid over `to`, linked: neither manifest nor settings change. "districts" is
 * not a parameter. */
static void lay_over(struct epo_pool *pool, struct epo_json *to, const struct epo_json *from) {
    for (uint32_t i = 0; from && from->type == EPO_JSON_OBJECT && i < from->count; i++)
        if (!epo_span_is(from->names[i], "districts"))
            epo_json_put(pool, to, from->names[i], from->items[i]);
}

struct epo_json *epo_agenda_parameters(const struct epo_agenda *agenda,
                                       const struct epo_json *settings, struct epo_pool *pool,
                                       struct epo_span district) {
    struct epo_json *parameters = epo_json_object(pool);
    const struct epo_json *own =
        epo_json_get(epo_json_get(settings, "parameters"), agenda->manifest->name);
    const struct epo_json *defaults = epo_json_get(agenda->manifest->tree, "parameters");
    lay_over(pool, parameters, defaults);
    lay_over(pool, parameters, epo_json_get_span(epo_json_get(defaults, "districts"), district));
    lay_over(pool, parameters, own);
    lay_over(pool, parameters, epo_json_get_span(epo_json_get(own, "districts"), district));
    return parameters;
}
