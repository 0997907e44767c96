/* Search as you type in two steps: streets by the words typed, then numbers in those streets. */
#include "maps/address.h"
#include "maps/packed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STREETS_TRIED = 20 };

struct hit {
    uint32_t street;
    int score;
    double far_m;
};
struct search {
    const struct epo_snapshot *s;
    struct epo_pool *pool;
    struct epo_address_query q;
    struct epo_json *list;
    uint32_t limit;
    bool has_near;
    struct epo_point near;
    struct hit hits[STREETS_TRIED];
    int hit_count;
};

/* ---- features ---- */

static struct epo_json *feature(struct epo_pool *pool, const char *id, const char *kind,
                                const char *label, struct epo_point at_5514,
                                struct epo_json **properties) {
    struct epo_point at;
    if (!epo_transform_to_4326(at_5514, &at, NULL))
        return NULL;
    struct epo_json *f = epo_json_object(pool), *geometry = epo_json_object(pool);
    struct epo_json *position = epo_json_array(pool);
    epo_json_push(pool, position, epo_json_real(pool, round(at.x * 1e7) / 1e7));
    epo_json_push(pool, position, epo_json_real(pool, round(at.y * 1e7) / 1e7));
    epo_json_set_string(pool, f, "type", "Feature");
    epo_json_set_string(pool, f, "id", id);
    epo_json_set_string(pool, geometry, "type", "Point");
    epo_json_set(pool, geometry, "coordinates", position);
    epo_json_set(pool, f, "geometry", geometry);
    *properties = epo_json_set(pool, f, "properties", epo_json_object(pool));
    epo_json_set_string(pool, *properties, "label", label);
    epo_json_set_string(pool, *properties, "kind", kind);
    return f;
}

static struct epo_json *address_feature(struct epo_pool *pool, const struct epo_snapshot *s,
                                        const struct epo_address *a) {
    struct epo_json *p;
    const struct epo_locality *lies = &s->localities[a->locality];
    struct epo_json *f =
        feature(pool, a->code, "address", epo_address_text(pool, s, a), epo_metres_of(a->at), &p);
    if (f == NULL)
        return NULL;
    epo_json_set_string(pool, p, "street", epo_address_street(s, a));
    epo_json_set_string(pool, p, "number", epo_address_number(pool, a));
    epo_json_set_string(pool, p, "city", lies->city);
    epo_json_set_string(pool, p, "city_part", lies->part);
    epo_json_set_string(pool, p, "postcode", lies->postcode);
    epo_json_set_string(pool, p, "district", lies->district);
    return f;
}

static struct epo_json *street_feature(struct epo_pool *pool, const struct epo_street *street) {
    struct epo_json *p;
    const char *label = street->city[0] == '\0'
                            ? street->name
                            : epo_pool_printf(pool, "%s, %s", street->name, street->city);
    struct epo_json *f = feature(pool, epo_pool_printf(pool, "street:%s", street->name), "street",
                                 label, epo_metres_of(street->at), &p);
    if (f == NULL)
        return NULL;
    epo_json_set_string(pool, p, "street", street->name);
    epo_json_set_string(pool, p, "city", street->city);
    epo_json_set_string(pool, p, "district", street->district);
    epo_json_set_integer(pool, p, "addresses", street->count);
    return f;
}

static struct epo_point inside(const struct epo_layer *layer, uint32_t item) {
    GEOSContextHandle_t g = epo_geos();
    uint32_t ring = layer->features[item].first_ring;
    struct epo_point at = epo_metres_of(layer->vertices[epo_ring_from(layer, ring)]);
    GEOSGeometry *area = epo_feature_geos(layer, item);
    GEOSGeometry *point = area == NULL ? NULL : GEOSPointOnSurface_r(g, area);
    if (point != NULL) {
        GEOSGeomGetX_r(g, point, &at.x);
        GEOSGeomGetY_r(g, point, &at.y);
    }
    GEOSGeom_destroy_r(g, point);
    GEOSGeom_destroy_r(g, area);
    return at;
}

