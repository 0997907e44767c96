/* Search as you type: entries by their words, then numbers within them, the likeliest first. Every
 * difference from what was typed costs; what costs least comes first. */
#include "maps/search.h"

#include <math.h>
#include <stdlib.h>

#include "maps/offices.h"

enum {
    HITS_MAX = 2048,      /* entries kept while looking; cut down to the best when full */
    HITS_NUMBERED = 256,  /* of the best of them numbers are looked up */
    POSTINGS_MAX = 30000, /* above, entries are read in the order of their weight … */
    FOUND_ENOUGH = 300,   /* … until so many fit */
    NUMBERS_OF_ONE = 60   /* found in one street at most: more than is ever asked for */
};

/* ---- what differences cost ---- */
static const float COSTS[] = {
    [EPO_MATCH_EXACT] = 0,     [EPO_MATCH_BEGUN] = 2,    [EPO_MATCH_INITIAL] = 4,
    [EPO_MATCH_SHORTENED] = 5, [EPO_MATCH_ONE_SLIP] = 8, [EPO_MATCH_BEGUN_SLIP] = 11,
    [EPO_MATCH_TWO_SLIPS] = 16};
static const float IN_ROLE[] = {[EPO_TOKEN_NAME] = 0,
                                [EPO_TOKEN_TOWN] = 1,
                                [EPO_TOKEN_PART] = 1,
                                [EPO_TOKEN_DISTRICT] = 1.5F,
                                [EPO_TOKEN_POSTCODE] = 100};
static const float OF_KIND[] = {
    [EPO_ENTRY_STREET] = 0, [EPO_ENTRY_PART] = 1, [EPO_ENTRY_LAND] = 5, [EPO_ENTRY_PLACE] = 1.5F};
static const float NAME_WORD_UNTYPED = 3, TOWN_WORD_UNTYPED = 1, TOWN_UNTYPED_MOST = 3,
                   OTHER_ORDER = 1, POSTCODE_DIFFERS = 10, NUMBER_UNKNOWN = 12,
                   NUMBER_TOO_MUCH = 14, WORD_TOO_MUCH = 18, PER_WEIGHT = 0.15F / 8, NOT_GOOD = 7;

static const float AS_OFFICE = 1.5F, OFFICE_TOO_FAR = 20, OFFICE_WEIGHT = 150;

struct hit {
    uint32_t entry;
    float cost, score; /* as in struct epo_found */
    uint8_t taken;     /* numbers that belong to the name or the place, as bits */
};
struct search {
    const struct epo_snapshot *s;
    const struct epo_wordbook *book;
    const struct epo_offices *offices;
    struct epo_pool *pool;
    struct epo_query q;
    const struct epo_mm *near;
    struct epo_matched matched[EPO_QUERY_WORDS];
    uint32_t number_words[EPO_QUERY_NUMBERS]; /* in the dictionary, or UINT32_MAX */
    uint32_t postcode_word;
    bool similar; /* words with slips count too */
    int may_miss; /* words of the query that need not be found */
    struct hit *hits;
    size_t hit_count;
    uint8_t *looked_at; /* bits by entry */
    struct epo_found *found;
    size_t found_count;
};

/* ---- judging one entry ---- */

struct judged {
    float cost[EPO_QUERY_WORDS];
    uint8_t how[EPO_QUERY_WORDS], role[EPO_QUERY_WORDS], position[EPO_QUERY_WORDS];
    int8_t number_position[EPO_QUERY_NUMBERS]; /* in the name; -1 if not there */
    uint8_t number_in_place;                   /* bits */
    uint32_t positions, town_positions;        /* bits: which there are */
    bool postcode;
};

