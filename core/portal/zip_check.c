/* docx, odt and the like are zip files. Read here is only their directory: what is in them, how
 * large it says to be, and that all of the file belongs to it. */
#include "portal/filetype.h"

#include <strings.h>

enum {
    END_BYTES = 22,
    ENTRY_BYTES = 46,
    LOCAL_BYTES = 30,
    ENTRIES_MAX = 5000,
    FOLD_MAX = 200, /* packed text shrinks to a tenth; zeros a thousandfold */
    ENCRYPTED = 1
};
#define UNPACKED_MAX (UINT64_C(200) << 20)
#define FREE_BYTES (UINT64_C(1) << 20) /* an entry below this may shrink as it likes */

static uint32_t two(const char *at) {
    const unsigned char *bytes = (const unsigned char *)at;
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t four(const char *at) {
    return two(at) | two(at + 2) << 16;
}

static bool damaged(struct epo_error *error, const char *what) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.damaged", "the packed file %s", what);
}

static bool ends(struct epo_span name, const char *with) {
    size_t len = strlen(with);
    return name.len >= len && strncasecmp(name.at + name.len - len, with, len) == 0;
}

static bool leads_out(struct epo_span name) {
    struct epo_span rest = name;
    if (name.len == 0 || name.at[0] == '/' || memchr(name.at, '\\', name.len) != NULL ||
        memchr(name.at, '\0', name.len) != NULL)
        return true;
    while (rest.len > 0)
        if (epo_span_is(epo_span_cut(rest, '/', &rest), ".."))
            return true;
    return false;
}

/* Macros of an office, and what a system would start. */
static bool is_program(struct epo_span name) {
    static const char *const PROGRAMS[] = {"vbaProject.bin", ".exe", ".dll", ".js",
                                           ".vbs",           ".bat", ".cmd", ".ps1",
                                           ".jar",           ".scr", ".msi", ".lnk"};
    for (size_t i = 0; i < sizeof PROGRAMS / sizeof *PROGRAMS; i++)
        if (ends(name, PROGRAMS[i]))
            return true;
    return epo_span_starts(name, EPO_SPAN("Basic/")) || epo_span_starts(name, EPO_SPAN("Scripts/"));
}

struct directory {
    struct epo_span file;
    size_t at, end; /* of the directory in the file */
    uint32_t entries;
    uint64_t unpacked;
};

/* The end record, which may have a comment behind it that ends the file. */
static bool find_end(struct directory *directory, struct epo_error *error) {
    struct epo_span file = directory->file;
    if (file.len < END_BYTES)
        return damaged(error, "is too short");
    size_t least = file.len > END_BYTES + 65535 ? file.len - END_BYTES - 65535 : 0;
    for (size_t at = file.len - END_BYTES + 1; at-- > least;) {
        const char *end = file.at + at;
        if (memcmp(end, "PK\5\6", 4) != 0 || at + END_BYTES + two(end + 20) != file.len)
            continue;
        directory->entries = two(end + 10);
        directory->at = four(end + 16);
        directory->end = directory->at + four(end + 12);
        /* directories of several disks and those over 4 GB have no place here */
        if (two(end + 4) != 0 || two(end + 8) != directory->entries || directory->end != at)
            return damaged(error, "has another directory than it says");
        return true;
    }
    return damaged(error, "has no directory at its end");
}

static bool check_entry(struct directory *directory, const char *entry, struct epo_span name,
                        struct epo_error *error) {
    uint64_t packed = four(entry + 20), unpacked = four(entry + 24);
    size_t local = four(entry + 42);
    if (two(entry + 8) & ENCRYPTED)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.locked", "the file is encrypted");
    if (leads_out(name))
        return damaged(error, "names a path outside of itself");
    if (is_program(name))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.active",
                        "there is a program in the file: %.*s", EPO_ARG(name));
    directory->unpacked += unpacked;
    if (directory->unpacked > UNPACKED_MAX ||
        (unpacked > FREE_BYTES && unpacked / FOLD_MAX > packed))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.bomb",
                        "unpacked, the file would be suspiciously large");
    if (local + LOCAL_BYTES > directory->at ||
        memcmp(directory->file.at + local, "PK\3\4", 4) != 0 || packed > directory->at - local)
        return damaged(error, "has an entry outside of it");
    return true;
}

bool epo_zip_check(struct epo_span content, struct epo_error *error) {
    struct directory directory = {.file = content};
    if (!find_end(&directory, error))
        return false;
    if (directory.entries == 0 || directory.entries > ENTRIES_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.bomb",
                        "the file has %u parts; at most %d are taken", directory.entries,
                        ENTRIES_MAX);
    size_t at = directory.at;
    for (uint32_t i = 0; i < directory.entries; i++) {
        if (at + ENTRY_BYTES > directory.end || memcmp(content.at + at, "PK\1\2", 4) != 0)
            return damaged(error, "has a broken directory");
        const char *entry = content.at + at;
        struct epo_span name = {entry + ENTRY_BYTES, two(entry + 28)};
        size_t next = at + ENTRY_BYTES + name.len + two(entry + 30) + two(entry + 32);
        if (next > directory.end)
            return damaged(error, "has a broken directory");
        if (!check_entry(&directory, entry, name, error))
            return false;
        at = next;
    }
    return at == directory.end || damaged(error, "has a broken directory");
}
