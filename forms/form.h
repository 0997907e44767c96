/* Form definitions: read and check, validate answers, draw, describe. Knows no submission and no
 * HTTP. A form is immutable after read: any thread. */
#ifndef EPO_FORMS_FORM_H
#define EPO_FORMS_FORM_H

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/pool.h"
#include "base/text.h"
#include "maps/maps.h"
#include "view/view.h"

struct epo_form;
struct epo_form_place;

/* Every mistake in a definition, not only the first. */
struct epo_form_fault {
    char where[300]; /* "forms/occupy.json:12" */
    char text[400];  /* what is wrong, what to do, with a suggestion ("did you mean …") */
    struct epo_form_fault *next;
};

/* Folders that hold sections/<name>.json for {"use": name}; the portal's wins, both may be NULL and
 * live as long as the process. Before threads begin. */
void epo_form_share_sections(const char *portal, const char *program);

/* Reads and checks a definition against the rules of form.schema.json and more (unique ids, known
 * types, conditions over earlier fields, texts in cs and en, location rules that the map knows;
 * maps may be NULL then rules are only checked for shape). On any fault NULL and *faults (in pool).
 * The form itself is heap-owned: epo_form_free. file is only for messages. */
struct epo_form *epo_form_read(struct epo_pool *pool, struct epo_span source, const char *file,
                               struct epo_maps *maps, struct epo_form_fault **faults);
void epo_form_free(struct epo_form *form);

const char *epo_form_id(const struct epo_form *form);
struct epo_span epo_form_title(const struct epo_form *form, const char *lang);
/* SHA-256 (hex) of the canonical definition: the version a submission was made under. */
const char *epo_form_version(const struct epo_form *form);
const struct epo_json *epo_form_definition(const struct epo_form *form);
/* Rules of a location field as they are declared (array), or NULL. */
const struct epo_json *epo_form_rules(const struct epo_form *form, const char *field);
/* An error about a place, found by others, as those of epo_form_check: {"path","code","message",
 * "feature" (among several)}. The rule's own "message" goes before the catalog's text for the code,
 * which is filled in from values (may be NULL). */
struct epo_json *epo_form_place_error(const struct epo_form *form, struct epo_pool *pool,
                                      const struct epo_catalog *catalog, const char *lang,
                                      const struct epo_form_place *place, const char *code,
                                      const struct epo_json *rule, struct epo_json *values);
/* What a form asks only because a law lets it (a birth number, a signature): the url of the law,
 * and the field, of the n-th such field from 0; false: there is none more. The agenda must name the
 * law. */
bool epo_form_law(const struct epo_form *form, uint32_t n, const char **field,
                  struct epo_span *law);
/* Id of the location field that routes the request (the first one), or NULL. */
const char *epo_form_place_field(const struct epo_form *form);
/* Names of people and bodies among checked answers, as the autocomplete tokens of their fields say
 * ("name", "family-name", "organization" …), with spaces between; empty: none. In the pool. Pure.
 */
struct epo_span epo_form_applicant(const struct epo_form *form, struct epo_pool *pool,
                                   const struct epo_json *answers);

/* Raw answers as they came: an object of field id -> text (HTML form) or typed JSON (API). A
 * repeated group "dogs" is an array of such objects in JSON, names "dogs.0.chip" in HTML, where
 * "dogs.0" says that the item is there; paths of errors are "dogs.0.chip" in both. In HTML a name
 * sent several times is an array of texts; a location field "area" sends "area" (GeoJSON
 * text or typed coordinates), "area.q" (words to search for) and "area.address" (id of the chosen
 * address). */
enum epo_answers_source { EPO_ANSWERS_FROM_HTML, EPO_ANSWERS_FROM_JSON };

/* One place of the answers: the only one of its field, or one of several. */
struct epo_form_place {
    const char *field;
    uint32_t index;              /* among several, from 0 */
    struct epo_json *properties; /* as struct epo_chosen has them, and "description" */
    struct epo_place place;      /* kind 0 without a map, where only a map can fill it in */
    struct epo_form_place *next;
};

