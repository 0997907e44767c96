#include "portal/scan.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

#define CHUNK_BYTES (64u << 10)

struct clamd {
    int fd;
    int64_t until_us;
    const char *where;
};

static struct epo_span setting(const struct epo_portal *portal) {
    return epo_json_get_text(epo_json_get(epo_portal_settings(portal), "attachments"), "clamd");
}

bool epo_scan_is_set(const struct epo_portal *portal) {
    return setting(portal).len > 0;
}

static bool unreachable(const struct clamd *clamd, const char *why, struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BUSY, "attachment.scanner",
                    "the virus scanner at %s cannot be asked: %s", clamd->where, why);
}

/* Waits until the socket can do it; false when the time is over. */
static bool ready(const struct clamd *clamd, short events) {
    for (;;) {
        int64_t left_us = clamd->until_us - epo_clock_monotonic_us();
        struct pollfd poll_fd = {.fd = clamd->fd, .events = events};
        int count = left_us > 0 ? poll(&poll_fd, 1, (int)(left_us / 1000) + 1) : 0;
        if (count >= 0 || errno != EINTR)
            return count > 0;
    }
}

static bool connect_to(struct clamd *clamd, const struct sockaddr *address, socklen_t len) {
    int wrong = 0;
    socklen_t size = sizeof wrong;
    clamd->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (clamd->fd < 0)
        return false;
    if (connect(clamd->fd, address, len) == 0)
        return true;
    if (errno == EINPROGRESS && ready(clamd, POLLOUT) &&
        getsockopt(clamd->fd, SOL_SOCKET, SO_ERROR, &wrong, &size) == 0 && wrong == 0)
        return true;
    if (wrong != 0)
        errno = wrong;
    close(clamd->fd);
    clamd->fd = -1;
    return false;
}

static bool connect_host(struct clamd *clamd) {
    char host[256];
    const char *colon = strrchr(clamd->where, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found = NULL;
    if (colon == NULL)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - clamd->where), clamd->where);
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return false;
    bool good = false;
    for (const struct addrinfo *at = found; at != NULL && !good; at = at->ai_next)
        good = connect_to(clamd, at->ai_addr, at->ai_addrlen);
    freeaddrinfo(found);
    return good;
}

static bool open_clamd(const struct epo_portal *portal, struct epo_pool *pool, struct clamd *clamd,
                       struct epo_error *error) {
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    *clamd = (struct clamd){.fd = -1,
                            .until_us = epo_clock_monotonic_us() + EPO_SCAN_MS * INT64_C(1000),
                            .where = epo_pool_string(pool, setting(portal))};
    errno = 0;
    bool good;
    if (clamd->where[0] == '/') {
        size_t len = strlen(clamd->where);
        good = len < sizeof local.sun_path;
        if (good)
            memcpy(local.sun_path, clamd->where, len);
        good = good && connect_to(clamd, (const struct sockaddr *)&local, sizeof local);
    } else {
        good = connect_host(clamd);
    }
    return good || unreachable(clamd, errno != 0 ? strerror(errno) : "no such address", error);
}

static bool send_all(const struct clamd *clamd, struct epo_span bytes) {
    while (bytes.len > 0) {
        ssize_t sent = send(clamd->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (sent < 0) {
            if (!ready(clamd, POLLOUT))
                return false;
            continue;
        }
        bytes = (struct epo_span){bytes.at + sent, bytes.len - (size_t)sent};
    }
    return true;
}

/* Pieces with their length before them (big-endian), ended by one of none. */
static bool send_stream(const struct clamd *clamd, struct epo_span content) {
    bool good = send_all(clamd, (struct epo_span){"zINSTREAM", 10});
    while (good && content.len > 0) {
        size_t len = content.len < CHUNK_BYTES ? content.len : CHUNK_BYTES;
        char head[4] = {0, (char)(len >> 16), (char)(len >> 8), (char)len};
        good = send_all(clamd, (struct epo_span){head, 4}) &&
               send_all(clamd, (struct epo_span){content.at, len});
        content = (struct epo_span){content.at + len, content.len - len};
    }
    return good && send_all(clamd, (struct epo_span){"\0\0\0", 4});
}

/* Up to the NUL or the end. */
static bool read_answer(const struct clamd *clamd, char answer[256]) {
    size_t len = 0;
    while (len < 255 && ready(clamd, POLLIN)) {
        ssize_t got = recv(clamd->fd, answer + len, 255 - len, 0);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            break;
        len += (size_t)got;
        if (memchr(answer, '\0', len) != NULL || memchr(answer, '\n', len) != NULL)
            break;
    }
    answer[len] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
    return answer[0] != '\0';
}

/* "stream: OK", "stream: Eicar-Test-Signature FOUND", "… ERROR" */
static bool judge(const struct clamd *clamd, const char *answer, struct epo_error *error) {
    size_t len = strlen(answer);
    if (strcmp(answer, "stream: OK") == 0)
        return true;
    if (len > 6 && strcmp(answer + len - 6, " FOUND") == 0) {
        const char *name = strchr(answer, ':');
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.virus", "%.*s",
                        (int)(answer + len - 6 - (name != NULL ? name + 2 : answer)),
                        name != NULL ? name + 2 : answer);
    }
    return unreachable(clamd, answer, error);
}

bool epo_scan(const struct epo_portal *portal, struct epo_span content, struct epo_error *error) {
    struct clamd clamd;
    char answer[256];
    if (!epo_scan_is_set(portal))
        return true;
    struct epo_pool *pool = epo_pool_create();
    bool good = open_clamd(portal, pool, &clamd, error);
    if (good) {
        /* what clamd refuses in the middle it says before it closes */
        bool sent = send_stream(&clamd, content);
        good = read_answer(&clamd, answer)
                   ? judge(&clamd, answer, error)
                   : unreachable(&clamd, sent ? "no answer" : "it broke off", error);
        close(clamd.fd);
    }
    epo_pool_free(pool);
    return good;
}

bool epo_scan_answers(const struct epo_portal *portal, struct epo_error *error) {
    struct clamd clamd;
    char answer[256];
    struct epo_pool *pool = epo_pool_create();
    bool good = open_clamd(portal, pool, &clamd, error);
    if (good) {
        good = (send_all(&clamd, (struct epo_span){"zPING", 6}) && read_answer(&clamd, answer) &&
                strcmp(answer, "PONG") == 0) ||
               unreachable(&clamd, "no answer to a ping", error);
        close(clamd.fd);
    }
    epo_pool_free(pool);
    return good;
}
