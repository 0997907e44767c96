/* What the files of verified identity share. Private to them. */
#ifndef EPO_PORTAL_IDENTITY_WORK_H
#define EPO_PORTAL_IDENTITY_WORK_H

#include "portal/identity.h"

/* One line of so many characters. */
bool epo_identity_line(struct epo_span text, size_t least, size_t most);
/* A code of size - 1 letters and digits as somebody reads it out; false where it is none. */
bool epo_identity_read_code(struct epo_span typed, char *out, size_t size);
/* A write job's part: the account counts as verified since at_us; 0: no more. */
bool epo_identity_mark(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       int64_t at_us, struct epo_error *error);

#endif
