#include "maps/offices.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* Readers take a snapshot without a lock: they raise the count of the slot that is current and look
 * whether it still is; only then do they use it. A slot is emptied when it is not current and its
 * count is 0, under the writer's lock. A late reader may raise the count of an emptied slot, but
 * will see that it is not current and lower it again. */
enum { SLOTS = 16 }; /* snapshots alive at once: one, and a few that long readers still hold */

struct slot {
    atomic_uint readers;
    _Atomic(struct epo_snapshot *) snapshot;
};
struct epo_maps {
    struct slot slots[SLOTS];
    atomic_uint current;
    pthread_mutex_t writer;  /* over the slots */
    pthread_mutex_t loading; /* one after the other, so that the last one is the newest file */
    _Atomic(struct epo_offices *) offices; /* those before hang on it */
    char folder[512];
};

const struct epo_snapshot *epo_maps_hold(struct epo_maps *maps, unsigned *slot) {
    for (;;) {
        unsigned at = atomic_load(&maps->current);
        atomic_fetch_add(&maps->slots[at].readers, 1);
        if (atomic_load(&maps->current) == at) {
            *slot = at;
            return atomic_load(&maps->slots[at].snapshot);
        }
        atomic_fetch_sub(&maps->slots[at].readers, 1);
    }
}

void epo_maps_drop(struct epo_maps *maps, unsigned slot) {
    atomic_fetch_sub(&maps->slots[slot].readers, 1);
}

/* Under the writer's lock. True when the current one alone is left. */
static bool sweep(struct epo_maps *maps) {
    unsigned current = atomic_load(&maps->current);
    bool alone = true;
    for (unsigned i = 0; i < SLOTS; i++)
        if (i != current && atomic_load(&maps->slots[i].readers) == 0)
            epo_snapshot_free(atomic_exchange(&maps->slots[i].snapshot, NULL));
        else if (i != current && atomic_load(&maps->slots[i].snapshot) != NULL)
            alone = false;
    return alone;
}

struct epo_maps *epo_maps_open(const char *folder, struct epo_error *error) {
    struct epo_maps *maps = calloc(1, sizeof *maps);
    epo_assert(maps != NULL);
    int len = snprintf(maps->folder, sizeof maps->folder, "%s", folder);
    if (len < 0 || (size_t)len >= sizeof maps->folder) {
        free(maps);
        epo_fail(error, EPO_ERROR_BAD_INPUT, "map.path", "the map folder's path is too long");
        return NULL;
    }
    struct epo_snapshot *first =
        epo_transform_check(error) ? epo_snapshot_load(folder, error) : NULL;
    if (first == NULL) {
        free(maps);
        return NULL;
    }
    pthread_mutex_init(&maps->writer, NULL);
    pthread_mutex_init(&maps->loading, NULL);
    atomic_store(&maps->slots[0].snapshot, first);
    return maps;
}

void epo_maps_close(struct epo_maps *maps) {
    if (maps == NULL)
        return;
    for (unsigned i = 0; i < SLOTS; i++) {
        epo_assert(atomic_load(&maps->slots[i].readers) == 0);
        epo_snapshot_free(atomic_load(&maps->slots[i].snapshot));
    }
    epo_offices_free(atomic_load(&maps->offices));
    pthread_mutex_destroy(&maps->writer);
    pthread_mutex_destroy(&maps->loading);
    free(maps);
}

void epo_maps_set_offices(struct epo_maps *maps, const struct epo_json *offices) {
    struct epo_offices *made = epo_offices_make(offices);
    pthread_mutex_lock(&maps->writer);
    made->before = atomic_load(&maps->offices);
    atomic_store(&maps->offices, made);
    pthread_mutex_unlock(&maps->writer);
}

const struct epo_offices *epo_maps_offices(struct epo_maps *maps) {
    return atomic_load(&maps->offices);
}

