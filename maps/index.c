#include "maps/index.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

enum { FANOUT = 16, STACK = FANOUT * 16 };

/* Hilbert order of a cell on a 65536 x 65536 grid (public domain algorithm by J. K. Lawder via
 * "rawrunprotected", as used in flatbush): without a table, without branches. */
static uint32_t spread(uint32_t v) {
    v = (v | (v << 8)) & 0x00FF00FF;
    v = (v | (v << 4)) & 0x0F0F0F0F;
    v = (v | (v << 2)) & 0x33333333;
    return (v | (v << 1)) & 0x55555555;
}

static uint32_t hilbert(uint32_t x, uint32_t y) {
    uint32_t a = x ^ y, b = 0xFFFF ^ a, c = 0xFFFF ^ (x | y), d = x & (y ^ 0xFFFF);
    uint32_t A = a | (b >> 1), B = (a >> 1) ^ a;
    uint32_t C = ((c >> 1) ^ (b & (d >> 1))) ^ c, D = ((a & (c >> 1)) ^ (d >> 1)) ^ d;
    for (int shift = 2; shift <= 8; shift *= 2) {
        a = A, b = B, c = C, d = D;
        if (shift < 8) {
            A = (a & (a >> shift)) ^ (b & (b >> shift));
            B = (a & (b >> shift)) ^ (b & ((a ^ b) >> shift));
        }
        C ^= (a & (c >> shift)) ^ (b & (d >> shift));
        D ^= (b & (c >> shift)) ^ ((a ^ b) & (d >> shift));
    }
    a = C ^ (C >> 1), b = D ^ (D >> 1);
    uint32_t i0 = x ^ y, i1 = b | (0xFFFF ^ (i0 | a));
    return (spread(i1) << 1) | spread(i0);
}

struct keyed {
    uint32_t key, item;
};
static int by_key(const void *a, const void *b) {
    const struct keyed *one = a, *two = b;
    if (one->key != two->key)
        return one->key < two->key ? -1 : 1;
    return one->item < two->item ? -1 : one->item > two->item;
}

static void widen(struct epo_box *box, const struct epo_box *by) {
    box->min_x = by->min_x < box->min_x ? by->min_x : box->min_x;
    box->min_y = by->min_y < box->min_y ? by->min_y : box->min_y;
    box->max_x = by->max_x > box->max_x ? by->max_x : box->max_x;
    box->max_y = by->max_y > box->max_y ? by->max_y : box->max_y;
}

static struct keyed *sorted(const struct epo_box *boxes, size_t count) {
    struct epo_box all = boxes[0];
    for (size_t i = 1; i < count; i++)
        widen(&all, &boxes[i]);
    double scale_x = 65535 / fmax((double)all.max_x - all.min_x, 1) / 2;
    double scale_y = 65535 / fmax((double)all.max_y - all.min_y, 1) / 2;
    struct keyed *keyed = malloc(count * sizeof *keyed);
    epo_assert(keyed != NULL);
    for (size_t i = 0; i < count; i++) {
        double x = ((double)boxes[i].min_x + boxes[i].max_x - 2.0 * all.min_x) * scale_x;
        double y = ((double)boxes[i].min_y + boxes[i].max_y - 2.0 * all.min_y) * scale_y;
        keyed[i] = (struct keyed){hilbert((uint32_t)x, (uint32_t)y), (uint32_t)i};
    }
    qsort(keyed, count, sizeof *keyed, by_key);
    return keyed;
}