/* Files are stored by the host, before an answer refers to them. */
struct epo_form_files {
    /* The description {"id","name","type","bytes","sha256"} of what "id.ticket" stands for; NULL
     * where there is none or the ticket is not its own. False only when looking failed. */
    bool (*find)(void *arg, struct epo_pool *pool, struct epo_span reference,
                 struct epo_json **description, struct epo_error *error);
    void *arg;
};

struct epo_form_result {
    struct epo_json *answers; /* typed, only fields that were asked, definition order */
    struct epo_json
        *errors; /* array of {"path":"area","code":"form.required","message":"…" (lang)} */
    struct epo_json *raw;   /* what was typed, to be shown again */
    struct epo_json *facts; /* field id -> facts of epo_locate, for location fields */
    struct epo_json *found; /* HTML: field id -> addresses found for "<id>.q": [{"id","label"}] */
    struct epo_json *files; /* path -> descriptions of files with "reference", in order */
    struct epo_form_place *places; /* of all location fields that are valid, in order */
    struct epo_place place;        /* of epo_form_place_field, when valid; several are joined */
    bool has_place;
};
/* maps may be NULL (tests, tools): places are then checked for shape alone and have no facts.
 * Checks everything: conditions first, then each asked field; collects all errors with messages in
 * lang. In JSON unknown names are an error ("form.unknown"); in HTML they are dropped. False only
 * when checking itself failed (map unavailable). ok = errors is empty. */
bool epo_form_check(const struct epo_form *form, struct epo_pool *pool,
                    enum epo_answers_source source, const struct epo_json *raw,
                    struct epo_maps *maps, const struct epo_catalog *catalog, const char *lang,
                    struct epo_form_result *result, struct epo_error *error);

/* The same where files may be referred to; files may be NULL: then references are checked for shape
 * alone, and stand for their id. */
bool epo_form_check_with(const struct epo_form *form, struct epo_pool *pool,
                         enum epo_answers_source source, const struct epo_json *raw,
                         struct epo_maps *maps, const struct epo_form_files *files,
                         const struct epo_catalog *catalog, const char *lang,
                         struct epo_form_result *result, struct epo_error *error);
/* The same as it would have been judged on another day; NULL: today. */
bool epo_form_check_on(const struct epo_form *form, struct epo_pool *pool,
                       enum epo_answers_source source, const struct epo_json *raw,
                       struct epo_maps *maps, const struct epo_form_files *files,
                       const struct epo_catalog *catalog, const char *lang,
                       const struct epo_date *day, struct epo_form_result *result,
                       struct epo_error *error);
/* The field that a posted name (of a file: "photo", "dogs.0.photo") belongs to takes files. */
bool epo_form_takes_file(const struct epo_form *form, struct epo_span name);
/* Has it such a field? Its page then posts multipart/form-data. */
bool epo_form_has_files(const struct epo_form *form);
/* _action "file:<name>:remove-2" (from 1): raw (HTML) with that file's reference less, which is
 * given in *reference. False: the action is none of these. */
bool epo_form_take_files(const struct epo_form *form, struct epo_pool *pool, struct epo_json *raw,
                         struct epo_span action, struct epo_span *reference);
/* Puts a reference behind those of a name. */
void epo_form_add_file(struct epo_pool *pool, struct epo_json *raw, struct epo_span name,
                       struct epo_span reference);

