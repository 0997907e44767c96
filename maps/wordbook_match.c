/* From a typed word to the words of the dictionary that it may mean. The dictionary is sorted:
 * words that begin alike stand together, and what was computed for a common beginning serves them
 * all. */
#include "maps/wordbook.h"

#include <stdlib.h>

enum { LETTERS_MAX = 40, SLIPS_MAX = 2, LETTERS_FOR_ONE = 3, LETTERS_FOR_TWO = 6 };

/* What is written short, typed or in the register. A row for each form that it may stand for. */
static const struct {
    const char *word, *meant;
} SHORT[] = {
    {"nam", "namesti"},        {"tr", "trida"},
    {"nabr", "nabrezi"},       {"nab", "nabrezi"},
    {"sidl", "sidliste"},      {"gen", "generala"},
    {"arm", "armady"},         {"mjr", "majora"},
    {"kpt", "kapitana"},       {"skpt", "kapitana"},
    {"npor", "nadporucika"},   {"por", "porucika"},
    {"ppor", "podporucika"},   {"plk", "plukovnika"},
    {"pplk", "podplukovnika"}, {"prof", "profesora"},
    {"dr", "doktora"},         {"mudr", "doktora"},
    {"judr", "doktora"},       {"ing", "inzenyra"},
    {"sv", "svateho"},         {"sv", "svate"},
    {"sv", "svaty"},           {"sv", "svata"},
    {"cs", "ceskoslovenske"},  {"cs", "ceskoslovenskych"},
    {"csl", "ceskoslovenske"}, {"br", "bratri"},
    {"tgm", "masaryka"},       {"vel", "velke"},
    {"mal", "male"},
};

const char *epo_word_meant(const char *word, int at) {
    for (size_t i = 0; i < sizeof SHORT / sizeof *SHORT; i++)
        if (strcmp(SHORT[i].word, word) == 0 && at-- == 0)
            return SHORT[i].meant;
    return NULL;
}

static void match(const struct epo_wordbook *book, struct epo_pool *pool, struct epo_matched *m,
                  uint32_t word, int how) {
    if (m->how[word] != 0) {
        m->how[word] = m->how[word] < how ? m->how[word] : (uint8_t)how;
        return;
    }
    if (m->count == m->room) {
        uint32_t room = m->room == 0 ? 64 : m->room * 2;
        uint32_t *words = EPO_NEW_ARRAY(pool, uint32_t, room);
        if (m->count > 0)
            memcpy(words, m->words, m->count * sizeof *words);
        m->words = words;
        m->room = room;
    }
    m->how[word] = (uint8_t)how;
    m->words[m->count++] = word;
    m->postings += book->first_posting[word + 1] - book->first_posting[word];
}

