/* Submissions for programs: file one, look at one, and what a form says about a half-filled one. */
#include <strings.h>

#include "http/api_body.h"
#include "http/assured.h"
#include "http/prefill.h"
#include "portal/submission.h"

enum { KEY_BYTES_MAX = 200 };

struct filing_request {
    struct epo_intake intake;
    struct epo_json *place;
    epo_write_run_fn run;
    void *arg;
};

static struct epo_response *wrong_answers(struct epo_request *request,
                                          const struct epo_json *errors) {
    return epo_api_problem(request, 422, "form.invalid", "Unprocessable Content",
                           "Some answers are wrong: see errors.", errors);
}

/* Another was faster: what the form says now, with what is offered instead. */
static struct epo_response *place_lost(struct epo_request *request, struct epo_intake *intake,
                                       const struct epo_error *lost) {
    struct epo_error error = {0};
    intake->db = request->db;
    if (!epo_intake_check(intake, &error))
        return epo_respond_error(request, &error, NULL);
    return epo_api_problem(request, 409, lost->code, "Conflict", lost->text, intake->result.errors);
}

static struct epo_response *finish_filing(struct epo_request *request, void *arg,
                                          const struct epo_error *error) {
    struct filing_request *filing = arg;
    struct epo_pool *pool = request->pool;
    const struct epo_filed *filed = filing->intake.filed;
    struct epo_json *body = epo_json_object(pool);
    char at[EPO_TIME_SIZE], token[EPO_TOKEN_SIZE];
    if (error != NULL && epo_page_place_lost(error))
        return place_lost(request, &filing->intake, error);
    if (error != NULL) {
        /* reuse of a key for something else is the client's mistake, not a race: 422 */
        if (strcmp(error->code, "submission.key_reused") == 0)
            return epo_api_problem(request, 422, error->code, "Unprocessable Content", error->text,
                                   NULL);
        return epo_respond_error(request, error, NULL);
    }
    epo_json_set_string(pool, body, "number", filed->number);
    epo_json_set_string(pool, body, "receivedAt", epo_time_rfc3339(filed->received_at_us, at));
    epo_json_set_string(pool, body, "receipt", filed->receipt);
    epo_json_set(pool, body, "place", filing->place);
    epo_submission_token(request->portal, filed->number, token);
    epo_json_set_string(
        pool, body, "page",
        filing->intake.agent.len > 0 /* opened by the mandate, not by a link */
            ? epo_pool_printf(pool, "/submissions/%s", filed->number)
            : epo_pool_printf(pool, "/submissions/%s?key=%s", filed->number, token));
    struct epo_response *response = epo_respond_json(request, 201, body);
    epo_response_header(response, "location",
                        epo_span(epo_pool_printf(pool, "/api/v1/submissions/%s", filed->number)));
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    if (filed->repeated)
        epo_response_header(response, "idempotency-replayed", EPO_SPAN("true"));
    return response;
}

/* The facts of the place that routes the request, or null. */
static struct epo_json *place_of(const struct epo_intake *intake) {
    const char *field = epo_form_place_field(intake->form);
    struct epo_json *facts = field != NULL ? epo_json_get(intake->result.facts, field) : NULL;
    return facts != NULL ? facts : epo_json_null(intake->pool);
}

static bool good_key(struct epo_span key) {
    bool good = key.len <= KEY_BYTES_MAX;
    for (size_t i = 0; good && i < key.len; i++)
        good = key.at[i] > 0x20 && key.at[i] < 0x7f;
    return good;
}

/* "?for=": in the name of somebody who gave a mandate for that. */
static bool act_for(struct epo_request *request, const struct epo_agenda *agenda,
                    const struct epo_account *account, struct epo_acting *acting,
                    struct epo_response **refused) {
    struct epo_error error = {0};
    bool ok = epo_acting_as(request, account, epo_request_query(request, "for"),
                            epo_span(epo_agenda_name(agenda)), acting, &error);
    if (ok && acting->lost)
        ok = epo_fail(&error, EPO_ERROR_DENIED, "mandate.none",
                      "There is no mandate to file this for another.");
    if (!ok)
        *refused = epo_respond_error(request, &error, NULL);
    return ok;
}

