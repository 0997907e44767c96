/* clang-format off */
/* Municipal organizations: the zoo, the transport company … each a folder organizations/<name>/ of
 * the portal folder that brings its own texts, logo, offices, agendas and layers, and whose clerks
 * see only what is its own. organization.json (organization.schema.json explains it to editors):
 * {
 *   "name": "zoo",                     lower-case letters and digits; the folder's name
 *   "version": "1.0.0",                three numbers; an older one never replaces a newer one
 *   "title": {"cs": …, "en": …}, "summary": {"cs": …, "en": …},
 *   "about": [{"cs": …, "en": …}],     paragraphs of its page
 *   "logo": "logo.png",                PNG or JPEG, by its content
 *   "contact": {"address", "phone", "email", "web"},
 *   "offices": [{"id": "visits", "title": {"cs": …, "en": …}, "address", "hours", "phone", "email",
 *     "opening": ["Mo,We 08:00-17:00"], "point": [lon, lat]}],
 *   "rights": ["tables", "layers"],    that it asks for: those of agendas (plugin.h), "layers"
 *                                      (its own on the city's map), "native" (agendas in C)
 *   "layers": [{"id": "places", "file": "layers/places.geojson", "title": {"cs": …, "en": …},
 *     "symbol": "zoo", "colour": "leisure"}]    points, lines and areas in EPSG:4326
 * }
 * Beside it: agendas/<name>_…/ as everywhere (their routing names its own offices, their codes of
 * life situations begin with "<name>/"), layers/, texts/ (cs.json, en.json: words for its agendas).
 *
 * Its offices get the ids "<name>.<id>" and stand behind those of epo.json; its layers are
 * "<name>.<id>". A right is granted by epo.json ("grants": {"zoo": ["layers"]}) or by the admin
 * when it is installed (organizations/<name>.json); one that is missing keeps it out. One that is
 * wrong is named with file and line, the rest runs; on a reload the one before goes on.
 *
 * What is live is a row of "organizations_installed" in the settings in force: readable from any
 * thread, valid to the end of the process. */
/* clang-format on */
#ifndef EPO_PLUGIN_ORGANIZATION_H
#define EPO_PLUGIN_ORGANIZATION_H

#include "base/json.h"
#include "forms/form.h"
#include "plugin/fault.h"
#include "portal/setting.h"

#define EPO_ORGANIZATION_NAME_MAX 20

/* "organizations" of epo.json: what one may cost. */
extern const struct epo_setting_group epo_organization_settings;

/* One folder: its row {"name","version","folder","title","summary","about","contact","logo"?:
 * {"file","type"},"offices" (as in epo.json, with "organization"),"rights","layers":[{"id","title",
 * "symbol","colour","features"}],"agendas":[folder names]} in the pool, or NULL and all that is
 * wrong in faults. */
struct epo_json *epo_organization_read(struct epo_pool *pool, const char *folder,
                                       struct epo_faults *faults);
/* "1.20.3" as numbers; false for anything else. */
bool epo_version_read(struct epo_span text, int64_t parts[3]);
/* Its layer read and checked: array of GeoJSON Features, each with "id" and properties "title"
 * {cs,en} and "text". NULL and faults. file: path; label: as messages name it. */
struct epo_json *epo_organization_layer(struct epo_pool *pool, const char *file, const char *label,
                                        struct epo_faults *faults);

/* The settings with all organizations of the portal folder: a new object over the same members.
 * before: the settings in force till now, or NULL; an organization that is broken now stays as it
 * was there. Beside "organizations_installed" it has "organizations_refused" (rows that lack a
 * right, with "missing") and "organization_faults" ([{"name","file","line","text","kept"}]). */
struct epo_json *epo_organizations_join(struct epo_pool *pool, const char *folder,
                                        const struct epo_json *settings,
                                        const struct epo_json *before);
/* All that are live, or NULL. */
const struct epo_json *epo_organizations_of(const struct epo_json *settings);
const struct epo_json *epo_organization_find(const struct epo_json *settings, struct epo_span name);
/* Of a folder of an agenda ("…/organizations/zoo/agendas/zoo_visits"), or NULL. */
const struct epo_json *epo_organization_of_folder(const struct epo_json *settings,
                                                  const char *agenda_folder);
/* The organization that a name with its prefix belongs to: an agenda's ("zoo_visits"), an office's
 * or a layer's ("zoo.visits"). NULL: the city's own. */
const struct epo_json *epo_organization_owner(const struct epo_json *settings,
                                              struct epo_span name);
/* Is the office one of its own? */
bool epo_organization_has_office(const struct epo_json *organization, struct epo_span office);
/* "zoo.places": the row of the layer, or NULL. */
const struct epo_json *epo_organization_find_layer(const struct epo_json *settings,
                                                   struct epo_span id);
/* Rights that are granted to it: array of texts; by epo.json and by organizations/<name>.json. */
struct epo_json *epo_organization_granted(struct epo_pool *pool, const char *folder,
                                          const struct epo_json *settings, struct epo_span name);
/* Those of the row's rights that are not among the granted: array of texts. */
struct epo_json *epo_organization_missing(struct epo_pool *pool, const struct epo_json *row,
                                          const struct epo_json *granted);
/* organizations/<name>.json of an installed package, or NULL: {"version","granted","sha256",
 * "installed_at"}. */
const struct epo_json *epo_organization_state(struct epo_pool *pool, const char *folder,
                                              struct epo_span name);
/* What the search of the map finds beside offices: points of layers, each shaped like an office of
 * the settings with the id "zoo.places/gate". */
struct epo_json *epo_organizations_places(struct epo_pool *pool, const struct epo_json *settings);

/* The rule {"rule": "feature", "layer": "zoo.places", "within_m": 30} of a location field: the
 * place is one of the layer. Adds errors to result, and to the facts of the field "feature":
 * {"layer","id","title":{cs,en},"distance_m"}. False only when reading failed. */
bool epo_organization_spots(const struct epo_json *settings, const struct epo_form *form,
                            struct epo_pool *pool, const struct epo_catalog *catalog,
                            const char *lang, struct epo_form_result *result,
                            struct epo_error *error);

#endif