static void look_at_token(const struct search *x, uint32_t token, struct judged *j) {
    uint32_t word = epo_token_word(token), position = epo_token_position(token);
    enum epo_token_role role = epo_token_role(token);
    if (role == EPO_TOKEN_POSTCODE) {
        j->postcode |= word == x->postcode_word;
        return;
    }
    if (role == EPO_TOKEN_NAME)
        j->positions |= 1u << position;
    else if (role == EPO_TOKEN_TOWN)
        j->town_positions |= 1u << position;
    for (int w = 0; w < x->q.word_count; w++) {
        int how = x->matched[w].how[word];
        if (how == 0)
            continue;
        float cost = COSTS[how] + IN_ROLE[role];
        if (cost < j->cost[w]) {
            j->cost[w] = cost;
            j->how[w] = (uint8_t)how;
            j->role[w] = (uint8_t)role;
            j->position[w] = (uint8_t)position;
        }
    }
    for (int n = 0; n < x->q.number_count; n++)
        if (x->number_words[n] == word) {
            if (role == EPO_TOKEN_NAME)
                j->number_position[n] = (int8_t)position;
            else
                j->number_in_place |= (uint8_t)(1u << n);
        }
}

/* "17. listopadu 5": the name takes the 17; "Plzeň 3": the district takes the 3 behind its town. */
static uint8_t take_numbers(const struct search *x, const struct judged *j, uint32_t *typed) {
    uint8_t taken = 0;
    for (int n = 0; n < x->q.number_count; n++) {
        const struct epo_query_number *number = &x->q.numbers[n];
        bool pair = number->slashed || (n + 1 < x->q.number_count && number[1].slashed);
        int position = j->number_position[n], after = number->after;
        if (pair || number->letter != 0)
            continue;
        if (position >= 0 && !(*typed & 1u << position)) {
            *typed |= 1u << position;
            taken |= (uint8_t)(1u << n);
        } else if ((j->number_in_place & 1u << n) && after >= 0 && j->cost[after] < INFINITY &&
                   j->role[after] != EPO_TOKEN_NAME) {
            taken |= (uint8_t)(1u << n);
        }
    }
    return taken;
}

static float nearness(const struct search *x, const struct epo_entry *entry) {
    struct epo_mm at;
    if (x->near == NULL)
        return 0;
    if (entry->kind == EPO_ENTRY_PLACE) {
        const struct epo_layer *layer = &x->s->layers[entry->layer];
        at = layer->vertices[epo_ring_from(layer, layer->features[entry->item].first_ring)];
    } else {
        at = epo_entry_group(x->s, entry)->at;
    }
    double dx = (double)at.x - x->near->x, dy = (double)at.y - x->near->y;
    return (float)log2(1 + sqrt(dx * dx + dy * dy) / 5e5); /* doublings of half a kilometre */
}

static bool wanted_kind(const struct search *x, const struct epo_entry *entry) {
    if (entry->kind == EPO_ENTRY_LAND)
        return x->q.number_count > 0;
    return !x->q.parcel || x->q.number_count == 0;
}

static bool judge(const struct search *x, uint32_t at, struct hit *hit) {
    const struct epo_entry *entry = &x->book->entries[at];
    struct judged j = {.number_position = {-1, -1, -1, -1}};
    uint32_t typed = 0, town_typed = 0, last_position = 0;
    int missed = 0;
    bool named = x->q.word_count == 0; /* then numbers are the name: "28" */
    if (!wanted_kind(x, entry))
        return false;
    for (int w = 0; w < x->q.word_count; w++)
        j.cost[w] = INFINITY;
    for (uint32_t t = entry->first_token; t < entry[1].first_token; t++)
        look_at_token(x, x->book->tokens[t], &j);
    float cost = OF_KIND[entry->kind];
    for (int w = 0; w < x->q.word_count; w++) {
        if (j.cost[w] == INFINITY) {
            if (++missed > x->may_miss)
                return false;
            cost += WORD_TOO_MUCH;
            continue;
        }
        cost += j.cost[w];
        if (j.role[w] == EPO_TOKEN_TOWN)
            town_typed |= 1u << j.position[w];
        if (j.role[w] != EPO_TOKEN_NAME)
            continue;
        typed |= 1u << j.position[w];
        named |= j.how[w] != EPO_MATCH_OF_INITIAL;
        cost += j.position[w] < last_position ? OTHER_ORDER : 0;
        last_position = j.position[w];
    }
    hit->taken = take_numbers(x, &j, &typed);
    if (typed == 0 || !named)
        return false;
    cost += NAME_WORD_UNTYPED * (float)__builtin_popcount(j.positions & ~typed);
    if (town_typed != 0)
        cost +=
            fminf(TOWN_UNTYPED_MOST,
                  TOWN_WORD_UNTYPED * (float)__builtin_popcount(j.town_positions & ~town_typed));
    if (x->q.postcode != NULL && !j.postcode)
        cost += POSTCODE_DIFFERS;
    hit->entry = at;
    hit->cost = cost;
    hit->score = cost + nearness(x, entry) - PER_WEIGHT * entry->weight;
    return true;
}