static struct epo_json *parcel_feature(struct epo_pool *pool, const struct epo_layer *layer,
                                       uint32_t item) {
    struct epo_json *p;
    const struct epo_feature *parcel = &layer->features[item];
    const char *label =
        epo_pool_printf(pool, "parc. č. %s, k. ú. %s", parcel->name, parcel->belongs);
    struct epo_json *f = feature(pool, epo_pool_printf(pool, "parcel:%s", parcel->code), "parcel",
                                 label, inside(layer, item), &p);
    if (f == NULL)
        return NULL;
    epo_json_set_string(pool, p, "number", parcel->name);
    epo_json_set_string(pool, p, "cadastral_area", parcel->belongs);
    return f;
}

static bool full(const struct search *x) {
    return x->list->count >= x->limit;
}

static bool has_id(const struct search *x, struct epo_span id) {
    for (uint32_t i = 0; i < x->list->count; i++)
        if (epo_span_equal(epo_json_get_text(x->list->items[i], "id"), id))
            return true;
    return false;
}

static void answer(struct search *x, struct epo_json *f) {
    if (f != NULL && !full(x) && !has_id(x, epo_json_get_text(f, "id")))
        epo_json_push(x->pool, x->list, f);
}

/* ---- step one: streets ---- */

static bool word_in(const char *words, const char *word) { /* as the start of one of them */
    size_t len = strlen(word);
    for (const char *at = words; at != NULL && *at != '\0'; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, word, len) == 0)
            return true;
    }
    return false;
}

