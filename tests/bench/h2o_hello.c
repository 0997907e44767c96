/* The peer of a cached page: bare libh2o answering every request with the same bytes and headers
 * from memory, nothing else.
 *   bench_h2o_hello PORT LOOPS BODY-FILE HEADERS-FILE        headers: "name: value" lines */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <h2o.h>

enum { HEADERS_MAX = 40, ACCEPTS_MAX = 16, WAIT_MS = 1000 };

struct header {
    char *name, *value;
};
static struct header headers[HEADERS_MAX];
static size_t header_count;
static h2o_iovec_t body;
static h2o_globalconf_t config;

struct loop {
    pthread_t thread;
    h2o_context_t context;
    h2o_accept_ctx_t accept;
    int fd;
};

static char *read_file(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    char *at = calloc(1, 1 << 20);
    if (file == NULL || at == NULL) {
        perror(path);
        exit(3);
    }
    *len = fread(at, 1, (1 << 20) - 1, file);
    fclose(file);
    return at;
}

static void read_headers(const char *path) {
    size_t len;
    char *rest = read_file(path, &len), *line;
    while ((line = strsep(&rest, "\r\n")) != NULL && header_count < HEADERS_MAX) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            continue;
        *colon = '\0';
        headers[header_count++] = (struct header){line, colon + 1 + strspn(colon + 1, " ")};
    }
}

static int on_request(h2o_handler_t *self, h2o_req_t *req) {
    static h2o_generator_t generator = {NULL, NULL};
    (void)self;
    req->res.status = 200;
    req->res.reason = "OK";
    req->res.content_length = body.len;
    for (size_t i = 0; i < header_count; i++)
        h2o_add_header_by_str(&req->pool, &req->res.headers, headers[i].name,
                              strlen(headers[i].name), 1, NULL, headers[i].value,
                              strlen(headers[i].value));
    h2o_start_response(req, &generator);
    h2o_send(req, &body, 1, H2O_SEND_STATE_FINAL);
    return 0;
}

static void on_accept(h2o_socket_t *listener, const char *error) {
    struct loop *loop = listener->data;
    if (error != NULL)
        return;
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
        if (socket == NULL)
            return;
        h2o_accept(&loop->accept, socket);
    }
}

static int listen_on(uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, SOMAXCONN) != 0) {
        perror("listen");
        exit(3);
    }
    return fd;
}

static void *run(void *arg) {
    struct loop *loop = arg;
    h2o_context_init(&loop->context, h2o_evloop_create(), &config);
    loop->accept.ctx = &loop->context;
    loop->accept.hosts = config.hosts;
    h2o_socket_t *listener =
        h2o_evloop_socket_create(loop->context.loop, loop->fd, H2O_SOCKET_FLAG_DONT_READ);
    listener->data = loop;
    h2o_socket_read_start(listener, on_accept);
    while (h2o_evloop_run(loop->context.loop, WAIT_MS) == 0 || errno == EINTR)
        ;
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "bench_h2o_hello PORT LOOPS BODY-FILE HEADERS-FILE\n");
        return 2;
    }
    int count = (int)strtol(argv[2], NULL, 10);
    signal(SIGPIPE, SIG_IGN);
    body.base = read_file(argv[3], &body.len);
    read_headers(argv[4]);
    h2o_config_init(&config);
    config.server_name = h2o_iovec_init(H2O_STRLIT(""));
    config.http1.req_timeout = 60000;
    config.http1.upgrade_to_http2 = 0;
    h2o_hostconf_t *host =
        h2o_config_register_host(&config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    h2o_handler_t *handler = h2o_create_handler(path, sizeof *handler);
    handler->on_req = on_request;
    struct loop *loops = calloc((size_t)(count > 0 ? count : 1), sizeof *loops);
    for (int i = 0; i < count; i++) {
        loops[i].fd = listen_on((uint16_t)strtol(argv[1], NULL, 10));
        pthread_create(&loops[i].thread, NULL, run, &loops[i]);
    }
    for (int i = 0; i < count; i++)
        pthread_join(loops[i].thread, NULL);
    return 0;
}
