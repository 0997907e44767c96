/* Writing to each other: the applicant from the request's page, the clerk from the case's. */
#include "http/messages.h"

#include "base/log.h"
#include "http/files.h"
#include "http/office_case.h"
#include "http/own_case.h"
#include "portal/routing.h"

enum { KEY_CHARS_MAX = 64 };

/* What came with it, each with its address under that of the messages. */
static struct epo_json *file_rows(struct epo_request *request, const struct epo_json *message,
                                  const char *action, struct epo_span access) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *files = epo_json_get(message, "files");
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; files != NULL && i < files->count; i++) {
        struct epo_json *shown = epo_json_object(pool);
        epo_json_set_text(pool, shown, "name", epo_json_get_text(files->items[i], "name"));
        epo_json_set_text(
            pool, shown, "size",
            epo_form_size(pool, request->lang, epo_json_get_integer(files->items[i], "bytes", 0)));
        epo_json_set_string(pool, shown, "url",
                            epo_pool_printf(pool, "%s/%d/%.*s%s%.*s", action,
                                            (int)epo_json_get_integer(message, "sequence", 0),
                                            EPO_ARG(epo_json_get_text(files->items[i], "id")),
                                            access.len > 0 ? "?key=" : "", EPO_ARG(access)));
        epo_json_push(pool, rows, shown);
    }
    return rows;
}

static struct epo_json *row(struct epo_request *request, const struct epo_json *message,
                            bool by_office) {
    struct epo_pool *pool = request->pool;
    struct epo_json *shown = epo_json_object(pool);
    struct epo_span office = epo_json_get_text(message, "office");
    struct epo_span who = epo_json_get_text(message, "actor");
    bool mine = (office.len > 0) == by_office;
    char text[EPO_TIME_SIZE];
    epo_json_set_text(pool, shown, "at", epo_json_get_text(message, "at"));
    epo_json_set_string(
        pool, shown, "at_text",
        epo_time_local(epo_json_get_integer(message, "at_us", 0), request->lang, text));
    if (office.len > 0)
        epo_json_set_text(
            pool, shown, "by",
            epo_routing_name(epo_portal_settings(request->portal), office, request->lang));
    else
        epo_json_set_text(pool, shown, "by",
                          epo_page_text(request, by_office ? "message.applicant" : "message.you"));
    epo_json_set_text(pool, shown, "who", by_office ? who : EPO_SPAN(""));
    epo_json_set_text(pool, shown, "text", epo_json_get_text(message, "text"));
    epo_json_set_boolean(pool, shown, "mine", mine);
    epo_json_set_boolean(pool, shown, "fresh",
                         !mine && !epo_json_get_boolean(message, "seen", true));
    return shown;
}

void epo_page_messages(struct epo_request *request, struct epo_json *model,
                       const struct epo_json *found, const struct epo_json *list, bool by_office,
                       struct epo_span access, struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_json *messages = epo_json_set(pool, model, "messages", epo_json_object(pool));
    struct epo_json *rows = epo_json_set(pool, messages, "rows", epo_json_array(pool));
    char key[EPO_TOKEN_SIZE];
    const char *action =
        epo_pool_printf(pool, "/%s/%.*s/messages", by_office ? "office/cases" : "submissions",
                        EPO_ARG(epo_json_get_text(found, "number")));
    for (uint32_t i = 0; i < list->count; i++) {
        struct epo_json *shown = row(request, list->items[i], by_office);
        epo_json_set(pool, shown, "files", file_rows(request, list->items[i], action, access));
        epo_json_push(pool, rows, shown);
    }
    epo_token_make(key);
    epo_json_set_string(pool, messages, "action", action);
    epo_json_set_boolean(pool, messages, "again", trouble.len > 0 && request->file_count > 0);
    epo_json_set_boolean(pool, messages, "office", by_office);
    epo_json_set_text(pool, messages, "access", access);
    epo_json_set_string(pool, messages, "key", key);
    epo_json_set_text(pool, messages, "error", trouble);
    epo_json_set_text(pool, messages, "text",
                      trouble.len > 0 ? epo_request_form(request, "text") : EPO_SPAN(""));
    epo_json_set_boolean(pool, messages, "sent",
                         trouble.len == 0 && epo_request_query(request, "written").len > 0);
}

