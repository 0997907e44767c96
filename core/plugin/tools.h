/* clang-format off */
/* For authors of agendas: making one and testing one. Used by the command line alone.
 *
 * Test cases of an agenda: every tests/<anything>.json of its folder, one object or an array of
 * {
 *   "name": "two dogs in Plzeň 3",     shown when it fails
 *   "form": "registration",
 *   "answers": {…},                    as the API takes them; a location is GeoJSON
 *   "place_facts": {"<field>": {"district": {"code": "546003", "name": "Plzeň 3", "number": 3}, …}},
 *                                      what the map would say; the map is not asked
 *   "today": "2026-11-24",             default: the real day
 *   "lang": "en",                      default: "cs"
 *   "parameters": {…},                 laid over the manifest's
 *   "case": {"from": "received", "to": "accepted", "note": "…"},   asks the state hook as well
 *   "person": "1000000008",            number of who sends it; the same where it is left out
 *   "records": [{…}], "ledger": [{…}], what stands in the registers; default: nothing
 *   "assess": {"record": {…}, "period": "2027"},   asks for that instead of a form
 *   "page": "overview",                asks that page ("route": …, "job": …) instead of a form
 *   "request": {…}, "account": {…},    put into the call as they stand
 *   "expect": {
 *     "values": {"fee": 30000},        each named value is equal; others are not looked at
 *     "errors": ["too_many_dogs"],     exactly these codes, in any order, the form's as well
 *                                      ("form.required"); default: none
 *     "explain": ["2 psi × 150 Kč"],   the lines as shown
 *     "records": [{…}], "ended": [{"key", "day"}], "ledger": [{…}],   what is put, ended and
 *                                      posted: as many, in order, of each the named members
 *     "result": {…}                    of submitted (office, due), page or route: each named
 *   }                                  member is equal
 * }
 * A form case runs the form's check, compute and check, and when those find nothing, submitted.
 * Tables are there, empty, in a database that is thrown away after the agenda's last case. */
/* clang-format on */
#ifndef EPO_PLUGIN_TOOLS_H
#define EPO_PLUGIN_TOOLS_H

#include <stdio.h>

#include "plugin/plugin.h"

/* Copies the template folder (share/lua/template) to folder/<name> with the name filled in.
 * BAD_INPUT for a bad name; CONFLICT where the folder exists. */
bool epo_agenda_new(const char *template_folder, const char *folder, const char *name,
                    struct epo_error *error);

/* Runs the cases of one agenda folder; the numbers are added to what stands there. Faults and
 * failed cases go to `wrong` as "file:line: what is wrong". True when none failed. portal gives
 * settings, catalog and templates; its store and maps are not used. */
bool epo_agenda_test(struct epo_portal *portal, const struct epo_runtime *const *runtimes,
                     size_t runtime_count, const char *agenda_folder, FILE *wrong, int *passed,
                     int *failed, struct epo_error *error);

#endif