/* ---- places on pages without a script (place_steps.c, place_plain.c) ----
 * Beside what is named above, a location field "area" posts
 *   "area.kind"    what is being named: "point", "address", "line", "area", "circle", "parcel",
 *                  "building", "route"
 *   "area.sketch"  corners of what is not closed yet: "area 13.37,49.74 13.38,49.75"
 *   "area.at"      coordinates or GeoJSON typed in
 *   "area.radius"  of a circle, in metres
 *   "area.text.2"  what is said of the second of several places
 *   "area.view"    where the picture looks: "lon,lat,zoom"
 *   "area.map.x", "area.map.y"  a click into the picture
 * and _action "step:area:<what>": "cross" (the spot in the middle), "typed" (area.at), "chosen"
 * (area.address), "back", "close", "clear", "remove-2", "north", "south", "east", "west", "in",
 * "out", "city". */
struct epo_form_steps {
    const char *field;      /* whose step it was, or NULL */
    struct epo_json *notes; /* field id -> key of the text that says what was done */
};
/* Puts all that into the values themselves, so that raw says of a place what a picker would have
 * sent. Where the form goes on (action "review", "send" or empty) also what only lacks the last
 * press. False only when the map broke. */
bool epo_form_take_places(const struct epo_form *form, struct epo_pool *pool, struct epo_maps *maps,
                          struct epo_json *raw, struct epo_span action,
                          struct epo_form_steps *steps, struct epo_error *error);
/* Puts a spot into the form's place field (raw), as whatever the field takes: what was found there
 * under id (of epo_addresses_search; may be empty), the spot itself, the address or the parcel
 * there. A field of lines alone only looks there. The form has such a field. */
bool epo_form_open_at(const struct epo_form *form, struct epo_pool *pool, struct epo_maps *maps,
                      struct epo_point at, struct epo_span id, struct epo_json *raw,
                      struct epo_error *error);
/* Adds what such a page shows ("plain" of each location field) to what epo_form_view made. raw and
 * steps may be NULL. */
void epo_form_view_places(const struct epo_form *form, struct epo_pool *pool, const char *lang,
                          const struct epo_catalog *catalog, struct epo_maps *maps,
                          const struct epo_json *raw, const struct epo_form_steps *steps,
                          struct epo_json *view);

/* _action "group:dogs:add" or "group:dogs:remove-2" (from 1) of a repeated group: raw (HTML) with
 * an item more or less, its names counted from 0 again. False: the action is none of these. */
bool epo_form_take_groups(const struct epo_form *form, struct epo_pool *pool, struct epo_json *raw,
                          struct epo_span action);

/* ---- steps: a form of several pages (steps.c) ----
 * In HTML "steps" (sent several times) names the steps that were looked at; it travels like an
 * answer. Steps are counted from 0. */
enum epo_step_state {
    EPO_STEP_HIDDEN,    /* nothing of it is asked: no such step for this person */
    EPO_STEP_WAITING,   /* what it asks hangs on an earlier step that is not done */
    EPO_STEP_UNTOUCHED, /* not looked at yet */
    EPO_STEP_BEGUN,     /* something is missing or wrong */
    EPO_STEP_DONE
};
/* 0: the form is one page. */
uint32_t epo_form_step_count(const struct epo_form *form);
const char *epo_form_step_id(const struct epo_form *form, int step);
/* -1 if there is none. */
int epo_form_step_find(const struct epo_form *form, struct epo_span id);
/* The step of a path of answers ("dogs.0.chip"); -1 for what is no answer of this form. */
int epo_form_step_of(const struct epo_form *form, struct epo_span path);
/* One for each step, in pool. result: of epo_form_check from HTML. */
const enum epo_step_state *epo_form_step_states(const struct epo_form *form, struct epo_pool *pool,
                                                const struct epo_form_result *result);
/* The next one that is asked, or the number of steps; the one before, or -1. */
int epo_form_step_next(const struct epo_form *form, const enum epo_step_state *states, int step);
int epo_form_step_before(const enum epo_step_state *states, int step);
/* {"id","title","number","count"}: "step 2 of 4" of those that are asked. */
struct epo_json *epo_form_step_model(const struct epo_form *form, struct epo_pool *pool,
                                     const char *lang, const enum epo_step_state *states, int step);
