#include <zlib.h>

#include "base/limits.h"
#include "base/token.h"
#include "forms/paper.h"

enum {
    PIECE_MAX = 400, /* bytes in one code: 625 characters, a code of 81 modules */
    FRAME = 10,      /* around a piece: number, count, two CRC-32 */
    VERSION_SIZE = 32
};
static const char MAGIC[] = "EPO1";
static const char LETTERS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

static uint32_t crc_of(struct epo_span bytes) {
    return (uint32_t)crc32(0, (const unsigned char *)bytes.at, (uInt)bytes.len);
}

static void append_u32(struct epo_buffer *out, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        epo_buffer_byte(out, (char)(value >> shift & 0xff));
}

static uint32_t read_u32(const char *at) {
    const unsigned char *bytes = (const unsigned char *)at;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* ---- base 45 (RFC 9285) ---- */

static void write_base45(struct epo_buffer *out, struct epo_span bytes) {
    const unsigned char *at = (const unsigned char *)bytes.at;
    for (size_t i = 0; i < bytes.len; i += 2) {
        bool pair = i + 1 < bytes.len;
        unsigned value = pair ? (unsigned)at[i] << 8 | at[i + 1] : at[i];
        for (int digit = 0; digit < (pair ? 3 : 2); digit++, value /= 45)
            epo_buffer_byte(out, LETTERS[value % 45]);
    }
}

static bool read_base45(struct epo_span text, struct epo_buffer *out) {
    for (size_t i = 0; i < text.len; i += 3) {
        size_t digits = text.len - i < 3 ? text.len - i : 3;
        unsigned value = 0, factor = 1;
        for (size_t k = 0; k < digits; k++, factor *= 45) {
            const char *letter = text.at[i + k] != '\0' ? strchr(LETTERS, text.at[i + k]) : NULL;
            if (letter == NULL)
                return false;
            value += (unsigned)(letter - LETTERS) * factor;
        }
        if (digits < 2 || value > (digits == 3 ? 0xffff : 0xff))
            return false;
        if (digits == 3)
            epo_buffer_byte(out, (char)(value >> 8));
        epo_buffer_byte(out, (char)(value & 0xff));
    }
    return true;
}

/* ---- writing ---- */

static bool pack(struct epo_span text, struct epo_buffer *out) {
    uLongf len = compressBound(text.len);
    unsigned char *packed = malloc(len);
    epo_assert(packed != NULL);
    bool ok = compress2(packed, &len, (const unsigned char *)text.at, text.len, 9) == Z_OK;
    if (ok)
        epo_buffer_append(out, packed, len);
    free(packed);
    return ok;
}

static int hex_digit(char letter) {
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                                            : -1;
}

static bool append_head(struct epo_buffer *out, const struct epo_paper *paper) {
    if (paper->agenda.len > 100 || paper->form.len > 100 || paper->version.len < 2 * VERSION_SIZE)
        return false;
    epo_buffer_byte(out, (char)paper->agenda.len);
    epo_buffer_span(out, paper->agenda);
    epo_buffer_byte(out, (char)paper->form.len);
    epo_buffer_span(out, paper->form);
    for (size_t i = 0; i < VERSION_SIZE; i++) {
        int high = hex_digit(paper->version.at[2 * i]),
            low = hex_digit(paper->version.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        epo_buffer_byte(out, (char)(high << 4 | low));
    }
    return true;
}

static struct epo_span write_code(struct epo_pool *pool, struct epo_span all, size_t number,
                                  size_t count) {
    size_t from = number * PIECE_MAX, len = all.len - from < PIECE_MAX ? all.len - from : PIECE_MAX;
    struct epo_buffer bytes, letters;
    epo_buffer_init(&bytes, PIECE_MAX + FRAME);
    epo_buffer_init(&letters, 2 * (PIECE_MAX + FRAME));
    epo_buffer_byte(&bytes, (char)number);
    epo_buffer_byte(&bytes, (char)count);
    append_u32(&bytes, crc_of(all));
    epo_buffer_append(&bytes, all.at + from, len);
    append_u32(&bytes, crc_of(epo_buffer_get(&bytes)));
    write_base45(&letters, epo_buffer_get(&bytes));
    struct epo_span code = epo_span(epo_pool_printf(pool, "%s%04zu:%.*s/", MAGIC, letters.len,
                                                    EPO_ARG(epo_buffer_get(&letters))));
    epo_buffer_clear(&bytes);
    epo_buffer_clear(&letters);
    return code;
}

bool epo_paper_encode(struct epo_pool *pool, const struct epo_paper *paper,
                      struct epo_span codes[EPO_PAPER_CODES_MAX], size_t *count,
                      struct epo_error *error) {
    struct epo_buffer all, json;
    epo_buffer_init(&all, EPO_PAPER_CODES_MAX * PIECE_MAX);
    epo_buffer_init(&json, EPO_PAPER_JSON_MAX);
    epo_json_write_canonical(&json, paper->raw);
    bool ok = !json.failed && append_head(&all, paper) && pack(epo_buffer_get(&json), &all) &&
              !all.failed;
    *count = ok ? (all.len + PIECE_MAX - 1) / PIECE_MAX : 0;
    for (size_t i = 0; i < *count; i++)
        codes[i] = write_code(pool, epo_buffer_get(&all), i, *count);
    epo_buffer_clear(&all);
    epo_buffer_clear(&json);
    return ok || epo_fail(error, EPO_ERROR_TOO_LARGE, "paper.large",
                          "The answers do not fit into %d codes.", EPO_PAPER_CODES_MAX);
}

/* ---- reading ---- */

struct pieces {
    struct epo_pool *pool;
    struct epo_span piece[EPO_PAPER_CODES_MAX];
    bool there[EPO_PAPER_CODES_MAX];
    size_t count; /* of the paper; 0: no code seen yet */
    uint32_t crc;
};

static bool damaged(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "paper.damaged",
                    "A code of the paper was read with mistakes.");
}

static bool take_bytes(struct pieces *pieces, struct epo_span bytes, struct epo_error *error) {
    if (bytes.len <= FRAME || bytes.len > PIECE_MAX + FRAME ||
        read_u32(bytes.at + bytes.len - 4) != crc_of((struct epo_span){bytes.at, bytes.len - 4}))
        return damaged(error);
    size_t number = (unsigned char)bytes.at[0], count = (unsigned char)bytes.at[1];
    uint32_t crc = read_u32(bytes.at + 2);
    if (count == 0 || count > EPO_PAPER_CODES_MAX || number >= count)
        return damaged(error);
    if (pieces->count > 0 && (pieces->count != count || pieces->crc != crc))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "paper.mixed",
                        "These codes are of two papers.");
    pieces->count = count;
    pieces->crc = crc;
    pieces->there[number] = true;
    pieces->piece[number] =
        epo_pool_copy(pieces->pool, (struct epo_span){bytes.at + 6, bytes.len - FRAME});
    return true;
}

