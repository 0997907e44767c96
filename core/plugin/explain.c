/* Lines that explain computed values, written in the reader's language when they are shown: what is
 * stored are keys and plain values. */
#include "base/clock.h"
#include "forms/format.h"
#include "plugin/agenda.h"

#define LINES_MAX 50

/* One value of a line: as it stands, or by what its only member says it is. */
static struct epo_span word(const struct epo_agenda *agenda, struct epo_pool *pool,
                            const char *lang, const struct epo_json *value) {
    const struct epo_json *money = epo_json_get(value, "money"),
                          *number = epo_json_get(value, "number"),
                          *date = epo_json_get(value, "date"), *key = epo_json_get(value, "text");
    struct epo_date day;
    char local[EPO_TIME_SIZE];
    if (money && (money->type == EPO_JSON_INTEGER || money->type == EPO_JSON_REAL))
        return epo_format_money(
            pool, lang, money->type == EPO_JSON_INTEGER ? money->integer : (int64_t)money->real);
    if (number && (number->type == EPO_JSON_INTEGER || number->type == EPO_JSON_REAL)) {
        int64_t decimals = epo_json_get_integer(value, "decimals", -1);
        double amount = epo_json_get_real(value, "number", 0);
        return decimals >= 0 && decimals <= 6 ? epo_form_number(pool, lang, amount, (int)decimals)
                                              : epo_format_trimmed(pool, lang, amount, 3);
    }
    if (epo_json_is_text(date) && epo_date_parse(date->text, &day))
        return epo_pool_copy(pool, epo_span(epo_date_local(day, lang, local)));
    if (epo_json_is_text(key))
        return epo_catalog_text(agenda->catalog, lang, epo_pool_string(pool, key->text));
    if (epo_json_is_text(value))
        return value->text;
    if (value->type == EPO_JSON_INTEGER)
        return epo_form_number(pool, lang, (double)value->integer, 0);
    if (value->type == EPO_JSON_REAL)
        return epo_format_trimmed(pool, lang, value->real, 3);
    return EPO_SPAN("");
}

static struct epo_span line(const struct epo_agenda *agenda, struct epo_pool *pool,
                            const char *lang, const struct epo_json *item) {
    if (epo_json_is_text(item))
        return item->text;
    const struct epo_json *key = epo_json_get(item, "key"), *values = epo_json_get(item, "values");
    if (!epo_json_is_text(key))
        return EPO_SPAN("");
    struct epo_json *words = epo_json_object(pool);
    for (uint32_t i = 0; values && values->type == EPO_JSON_OBJECT && i < values->count; i++)
        epo_json_set_text(pool, words, values->names[i].at,
                          word(agenda, pool, lang, values->items[i]));
    return epo_catalog_format(agenda->catalog, pool, lang, epo_pool_string(pool, key->text), words);
}

struct epo_json *epo_agenda_explain(const struct epo_agenda *agenda, struct epo_pool *pool,
                                    const char *lang, const struct epo_json *values) {
    struct epo_json *lines = epo_json_array(pool);
    const struct epo_json *explain = epo_json_get(values, "explain");
    for (uint32_t i = 0;
         explain && explain->type == EPO_JSON_ARRAY && i < explain->count && i < LINES_MAX; i++) {
        struct epo_span text = line(agenda, pool, lang, explain->items[i]);
        if (text.len)
            epo_json_push(pool, lines, epo_json_text(pool, text));
    }
    return lines;
}
