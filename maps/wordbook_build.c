/* Entries, their words, and in which entries each word occurs. */
#include "maps/wordbook.h"

#include <math.h>
#include <stdlib.h>

#include "maps/load.h"
#include "maps/packed.h"
#include "maps/tuples.h"

enum {
    PLACES_MAX = 500000, /* named features of layers that can be searched for */
    LOCALITIES_MAX = 24, /* of one street: enough to find it by */
    WEIGHT_CITY = 240,
    WEIGHT_DISTRICT = 190,
    WEIGHT_CADASTRAL_AREA = 130,
    WEIGHT_PUBLIC_SPACE = 100,
    WEIGHT_STREET = 90,
    WEIGHT_FACT = 70
};
/* A square or a further piece of a street within this distance of its namesake is the same. */
static const double SAME_M = 3000;

struct draft {
    struct epo_entry entry;
    uint32_t locality; /* UINT32_MAX: none */
};
struct building {
    struct epo_snapshot *s;
    struct epo_wordbook *book;
    struct epo_texts *texts;
    struct epo_pool *scratch;
    struct draft *drafts;
    size_t draft_count, draft_room;
    struct epo_tuples words; /* of texts; their numbers go into tokens until they are sorted */
    uint32_t *tokens;
    size_t token_count, token_room;
    uint32_t *city_size; /* addresses by number in cities */
    struct epo_tuples cities;
    struct epo_tuples named; /* names of streets and of places that were taken */
    struct namesake *namesakes;
    size_t namesake_count, namesake_room;
    uint32_t *last_namesake; /* by number in named: namesake + 1 */
    size_t last_room;
};
struct namesake {
    struct epo_mm at;
    uint16_t layer;  /* UINT16_MAX: a street with addresses */
    uint32_t before; /* of the same name, + 1 */
};

static uint8_t weight_of(double meant_by) {
    return (uint8_t)fmin(255, 8 * log2(1 + meant_by));
}

static void add_draft(struct building *b, enum epo_entry_kind kind, size_t item, size_t layer,
                      uint8_t weight, uint32_t locality) {
    b->drafts = epo_grown(b->drafts, b->draft_count, &b->draft_room, sizeof *b->drafts);
    b->drafts[b->draft_count++] =
        (struct draft){{0, (uint32_t)item, (uint16_t)layer, (uint8_t)kind, weight}, locality};
}

/* ---- which entries there are ---- */

static void count_cities(struct building *b) {
    const struct epo_snapshot *s = b->s;
    uint32_t *city_of = EPO_NEW_ARRAY(b->scratch, uint32_t, s->locality_count + 1);
    for (size_t i = 0; i < s->locality_count; i++)
        city_of[i] = epo_tuples_number(&b->cities, s->localities[i].city, NULL, NULL, NULL);
    b->city_size = EPO_NEW_ARRAY(b->scratch, uint32_t, b->cities.count + 1);
    for (size_t i = 0; i < s->address_count; i++)
        b->city_size[city_of[s->addresses[i].locality]]++;
}

static void note_name(struct building *b, const char *name, struct epo_mm at, uint16_t layer) {
    uint32_t number = epo_tuples_number(&b->named, name, NULL, NULL, NULL);
    size_t room = b->last_room;
    b->last_namesake = epo_grown(b->last_namesake, number, &b->last_room, sizeof(uint32_t));
    if (b->last_room > room)
        memset(b->last_namesake + room, 0, (b->last_room - room) * sizeof(uint32_t));
    b->namesakes =
        epo_grown(b->namesakes, b->namesake_count, &b->namesake_room, sizeof *b->namesakes);
    b->namesakes[b->namesake_count++] = (struct namesake){at, layer, b->last_namesake[number]};
    b->last_namesake[number] = (uint32_t)b->namesake_count;
}

static bool known(const struct building *b, const char *name, struct epo_mm at, uint16_t layer) {
    uint32_t number = epo_tuples_find(&b->named, name, NULL, NULL, NULL);
    uint32_t next = number == UINT32_MAX ? 0 : b->last_namesake[number];
    for (; next != 0; next = b->namesakes[next - 1].before) {
        const struct namesake *other = &b->namesakes[next - 1];
        if ((other->layer == UINT16_MAX || other->layer == layer) &&
            hypot((double)other->at.x - at.x, (double)other->at.y - at.y) < SAME_M * 1000)
            return true;
    }
    return false;
}

