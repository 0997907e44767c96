/* The pages and the API of the portal: handlers, their table, and what they share. All handlers run
 * on workers unless the table says inline. */
#ifndef EPO_HTTP_PAGES_H
#define EPO_HTTP_PAGES_H

#include <stdatomic.h>

#include "http/http.h"
#include "maps/picture.h"
#include "plugin/plugin.h"
#include "portal/account.h"

/* What handlers need beside the portal; request->app. Made by main, lives as long as the server. */
struct epo_app {
    struct epo_portal *portal;
    struct epo_registry *registry;
    struct epo_server *server;
    struct epo_finder *finder;         /* finder.h */
    const char *version;               /* of the program */
    const struct epo_json *versions;   /* [{"label","text"}] of the libraries */
    const struct epo_json *components; /* of the API description: core/web/api/components.json */
    const struct epo_json *ogc;        /* frame of OGC API's description: core/web/api/ogc.json */
    const struct epo_looks *looks;     /* of pictures of the map; made by core/web/build.mjs too */
    const struct epo_json *map_styles; /* by name, made by core/web/build.mjs */
    bool (*reload)(void *arg,
                   struct epo_error *error); /* settings, organizations, agendas; waits */
    void *reload_arg;
    int64_t started_at_us;
    atomic_llong changes; /* agendas that were saved since, with --dev: dev_pages.c */
};

/* The constant table (routes.c). */
extern const struct epo_route epo_routes[];
extern const size_t epo_route_count;

/* ---- who asks ---- */
/* The signed-in account in the request's pool, or NULL. */
const struct epo_account *epo_page_account(struct epo_request *request);
/* {"id","name","role"} for hooks, or NULL for nobody. */
struct epo_json *epo_page_account_json(struct epo_request *request,
                                       const struct epo_account *account);
/* account may be NULL; token: a key or receipt that came along, may be empty. */
struct epo_viewer epo_page_viewer(const struct epo_account *account, struct epo_span token);

/* ---- parts of models (models.c); all in the request's pool ---- */
struct epo_app *epo_page_app(struct epo_request *request);
/* {"id","name","address","hours","phone","email","map_url"} of an office, in the request's
 * language;
 * "" for what is not known. */
struct epo_json *epo_page_office(struct epo_request *request, struct epo_span id);
/* {"id","title","summary","url","forms"} of an agenda, in the request's language. */
struct epo_json *epo_page_agenda_row(struct epo_request *request, const struct epo_agenda *agenda);
/* Offices of epo.json that handle an agenda: the one it names, or all that have districts; array of
 * their settings' rows. */
struct epo_json *epo_page_agenda_offices(struct epo_request *request,
                                         const struct epo_agenda *agenda);
/* "https://host", as the client addressed it. */
const char *epo_page_own_address(struct epo_request *request);
/* A text of the host in the request's language. */
struct epo_span epo_page_text(struct epo_request *request, const char *key);
/* What an error says to a person: the catalog's "error.<code>", else `otherwise`. */
struct epo_span epo_page_error_text(struct epo_request *request, const struct epo_error *error,
                                    const char *otherwise);
/* Did the save end because the place is not to be had any more? Then the form is checked again. */
bool epo_page_place_lost(const struct epo_error *error);
void epo_page_set_crumb(struct epo_request *request, struct epo_json *model,
                        const struct epo_agenda *agenda);
struct epo_span epo_agenda_title(const struct epo_agenda *agenda, const char *lang);
/* Computed values for reading: [{"label","text","explain":[text],"amount":bool}]. */
struct epo_json *epo_page_values(struct epo_request *request, const struct epo_agenda *agenda,
                                 const struct epo_form *form, const struct epo_json *values);
/* Name of the district as the stored facts say it, or its code. */
struct epo_span epo_page_district(struct epo_request *request, const struct epo_json *facts,
                                  struct epo_span code);
/* Catalog key of a state: "state.received". */
const char *epo_page_state_key(struct epo_request *request, struct epo_span state);
/* The form that a submission was made under: of its own version, the live one or the one that was
 * kept; else today's, or NULL. *agenda (released by the pool) is NULL where it is gone. */
const struct epo_form *epo_page_filed_form(struct epo_request *request,
                                           const struct epo_json *found,
                                           struct epo_agenda **agenda);
