/* The rules of a manifest over place, answers and time (forms/expression.h): which office a request
 * goes to, and where in the city the agenda applies. Internal to plugin. */
#ifndef EPO_PLUGIN_RULES_H
#define EPO_PLUGIN_RULES_H

#include "base/json.h"

/* What a rule may name, ended by NULL:
 *   in_city                          true inside the municipality
 *   district, districts              name of the district; names of all that the place meets
 *   cadastral_area, parcel           names ("Bolevec", "1234/5")
 *   owner, owners                    kind of owner of the parcel under it; of all parcels it meets
 *   street, street_m, address, address_m   nearest ones and how far (metres)
 *   public_space, zone               name and zone of the public space it lies in
 *   layers.<layer>                   names of the features of a fact layer that the place meets
 *   area_m2, length_m
 *   answers.<field>, values.<name>   empty where the rule is about a place alone
 *   today ("2026-11-24"), weekday (1 Monday … 7 Sunday), month
 * What is not known is null. */
extern const char *const epo_rule_names[];

/* The variables for one place. facts: of epo_locate; facts, answers, values may be NULL. today:
 * ISO date. */
struct epo_json *epo_rule_variables(struct epo_pool *pool, const struct epo_json *facts,
                                    const struct epo_json *answers, const struct epo_json *values,
                                    const char *today);

#endif