static void draft_groups(struct building *b) {
    const struct epo_snapshot *s = b->s;
    for (size_t i = 0; i < s->street_count; i++) {
        const struct epo_group *street = &s->streets[i];
        uint32_t city =
            epo_tuples_find(&b->cities, s->localities[street->locality].city, NULL, NULL, NULL);
        add_draft(b, EPO_ENTRY_STREET, i, 0, weight_of((double)street->count * b->city_size[city]),
                  street->locality);
        note_name(b, street->name, street->at, UINT16_MAX);
    }
    for (size_t i = 0; i < s->part_count; i++) {
        const struct epo_group *part = &s->parts[i];
        uint32_t city =
            epo_tuples_find(&b->cities, s->localities[part->locality].city, NULL, NULL, NULL);
        add_draft(b, EPO_ENTRY_PART, i, 0, weight_of((double)part->count * b->city_size[city]),
                  part->locality);
    }
    const struct epo_layer *parcels = s->by_role[EPO_ROLE_PARCEL];
    if (parcels != NULL && epo_layer_shows(parcels, EPO_AUDIENCE_PUBLIC, "name"))
        for (size_t i = 0; i < s->land_count; i++)
            add_draft(b, EPO_ENTRY_LAND, i, 0, weight_of((double)s->lands[i].count * 100),
                      UINT32_MAX);
}

static void draft_places(struct building *b) {
    static const uint8_t WEIGHTS[] = {[EPO_ROLE_CITY] = WEIGHT_CITY,
                                      [EPO_ROLE_DISTRICT] = WEIGHT_DISTRICT,
                                      [EPO_ROLE_CADASTRAL_AREA] = WEIGHT_CADASTRAL_AREA,
                                      [EPO_ROLE_PUBLIC_SPACE] = WEIGHT_PUBLIC_SPACE,
                                      [EPO_ROLE_STREET] = WEIGHT_STREET,
                                      [EPO_ROLE_FACT] = WEIGHT_FACT,
                                      [EPO_ROLE_PICTURE] = 0};
    size_t taken = 0;
    for (size_t l = 0; l < b->s->layer_count; l++) {
        const struct epo_layer *layer = &b->s->layers[l];
        if (WEIGHTS[layer->role] == 0 || !epo_layer_shows(layer, EPO_AUDIENCE_PUBLIC, "name"))
            continue;
        for (size_t i = 0; i < layer->count && taken < PLACES_MAX; i++) {
            const struct epo_feature *f = &layer->features[i];
            struct epo_mm at = layer->vertices[epo_ring_from(layer, f->first_ring)];
            /* yards and service roads are no goal of anybody */
            if (f->name[0] == '\0' || strcmp(f->belongs, "green") == 0 ||
                strcmp(f->belongs, "service") == 0 || known(b, f->name, at, (uint16_t)l))
                continue;
            note_name(b, f->name, at, (uint16_t)l);
            add_draft(b, EPO_ENTRY_PLACE, i, l, WEIGHTS[layer->role], UINT32_MAX);
            taken++;
        }
    }
}

static int heaviest_first(const void *a, const void *b) {
    const struct epo_entry *one = &((const struct draft *)a)->entry;
    const struct epo_entry *two = &((const struct draft *)b)->entry;
    if (one->weight != two->weight)
        return (int)two->weight - (int)one->weight;
    if (one->kind != two->kind)
        return (int)one->kind - (int)two->kind;
    if (one->layer != two->layer)
        return (int)one->layer - (int)two->layer;
    return one->item < two->item ? -1 : one->item > two->item;
}

/* ---- their words ---- */

static void add_token(struct building *b, size_t first, const char *word, enum epo_token_role role,
                      uint32_t position) {
    uint32_t number = epo_tuples_number(&b->words, word, NULL, NULL, NULL);
    if (number >= EPO_TOKEN_WORDS)
        return;
    uint32_t token = epo_token(number, role, position);
    for (size_t i = first; i < b->token_count; i++) /* once as part of the same thing */
        if (b->tokens[i] == token ||
            (role != EPO_TOKEN_NAME && epo_token_word(b->tokens[i]) == number &&
             epo_token_role(b->tokens[i]) == role))
            return;
    b->tokens = epo_grown(b->tokens, b->token_count, &b->token_room, sizeof *b->tokens);
    b->tokens[b->token_count++] = token;
}