/* Adds "since" {form (bool), parameters [{name, then, now}], values [{label, then, now}]}: what is
 * otherwise today than when the submission was made. */
void epo_page_since(struct epo_request *request, struct epo_json *model,
                    const struct epo_json *found);
/* A state of this agenda (may be NULL) for {{tr}}: its own words, or the key of the host's. */
const char *epo_page_state_name(struct epo_request *request, const struct epo_agenda *agenda,
                                struct epo_span state);
/* Everything that a submission's pages show: "submission", "sections", "values", "place_words",
 * "history", "now". found as epo_submission_find made it. */
struct epo_json *epo_page_submission(struct epo_request *request, const struct epo_json *found);

/* The spot named by "?place=lon,lat" (EPSG:4326); false where there is none. */
bool epo_page_place(struct epo_request *request, struct epo_point *at);
/* Adds "picture" {url, alt} to the model where the submission has a place: who holds the token, or
 * this clerk (account) on a page that is audited, may fetch it. */
void epo_page_picture(struct epo_request *request, struct epo_json *model,
                      const struct epo_json *found, struct epo_span token,
                      const struct epo_account *clerk);
/* The picture on record of a submission that has a place; drawn now where it is not there yet,
 * which is the same one as long as the map is the same. PNG in the request's pool. And what it
 * shows, in words. */
bool epo_page_place_png(struct epo_request *request, const struct epo_json *found,
                        struct epo_span *png, struct epo_error *error);
struct epo_span epo_page_place_alt(struct epo_request *request, const struct epo_json *found);
/* Adds "evidence" for the clerk: what was chosen, on which map, and how it is proved. */
bool epo_page_evidence(struct epo_request *request, struct epo_json *model,
                       const struct epo_json *found, struct epo_error *error);
/* Adds "picture" to each row of a summary that has a place: {url, alt}, or {data, alt} where the
 * place is too long for an address. */
void epo_page_row_pictures(struct epo_request *request, struct epo_json *sections);
/* Sets north and note of a picture's frame in the request's language. */
void epo_picture_words(struct epo_request *request, struct epo_picture *picture);
/* Does some agenda let something out into this live layer ("permits", "requests")? */
bool epo_layer_is_fed(struct epo_request *request, const char *layer);
/* The id under which everybody sees what was let out of a case: the same tomorrow, and nobody finds
 * the number by it (ogc_live.c). */
#define EPO_LIVE_ID_SIZE 25
void epo_live_id(const struct epo_request *request, int64_t number, char out[EPO_LIVE_ID_SIZE]);

/* Where an agenda's parameters differ by district or will be others: rows of
 * epo_parameter_rows of which either is so. */
struct epo_json *epo_page_parameters(struct epo_request *request, const struct epo_agenda *agenda,
                                     bool public_only);
/* Agenda and form of a route's first two captures; both released by the pool. NULL where there is
 * none. */
struct epo_agenda *epo_page_agenda(struct epo_request *request);
struct epo_agenda *epo_page_agenda_named(struct epo_request *request, struct epo_span name);
const struct epo_form *epo_page_form(struct epo_request *request, const struct epo_agenda *agenda);
/* What a form's page posted: name -> text, or an array of texts where it came several times;
 * without names that begin with "_". */
struct epo_json *epo_page_raw(struct epo_request *request);
/* 404 in the request's kind. */
struct epo_response *epo_page_not_found(struct epo_request *request);
/* 403 in the request's kind. */
struct epo_response *epo_page_denied(struct epo_request *request);
/* RFC 9457 with a status of our choice. errors may be NULL. */
struct epo_response *epo_api_problem(struct epo_request *request, int status, const char *code,
                                     const char *title, const char *detail,
                                     const struct epo_json *errors);

