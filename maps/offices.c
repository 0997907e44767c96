#include "maps/offices.h"

#include <math.h>

enum { OFFICES_MAX = 1000 };

static void add_words(struct epo_pool *pool, struct epo_office *office, int lang,
                      struct epo_span text) {
    struct epo_span rest = epo_text_fold(pool, text);
    while (rest.len > 0 && office->word_count[lang] < EPO_OFFICE_WORDS) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len > 0)
            office->words[lang][office->word_count[lang]++] = epo_pool_string(pool, word);
    }
}

static void read_point(const struct epo_json *point, struct epo_office *office) {
    struct epo_point metres;
    if (point == NULL || point->type != EPO_JSON_ARRAY || point->count != 2)
        return;
    struct epo_point lon_lat = {epo_json_number(point->items[0]), epo_json_number(point->items[1])};
    office->has_point = epo_transform_to_metres(lon_lat, &metres, NULL);
    if (office->has_point)
        office->point = epo_mm_of(metres);
}

struct epo_offices *epo_offices_make(const struct epo_json *settings) {
    static const char *const LANGUAGES[] = {"cs", "en"};
    struct epo_pool *pool = epo_pool_create();
    struct epo_offices *offices = EPO_NEW(pool, struct epo_offices);
    uint32_t count = settings == NULL || settings->type != EPO_JSON_ARRAY ? 0 : settings->count;
    count = count < OFFICES_MAX ? count : OFFICES_MAX;
    *offices =
        (struct epo_offices){pool, EPO_NEW_ARRAY(pool, struct epo_office, count), count, NULL};
    for (uint32_t i = 0; i < count; i++) {
        const struct epo_json *one = settings->items[i];
        struct epo_office *office = &offices->all[i];
        office->id = epo_pool_string(pool, epo_json_get_text(one, "id"));
        office->address = epo_pool_string(pool, epo_json_get_text(one, "address"));
        read_point(epo_json_get(one, "point"), office);
        for (int l = 0; l < 2; l++) {
            struct epo_span name = epo_json_localized(epo_json_get(one, "name"), LANGUAGES[l]);
            office->name[l] = epo_pool_string(pool, name);
            add_words(pool, office, l, name);
            office->name_words[l] = office->word_count[l];
            add_words(pool, office, l, epo_span(office->id));
        }
    }
    return offices;
}

void epo_offices_free(struct epo_offices *offices) {
    for (struct epo_offices *before; offices != NULL; offices = before) {
        before = offices->before;
        epo_pool_free(offices->pool);
    }
}

bool epo_office_place(const struct epo_office *office, const struct epo_snapshot *s,
                      struct epo_pool *pool, struct epo_mm *at) {
    static const float SURE = 7;
    *at = office->point;
    if (office->has_point)
        return true;
    struct epo_found *found = EPO_NEW_ARRAY(pool, struct epo_found, EPO_FOUND_MAX);
    size_t count = office->address[0] == '\0'
                       ? 0
                       : epo_search_run(s, NULL, pool, epo_span(office->address), NULL, found);
    if (count == 0 || found->kind != EPO_FOUND_ADDRESS || found->cost >= SURE)
        return false;
    *at = s->addresses[found->item].at;
    return true;
}

static float word_cost(const struct epo_office *office, int lang, const char *typed, bool last,
                       const float *costs, bool similar, uint32_t *used) {
    float best = INFINITY;
    int at = -1;
    for (int w = 0; w < office->word_count[lang]; w++) {
        int how = epo_word_match(office->words[lang][w], typed, last, similar);
        if (how != 0 && costs[how] < best) {
            best = costs[how];
            at = w;
        }
    }
    if (at >= 0)
        *used |= 1u << at;
    return best;
}

static float judge_in(const struct epo_office *office, int lang, const struct epo_query *q,
                      const float *costs, bool similar) {
    static const float NAME_WORD_UNTYPED = 0.5F; /* names of offices are long */
    uint32_t used = 0;
    float cost = 0;
    for (int w = 0; w < q->word_count; w++)
        cost += word_cost(office, lang, q->words[w], q->typing_word && w == q->word_count - 1,
                          costs, similar, &used);
    for (int n = 0; n < q->number_count; n++) {
        int w = 0;
        while (w < office->word_count[lang] &&
               strcmp(office->words[lang][w], q->numbers[n].text) != 0)
            w++;
        if (w == office->word_count[lang])
            return INFINITY;
        used |= 1u << w;
    }
    uint32_t name = (1u << office->name_words[lang]) - 1;
    return cost + NAME_WORD_UNTYPED * (float)__builtin_popcount(name & ~used);
}

float epo_office_judge(const struct epo_office *office, const struct epo_query *q,
                       const float *costs, bool similar) {
    if (q->word_count == 0 || q->parcel || q->postcode != NULL)
        return INFINITY;
    return fminf(judge_in(office, 0, q, costs, similar), judge_in(office, 1, q, costs, similar));
}
