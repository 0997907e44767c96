#include "portal/smtp.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>

enum { CONNECT_MS = 10000, WHOLE_MS = 60000, PASSWORD_BYTES = 256 };

static size_t give_bytes(char *out, size_t size, size_t count, void *arg) {
    struct epo_span *left = arg;
    size_t len = size * count < left->len ? size * count : left->len;
    if (len > 0)
        memcpy(out, left->at, len);
    *left = (struct epo_span){left->at + len, left->len - len};
    return len;
}

static bool read_password(const char *path, char out[PASSWORD_BYTES], struct epo_error *error) {
    FILE *file = fopen(path, "re");
    bool good = file != NULL && fgets(out, PASSWORD_BYTES, file) != NULL;
    if (file != NULL)
        fclose(file);
    if (good)
        out[strcspn(out, "\r\n")] = '\0';
    return good || epo_fail(error, EPO_ERROR_BUSY, "mail.password",
                            "The file of \"mail.password_file\" cannot be read.");
}

/* A host on this machine: nobody listens in between. */
static bool is_local(const char *server) {
    static const char *const HOSTS[] = {"://127.0.0.1", "://localhost", "://[::1]"};
    for (size_t i = 0; i < sizeof HOSTS / sizeof *HOSTS; i++) {
        const char *at = strstr(server, HOSTS[i]);
        char after = at != NULL ? at[strlen(HOSTS[i])] : 'x';
        if (after == ':' || after == '/' || after == '\0')
            return true;
    }
    return false;
}

static bool perform(CURL *curl, struct epo_error *error) {
    char why[CURL_ERROR_SIZE] = "";
    long reply = 0;
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (code == CURLE_OK)
        return true;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    const char *said = why[0] != '\0' ? why : curl_easy_strerror(code);
    /* 5yz to an address or to the message is final (RFC 5321, 4.2.1); signing in is ours to mend */
    if (reply >= 550 && reply < 560 && code != CURLE_LOGIN_DENIED)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "mail.refused", "The mail server refused: %s.",
                        said);
    return epo_fail(error, EPO_ERROR_BUSY, "mail.server", "The mail server did not take it: %s.",
                    said);
}

static void set_up(CURL *curl, const struct epo_smtp *smtp, struct epo_span *message) {
    curl_easy_setopt(curl, CURLOPT_URL, smtp->server);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WHOLE_MS);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(is_local(smtp->server) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, message);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void start_curl(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool epo_smtp_send(const struct epo_smtp *smtp, struct epo_span message, struct epo_error *error) {
    char password[PASSWORD_BYTES] = "", from[160], to[160];
    pthread_once(&once, start_curl);
    if (smtp->user[0] != '\0' && !read_password(smtp->password_file, password, error))
        return false;
    CURL *curl = curl_easy_init();
    epo_assert(curl != NULL);
    snprintf(from, sizeof from, "<%s>", smtp->from);
    snprintf(to, sizeof to, "<%s>", smtp->to);
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    set_up(curl, smtp, &message);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    if (smtp->user[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
    }
    bool sent = perform(curl, error);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    explicit_bzero(password, sizeof password);
    return sent;
}
