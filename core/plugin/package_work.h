/* Parts of package.h in files of their own. */
#ifndef EPO_PLUGIN_PACKAGE_WORK_H
#define EPO_PLUGIN_PACKAGE_WORK_H

#include "base/token.h"
#include "plugin/package.h"

#define EPO_PACKAGE_LIST "package.json"
#define EPO_PACKAGE_SIGNATURE "package.sig"
#define EPO_SIGNATURE_SIZE 64

/* package_key.c */
bool epo_package_sign(const char *key_file, struct epo_span list, uint8_t out[EPO_SIGNATURE_SIZE],
                      struct epo_error *error);
/* Is the signature that of the key (base64) that epo.json has for the name, or of one of several?
 */
bool epo_package_trusted(const struct epo_json *settings, struct epo_span name,
                         struct epo_span list, struct epo_span signature, struct epo_error *error);

/* package_read.c: reads all of the file into `to` (a folder that is there), where the organization
 * lies under its name afterwards; every file is checked before it is written. about: without
 * "row". */
bool epo_package_unpack(struct epo_pool *pool, const char *file, const struct epo_json *settings,
                        const char *to, struct epo_json **about, struct epo_error *error);
/* May a file of a package be called so? */
bool epo_package_name_fits(struct epo_span name);
/* Removes a folder and all in it; what is not there is no failure. */
void epo_package_sweep(const char *folder);

#endif
