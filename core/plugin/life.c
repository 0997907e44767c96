#include "plugin/life.h"

#include "base/limits.h"

const struct epo_life_item epo_life_items[] = {
    {"what", true, false, "what it is about"},
    {"who", true, false, "who it concerns and who may act for them"},
    {"when", true, true, "by when it must or may be done"},
    {"need", true, false, "what to bring or have at hand"},
    {"how", true, false, "how to proceed"},
    {"cost", true, true, "what it costs and how it is paid, also when it is free"},
    {"duration", true, true, "how long the office takes"},
    {"after", false, false, "what follows"},
    {"remedy", true, false, "what to do against the outcome"},
    {"ask", false, false, "whom to ask"},
};
const size_t epo_life_item_count = sizeof epo_life_items / sizeof *epo_life_items;

const char *const epo_life_channels[] = {"online", "counter", "post", "data_box", "phone", NULL};
const char *const epo_life_audiences[] = {"person", "business", NULL};

struct checking {
    struct epo_faults *faults;
    const char *file;
};

#define fault(checking, json, ...)                                                                 \
    epo_fault_add((checking)->faults, (checking)->file, (int)(json)->line, __VA_ARGS__)

static void check_texts(const struct checking *checking, const struct epo_json *value,
                        const char *name) {
    bool good = value->type == EPO_JSON_OBJECT && value->count == 2 &&
                epo_json_get_text(value, "cs").len > 0 && epo_json_get_text(value, "en").len > 0;
    if (!good)
        fault(checking, value, "%s must be {\"cs\": …, \"en\": …}", name);
}

static void check_list(const struct checking *checking, const struct epo_json *item,
                       const char *name) {
    const struct epo_json *list = epo_json_get(item, name);
    if (list == NULL)
        return;
    if (list->type != EPO_JSON_ARRAY || list->count == 0 || list->count > EPO_LIFE_TEXTS_MAX) {
        fault(checking, list, "\"%s\" is an array of 1 to %d texts", name, EPO_LIFE_TEXTS_MAX);
        return;
    }
    for (uint32_t i = 0; i < list->count; i++)
        check_texts(checking, list->items[i], "a text of it");
}

static void check_price(const struct checking *checking, const struct epo_json *price) {
    bool good = price->type == EPO_JSON_ARRAY && price->count == 2;
    for (uint32_t i = 0; good && i < 2; i++)
        good = price->items[i]->type == EPO_JSON_INTEGER && price->items[i]->integer >= 0;
    if (!good || price->items[0]->integer > price->items[1]->integer)
        fault(checking, price, "\"czk\" is [least, most] in whole crowns; [0, 0] where it is free");
}

static void check_item(const struct checking *checking, const struct epo_life_item *kind,
                       const struct epo_json *item) {
    static const char *const KNOWN[] = {"title", "short", "paragraphs", "items", "czk"};
    if (item->type != EPO_JSON_OBJECT) {
        fault(checking, item, "\"%s\" is {\"paragraphs\": […], \"items\": […]}", kind->id);
        return;
    }
    for (uint32_t i = 0; i < item->count; i++) {
        struct epo_span name = item->names[i];
        bool known = false;
        for (size_t j = 0; j < sizeof KNOWN / sizeof *KNOWN; j++)
            known = known || epo_span_is(name, KNOWN[j]);
        if (!known || (epo_span_is(name, "short") && !kind->has_short) ||
            (epo_span_is(name, "czk") && strcmp(kind->id, "cost") != 0))
            fault(checking, item->items[i], "\"%s\" of a life situation has no \"%.*s\"", kind->id,
                  EPO_ARG(name));
    }
    if (epo_json_get(item, "title") != NULL)
        check_texts(checking, epo_json_get(item, "title"), "\"title\"");
    if (epo_json_get(item, "short") != NULL)
        check_texts(checking, epo_json_get(item, "short"), "\"short\"");
    else if (kind->has_short)
        fault(checking, item,
              "\"%s\" needs \"short\": {\"cs\": …, \"en\": …}, a few words for the top of the page",
              kind->id);
    if (epo_json_get(item, "paragraphs") == NULL && epo_json_get(item, "items") == NULL)
        fault(checking, item, "\"%s\" needs \"paragraphs\" or \"items\"", kind->id);
    check_list(checking, item, "paragraphs");
    check_list(checking, item, "items");
    if (epo_json_get(item, "czk") != NULL)
        check_price(checking, epo_json_get(item, "czk"));
}