/* Every word of a text, and beside a short form all that it may stand for. */
static void add_words(struct building *b, size_t first, const char *text,
                      enum epo_token_role role) {
    char room[256];
    struct epo_pool *pool = epo_pool_create();
    struct epo_span rest = epo_text_fold(pool, epo_span(text));
    for (uint32_t position = 0; rest.len > 0 && position < EPO_TOKEN_POSITIONS; position++) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len == 0 || word.len >= sizeof room)
            continue;
        const char *kept = epo_texts_share(b->texts, word), *meant;
        add_token(b, first, kept, role, position);
        for (int i = 0; (meant = epo_word_meant(kept, i)) != NULL; i++)
            add_token(b, first, epo_texts_share(b->texts, epo_span(meant)), role, position);
    }
    epo_pool_free(pool);
}

static void add_postcode(struct building *b, size_t first, const char *postcode) {
    char digits[8];
    size_t len = 0;
    for (; *postcode != '\0' && len < 5; postcode++)
        if (*postcode >= '0' && *postcode <= '9')
            digits[len++] = *postcode;
    digits[len] = '\0';
    if (len == 5)
        add_token(b, first, epo_texts_share(b->texts, epo_span(digits)), EPO_TOKEN_POSTCODE, 0);
}

static void add_locality(struct building *b, size_t first, uint32_t at, bool part) {
    const struct epo_locality *lies = &b->s->localities[at];
    add_words(b, first, lies->city, EPO_TOKEN_TOWN);
    if (part)
        add_words(b, first, lies->part, EPO_TOKEN_PART);
    add_words(b, first, lies->district, EPO_TOKEN_DISTRICT);
    add_postcode(b, first, lies->postcode);
}

static void add_localities(struct building *b, size_t first, const struct draft *draft) {
    const struct epo_snapshot *s = b->s;
    bool street = draft->entry.kind == EPO_ENTRY_STREET;
    const struct epo_group *group =
        street ? &s->streets[draft->entry.item] : &s->parts[draft->entry.item];
    uint32_t seen[LOCALITIES_MAX];
    int count = 0;
    for (uint32_t i = group->first; i < group->first + group->count; i++) {
        uint32_t locality = s->addresses[street ? i : s->by_part[i]].locality;
        int k = 0;
        while (k < count && seen[k] != locality)
            k++;
        if (k < count || count == LOCALITIES_MAX)
            continue;
        seen[count++] = locality;
        add_locality(b, first, locality, street);
    }
}

static void add_entry_words(struct building *b, struct draft *draft) {
    const struct epo_snapshot *s = b->s;
    size_t first = b->token_count;
    draft->entry.first_token = (uint32_t)first;
    switch (draft->entry.kind) {
    case EPO_ENTRY_STREET:
    case EPO_ENTRY_PART: {
        const struct epo_group *group = draft->entry.kind == EPO_ENTRY_STREET
                                            ? &s->streets[draft->entry.item]
                                            : &s->parts[draft->entry.item];
        bool named = group->name[0] != '\0'; /* else the town itself */
        add_words(b, first, named ? group->name : s->localities[group->locality].city,
                  EPO_TOKEN_NAME);
        add_localities(b, first, draft);
        break;
    }
    case EPO_ENTRY_LAND:
        add_words(b, first, s->lands[draft->entry.item].name, EPO_TOKEN_NAME);
        add_words(b, first, s->city_name, EPO_TOKEN_TOWN);
        break;
    default: {
        const struct epo_layer *layer = &s->layers[draft->entry.layer];
        const struct epo_feature *f = &layer->features[draft->entry.item];
        add_words(b, first, f->name, EPO_TOKEN_NAME);
        if (epo_layer_shows(layer, EPO_AUDIENCE_PUBLIC, "belongs"))
            add_words(b, first, f->belongs, EPO_TOKEN_PART);
        add_words(b, first, s->city_name, EPO_TOKEN_TOWN);
    }
    }
}

/* ---- the dictionary ---- */

