/* What people type: "Americká 42/8", "17. listopadu 5", "nám. Republiky 1", "č.p. 42", "8a",
 * "301 00 Plzeň", "parc. č. 1234/5 k. ú. Bolevec". */
#include <ctype.h>
#include <stdlib.h>

#include "maps/search.h"

enum { PIECES_MAX = 40, BYTES_READ_MAX = 400, DIGITS_MAX = 8 };

struct piece { /* a run of letters or of digits, folded */
    const char *text;
    bool number;
    char letter;        /* right behind a number: "8a" */
    char before, after; /* '/', '.', '-' beside it, or ' ' */
};
struct pieces {
    struct piece at[PIECES_MAX];
    int count;
};

static bool joins(char c) {
    return isalnum((unsigned char)c) || (c & 0x80);
}

static void add_piece(struct pieces *pieces, struct epo_pool *pool, struct epo_span text,
                      char before, char after) {
    if (text.len == 0 || pieces->count == PIECES_MAX)
        return;
    size_t digits = 0;
    while (digits < text.len && isdigit((unsigned char)text.at[digits]))
        digits++;
    struct piece *piece = &pieces->at[pieces->count++];
    *piece = (struct piece){.before = before, .after = after};
    if (digits > 0 && digits <= DIGITS_MAX && text.len - digits <= 1) {
        piece->number = true;
        piece->letter = text.len > digits ? text.at[digits] : 0;
        text.len = digits;
    } else if (digits > 0 && digits < text.len) { /* "17listopadu" */
        struct epo_span rest = {text.at + digits, text.len - digits};
        piece->number = digits <= DIGITS_MAX;
        text.len = digits;
        piece->text = epo_pool_string(pool, text);
        add_piece(pieces, pool, rest, ' ', after);
        return;
    }
    piece->text = epo_pool_string(pool, text);
}

static void take_apart(struct pieces *pieces, struct epo_pool *pool, struct epo_span text) {
    size_t len = text.len < BYTES_READ_MAX ? text.len : BYTES_READ_MAX;
    char before = ' ';
    for (size_t i = 0; i < len;) {
        size_t end = i;
        while (end < len && joins(text.at[end]))
            end++;
        if (end == i) {
            before = text.at[i] == '/' || before == '/' ? '/' : text.at[i] == '-' ? '-' : ' ';
            i++;
            continue;
        }
        struct epo_span rest =
            epo_text_fold(pool, (struct epo_span){text.at + i, end - i}); /* may fall apart */
        while (rest.len > 0) {
            struct epo_span word = epo_span_cut(rest, ' ', &rest);
            add_piece(pieces, pool, word, before, end < len ? text.at[end] : ' ');
            before = ' ';
        }
        i = end;
    }
}

static bool is(const struct pieces *pieces, int i, const char *word) {
    return i < pieces->count && !pieces->at[i].number && strcmp(pieces->at[i].text, word) == 0;
}
static bool number_at(const struct pieces *pieces, int i) {
    return i < pieces->count && pieces->at[i].number;
}

/* Signs that say what the number is; how many pieces they take. */
static const struct sign {
    const char *one, *two; /* two NULL: one piece */
    bool before_number;    /* only with a number behind it */
    bool conscription, evidence, parcel, building;
} SIGNS[] = {
    {"c", "p", .conscription = true},
    {"cp", NULL, .conscription = true},
    {"c", "ev", .evidence = true},
    {"ev", "c", .evidence = true},
    {"cev", NULL, .evidence = true},
    {"c", "e", .evidence = true},
    {"c", "o", false},
    {"parc", "c", .parcel = true},
    {"parcela", "c", .parcel = true},
    {"parcelni", "cislo", .parcel = true},
    {"p", "c", .parcel = true},
    {"pc", NULL, .parcel = true},
    {"parc", NULL, .parcel = true},
    {"parcela", NULL, .parcel = true},
    {"pozemek", NULL, .parcel = true},
    {"p", NULL, .before_number = true, .parcel = true},
    {"k", "u", .parcel = true},
    {"st", NULL, .before_number = true, .building = true},
    {"c", NULL, .before_number = true},
    {"cislo", NULL, false},
    {"ul", NULL, false},
    {"ulice", NULL, false},
    {"psc", NULL, false},
};

