/* One search, from the words typed to what was found. Internal to maps; one thread, everything in
 * the request's pool. */
#ifndef EPO_MAPS_SEARCH_H
#define EPO_MAPS_SEARCH_H

#include "maps/wordbook.h"

/* ---- query.c: what was typed, taken apart ---- */
enum { EPO_QUERY_WORDS = 8, EPO_QUERY_NUMBERS = 4 };
struct epo_query_number {
    const char *text; /* its digits */
    int value;
    char letter;  /* "8a", lower case; 0 if none */
    bool slashed; /* belongs to the number before it: "42/8" */
    int after;    /* the word before it; -1 at the beginning */
};
struct epo_query {
    const char *words[EPO_QUERY_WORDS]; /* folded; of a name, a town, a part … */
    int word_count;
    struct epo_query_number numbers[EPO_QUERY_NUMBERS];
    int number_count;
    const char *postcode;   /* "30100", or NULL */
    bool typing_word;       /* the text ends in a word, that may still go on */
    bool typing_number;     /* … in a number: "1" stands for 1, 12, 158 */
    bool parcel;            /* "parc. č.", "p.č.", "k.ú." */
    bool building;          /* "st. 55": a parcel under a building */
    bool conscription_only; /* "č.p. 42" */
    bool evidence;          /* "č.ev. 42" */
};
void epo_query_read(const struct epo_wordbook *book, struct epo_pool *pool, struct epo_span text,
                    struct epo_query *query);

/* ---- what is found ---- */
enum epo_found_kind { EPO_FOUND_ADDRESS, EPO_FOUND_PARCEL, EPO_FOUND_ENTRY, EPO_FOUND_OFFICE };
struct epo_found {
    enum epo_found_kind kind;
    uint32_t item;       /* address; feature of the parcel layer; entry; office */
    bool number_unknown; /* the street is there, the number is not */
    float cost;          /* how far from what was typed: 0 is best */
    float score;         /* the same with how near it lies and how likely it is meant */
};

/* ---- search_number.c: numbers within a street, a part, a cadastral area ---- */
struct epo_wanted { /* the numbers that are left when a name has taken its own */
    int one, two;   /* "42/8": both; "8": the first; -1 if not typed */
    char letter;
    bool typing; /* the last of them may go on */
    bool conscription_only, evidence, building;
    const char *postcode; /* "30100", or NULL: towns that are called alike differ in it */
};
/* Up to `room` of a group that fit, best first; their cost and score come on top of those of
 * `base`. */
size_t epo_number_find(const struct epo_snapshot *snapshot, enum epo_entry_kind kind,
                       const struct epo_group *group, const struct epo_wanted *wanted,
                       const struct epo_found *base, struct epo_found *found, size_t room);

/* ---- search.c ---- */
enum { EPO_FOUND_MAX = 512 };
/* offices may be NULL. Fills found with at most EPO_FOUND_MAX, best first. */
struct epo_offices;
size_t epo_search_run(const struct epo_snapshot *snapshot, const struct epo_offices *offices,
                      struct epo_pool *pool, struct epo_span text, const struct epo_mm *near,
                      struct epo_found found[EPO_FOUND_MAX]);

#endif
