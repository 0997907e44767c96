/* Decisions that an agenda's clerks issue: the "decisions" member of its manifest, by name:
 *   "decisions": {"permit": {
 *     "title": {"cs": "Rozhodnutí o …", "en": …},
 *     "body": [{"cs": "… {applicant} … {kind} … {fee} …", "en": …}],   paragraphs
 *     "appeal": {"days": 15, "to": {"cs": "Krajskému úřadu …", "en": …}}}}   left out: no appeal
 * Named in a move of "states" ("decision": "permit"), which issues it. In the paragraphs stand, as
 * {name}: fields and computed values of the form in words, and number, title, applicant, place,
 * district, office, received, today. A name that no form of the agenda has is a fault. */
#ifndef EPO_PLUGIN_DECISIONS_H
#define EPO_PLUGIN_DECISIONS_H

#include "plugin/agenda.h"

/* Once forms and states are read: every mistake is a fault of manifest.json. */
bool epo_decisions_check(const struct epo_agenda *agenda, struct epo_faults *faults);

#endif
