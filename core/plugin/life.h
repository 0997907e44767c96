/* The life situation of an agenda: what its page says, item by item, after the Czech register of
 * rights and duties and the Single Digital Gateway (Regulation (EU) 2018/1724, Article 10):
 *
 *   "life_situation": {
 *     "audience": ["person", "business"],           whom it concerns
 *     "channels": ["online", "counter", "post", "data_box", "phone"],        how it can be settled
 *     "what": {"paragraphs": [{"cs": …, "en": …}], "items": [{…}], "title": {…}},
 *     "cost": {"short": {"cs": "od 200 Kč za rok", "en": …}, "czk": [200, 900], "items": […]}
 *   }
 *
 * An item has paragraphs, a list of items, or both; its title replaces the usual one. "short" is
 * what stands in the box at the top of the page; "czk" the least and the most, in whole crowns, for
 * programs. core/plugin/manifest.schema.json says the same to an editor. Pure. */
#ifndef EPO_PLUGIN_LIFE_H
#define EPO_PLUGIN_LIFE_H

#include "base/json.h"
#include "plugin/fault.h"

struct epo_life_item {
    const char *id; /* member of "life_situation"; texts "life.<id>", "life.short.<id>" */
    bool required, has_short;
    const char *what; /* for the fault where it is missing */
};
/* In the order of the page. */
extern const struct epo_life_item epo_life_items[];
extern const size_t epo_life_item_count;

extern const char *const epo_life_channels[]; /* ends with NULL */
extern const char *const epo_life_audiences[];

/* Every fault of "life_situation", with its line; an agenda that has none says nothing. The law is
 * required where there is one. tree: the manifest; file: for messages. */
void epo_life_check(struct epo_faults *faults, const char *file, const struct epo_json *tree);

#endif