/* The list of tasks: [{"id","title","number","count","state": "waiting" | "untouched" | "begun" |
 * "done","waiting"}]. */
struct epo_json *epo_form_tasks(const struct epo_form *form, struct epo_pool *pool,
                                const char *lang, const enum epo_step_state *states);
/* As epo_form_hidden, without what stands on the page of that step itself. */
struct epo_json *epo_form_hidden_elsewhere(const struct epo_form *form, struct epo_pool *pool,
                                           const struct epo_json *raw, int step);
/* As epo_form_view with the sections and errors of one step, and errors of the form as such;
 * "known_json": answers of other steps, for conditions in the page. */
struct epo_json *epo_form_view_step(const struct epo_form *form, struct epo_pool *pool,
                                    const char *lang, const struct epo_catalog *catalog,
                                    const struct epo_form_result *result, int step);

/* Takes a place's search out of what a browser typed, so that its geometry counts. */
void epo_form_forget_search(struct epo_pool *pool, struct epo_json *raw, struct epo_span field);

/* View model of the form page for forms/web templates: sections, fields with partial names, values
 * as typed, errors (summary and beside), options, texts in lang. result may be NULL (blank form).
 */
struct epo_json *epo_form_view(const struct epo_form *form, struct epo_pool *pool, const char *lang,
                               const struct epo_catalog *catalog,
                               const struct epo_form_result *result);
/* What a browser would have posted for answers (as stored): to open a form again with what was
 * sent. A new tree in the pool; files and signatures are named as answers name them. */
struct epo_json *epo_form_retype(const struct epo_form *form, struct epo_pool *pool,
                                 const struct epo_json *answers);
/* Everything typed, as hidden fields of the review page, so that nothing is lost on the way back:
 * [{"name","value"}], only names that the form knows. raw as given to epo_form_check (HTML). */
struct epo_json *epo_form_hidden(const struct epo_form *form, struct epo_pool *pool,
                                 const struct epo_json *raw);
/* View model of the answers for reading, each item of a repeated group as a section of its own
 * ("dogs.0"): [{"id","section","rows":[{"id","label","text",
 * "geojson"? (GeoJSON as text),"words"?}]}], for review, receipt, office. answers as in
 * result->answers or as stored. */
struct epo_json *epo_form_summary(const struct epo_form *form, struct epo_pool *pool,
                                  const char *lang, const struct epo_catalog *catalog,
                                  const struct epo_json *answers, const struct epo_json *facts);
/* Computed values (a fee) for reading: [{"id","label","text"}] of those that values has. */
struct epo_json *epo_form_computed(const struct epo_form *form, struct epo_pool *pool,
                                   const char *lang, const struct epo_catalog *catalog,
                                   const struct epo_json *values);
/* Facts of epo_locate in words: [{"label","text"}]: district, nearest address with its distance,
 * parcel and owner, public space, area. Needs no form: the map's live panel shows the same. */
struct epo_json *epo_form_words(struct epo_pool *pool, const char *lang,
                                const struct epo_catalog *catalog, const struct epo_json *facts);
/* The same in one line: "Městský obvod: Plzeň 3; Parcela: 10/1; …". */
struct epo_span epo_form_words_line(struct epo_pool *pool, const char *lang,
                                    const struct epo_catalog *catalog,
                                    const struct epo_json *facts);
/* 1234567.5 with 1 decimal: cs "1 234 567,5" (no-break spaces), en "1,234,567.5". Pool copy. */
struct epo_span epo_form_number(struct epo_pool *pool, const char *lang, double value,
                                int decimals);
/* Bytes of a file for people: "1,4 MB", "12 kB". Pool copy. */
struct epo_span epo_form_size(struct epo_pool *pool, const char *lang, int64_t bytes);
/* JSON Schema 2020-12 of the answers (as the API takes them). */
struct epo_json *epo_form_schema(const struct epo_form *form, struct epo_pool *pool,
                                 const char *lang);

#endif
