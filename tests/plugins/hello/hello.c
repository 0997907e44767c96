/* hello - the smallest plugin that uses everything: a guest book. Read it beside epo.h, then copy
 * it.
 *
 * The folder beside this file is all there is: manifest.json says what the agenda is called, asks
 * for its rights and declares forms, pages, routes, jobs and statements; this file decides. Build
 * it with
 *
 *     cc -O2 -fPIC -fvisibility=hidden -shared -I <include> -o hello.so hello.c
 */
#include <stdio.h>
#include <string.h>

#include "epo.h" /* the only header: there is no library to link */

#ifndef GREETING /* another generation is built with another one */
#define GREETING "Hello"
#endif
#define TEXT(words) ((epo_str){"" words, sizeof(words) - 1})

/* The host's functions, given to start. A plugin keeps what it needs in `self`; what may change
 * there while it serves would need a lock, for hooks run on several threads at once. */
static const epo_host *host;

static int start(const epo_host *from, void **self) {
    *self = NULL;
    host = from;
    return 0; /* anything else: "not loaded", named with this number */
}

/* Before it goes live, in a child process first: a crash or a hang here is the child's alone. */
static int selftest(void *self, epo_call *call) {
    (void)self;
    return host->get(call, "parameters.price_haler").integer >= 0 ? EPO_RC_OK : EPO_RC_BROKEN;
}

/* Computed values, shown before sending. Asked while answers are missing, too: they are ABSENT. */
static int compute(void *self, epo_call *call) {
    epo_item guests = host->get(call, "answers.guests");
    epo_item price = host->get(call, "parameters.price_haler");
    (void)self;
    if (guests.kind != EPO_KIND_INTEGER)
        return EPO_RC_OK;
    host->set_integer(call, "price", guests.integer * price.integer); /* money: whole haléře */
    host->set_text(call, "explain.0.key", TEXT("price.line"));        /* a key of texts/ */
    host->set_integer(call, "explain.0.values.guests", guests.integer);
    host->set_integer(call, "explain.0.values.price.money", price.integer);
    return EPO_RC_OK;
}

/* The agenda's word on answers that the form found valid. */
static int check(void *self, epo_call *call) {
    epo_str name = host->get(call, "answers.name").text;
    (void)self;
    if (name.len != 6 || memcmp(name.at, "Nobody", 6) != 0)
        return EPO_RC_OK;
    return host->fail(call, EPO_RC_BAD_INPUT, "answers.name", "nobody", TEXT("Nobody is nobody."));
}

/* Just before the save: the row is written in the save's own transaction or not at all. The number
 * of the request is known only there, hence its own kind of value. */
static int submitted(void *self, epo_call *call) {
    const epo_item values[] = {{.kind = EPO_KIND_NEW_NUMBER},
                               host->get(call, "answers.name"),
                               host->get(call, "answers.guests")};
    (void)self;
    return host->write(call, "keep", values, 3); /* declared in manifest.json */
}

/* A clerk moves the case; the agenda may refuse, or join in. */
static int state(void *self, epo_call *call) {
    epo_item number = host->get(call, "case.number");
    epo_str to = host->get(call, "case.to").text;
    (void)self;
    if (strcmp(to.at, "refused") == 0) /* texts from the host are NUL-terminated as well */
        return host->fail(call, EPO_RC_CONFLICT, "", "polite", TEXT("A greeting is not refused."));
    return strcmp(to.at, "accepted") == 0 ? host->write(call, "answer", &number, 1) : EPO_RC_OK;
}

/* GET /agendas/hello/p/guests: the model of templates/guests.html, where all is escaped. */
static int page(void *self, epo_call *call, const char *name) {
    epo_result *rows = host->query(call, "list", NULL, 0);
    char path[40];
    (void)self, (void)name; /* the manifest has one page */
    if (rows == NULL)
        return EPO_RC_BROKEN; /* why is noted in the call already */
    host->set_text(call, "greeting", TEXT(GREETING));
    for (int i = 0; host->next(rows); i++) {
        snprintf(path, sizeof path, "guests.%d.name", i);
        host->set_text(call, path, host->column(rows, 0).text);
    }
    return EPO_RC_OK;
}

/* GET /api/v1/agendas/hello/x/count: JSON for other programs. */
static int route(void *self, epo_call *call, const char *name) {
    epo_result *rows = host->query(call, "count", NULL, 0);
    (void)self, (void)name;
    if (rows == NULL || !host->next(rows))
        return EPO_RC_BROKEN;
    host->set_text(call, "body.greeting", TEXT(GREETING));
    host->set_integer(call, "body.guests", host->column(rows, 0).integer);
    return EPO_RC_OK;
}

/* Each second, by the manifest: answered greetings are forgotten. */
static int job(void *self, epo_call *call, const char *name) {
    (void)self, (void)name;
    return host->write(call, "forget", NULL, 0);
}

static const epo_plugin PLUGIN = {
    .magic = EPO_PLUGIN_MAGIC, /* these four say what it was built against */
    .major = EPO_ABI_MAJOR,
    .minor = EPO_ABI_MINOR,
    .size = sizeof(epo_plugin),
    .name = "hello", /* as in the manifest, and as the folder */
    .version = "1.0.0",
    .license = "EUPL-1.2",
    .start = start,
    .selftest = selftest,
    .compute = compute,
    .check = check,
    .submitted = submitted,
    .state = state,
    .page = page,
    .route = route,
    .job = job,
};

/* The one symbol that the host looks for. */
const epo_plugin *epo_plugin_descriptor(void) {
    return &PLUGIN;
}
