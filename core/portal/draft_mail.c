#include "portal/draft_mail.h"

#include "base/clock.h"
#include "portal/registration.h"
#include "portal/settings.h"
#include "portal/throttle.h"

/* To whom, and of which draft: nobody is flooded through many drafts, nor many people by one. */
static bool count(struct epo_draft_mail *mail, struct epo_pool *pool, struct epo_error *error) {
    const struct epo_throttle counted[] = {
        {epo_span(epo_pool_printf(pool, "draft mail to %s %.*s", mail->portal->tenant,
                                  EPO_ARG(epo_text_fold(pool, mail->address)))),
         0},
        {epo_span(epo_pool_printf(pool, "draft mail of %s %s", mail->portal->tenant, mail->draft)),
         0}};
    int64_t now = epo_clock_now_us();
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        if (epo_throttle_count(&counted[i], now) >= EPO_MAILS_AN_HOUR)
            return epo_fail(error, EPO_ERROR_RATE, "draft.mails",
                            "Enough mails went there within this hour.");
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        epo_throttle_failed(&counted[i], now);
    return true;
}

bool epo_draft_mail_prepare(struct epo_draft_mail *mail, struct epo_pool *pool, const char *link,
                            const char *until, struct epo_span form, struct epo_error *error) {
    const struct epo_json *city = epo_json_get(epo_portal_settings(mail->portal), "city");
    struct epo_json *values = epo_json_object(pool);
    if (!epo_mail_address_valid(mail->address))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "mail.address",
                        "This is not an e-mail address that a message can be sent to.");
    epo_json_set_text(
        pool, values, "portal",
        epo_json_localized(epo_json_get(city, "name"), epo_pool_string(pool, mail->lang)));
    epo_json_set_string(pool, values, "link", link);
    epo_json_set_string(pool, values, "until", until);
    epo_json_set_text(pool, values, "form", form);
    mail->content = epo_json_print(pool, values);
    return count(mail, pool, error);
}

bool epo_draft_mail_put(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct epo_draft_mail *mail = arg;
    return epo_mail_put(mail->portal, db,
                        &(struct epo_mail){.address = mail->address,
                                           .lang = mail->lang,
                                           .kind = EPO_SPAN("draft"),
                                           .content = mail->content,
                                           .object = EPO_SPAN("")},
                        error);
}