/* ---- sending ---- */

struct sending {
    struct epo_portal *portal;
    struct epo_message message;
    struct epo_own_case *own; /* one of the two */
    struct epo_office_case *handled;
};

static struct epo_response *refuse(struct epo_request *request, struct sending *sending, int status,
                                   struct epo_span why) {
    return sending->own != NULL
               ? epo_own_case_refuse(request, sending->own, status, "message", why)
               : epo_office_case_refuse(request, sending->handled, status, "message", why);
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct sending *sending = arg;
    return epo_message_send(sending->portal, db, &sending->message, error);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct sending *sending = arg;
    if (error == NULL)
        return sending->own != NULL
                   ? epo_own_case_back(request, sending->own, "written=1#messages")
                   : epo_office_case_back(request, sending->handled, "written=1#messages");
    int status = error->kind == EPO_ERROR_RATE        ? 429
                 : error->kind == EPO_ERROR_TOO_LARGE ? 409
                                                      : 503;
    if (status == 503)
        epo_log_error(EPO_LOG_ERROR, "message.unsaved", error);
    return refuse(request, sending, status,
                  epo_page_error_text(request, error, "message.not_saved"));
}

/* "" where all chosen files could be taken, else what is said instead. */
static struct epo_span take_files(struct epo_request *request, struct epo_message *message) {
    struct epo_json *refused = epo_json_array(request->pool);
    if (request->file_count > EPO_MESSAGE_FILES_MAX)
        return epo_page_text(request, "message.files_many");
    struct epo_files *files = epo_files_take(request, NULL, refused);
    if (refused->count > 0)
        return epo_json_get_text(refused->items[0], "message");
    message->file_count = epo_files_count(files);
    message->files = message->file_count > 0 ? epo_files_at(files, 0) : NULL;
    return EPO_SPAN("");
}

static struct epo_response *send(struct epo_request *request, struct sending *sending) {
    struct epo_message *message = &sending->message;
    sending->portal = request->portal;
    message->text = epo_span_trim(epo_request_form(request, "text"));
    message->key = epo_request_form(request, "_key");
    if (message->text.len == 0)
        return refuse(request, sending, 422, epo_page_text(request, "message.empty"));
    if (epo_text_length(message->text) > EPO_MESSAGE_CHARS_MAX || message->key.len > KEY_CHARS_MAX)
        return refuse(request, sending, 422, epo_page_text(request, "message.long"));
    struct epo_span unfit = take_files(request, message);
    if (unfit.len > 0)
        return refuse(request, sending, 422, unfit);
    return epo_respond_after_write(request, run, finish, sending);
}

struct epo_response *epo_submission_message(struct epo_request *request) {
    struct epo_error error = {0};
    struct sending *sending = EPO_NEW(request->pool, struct sending);
    sending->own = epo_own_case_open(request, &error);
    if (sending->own == NULL)
        return epo_respond_error(request, &error, NULL);
    const struct epo_account *account = sending->own->account;
    sending->message = (struct epo_message){.number = sending->own->number,
                                            .actor = epo_span(account ? account->id : "")};
    return send(request, sending);
}

struct epo_response *epo_office_message(struct epo_request *request) {
    struct epo_error error = {0};
    struct sending *sending = EPO_NEW(request->pool, struct sending);
    sending->handled = epo_office_case_open(request, &error);
    if (sending->handled == NULL)
        return epo_respond_error(request, &error, NULL);
    const struct epo_office_case *handled = sending->handled;
    sending->message = (struct epo_message){.number = handled->id,
                                            .office = epo_json_get_text(handled->found, "office"),
                                            .actor = epo_span(handled->account->id),
                                            .actor_name = epo_span(handled->account->name)};
    return send(request, sending);
}
