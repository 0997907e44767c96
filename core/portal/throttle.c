#include "portal/throttle.h"

#include <pthread.h>
#include <string.h>

#include "base/token.h"

enum { SLOTS = 4096, WAIT_MAX_S = 60, FADE_S = 3600 };

struct slot {
    uint8_t key[16]; /* of SHA-256: no names are kept */
    int failures;
    int64_t last_us; /* of the last failure; 0: free */
};
static struct slot slots[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Slots of a key lie in a row of eight: bounded search, and a flood of other keys pushes out only
 * its neighbours. */
enum { ROW = 8 };
static struct slot *find(struct epo_span key, bool make) {
    uint8_t digest[EPO_SHA256_SIZE];
    epo_sha256(key, digest);
    uint32_t at = ((uint32_t)digest[16] << 8 | digest[17]) % (SLOTS / ROW) * ROW;
    struct slot *oldest = &slots[at];
    for (struct slot *slot = &slots[at]; slot < &slots[at + ROW]; slot++) {
        if (slot->last_us != 0 && memcmp(slot->key, digest, sizeof slot->key) == 0)
            return slot;
        if (slot->last_us < oldest->last_us)
            oldest = slot;
    }
    if (!make)
        return NULL;
    memset(oldest, 0, sizeof *oldest);
    memcpy(oldest->key, digest, sizeof oldest->key);
    return oldest;
}

static int delay_s(int over) {
    if (over <= 0)
        return 0;
    return over > 6 ? WAIT_MAX_S : 1 << (over - 1);
}

int epo_throttle_wait(const struct epo_throttle *throttle, int64_t now_us) {
    int wait = 0;
    pthread_mutex_lock(&lock);
    const struct slot *slot = find(throttle->key, false);
    if (slot != NULL) {
        int64_t until =
            slot->last_us + delay_s(slot->failures - throttle->free_failures) * 1000000LL;
        if (until > now_us && slot->last_us <= now_us)
            wait = (int)((until - now_us + 999999) / 1000000);
    }
    pthread_mutex_unlock(&lock);
    return wait;
}

int epo_throttle_count(const struct epo_throttle *throttle, int64_t now_us) {
    pthread_mutex_lock(&lock);
    const struct slot *slot = find(throttle->key, false);
    int count = slot != NULL && now_us - slot->last_us <= FADE_S * 1000000LL ? slot->failures : 0;
    pthread_mutex_unlock(&lock);
    return count;
}

void epo_throttle_failed(const struct epo_throttle *throttle, int64_t now_us) {
    pthread_mutex_lock(&lock);
    struct slot *slot = find(throttle->key, true);
    if (now_us - slot->last_us > FADE_S * 1000000LL)
        slot->failures = 0;
    slot->failures++;
    slot->last_us = now_us;
    pthread_mutex_unlock(&lock);
}

void epo_throttle_succeeded(const struct epo_throttle *throttle) {
    pthread_mutex_lock(&lock);
    struct slot *slot = find(throttle->key, false);
    if (slot != NULL)
        memset(slot, 0, sizeof *slot);
    pthread_mutex_unlock(&lock);
}
