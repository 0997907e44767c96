/* How to pay: account, variable symbol, and the text of a payment code (SPAYD 1.0, "QR Platba").
 * Pure. */
#ifndef EPO_PORTAL_PAYMENT_H
#define EPO_PORTAL_PAYMENT_H

#include "base/pool.h"
#include "base/text.h"

struct epo_payment {
    /* in */
    struct epo_span account; /* Czech "19-2000145399/0800", or IBAN */
    int64_t haler;           /* above zero */
    struct epo_span person;  /* number in the agenda: the symbol, where it is at most ten digits */
    struct epo_span message; /* for people; shortened, without diacritics */
    struct epo_span due;     /* ISO day, or empty */
    /* out, in the pool */
    struct epo_span local;  /* the Czech account, or empty */
    struct epo_span iban;   /* in groups of four */
    struct epo_span symbol; /* or empty: banks have none for such a number */
    struct epo_span code;   /* SPAYD; upper case letters, digits and $ % * + - . / : and spaces */
};
/* False where the account is none. */
bool epo_payment_make(struct epo_pool *pool, struct epo_payment *payment);

#endif
