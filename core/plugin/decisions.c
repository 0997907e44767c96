#include "plugin/decisions.h"

#include "base/workday.h"

static const char *const STANDARD[] = {"number",   "title",  "applicant", "place",
                                       "district", "office", "received",  "today"};

struct checking {
    const struct epo_agenda *agenda;
    struct epo_faults *faults;
    bool good;
};

#define fault(checking, line, ...)                                                                 \
    ((checking)->good =                                                                            \
         epo_fault_add((checking)->faults,                                                         \
                       epo_pool_printf((checking)->faults->pool, "%s/manifest.json",               \
                                       (checking)->agenda->manifest->name),                        \
                       (int)(line), __VA_ARGS__))

static bool has_id(const struct epo_json *list, struct epo_span id) {
    for (uint32_t i = 0; list && i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), id))
            return true;
    return false;
}

static bool is_known(const struct epo_agenda *agenda, struct epo_span name) {
    for (size_t i = 0; i < sizeof STANDARD / sizeof *STANDARD; i++)
        if (epo_span_is(name, STANDARD[i]))
            return true;
    for (size_t i = 0; i < agenda->form_count; i++) {
        const struct epo_json *definition = epo_form_definition(agenda->forms[i]);
        const struct epo_json *sections = epo_json_get(definition, "sections");
        if (has_id(epo_json_get(definition, "computed"), name))
            return true;
        for (uint32_t k = 0; sections && k < sections->count; k++)
            if (has_id(epo_json_get(sections->items[k], "fields"), name))
                return true;
    }
    return false;
}

static void check_names(struct checking *checking, const struct epo_json *paragraph,
                        const char *lang) {
    struct epo_span text = epo_json_get_text(paragraph, lang);
    while (text.len > 0) {
        struct epo_span rest, name;
        epo_span_cut(text, '{', &rest);
        if (rest.len == 0)
            return;
        name = epo_span_cut(rest, '}', &text);
        if (!is_known(checking->agenda, name))
            fault(checking, paragraph->line,
                  "{%.*s}: there is no field, computed value or standard name of that kind",
                  EPO_ARG(name));
    }
}

static bool has_both(const struct epo_json *texts) {
    return epo_json_get_text(texts, "cs").len > 0 && epo_json_get_text(texts, "en").len > 0;
}

static void check_one(struct checking *checking, const struct epo_json *decision) {
    const struct epo_json *body = epo_json_get(decision, "body");
    const struct epo_json *appeal = epo_json_get(decision, "appeal");
    int64_t days = epo_json_get_integer(appeal, "days", 0);
    if (!has_both(epo_json_get(decision, "title")))
        fault(checking, decision->line, "a decision needs \"title\": {\"cs\": …, \"en\": …}");
    if (!body || body->type != EPO_JSON_ARRAY || body->count == 0)
        fault(checking, decision->line, "a decision needs \"body\": paragraphs in cs and en");
    for (uint32_t i = 0; body && body->type == EPO_JSON_ARRAY && i < body->count; i++) {
        if (!has_both(body->items[i]))
            fault(checking, body->items[i]->line, "a paragraph is {\"cs\": …, \"en\": …}");
        check_names(checking, body->items[i], "cs");
        check_names(checking, body->items[i], "en");
    }
    if (appeal && (days < 1 || days > EPO_WORKDAY_MAX || !has_both(epo_json_get(appeal, "to"))))
        fault(checking, appeal->line,
              "\"appeal\" is {\"days\": 15, \"to\": {\"cs\": …, \"en\": …}}");
}

bool epo_decisions_check(const struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_json *all = epo_json_get(agenda->manifest->tree, "decisions");
    const struct epo_states *states = agenda->manifest->states;
    struct checking checking = {agenda, faults, true};
    if (all && all->type != EPO_JSON_OBJECT)
        return fault(&checking, all->line, "\"decisions\" is an object: name to decision");
    for (uint32_t i = 0; all && i < all->count; i++)
        check_one(&checking, all->items[i]);
    for (size_t i = 0; i < states->count; i++)
        for (size_t k = 0; k < states->list[i].move_count; k++) {
            const struct epo_allowed_move *move = &states->list[i].moves[k];
            if (move->decision.len > 0 && !epo_json_get_span(all, move->decision))
                fault(&checking, move->line, "\"decisions\" has no \"%.*s\"",
                      EPO_ARG(move->decision));
        }
    return checking.good;
}
