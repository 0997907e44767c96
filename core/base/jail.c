#include "base/jail.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void limit(int what, rlim_t most) {
    if (setrlimit((__rlimit_resource_t)what, &(struct rlimit){most, most}) != 0)
        _exit(3);
}

/* A network of its own has no way out; where the system gives none to users, the portal's service
 * may still shut it (and a reader of files asks for none). */
void epo_jail(int cpu_ms, size_t memory_max) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        fputs("no network namespace of its own\n", stderr);
    limit(RLIMIT_CPU, (rlim_t)(cpu_ms / 1000));
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 64);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they reserve terabytes */
    limit(RLIMIT_AS, memory_max);
#else
    (void)memory_max;
#endif
}
