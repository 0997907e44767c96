/* Parts of the location field (field_location.c), in files of their own. Private to this room. */
#ifndef EPO_FORMS_PLACE_H
#define EPO_FORMS_PLACE_H

#include "forms/field.h"

/* place_typed.c: "49.7475, 13.3776", "49,7475 13,3776", "49.7475N 13.3776E", "822000 1070000" as a
 * GeoJSON Point; NULL where it is none of them. */
struct epo_json *epo_location_typed(struct epo_pool *pool, struct epo_span typed);
/* A Feature that says what the search found: a parcel where the field takes parcels, else the
 * address. */
struct epo_json *epo_location_found(struct epo_pool *pool, const struct epo_field *field,
                                    const struct epo_json *found);
enum { EPO_LOCATION_NAME_MAX = 128 };
/* What was posted as "<id>.<part>", or empty. */
struct epo_span epo_location_part(const struct epo_json *raw, const struct epo_field *field,
                                  const char *part);
/* place_check.c: reads one place or several, asks the map, checks the rules; *value becomes what is
 * kept. False: refused and said so, or broken. */
bool epo_location_limits(struct epo_check *check, const struct epo_field *field,
                         struct epo_json *value);
/* Once all fields are read: the rules "free" and "capacity" name some: dates, a number. */
void epo_location_check_named(struct epo_reader *reader, const struct epo_field *field);
/* place_schema.c */
void epo_location_schema(const struct epo_draw *draw, const struct epo_field *field,
                         struct epo_json *schema);
/* Each of several places for reading: [{"text","description"}]; empty for a single one. facts: of
 * the field, may be NULL. */
struct epo_json *epo_location_rows(const struct epo_draw *draw, const struct epo_json *value,
                                   const struct epo_json *facts);

#endif