/* The code that begins at text; *len: of it. False with no error: there is none here. */
static bool take_code(struct pieces *pieces, struct epo_span text, size_t *len,
                      struct epo_error *error) {
    int64_t said = 0;
    size_t head = sizeof MAGIC - 1 + 5;
    struct epo_buffer bytes;
    *len = sizeof MAGIC - 1;
    if (text.len <= head || text.at[head - 1] != ':' ||
        !epo_span_integer((struct epo_span){text.at + sizeof MAGIC - 1, 4}, &said) || said < 0)
        return damaged(error);
    if (text.len < head + (size_t)said + 1 || text.at[head + (size_t)said] != '/')
        return damaged(error);
    epo_buffer_init(&bytes, PIECE_MAX + FRAME);
    bool ok = read_base45((struct epo_span){text.at + head, (size_t)said}, &bytes) && !bytes.failed;
    ok = ok ? take_bytes(pieces, epo_buffer_get(&bytes), error) : damaged(error);
    epo_buffer_clear(&bytes);
    *len = head + (size_t)said + 1;
    return ok;
}

static bool find_codes(struct pieces *pieces, struct epo_span text, struct epo_error *error) {
    for (;;) {
        size_t len;
        const char *at = text.len > 0 ? memmem(text.at, text.len, MAGIC, sizeof MAGIC - 1) : NULL;
        if (at == NULL)
            break;
        text = (struct epo_span){at, text.len - (size_t)(at - text.at)};
        if (!take_code(pieces, text, &len, error))
            return false;
        text = (struct epo_span){text.at + len, text.len - len};
    }
    return pieces->count > 0 ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "paper.none", "There is no code of a form here.");
}

static bool cut_name(struct epo_span *rest, struct epo_span *name) {
    size_t len = rest->len > 0 ? (unsigned char)rest->at[0] : 0;
    if (len == 0 || rest->len < len + 1)
        return false;
    *name = (struct epo_span){rest->at + 1, len};
    *rest = (struct epo_span){rest->at + 1 + len, rest->len - 1 - len};
    return epo_text_valid(*name);
}

