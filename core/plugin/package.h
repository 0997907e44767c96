/* An organization as one file, <name>-<version>.tar.zst: its folder, with a list of all files and
 * their digests (package.json) and the organization's Ed25519 signature of that list (package.sig),
 * which come first. Whose packages are taken says "organization_keys" of epo.json. Everything in a
 * package is hostile until its signature and digests fit: names, sizes, counts and kinds are
 * bounded while it is read. For the command line and the admin's page; on threads that may wait. */
#ifndef EPO_PLUGIN_PACKAGE_H
#define EPO_PLUGIN_PACKAGE_H

#include "base/error.h"
#include "base/json.h"

#define EPO_PACKAGE_BYTES_MAX (16u << 20)    /* the file */
#define EPO_PACKAGE_UNPACKED_MAX (32u << 20) /* all that is in it */
#define EPO_PACKAGE_FILE_MAX (8u << 20)      /* one file in it */
#define EPO_PACKAGE_FILES_MAX 500
#define EPO_PACKAGE_KEY_SIZE 45 /* base64 of a public key, NUL behind */

/* A new key pair: the private one as PEM into a file that must not exist (only its owner may read
 * it), the public one for epo.json. */
bool epo_package_key(const char *file, char public_key[EPO_PACKAGE_KEY_SIZE],
                     struct epo_error *error);
/* Packs the folder of an organization, signed by the key, to <to>/<name>-<version>.tar.zst.
 * BAD_INPUT where the folder is not in order. *made: its path, in the pool. */
bool epo_package_pack(struct epo_pool *pool, const char *folder, const char *key_file,
                      const char *to, const char **made, struct epo_error *error);

/* What a package is: {"name","version","sha256" (of the file),"row" (as epo_organization_read gives
 * it, its folder gone), "files"}. */
bool epo_package_verify(struct epo_pool *pool, const char *file, const struct epo_json *settings,
                        struct epo_json **about, struct epo_error *error);
/* Verifies, unpacks aside, checks and puts it in the place of what is there, at once: who is killed
 * half way leaves the old one or the new one. Refused: an unknown key, a changed file, a version
 * that is not newer (update) or a name that is taken (install), rights that are neither granted nor
 * among `grant` (array of texts, may be NULL), which is remembered. about: as above. */
bool epo_package_install(struct epo_pool *pool, const char *portal_folder,
                         const struct epo_json *settings, const char *file, bool update,
                         const struct epo_json *grant, struct epo_json **about,
                         struct epo_error *error);
/* Takes the organization out; what people sent to it stays. */
bool epo_package_remove(struct epo_pool *pool, const char *portal_folder, struct epo_span name,
                        struct epo_error *error);
/* Grants more rights to one that is there. */
bool epo_package_grant(struct epo_pool *pool, const char *portal_folder, struct epo_span name,
                       const struct epo_json *grant, struct epo_error *error);

#endif
