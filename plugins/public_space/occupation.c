#include "occupation.h"

#include <stdio.h>
#include <string.h>

#include "days.h"

int text_is(epo_str text, const char *word) {
    return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

/* Names of zones become part of a path: letters, digits and _ alone. */
static int is_word(epo_str text) {
    if (text.len == 0 || text.len > 16)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return 0;
    }
    return 1;
}

/* One rate of a parameter table such as rates_haler.skip.zone_1: 0 where there is none, never over
 * `cap` (0: no cap), whatever a setting says. */
static int64_t rate(const epo_host *host, epo_call *call, const char *table,
                    const struct occupation *occupation, int64_t cap) {
    char path[96];
    snprintf(path, sizeof path, "parameters.%s.%s.zone_%.*s", table, occupation->kind->name,
             (int)occupation->zone.len, occupation->zone.at);
    epo_item item = host->get(call, path);
    if (item.kind != EPO_KIND_INTEGER || item.integer <= 0)
        return 0;
    return cap > 0 && item.integer > cap ? cap : item.integer;
}

static int count_days(struct occupation *occupation) {
    if (!public_space_day_read(occupation->first_day, &occupation->first) ||
        !public_space_day_read(occupation->last_day, &occupation->last))
        return 0;
    occupation->days = occupation->last - occupation->first + 1;
    return occupation->days > 0;
}

static int read_days(const epo_host *host, epo_call *call, struct occupation *occupation) {
    occupation->first_day = host->get(call, "answers.from").text;
    occupation->last_day = host->get(call, "answers.to").text;
    return count_days(occupation);
}

/* A drawn area is measured by the host; a point comes with the number that was typed. */
static int read_area(const epo_host *host, epo_call *call, struct occupation *occupation) {
    epo_item area = host->get(call, "place.area_m2");
    if (area.kind == EPO_KIND_ABSENT || area.kind == EPO_KIND_NULL || !(area.real > 0))
        area = host->get(call, "answers.area_m2");
    if ((area.kind != EPO_KIND_INTEGER && area.kind != EPO_KIND_REAL) || !(area.real > 0) ||
        area.real > 1e6)
        return 0;
    occupation->area_m2 = public_space_started_m2(area.real);
    return 1;
}

static void read_zone(const epo_host *host, epo_call *call, struct occupation *occupation) {
    occupation->zone = host->get(call, "place.public_space.zone").text;
    occupation->zone_known = is_word(occupation->zone);
    if (!occupation->zone_known)
        occupation->zone = host->get(call, "parameters.default_zone").text;
}

/* The rates of its purpose and zone, and what it costs for its area and days. */
static int price(const epo_host *host, epo_call *call, struct occupation *occupation) {
    if (!is_word(occupation->zone))
        return 0;
    occupation->tariff.day_haler =
        rate(host, call, "rates_haler", occupation, occupation->kind->cap_haler);
    occupation->tariff.week_haler = rate(host, call, "week_haler", occupation, 0);
    occupation->tariff.month_haler = rate(host, call, "month_haler", occupation, 0);
    if (occupation->tariff.day_haler == 0)
        return 0;
    occupation->fee =
        public_space_fee_count(&occupation->tariff, occupation->area_m2, occupation->days);
    return 1;
}

int occupation_recorded(const epo_host *host, epo_call *call, epo_str last_day,
                        struct occupation *occupation) {
    *occupation = (struct occupation){0};
    epo_str kind = host->get(call, "recorded.data.kind").text;
    epo_item area = host->get(call, "recorded.data.area_m2");
    occupation->kind = public_space_kind_find(kind.at, kind.len);
    occupation->first_day = host->get(call, "recorded.from").text;
    occupation->last_day = last_day;
    occupation->zone = host->get(call, "recorded.data.zone").text;
    occupation->area_m2 = area.integer;
    return occupation->kind != NULL && area.kind == EPO_KIND_INTEGER && area.integer > 0 &&
           count_days(occupation) && price(host, call, occupation);
}

int occupation_read(const epo_host *host, epo_call *call, struct occupation *occupation) {
    *occupation = (struct occupation){0};
    epo_str kind = host->get(call, "answers.kind").text;
    occupation->kind = public_space_kind_find(kind.at, kind.len);
    if (occupation->kind == NULL || !read_days(host, call, occupation) ||
        !read_area(host, call, occupation))
        return 0;
    read_zone(host, call, occupation);
    occupation->exemption = host->get(call, "answers.exemption").text;
    return price(host, call, occupation);
}

int occupation_exempt(const struct occupation *occupation) {
    const char *kind = occupation->kind->name;
    if (text_is(occupation->exemption, "charity"))
        return strcmp(kind, "event") == 0;
    return text_is(occupation->exemption, "disability") && strcmp(kind, "parking") == 0;
}

int64_t occupation_due_haler(const struct occupation *occupation) {
    return occupation_exempt(occupation) ? 0 : occupation->fee.total_haler;
}
