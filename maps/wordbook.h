/* What is found by words: streets, parts of towns, cadastral areas and named features of layers,
 * each an entry with the words of its name and of where it lies. Built once for a snapshot, then
 * read by all threads. Internal to maps.
 *
 * Entries are few beside addresses (a country has 3 million of these and 0.1 million streets), so
 * that numbers are looked up only within the entries that the words have found. Entries stand in
 * the order of their weight: the first ones found are those most likely meant. */
#ifndef EPO_MAPS_WORDBOOK_H
#define EPO_MAPS_WORDBOOK_H

#include "maps/mapbase.h"

enum epo_entry_kind {
    EPO_ENTRY_STREET, /* item: of snapshot->streets */
    EPO_ENTRY_PART,   /* of snapshot->parts */
    EPO_ENTRY_LAND,   /* of snapshot->lands: only with a number, as a parcel */
    EPO_ENTRY_PLACE   /* a feature of `layer` */
};
struct epo_entry {
    uint32_t first_token; /* into tokens; ends where those of the next entry begin */
    uint32_t item;
    uint16_t layer;
    uint8_t kind;   /* enum epo_entry_kind */
    uint8_t weight; /* eighths of a doubling of "how many may mean it" */
};

/* A word of an entry: which, as part of what, and where in the name. Words that mean the same
 * ("gen.", "generála") stand at the same position. */
enum epo_token_role {
    EPO_TOKEN_NAME,
    EPO_TOKEN_TOWN,
    EPO_TOKEN_PART,
    EPO_TOKEN_DISTRICT,
    EPO_TOKEN_POSTCODE
};
#define EPO_TOKEN_WORDS (1u << 24)
#define EPO_TOKEN_POSITIONS 32
static inline uint32_t epo_token(uint32_t word, enum epo_token_role role, uint32_t position) {
    return word | (uint32_t)role << 24 | position << 27;
}
static inline uint32_t epo_token_word(uint32_t token) {
    return token & (EPO_TOKEN_WORDS - 1);
}
static inline enum epo_token_role epo_token_role(uint32_t token) {
    return (enum epo_token_role)(token >> 24 & 7);
}
static inline uint32_t epo_token_position(uint32_t token) {
    return token >> 27;
}

struct epo_wordbook {
    const char **words; /* folded, sorted, each once */
    uint8_t *shared;    /* letters that a word begins with as the one before does */
    size_t word_count;
    struct epo_entry *entries; /* and one more, that ends the tokens of the last */
    size_t entry_count;
    uint32_t *tokens;
    uint32_t *first_posting; /* by word, and one more */
    uint32_t *postings;      /* entries that hold the word, ascending */
};

/* The group that numbers are looked up in; NULL of a place. */
static inline const struct epo_group *epo_entry_group(const struct epo_snapshot *s,
                                                      const struct epo_entry *entry) {
    return entry->kind == EPO_ENTRY_STREET ? &s->streets[entry->item]
           : entry->kind == EPO_ENTRY_PART ? &s->parts[entry->item]
           : entry->kind == EPO_ENTRY_LAND ? &s->lands[entry->item]
                                           : NULL;
}

/* ---- wordbook_match.c: the words of a name that a typed word may mean ---- */
enum { /* how far a word is from the one typed: what epo_words_match writes, 0 where it does not */
       EPO_MATCH_EXACT = 1,
       EPO_MATCH_BEGUN,      /* it begins so, and may still be typed on */
       EPO_MATCH_INITIAL,    /* "E." for "Edvarda" */
       EPO_MATCH_OF_INITIAL, /* "Edvarda" for "E."; never alone, or it would mean "K Lesu" too */
       EPO_MATCH_SHORTENED,  /* it begins so, with further words typed behind */
       EPO_MATCH_ONE_SLIP,   /* a letter too many, too few, another, or two exchanged */
       EPO_MATCH_BEGUN_SLIP, /* it begins so but for one slip */
       EPO_MATCH_TWO_SLIPS
};
struct epo_matched { /* by one typed word */
    uint8_t *how;    /* by word of the dictionary */
    uint32_t *words; /* those that match */
    uint32_t count, room;
    size_t postings; /* of all of them together */
};
/* Words equal to `word`, meaning the same, or beginning with it. last: it may still be typed on.
 * Memory comes from pool. */
void epo_words_match(const struct epo_wordbook *book, struct epo_pool *pool, const char *word,
                     bool last, struct epo_matched *matched);
/* Adds those with one or two slips. */
void epo_words_match_similar(const struct epo_wordbook *book, struct epo_pool *pool,
                             const char *word, bool last, struct epo_matched *matched);
/* The place of exactly this word in the dictionary, or UINT32_MAX. */
uint32_t epo_word_find(const struct epo_wordbook *book, const char *word);
/* How far two single words are apart, as above; 0: too far. similar: slips are allowed. For names
 * outside the dictionary. */
int epo_word_match(const char *name_word, const char *typed, bool last, bool similar);
/* What stands in names for a short form, one after the other: "sv" gives "svateho", "svate" … NULL
 * at the end. */
const char *epo_word_meant(const char *word, int at);

#endif
