/* The head of a request as it came, checked before libh2o reads it.
 *
 * libh2o 2.2 takes the first of two Content-Lengths, lets Transfer-Encoding win over one, does not
 * ask for a Host, allows 400 kB of headers and answers what it cannot parse by a line of its own
 * without our headers. A proxy in front that reads such a request otherwise than we do lets one
 * citizen's request swallow the next one's (RFC 9112 §11.2). So everything doubtful is refused
 * here, and what passes here libh2o parses. */
#include <strings.h>

#include "base/limits.h"
#include "http/internal.h"

#define REQUEST_LINE_MAX (EPO_URL_BYTES_MAX + 32) /* method and version around the address */

/* RFC 9110 §5.6.2 */
static bool is_token(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool all_tokens(struct epo_span text) {
    for (size_t i = 0; i < text.len; i++)
        if (!is_token(text.at[i]))
            return false;
    return text.len > 0;
}

static bool is_visible(struct epo_span text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < 0x21 || text.at[i] > 0x7e)
            return false;
    return text.len > 0;
}

static bool has_control(struct epo_span text) {
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.at[i] < 0x20 && text.at[i] != '\t') || text.at[i] == 0x7f)
            return true;
    return false;
}

/* A host and port as browsers send them: what is built from it (links) needs no further care. */
bool epo_head_is_host(struct epo_span text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '-' || c == ':' || c == '[' || c == ']' || c == '_'))
            return false;
    }
    return text.len > 0 && text.len < 256;
}

static int read_request_line(struct epo_span line, struct epo_head *head) {
    struct epo_span rest, version;
    struct epo_span method = epo_span_cut(line, ' ', &rest);
    head->target = epo_span_cut(rest, ' ', &version);
    if (!all_tokens(method) || method.len > 16 || !is_visible(head->target))
        return 400;
    if (head->target.len > EPO_URL_BYTES_MAX)
        return 414;
    head->old = epo_span_is(version, "HTTP/1.0");
    return head->old || epo_span_is(version, "HTTP/1.1") ? 0 : 400;
}

static bool is(struct epo_span name, const char *wanted) {
    return name.len == strlen(wanted) && strncasecmp(name.at, wanted, name.len) == 0;
}

static int read_length(struct epo_span value, struct epo_head *head) {
    int64_t length = 0;
    if (head->lengths++)
        return 400;
    for (size_t i = 0; i < value.len;
         i++) /* digits only: "+5" and "5, 5" are other numbers elsewhere */
        if (value.at[i] < '0' || value.at[i] > '9')
            return 400;
    if (value.len == 0 || value.len > 18 || !epo_span_integer(value, &length))
        return value.len > 18 ? 413 : 400;
    head->content_length = (size_t)length;
    return 0;
}

static int read_header(struct epo_span line, struct epo_head *head) {
    struct epo_span name, value;
    const char *colon = memchr(line.at, ':', line.len);
    if (!colon)
        return 400;
    name = (struct epo_span){line.at, (size_t)(colon - line.at)};
    value = epo_span_trim((struct epo_span){colon + 1, line.len - name.len - 1});
    if (!all_tokens(name) || has_control(line))
        return 400;
    if (++head->headers > EPO_HEADER_COUNT_MAX)
        return 431;
    switch (name.len) { /* few names matter: their lengths tell them apart first */
    case 4:
        if (is(name, "host"))
            return head->hosts++ || !epo_head_is_host(value) ? 400 : 0;
        break;
    case 6:
        if (is(name, "accept"))
            head->accept = value;
        else if (is(name, "expect") && !is(value, "100-continue"))
            return 417;
        break;
    case 12:
        if (is(name, "content-type"))
            head->files = value.len >= 19 && strncasecmp(value.at, "multipart/form-data", 19) == 0;
        break;
    case 14:
        if (is(name, "content-length"))
            return read_length(value, head);
        break;
    case 15:
        if (is(name, "accept-language"))
            head->accept_language = value;
        break;
    case 17:
        if (is(name, "transfer-encoding"))
            return head->codings++ || !is(value, "chunked") ? 400 : 0;
        break;
    default:
        break;
    }
    return 0;
}

/* What is there of a line whose end has not come: enough to know that it can become no request. */
static int check_unfinished(struct epo_span line, bool first, size_t before) {
    if (first && line.len > REQUEST_LINE_MAX)
        return 414;
    if (before + line.len > EPO_HEADER_BYTES_MAX)
        return 431;
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    if (has_control(line) || (first && line.len && !is_token(line.at[0])))
        return 400;
    const char *colon = memchr(line.at ? line.at : "", first ? ' ' : ':', line.len);
    struct epo_span name = {line.at, colon ? (size_t)(colon - line.at) : line.len};
    return name.len && !all_tokens(name) ? 400 : EPO_HEAD_UNFINISHED;
}

static int judge(const struct epo_head *head, size_t body_max) {
    if (head->lengths && head->codings)
        return 400;
    if (head->hosts == 0 && !head->old)
        return 400;
    if (head->codings && head->old)
        return 400;
    return head->content_length > body_max ? 413 : 0;
}

int epo_head_check(struct epo_span input, size_t body_max, struct epo_head *head) {
    *head = (struct epo_head){0};
    struct epo_span rest = input;
    bool first = true;
    if (epo_span_starts(rest, EPO_SPAN("\r\n"))) /* RFC 9112 §2.2: one stray line end */
        rest = (struct epo_span){rest.at + 2, rest.len - 2};
    while (rest.len) {
        size_t before = input.len - rest.len;
        const char *end = memchr(rest.at, '\n', rest.len);
        struct epo_span line = {rest.at, end ? (size_t)(end - rest.at) : rest.len};
        if (!end)
            return check_unfinished(line, first, before);
        rest = (struct epo_span){end + 1, rest.len - line.len - 1};
        if (line.len == 0 || line.at[line.len - 1] != '\r')
            return 400; /* a bare LF ends no line here */
        line.len--;
        if (line.len == 0 && !first) {
            head->len = (size_t)(rest.at - input.at);
            head->files = head->files && head->lengths > 0;
            return judge(head, body_max);
        }
        int status = first ? read_request_line(line, head) : read_header(line, head);
        if (status)
            return status;
        if (before + line.len > EPO_HEADER_BYTES_MAX)
            return 431;
        first = false;
    }
    return EPO_HEAD_UNFINISHED;
}
