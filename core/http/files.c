#include "http/files.h"

#include "base/limits.h"
#include "base/log.h"
#include "http/own_case.h"

struct epo_files {
    struct epo_attachment files[EPO_FILES_MAX];
    struct epo_span fields[EPO_FILES_MAX];
    size_t count;
    struct epo_response *(*then)(struct epo_request *request, void *arg,
                                 const struct epo_error *error);
    void *arg;
    struct epo_portal *portal;
};

/* ---- in ---- */

static void refuse(struct epo_request *request, struct epo_json *refused, struct epo_span field,
                   struct epo_span name, const struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *values = epo_json_object(pool), *row = epo_json_object(pool);
    int64_t most = epo_attachment_bytes_max(request->portal);
    epo_json_set_text(pool, values, "name", epo_attachment_name(pool, name));
    epo_json_set_string(pool, values, "what", error->text);
    epo_json_set_text(pool, values, "limit", epo_form_size(pool, request->lang, most));
    epo_json_set_text(pool, row, "path", field);
    epo_json_set_string(pool, row, "code", error->code);
    epo_json_set_text(pool, row, "message",
                      epo_catalog_format(request->portal->catalog, pool, request->lang,
                                         epo_pool_printf(pool, "error.%s", error->code), values));
    epo_json_push(pool, refused, row);
    if (error->kind == EPO_ERROR_BROKEN || error->kind == EPO_ERROR_BUSY)
        epo_log_error(EPO_LOG_ERROR, "attachment.not_taken", error);
}

struct epo_files *epo_files_take(struct epo_request *request, const struct epo_form *form,
                                 struct epo_json *refused) {
    struct epo_files *files = EPO_NEW(request->pool, struct epo_files);
    files->portal = request->portal;
    for (size_t i = 0; i < request->file_count; i++) {
        const struct epo_upload *upload = &request->files[i];
        struct epo_error error = {0};
        if (form != NULL && !epo_form_takes_file(form, upload->field))
            continue;
        if (!epo_attachment_take(request->portal, request->pool, upload->name, upload->content,
                                 &files->files[files->count], &error)) {
            refuse(request, refused, upload->field, upload->name, &error);
            continue;
        }
        files->fields[files->count++] = upload->field;
    }
    return files;
}

size_t epo_files_count(const struct epo_files *files) {
    return files->count;
}

const struct epo_attachment *epo_files_at(const struct epo_files *files, size_t n) {
    return &files->files[n];
}

static bool put_all(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct epo_files *files = arg;
    for (size_t i = 0; i < files->count; i++)
        if (!epo_attachment_put(files->portal, db, &files->files[i], EPO_SPAN(""), error))
            return false;
    return true;
}

static struct epo_response *after_put(struct epo_request *request, void *arg,
                                      const struct epo_error *error) {
    const struct epo_files *files = arg;
    return files->then(request, files->arg, error);
}

struct epo_response *epo_files_put(struct epo_request *request, struct epo_files *files,
                                   struct epo_response *(*then)(struct epo_request *request,
                                                                void *arg,
                                                                const struct epo_error *error),
                                   void *arg) {
    if (files->count == 0)
        return then(request, arg, NULL);
    files->then = then;
    files->arg = arg;
    return epo_respond_after_write(request, put_all, after_put, files);
}

void epo_files_add(struct epo_request *request, const struct epo_files *files,
                   struct epo_json *raw) {
    char reference[EPO_ATTACHMENT_REFERENCE_SIZE];
    for (size_t i = 0; i < files->count; i++) {
        epo_attachment_reference(request->portal, files->files[i].id, reference);
        epo_form_add_file(request->pool, raw, files->fields[i], epo_span(reference));
    }
}

/* ---- POST /api/v1/attachments ---- */

static struct epo_response *answer(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    const struct epo_files *files = arg;
    char reference[EPO_ATTACHMENT_REFERENCE_SIZE];
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    struct epo_json *body = epo_attachment_json(request->pool, epo_files_at(files, 0));
    epo_attachment_reference(request->portal, epo_files_at(files, 0)->id, reference);
    epo_json_set_string(request->pool, body, "reference", reference);
    struct epo_response *response = epo_respond_json(request, 201, body);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}

