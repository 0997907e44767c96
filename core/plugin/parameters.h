/* Parameters of an agenda: declared by its manifest, supplied by epo.json for the city and for its
 * districts, and changed by an admin from a day on (portal/parameter_change.h). One form serves the
 * whole city; all in which districts may differ stands here.
 *
 * manifest.json:
 *   "parameters": {"year_haler": {"house": 50000}, "account": "19-2000145399/0800"}   values
 *   "parameter_types": {"year_haler": {"type": "money", "table": true, "max": 150000,
 *     "label": {cs, en}, "keys": {"house": {cs, en}}, "public": true, "districts": false}}
 *
 * Types: money (haléře), integer, number ("min", "max"; money from 0), text (or {cs, en};
 * "max_length"), day (YYYY-MM-DD), month_day (MM-DD), account (Czech number/bank, or IBAN), link,
 * office (an id of epo.json), annex ({"title": {cs, en}, "url"}), yes_no. "table": an object of
 * such values, of the same members as the manifest's own; "list": an array of them; both: a table
 * of lists. "unit": {cs, en} behind a number. "public": shown on the agenda's page where districts
 * differ. "districts": false where they may not. Without a type a value keeps the JSON type and the
 * members that the manifest's own has; with one it may be left out ("optional": true).
 *
 * epo.json "parameters": {"dog_fee": {…, "districts": {"546003": {…}}}}. A value, or why and when:
 *   {"value": 15000, "reason": {cs, en}, "decree": "OZV 5/2026", "decree_day": "2025-11-20",
 *    "decree_url": "https://sbirkapp.gov.cz/…", "from": "2026-01-01", "until": "2026-12-31"}
 * (days inclusive; outside of them it does not count; "reason" and "decree" may be {cs, en}), or an
 * array of such. In an array two may not be in force on one day; where none is, what is below
 * counts, and `epo check` warns of days between two of them.
 * Members are replaced whole: manifest < its districts < epo.json < an admin's for the city <
 * epo.json's districts < an admin's for the district. Of an admin's values that are in force on a
 * day the one that began last counts. */
#ifndef EPO_PLUGIN_PARAMETERS_H
#define EPO_PLUGIN_PARAMETERS_H

#include "plugin/fault.h"
#include "plugin/plugin.h"
#include "portal/parameter_change.h"

/* What the parameters of an agenda are made of, weakest first. Trees of its generation: linked,
 * never changed. Each may be NULL. */
struct epo_parameter_set {
    const struct epo_json *types;    /* declared by the manifest */
    const struct epo_json *defaults; /* of the manifest */
    const struct epo_json *supplied; /* by epo.json */
    const struct epo_json
        *changed; /* by an admin, as epo.json has them; the first in force counts */
    const struct epo_json *settings; /* epo.json: offices and their districts */
};
/* Those in force on that day in that district (code; empty: the city). In the pool. Any thread. */
struct epo_json *epo_parameters_on(const struct epo_parameter_set *set, struct epo_pool *pool,
                                   struct epo_span district, const char *day);

#define EPO_PARAMETER_LEAVES_MAX 500 /* values in one table: the view shows each */

/* ---- parameter_kinds.c: one value ---- */
struct epo_parameter_kind {
    const char *name;
    const char *wants; /* for a fault: "an amount in whole haléře" */
    bool (*fits)(const struct epo_json *value, const struct epo_json *settings);
    struct epo_span (*words)(struct epo_pool *pool, const char *lang, const struct epo_json *value,
                             const struct epo_json *settings);
};
const struct epo_parameter_kind *epo_parameter_kind_find(struct epo_span name);
/* "money, integer, …" in the pool. */
const char *epo_parameter_kind_names(struct epo_pool *pool);
/* A value for reading, by its declared type or, declared NULL, as it stands. */
struct epo_span epo_parameter_words(struct epo_pool *pool, const char *lang,
                                    const struct epo_json *declared, const struct epo_json *value,
                                    const struct epo_json *settings);

/* ---- parameter_check.c ---- */
/* Everything that is wrong with what the manifest declares, epo.json supplies and an admin has set
 * and is not over; warnings about days without a value. Fills agenda->parameters. */
