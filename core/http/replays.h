/* Replays on the admin's pages: asking for one, its progress, what it found. */
#ifndef EPO_HTTP_REPLAYS_H
#define EPO_HTTP_REPLAYS_H

#include "http/pages.h"

/* Tries this on what was filed in the last year, in the background, and leads to its page. payload
 * as core/store/schema/231_replays.sql says; after_day: ISO, of the parameters of the new version;
 * title: what is tried, for people. All must live in the request's pool or longer. */
struct epo_response *epo_replay_begin(struct epo_request *request,
                                      const struct epo_account *account, const char *agenda,
                                      const struct epo_json *payload, struct epo_span after_day,
                                      struct epo_span title);

#endif
