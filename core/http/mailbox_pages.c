/* What a demo would have mailed: only there, and only where no server takes mails. */
#include "base/clock.h"
#include "http/pages.h"
#include "portal/mail.h"
#include "portal/mailbox.h"

static struct epo_json *lines_of(struct epo_pool *pool, struct epo_span text) {
    struct epo_json *lines = epo_json_array(pool);
    while (text.len > 0) {
        struct epo_span line = epo_span_trim(epo_span_cut(text, '\n', &text));
        if (line.len == 0)
            continue;
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "text", line);
        if (epo_span_starts(line, EPO_SPAN("http://")) ||
            epo_span_starts(line, EPO_SPAN("https://")))
            epo_json_set_text(pool, row, "url", line);
        epo_json_push(pool, lines, row);
    }
    return lines;
}

struct epo_response *epo_mailbox_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    char at[EPO_TIME_SIZE];
    if (!request->portal->demo || epo_mail_folder(request->portal, pool) == NULL)
        return epo_page_not_found(request);
    struct epo_json *model = epo_json_object(pool), *mails = epo_json_array(pool);
    const struct epo_json *found = epo_mailbox_read(request->portal, pool);
    for (uint32_t i = 0; i < found->count; i++) {
        struct epo_json *mail = epo_json_object(pool);
        epo_json_set_text(pool, mail, "to", epo_json_get_text(found->items[i], "to"));
        epo_json_set_text(pool, mail, "subject", epo_json_get_text(found->items[i], "subject"));
        epo_json_set_string(
            pool, mail, "at_text",
            epo_time_local(epo_json_get_integer(found->items[i], "at_us", 0), request->lang, at));
        epo_json_set(pool, mail, "lines",
                     lines_of(pool, epo_json_get_text(found->items[i], "text")));
        epo_json_push(pool, mails, mail);
    }
    epo_json_set(pool, model, "mails", mails);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "mailbox.title"));
    struct epo_response *response = epo_respond_page(request, 200, "web/mailbox", model);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}