bool epo_parameters_check(struct epo_agenda *agenda, struct epo_faults *faults);
/* What would be wrong with one value of the city (district empty) or of a district. file: how
 * faults name it. */
bool epo_parameters_check_one(const struct epo_parameter_set *set, struct epo_span district,
                              struct epo_span name, const struct epo_json *value, const char *file,
                              struct epo_faults *faults);
/* Texts of a definition may name parameters, {parameter.year_haler.house}: those that there are. */
bool epo_parameters_check_texts(struct epo_agenda *agenda, const struct epo_json *definition,
                                const char *file, struct epo_faults *faults);

/* ---- parameters.c ---- */
/* Of a value that says why and when (one of an array of them, from 0): the part of that index, or
 * NULL behind the last. Anything else is its own only part. */
const struct epo_json *epo_parameter_part(const struct epo_json *value, uint32_t index);
/* The value of a part, without why and when. */
const struct epo_json *epo_parameter_value(const struct epo_json *part);
/* Is it one that says why and when? */
bool epo_parameter_is_reasoned(const struct epo_json *value);
/* <0: not yet, 0: in force, >0: no more. today: ISO date. */
int epo_parameter_when(const struct epo_json *part, const char *today);
/* The part that is in force on that day, or NULL. */
const struct epo_json *epo_parameter_part_on(const struct epo_json *value, const char *day);

/* ---- parameter_rows.c ---- */
/* Each value for reading (of a table each member): [{"id","label","text": the city's, "reason",
 * "decree","decree_url","from_text","until_text","when" (where it says why and when),"coming":
 * [{the same}]: what the city will have, in the order of days,"districts": [{"code","name" (its
 * office), and the same, "when": "now"|"later"|"ended"}]}]; districts: those that differ.
 * public_only: what the agenda's page may show. All as it is on that day (ISO). */
struct epo_json *epo_parameter_rows(const struct epo_parameter_set *set, struct epo_pool *pool,
                                    const char *lang, bool public_only, const char *day);

/* ---- parameter_input.c ---- */
/* The boxes that a value is typed into, one for each member of a table: [{"id": "value" or
 * "value.<member>","label","type" (of the parameter; "json" where only that says it),"lines": bool,
 * "unit","text": of the given value, which may be NULL}]. */
struct epo_json *epo_parameter_boxes(const struct epo_parameter_set *set, struct epo_pool *pool,
                                     const char *lang, struct epo_span name,
                                     const struct epo_json *value);
/* What was typed into them; NULL where a box says nothing that its type can be: its id is in
 * *wrong_id. Not yet checked by epo_parameters_check_one. */
struct epo_json *epo_parameter_typed(const struct epo_parameter_set *set, struct epo_pool *pool,
                                     struct epo_span name,
                                     struct epo_span (*text_of)(void *arg, const char *id),
                                     void *arg, const char **wrong_id);
/* A value in one line: "family house: 500 Kč; apartment house: 900 Kč". */
struct epo_span epo_parameter_line(const struct epo_parameter_set *set, struct epo_pool *pool,
                                   const char *lang, struct epo_span name,
                                   const struct epo_json *value);
/* What the manifest calls it, else its name. */
struct epo_span epo_parameter_label(const struct epo_parameter_set *set, struct epo_span name,
                                    const char *lang);

/* ---- parameter_changed.c ---- */
/* What an admin has set and not taken back, as epo.json would have it; the value that begins last
 * stands first. NULL where there is nothing. False only when the store failed. */
bool epo_parameters_changed(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            const char *agenda, const struct epo_json **changed,
                            struct epo_error *error);
/* A copy in which each value that `more` has takes the place of what is set. */
const struct epo_json *epo_parameters_over(struct epo_pool *pool, const struct epo_json *changed,
                                           const struct epo_json *more);
/* A copy with one more value, as if it had been set; its value and from_day are checked ones. */
const struct epo_json *epo_parameters_with(struct epo_pool *pool, const struct epo_json *changed,
                                           const struct epo_parameter_change *more);

#endif