/* A list of known words, at least one. */
static void check_words(const struct checking *checking, const struct epo_json *situation,
                        const char *name, const char *const *words) {
    const struct epo_json *list = epo_json_get(situation, name);
    bool good = list != NULL && list->type == EPO_JSON_ARRAY && list->count > 0;
    for (uint32_t i = 0; good && i < list->count; i++) {
        const char *const *word = words;
        while (*word != NULL &&
               !(epo_json_is_text(list->items[i]) && epo_span_is(list->items[i]->text, *word)))
            word++;
        good = *word != NULL;
    }
    if (good)
        return;
    struct epo_buffer known;
    epo_buffer_init(&known, 200);
    for (const char *const *word = words; *word != NULL; word++)
        epo_buffer_printf(&known, "%s\"%s\"", word == words ? "" : ", ", *word);
    fault(checking, list != NULL ? list : situation, "\"%s\" is a list with one or more of %.*s",
          name, EPO_ARG(epo_buffer_get(&known)));
    epo_buffer_clear(&known);
}

static void check_names(const struct checking *checking, const struct epo_json *situation) {
    for (uint32_t i = 0; i < situation->count; i++) {
        struct epo_span name = situation->names[i];
        bool known = epo_span_is(name, "audience") || epo_span_is(name, "channels");
        for (size_t j = 0; j < epo_life_item_count; j++)
            known = known || epo_span_is(name, epo_life_items[j].id);
        if (!known)
            fault(checking, situation->items[i], "a life situation has no \"%.*s\"", EPO_ARG(name));
    }
}

static void check_law(const struct checking *checking, const struct epo_json *situation,
                      const struct epo_json *law) {
    if (law == NULL || law->type != EPO_JSON_ARRAY || law->count == 0)
        fault(checking, law != NULL ? law : situation,
              "a life situation needs \"law\" beside it: [{\"cs\": …, \"en\": …, \"url\": …}]");
    for (uint32_t i = 0; law != NULL && law->type == EPO_JSON_ARRAY && i < law->count; i++)
        if (epo_json_get_text(law->items[i], "cs").len == 0 ||
            epo_json_get_text(law->items[i], "en").len == 0)
            fault(checking, law->items[i],
                  "a law is {\"cs\": …, \"en\": …, \"url\": …}, the url may be left out");
}

void epo_life_check(struct epo_faults *faults, const char *file, const struct epo_json *tree) {
    const struct checking checking = {faults, file};
    const struct epo_json *situation = epo_json_get(tree, "life_situation");
    if (situation == NULL)
        return;
    if (situation->type != EPO_JSON_OBJECT) {
        fault(&checking, situation,
              "\"life_situation\" is an object: {\"audience\": […], \"channels\": […], \"what\": "
              "{…}, …}");
        return;
    }
    check_names(&checking, situation);
    check_words(&checking, situation, "audience", epo_life_audiences);
    check_words(&checking, situation, "channels", epo_life_channels);
    for (size_t i = 0; i < epo_life_item_count; i++) {
        const struct epo_json *item = epo_json_get(situation, epo_life_items[i].id);
        if (item != NULL)
            check_item(&checking, &epo_life_items[i], item);
        else if (epo_life_items[i].required)
            fault(&checking, situation, "the life situation lacks \"%s\": %s", epo_life_items[i].id,
                  epo_life_items[i].what);
    }
    check_law(&checking, situation, epo_json_get(tree, "law"));
}