/* The first word that is not before `word`. */
static uint32_t place_of(const struct epo_wordbook *book, const char *word) {
    size_t low = 0, high = book->word_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(book->words[middle], word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

uint32_t epo_word_find(const struct epo_wordbook *book, const char *word) {
    uint32_t at = place_of(book, word);
    return at < book->word_count && strcmp(book->words[at], word) == 0 ? at : UINT32_MAX;
}

void epo_words_match(const struct epo_wordbook *book, struct epo_pool *pool, const char *word,
                     bool last, struct epo_matched *m) {
    size_t len = strlen(word);
    const char *meant;
    int begun = last ? EPO_MATCH_BEGUN : len == 1 ? EPO_MATCH_INITIAL : EPO_MATCH_SHORTENED;
    *m = (struct epo_matched){.how = EPO_NEW_ARRAY(pool, uint8_t, book->word_count + 1)};
    for (uint32_t i = place_of(book, word);
         i < book->word_count && strncmp(book->words[i], word, len) == 0; i++)
        match(book, pool, m, i, book->words[i][len] == '\0' ? EPO_MATCH_EXACT : begun);
    for (int k = 0; (meant = epo_word_meant(word, k)) != NULL; k++) {
        uint32_t at = epo_word_find(book, meant);
        if (at != UINT32_MAX)
            match(book, pool, m, at, EPO_MATCH_EXACT);
    }
}

static int slips_allowed(size_t len) {
    return len >= LETTERS_FOR_TWO ? 2 : len >= LETTERS_FOR_ONE ? 1 : 0;
}

/* Distance of the typed word from every beginning of one word of the dictionary: a row for each of
 * its letters (Damerau and Levenshtein, neighbours exchanged count once). */
struct rows {
    const char *typed;
    int len, limit;
    bool last; /* a beginning of the word will do */
    uint8_t at[LETTERS_MAX + 2][LETTERS_MAX + 1];
    uint8_t nearest[LETTERS_MAX +
                    2]; /* least distance of the whole typed word so far: by a beginning */
};

static void rows_begin(struct rows *rows, const char *typed, int limit, bool last) {
    rows->typed = typed;
    rows->last = last;
    rows->len = (int)strlen(typed);
    rows->limit = limit;
    for (int j = 0; j <= rows->len; j++)
        rows->at[0][j] = (uint8_t)j;
    rows->nearest[0] = (uint8_t)rows->len;
}

/* The row of the word's letter i (from 1). False when nothing that begins so can be near. */
static bool rows_next(struct rows *rows, const char *word, int i) {
    const char *typed = rows->typed;
    uint8_t *now = rows->at[i], *before = rows->at[i - 1];
    int least = now[0] = (uint8_t)i;
    for (int j = 1; j <= rows->len; j++) {
        int best = before[j - 1] + (word[i - 1] != typed[j - 1]);
        best = before[j] + 1 < best ? before[j] + 1 : best;
        best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
        if (i > 1 && j > 1 && word[i - 1] == typed[j - 2] && word[i - 2] == typed[j - 1] &&
            rows->at[i - 2][j - 2] + 1 < best)
            best = rows->at[i - 2][j - 2] + 1;
        now[j] = (uint8_t)best;
        least = best < least ? best : least;
    }
    rows->nearest[i] =
        now[rows->len] < rows->nearest[i - 1] ? now[rows->len] : rows->nearest[i - 1];
    return least <= rows->limit || (rows->last && rows->nearest[i] <= 1);
}

static int how_of(const struct rows *rows, int letters) {
    int whole = rows->at[letters][rows->len], begun = rows->nearest[letters];
    if (whole <= rows->limit)
        return whole == 0 ? EPO_MATCH_EXACT : whole == 1 ? EPO_MATCH_ONE_SLIP : EPO_MATCH_TWO_SLIPS;
    return rows->last && begun == 1 && rows->len > LETTERS_FOR_ONE ? EPO_MATCH_BEGUN_SLIP : 0;
}

void epo_words_match_similar(const struct epo_wordbook *book, struct epo_pool *pool,
                             const char *word, bool last, struct epo_matched *m) {
    struct rows rows;
    int limit = slips_allowed(strlen(word)), ready = 0, dead = LETTERS_MAX + 1;
    char initial[2] = {word[0], '\0'};
    uint32_t single = word[0] == '\0' ? UINT32_MAX : epo_word_find(book, initial);
    if (single != UINT32_MAX)
        match(book, pool, m, single, EPO_MATCH_OF_INITIAL);
    if (limit == 0 || strlen(word) > LETTERS_MAX)
        return;
    rows_begin(&rows, word, limit, last);
    for (uint32_t w = 0; w < book->word_count; w++) {
        const char *other = book->words[w];
        if (book->shared[w] >= dead) /* begins as one did that led nowhere */
            continue;
        ready = book->shared[w] < ready ? book->shared[w] : ready;
        dead = LETTERS_MAX + 1;
        while (other[ready] != '\0' && ready < LETTERS_MAX && dead > LETTERS_MAX) {
            ready++;
            if (!rows_next(&rows, other, ready))
                dead = ready;
        }
        int how = dead <= LETTERS_MAX || other[ready] != '\0' ? 0 : how_of(&rows, ready);
        if (how != 0)
            match(book, pool, m, w, how);
    }
}

int epo_word_match(const char *name_word, const char *typed, bool last, bool similar) {
    struct rows rows;
    size_t len = strlen(typed), letters = strlen(name_word);
    const char *meant;
    if (strcmp(name_word, typed) == 0)
        return EPO_MATCH_EXACT;
    for (int k = 0; (meant = epo_word_meant(typed, k)) != NULL; k++)
        if (strcmp(name_word, meant) == 0)
            return EPO_MATCH_EXACT;
    if (strncmp(name_word, typed, len) == 0)
        return last ? EPO_MATCH_BEGUN : len == 1 ? EPO_MATCH_INITIAL : EPO_MATCH_SHORTENED;
    if (!similar || len > LETTERS_MAX || letters > LETTERS_MAX || slips_allowed(len) == 0)
        return 0;
    rows_begin(&rows, typed, slips_allowed(len), last);
    for (int i = 1; i <= (int)letters; i++)
        if (!rows_next(&rows, name_word, i))
            return 0;
    return how_of(&rows, (int)letters);
}
