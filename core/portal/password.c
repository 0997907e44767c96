#include "portal/password.h"

#include <argon2.h>
#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/pool.h"
#include "base/token.h"
#include "portal/account.h"

enum { PASSES = 2, MEMORY_KIB = 19 * 1024, LANES = 1, SALT_SIZE = 16, HASH_SIZE = 32 };
enum { RUNNING_MAX = 2, WAITING_MAX = 1, WAIT_S = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int running, waiting;

static bool enter(struct epo_error *error) {
    struct timespec until;
    bool in = true;
    pthread_mutex_lock(&lock);
    if (running >= RUNNING_MAX) {
        in = waiting < WAITING_MAX;
        if (in) {
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_sec += WAIT_S;
            waiting++;
            while (running >= RUNNING_MAX && in)
                in = pthread_cond_timedwait(&turn, &lock, &until) != ETIMEDOUT;
            waiting--;
        }
    }
    if (in)
        running++;
    pthread_mutex_unlock(&lock);
    return in || epo_fail(error, EPO_ERROR_BUSY, "account.busy",
                          "Many people are signing in just now: try again in a moment.");
}

static void leave(void) {
    pthread_mutex_lock(&lock);
    running--;
    pthread_cond_signal(&turn);
    pthread_mutex_unlock(&lock);
}

/* True for "aaaa…" and "abcabcabc…": a short piece over and over. */
static bool is_repetition(struct epo_span text) {
    for (size_t period = 1; period <= 4 && period < text.len; period++) {
        size_t i = period;
        while (i < text.len && text.at[i] == text.at[i - period])
            i++;
        if (i == text.len)
            return true;
    }
    return false;
}

static bool is_run(struct epo_span text) { /* "123456789012345", "abcdefghijklmno" */
    int steps = 0;
    for (size_t i = 1; i < text.len; i++)
        steps += text.at[i] == text.at[i - 1] + 1;
    return text.len > 0 && (size_t)steps * 10 >= (text.len - 1) * 8;
}

bool epo_password_check(struct epo_span password, struct epo_span login, struct epo_error *error) {
    if (!epo_text_valid(password))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "password.encoding",
                        "The password is not well-formed UTF-8.");
    if (epo_text_length(password) < EPO_PASSWORD_CHARS_MIN)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "password.short",
                        "The password must have at least %d characters: a few words do well.",
                        EPO_PASSWORD_CHARS_MIN);
    if (password.len > EPO_PASSWORD_BYTES_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "password.long",
                        "The password is over %d bytes.", EPO_PASSWORD_BYTES_MAX);
    if (is_repetition(password) || is_run(password) ||
        (login.len >= 4 && password.len < login.len + 8 &&
         memmem(password.at, password.len, login.at, login.len) != NULL))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "password.guessable",
                        "The password is easy to guess: use a few unrelated words.");
    return true;
}

/* Takes every occurrence of the word out of the folded text; how many there were. */
static size_t take_out(char *text, size_t *len, struct epo_span word) {
    size_t count = 0;
    char *at;
    while ((at = memmem(text, *len, word.at, word.len)) != NULL) {
        *len -= word.len;
        memmove(at, at + word.len, *len - (size_t)(at - text));
        count++;
    }
    return count;
}

bool epo_password_check_words(struct epo_span password, struct epo_span words,
                              struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span folded = epo_text_fold(pool, password), rest = epo_text_fold(pool, words);
    char *text = epo_pool_alloc(pool, folded.len + 1);
    size_t len = folded.len, found = 0, left = 0;
    memcpy(text, folded.at, folded.len);
    while (rest.len > 0) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        if (word.len >= 4)
            found += take_out(text, &len, word);
    }
    for (size_t i = 0; i < len; i++)
        left += text[i] != ' ';
    epo_pool_free(pool);
    return found == 0 || left >= EPO_PASSWORD_REST_MIN ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "password.guessable",
                    "The password is little more than words that anybody would try here.");
}

bool epo_password_check_breached(struct epo_span password, const char *folder,
                                 struct epo_error *error) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    char hex[2 * EVP_MAX_MD_SIZE + 1], path[700], line[80];
    bool known = false;
    epo_assert(EVP_Digest(password.at, password.len, digest, &len, EVP_sha1(), NULL) == 1);
    epo_hex(digest, len, hex);
    for (char *at = hex; *at != '\0'; at++)
        *at = *at >= 'a' ? (char)(*at - 32) : *at;
    snprintf(path, sizeof path, "%s/%.5s.txt", folder, hex);
    FILE *file = fopen(path, "re");
    while (file != NULL && !known && fgets(line, sizeof line, file) != NULL)
        known = strncmp(line, hex + 5, 35) == 0;
    if (file != NULL)
        fclose(file);
    return !known || epo_fail(error, EPO_ERROR_BAD_INPUT, "password.breached",
                              "The password has leaked from another service: choose another.");
}

bool epo_password_hash(struct epo_span password, char out[EPO_PASSWORD_HASH_SIZE],
                       struct epo_error *error) {
    uint8_t salt[SALT_SIZE];
    epo_token_random(salt, sizeof salt);
    if (!enter(error))
        return false;
    int rc = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.at, password.len, salt,
                                   sizeof salt, HASH_SIZE, out, EPO_PASSWORD_HASH_SIZE);
    leave();
    return rc == ARGON2_OK || epo_fail(error, EPO_ERROR_BROKEN, "password.hash",
                                       "Hashing a password failed: %s.", argon2_error_message(rc));
}

bool epo_password_verify(struct epo_span password, const char *hash, struct epo_error *error) {
    /* Salt and digest of nobody's password, under the parameters above. */
    static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$"
                                 "AAAAAAAAAAAAAAAAAAAAAA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    bool known = hash[0] != '\0';
    if (password.len > EPO_PASSWORD_BYTES_MAX)
        password.len = EPO_PASSWORD_BYTES_MAX; /* never a match: longer ones are not accepted */
    if (!enter(error))
        return false;
    int rc = argon2id_verify(known ? hash : nobody, password.at, password.len);
    leave();
    if (rc != ARGON2_OK && rc != ARGON2_VERIFY_MISMATCH)
        return epo_fail(error, EPO_ERROR_BROKEN, "password.verify",
                        "A stored password cannot be checked: %s.", argon2_error_message(rc));
    return known && rc == ARGON2_OK;
}
