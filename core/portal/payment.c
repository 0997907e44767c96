#include "portal/payment.h"

#include <ctype.h>

#include "forms/czech.h"

#define MESSAGE_MAX 60
#define HALER_MAX 999999999 /* SPAYD: at most ten characters */

/* Letters and digits of ASCII and what QR's alphanumeric set has; "*" divides, "%" escapes. */
static struct epo_span plain(struct epo_pool *pool, struct epo_span text) {
    struct epo_span folded = epo_text_fold(pool, text);
    char *out = epo_pool_string(pool, folded);
    size_t len = folded.len < MESSAGE_MAX ? folded.len : MESSAGE_MAX;
    for (size_t i = 0; i < len; i++)
        out[i] = isalnum((unsigned char)out[i]) ? (char)toupper((unsigned char)out[i]) : ' ';
    return epo_span_trim((struct epo_span){out, len});
}

static bool is_symbol(struct epo_span text) {
    bool good = text.len > 0 && text.len <= 10;
    for (size_t i = 0; good && i < text.len; i++)
        good = isdigit((unsigned char)text.at[i]);
    return good;
}

bool epo_payment_make(struct epo_pool *pool, struct epo_payment *payment) {
    struct epo_account account;
    struct epo_buffer out;
    if (epo_account_read(payment->account, &account) != EPO_CZECH_FINE)
        return false;
    struct epo_span message = plain(pool, payment->message);
    payment->local = epo_pool_copy(pool, epo_span(account.local));
    payment->iban = epo_iban_words(pool, epo_span(account.iban));
    payment->symbol = is_symbol(payment->person) ? payment->person : EPO_SPAN("");
    epo_buffer_init(&out, 1024);
    epo_buffer_printf(&out, "SPD*1.0*ACC:%s", account.iban);
    if (payment->haler > 0 && payment->haler <= HALER_MAX)
        epo_buffer_printf(&out, "*AM:%lld.%02lld", (long long)(payment->haler / 100),
                          (long long)(payment->haler % 100));
    epo_buffer_string(&out, "*CC:CZK");
    if (payment->due.len == 10)
        epo_buffer_printf(&out, "*DT:%.4s%.2s%.2s", payment->due.at, payment->due.at + 5,
                          payment->due.at + 8);
    if (message.len > 0)
        epo_buffer_printf(&out, "*MSG:%.*s", EPO_ARG(message));
    if (payment->symbol.len > 0)
        epo_buffer_printf(&out, "*X-VS:%.*s", EPO_ARG(payment->symbol));
    payment->code = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return true;
}
