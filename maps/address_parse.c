/* What people type: "Americká 42/8", "17. listopadu 5", "nám. Republiky 1", "č.p. 42", "8a",
 * "301 00 Plzeň". */
#include <ctype.h>
#include <stdlib.h>

#include "maps/address.h"

const char *epo_address_street(const struct epo_snapshot *s, const struct epo_address *a) {
    return s->streets[a->street].part ? "" : s->streets[a->street].name;
}

const char *epo_address_number(struct epo_pool *pool, const struct epo_address *a) {
    if (a->evidence)
        return epo_pool_printf(pool, "č.ev. %d", a->conscription);
    if (a->orientation == 0)
        return epo_pool_printf(pool, "%d", a->conscription);
    if (a->conscription == 0)
        return epo_pool_printf(pool, "%d%.2s", a->orientation, a->letter);
    return epo_pool_printf(pool, "%d/%d%.2s", a->conscription, a->orientation, a->letter);
}

const char *epo_address_text(struct epo_pool *pool, const struct epo_snapshot *s,
                             const struct epo_address *a) {
    const struct epo_locality *lies = &s->localities[a->locality];
    return epo_pool_printf(pool, "%s %s, %s%s%s", s->streets[a->street].name,
                           epo_address_number(pool, a), lies->postcode,
                           lies->postcode[0] != '\0' ? " " : "", lies->city);
}

static const struct {
    const char *typed, *meant; /* NULL: says nothing */
} SHORT[] = {
    {"nam", "namesti"}, {"tr", "trida"}, {"nabr", "nabrezi"}, {"ul", NULL},
    {"ulice", NULL},    {"cp", NULL},    {"cislo", NULL},     {"psc", NULL},
};

/* "/" joins two house numbers and must survive folding; '#' stands before nothing else. */
static const char SLASH[] = "xslashx";

static const char *folded_with_slashes(struct epo_pool *pool, struct epo_span query) {
    struct epo_buffer out;
    epo_buffer_init(&out, 2048);
    for (size_t i = 0; i < query.len && i < 200; i++)
        if (query.at[i] == '/') {
            epo_buffer_byte(&out, ' ');
            epo_buffer_string(&out, SLASH);
            epo_buffer_byte(&out, ' ');
        } else {
            epo_buffer_byte(&out, query.at[i]);
        }
    struct epo_span folded = epo_text_fold(pool, epo_buffer_get(&out));
    const char *text = folded.len == 0 ? "" : epo_pool_string(pool, folded);
    epo_buffer_clear(&out);
    return text;
}

static int digits_in(const char *word) {
    return (int)strspn(word, "0123456789");
}

static void add_word(struct epo_address_query *q, const char *word) {
    if (q->word_count < EPO_QUERY_WORDS)
        q->words[q->word_count++] = word;
}

static void add_number(struct epo_address_query *q, const char *word) {
    int at = q->numbers[0] < 0 ? 0 : 1;
    long value = strtol(word, NULL, 10);
    q->numbers[at] = value > 999999 ? 999999 : (int)value;
    char letter = word[digits_in(word)];
    if (letter != '\0')
        q->letter = letter;
}

struct words {
    const char *at[32];
    int count;
};
static void split(struct epo_pool *pool, const char *text, struct words *words) {
    struct epo_span rest = epo_span(text);
    while (rest.len > 0 && words->count < 32) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len > 0)
            words->at[words->count++] = epo_pool_string(pool, word);
    }
}

/* Words used up at i (0: nothing special here). */
static int special(struct epo_address_query *q, const struct words *w, int i) {
    const char *word = w->at[i], *next = i + 1 < w->count ? w->at[i + 1] : "";
    int digits = digits_in(word);
    if (digits == 5 && word[5] == '\0') {
        snprintf(q->postcode, sizeof q->postcode, "%.3s %s", word, word + 3);
        return 1;
    }
    if (digits == 3 && word[3] == '\0' && digits_in(next) == 2 && next[2] == '\0') {
        snprintf(q->postcode, sizeof q->postcode, "%s %s", word, next);
        return 2;
    }
    if (strcmp(word, "c") == 0 && (strcmp(next, "p") == 0 || strcmp(next, "ev") == 0)) {
        q->conscription_only = strcmp(next, "p") == 0;
        q->evidence = !q->conscription_only;
        return 2;
    }
    if (strcmp(word, "cp") == 0) {
        q->conscription_only = true;
        return 1;
    }
    if (strcmp(word, "ev") == 0 && strcmp(next, "c") == 0) {
        q->evidence = true;
        return 2;
    }
    return 0;
}

void epo_address_parse(struct epo_pool *pool, struct epo_span query, struct epo_address_query *q) {
    *q = (struct epo_address_query){.numbers = {-1, -1}};
    struct words w = {.count = 0};
    q->folded = epo_pool_string(pool, epo_text_fold(pool, query));
    split(pool, folded_with_slashes(pool, query), &w);
    bool slash = false;
    for (int i = 0; i < w.count; i++) {
        const char *word = w.at[i];
        int used = slash ? 0 : special(q, &w, i);
        if (used > 0) {
            i += used - 1;
            continue;
        }
        int digits = digits_in(word);
        bool number = digits > 0 && digits <= 6 && strlen(word + digits) <= 1;
        if (strcmp(word, SLASH) == 0) {
            slash = true;
        } else if (number && (slash || q->numbers[0] < 0)) {
            /* "17. listopadu": before any word it may be a name; epo_addresses_search tries. */
            add_number(q, word);
            q->digits_typing = i == w.count - 1 && word[digits] == '\0';
            slash = false;
        } else if (q->numbers[0] >= 0 && word[1] == '\0' && isalpha((unsigned char)word[0]) &&
                   q->letter == 0) {
            q->letter = word[0]; /* "10 e" */
        } else if (!number) {
            const char *meant = word;
            for (size_t k = 0; k < sizeof SHORT / sizeof *SHORT; k++)
                if (strcmp(word, SHORT[k].typed) == 0)
                    meant = SHORT[k].meant;
            if (meant != NULL)
                add_word(q, meant);
        }
    }
}

int epo_word_edits(const char *a, const char *b, int limit) {
    enum { LONGEST = 40 };
    int la = (int)strlen(a), lb = (int)strlen(b);
    if (la > LONGEST || lb > LONGEST || abs(la - lb) > limit)
        return limit + 1;
    int row[3][LONGEST + 1];
    for (int j = 0; j <= lb; j++)
        row[0][j] = j;
    for (int i = 1; i <= la; i++) {
        int *now = row[i % 3], *before = row[(i + 2) % 3], *older = row[(i + 1) % 3];
        int least = now[0] = i;
        for (int j = 1; j <= lb; j++) {
            int cost = a[i - 1] != b[j - 1];
            int best = before[j - 1] + cost;
            best = before[j] + 1 < best ? before[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                older[j - 2] + 1 < best)
                best = older[j - 2] + 1;
            now[j] = best;
            least = best < least ? best : least;
        }
        if (least > limit)
            return limit + 1;
    }
    return row[la % 3][lb];
}
