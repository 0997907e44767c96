/* JPEG and PNG rewritten from the parts that make the picture. What is left out: EXIF with the
 * place and the camera, XMP, IPTC, comments, texts, thumbnails, and anything behind the end. */
#include "portal/filetype.h"

#define PIXELS_MAX (UINT64_C(120) * 1000 * 1000)

static bool damaged(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.damaged", "the picture is not whole");
}

static bool fits(uint64_t width, uint64_t height, struct epo_error *error) {
    if (width == 0 || height == 0)
        return damaged(error);
    return width * height <= PIXELS_MAX ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.pixels",
                    "the picture has %llu x %llu points, more than can be drawn",
                    (unsigned long long)width, (unsigned long long)height);
}

static uint32_t byte(struct epo_span text, size_t at) {
    return (unsigned char)text.at[at];
}

static uint32_t big_two(struct epo_span text, size_t at) {
    return byte(text, at) << 8 | byte(text, at + 1);
}

static uint32_t big_four(struct epo_span text, size_t at) {
    return big_two(text, at) << 16 | big_two(text, at + 2);
}

/* ---- JPEG ---- */

struct jpeg {
    struct epo_span in;
    struct epo_buffer out;
    int orientation; /* of EXIF, 0: none said */
    bool framed, scanned;
};

/* Tag 0x0112 of the first directory of EXIF. */
static int read_orientation(struct epo_span exif) {
    if (exif.len < 14 || memcmp(exif.at, "Exif\0\0", 6) != 0)
        return 0;
    struct epo_span tiff = {exif.at + 6, exif.len - 6};
    bool little = tiff.at[0] == 'I';
#define TWO(at) (little ? byte(tiff, (at)) | byte(tiff, (at) + 1) << 8 : big_two(tiff, (at)))
#define FOUR(at) (little ? TWO(at) | TWO((at) + 2) << 16 : big_four(tiff, (at)))
    size_t directory = FOUR(4);
    if (directory > tiff.len || tiff.len - directory < 2)
        return 0;
    uint32_t count = TWO(directory);
    for (size_t at = directory + 2; count-- > 0 && at + 12 <= tiff.len; at += 12)
        if (TWO(at) == 0x0112) {
            uint32_t value = TWO(at + 8);
            return value >= 1 && value <= 8 ? (int)value : 0;
        }
#undef FOUR
#undef TWO
    return 0;
}

/* Big-endian TIFF with the one tag. */
static void write_orientation(struct jpeg *jpeg) {
    static const char HEAD[] = "\xff\xe1\0\x22"
                               "Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
    static const char TAIL[] = "\0\0\0\0\0\0";
    if (jpeg->orientation <= 1)
        return;
    epo_buffer_append(&jpeg->out, HEAD, sizeof HEAD - 1);
    epo_buffer_byte(&jpeg->out, (char)jpeg->orientation);
    epo_buffer_append(&jpeg->out, TAIL, sizeof TAIL - 1);
}

static bool is_frame(uint32_t marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Colour profile (ICC, APP2) and the colour transform of Adobe (APP14) belong to the picture. */
static bool is_kept(uint32_t marker, struct epo_span segment) {
    if (marker == 0xe2)
        return epo_span_starts(segment, EPO_SPAN("ICC_PROFILE"));
    if (marker == 0xee)
        return epo_span_starts(segment, EPO_SPAN("Adobe"));
    return marker == 0xe0 ? epo_span_starts(segment, EPO_SPAN("JFIF"))
                          : marker < 0xe0 && marker != 0xfe;
}

/* Entropy-coded bytes up to the next marker that is not part of them. */
static size_t scan_end(struct epo_span in, size_t at) {
    while (at + 1 < in.len) {
        uint32_t next = byte(in, at + 1);
        if (byte(in, at) == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7))
            return at;
        at++;
    }
    return 0;
}

