/* House numbers and parcel numbers within a group. */
#include <stdlib.h>

#include "maps/load.h"
#include "maps/search.h"

/* What comes on top: the number means another thing than it would mostly, or goes on. */
static const float AS_CONSCRIPTION = 1, SUBDIVISION = 1, TYPED_ON = 4, POSTCODE_DIFFERS = 10;
static const float NO_FIT = -1;

static bool starts_with(int number, int typed) {
    while (number > typed)
        number /= 10;
    return number == typed && typed > 0;
}

static bool letter_fits(const struct epo_wanted *w, const struct epo_address *a) {
    return w->letter == 0 || (a->letter[0] | 0x20) == w->letter;
}

static float address_fit(const struct epo_wanted *w, const struct epo_address *a) {
    int house = (int)a->conscription, orientation = a->orientation;
    if (w->evidence || a->evidence)
        return a->evidence && house == w->one && w->two < 0 ? (w->evidence ? 0 : AS_CONSCRIPTION)
                                                            : NO_FIT;
    if (w->two >= 0) {
        if (house != w->one)
            return NO_FIT;
        if (orientation == w->two && letter_fits(w, a))
            return 0;
        return w->typing && starts_with(orientation, w->two) ? TYPED_ON : NO_FIT;
    }
    if (!w->conscription_only && orientation == w->one && letter_fits(w, a))
        return orientation > 0 || w->one > 0 ? 0 : NO_FIT;
    if (house == w->one && w->letter == 0)
        return w->conscription_only || orientation == 0 ? 0 : AS_CONSCRIPTION;
    bool goes_on = w->typing && (starts_with(orientation, w->one) ||
                                 (orientation == 0 && starts_with(house, w->one)));
    return goes_on && !w->conscription_only ? TYPED_ON : NO_FIT;
}

struct list {
    const struct epo_found *base;
    struct epo_found *at;
    size_t count, room;
};

/* Keeps the best, in order; equal ones as they come. */
static void keep(struct list *list, enum epo_found_kind kind, uint32_t item, float fit) {
    struct epo_found one = {kind, item, false, list->base->cost + fit, list->base->score + fit};
    size_t at = list->count;
    if (at == list->room) {
        if (at == 0 || list->at[at - 1].score <= one.score)
            return;
        at--;
    } else {
        list->count++;
    }
    for (; at > 0 && list->at[at - 1].score > one.score; at--)
        list->at[at] = list->at[at - 1];
    list->at[at] = one;
}

static bool other_postcode(const struct epo_snapshot *s, const struct epo_wanted *w,
                           uint32_t item) {
    const char *typed = w->postcode;
    const char *at = s->localities[s->addresses[item].locality].postcode;
    for (; typed != NULL && *at != '\0'; at++)
        if (*at != ' ' && *at != *typed++)
            return true;
    return false;
}

static void find_addresses(const struct epo_snapshot *s, const uint32_t *order, uint32_t from,
                           uint32_t end, const struct epo_wanted *w, struct list *list) {
    for (uint32_t i = from; i < end; i++) {
        uint32_t item = order != NULL ? order[i] : i;
        float fit = address_fit(w, &s->addresses[item]);
        if (fit >= 0)
            keep(list, EPO_FOUND_ADDRESS, item,
                 other_postcode(s, w, item) ? fit + POSTCODE_DIFFERS : fit);
    }
}

/* The first in the part whose house number is not below. */
static uint32_t first_house(const struct epo_snapshot *s, const struct epo_group *part,
                            int number) {
    uint32_t low = part->first, high = part->first + part->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((int)s->addresses[s->by_part[middle]].conscription < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* In a part a single number is a house number; those that begin so are 42, 420 to 429, 4200 … */
static void find_in_part(const struct epo_snapshot *s, const struct epo_group *part,
                         const struct epo_wanted *wanted, struct list *list) {
    struct epo_wanted w = *wanted;
    w.conscription_only |= w.two < 0;
    uint32_t from = first_house(s, part, w.one), end = first_house(s, part, w.one + 1);
    find_addresses(s, s->by_part, from, end, &w, list);
    if (!w.typing || w.two >= 0 || w.one <= 0)
        return;
    for (int low = w.one * 10, span = 10; low < 1000000 && list->count < list->room;
         low *= 10, span *= 10) {
        from = first_house(s, part, low);
        end = first_house(s, part, low + span);
        for (uint32_t i = from; i < end && list->count < list->room; i++)
            keep(list, EPO_FOUND_ADDRESS, s->by_part[i], TYPED_ON);
    }
}

static struct epo_parcel_number number_of(const struct epo_snapshot *s, uint32_t at) {
    struct epo_parcel_number number;
    const struct epo_layer *layer = s->by_role[EPO_ROLE_PARCEL];
    epo_parcel_number_read(layer->features[s->parcels[at]].name, &number);
    return number;
}

static uint32_t first_parcel(const struct epo_snapshot *s, const struct epo_group *land, int main) {
    uint32_t low = land->first, high = land->first + land->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (number_of(s, middle).main < main)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void find_in_land(const struct epo_snapshot *s, const struct epo_group *land,
                         const struct epo_wanted *w, struct list *list) {
    uint32_t end = first_parcel(s, land, w->one + 1);
    for (uint32_t i = first_parcel(s, land, w->one); i < end; i++) {
        struct epo_parcel_number number = number_of(s, i);
        float fit = number.building == w->building ? 0 : SUBDIVISION;
        if (w->two >= 0 && number.sub != w->two)
            fit += w->typing && starts_with(number.sub, w->two) ? TYPED_ON : 1000;
        else if (w->two < 0 && number.sub > 0)
            fit += SUBDIVISION;
        if (fit < 1000)
            keep(list, EPO_FOUND_PARCEL, s->parcels[i], fit);
    }
    if (!w->typing || w->two >= 0 || w->one <= 0)
        return;
    end = first_parcel(s, land, w->one * 10 + 10);
    for (uint32_t i = first_parcel(s, land, w->one * 10); i < end && list->count < list->room; i++)
        keep(list, EPO_FOUND_PARCEL, s->parcels[i], TYPED_ON);
}

size_t epo_number_find(const struct epo_snapshot *s, enum epo_entry_kind kind,
                       const struct epo_group *group, const struct epo_wanted *w,
                       const struct epo_found *base, struct epo_found *found, size_t room) {
    enum { NUMBER_MOST = 10000000 };
    struct list list = {base, found, 0, room};
    if (w->one < 0 || w->one > NUMBER_MOST)
        return 0;
    if (kind == EPO_ENTRY_STREET)
        find_addresses(s, NULL, group->first, group->first + group->count, w, &list);
    else if (kind == EPO_ENTRY_PART)
        find_in_part(s, group, w, &list);
    else if (kind == EPO_ENTRY_LAND)
        find_in_land(s, group, w, &list);
    return list.count;
}