/* ---- looking for entries ---- */

static int best_first(const void *a, const void *b) {
    const struct hit *one = a, *two = b;
    if (one->score != two->score)
        return one->score < two->score ? -1 : 1;
    return one->entry < two->entry ? -1 : one->entry > two->entry;
}

static bool look_at(struct search *x, uint32_t entry) {
    struct hit hit;
    if (x->looked_at[entry / 8] & 1u << entry % 8)
        return false;
    x->looked_at[entry / 8] |= (uint8_t)(1u << entry % 8);
    if (!judge(x, entry, &hit))
        return false;
    if (x->hit_count == HITS_MAX) {
        qsort(x->hits, x->hit_count, sizeof *x->hits, best_first);
        x->hit_count = HITS_NUMBERED;
    }
    x->hits[x->hit_count++] = hit;
    return true;
}

static void look_at_postings(struct search *x, uint32_t word) {
    for (uint32_t p = x->book->first_posting[word]; p < x->book->first_posting[word + 1]; p++)
        look_at(x, x->book->postings[p]);
}

static void look_at_matched(struct search *x, const struct epo_matched *m) {
    size_t fit = 0;
    if (m->postings <= POSTINGS_MAX) {
        for (uint32_t k = 0; k < m->count; k++)
            look_at_postings(x, m->words[k]);
        return;
    }
    for (uint32_t e = 0; e < x->book->entry_count && fit < FOUND_ENOUGH; e++)
        fit += look_at(x, e);
}

/* The typed word that occurs in the fewest entries leads to them, the others are checked there;
 * where words may miss, so many more lead. */
static void look_for_entries(struct search *x) {
    const struct epo_matched *rarest[EPO_QUERY_WORDS];
    x->hit_count = 0;
    memset(x->looked_at, 0, x->book->entry_count / 8 + 1);
    for (int w = 0; w < x->q.word_count; w++) {
        int at = w;
        for (; at > 0 && rarest[at - 1]->postings > x->matched[w].postings; at--)
            rarest[at] = rarest[at - 1];
        rarest[at] = &x->matched[w];
    }
    for (int w = 0; w < x->q.word_count && w <= x->may_miss; w++)
        look_at_matched(x, rarest[w]);
    for (int n = 0; n < x->q.number_count && x->q.word_count == 0; n++)
        if (x->number_words[n] != UINT32_MAX) /* "28": a street may be called so */
            look_at_postings(x, x->number_words[n]);
    if (x->hit_count > 0)
        qsort(x->hits, x->hit_count, sizeof *x->hits, best_first);
}

/* ---- numbers, and the list of what was found ---- */

static void add(struct search *x, struct epo_found found) {
    if (x->found_count < EPO_FOUND_MAX)
        x->found[x->found_count++] = found;
}