void epo_index_build(struct epo_index *index, struct epo_pool *pool, const struct epo_box *boxes,
                     size_t count) {
    *index = (struct epo_index){.count = count};
    if (count == 0)
        return;
    epo_assert(count < UINT32_MAX / 2);
    size_t nodes = count, level = count;
    do {
        level = (level + FANOUT - 1) / FANOUT;
        nodes += level;
    } while (level > 1);
    index->boxes = EPO_NEW_ARRAY(pool, struct epo_box, nodes);
    index->first = EPO_NEW_ARRAY(pool, uint32_t, nodes);
    index->nodes = nodes;
    struct keyed *keyed = sorted(boxes, count);
    for (size_t i = 0; i < count; i++) {
        index->boxes[i] = boxes[keyed[i].item];
        index->first[i] = keyed[i].item;
    }
    free(keyed);
    index->level_end[index->levels++] = count;
    size_t from = 0, to = count, next = count;
    do {
        for (size_t i = from; i < to; i += FANOUT, next++) {
            index->first[next] = (uint32_t)i;
            index->boxes[next] = index->boxes[i];
            for (size_t k = i + 1; k < to && k < i + FANOUT; k++)
                widen(&index->boxes[next], &index->boxes[k]);
        }
        from = to;
        to = next;
        index->level_end[index->levels++] = next;
    } while (to - from > 1);
}

struct pending {
    uint32_t node;
    int level;
};
struct near {
    double far_m;
    uint32_t node;
    int level;
};

void epo_index_search(const struct epo_index *index, struct epo_box box,
                      bool (*visit)(uint32_t item, void *arg), void *arg) {
    if (index->count == 0)
        return;
    struct pending stack[STACK];
    int depth = 0;
    stack[depth++] = (struct pending){(uint32_t)index->nodes - 1, index->levels - 1};
    while (depth > 0) {
        struct pending at = stack[--depth];
        size_t from = index->first[at.node], end = index->level_end[at.level - 1];
        for (size_t i = from; i < from + FANOUT && i < end; i++) {
            if (!epo_box_meets(&index->boxes[i], &box))
                continue;
            if (at.level > 1) {
                epo_assert(depth < STACK);
                stack[depth++] = (struct pending){(uint32_t)i, at.level - 1};
            } else if (!visit(index->first[i], arg)) {
                return;
            }
        }
    }
}

static double between_m(const struct epo_box *a, const struct epo_box *b) {
    double dx = fmax(fmax((double)a->min_x - b->max_x, (double)b->min_x - a->max_x), 0);
    double dy = fmax(fmax((double)a->min_y - b->max_y, (double)b->min_y - a->max_y), 0);
    return sqrt(dx * dx + dy * dy) / 1000;
}

/* Children of one node, the nearest last: what is taken from the stack first narrows the most. */
static int push_children(const struct epo_index *index, const struct epo_box *box, double best_m,
                         struct near *stack, int depth, struct near node) {
    size_t first = index->first[node.node], end = index->level_end[node.level - 1];
    int bottom = depth;
    for (size_t i = first; i < first + FANOUT && i < end; i++) {
        double far = between_m(&index->boxes[i], box);
        if (far > best_m)
            continue;
        epo_assert(depth < STACK);
        int k = depth++;
        for (; k > bottom && stack[k - 1].far_m < far; k--)
            stack[k] = stack[k - 1];
        stack[k] = (struct near){far, (uint32_t)i, node.level - 1};
    }
    return depth;
}

bool epo_index_nearest(const struct epo_index *index, struct epo_box from, double max_m,
                       double (*distance)(uint32_t item, void *arg), void *arg, uint32_t *item,
                       double *distance_m) {
    if (index->count == 0)
        return false;
    struct near stack[STACK];
    int depth = 0;
    bool found = false;
    *distance_m = max_m;
    stack[depth++] = (struct near){0, (uint32_t)index->nodes - 1, index->levels - 1};
    while (depth > 0) {
        struct near next = stack[--depth];
        if (next.far_m > *distance_m)
            continue;
        if (next.level > 0) {
            depth = push_children(index, &from, *distance_m, stack, depth, next);
            continue;
        }
        uint32_t candidate = index->first[next.node];
        double far = distance(candidate, arg);
        if (far < *distance_m || (far == *distance_m && (!found || candidate < *item))) {
            *distance_m = far;
            *item = candidate;
            found = true;
        }
    }
    return found;
}
