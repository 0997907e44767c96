/* Takes its own rights away before it reads a byte, then reads codes: see codes.h. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "codes/codes.h"

static void limit(int what, rlim_t most) {
    if (setrlimit((__rlimit_resource_t)what, &(struct rlimit){most, most}) != 0)
        _exit(3);
}

/* A network of its own has no way out; where the system gives none to users, the portal's service
 * may still shut it (and a reader of pictures asks for none). */
static void give_up_rights(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        fputs("epo-codes: no network namespace of its own\n", stderr);
    limit(RLIMIT_CPU, EPO_CODES_MS / 1000);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 64);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they reserve terabytes */
    limit(RLIMIT_AS, EPO_CODES_MEMORY_MAX);
#endif
}

static bool starts(const unsigned char *bytes, size_t len, const char *magic, size_t magic_len) {
    return len >= magic_len && memcmp(bytes, magic, magic_len) == 0;
}

static bool read_picture(bool (*read)(const unsigned char *, size_t, struct grey *),
                         const unsigned char *bytes, size_t len) {
    struct grey grey;
    if (!read(bytes, len, &grey))
        return false;
    find_codes(&grey);
    grey_free(&grey);
    return true;
}

int main(void) {
    size_t len = 0, got;
    give_up_rights();
    unsigned char *bytes = malloc(EPO_CODES_BYTES_MAX + 1);
    if (bytes == NULL)
        return 3;
    while (len <= EPO_CODES_BYTES_MAX &&
           (got = fread(bytes + len, 1, EPO_CODES_BYTES_MAX + 1 - len, stdin)) > 0)
        len += got;
    bool ok = len <= EPO_CODES_BYTES_MAX;
    if (ok && starts(bytes, len, "\xff\xd8\xff", 3))
        ok = read_picture(grey_from_jpeg, bytes, len);
    else if (ok && starts(bytes, len, "\x89PNG\r\n\x1a\n", 8))
        ok = read_picture(grey_from_png, bytes, len);
    else
        ok = ok && starts(bytes, len, "%PDF-", 5) && read_pdf(bytes, len);
    fflush(stdout);
    _exit(ok ? 0 : 2); /* what libraries hold ends with the process */
}