struct epo_response *epo_api_attachment(struct epo_request *request) {
    struct epo_json *refused = epo_json_array(request->pool);
    if (request->file_count != 1)
        return epo_api_problem(request, 400, "attachment.one", "Bad Request",
                               "Send one file as a part of multipart/form-data.", NULL);
    struct epo_files *files = epo_files_take(request, NULL, refused);
    if (epo_files_count(files) == 0) {
        struct epo_span code = epo_json_get_text(refused->items[0], "code");
        bool busy =
            epo_span_is(code, "attachment.scanner") || epo_span_is(code, "attachment.magic");
        bool large = epo_span_is(code, "attachment.size");
        return epo_api_problem(
            request,
            busy    ? 503
            : large ? 413
                    : 422,
            epo_pool_string(request->pool, code), "The file was not taken",
            epo_pool_string(request->pool, epo_json_get_text(refused->items[0], "message")),
            refused);
    }
    return epo_files_put(request, files, answer, files);
}

/* ---- out ---- */

/* RFC 6266: the name in UTF-8, percent-encoded; old clients get "file". */
static struct epo_span disposition(struct epo_pool *pool, struct epo_span name) {
    struct epo_buffer out;
    epo_buffer_init(&out, 4096);
    epo_buffer_string(&out, "attachment; filename=\"file\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '-' || c == '_';
        if (plain)
            epo_buffer_byte(&out, (char)c);
        else
            epo_buffer_printf(&out, "%%%02X", c);
    }
    struct epo_span text = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

struct epo_response *epo_respond_file(struct epo_request *request,
                                      const struct epo_attachment *file) {
    struct epo_response *response =
        epo_respond(request, 200, epo_pool_string(request->pool, file->type), file->content);
    epo_response_header(response, "content-disposition", disposition(request->pool, file->name));
    epo_response_header(response, "content-security-policy",
                        EPO_SPAN("sandbox; default-src 'none'; base-uri 'none'; object-src 'none'; "
                                 "form-action 'none'; frame-ancestors 'none'"));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

struct epo_span epo_files_owner(struct epo_request *request, struct epo_span number,
                                struct epo_span *id) {
    struct epo_span second = request->captures[1], third = request->captures[2];
    *id = third.len > 0 ? third : second;
    return epo_span(
        third.len > 0
            ? epo_pool_printf(request->pool, "message/%.*s/%.*s", EPO_ARG(number), EPO_ARG(second))
            : epo_pool_printf(request->pool, "submission/%.*s", EPO_ARG(number)));
}

/* GET /submissions/{number}/files/{file} and …/messages/{message}/{file}: of who may see the
 * submission. Clerks have their own
 * address under /office, where each look is audited. */
struct epo_response *epo_submission_attachment(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_attachment file;
    struct epo_own_case *own = epo_own_case_open(request, &error);
    if (own == NULL)
        return epo_respond_error(request, &error, NULL);
    struct epo_span id,
        owner = epo_files_owner(request, epo_json_get_text(own->found, "number"), &id);
    return epo_attachment_get(request->portal, request->db, request->pool, id, owner, &file, &error)
               ? epo_respond_file(request, &file)
               : epo_respond_error(request, &error, NULL);
}

void epo_files_link(struct epo_request *request, struct epo_json *sections, const char *base,
                    const char *query) {
    struct epo_pool *pool = request->pool;
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct epo_json *rows = epo_json_get(sections->items[i], "rows");
        for (uint32_t k = 0; rows != NULL && k < rows->count; k++) {
            const struct epo_json *files = epo_json_get(rows->items[k], "files");
            for (uint32_t n = 0; files != NULL && n < files->count; n++)
                epo_json_set_string(
                    pool, files->items[n], "url",
                    epo_pool_printf(pool, "%s/%.*s%s", base,
                                    EPO_ARG(epo_json_get_text(files->items[n], "id")), query));
        }
    }
}
