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

enum { PATH_SIZE = 64 }; /* of names as short as ours */

/* "explain.<n>", then the parts. */
static void path_of(const struct line *line, char path[PATH_SIZE], const char *const parts[3]) {
    static const char START[] = "explain.";
    size_t len = sizeof START - 1;
    memcpy(path, START, len);
    path[len++] = (char)('0' + line->number); /* a fee has fewer than ten lines */
    for (int i = 0; i < 3; i++) {
        size_t more = strlen(parts[i]);
        if (len + more >= PATH_SIZE)
            break;
        memcpy(path + len, parts[i], more);
        len += more;
    }
    path[len] = '\0';
}

static void begin(struct line *line, const char *key) {
    char path[PATH_SIZE];
    line->number++;
    path_of(line, path, (const char *const[]){".key", "", ""});
    line->host->set_text(line->call, path, text(key));
}

static void put_integer(const struct line *line, const char *name, int64_t value) {
    char path[PATH_SIZE];
    path_of(line, path, (const char *const[]){".values.", name, ""});
    line->host->set_integer(line->call, path, value);
}

static void put_money(const struct line *line, const char *name, int64_t haler) {
    char path[PATH_SIZE];
    path_of(line, path, (const char *const[]){".values.", name, ".money"});
    line->host->set_integer(line->call, path, haler);
}

static void put_text(const struct line *line, const char *name, const char *how, epo_str value) {
    char path[PATH_SIZE];
    path_of(line, path, (const char *const[]){".values.", name, how});
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
