/* What a file is, by its content; what it is called counts only against it. Any thread. */
#ifndef EPO_PORTAL_FILETYPE_H
#define EPO_PORTAL_FILETYPE_H

#include "base/error.h"
#include "base/pool.h"
#include "base/text.h"
#include "forms/filetype.h"

/* The kind of this content, with everything checked that a file of that kind must hold to: a PDF
 * begins and ends as one, pictures are whole and of a size that can be drawn, packed documents are
 * plain zip files without programs, other paths, encryption or bombs. An extension in the name that
 * belongs to something else is refused. NULL with BAD_INPUT: "attachment.empty", "attachment.type"
 * (text names what it seems to be), "attachment.extension", "attachment.damaged",
 * "attachment.active" (a program inside), "attachment.bomb", "attachment.locked",
 * "attachment.heic". */
const struct epo_filetype *epo_filetype_of(struct epo_pool *pool, struct epo_span name,
                                           struct epo_span content, struct epo_error *error);

/* photo.c: a picture without what it says beside the picture: place, camera, time, text, and
 * without whatever was hung on behind its end. Turned as the camera held it (the orientation is
 * kept). Other kinds are given back as they are. False with "attachment.damaged" where it is not
 * whole, and with "attachment.pixels" where it is too large to draw. */
bool epo_photo_strip(struct epo_pool *pool, const struct epo_filetype *type,
                     struct epo_span content, struct epo_span *stripped, struct epo_error *error);

/* zip_check.c: the directory of a packed document, without unpacking it. */
bool epo_zip_check(struct epo_span content, struct epo_error *error);

#endif
