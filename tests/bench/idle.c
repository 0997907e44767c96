/* Memory of a server at rest: what COUNT idle keep-alive connections add to its resident set. Each
 * connection asks for PATH once, reads the answer and then stays. They come from many addresses of
 * 127.0.0.0/8, so that limits for one address do not bite.
 *   bench_idle PID PORT COUNT PATH        prints: kB before, kB with, connections that live */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PER_ADDRESS = 32, WAIT_MS = 5000 };

static long resident_kb(long pid) {
    char path[64], line[256];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kb;
}

static int connect_from(uint32_t number, uint16_t port) {
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(0x7f010001u + number / PER_ADDRESS)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) != 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

/* The whole answer: head, then Content-Length bytes. */
static bool ask(int fd, const char *request) {
    static char answer[1 << 20];
    size_t have = 0, want = 0;
    if (write(fd, request, strlen(request)) != (ssize_t)strlen(request))
        return false;
    while (want == 0 || have < want) {
        struct pollfd ready = {fd, POLLIN, 0};
        if (poll(&ready, 1, WAIT_MS) != 1 || have + 1 >= sizeof answer)
            return false;
        ssize_t got = read(fd, answer + have, sizeof answer - 1 - have);
        if (got <= 0)
            return false;
        have += (size_t)got;
        answer[have] = '\0';
        char *end = strstr(answer, "\r\n\r\n"), *length = strcasestr(answer, "content-length:");
        if (end != NULL)
            want = (size_t)(end + 4 - answer) +
                   (length != NULL && length < end ? strtoul(length + 15, NULL, 10) : 0);
    }
    return true;
}

static bool is_alive(int fd) {
    char byte;
    ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "bench_idle PID PORT COUNT PATH\n");
        return 2;
    }
    long pid = strtol(argv[1], NULL, 10), count = strtol(argv[3], NULL, 10), alive = 0;
    uint16_t port = (uint16_t)strtol(argv[2], NULL, 10);
    char request[512];
    struct rlimit files = {(rlim_t)count + 100, (rlim_t)count + 100};
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) {
        getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        if (count > (long)files.rlim_cur - 100)
            count = (long)files.rlim_cur - 100;
    }
    int *fds = calloc((size_t)count, sizeof *fds);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", argv[4],
             port);
    long before = resident_kb(pid);
    for (long i = 0; i < count; i++) {
        fds[i] = connect_from((uint32_t)i, port);
        if (fds[i] >= 0 && !ask(fds[i], request)) {
            close(fds[i]);
            fds[i] = -1;
        }
    }
    sleep(1);
    long with = resident_kb(pid);
    for (long i = 0; i < count; i++)
        if (fds[i] >= 0 && is_alive(fds[i]))
            alive++;
    printf("%ld %ld %ld\n", before, with, alive);
    return 0;
}