/* ---- handlers ---- */
struct epo_response *epo_page_home(struct epo_request *request);
struct epo_response *epo_page_agendas(struct epo_request *request);
struct epo_response *epo_page_of_agenda(struct epo_request *request);
struct epo_response *epo_page_own(struct epo_request *request);
struct epo_response *epo_page_accessibility(struct epo_request *request);
struct epo_response *epo_page_robots(struct epo_request *request);
struct epo_response *epo_page_sitemap(struct epo_request *request);
struct epo_response *epo_page_security(struct epo_request *request);
struct epo_response *epo_page_favicon(struct epo_request *request);
struct epo_response *epo_form_get(struct epo_request *request);
struct epo_response *epo_form_pdf(struct epo_request *request);
struct epo_response *epo_form_post(struct epo_request *request);
struct epo_response *epo_draft_create_post(struct epo_request *request);
struct epo_response *epo_draft_get(struct epo_request *request);
struct epo_response *epo_draft_post(struct epo_request *request);
struct epo_response *epo_draft_put(struct epo_request *request);
struct epo_response *epo_search_get(struct epo_request *request);
struct epo_response *epo_api_search(struct epo_request *request);
struct epo_response *epo_permits_get(struct epo_request *request);
struct epo_response *epo_permits_csv(struct epo_request *request);
struct epo_response *epo_permits_picture(struct epo_request *request);
struct epo_response *epo_permit_get(struct epo_request *request);
struct epo_response *epo_api_permits(struct epo_request *request);
struct epo_response *epo_place_get(struct epo_request *request);
struct epo_response *epo_nearby_get(struct epo_request *request);
struct epo_response *epo_submission_get(struct epo_request *request);
struct epo_response *epo_submission_withdraw(struct epo_request *request);
struct epo_response *epo_decision_get(struct epo_request *request);
struct epo_response *epo_decision_post(struct epo_request *request);
struct epo_response *epo_decision_office(struct epo_request *request);
struct epo_response *epo_decision_own(struct epo_request *request);
struct epo_response *epo_completion_get(struct epo_request *request);
struct epo_response *epo_completion_post(struct epo_request *request);
struct epo_response *epo_completion_ask_page(struct epo_request *request);
struct epo_response *epo_submission_message(struct epo_request *request);
struct epo_response *epo_office_message(struct epo_request *request);
struct epo_response *epo_submission_picture(struct epo_request *request);
struct epo_response *epo_submission_pdf(struct epo_request *request);
struct epo_response *epo_scan_get(struct epo_request *request);
struct epo_response *epo_scan_post(struct epo_request *request);
struct epo_response *epo_scan_read(struct epo_request *request);
struct epo_response *epo_office_pdf(struct epo_request *request);
struct epo_response *epo_submission_look_up(struct epo_request *request);
struct epo_response *epo_login_get(struct epo_request *request);
struct epo_response *epo_login_post(struct epo_request *request);
struct epo_response *epo_logout_post(struct epo_request *request);
struct epo_response *epo_register_get(struct epo_request *request);
struct epo_response *epo_register_post(struct epo_request *request);
struct epo_response *epo_confirm_get(struct epo_request *request);
struct epo_response *epo_confirm_post(struct epo_request *request);
struct epo_response *epo_recover_get(struct epo_request *request);
struct epo_response *epo_recover_post(struct epo_request *request);
struct epo_response *epo_new_password_get(struct epo_request *request);
struct epo_response *epo_new_password_post(struct epo_request *request);
struct epo_response *epo_mailbox_get(struct epo_request *request);
struct epo_response *epo_security_get(struct epo_request *request);
struct epo_response *epo_security_post(struct epo_request *request);
struct epo_response *epo_totp_get(struct epo_request *request);
struct epo_response *epo_totp_post(struct epo_request *request);
struct epo_response *epo_contact_get(struct epo_request *request);
struct epo_response *epo_contact_post(struct epo_request *request);
struct epo_response *epo_email_get(struct epo_request *request);
struct epo_response *epo_email_post(struct epo_request *request);
struct epo_response *epo_email_link_get(struct epo_request *request);
struct epo_response *epo_email_link_post(struct epo_request *request);
struct epo_response *epo_email_back_get(struct epo_request *request);
struct epo_response *epo_email_back_post(struct epo_request *request);
struct epo_response *epo_passkey_post(struct epo_request *request);
struct epo_response *epo_factors_post(struct epo_request *request);
struct epo_response *epo_identity_get(struct epo_request *request);
struct epo_response *epo_identity_post(struct epo_request *request);
struct epo_response *epo_counter_get(struct epo_request *request);
struct epo_response *epo_counter_post(struct epo_request *request);
struct epo_response *epo_account_get(struct epo_request *request);
struct epo_response *epo_office_inbox(struct epo_request *request);
struct epo_response *epo_office_case(struct epo_request *request);
struct epo_response *epo_office_file(struct epo_request *request);
struct epo_response *epo_submission_attachment(struct epo_request *request);
struct epo_response *epo_api_attachment(struct epo_request *request);
struct epo_response *epo_office_move(struct epo_request *request);
struct epo_response *epo_office_geojson(struct epo_request *request);
struct epo_response *epo_office_picture(struct epo_request *request);
struct epo_response *epo_office_export(struct epo_request *request);
struct epo_response *epo_office_news(struct epo_request *request);
struct epo_response *epo_office_view_save(struct epo_request *request);
struct epo_response *epo_office_view_remove(struct epo_request *request);
struct epo_response *epo_office_do(struct epo_request *request);
struct epo_response *epo_office_similar(struct epo_request *request);
struct epo_response *epo_admin_get(struct epo_request *request);
struct epo_response *epo_dev_changes(struct epo_request *request);
/* Something was saved, and is in force or refused: open pages are told. Any thread. */
void epo_dev_changed(struct epo_app *app);
struct epo_response *epo_admin_forms_get(struct epo_request *request);
struct epo_response *epo_admin_form_xlsx(struct epo_request *request); /* form_sheets.c */
struct epo_response *epo_admin_form_csv(struct epo_request *request);
struct epo_response *epo_admin_form_get(struct epo_request *request);
struct epo_response *epo_admin_form_post(struct epo_request *request);
struct epo_response *epo_admin_parameters(struct epo_request *request);
struct epo_response *epo_admin_publications_get(struct epo_request *request);
struct epo_response *epo_admin_publications_post(struct epo_request *request);
struct epo_response *epo_admin_replays_get(struct epo_request *request);
struct epo_response *epo_admin_replay_get(struct epo_request *request);
struct epo_response *epo_admin_replay_csv(struct epo_request *request);
struct epo_response *epo_admin_replay_post(struct epo_request *request);
struct epo_response *epo_admin_parameters_of(struct epo_request *request);
struct epo_response *epo_admin_parameters_withdraw(struct epo_request *request);
struct epo_response *epo_admin_parameter_get(struct epo_request *request);
struct epo_response *epo_admin_parameter_post(struct epo_request *request);
struct epo_response *epo_admin_retention(struct epo_request *request);
struct epo_response *epo_health_get(struct epo_request *request);
struct epo_response *epo_metrics_get(struct epo_request *request);
struct epo_response *epo_api_openapi(struct epo_request *request);
struct epo_response *epo_api_agendas(struct epo_request *request);
struct epo_response *epo_api_form(struct epo_request *request);
struct epo_response *epo_api_schema(struct epo_request *request);
struct epo_response *epo_api_file(struct epo_request *request);
struct epo_response *epo_api_check(struct epo_request *request);
struct epo_response *epo_api_submission(struct epo_request *request);
struct epo_response *epo_api_route(struct epo_request *request);
struct epo_response *epo_map_locate(struct epo_request *request);
struct epo_response *epo_map_addresses(struct epo_request *request);
struct epo_response *epo_map_reverse(struct epo_request *request);
struct epo_response *epo_map_route(struct epo_request *request);
struct epo_response *epo_map_offer(struct epo_request *request);
struct epo_response *epo_layer_get(struct epo_request *request);
struct epo_response *epo_ground_tile(struct epo_request *request);
struct epo_response *epo_map_picture(struct epo_request *request);
struct epo_response *epo_live_tilejson(struct epo_request *request);
struct epo_response *epo_live_tile(struct epo_request *request);
struct epo_response *epo_map_tilejson(struct epo_request *request);
struct epo_response *epo_map_style(struct epo_request *request);
struct epo_response *epo_map_tile(struct epo_request *request);
struct epo_response *epo_ogc_landing(struct epo_request *request);
struct epo_response *epo_ogc_conformance(struct epo_request *request);
struct epo_response *epo_ogc_api(struct epo_request *request);
struct epo_response *epo_ogc_collections(struct epo_request *request);
struct epo_response *epo_ogc_one_collection(struct epo_request *request);
struct epo_response *epo_ogc_items(struct epo_request *request);
struct epo_response *epo_ogc_item(struct epo_request *request);
struct epo_response *epo_opendata_page(struct epo_request *request);
struct epo_response *epo_opendata_catalogue(struct epo_request *request);
struct epo_response *epo_opendata_one(struct epo_request *request);

#endif
