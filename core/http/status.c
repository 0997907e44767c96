#include "http/internal.h"

/* A row for each kind of error: what HTTP calls it (RFC 9110 §15). */
static const int STATUS[] = {
    [EPO_ERROR_NONE] = 200,      [EPO_ERROR_BAD_INPUT] = 422, [EPO_ERROR_UNAUTHENTICATED] = 401,
    [EPO_ERROR_DENIED] = 403,    [EPO_ERROR_NOT_FOUND] = 404, [EPO_ERROR_CONFLICT] = 409,
    [EPO_ERROR_TOO_LARGE] = 413, [EPO_ERROR_RATE] = 429,      [EPO_ERROR_BUSY] = 503,
    [EPO_ERROR_BROKEN] = 500,
};

int epo_status_of(enum epo_error_kind kind) {
    epo_assert((size_t)kind < sizeof STATUS / sizeof *STATUS);
    return STATUS[kind];
}

static const struct reason {
    int status;
    const char *text;
} REASONS[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
};

const char *epo_status_reason(int status) {
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (REASONS[i].status == status)
            return REASONS[i].text;
    return "Status";
}
