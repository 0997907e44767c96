#include "base/search.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/limits.h"

#define WORD_MAX 40 /* bytes; what is longer is no word that anybody types */

struct occurrence { /* of a word in an entry */
    struct epo_span word;
    uint32_t entry;
    uint32_t weight;
};
struct word {
    struct epo_span text, stem;
    uint32_t first, count; /* its occurrences */
};
struct epo_search {
    struct epo_pool *pool;
    bool czech;
    const void **shown;
    uint32_t entries, entries_room;
    struct occurrence *occurrences;
    size_t count, room;
    struct word *words;
    uint32_t word_count;
};

struct epo_search *epo_search_create(const char *lang) {
    struct epo_search *search = calloc(1, sizeof *search);
    epo_assert(search);
    search->pool = epo_pool_create();
    search->czech = lang[0] == 'c';
    return search;
}

void epo_search_free(struct epo_search *search) {
    if (!search)
        return;
    epo_pool_free(search->pool);
    free(search->shown);
    free(search->occurrences);
    free(search);
}

uint32_t epo_search_add(struct epo_search *search, const void *shown) {
    if (search->entries == search->entries_room) {
        search->entries_room = search->entries_room ? search->entries_room * 2 : 64;
        search->shown = realloc(search->shown, search->entries_room * sizeof *search->shown);
        epo_assert(search->shown);
    }
    search->shown[search->entries] = shown;
    return search->entries++;
}

/* ---- words ---- */

/* Words that stand everywhere and say nothing. */
static bool is_empty_word(const struct epo_search *search, struct epo_span word) {
    static const char CS[] =
        " a i o u v z s k na do od ze se si je to za po pro pri jak co kde kdy "
        "nebo ve ke ktery ktera ktere ja mi chci ",
                      EN[] = " a an the of to in on at for and or how what where when is do i my ";
    const char *list = search->czech ? CS : EN;
    char key[WORD_MAX + 3] = " ";
    if (word.len + 2 >= sizeof key)
        return false;
    memcpy(key + 1, word.at, word.len);
    key[word.len + 1] = ' ';
    return strstr(list, key) != NULL;
}

static bool ends(struct epo_span word, const char *ending) {
    size_t len = strlen(ending);
    return word.len >= len && memcmp(word.at + word.len - len, ending, len) == 0;
}

static bool is_vowel(char c) {
    return strchr("aeiouy", c) != NULL;
}

/* What is left without the ending, at least two letters. Endings of declension in folded letters,
 * the longest first. */
static struct epo_span without_ending(struct epo_span word, bool czech) {
    static const char *const CS[] = {"ovani", "ovych", "atech", "emi", "ami", "imi", "ymi", "ach",
                                     "ech",   "ich",   "ych",   "eho", "emu", "ove", "ovi", "ou",
                                     "um",    "am",    "em",    "im",  "ym",  "mi",  "a",   "e",
                                     "i",     "o",     "u",     "y",   NULL};
    static const char *const EN[] = {"ings", "ing", "ies", "es", "ed", "s", "y", "e", NULL};
    for (const char *const *ending = czech ? CS : EN; *ending; ending++) {
        size_t least = strlen(*ending) <= 2 && czech ? 2 : 3;
        if (ends(word, *ending) && word.len >= strlen(*ending) + least)
            return (struct epo_span){word.at, word.len - strlen(*ending)};
    }
    return word;
}

/* One text for all forms of a word, as far as that goes without a dictionary: psa, psu and pes,
 * poplatek and poplatcich. */
static struct epo_span stem_of(struct epo_pool *pool, struct epo_span word, bool czech) {
    struct epo_span cut = without_ending(word, czech);
    char stem[WORD_MAX];
    size_t len = cut.len;
    memcpy(stem, cut.at, len);
    if (!czech)
        return epo_pool_copy(pool, (struct epo_span){stem, len});
    if (cut.len == word.len && len >= 3 && stem[len - 2] == 'e' && !is_vowel(stem[len - 1]) &&
        !is_vowel(stem[len - 3])) { /* the e that comes and goes */
        stem[len - 2] = stem[len - 1];
        len--;
    }
    if (len > 2 && stem[len - 1] == 'c')
        stem[len - 1] = 'k';
    if (len > 2 && stem[len - 1] == 'z')
        stem[len - 1] = 'h';
    return epo_pool_copy(pool, (struct epo_span){stem, len});
}

/* ---- filling ---- */

void epo_search_text(struct epo_search *search, uint32_t entry, struct epo_span text, int weight) {
    struct epo_span rest = epo_text_fold(search->pool, text);
    while (rest.len) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len == 0 || word.len > WORD_MAX || is_empty_word(search, word))
            continue;
        if (search->count == search->room) {
            search->room = search->room ? search->room * 2 : 1024;
            search->occurrences =
                realloc(search->occurrences, search->room * sizeof *search->occurrences);
            epo_assert(search->occurrences);
        }
        search->occurrences[search->count++] = (struct occurrence){word, entry, (uint32_t)weight};
    }
}

