/* Numbers that carry their own proof: birth numbers, registration numbers of companies, accounts.
 * Pure; any thread. Texts are in the form that answers are kept in (digits without separators). */
#ifndef EPO_FORMS_CZECH_H
#define EPO_FORMS_CZECH_H

#include "base/clock.h"
#include "forms/form.h"

/* Why a number is refused; the order is that of the checks. */
enum epo_czech_fault {
    EPO_CZECH_FINE = 0,
    EPO_CZECH_SHAPE, /* not so many digits, strange characters */
    EPO_CZECH_DAY,   /* the day does not exist, or is yet to come */
    EPO_CZECH_SUM    /* the check digits do not fit */
};

/* Birth number, Act 133/2000, section 13: 9 digits until 1953, 10 since 1954. Months have 50 added
 * for women and, where a day ran out of numbers (since 2004), 20 more. Ten digits are divisible by
 * 11; until 1985 the last digit was 0 where the remainder of the first nine was 10. *born may be
 * NULL. */
enum epo_czech_fault epo_birth_number_check(struct epo_span digits, struct epo_date today,
                                            struct epo_date *born);
/* "9051011233" -> "905101/1233". */
struct epo_span epo_birth_number_words(struct epo_pool *pool, struct epo_span digits);

/* IČO: 8 digits, the last one from the others modulo 11. */
enum epo_czech_fault epo_company_number_check(struct epo_span digits);

struct epo_account {
    char local[24]; /* "19-2000145399/0800", without leading zeros; empty outside the Czech Republic
                     */
    char iban[36];  /* "CZ6508000000192000145399" */
};
/* "19-2000145399/0800" or an IBAN (upper case, no spaces) into both forms. The number and the
 * prefix of a Czech account are divisible by 11 under the weights of decree 169/2011 of the Czech
 * National Bank; an IBAN is checked modulo 97, by its country's length where that is known, and a
 * Czech one by its account too. */
enum epo_czech_fault epo_account_read(struct epo_span text, struct epo_account *account);
/* "CZ6508000000192000145399" -> groups of four with no-break spaces. */
struct epo_span epo_iban_words(struct epo_pool *pool, struct epo_span iban);

#endif
