#include "register.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_LENGTH = 4 };

/* The JSON of a part of the call's tree: of a text with its quotes, safe to put into other JSON. */
static const char *part(const epo_host *host, epo_call *call, const char *path) {
    return host->json(call, path).at;
}

/* One of the host's functions that take JSON, given what the format makes. */
__attribute__((format(printf, 3, 4))) static int say(int (*function)(epo_call *, epo_str),
                                                     epo_call *call, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length >= 0 ? malloc((size_t)length + 1) : NULL;
    int rc = EPO_RC_BROKEN;
    if (text != NULL) {
        vsnprintf(text, (size_t)length + 1, format, again);
        rc = function(call, (epo_str){text, (size_t)length});
    }
    free(text);
    va_end(again);
    va_end(arguments);
    return rc;
}

void register_due(const epo_host *host, epo_str first_day, char due[EPO_DAY_SIZE]) {
    if (host->day_working(first_day, 0, due) != EPO_RC_OK)
        due[0] = '\0';
}

int register_find(const epo_host *host, epo_call *call) {
    epo_str number = host->get(call, "answers.permit_number").text;
    if (number.len == 0)
        return 0;
    host->record(call, number.at);
    return host->get(call, "recorded").kind == EPO_KIND_OBJECT;
}

/* What is assessed for the record that was found and not taken back. */
static int64_t booked(const epo_host *host, epo_call *call) {
    char question[512], path[64];
    int64_t sum = 0;
    snprintf(question, sizeof question, "{\"person\":%s,\"record\":%s,\"kind\":\"assessment\"}",
             part(host, call, "recorded.person"), part(host, call, "recorded.key"));
    host->ledger(call, (epo_str){question, strlen(question)});
    int count = host->get(call, "entries").count;
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "entries.%d.reversed_by", i);
        if (host->get(call, path).kind == EPO_KIND_INTEGER)
            continue;
        snprintf(path, sizeof path, "entries.%d.haler", i);
        sum += host->get(call, path).integer;
    }
    return sum;
}

/* What is owed when it ends on that day: never more than was booked. */
static int64_t owed_until(const epo_host *host, epo_call *call, epo_str day, int64_t most) {
    struct occupation occupation;
    if (host->get(call, "recorded.data.exempt").integer ||
        !occupation_recorded(host, call, day, &occupation))
        return host->get(call, "recorded.data.exempt").integer ? 0 : most;
    return occupation.fee.total_haler < most ? occupation.fee.total_haler : most;
}

int64_t register_refund(const epo_host *host, epo_call *call) {
    int64_t all = booked(host, call);
    return all - owed_until(host, call, host->get(call, "answers.ended_on").text, all);
}

int register_accept(const epo_host *host, epo_call *call, const struct occupation *occupation) {
    char due[EPO_DAY_SIZE];
    int64_t haler = occupation_due_haler(occupation);
    int rc = say(host->record_put, call,
                 "{\"key\":%s,\"kind\":\"occupation\",\"from\":%s,\"until\":%s,\"place\":%s,"
                 "\"data\":{\"kind\":%s,\"zone\":\"%.*s\",\"area_m2\":%lld,\"exempt\":%s}}",
                 part(host, call, "case.number"), part(host, call, "answers.from"),
                 part(host, call, "answers.to"), part(host, call, "answers.area"),
                 part(host, call, "answers.kind"), (int)occupation->zone.len, occupation->zone.at,
                 (long long)occupation->area_m2, haler == 0 ? "true" : "false");
    if (rc != EPO_RC_OK || haler == 0)
        return rc;
    register_due(host, occupation->first_day, due);
    return say(host->ledger_assess, call,
               "{\"record\":%s,\"period\":\"%.*s\",\"parts\":[{\"due\":\"%s\",\"haler\":%lld}]}",
               part(host, call, "case.number"), YEAR_LENGTH, occupation->first_day.at, due,
               (long long)haler);
}

/* The added days are an assessment of their own, in the year of the first one. */
int register_extend(const epo_host *host, epo_call *call, const struct occupation *occupation) {
    char due[EPO_DAY_SIZE];
    int64_t haler = occupation_due_haler(occupation);
    int rc = say(host->record_put, call,
                 "{\"key\":%s,\"kind\":\"occupation\",\"person\":%s,\"from\":%s,\"until\":%s,"
                 "\"place\":%s,\"data\":%s}",
                 part(host, call, "recorded.key"), part(host, call, "recorded.person"),
                 part(host, call, "recorded.from"), part(host, call, "answers.to"),
                 part(host, call, "recorded.place"), part(host, call, "recorded.data"));
    if (rc != EPO_RC_OK || haler == 0 || host->get(call, "recorded.data.exempt").integer)
        return rc;
    register_due(host, occupation->first_day, due);
    return say(host->ledger_post, call,
               "{\"kind\":\"assessment\",\"person\":%s,\"record\":%s,\"period\":\"%.*s\","
               "\"due\":\"%s\",\"haler\":%lld,\"reference\":\"{number}/extension\"}",
               part(host, call, "recorded.person"), part(host, call, "recorded.key"), YEAR_LENGTH,
               host->get(call, "recorded.from").text.at, due, (long long)haler);
}

int register_end(const epo_host *host, epo_call *call) {
    char due[EPO_DAY_SIZE], parts[80] = "";
    epo_str key = host->get(call, "recorded.key").text;
    epo_str day = host->get(call, "answers.ended_on").text;
    int64_t all = booked(host, call), owed = owed_until(host, call, day, all);
    int rc = host->record_end(call, key.at, day.at);
    if (rc != EPO_RC_OK || owed == all)
        return rc;
    register_due(host, host->get(call, "recorded.from").text, due);
    if (owed > 0)
        snprintf(parts, sizeof parts, "{\"due\":\"%s\",\"haler\":%lld}", due, (long long)owed);
    return say(host->ledger_assess, call,
               "{\"record\":%s,\"person\":%s,\"period\":\"%.*s\",\"parts\":[%s]}",
               part(host, call, "recorded.key"), part(host, call, "recorded.person"), YEAR_LENGTH,
               host->get(call, "recorded.from").text.at, parts);
}