static bool swap_in(struct epo_maps *maps, struct epo_snapshot *fresh, struct epo_error *error) {
    bool placed = false;
    pthread_mutex_lock(&maps->writer);
    sweep(maps);
    for (unsigned i = 0; i < SLOTS && !placed; i++) {
        struct epo_snapshot *none = NULL;
        if (i != atomic_load(&maps->current) &&
            atomic_compare_exchange_strong(&maps->slots[i].snapshot, &none, fresh)) {
            atomic_store(&maps->current, i);
            placed = true;
        }
    }
    sweep(maps);
    pthread_mutex_unlock(&maps->writer);
    if (!placed) {
        epo_snapshot_free(fresh);
        return epo_fail(error, EPO_ERROR_BUSY, "map.reload",
                        "older maps are still being read: try again in a moment");
    }
    return true;
}

/* What the map in force has touched so far gives way to the making of the next one. */
static void rest_current(struct epo_maps *maps) {
    unsigned slot;
    epo_pool_rest(epo_maps_hold(maps, &slot)->pool);
    epo_maps_drop(maps, slot);
}

/* Readers of the map before are done in a moment; one that is not keeps it until the next swap. */
static void let_go(struct epo_maps *maps) {
    enum { TRIES = 200, PAUSE_NS = 10000000 };
    bool alone = false;
    for (int i = 0; i < TRIES && !alone; i++) {
        if (i > 0)
            nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
        pthread_mutex_lock(&maps->writer);
        alone = sweep(maps);
        pthread_mutex_unlock(&maps->writer);
    }
}

bool epo_maps_reload(struct epo_maps *maps, struct epo_error *error) {
    pthread_mutex_lock(&maps->loading);
    rest_current(maps);
    struct epo_snapshot *fresh = epo_snapshot_load(maps->folder, error);
    bool ok = fresh != NULL && swap_in(maps, fresh, error);
    if (ok)
        let_go(maps);
    pthread_mutex_unlock(&maps->loading);
    return ok;
}

struct epo_span epo_maps_version(struct epo_maps *maps, struct epo_pool *pool) {
    unsigned slot;
    const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
    struct epo_span version = epo_pool_copy(pool, epo_span(snapshot->version));
    epo_maps_drop(maps, slot);
    return version;
}

bool epo_map_layers(struct epo_maps *maps, struct epo_pool *pool, struct epo_json **layers,
                    struct epo_error *error) {
    static const char *const SHAPES[] = {
        [EPO_SHAPE_POINT] = "point", [EPO_SHAPE_LINE] = "line", [EPO_SHAPE_AREA] = "area"};
    (void)error;
    unsigned slot;
    const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
    *layers = epo_json_array(pool);
    for (size_t i = 0; i < snapshot->layer_count; i++) {
        const struct epo_layer *layer = &snapshot->layers[i];
        struct epo_json *one = epo_json_object(pool), *title = epo_json_object(pool);
        epo_json_set_string(pool, one, "name", layer->name);
        epo_json_set_string(pool, title, "cs", layer->title_cs);
        epo_json_set_string(pool, title, "en", layer->title_en);
        epo_json_set(pool, one, "title", title);
        epo_json_set_string(pool, one, "kind", SHAPES[layer->shape]);
        epo_json_set_string(pool, one, "role", epo_layer_role_word(layer->role));
        epo_json_set_integer(pool, one, "features", (int64_t)layer->count);
        epo_json_set_string(pool, one, "visible", layer->is_public ? "public" : "clerks");
        epo_json_set_string(pool, one, "public_fields", layer->public_fields);
        epo_json_push(pool, *layers, one);
    }
    struct epo_json *addresses = epo_json_object(pool);
    epo_json_set_string(pool, addresses, "name", "address");
    epo_json_set_string(pool, addresses, "kind", "point");
    epo_json_set_string(pool, addresses, "role", "address");
    epo_json_set_integer(pool, addresses, "features", (int64_t)snapshot->address_count);
    epo_json_push(pool, *layers, addresses);
    epo_maps_drop(maps, slot);
    return true;
}