struct epo_response *epo_api_file(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *refused = NULL;
    struct filing_request *filing = EPO_NEW(request->pool, struct filing_request);
    struct epo_intake *intake = &filing->intake;
    struct epo_agenda *agenda = epo_page_agenda(request);
    const struct epo_form *form = epo_page_form(request, agenda);
    const struct epo_account *account = epo_page_account(request);
    struct epo_acting acting;
    struct epo_span key = epo_span_trim(epo_request_header(request, "idempotency-key"));
    if (form == NULL)
        return epo_page_not_found(request);
    if ((refused = epo_assure(request, epo_agenda_assurance(agenda, form))) != NULL)
        return refused;
    if (!good_key(key))
        return epo_api_problem(request, 400, "submission.key", "Bad Request",
                               "Idempotency-Key must be 1 to 200 printable ASCII characters.",
                               NULL);
    struct epo_json *raw = epo_api_body(request, &refused);
    if (raw == NULL)
        return refused;
    if (!act_for(request, agenda, account, &acting, &refused))
        return refused;
    epo_prefill_enforce(request, &acting, form, raw);
    *intake = (struct epo_intake){.portal = request->portal,
                                  .db = request->db,
                                  .pool = request->pool,
                                  .agenda = agenda,
                                  .form = form,
                                  .source = EPO_ANSWERS_FROM_JSON,
                                  .raw = raw,
                                  .lang = request->lang,
                                  .idempotency_key = key,
                                  .sender = account ? epo_span(account->id) : EPO_SPAN(""),
                                  .assurance = epo_assurance_of(account),
                                  .account = epo_page_account_json(request, account)};
    if (acting.other)
        epo_acting_represent(&acting, intake);
    if (!epo_intake_check(intake, &error))
        return epo_respond_error(request, &error, NULL);
    if (intake->result.errors != NULL && intake->result.errors->count > 0)
        return wrong_answers(request, intake->result.errors);
    filing->place = place_of(intake);
    if (!epo_intake_file(intake, &filing->run, &filing->arg, &error))
        return intake->result.errors != NULL && intake->result.errors->count > 0
                   ? wrong_answers(request, intake->result.errors)
                   : epo_respond_error(request, &error, NULL);
    return epo_respond_after_job(request, filing->run, filing->arg, finish_filing, filing);
}

/* ---- looking at one ---- */

/* "Authorization: Receipt <hex>" (or Bearer, or ?receipt=): who holds the receipt may look. */
static struct epo_span token_of(struct epo_request *request) {
    struct epo_span rest, header = epo_span_trim(epo_request_header(request, "authorization"));
    struct epo_span scheme = epo_span_cut(header, ' ', &rest);
    if (scheme.len == 7 && strncasecmp(scheme.at, "receipt", 7) == 0)
        return epo_span_trim(rest);
    if (scheme.len == 6 && strncasecmp(scheme.at, "bearer", 6) == 0)
        return epo_span_trim(rest);
    struct epo_span key = epo_request_query(request, "key");
    return key.len > 0 ? key : epo_request_query(request, "receipt");
}

static struct epo_json *public_history(struct epo_pool *pool, const struct epo_json *events) {
    struct epo_json *history = epo_json_array(pool);
    for (uint32_t i = 0; events != NULL && i < events->count; i++) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "at", epo_json_get_text(events->items[i], "at"));
        epo_json_set_text(pool, row, "state", epo_json_get_text(events->items[i], "state"));
        epo_json_set_text(pool, row, "note", epo_json_get_text(events->items[i], "note"));
        epo_json_push(pool, history, row);
    }
    return history;
}

struct epo_response *epo_api_submission(struct epo_request *request) {
    static const char *const members[] = {
        "number",    "agenda", "form", "formVersion", "receivedAt", "receipt", "state",
        "changedAt", "office", "due",  "answers",     "values",     "place"};
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *found, *body = epo_json_object(pool);
    struct epo_viewer viewer = epo_page_viewer(epo_page_account(request), token_of(request));
    if (!epo_submission_find(request->portal, request->db, pool, request->captures[0], &viewer,
                             &found, &error))
        return epo_respond_error(request, &error, NULL);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct epo_json *value = epo_json_get(found, members[i]);
        epo_json_set(pool, body, members[i],
                     value != NULL ? epo_json_copy(pool, value) : epo_json_null(pool));
    }
    const struct epo_json *facts =
        epo_json_get_span(epo_json_get(found, "facts"), epo_json_get_text(found, "placeField"));
    epo_json_set(pool, body, "facts",
                 facts != NULL ? epo_json_copy(pool, facts) : epo_json_null(pool));
    epo_json_set(pool, body, "history", public_history(pool, epo_json_get(found, "history")));
    struct epo_response *response = epo_respond_json(request, 200, body);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

