#include "http/prefill.h"

#include "portal/submission.h"

enum { SENT_LOOKED_AT = 5 };

static const struct epo_account *citizen(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    return account != NULL && strcmp(account->role, "citizen") == 0 ? account : NULL;
}

static bool is_email(const char *login) {
    return strchr(login, '@') != NULL;
}

/* What the account says for a field; empty where it says nothing. */
static struct epo_span of_account(const struct epo_account *account, const struct epo_json *field) {
    struct epo_span from = epo_json_get_text(epo_json_get(field, "prefill"), "from");
    if (from.len == 0)
        from = epo_json_get_text(field, "autocomplete");
    if (epo_span_is(from, "name"))
        return epo_span(account->name);
    if (epo_span_is(from, "email") && is_email(account->login))
        return epo_span(account->login);
    return EPO_SPAN("");
}

static bool is_fixed(const struct epo_json *field) {
    return epo_json_get_boolean(epo_json_get(field, "prefill"), "readonly", false);
}

/* A field about the applicant: one that a browser too would fill in, or of a shared section. */
static bool is_of_applicant(const struct epo_json *section, const struct epo_json *field) {
    return epo_json_get(section, "use") != NULL ||
           epo_json_get_text(field, "autocomplete").len > 0 || epo_json_get(field, "prefill");
}

/* An answer as it would be typed; NULL where it is none that travels between forms. */
static struct epo_json *typed(struct epo_pool *pool, const struct epo_json *answer) {
    if (answer == NULL)
        return NULL;
    if (answer->type == EPO_JSON_TEXT)
        return epo_json_text(pool, answer->text);
    if (answer->type == EPO_JSON_BOOLEAN)
        return epo_json_string(pool, answer->boolean ? "yes" : "no");
    return NULL;
}

struct filling_in {
    struct epo_request *request;
    const struct epo_account *account;
    const struct epo_json *sent; /* answers of the last submissions, newest first */
    struct epo_json *raw, *names;
};

static void fill(struct filling_in *in, const struct epo_json *section,
                 const struct epo_json *field) {
    struct epo_pool *pool = in->request->pool;
    struct epo_span id = epo_json_get_text(field, "id"), own = of_account(in->account, field);
    struct epo_json *value = own.len > 0 ? epo_json_text(pool, own) : NULL;
    for (uint32_t i = 0; value == NULL && is_of_applicant(section, field) && i < in->sent->count;
         i++)
        value = typed(pool, epo_json_get_span(in->sent->items[i], id));
    if (value == NULL || epo_json_get_span(in->raw, id) != NULL)
        return;
    epo_json_set(pool, in->raw, epo_pool_string(pool, id), value);
    epo_json_push(pool, in->names, epo_json_text(pool, id));
}

/* Groups that repeat are about others: dogs, premises. */
static void each_field(const struct epo_form *form, struct filling_in *in,
                       void (*visit)(struct filling_in *in, const struct epo_json *section,
                                     const struct epo_json *field)) {
    const struct epo_json *sections = epo_json_get(epo_form_definition(form), "sections");
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct epo_json *section = sections->items[i];
        const struct epo_json *fields = epo_json_get(section, "fields");
        for (uint32_t k = 0;
             fields != NULL && epo_json_get(section, "repeat") == NULL && k < fields->count; k++)
            visit(in, section, fields->items[k]);
    }
}

bool epo_prefill_add(struct epo_request *request, const struct epo_form *form, struct epo_json *raw,
                     struct epo_json **names, struct epo_error *error) {
    struct filling_in in = {.request = request, .account = citizen(request), .raw = raw};
    struct epo_json *sent;
    *names = NULL;
    if (in.account == NULL)
        return true;
    if (!epo_submission_answers(request->portal, request->db, request->pool,
                                epo_span(in.account->id), SENT_LOOKED_AT, &sent, error))
        return false;
    in.sent = sent;
    in.names = *names = epo_json_array(request->pool);
    each_field(form, &in, fill);
    return true;
}

static void enforce(struct filling_in *in, const struct epo_json *section,
                    const struct epo_json *field) {
    struct epo_pool *pool = in->request->pool;
    struct epo_span own = of_account(in->account, field);
    (void)section;
    if (is_fixed(field) && own.len > 0)
        epo_json_set_text(pool, in->raw, epo_pool_string(pool, epo_json_get_text(field, "id")),
                          own);
}

void epo_prefill_enforce(struct epo_request *request, const struct epo_form *form,
                         struct epo_json *raw) {
    struct filling_in in = {.request = request, .account = citizen(request), .raw = raw};
    if (in.account != NULL && raw->type == EPO_JSON_OBJECT)
        each_field(form, &in, enforce);
}

/* ---- on the page ---- */

static void note_fixed(struct filling_in *in, const struct epo_json *section,
                       const struct epo_json *field) {
    (void)section;
    if (is_fixed(field) && of_account(in->account, field).len > 0)
        epo_json_push(in->request->pool, in->names,
                      epo_json_text(in->request->pool, epo_json_get_text(field, "id")));
}

static bool has(const struct epo_json *names, struct epo_span name) {
    for (uint32_t i = 0; names != NULL && i < names->count; i++)
        if (epo_span_equal(names->items[i]->text, name))
            return true;
    return false;
}

void epo_prefill_mark(struct epo_request *request, const struct epo_form *form,
                      struct epo_json *view, const struct epo_json *names) {
    struct epo_pool *pool = request->pool;
    struct filling_in in = {
        .request = request, .account = citizen(request), .names = epo_json_array(pool)};
    const struct epo_json *sections = epo_json_get(view, "sections");
    if (in.account == NULL)
        return;
    each_field(form, &in, note_fixed);
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        for (uint32_t k = 0; fields != NULL && k < fields->count; k++) {
            struct epo_json *field = fields->items[k];
            struct epo_span name = epo_json_get_text(field, "name");
            bool fixed = has(in.names, name);
            epo_json_set_boolean(pool, field, "prefilled", fixed || has(names, name));
            epo_json_set_boolean(pool, field, "readonly", fixed);
        }
    }
}