static int compare_words(struct epo_span a, struct epo_span b) {
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_word(const void *a, const void *b) {
    const struct occurrence *one = a, *other = b;
    int order = compare_words(one->word, other->word);
    return order ? order : (one->entry > other->entry) - (one->entry < other->entry);
}

void epo_search_ready(struct epo_search *search) {
    if (search->count)
        qsort(search->occurrences, search->count, sizeof *search->occurrences, by_word);
    search->words = EPO_NEW_ARRAY(search->pool, struct word, search->count + 1);
    for (size_t i = 0; i < search->count; i++) {
        struct epo_span text = search->occurrences[i].word;
        struct word *last = search->word_count ? &search->words[search->word_count - 1] : NULL;
        if (last && epo_span_equal(last->text, text)) {
            last->count++;
            continue;
        }
        search->words[search->word_count++] =
            (struct word){text, stem_of(search->pool, text, search->czech), (uint32_t)i, 1};
    }
}

/* ---- finding ---- */

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters are wrong, missing, too many or swapped between typed and the beginning of the
 * word that fits it best; more than most is most + 1. */
static size_t mistakes(struct epo_span typed, struct epo_span word, size_t most) {
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    size_t width = least(word.len, typed.len + most);
    for (size_t j = 0; j <= width; j++)
        last[j] = j;
    for (size_t i = 1; i <= typed.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= width; j++) {
            bool same = typed.at[i - 1] == word.at[j - 1];
            now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + !same);
            if (i > 1 && j > 1 && typed.at[i - 1] == word.at[j - 2] &&
                typed.at[i - 2] == word.at[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    size_t best = most + 1;
    for (size_t j = 0; j <= width; j++)
        best = least(best, last[j]);
    return best;
}

/* How well a word of the index answers the typed one: 0 to 10. */
static double likeness(struct epo_span typed, struct epo_span stem, const struct word *word) {
    if (epo_span_equal(typed, word->text))
        return 10;
    if (epo_span_equal(stem, word->stem))
        return 9;
    if (typed.len >= 2 && epo_span_starts(word->text, typed))
        return 6 + 2.0 * (double)typed.len / (double)word->text.len;
    if (stem.len >= 4 && epo_span_starts(word->text, stem))
        return 6;
    size_t most = typed.len >= 8 ? 2 : typed.len >= 4 ? 1 : 0;
    if (most == 0 || word->text.len + most < typed.len)
        return 0;
    size_t wrong = mistakes(typed, word->text, most);
    return wrong > most ? 0 : 5 - 1.5 * (double)wrong;
}

struct tally {        /* of one entry */
    double sum, best; /* best: of the word being looked up */
    uint32_t found;   /* words of the query that it has */
    uint32_t entry;
};

static void look_up(const struct epo_search *search, struct epo_pool *pool, struct epo_span typed,
                    struct tally *tallies) {
    struct epo_span stem = stem_of(pool, typed, search->czech);
    for (uint32_t i = 0; i < search->word_count; i++) {
        const struct word *word = &search->words[i];
        double like = likeness(typed, stem, word);
        for (uint32_t k = 0; like > 0 && k < word->count; k++) {
            const struct occurrence *at = &search->occurrences[word->first + k];
            double score = like * (double)at->weight;
            if (score > tallies[at->entry].best)
                tallies[at->entry].best = score;
        }
    }
    for (uint32_t i = 0; i < search->entries; i++) {
        tallies[i].sum += tallies[i].best;
        tallies[i].found += tallies[i].best > 0;
        tallies[i].best = 0;
    }
}

static int by_score(const void *a, const void *b) {
    const struct tally *one = a, *other = b;
    if (one->found != other->found)
        return one->found < other->found ? 1 : -1;
    if (one->sum < other->sum || one->sum > other->sum)
        return one->sum < other->sum ? 1 : -1;
    return (one->entry > other->entry) - (one->entry < other->entry);
}

size_t epo_search_find(const struct epo_search *search, struct epo_pool *pool,
                       struct epo_span query, struct epo_search_hit *hits, size_t room) {
    struct tally *tallies = EPO_NEW_ARRAY(pool, struct tally, search->entries + 1);
    struct epo_span rest = epo_text_fold(pool, query);
    uint32_t asked = 0;
    size_t count = 0;
    memset(tallies, 0, search->entries * sizeof *tallies);
    for (uint32_t i = 0; i < search->entries; i++)
        tallies[i].entry = i;
    while (rest.len && asked < EPO_SEARCH_QUERY_WORDS_MAX) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len == 0 || word.len > WORD_MAX || is_empty_word(search, word))
            continue;
        look_up(search, pool, word, tallies);
        asked++;
    }
    if (asked == 0 || search->entries == 0)
        return 0;
    qsort(tallies, search->entries, sizeof *tallies, by_score);
    uint32_t wanted = tallies[0].found; /* every word, or as many as any entry has */
    for (; count < room && count < search->entries; count++) {
        const struct tally *tally = &tallies[count];
        if (tally->found == 0 || tally->found < wanted)
            break;
        hits[count] = (struct epo_search_hit){search->shown[tally->entry], tally->sum};
    }
    return count;
}