struct spelled {
    const char *word;
    uint32_t number;
};
static int by_letters(const void *a, const void *b) {
    return strcmp(((const struct spelled *)a)->word, ((const struct spelled *)b)->word);
}

static void sort_words(struct building *b) {
    struct epo_wordbook *n = b->book;
    size_t count = b->words.count < EPO_TOKEN_WORDS ? b->words.count : EPO_TOKEN_WORDS;
    struct spelled *spelled = EPO_NEW_ARRAY(b->scratch, struct spelled, count + 1);
    uint32_t *place = EPO_NEW_ARRAY(b->scratch, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++)
        spelled[i] = (struct spelled){b->words.at[i][0], (uint32_t)i};
    qsort(spelled, count, sizeof *spelled, by_letters);
    n->word_count = count;
    n->words = EPO_NEW_ARRAY(b->s->pool, const char *, count + 1);
    n->shared = EPO_NEW_ARRAY(b->s->pool, uint8_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        n->words[i] = spelled[i].word;
        place[spelled[i].number] = (uint32_t)i;
        size_t same = 0;
        while (i > 0 && same < 255 && n->words[i][same] != '\0' &&
               n->words[i][same] == n->words[i - 1][same])
            same++;
        n->shared[i] = (uint8_t)same;
    }
    n->tokens = EPO_NEW_ARRAY(b->s->pool, uint32_t, b->token_count + 1);
    for (size_t i = 0; i < b->token_count; i++)
        n->tokens[i] =
            (b->tokens[i] & ~(EPO_TOKEN_WORDS - 1)) | place[epo_token_word(b->tokens[i])];
}

static void post_words(struct building *b) {
    struct epo_wordbook *n = b->book;
    uint32_t *last = EPO_NEW_ARRAY(b->scratch, uint32_t, n->word_count + 1); /* entry + 1 */
    n->first_posting = EPO_NEW_ARRAY(b->s->pool, uint32_t, n->word_count + 1);
    for (int fill = 0; fill < 2; fill++) {
        memset(last, 0, n->word_count * sizeof *last);
        for (uint32_t e = 0; e < n->entry_count; e++)
            for (uint32_t t = n->entries[e].first_token; t < n->entries[e + 1].first_token; t++) {
                uint32_t word = epo_token_word(n->tokens[t]);
                if (last[word] == e + 1)
                    continue;
                last[word] = e + 1;
                if (fill)
                    n->postings[n->first_posting[word]] = e;
                n->first_posting[word]++;
            }
        /* counts into beginnings; then, moved on by filling, one place back */
        uint32_t sum = 0;
        for (size_t w = 0; w < n->word_count && !fill; w++) {
            uint32_t count = n->first_posting[w];
            n->first_posting[w] = sum;
            sum += count;
        }
        if (!fill)
            n->postings = EPO_NEW_ARRAY(b->s->pool, uint32_t, sum + 1);
    }
    memmove(n->first_posting + 1, n->first_posting, n->word_count * sizeof *n->first_posting);
    n->first_posting[0] = 0;
}

void epo_snapshot_name(struct epo_snapshot *s, struct epo_texts *texts) {
    struct building b = {.s = s, .texts = texts, .scratch = epo_pool_create()};
    b.book = s->book = EPO_NEW(s->pool, struct epo_wordbook);
    count_cities(&b);
    draft_groups(&b);
    draft_places(&b);
    if (b.draft_count > 0)
        qsort(b.drafts, b.draft_count, sizeof *b.drafts, heaviest_first);
    b.book->entry_count = b.draft_count;
    b.book->entries = EPO_NEW_ARRAY(s->pool, struct epo_entry, b.draft_count + 1);
    for (size_t i = 0; i < b.draft_count; i++) {
        add_entry_words(&b, &b.drafts[i]);
        b.book->entries[i] = b.drafts[i].entry;
    }
    b.book->entries[b.draft_count].first_token = (uint32_t)b.token_count;
    sort_words(&b);
    post_words(&b);
    free(b.drafts);
    free(b.tokens);
    free(b.namesakes);
    free(b.last_namesake);
    epo_tuples_clear(&b.words);
    epo_tuples_clear(&b.cities);
    epo_tuples_clear(&b.named);
    epo_pool_free(b.scratch);
}
