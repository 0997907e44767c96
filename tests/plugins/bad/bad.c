/* bad - what a plugin can do wrong, one switch each (tests/plugins/refused.test.mjs builds them all
 * with the README's line and a -D). Without a switch it is a good plugin called by -DNAME. */
#include <stdlib.h>
#include <unistd.h>

#include "epo.h"

#ifndef MAGIC
#define MAGIC EPO_PLUGIN_MAGIC
#endif
#ifndef MAJOR
#define MAJOR EPO_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR EPO_ABI_MINOR
#endif
#ifndef SIZE
#define SIZE sizeof(epo_plugin)
#endif
#ifndef SYMBOL
#define SYMBOL epo_plugin_descriptor
#endif
#ifndef IN_START
#define IN_START return 0
#endif
#ifndef IN_SELFTEST
#define IN_SELFTEST return EPO_RC_OK
#endif
#ifndef IN_ROUTE
#define IN_ROUTE return EPO_RC_OK
#endif
#ifndef DESCRIPTOR
#define DESCRIPTOR &PLUGIN
#endif

static const epo_host *host;
static volatile int *volatile nowhere; /* so that the compiler does not see through it */

int is_undefined(void);

static int start(const epo_host *from, void **self) {
    *self = 0;
    host = from;
    IN_START;
}

static int selftest(void *self, epo_call *call) {
    (void)self, (void)call, (void)nowhere;
    IN_SELFTEST;
}

static int route(void *self, epo_call *call, const char *name) {
    (void)self, (void)call, (void)name;
    IN_ROUTE;
}

static const epo_plugin PLUGIN = {
    .magic = MAGIC,
    .major = MAJOR,
    .minor = MINOR,
    .size = SIZE,
    .name = NAME,
    .version = "1",
    .license = "EUPL-1.2",
    .start = start,
    .selftest = selftest,
    .route = route,
};

EPO_EXPORT const epo_plugin *SYMBOL(void);
const epo_plugin *SYMBOL(void) {
    return DESCRIPTOR;
}
