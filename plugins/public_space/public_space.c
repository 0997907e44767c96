/* Special use of public space: Act No. 565/1990 Coll., section 4, and the decree of the city.
 *
 * An agenda as a C plugin. What to look at when writing your own:
 *   public_space.c  the hooks and the descriptor, the one exported symbol: control flow
 *   occupation.c    reads what a call knows by host->get and dotted paths
 *   fee.c days.c        plain computation that knows nothing of the host
 *   explain.c       the lines under the fee, in the reader's language
 *   permits.c       the plugin's own table: statements of manifest.json, a page, a job
 *   register.c      the portal's register and ledger: what is recorded and booked
 * It keeps no state of its own: all hooks may run at once on several threads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "days.h"
#include "explain.h"
#include "permits.h"
#include "register.h"

struct public_space {
    const epo_host *host;
};

#define TEXT(literal) ((epo_str){"" literal, sizeof(literal) - 1})

static int start(const epo_host *host, void **self) {
    struct public_space *plugin = malloc(sizeof *plugin);
    if (plugin == NULL)
        return 1;
    plugin->host = host;
    *self = plugin;
    return 0;
}

static void stop(void *self) {
    free(self);
}

static const epo_host *host_of(void *self) {
    return ((const struct public_space *)self)->host;
}

/* No rate of the settings may be over what the Act allows: a wrong setting is found when it is
 * loaded, not by the first citizen. */
static int selftest(void *self, epo_call *call) {
    static const char *const zones[] = {"zone_1", "zone_2", "zone_3"};
    const epo_host *host = host_of(self);
    for (const struct public_space_kind *kind = public_space_kinds(); kind->name != NULL; kind++)
        for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
            char path[96];
            snprintf(path, sizeof path, "parameters.rates_haler.%s.%s", kind->name, zones[i]);
            if (host->get(call, path).integer > kind->cap_haler)
                return host->fail(call, EPO_RC_BAD_INPUT, path, "over_cap",
                                  TEXT("a rate is over the limit of Act No. 565/1990 Coll., "
                                       "section 4: lower it"));
        }
    return EPO_RC_OK;
}

static int is_form(const epo_host *host, epo_call *call, const char *form) {
    return text_is(host->get(call, "form.id").text, form);
}

/* A notice of days to come: the first one, or one that extends another. */
static int is_notice(const epo_host *host, epo_call *call) {
    return is_form(host, call, "occupy") || is_form(host, call, "extend");
}

/* What falls away is told to whom it is booked alone. */
static int compute_end(const epo_host *host, epo_call *call) {
    if (!register_find(host, call) || host->get(call, "answers.ended_on").text.len == 0)
        return EPO_RC_OK;
    epo_str person = host->get(call, "person.number").text;
    epo_str owner = host->get(call, "recorded.person").text;
    if (person.len > 0 && person.len == owner.len && memcmp(person.at, owner.at, owner.len) == 0)
        host->set_integer(call, "refund", register_refund(host, call));
    return EPO_RC_OK;
}

static int compute(void *self, epo_call *call) {
    const epo_host *host = host_of(self);
    struct occupation occupation;
    if (is_form(host, call, "end"))
        return compute_end(host, call);
    if (!is_notice(host, call))
        return EPO_RC_OK;
    if (!occupation_read(host, call, &occupation))
        return EPO_RC_OK; /* shown once everything it hangs on is answered */
    host->set_integer(call, "fee", occupation_due_haler(&occupation));
    explain_fee(host, call, &occupation);
    return EPO_RC_OK;
}

static int check_dates(const epo_host *host, epo_call *call) {
    int64_t first, last;
    epo_item most = host->get(call, "parameters.max_days");
    if (!public_space_day_read(host->get(call, "answers.from").text, &first) ||
        !public_space_day_read(host->get(call, "answers.to").text, &last) ||
        last - first + 1 <= (most.integer > 0 ? most.integer : 365))
        return EPO_RC_OK;
    return host->fail(call, EPO_RC_BAD_INPUT, "answers.to", "too_long",
                      TEXT("One notice can cover one year at most."));
}

static int check_exemption(const epo_host *host, epo_call *call) {
    epo_str kind = host->get(call, "answers.kind").text;
    epo_str exemption = host->get(call, "answers.exemption").text;
    if ((text_is(exemption, "charity") && !text_is(kind, "event")) ||
        (text_is(exemption, "disability") && !text_is(kind, "parking")))
        return host->fail(call, EPO_RC_BAD_INPUT, "answers.exemption", "exemption_kind",
                          TEXT("This exemption does not belong to the chosen purpose."));
    return EPO_RC_OK;
}

static int check_road_permit(const epo_host *host, epo_call *call) {
    if (!text_is(host->get(call, "answers.kind").text, "trench") ||
        !text_is(host->get(call, "answers.road_permit").text, "none"))
        return EPO_RC_OK;
    return host->fail(call, EPO_RC_BAD_INPUT, "answers.road_permit", "road_permit",
                      TEXT("Excavation in a street needs a permit of the road authority."));
}

