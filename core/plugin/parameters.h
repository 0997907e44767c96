/* Parameters of an agenda: declared by its manifest, supplied by epo.json for the city and for its
 * districts. One form serves the whole city; all in which districts may differ stands here.
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
 *   {"value": 15000, "reason": {cs, en}, "decree": "OZV 5/2026", "from": "2026-01-01",
 *    "until": "2026-12-31"}                   (days inclusive; outside of them it does not count)
 * or an array of such, of which the first that is in force counts.
 * Members are replaced whole: manifest < its districts < epo.json < its districts. */
#ifndef EPO_PLUGIN_PARAMETERS_H
#define EPO_PLUGIN_PARAMETERS_H

#include "plugin/agenda.h"

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
/* Everything that is wrong with what the manifest declares and epo.json supplies. */
bool epo_parameters_check(struct epo_agenda *agenda, struct epo_faults *faults);
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

#endif
