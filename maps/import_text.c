/* Texts of city files: encodings, house numbers, postcodes. */
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>

#include "maps/import.h"

const char *epo_text_decode(struct epo_pool *pool, struct epo_span text, const char *encoding) {
    if (epo_text_valid(text))
        return epo_pool_string(pool, text);
    iconv_t turn = iconv_open("UTF-8", encoding != NULL ? encoding : "WINDOWS-1250");
    if (turn == (iconv_t)-1)
        return NULL;
    size_t room = text.len * 4 + 1, left = room - 1, in = text.len;
    char *out = epo_pool_alloc(pool, room), *to = out, *from = (char *)text.at;
    bool ok = iconv(turn, &from, &in, &to, &left) != (size_t)-1;
    iconv_close(turn);
    *to = '\0';
    return ok && epo_text_valid((struct epo_span){out, (size_t)(to - out)}) ? out : NULL;
}

static int read_digits(struct epo_span *text) {
    int number = 0;
    while (text->len > 0 && isdigit((unsigned char)text->at[0])) {
        if (number < 100000)
            number = number * 10 + (text->at[0] - '0');
        text->at++;
        text->len--;
    }
    return number;
}

static void skip_to_digit(struct epo_span *text) {
    while (text->len > 0 && !isdigit((unsigned char)text->at[0])) {
        text->at++;
        text->len--;
    }
}

/* "8a", "8 A": one letter behind the number. */
static void read_letter(struct epo_span *text, char letter[4]) {
    struct epo_span rest = epo_span_trim(*text);
    if (rest.len > 0 && isalpha((unsigned char)rest.at[0]) &&
        (rest.len == 1 || !isalpha((unsigned char)rest.at[1])))
        snprintf(letter, 4, "%c", tolower((unsigned char)rest.at[0]));
}

void epo_house_number_read(struct epo_span text, struct epo_build_address *address,
                           char letter[4]) {
    text = epo_span_trim(text);
    for (size_t i = 0; i + 1 < text.len && !isdigit((unsigned char)text.at[i]); i++)
        if (text.at[i] == 'e' && text.at[i + 1] == 'v') /* "ev. č. 5", "č.ev. 5" */
            address->evidence = true;
    skip_to_digit(&text);
    address->conscription = read_digits(&text);
    struct epo_span behind;
    epo_span_cut(text, '/', &behind);
    behind = epo_span_trim(behind);
    if (behind.len > 0 && isdigit((unsigned char)behind.at[0])) {
        address->orientation = read_digits(&behind);
        read_letter(&behind, letter);
    } else {
        read_letter(&text, letter);
    }
}

const char *epo_postcode(struct epo_pool *pool, const char *text) {
    char digits[6];
    size_t count = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == ' ')
            continue;
        if (!isdigit((unsigned char)*at) || count == 5)
            return text;
        digits[count++] = *at;
    }
    return count == 5 ? epo_pool_printf(pool, "%.3s %.2s", digits, digits + 3) : text;
}