static int read_sign(struct epo_query *q, const struct pieces *pieces, int i) {
    for (size_t s = 0; s < sizeof SIGNS / sizeof *SIGNS; s++) {
        const struct sign *sign = &SIGNS[s];
        int taken = sign->two != NULL ? 2 : 1;
        if (!is(pieces, i, sign->one) || (sign->two != NULL && !is(pieces, i + 1, sign->two)) ||
            (sign->before_number && !number_at(pieces, i + 1)))
            continue;
        /* "k u" without dots are two words: "K U…" may be a street */
        if (sign->parcel && sign->two != NULL && strlen(sign->one) == 1 &&
            pieces->at[i].after != '.')
            continue;
        q->conscription_only |= sign->conscription;
        q->evidence |= sign->evidence;
        q->parcel |= sign->parcel;
        q->building |= sign->building;
        return taken;
    }
    return 0;
}

/* "30100", "301 00": only where the map knows such a postcode. */
static int read_postcode(struct epo_query *q, const struct epo_wordbook *book,
                         struct epo_pool *pool, const struct pieces *pieces, int i) {
    const struct piece *piece = &pieces->at[i];
    const char *text = piece->text;
    int taken = 1;
    if (!piece->number || piece->letter != 0 || piece->before == '/' || q->postcode != NULL)
        return 0;
    if (strlen(text) == 3 && number_at(pieces, i + 1) && strlen(pieces->at[i + 1].text) == 2 &&
        pieces->at[i + 1].before == ' ' && pieces->at[i + 1].after != '/') {
        text = epo_pool_printf(pool, "%s%s", text, pieces->at[i + 1].text);
        taken = 2;
    }
    if (strlen(text) != 5 || epo_word_find(book, text) == UINT32_MAX)
        return 0;
    q->postcode = text;
    return taken;
}

static void read_number(struct epo_query *q, const struct piece *piece) {
    if (q->number_count == EPO_QUERY_NUMBERS)
        return;
    if (piece->before == '-' && q->number_count > 0) /* "48-50": the first will do */
        return;
    q->numbers[q->number_count++] =
        (struct epo_query_number){.text = piece->text,
                                  .value = (int)strtol(piece->text, NULL, 10),
                                  .letter = piece->letter,
                                  .slashed = piece->before == '/' && q->number_count > 0,
                                  .after = q->word_count - 1};
}

void epo_query_read(const struct epo_wordbook *book, struct epo_pool *pool, struct epo_span text,
                    struct epo_query *q) {
    struct pieces pieces = {.count = 0};
    *q = (struct epo_query){.word_count = 0};
    take_apart(&pieces, pool, text);
    for (int i = 0; i < pieces.count; i++) {
        const struct piece *piece = &pieces.at[i];
        bool end = i == pieces.count - 1;
        int taken = read_sign(q, &pieces, i);
        if (taken == 0)
            taken = read_postcode(q, book, pool, &pieces, i);
        if (taken > 0) {
            i += taken - 1;
            continue;
        }
        struct epo_query_number *last =
            q->number_count > 0 ? &q->numbers[q->number_count - 1] : NULL;
        if (piece->number) {
            read_number(q, piece);
            q->typing_number = end && piece->letter == 0;
        } else if (last != NULL && piece->text[1] == '\0' && last->letter == 0 && i > 0 &&
                   piece->text[0] >= 'a' && piece->text[0] <= 'h' && /* not "u", "k", "v" */
                   pieces.at[i - 1].number && piece->after != '.') {
            last->letter = piece->text[0]; /* "10 e" */
        } else if (q->word_count < EPO_QUERY_WORDS) {
            q->words[q->word_count++] = piece->text;
            q->typing_word = end;
        }
    }
}