static bool read_head(struct epo_pool *pool, struct epo_span *rest, struct epo_paper *paper) {
    char hex[2 * VERSION_SIZE + 1];
    if (!cut_name(rest, &paper->agenda) || !cut_name(rest, &paper->form) ||
        rest->len < VERSION_SIZE)
        return false;
    epo_hex((const uint8_t *)rest->at, VERSION_SIZE, hex);
    paper->agenda = epo_pool_copy(pool, paper->agenda);
    paper->form = epo_pool_copy(pool, paper->form);
    paper->version = epo_span(epo_pool_string(pool, epo_span(hex)));
    *rest = (struct epo_span){rest->at + VERSION_SIZE, rest->len - VERSION_SIZE};
    return true;
}

/* Only what a browser could have sent: texts and arrays of texts, no name of the page's own. */
static bool is_raw(const struct epo_json *raw) {
    if (raw == NULL || raw->type != EPO_JSON_OBJECT || raw->count > EPO_FIELD_COUNT_MAX)
        return false;
    for (uint32_t i = 0; i < raw->count; i++) {
        const struct epo_json *value = raw->items[i];
        bool list = value->type == EPO_JSON_ARRAY && value->count <= EPO_FIELD_COUNT_MAX;
        if (raw->names[i].len == 0 || raw->names[i].at[0] == '_' ||
            (!list && !epo_json_is_text(value)))
            return false;
        for (uint32_t k = 0; list && k < value->count; k++)
            if (!epo_json_is_text(value->items[k]))
                return false;
    }
    return true;
}

static bool unpack(struct epo_pool *pool, struct epo_span packed, struct epo_paper *paper) {
    uLongf len = EPO_PAPER_JSON_MAX;
    unsigned char *text = malloc(len);
    epo_assert(text != NULL);
    if (uncompress(text, &len, (const unsigned char *)packed.at, packed.len) == Z_OK)
        paper->raw = epo_json_parse(pool, (struct epo_span){(const char *)text, len}, NULL);
    free(text);
    return is_raw(paper->raw);
}

bool epo_paper_decode(struct epo_pool *pool, struct epo_span text, struct epo_paper *paper,
                      size_t *missing, struct epo_error *error) {
    struct pieces pieces = {.pool = pool};
    struct epo_buffer all;
    *paper = (struct epo_paper){.raw = epo_json_object(pool)};
    *missing = 0;
    if (!find_codes(&pieces, text, error))
        return false;
    if (!pieces.there[0])
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "paper.first",
                        "The first code of the paper is missing.");
    epo_buffer_init(&all, EPO_PAPER_CODES_MAX * PIECE_MAX);
    for (size_t i = 0; i < pieces.count; i++) {
        *missing += pieces.there[i] ? 0 : 1;
        epo_buffer_span(&all, pieces.piece[i]);
    }
    struct epo_span rest = *missing == 0 ? epo_buffer_get(&all) : pieces.piece[0];
    bool ok = (*missing > 0 || crc_of(rest) == pieces.crc) && read_head(pool, &rest, paper) &&
              (*missing > 0 || unpack(pool, rest, paper));
    epo_buffer_clear(&all);
    return ok || damaged(error);
}

/* ---- attached to a PDF ---- */

struct epo_json *epo_paper_json(struct epo_pool *pool, const struct epo_paper *paper) {
    struct epo_json *json = epo_json_object(pool);
    epo_json_set_text(pool, json, "agenda", paper->agenda);
    epo_json_set_text(pool, json, "form", paper->form);
    epo_json_set_text(pool, json, "version", paper->version);
    epo_json_set(pool, json, "raw", epo_json_copy(pool, paper->raw));
    return json;
}

bool epo_paper_from_json(struct epo_pool *pool, struct epo_span text, struct epo_paper *paper,
                         struct epo_error *error) {
    struct epo_json *json =
        text.len <= EPO_PAPER_JSON_MAX ? epo_json_parse(pool, text, NULL) : NULL;
    *paper = (struct epo_paper){.agenda = epo_json_get_text(json, "agenda"),
                                .form = epo_json_get_text(json, "form"),
                                .version = epo_json_get_text(json, "version"),
                                .raw = epo_json_get(json, "raw")};
    return (paper->agenda.len > 0 && paper->form.len > 0 && is_raw(paper->raw)) || damaged(error);
}