/* What is left of the numbers; false if none is. */
static bool wanted_numbers(const struct search *x, uint8_t taken, struct epo_wanted *w) {
    *w = (struct epo_wanted){.one = -1,
                             .two = -1,
                             .conscription_only = x->q.conscription_only,
                             .evidence = x->q.evidence,
                             .building = x->q.building,
                             .postcode = x->q.postcode};
    for (int n = 0; n < x->q.number_count; n++) {
        const struct epo_query_number *number = &x->q.numbers[n];
        if (taken & 1u << n)
            continue;
        if (w->one < 0)
            w->one = number->value;
        else if (w->two < 0 && number->slashed)
            w->two = number->value;
        else
            continue;
        w->letter = number->letter;
        w->typing = x->q.typing_number && n == x->q.number_count - 1;
    }
    return w->one >= 0;
}

/* "1234/5 Bolevec": a number in front is rather a parcel's. */
static float as_parcel(const struct search *x, enum epo_entry_kind kind) {
    const struct epo_query_number *first = &x->q.numbers[0];
    bool in_front = first->after < 0 && x->q.number_count == 2 && first[1].slashed;
    if (kind == EPO_ENTRY_LAND)
        return x->q.parcel || x->q.building || in_front ? -4 : 0;
    return in_front && kind == EPO_ENTRY_PART ? 3 : 0;
}

static void add_numbers(struct search *x, const struct epo_entry *entry,
                        const struct epo_wanted *wanted, struct epo_found base) {
    struct epo_found numbers[NUMBERS_OF_ONE];
    enum epo_entry_kind kind = (enum epo_entry_kind)entry->kind;
    float more = as_parcel(x, kind);
    base.cost += more;
    base.score += more;
    size_t count = epo_number_find(x->s, kind, epo_entry_group(x->s, entry), wanted, &base, numbers,
                                   NUMBERS_OF_ONE);
    for (size_t i = 0; i < count; i++)
        add(x, numbers[i]);
    if (count > 0 || kind == EPO_ENTRY_LAND || base.kind != EPO_FOUND_ENTRY)
        return;
    base.number_unknown = true;
    base.cost += NUMBER_UNKNOWN;
    base.score += NUMBER_UNKNOWN;
    add(x, base);
}

static void add_hit(struct search *x, const struct hit *hit) {
    const struct epo_entry *entry = &x->book->entries[hit->entry];
    struct epo_wanted wanted;
    struct epo_found base = {EPO_FOUND_ENTRY, hit->entry, false, hit->cost, hit->score};
    bool numbered = wanted_numbers(x, hit->taken, &wanted);
    if (numbered && entry->kind != EPO_ENTRY_PLACE) {
        add_numbers(x, entry, &wanted, base);
    } else if (entry->kind != EPO_ENTRY_LAND) {
        base.number_unknown = numbered;
        base.cost += numbered ? NUMBER_TOO_MUCH : 0;
        base.score += numbered ? NUMBER_TOO_MUCH : 0;
        add(x, base);
    }
}

/* Only a number: in the parts and cadastral areas most likely meant. */
static void look_for_numbers(struct search *x) {
    enum { GROUPS_MAX = 300 };
    size_t looked = 0;
    struct epo_wanted wanted;
    if (!wanted_numbers(x, 0, &wanted))
        return;
    for (uint32_t e = 0; e < x->book->entry_count && looked < GROUPS_MAX; e++) {
        const struct epo_entry *entry = &x->book->entries[e];
        bool land = entry->kind == EPO_ENTRY_LAND;
        if ((entry->kind != EPO_ENTRY_PART && !land) || (x->q.parcel && !land))
            continue;
        float cost = NAME_WORD_UNTYPED + OF_KIND[entry->kind];
        float score = cost + nearness(x, entry) - PER_WEIGHT * entry->weight;
        add_numbers(x, entry, &wanted,
                    (struct epo_found){EPO_FOUND_ADDRESS, 0, false, cost, score});
        looked++;
    }
}

