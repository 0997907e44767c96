/* A C plugin that crashes takes the process with it: it is trusted code. What can be done is to say
 * whose it was before the process ends as it would have ended. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "plugin/call.h"

#define STACK_BYTES 32768 /* of the handler: the plugin may have used up its own */

static const int CRASHES[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
#define CRASH_COUNT (sizeof CRASHES / sizeof *CRASHES)

static struct sigaction before[CRASH_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static __thread const char *volatile agenda_name;
static __thread const char *volatile hook_name;
static __thread char *stack;
static pthread_key_t stack_key;

/* Only what may be called in a signal handler; snprintf of plain texts and numbers is so in glibc.
 */
static void tell(int number) {
    char line[300], at[EPO_TIME_SIZE];
    epo_time_rfc3339(epo_clock_now_us(), at);
    int len = snprintf(line, sizeof line,
                       "{\"at\":\"%s\",\"level\":\"error\",\"event\":\"agenda.crashed\","
                       "\"agenda\":\"%s\",\"hook\":\"%s\",\"signal\":%d}\n",
                       at, agenda_name, hook_name, number);
    if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
        return; /* nowhere left to say it */
}

static void on_crash(int number) {
    int was = errno;
    if (agenda_name)
        tell(number);
    /* As it was before, and once more: it happens again, and ends the process. */
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(CRASHES[i], &before[i], NULL);
    errno = was;
    if (number == SIGABRT)
        raise(SIGABRT);
}

static void free_stack(void *at) {
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    free(at);
}

static void set_up(void) {
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    pthread_key_create(&stack_key, free_stack);
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(CRASHES[i], &action, &before[i]);
}

void epo_crash_enter(const char *agenda, const char *hook) {
    stack_t old;
    pthread_once(&once, set_up);
    if (!stack && sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE)) {
        stack = malloc(STACK_BYTES);
        epo_assert(stack);
        sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = STACK_BYTES}, NULL);
        pthread_setspecific(stack_key, stack);
    }
    hook_name = hook;
    agenda_name = agenda;
}

void epo_crash_leave(void) {
    agenda_name = NULL;
}
