#include "maps/geos.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local GEOSContextHandle_t mine;
static _Thread_local char message[256];

static void context_free(void *context) {
    GEOS_finish_r(context);
}

static void free_main_context(void) {
    if (mine != NULL)
        GEOS_finish_r(mine);
    mine = NULL;
}

static void make_key(void) {
    epo_assert(pthread_key_create(&key, context_free) == 0);
    atexit(free_main_context);
}

static void keep_message(const char *text, void *unused) {
    (void)unused;
    size_t len = strnlen(text, sizeof message - 1);
    memcpy(message, text, len);
    message[len] = '\0';
}

GEOSContextHandle_t epo_geos(void) {
    if (mine == NULL) {
        pthread_once(&once, make_key);
        mine = GEOS_init_r();
        epo_assert(mine != NULL);
        GEOSContext_setErrorMessageHandler_r(mine, keep_message, NULL);
        GEOSContext_setNoticeMessageHandler_r(mine, keep_message, NULL);
        pthread_setspecific(key, mine);
    }
    return mine;
}

const char *epo_geos_message(void) {
    return message;
}
