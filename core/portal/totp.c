#include "portal/totp.h"

#include <liboath/oath.h>
#include <string.h>

#include "base/error.h"
#include "base/token.h"

static const char BASE32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int64_t epo_totp_step(int64_t at_us) {
    return at_us / 1000000 / EPO_TOTP_STEP_S;
}

void epo_totp_code(struct epo_span secret, int64_t step, char out[EPO_TOTP_DIGITS + 1]) {
    int done = oath_hotp_generate(secret.at, secret.len, (uint64_t)step, EPO_TOTP_DIGITS, false,
                                  OATH_HOTP_DYNAMIC_TRUNCATION, out);
    epo_assert(done == OATH_OK);
}

bool epo_totp_match(struct epo_span secret, struct epo_span typed, int64_t now_us, int64_t after,
                    int64_t *step) {
    char digits[EPO_TOTP_DIGITS + 1], code[EPO_TOTP_DIGITS + 1];
    size_t n = 0;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.at[i] == ' ')
            continue;
        if (typed.at[i] < '0' || typed.at[i] > '9' || n == EPO_TOTP_DIGITS)
            return false;
        digits[n++] = typed.at[i];
    }
    digits[n] = '\0';
    bool matched = false;
    int64_t now = epo_totp_step(now_us);
    for (int64_t each = now - 1; each <= now + 1; each++) {
        epo_totp_code(secret, each, code);
        if (epo_token_equal(epo_span(code), epo_span(digits)) && each > after && !matched) {
            matched = true;
            *step = each;
        }
    }
    return matched;
}

/* 20 bytes are 32 letters exactly: no padding. */
void epo_totp_write(struct epo_span secret, char out[EPO_TOTP_SECRET_SIZE]) {
    epo_assert(secret.len == EPO_TOTP_SECRET_BYTES);
    for (int i = 0; i < EPO_TOTP_SECRET_SIZE - 1; i++) {
        int bit = i * 5, at = bit / 8;
        unsigned next = at + 1 < EPO_TOTP_SECRET_BYTES ? (uint8_t)secret.at[at + 1] : 0;
        unsigned pair = (unsigned)(uint8_t)secret.at[at] << 8 | next;
        out[i] = BASE32[pair >> (11 - bit % 8) & 31];
    }
    out[EPO_TOTP_SECRET_SIZE - 1] = '\0';
}

bool epo_totp_read(struct epo_span text, uint8_t out[EPO_TOTP_SECRET_BYTES]) {
    if (text.len != EPO_TOTP_SECRET_SIZE - 1)
        return false;
    uint32_t bits = 0;
    for (size_t i = 0, have = 0, n = 0; i < text.len; i++) {
        const char *at = text.at[i] != '\0' ? strchr(BASE32, text.at[i]) : NULL;
        if (at == NULL)
            return false;
        bits = bits << 5 | (uint32_t)(at - BASE32);
        have += 5;
        if (have >= 8) {
            have -= 8;
            out[n++] = (uint8_t)(bits >> have);
        }
    }
    return true;
}

static void add_encoded(struct epo_buffer *out, struct epo_span text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            epo_buffer_byte(out, (char)c);
        else
            epo_buffer_printf(out, "%%%02X", c);
    }
}

const char *epo_totp_address(struct epo_pool *pool, const char *secret_text, struct epo_span issuer,
                             struct epo_span login) {
    struct epo_buffer out;
    epo_buffer_init(&out, 4096);
    epo_buffer_string(&out, "otpauth://totp/");
    add_encoded(&out, issuer);
    epo_buffer_byte(&out, ':');
    add_encoded(&out, login);
    epo_buffer_printf(&out, "?secret=%s&issuer=", secret_text);
    add_encoded(&out, issuer);
    const char *address = out.failed ? "" : epo_pool_string(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return address;
}