static int likeliest_first(const void *a, const void *b) {
    const struct epo_found *one = a, *two = b;
    if (one->score != two->score)
        return one->score < two->score ? -1 : 1;
    if (one->kind != two->kind)
        return (int)one->kind - (int)two->kind;
    return one->item < two->item ? -1 : one->item > two->item;
}

static void look_for_offices(struct search *x) {
    for (uint32_t i = 0; x->offices != NULL && i < x->offices->count; i++) {
        float cost = AS_OFFICE + epo_office_judge(&x->offices->all[i], &x->q, COSTS, x->similar);
        if (cost < OFFICE_TOO_FAR)
            add(x, (struct epo_found){EPO_FOUND_OFFICE, i, false, cost,
                                      cost - PER_WEIGHT * OFFICE_WEIGHT});
    }
}

static void gather(struct search *x) {
    x->found_count = 0;
    look_for_entries(x);
    look_for_offices(x);
    for (size_t i = 0; i < x->hit_count && i < HITS_NUMBERED; i++)
        add_hit(x, &x->hits[i]);
    if (x->q.word_count == 0 && x->q.number_count > 0)
        look_for_numbers(x);
    if (x->found_count > 0)
        qsort(x->found, x->found_count, sizeof *x->found, likeliest_first);
}

/* One street, written out: its houses behind it, so that one can be picked without typing on. */
static void add_houses(struct search *x) {
    const struct epo_found *first = x->found, *second = x->found_count > 1 ? first + 1 : NULL;
    if (x->found_count == 0 || first->kind != EPO_FOUND_ENTRY || first->number_unknown ||
        (second != NULL && second->score < first->score + NAME_WORD_UNTYPED))
        return;
    const struct epo_entry *entry = &x->book->entries[first->item];
    if (entry->kind != EPO_ENTRY_STREET)
        return;
    const struct epo_group *street = epo_entry_group(x->s, entry);
    for (uint32_t i = street->first; i < street->first + street->count; i++)
        add(x, (struct epo_found){EPO_FOUND_ADDRESS, i, false, INFINITY, INFINITY});
}

size_t epo_search_run(const struct epo_snapshot *s, const struct epo_offices *offices,
                      struct epo_pool *pool, struct epo_span text, const struct epo_mm *near,
                      struct epo_found found[EPO_FOUND_MAX]) {
    struct search *x = EPO_NEW(pool, struct search);
    *x = (struct search){
        .s = s, .book = s->book, .offices = offices, .pool = pool, .near = near, .found = found};
    epo_query_read(x->book, pool, text, &x->q);
    x->hits = EPO_NEW_ARRAY(pool, struct hit, HITS_MAX);
    x->looked_at = EPO_NEW_ARRAY(pool, uint8_t, x->book->entry_count / 8 + 1);
    x->postcode_word = x->q.postcode == NULL ? UINT32_MAX : epo_word_find(x->book, x->q.postcode);
    for (int n = 0; n < x->q.number_count; n++)
        x->number_words[n] = epo_word_find(x->book, x->q.numbers[n].text);
    for (int w = 0; w < x->q.word_count; w++)
        epo_words_match(x->book, pool, x->q.words[w], x->q.typing_word && w == x->q.word_count - 1,
                        &x->matched[w]);
    gather(x);
    if ((x->found_count == 0 || x->found[0].cost >= NOT_GOOD) && x->q.word_count > 0) {
        for (int w = 0; w < x->q.word_count; w++)
            epo_words_match_similar(x->book, pool, x->q.words[w],
                                    x->q.typing_word && w == x->q.word_count - 1, &x->matched[w]);
        x->similar = true;
        gather(x);
    }
    while (x->found_count == 0 && x->may_miss < x->q.word_count / 2) { /* "Lipová 5 zvonek Novák" */
        x->may_miss++;
        gather(x);
    }
    add_houses(x);
    return x->found_count;
}