static size_t first_token(const struct epo_snapshot *s, const char *word) {
    size_t low = 0, high = s->token_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(s->tokens[middle].word, word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void mark_prefix(const struct epo_snapshot *s, const char *word, unsigned bit,
                        unsigned char *marks) {
    size_t len = strlen(word);
    for (size_t i = first_token(s, word); i < s->token_count; i++) {
        if (strncmp(s->tokens[i].word, word, len) != 0)
            break;
        marks[s->tokens[i].street] |= (unsigned char)bit;
    }
}

/* One slip in a short word, two in a long one; a slip in the first letter only by exchange. */
static void mark_similar(const struct epo_snapshot *s, const char *word, unsigned bit,
                         unsigned char *marks) {
    size_t len = strlen(word);
    int limit = len >= 8 ? 2 : len >= 4 ? 1 : 0;
    for (size_t i = 0; limit > 0 && i < s->token_count; i++) {
        const char *other = s->tokens[i].word;
        if (other[0] != word[0] && other[0] != word[1] && other[1] != word[0] &&
            other[1] != word[1])
            continue;
        if (epo_word_edits(word, other, limit) <= limit)
            marks[s->tokens[i].street] |= (unsigned char)bit;
    }
}

static int score_of(const struct search *x, const struct epo_street *street, int in_name) {
    int score = in_name * 10;
    struct epo_buffer typed;
    epo_buffer_init(&typed, 1024);
    for (int w = 0; w < x->q.word_count; w++) {
        if (w > 0)
            epo_buffer_byte(&typed, ' ');
        epo_buffer_string(&typed, x->q.words[w]);
    }
    epo_buffer_byte(&typed, '\0');
    if (strcmp(street->folded, typed.at) == 0)
        score += 40;
    else if (strncmp(street->folded, typed.at, strlen(typed.at)) == 0)
        score += 20;
    else if (x->q.word_count > 0 &&
             strncmp(street->folded, x->q.words[0], strlen(x->q.words[0])) == 0)
        score += 8;
    epo_buffer_clear(&typed);
    return score;
}

static bool better(const struct epo_snapshot *s, const struct hit *a, const struct hit *b) {
    if (a->score != b->score)
        return a->score > b->score;
    if (a->far_m != b->far_m)
        return a->far_m < b->far_m;
    if (s->streets[a->street].count != s->streets[b->street].count)
        return s->streets[a->street].count > s->streets[b->street].count;
    return a->street < b->street;
}

static void keep_hit(struct search *x, struct hit hit) {
    int at = x->hit_count;
    if (at == STREETS_TRIED) {
        if (!better(x->s, &hit, &x->hits[at - 1]))
            return;
        at--;
    } else {
        x->hit_count++;
    }
    for (; at > 0 && better(x->s, &hit, &x->hits[at - 1]); at--)
        x->hits[at] = x->hits[at - 1];
    x->hits[at] = hit;
}

/* number_first: the first word is a number that must stand in the name ("17. listopadu"). */
static void find_streets(struct search *x, bool similar, bool number_first) {
    const struct epo_snapshot *s = x->s;
    unsigned all = (1u << x->q.word_count) - 1;
    unsigned char *marks = calloc(s->street_count + 1, 1);
    epo_assert(marks != NULL);
    for (int w = 0; w < x->q.word_count; w++)
        (similar ? mark_similar : mark_prefix)(s, x->q.words[w], 1u << w, marks);
    for (size_t i = 0; i < s->street_count; i++) {
        const struct epo_street *street = &s->streets[i];
        if (marks[i] == 0 || (number_first && (marks[i] & 1) == 0))
            continue;
        unsigned found = marks[i];
        int in_name = __builtin_popcount(found);
        for (int w = 0; w < x->q.word_count; w++)
            if ((found & 1u << w) == 0 && word_in(street->place, x->q.words[w]))
                found |= 1u << w;
        if (found != all ||
            (x->q.postcode[0] != '\0' && strstr(street->place, x->q.postcode) == NULL))
            continue;
        double far = x->has_near ? hypot(street->at.x / 1000.0 - x->near.x,
                                         street->at.y / 1000.0 - x->near.y)
                                 : 0;
        keep_hit(x, (struct hit){(uint32_t)i, score_of(x, street, in_name), round(far / 200)});
    }
    free(marks);
}

/* ---- step two: numbers ---- */

static bool letter_fits(const struct search *x, const struct epo_address *a) {
    return x->q.letter == 0 || (a->letter[0] | 0x20) == x->q.letter;
}

static bool starts_with_number(int number, int typed) {
    while (number > typed)
        number /= 10;
    return number == typed;
}

/* How well an address fits the numbers typed: 0 not at all, 1 best. */
static int number_fit(const struct search *x, const struct epo_address *a) {
    int one = x->q.numbers[0], two = x->q.numbers[1], conscription = (int)a->conscription;
    if (x->q.evidence)
        return a->evidence && conscription == one ? 1 : 0;
    if (two >= 0) {
        if (conscription == one && a->orientation == two && letter_fits(x, a))
            return 1;
        return x->q.digits_typing && conscription == one && starts_with_number(a->orientation, two)
                   ? 3
                   : 0;
    }
    if (!x->q.conscription_only && a->orientation == one && letter_fits(x, a))
        return 1;
    if (conscription == one && x->q.letter == 0)
        return 2;
    if (x->q.digits_typing && !x->q.conscription_only && one > 0 &&
        starts_with_number(a->orientation, one))
        return 3;
    return 0;
}

static bool answer_numbers(struct search *x, const struct epo_street *street) {
    bool any = false;
    for (int fit = 1; fit <= 3; fit++)
        for (uint32_t i = street->first; i < street->first + street->count && !full(x); i++)
            if (number_fit(x, &x->s->addresses[i]) == fit) {
                answer(x, address_feature(x->pool, x->s, &x->s->addresses[i]));
                any = true;
            }
    return any;
}

static void answer_streets(struct search *x) {
    bool numbered = x->q.numbers[0] >= 0, any = false;
    for (int h = 0; h < x->hit_count && numbered && !full(x); h++)
        any |= answer_numbers(x, &x->s->streets[x->hits[h].street]);
    if (any)
        return;
    for (int h = 0; h < x->hit_count && !full(x); h++) {
        struct epo_json *f = street_feature(x->pool, &x->s->streets[x->hits[h].street]);
        if (f != NULL && numbered) /* the street is there, the number is not: say so */
            epo_json_set_boolean(x->pool, epo_json_get(f, "properties"), "number_unknown", true);
        answer(x, f);
    }
    /* One street: show its houses, so that one can be picked without typing on. */
    bool clear = x->hit_count == 1 || (x->hit_count > 1 && x->hits[0].score >= 40 + 10);
    if (clear && !numbered) {
        const struct epo_street *street = &x->s->streets[x->hits[0].street];
        for (uint32_t i = street->first; i < street->first + street->count && !full(x); i++)
            answer(x, address_feature(x->pool, x->s, &x->s->addresses[i]));
    }
}

/* ---- by house number in a part of the town, and parcels ---- */

static void answer_conscription(struct search *x) {
    const struct epo_snapshot *s = x->s;
    int wanted = x->q.numbers[0];
    size_t low = 0, high = s->address_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((int)s->addresses[s->by_conscription[middle]].conscription < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < s->address_count && !full(x); low++) {
        const struct epo_address *a = &s->addresses[s->by_conscription[low]];
        if ((int)a->conscription != wanted)
            break;
        const struct epo_locality *lies = &s->localities[a->locality];
        struct epo_span place = epo_text_fold(
            x->pool,
            epo_span(epo_pool_printf(x->pool, "%s %s %s", lies->part, lies->city, lies->district)));
        bool fits = (x->q.numbers[1] < 0 || a->orientation == x->q.numbers[1]) &&
                    (!x->q.evidence || a->evidence);
        for (int w = 0; w < x->q.word_count && fits; w++)
            fits = word_in(epo_pool_string(x->pool, place), x->q.words[w]);
        if (fits)
            answer(x, address_feature(x->pool, s, a));
    }
}

static bool about_parcels(struct search *x) { /* "parcela 12/3", "p. č. 12/3", "parc. 12" */
    int kept = 0;
    bool said = false;
    for (int w = 0; w < x->q.word_count; w++) {
        const char *word = x->q.words[w];
        bool noise = strcmp(word, "p") == 0 || strcmp(word, "c") == 0 || strcmp(word, "k") == 0 ||
                     strcmp(word, "u") == 0 || strcmp(word, "ku") == 0;
        said |= strncmp(word, "parc", 4) == 0 || strcmp(word, "pc") == 0 ||
                (w == 0 && strcmp(word, "p") == 0);
        if (!noise && strncmp(word, "parc", 4) != 0 && strcmp(word, "pc") != 0)
            x->q.words[kept++] = word;
    }
    if (said)
        x->q.word_count = kept;
    return said;
}

/* The parcels that anybody may find, or NULL. */
static const struct epo_layer *open_parcels(const struct epo_snapshot *s) {
    const struct epo_layer *layer = s->by_role[EPO_ROLE_PARCEL];
    return layer != NULL && epo_layer_shows(layer, EPO_AUDIENCE_PUBLIC, "name") ? layer : NULL;
}

static void answer_parcels(struct search *x) {
    const struct epo_snapshot *s = x->s;
    const struct epo_layer *layer = open_parcels(s);
    if (layer == NULL || x->q.numbers[0] < 0)
        return;
    const char *number = x->q.numbers[1] >= 0
                             ? epo_pool_printf(x->pool, "%d/%d", x->q.numbers[0], x->q.numbers[1])
                             : epo_pool_printf(x->pool, "%d", x->q.numbers[0]);
    size_t low = 0, high = layer->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(layer->features[s->parcels[middle]].name, number) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < layer->count && !full(x); low++) {
        const struct epo_feature *f = &layer->features[s->parcels[low]];
        if (strncmp(f->name, number, strlen(number)) != 0)
            break;
        const char *place = epo_pool_string(x->pool, epo_text_fold(x->pool, epo_span(f->belongs)));
        bool fits = true;
        for (int w = 0; w < x->q.word_count && fits; w++)
            fits = word_in(place, x->q.words[w]);
        if (fits)
            answer(x, parcel_feature(x->pool, layer, s->parcels[low]));
    }
}

/* ---- ---- */

/* "17. listopadu 5": the number in front belongs to the name. */
static bool leading_number_as_word(struct search *x, struct epo_span query) {
    struct epo_span rest, first = epo_span_cut(epo_span(x->q.folded), ' ', &rest);
    int64_t number;
    if (!epo_span_integer(first, &number) || rest.len == 0 || x->q.postcode[0] != '\0')
        return false;
    const char *typed = query.at + strspn(query.at, " \t");
    size_t skip = (size_t)(typed - query.at) + first.len;
    struct epo_address_query q;
    if (skip >= query.len)
        return false;
    epo_address_parse(x->pool, (struct epo_span){query.at + skip, query.len - skip}, &q);
    if (q.word_count == 0 || q.word_count == EPO_QUERY_WORDS)
        return false;
    memmove(&q.words[1], &q.words[0], sizeof q.words[0] * (size_t)q.word_count);
    q.words[0] = epo_pool_string(x->pool, first);
    q.word_count++;
    q.folded = x->q.folded;
    struct epo_address_query plain = x->q;
    x->q = q;
    find_streets(x, false, true);
    if (x->hit_count > 0)
        return true;
    x->q = plain;
    return false;
}

static void run(struct search *x, struct epo_span query) {
    epo_address_parse(x->pool, query, &x->q);
    if (about_parcels(x)) {
        answer_parcels(x);
        return;
    }
    if (!leading_number_as_word(x, query) && x->q.word_count > 0)
        find_streets(x, false, false);
    answer_streets(x);
    if (x->q.numbers[0] >= 0)
        answer_conscription(x);
    if (x->list->count == 0 && x->q.postcode[0] != '\0' && x->q.word_count > 0) {
        x->q.postcode[0] = '\0'; /* another postcode than people think: the street counts */
        find_streets(x, false, false);
        answer_streets(x);
    }
    if (x->list->count == 0 && x->q.word_count > 0) {
        find_streets(x, true, false);
        answer_streets(x);
    }
    if (x->q.word_count == 0)
        answer_parcels(x);
}

bool epo_addresses_search(struct epo_maps *maps, struct epo_pool *pool, struct epo_span query,
                          int limit, const struct epo_point *near_4326, struct epo_json **features,
                          struct epo_error *error) {
    if (limit < 1 || limit > 50)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "address.limit", "limit must be 1 to 50");
    if (!epo_text_valid(query) || query.len > 400)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "address.query",
                        "the query must be text of at most 400 bytes");
    unsigned slot;
    struct search x = {.s = epo_maps_hold(maps, &slot),
                       .pool = pool,
                       .list = epo_json_array(pool),
                       .limit = (uint32_t)limit};
    x.has_near = near_4326 != NULL && epo_transform_to_5514(*near_4326, &x.near, NULL);
    run(&x, epo_span(epo_pool_string(pool, query)));
    epo_maps_drop(maps, slot);
    *features = epo_json_object(pool);
    epo_json_set_string(pool, *features, "type", "FeatureCollection");
    epo_json_set(pool, *features, "features", x.list);
    return true;
}