/* One segment at *at; false: broken. *done at the end of the picture. */
static bool take_segment(struct jpeg *jpeg, size_t *at, bool *done, struct epo_error *error) {
    struct epo_span in = jpeg->in;
    while (*at + 1 < in.len && byte(in, *at) == 0xff && byte(in, *at + 1) == 0xff)
        (*at)++; /* fill bytes */
    if (*at + 2 > in.len || byte(in, *at) != 0xff)
        return damaged(error);
    uint32_t marker = byte(in, *at + 1);
    *done = marker == 0xd9;
    if (*done)
        return true;
    if (*at + 4 > in.len || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8))
        return damaged(error);
    size_t len = big_two(in, *at + 2);
    if (len < 2 || in.len - *at - 2 < len)
        return damaged(error);
    struct epo_span segment = {in.at + *at + 4, len - 2};
    if (marker == 0xe1 && jpeg->orientation == 0)
        jpeg->orientation = read_orientation(segment);
    if (is_frame(marker)) {
        if (segment.len < 5 || !fits(big_two(segment, 3), big_two(segment, 1), error))
            return segment.len >= 5 ? false : damaged(error);
        if (!jpeg->framed)
            write_orientation(jpeg);
        jpeg->framed = true;
    }
    size_t next = *at + 2 + len;
    if (marker == 0xda) {
        next = jpeg->framed ? scan_end(in, next) : 0;
        if (next == 0)
            return damaged(error);
        jpeg->scanned = true;
    }
    if (is_kept(marker, segment))
        epo_buffer_append(&jpeg->out, in.at + *at, next - *at);
    *at = next;
    return true;
}

static bool strip_jpeg(struct jpeg *jpeg, struct epo_error *error) {
    size_t at = 2;
    bool done = false;
    if (jpeg->in.len < 4 || memcmp(jpeg->in.at, "\xff\xd8", 2) != 0)
        return damaged(error);
    epo_buffer_append(&jpeg->out, "\xff\xd8", 2);
    while (!done)
        if (!take_segment(jpeg, &at, &done, error))
            return false;
    epo_buffer_append(&jpeg->out, "\xff\xd9", 2);
    return jpeg->scanned || damaged(error);
}

/* ---- PNG ---- */

static bool is_chunk_kept(const char *type) {
    static const char KEPT[] = "IHDRPLTEIDATIENDtRNSgAMAcHRMsRGBiCCPsBITpHYsbKGD";
    for (const char *at = KEPT; *at != '\0'; at += 4)
        if (memcmp(at, type, 4) == 0)
            return true;
    return false;
}

static bool strip_png(struct epo_span in, struct epo_buffer *out, struct epo_error *error) {
    size_t at = 8;
    bool data = false;
    if (in.len < 33 || memcmp(in.at, "\x89PNG\r\n\x1a\n", 8) != 0 ||
        memcmp(in.at + 12, "IHDR", 4) != 0)
        return damaged(error);
    if (!fits(big_four(in, 16), big_four(in, 20), error))
        return false;
    epo_buffer_append(out, in.at, 8);
    for (;;) {
        if (in.len - at < 12)
            return damaged(error);
        size_t len = big_four(in, at);
        const char *type = in.at + at + 4;
        if (len > in.len - at - 12)
            return damaged(error);
        if (is_chunk_kept(type))
            epo_buffer_append(out, in.at + at, len + 12);
        data = data || memcmp(type, "IDAT", 4) == 0;
        if (memcmp(type, "IEND", 4) == 0)
            return data || damaged(error);
        at += len + 12;
    }
}

bool epo_photo_strip(struct epo_pool *pool, const struct epo_filetype *type,
                     struct epo_span content, struct epo_span *stripped, struct epo_error *error) {
    struct jpeg jpeg = {.in = content};
    bool is_jpeg = strcmp(type->name, "jpeg") == 0;
    if (!is_jpeg && strcmp(type->name, "png") != 0) {
        *stripped = content;
        return true;
    }
    epo_buffer_init(&jpeg.out, content.len + 64);
    bool good = is_jpeg ? strip_jpeg(&jpeg, error) : strip_png(content, &jpeg.out, error);
    epo_assert(!good || !jpeg.out.failed);
    if (good)
        *stripped = epo_pool_copy(pool, epo_buffer_get(&jpeg.out));
    epo_buffer_clear(&jpeg.out);
    return good;
}
