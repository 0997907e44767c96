#include "portal/assurance.h"

static const char *const NAMES[] = {"anonymous", "registered", "verified"};

const char *epo_assurance_name(enum epo_assurance level) {
    return NAMES[level];
}

bool epo_assurance_read(struct epo_span name, enum epo_assurance *level) {
    for (int i = EPO_ANONYMOUS; i <= EPO_VERIFIED; i++)
        if (epo_span_is(name, NAMES[i])) {
            *level = (enum epo_assurance)i;
            return true;
        }
    return false;
}

enum epo_assurance epo_assurance_of(const struct epo_account *account) {
    if (account == NULL)
        return EPO_ANONYMOUS;
    return account->verified ? EPO_VERIFIED : EPO_REGISTERED;
}

bool epo_assurance_check(enum epo_assurance needed, enum epo_assurance given,
                         struct epo_error *error) {
    if (given >= needed)
        return true;
    if (given == EPO_ANONYMOUS)
        return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "assurance.sign_in",
                        "Sign in first: this needs an account that is %s.", NAMES[needed]);
    return epo_fail(error, EPO_ERROR_DENIED, "assurance.verify",
                    "This needs an account whose identity was verified at an office.");
}
