#include "http/prefill.h"

#include "portal/contact.h"
#include "portal/submission.h"

enum { SENT_LOOKED_AT = 5 };

static bool is_email(const char *login) {
    return strchr(login, '@') != NULL;
}

/* The same of whom one acts for: a person, or a business of the register. */
static struct epo_span of_party(const struct epo_party *party, const struct epo_json *field,
                                struct epo_span from) {
    struct epo_span type = epo_json_get_text(field, "type");
    bool person = strcmp(party->kind, "person") == 0;
    bool named = epo_json_get_text(epo_json_get(field, "prefill"), "from").len > 0;
    /* what browsers call a name is a person's */
    if (epo_span_is(from, "name") && (person || named))
        return epo_span(party->name);
    if (!person && epo_span_is(from, "organization"))
        return epo_span(party->name);
    if (epo_span_is(from, "email") && is_email(party->login))
        return epo_span(party->login);
    if (!person && epo_span_is(from, "street-address"))
        return epo_span(party->seat);
    if (epo_span_is(type, "company_number"))
        return epo_span(party->number);
    return epo_span_is(type, "data_box") ? epo_span(party->data_box) : EPO_SPAN("");
}

/* What the account says for a field; empty where it says nothing. */
static struct epo_span of_account(const struct epo_acting *acting, const struct epo_json *field) {
    const struct epo_account *account = acting->account;
    struct epo_span from = epo_json_get_text(epo_json_get(field, "prefill"), "from");
    if (from.len == 0)
        from = epo_json_get_text(field, "autocomplete");
    if (acting->other)
        return of_party(&acting->party, field, from);
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
    const struct epo_acting *acting;
    const struct epo_json *sent; /* answers of the last submissions, newest first */
    struct epo_contact contact;  /* of the account, where it acts for itself */
    struct epo_json *raw, *names;
};

/* What the person says of how to be reached. */
static struct epo_span of_contact(const struct epo_contact *contact, const struct epo_json *field) {
    struct epo_span token = epo_json_get_text(field, "autocomplete");
    if (epo_span_is(token, "tel"))
        return contact->phone;
    return epo_span_is(token, "street-address") ? contact->address : EPO_SPAN("");
}

static void fill(struct filling_in *in, const struct epo_json *section,
                 const struct epo_json *field) {
    struct epo_pool *pool = in->request->pool;
    struct epo_span id = epo_json_get_text(field, "id"), own = of_account(in->acting, field);
    if (own.len == 0)
        own = of_contact(&in->contact, field);
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

/* What was sent before: one's own all of it; somebody else's only in an agenda that the mandate
 * lets read. */
static bool sent_before(struct epo_request *request, const struct epo_acting *acting,
                        struct epo_json **sent, struct epo_error *error) {
    struct epo_span agenda = acting->other ? request->captures[0] : EPO_SPAN("");
    bool may = true;
    *sent = epo_json_array(request->pool);
    if (acting->other &&
        !epo_mandate_may(request->portal, request->db, epo_span(acting->account->id),
                         epo_acting_id(acting), agenda, EPO_MANDATE_READ, &may, error))
        return false;
    return !may ||
           epo_submission_answers(request->portal, request->db, request->pool,
                                  epo_acting_id(acting), agenda, SENT_LOOKED_AT, sent, error);
}

bool epo_prefill_add(struct epo_request *request, const struct epo_acting *acting,
                     const struct epo_form *form, struct epo_json *raw, struct epo_json **names,
                     struct epo_error *error) {
    struct filling_in in = {.request = request, .acting = acting, .raw = raw};
    struct epo_json *sent;
    *names = NULL;
    if (acting->account == NULL)
        return true;
    if (!sent_before(request, acting, &sent, error) ||
        (!acting->other && !epo_contact_find(request->portal, request->db, request->pool,
                                             epo_span(acting->account->id), &in.contact, error)))
        return false;
    in.sent = sent;
    in.names = *names = epo_json_array(request->pool);
    each_field(form, &in, fill);
    return true;
}

static void enforce(struct filling_in *in, const struct epo_json *section,
                    const struct epo_json *field) {
    struct epo_pool *pool = in->request->pool;
    struct epo_span own = of_account(in->acting, field);
    (void)section;
    if (is_fixed(field) && own.len > 0)
        epo_json_set_text(pool, in->raw, epo_pool_string(pool, epo_json_get_text(field, "id")),
                          own);
}

void epo_prefill_enforce(struct epo_request *request, const struct epo_acting *acting,
                         const struct epo_form *form, struct epo_json *raw) {
    struct filling_in in = {.request = request, .acting = acting, .raw = raw};
    if (acting->account != NULL && raw->type == EPO_JSON_OBJECT)
        each_field(form, &in, enforce);
}

/* ---- on the page ---- */

static void note_fixed(struct filling_in *in, const struct epo_json *section,
                       const struct epo_json *field) {
    (void)section;
    if (is_fixed(field) && of_account(in->acting, field).len > 0)
        epo_json_push(in->request->pool, in->names,
                      epo_json_text(in->request->pool, epo_json_get_text(field, "id")));
}

static bool has(const struct epo_json *names, struct epo_span name) {
    for (uint32_t i = 0; names != NULL && i < names->count; i++)
        if (epo_span_equal(names->items[i]->text, name))
            return true;
    return false;
}

void epo_prefill_mark(struct epo_request *request, const struct epo_acting *acting,
                      const struct epo_form *form, struct epo_json *view,
                      const struct epo_json *names) {
    struct epo_pool *pool = request->pool;
    struct filling_in in = {.request = request, .acting = acting, .names = epo_json_array(pool)};
    const struct epo_json *sections = epo_json_get(view, "sections");
    if (acting->account == NULL)
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
