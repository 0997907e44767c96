/* Numbers for different tuples of shared texts (texts.h: one pointer for one text), in the order of
 * their coming. For building; one thread; internal to maps. */
#ifndef EPO_MAPS_TUPLES_H
#define EPO_MAPS_TUPLES_H

#include <stddef.h>
#include <stdint.h>

struct epo_tuples { /* zeroed at the beginning */
    const char *(*at)[4];
    size_t count;
    uint32_t *slots; /* number + 1; a power of two, at most half full */
    size_t room, slot_count;
};
/* Unused places are given as NULL. */
uint32_t epo_tuples_number(struct epo_tuples *tuples, const char *a, const char *b, const char *c,
                           const char *d);
/* UINT32_MAX where that tuple has no number. */
uint32_t epo_tuples_find(const struct epo_tuples *tuples, const char *a, const char *b,
                         const char *c, const char *d);
void epo_tuples_clear(struct epo_tuples *tuples);

#endif
