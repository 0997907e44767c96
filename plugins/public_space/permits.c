#include "permits.h"

#include <stdio.h>
#include <string.h>

#include "days.h"

static epo_str text_of(const char *word) {
    return (epo_str){word, strlen(word)};
}

static epo_item of_text(epo_str text) {
    return (epo_item){.kind = EPO_KIND_TEXT, .text = text};
}

static epo_item of_integer(int64_t value) {
    return (epo_item){.kind = EPO_KIND_INTEGER, .integer = value, .real = (double)value};
}

/* The place in words: the name of the public space, else the nearest address. */
static epo_str place_words(const epo_host *host, epo_call *call) {
    static const char *const paths[] = {"place.public_space.name", "place.address.text",
                                        "place.street.name"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        epo_str words = host->get(call, paths[i]).text;
        if (words.len > 0)
            return words;
    }
    return (epo_str){"", 0};
}

static epo_str text_or_empty(epo_str text) {
    return text.at != NULL ? text : (epo_str){"", 0};
}

int permits_ask(const epo_host *host, epo_call *call, const struct occupation *occupation) {
    const epo_item values[] = {
        {.kind = EPO_KIND_NEW_NUMBER}, /* known only inside the save */
        of_text(text_of(occupation->kind->name)),
        of_text(occupation->zone),
        of_text(text_or_empty(host->get(call, "place.district.code").text)),
        of_text(place_words(host, call)),
        of_text(occupation->first_day),
        of_text(occupation->last_day),
        of_integer(occupation->area_m2),
        of_integer(occupation_due_haler(occupation)),
        host->get(call, "now_us"),
    };
    return host->write(call, "ask", values, sizeof values / sizeof *values);
}

int permits_move(const epo_host *host, epo_call *call) {
    static const char *const states[][2] = {/* of the case, of the permit */
                                            {"accepted", "granted"},
                                            {"refused", "refused"},
                                            {"withdrawn", "withdrawn"}};
    epo_str to = host->get(call, "case.to").text;
    const char *state = "asked"; /* still being handled */
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (text_is(to, states[i][0]))
            state = states[i][1];
    const epo_item values[] = {host->get(call, "case.number"), of_text(text_of(state)),
                               host->get(call, "now_us")};
    return host->write(call, "move", values, 3);
}

int permits_shorten(const epo_host *host, epo_call *call) {
    const epo_item values[] = {host->get(call, "answers.permit_number"),
                               host->get(call, "answers.ended_on"), host->get(call, "now_us")};
    return host->write(call, "shorten", values, 3);
}

int permits_end_past(const epo_host *host, epo_call *call) {
    const epo_item values[] = {host->get(call, "today"), host->get(call, "now_us")};
    return host->write(call, "end_past", values, 2);
}

static void set_day(const epo_host *host, epo_call *call, const char *path, epo_str day) {
    char words[PUBLIC_SPACE_DAY_SIZE];
    host->set_text(call, path, public_space_day_words(day, host->get(call, "lang").text, words));
}

static void set_row(const epo_host *host, epo_call *call, int index, epo_result *rows) {
    char path[64], key[64];
    epo_str kind = host->column(rows, 0).text;
    snprintf(key, sizeof key, "kind.%.*s", (int)kind.len, kind.at);
    snprintf(path, sizeof path, "permits.%d.kind", index);
    host->set_text(call, path, (epo_str){key, strlen(key)});
    snprintf(path, sizeof path, "permits.%d.place", index);
    host->set_text(call, path, host->column(rows, 1).text);
    snprintf(path, sizeof path, "permits.%d.from", index);
    set_day(host, call, path, host->column(rows, 2).text);
    snprintf(path, sizeof path, "permits.%d.to", index);
    set_day(host, call, path, host->column(rows, 3).text);
    snprintf(path, sizeof path, "permits.%d.area", index);
    host->set_integer(call, path, host->column(rows, 4).integer);
}

int permits_page(const epo_host *host, epo_call *call) {
    const epo_item today = host->get(call, "today");
    epo_result *rows = host->query(call, "list_current", &today, 1);
    int count = 0;
    if (rows == NULL)
        return EPO_RC_BROKEN; /* the reason is noted in the call */
    host->set_json(call, "permits", (epo_str){"[]", 2});
    while (host->next(rows))
        set_row(host, call, count++, rows);
    return EPO_RC_OK;
}
