/* What a script may use. Memory: the allocator counts and refuses. Time: a timer on the thread's
 * own CPU clock sends a signal; its handler marks the box dead and arms a hook on every event, so
 * that the VM raises an error at its next step, and again at each later one until the script is
 * out. lua_sethook is made for use in a signal handler (the Lua manual, and lua.c). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "box.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif
#define REPEAT_NS 2000000 /* 2 ms: a switch of coroutines may have missed the first signal */

/* Where in the script: the line of the innermost Lua function. Allocates nothing. */
static void find_where(lua_State *L, struct epo_lua_box *box) {
    lua_Debug about;
    box->where[0] = '\0';
    for (int level = 0; !box->where[0] && lua_getstack(L, level, &about); level++) {
        lua_getinfo(L, "Sl", &about);
        if (about.currentline > 0)
            snprintf(box->where, sizeof box->where, "%s:%d: ", about.short_src, about.currentline);
    }
}

void *epo_lua_allocate(void *arg, void *at, size_t old_size, size_t new_size) {
    struct epo_lua_box *box = arg;
    size_t old = at ? old_size : 0; /* else it is a type tag */
    if (new_size == 0) {
        free(at);
        box->memory_used -= old;
        return NULL;
    }
    if (new_size > old && new_size - old > box->memory_max - box->memory_used) {
        if (box->current && !box->told) /* an error of memory is raised without a position */
            find_where(box->current, box);
        return NULL;
    }
    void *moved = realloc(at, new_size);
    if (moved)
        box->memory_used += new_size - old; /* wraps back where it shrinks */
    return moved;
}

void epo_lua_describe_dead(const struct epo_lua_box *box, char *text, size_t room) {
    if (box->dead == EPO_LUA_NO_MEMORY)
        snprintf(text, room, "%sthe script used more than %zu KiB of memory", box->where,
                 box->memory_max >> 10);
    else
        snprintf(text, room, "%sthe script used more than %u ms of CPU time", box->where,
                 box->cpu_ms);
}

int epo_lua_raise_dead(lua_State *L) {
    struct epo_lua_box *box = epo_lua_box_of(L);
    char text[sizeof box->where + 80];
    if (box->dead == EPO_LUA_NO_TIME && !box->told)
        find_where(L, box); /* later ones come while what is open is closed, from no line at all */
    box->told = true;
    epo_lua_describe_dead(box, text, sizeof text);
    if (lua_checkstack(L, 1))
        lua_pushstring(L, text);
    return lua_error(L);
}

static void raise_in_hook(lua_State *L, lua_Debug *about) {
    (void)about;
    epo_lua_raise_dead(L);
}

/* ---- the timer: one for each thread that runs scripts ---- */

static __thread struct epo_lua_box *volatile running;
static __thread timer_t timer;
static __thread bool has_timer;
static pthread_key_t timer_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static int signal_number(void) {
    return SIGRTMIN + 1;
}

static void on_signal(int number) {
    (void)number;
    struct epo_lua_box *box = running;
    if (!box)
        return;
    if (!box->dead)
        box->dead = EPO_LUA_NO_TIME;
    lua_sethook(box->current, raise_in_hook,
                LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void forget_timer(void *arg) {
    (void)arg;
    timer_delete(timer);
}

static void set_up(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ready = sigaction(signal_number(), &action, NULL) == 0 &&
            pthread_key_create(&timer_key, forget_timer) == 0;
}

static bool make_timer(void) {
    struct sigevent event;
    sigset_t set;
    pthread_once(&once, set_up);
    if (!ready)
        return false;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = signal_number();
    event.sigev_notify_thread_id = gettid();
    sigemptyset(&set);
    sigaddset(&set, signal_number());
    if (pthread_sigmask(SIG_UNBLOCK, &set, NULL) != 0 ||
        timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0)
        return false;
    has_timer = true;
    pthread_setspecific(timer_key, &timer_key); /* any value: the destructor must run */
    return true;
}

bool epo_lua_arm(struct epo_lua_box *box) {
    if (!has_timer && !make_timer())
        return false;
    struct itimerspec when = {.it_interval = {0, REPEAT_NS}};
    when.it_value.tv_sec = box->cpu_ms / 1000;
    when.it_value.tv_nsec = (long)(box->cpu_ms % 1000) * 1000000;
    box->dead = EPO_LUA_ALIVE;
    box->told = false;
    box->where[0] = '\0';
    box->current = box->main;
    running = box;
    if (timer_settime(timer, 0, &when, NULL) == 0)
        return true;
    running = NULL;
    return false;
}

void epo_lua_disarm(struct epo_lua_box *box) {
    static const struct itimerspec NEVER;
    running = NULL; /* first: a signal that is under way finds nothing to do */
    timer_settime(timer, 0, &NEVER, NULL);
    lua_sethook(box->main, NULL, 0, 0);
}
