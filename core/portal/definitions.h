/* Definitions of forms by version, kept once something was filed or begun under them: a form may
 * change, what was made under it is read as it was then. */
#ifndef EPO_PORTAL_DEFINITIONS_H
#define EPO_PORTAL_DEFINITIONS_H

#include "forms/form.h"
#include "portal/portal.h"

/* Is this version kept and committed? On a worker. */
bool epo_definitions_has(struct epo_portal *portal, struct epo_db *db, const char *version,
                         bool *has, struct epo_error *error);
/* In a write job: keeps the form's definition; one that is kept already stays as it is. */
bool epo_definitions_keep(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                          const struct epo_form *form, struct epo_error *error);
/* The form of a version, freed with the pool; NULL where it is not kept, or where this program
 * reads it no longer (which is logged). maps: as for epo_form_read; NULL is enough for drawing. On
 * a worker; false only when the database failed. */
bool epo_definitions_form(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span version, struct epo_maps *maps,
                          const struct epo_form **form, struct epo_error *error);

#endif