/* The notice that is extended or ended is on record, and the days fit it. */
static int check_recorded(const epo_host *host, epo_call *call) {
    int extends = is_form(host, call, "extend");
    if (!extends && !is_form(host, call, "end"))
        return EPO_RC_OK;
    int64_t day, first, last;
    if (!register_find(host, call) ||
        !public_space_day_read(host->get(call, "recorded.from").text, &first) ||
        !public_space_day_read(host->get(call, "recorded.until").text, &last))
        return host->fail(call, EPO_RC_BAD_INPUT, "answers.permit_number", "unknown_permit",
                          TEXT("There is no such notice on record."));
    const char *field = extends ? "answers.from" : "answers.ended_on";
    public_space_day_read(host->get(call, field).text, &day);
    if (extends ? day != last + 1 : day < first || day > last)
        return host->fail(call, EPO_RC_BAD_INPUT, field, extends ? "not_next_day" : "ends_outside",
                          TEXT("The day does not fit the notice that it is about."));
    return EPO_RC_OK;
}

/* What the form cannot say itself; where the place may lie stands in its rules, which are checked
 * while it is drawn and again in the save. Everything that is wrong is reported, not only the
 * first. */
static int check(void *self, epo_call *call) {
    static int (*const checks[])(const epo_host *, epo_call *) = {
        check_dates, check_exemption, check_road_permit, check_recorded};
    int worst = EPO_RC_OK;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        int rc = checks[i](host_of(self), call);
        if (rc > worst)
            worst = rc;
    }
    return worst;
}

/* The fee is due before the use begins: no later than on its first day. */
static int submitted(void *self, epo_call *call) {
    const epo_host *host = host_of(self);
    struct occupation occupation;
    char due[EPO_DAY_SIZE];
    if (!is_notice(host, call))
        return EPO_RC_OK;
    if (!occupation_read(host, call, &occupation))
        return host->fail(call, EPO_RC_BROKEN, "", "no_rate",
                          TEXT("No rate is set for this purpose and zone: complete the settings."));
    register_due(host, occupation.first_day, due);
    if (occupation_due_haler(&occupation) > 0)
        host->set_text(call, "due", (epo_str){due, strlen(due)});
    return permits_ask(host, call, &occupation);
}

static int is_over(const epo_host *host, epo_call *call) {
    int64_t last, today;
    return public_space_day_read(host->get(call, "answers.to").text, &last) &&
           public_space_day_read(host->get(call, "today").text, &today) && last < today;
}

/* An accepted notice is recorded and booked. */
static int accept(const epo_host *host, epo_call *call) {
    struct occupation occupation;
    if (is_over(host, call))
        return host->fail(call, EPO_RC_CONFLICT, "", "dates_over",
                          TEXT("The time of use is over; it cannot be permitted afterwards."));
    if (!occupation_read(host, call, &occupation))
        return host->fail(call, EPO_RC_CONFLICT, "", "no_rate",
                          TEXT("No rate is set for this purpose and zone: complete the settings."));
    if (is_form(host, call, "occupy"))
        return register_accept(host, call, &occupation);
    return register_find(host, call) ? register_extend(host, call, &occupation)
                                     : check_recorded(host, call);
}

static int state(void *self, epo_call *call) {
    const epo_host *host = host_of(self);
    int accepted = text_is(host->get(call, "case.to").text, "accepted"), rc = EPO_RC_OK;
    if (is_form(host, call, "end") && accepted)
        rc = register_find(host, call) ? register_end(host, call) : check_recorded(host, call);
    else if (is_notice(host, call) && accepted)
        rc = accept(host, call);
    if (rc != EPO_RC_OK)
        return rc;
    return is_notice(host, call)                    ? permits_move(host, call)
           : accepted && is_form(host, call, "end") ? permits_shorten(host, call)
                                                    : EPO_RC_OK;
}

static int page(void *self, epo_call *call, const char *name) {
    (void)name; /* the manifest has one page alone */
    return permits_page(host_of(self), call);
}

/* GET rates: the rates in force, for other programs. */
static int route(void *self, epo_call *call, const char *name) {
    static const char *const tables[] = {"rates_haler", "week_haler", "month_haler"};
    const epo_host *host = host_of(self);
    (void)name;
    host->set_text(call, "body.currency", TEXT("CZK"));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char from[64], to[64];
        snprintf(from, sizeof from, "parameters.%s", tables[i]);
        snprintf(to, sizeof to, "body.%s", tables[i]);
        host->set_json(call, to, host->json(call, from));
    }
    return EPO_RC_OK;
}

static int job(void *self, epo_call *call, const char *name) {
    (void)name;
    return permits_end_past(host_of(self), call);
}

static const epo_plugin PLUGIN = {
    .magic = EPO_PLUGIN_MAGIC,
    .major = EPO_ABI_MAJOR,
    .minor = EPO_ABI_MINOR,
    .size = sizeof(epo_plugin),
    .name = "public_space",
    .version = "1.0.0",
    .license = "EUPL-1.2",
    .start = start,
    .stop = stop,
    .selftest = selftest,
    .compute = compute,
    .check = check,
    .submitted = submitted,
    .state = state,
    .page = page,
    .route = route,
    .job = job,
};

const epo_plugin *epo_plugin_descriptor(void) {
    return &PLUGIN;
}
