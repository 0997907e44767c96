/* The demo portal's accounts: made by `epo init --demo` with random passwords, shown by `epo serve`
 * and on the demo's login page. The file lies in the portal folder with mode 0600; a portal without
 * "demo" in its settings never reads it. */
#ifndef EPO_PORTAL_DEMO_H
#define EPO_PORTAL_DEMO_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_DEMO_CITIZEN "obcan@example.cz" /* of core/demo/registers.json */

/* Adds a citizen, a clerk for each office, one of the whole city and an admin; writes the file. */
bool epo_demo_accounts_make(struct epo_portal *portal, struct epo_error *error);
/* [{"name","password","what"}] with what in lang, or NULL. */
struct epo_json *epo_demo_accounts(struct epo_pool *pool, const char *folder, const char *lang);

#endif
