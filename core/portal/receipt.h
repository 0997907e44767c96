/* Numbers and receipts. A receipt proves what was sent and when: SHA-256, in hex, over the RFC 8785
 * JSON text
 *   {"agenda":…,"answersHash":…,"form":…,"formVersion":…,"number":…,"placeHash":…,"previous":…,
 *    "receivedAt":…}
 * (all strings; hashes in hex; placeHash over the WKB in metres, empty without a place; previous
 * is the receipt of the submission before, empty for the first). Pure. */
#ifndef EPO_PORTAL_RECEIPT_H
#define EPO_PORTAL_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/token.h"

#define EPO_NUMBER_SIZE 24
#define EPO_NUMBER_YEAR ((int64_t)1000000000) /* number = year * this + sequence */

/* 2026000000123 <-> "2026-000123" (at least six digits). */
void epo_number_write(int64_t number, char out[EPO_NUMBER_SIZE]);
bool epo_number_read(struct epo_span text, int64_t *number);
/* The one after `last` (0: none yet) for something received in `year`; never goes back when the
 * clock does. */
int64_t epo_number_next(int64_t last, int year);

struct epo_receipt {
    struct epo_span agenda, form, form_version, answers_hash, place_hash, previous;
    int64_t number, received_at_us;
};
void epo_receipt_make(const struct epo_receipt *receipt, char out[EPO_SHA256_HEX_SIZE]);

#endif
