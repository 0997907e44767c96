#include "portal/receipt.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

void epo_number_write(int64_t number, char out[EPO_NUMBER_SIZE]) {
    char digits[EPO_NUMBER_SIZE], *end = digits + sizeof digits, *at = end;
    int64_t sequence = number % EPO_NUMBER_YEAR, year = number / EPO_NUMBER_YEAR;
    for (int i = 0; i < 6 || sequence > 0; i++, sequence /= 10)
        *--at = (char)('0' + sequence % 10);
    *--at = '-';
    do
        *--at = (char)('0' + year % 10);
    while (year /= 10);
    memcpy(out, at, (size_t)(end - at));
    out[end - at] = '\0';
}

bool epo_number_read(struct epo_span text, int64_t *number) {
    struct epo_span sequence, year = epo_span_cut(text, '-', &sequence);
    int64_t year_value, sequence_value;
    char canonical[EPO_NUMBER_SIZE];
    if (year.len != 4 || sequence.len < 6 || sequence.len > 9 ||
        !epo_span_integer(year, &year_value) || !epo_span_integer(sequence, &sequence_value) ||
        year_value < 1000 || sequence_value < 1)
        return false;
    *number = year_value * EPO_NUMBER_YEAR + sequence_value;
    /* one number has one spelling: "2026-0000123" is not another name of 2026-000123 */
    epo_number_write(*number, canonical);
    return epo_span_is(text, canonical);
}

int64_t epo_number_next(int64_t last, int year) {
    int64_t first = (int64_t)year * EPO_NUMBER_YEAR + 1;
    return last >= first ? last + 1 : first;
}

/* All values are words, hashes and times of our own making: nothing in them needs a JSON escape,
 * which is asserted. Members stand in the order of RFC 8785. */
static void add(struct epo_buffer *text, const char *name, struct epo_span value) {
    for (size_t i = 0; i < value.len; i++)
        epo_assert((unsigned char)value.at[i] >= 0x20 && value.at[i] != '"' && value.at[i] != '\\');
    epo_buffer_byte(text, text->len == 0 ? '{' : ',');
    epo_buffer_byte(text, '"');
    epo_buffer_string(text, name);
    epo_buffer_string(text, "\":\"");
    epo_buffer_span(text, value);
    epo_buffer_byte(text, '"');
}

void epo_receipt_make(const struct epo_receipt *receipt, char out[EPO_SHA256_HEX_SIZE]) {
    char number[EPO_NUMBER_SIZE], at[EPO_TIME_SIZE];
    struct epo_buffer text;
    epo_buffer_init(&text, 4096);
    epo_number_write(receipt->number, number);
    add(&text, "agenda", receipt->agenda);
    add(&text, "answersHash", receipt->answers_hash);
    add(&text, "form", receipt->form);
    add(&text, "formVersion", receipt->form_version);
    add(&text, "number", epo_span(number));
    add(&text, "placeHash", receipt->place_hash);
    add(&text, "previous", receipt->previous);
    add(&text, "receivedAt", epo_span(epo_time_rfc3339(receipt->received_at_us, at)));
    epo_buffer_byte(&text, '}');
    epo_assert(!text.failed);
    epo_sha256_hex(epo_buffer_get(&text), out);
    epo_buffer_clear(&text);
}