/* ---- what the form says while it is being filled ---- */

/* The picker sends what stands in the page: texts as typed, a place as GeoJSON. */
static struct epo_json *as_typed(struct epo_pool *pool, const struct epo_json *answers) {
    struct epo_json *raw = epo_json_object(pool);
    for (uint32_t i = 0; answers != NULL && i < answers->count; i++) {
        const struct epo_json *value = answers->items[i];
        struct epo_json *typed;
        if (value->type == EPO_JSON_TEXT || value->type == EPO_JSON_ARRAY)
            typed = epo_json_copy(pool, value);
        else if (value->type == EPO_JSON_NULL)
            typed = epo_json_string(pool, "");
        else if (value->type == EPO_JSON_BOOLEAN)
            typed = epo_json_string(pool, value->boolean ? "yes" : "no");
        else
            typed = epo_json_text(pool, epo_json_print(pool, value));
        epo_json_set(pool, raw, epo_pool_string(pool, answers->names[i]), typed);
    }
    return raw;
}

static struct epo_json *errors_of(struct epo_pool *pool, const struct epo_json *errors,
                                  struct epo_span field) {
    struct epo_json *of = epo_json_array(pool);
    for (uint32_t i = 0; errors != NULL && i < errors->count; i++)
        if (field.len == 0 || epo_span_equal(epo_json_get_text(errors->items[i], "path"), field))
            epo_json_push(pool, of, epo_json_copy(pool, errors->items[i]));
    return of;
}

static struct epo_json *words_of(struct epo_request *request, const struct epo_json *facts) {
    return facts == NULL
               ? epo_json_array(request->pool)
               : epo_form_words(request->pool, request->lang, request->portal->catalog, facts);
}

/* Of several places the words about each. */
static struct epo_json *places_of(struct epo_request *request, const struct epo_json *facts) {
    struct epo_json *places = epo_json_array(request->pool);
    const struct epo_json *each = epo_json_get(facts, "features");
    for (uint32_t i = 0; each != NULL && i < each->count; i++)
        epo_json_push(request->pool, places, words_of(request, each->items[i]));
    return places;
}

struct epo_response *epo_api_check(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_response *refused = NULL;
    struct epo_agenda *agenda = epo_page_agenda(request);
    const struct epo_form *form = epo_page_form(request, agenda);
    struct epo_span field = epo_request_query(request, "field");
    if (form == NULL)
        return epo_page_not_found(request);
    struct epo_json *body = epo_api_body(request, &refused);
    if (body == NULL)
        return refused;
    const struct epo_json *answers = epo_json_get(body, "answers");
    if (answers == NULL || answers->type != EPO_JSON_OBJECT)
        return epo_api_problem(request, 400, "check.answers", "Bad Request",
                               "The body is {\"answers\": {…}}.", NULL);
    struct epo_span lang = epo_json_get_text(body, "lang");
    if (epo_span_is(lang, "cs") || epo_span_is(lang, "en"))
        request->lang = epo_span_is(lang, "cs") ? "cs" : "en";
    struct epo_intake intake = {.portal = request->portal,
                                .db = request->db,
                                .pool = pool,
                                .agenda = agenda,
                                .form = form,
                                .source = EPO_ANSWERS_FROM_HTML,
                                .raw = as_typed(pool, answers),
                                .lang = request->lang};
    if (!epo_intake_check(&intake, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *said = epo_json_object(pool);
    const struct epo_json *facts = epo_json_get_span(intake.result.facts, field);
    epo_json_set(pool, said, "words", words_of(request, facts));
    epo_json_set(pool, said, "places", places_of(request, facts));
    epo_json_set(pool, said, "errors", errors_of(pool, intake.result.errors, field));
    epo_json_set(pool, said, "values", epo_page_values(request, agenda, form, intake.values));
    epo_json_set(pool, said, "explain",
                 epo_agenda_explain(agenda, pool, request->lang, intake.values));
    struct epo_response *response = epo_respond_json(request, 200, said);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}
