#include "explain.h"

#include <stdio.h>
#include <string.h>

/* One line: a key of texts/{cs,en}.json and values for its {names}, set as explain.<n>.…; the host
 * writes money, numbers and dates in the reader's language. */
struct line {
    const epo_host *host;
    epo_call *call;
    int number;
};

static epo_str text(const char *word) {
    return (epo_str){word, strlen(word)};
}

static void begin(struct line *line, const char *key) {
    char path[64];
    line->number++;
    snprintf(path, sizeof path, "explain.%d.key", line->number);
    line->host->set_text(line->call, path, text(key));
}

static void path_of(const struct line *line, char path[96], const char *name, const char *how) {
    snprintf(path, 96, "explain.%d.values.%s%s", line->number, name, how);
}

static void put_integer(const struct line *line, const char *name, int64_t value) {
    char path[96];
    path_of(line, path, name, "");
    line->host->set_integer(line->call, path, value);
}

static void put_money(const struct line *line, const char *name, int64_t haler) {
    char path[96];
    path_of(line, path, name, ".money");
    line->host->set_integer(line->call, path, haler);
}

static void put_text(const struct line *line, const char *name, const char *how, epo_str value) {
    char path[96];
    path_of(line, path, name, how);
    line->host->set_text(line->call, path, value);
}

static void explain_rate(struct line *line, const struct occupation *occupation) {
    char key[64];
    snprintf(key, sizeof key, "kind.%s", occupation->kind->name);
    begin(line, occupation->zone_known ? "fee.rate" : "fee.rate_default");
    put_text(line, "kind", ".text", text(key));
    put_text(line, "zone", "", occupation->zone);
    put_money(line, "rate", occupation->tariff.day_haler);
}

/* "12 m² × 5 dní × 10 Kč = 600 Kč": Czech has three forms of a counted noun. */
static void explain_product(struct line *line, const struct occupation *occupation) {
    static const char *const keys[3][3] = {
        [PUBLIC_SPACE_DAILY] = {"fee.daily.one", "fee.daily.few", "fee.daily.many"},
        [PUBLIC_SPACE_WEEKLY] = {"fee.weekly.one", "fee.weekly.few", "fee.weekly.many"},
        [PUBLIC_SPACE_MONTHLY] = {"fee.monthly.one", "fee.monthly.few", "fee.monthly.many"},
    };
    const struct public_space_fee *fee = &occupation->fee;
    begin(line, keys[fee->unit][fee->count == 1 ? 0 : fee->count < 5 ? 1 : 2]);
    put_integer(line, "area", occupation->area_m2);
    put_integer(line, "count", fee->count);
    put_money(line, "rate", fee->rate_haler);
    put_money(line, "total", fee->total_haler);
}

void explain_fee(const epo_host *host, epo_call *call, const struct occupation *occupation) {
    struct line line = {host, call, -1};
    if (occupation_exempt(occupation)) {
        begin(&line, text_is(occupation->exemption, "charity") ? "fee.exempt.charity"
                                                               : "fee.exempt.disability");
        return;
    }
    begin(&line, "fee.area");
    put_integer(&line, "area", occupation->area_m2);
    explain_rate(&line, occupation);
    explain_product(&line, occupation);
    begin(&line, "fee.due");
    put_text(&line, "due", ".date", occupation->first_day);
}