static struct epo_json *get_parcel(const struct epo_snapshot *s, struct epo_pool *pool,
                                   struct epo_span code) {
    const struct epo_layer *layer = open_parcels(s);
    for (size_t i = 0; layer != NULL && i < layer->count; i++)
        if (epo_span_is(code, layer->features[i].code))
            return parcel_feature(pool, layer, (uint32_t)i);
    return NULL;
}

static struct epo_json *get_any(const struct epo_snapshot *s, struct epo_pool *pool,
                                struct epo_span id) {
    if (epo_span_starts(id, EPO_SPAN("parcel:")))
        return get_parcel(s, pool, (struct epo_span){id.at + 7, id.len - 7});
    if (epo_span_starts(id, EPO_SPAN("street:"))) {
        for (size_t i = 0; i < s->street_count; i++)
            if (epo_span_is((struct epo_span){id.at + 7, id.len - 7}, s->streets[i].name))
                return street_feature(pool, &s->streets[i]);
        return NULL;
    }
    const char *code = epo_pool_string(pool, id);
    size_t low = 0, high = s->address_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(s->addresses[s->by_code[middle]].code, code);
        if (order == 0)
            return address_feature(pool, s, &s->addresses[s->by_code[middle]]);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool epo_address_get(struct epo_maps *maps, struct epo_pool *pool, struct epo_span id,
                     struct epo_json **found, struct epo_error *error) {
    unsigned slot;
    const struct epo_snapshot *s = epo_maps_hold(maps, &slot);
    *found = get_any(s, pool, id);
    epo_maps_drop(maps, slot);
    return *found != NULL || epo_fail(error, EPO_ERROR_NOT_FOUND, "address.unknown",
                                      "no such address: %.*s", EPO_ARG(id));
}
