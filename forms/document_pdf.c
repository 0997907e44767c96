/* Finishing a PDF that cairo 1.16 has drawn: it writes tags, but neither the document's language
 * nor the words of figures nor attached files, and it has no artifacts. */
#include <qpdf/qpdf-c.h>

#include "base/limits.h"
#include "forms/document_work.h"

enum { TREE_DEPTH_MAX = 16 }; /* Document > Table > TR > TD is 4 */

struct finishing {
    qpdf_data pdf;
    struct epo_pool *pool;
    struct epo_document *document;
    const struct epo_span *alts;
    size_t alt_count, alt_next;
};

static qpdf_oh get(const struct finishing *work, qpdf_oh dict, const char *key) {
    return qpdf_oh_get_key(work->pdf, dict, key);
}

static void put(const struct finishing *work, qpdf_oh dict, const char *key, qpdf_oh value) {
    qpdf_oh_replace_key(work->pdf, dict, key, value);
}

static qpdf_oh text(const struct finishing *work, struct epo_span value) {
    return qpdf_oh_new_unicode_string(work->pdf, epo_pool_string(work->pool, value));
}

static qpdf_oh parse(const struct finishing *work, const char *value) {
    return qpdf_oh_parse(work->pdf, value);
}

/* ---- tags ---- */

static bool is_tag(const struct finishing *work, qpdf_oh element, const char *tag) {
    return qpdf_oh_is_dictionary(work->pdf, element) &&
           qpdf_oh_is_name_and_equals(work->pdf, get(work, element, "/S"),
                                      epo_pool_printf(work->pool, "/%s", tag));
}

/* Does the row only have headers? Then they head columns. */
static bool is_header_row(const struct finishing *work, qpdf_oh row) {
    qpdf_oh kids = get(work, row, "/K");
    int count = qpdf_oh_is_array(work->pdf, kids) ? qpdf_oh_get_array_n_items(work->pdf, kids) : 0;
    for (int i = 0; i < count; i++)
        if (is_tag(work, qpdf_oh_get_array_item(work->pdf, kids, i), "TD"))
            return false;
    return true;
}

static void describe(struct finishing *work, qpdf_oh element, qpdf_oh parent) {
    if (is_tag(work, element, "Figure") && work->alt_next < work->alt_count)
        put(work, element, "/Alt", text(work, work->alts[work->alt_next++]));
    if (is_tag(work, element, "TH"))
        put(work, element, "/A",
            parse(work, is_header_row(work, parent) ? "<< /O /Table /Scope /Column >>"
                                                    : "<< /O /Table /Scope /Row >>"));
}

/* Gives figures their words and takes head and foot of the pages out of the tree. */
static void walk(struct finishing *work, qpdf_oh element, int depth) {
    qpdf_oh kids = get(work, element, "/K");
    if (depth > TREE_DEPTH_MAX)
        return;
    if (qpdf_oh_is_dictionary(work->pdf, kids)) {
        kids = qpdf_oh_wrap_in_array(work->pdf, kids);
        put(work, element, "/K", kids);
    }
    if (!qpdf_oh_is_array(work->pdf, kids))
        return;
    for (int i = qpdf_oh_get_array_n_items(work->pdf, kids) - 1; i >= 0; i--)
        if (is_tag(work, qpdf_oh_get_array_item(work->pdf, kids, i), EPO_FRAME_TAG))
            qpdf_oh_erase_item(work->pdf, kids, i);
    for (int i = 0; i < qpdf_oh_get_array_n_items(work->pdf, kids); i++) {
        qpdf_oh kid = qpdf_oh_get_array_item(work->pdf, kids, i);
        if (!qpdf_oh_is_dictionary(work->pdf, kid) || !qpdf_oh_has_key(work->pdf, kid, "/S"))
            continue;
        describe(work, kid, element);
        walk(work, kid, depth + 1);
    }
}

/* What was marked on a page, by number: nothing for what is an artifact now. */
static void forget_frames(const struct finishing *work, qpdf_oh tree) {
    qpdf_oh pages = get(work, get(work, tree, "/ParentTree"), "/Nums");
    int count =
        qpdf_oh_is_array(work->pdf, pages) ? qpdf_oh_get_array_n_items(work->pdf, pages) : 0;
    for (int i = 1; i < count; i += 2) {
        qpdf_oh marked = qpdf_oh_get_array_item(work->pdf, pages, i);
        int most =
            qpdf_oh_is_array(work->pdf, marked) ? qpdf_oh_get_array_n_items(work->pdf, marked) : 0;
        for (int k = 0; k < most; k++)
            if (is_tag(work, qpdf_oh_get_array_item(work->pdf, marked, k), EPO_FRAME_TAG))
                qpdf_oh_set_array_item(work->pdf, marked, k, qpdf_oh_new_null(work->pdf));
    }
}

/* All of it stands in one Document. */
static void wrap_tree(struct finishing *work, qpdf_oh tree) {
    qpdf_oh root =
        qpdf_make_indirect_object(work->pdf, parse(work, "<< /Type /StructElem /S /Document >>"));
    qpdf_oh kids = get(work, tree, "/K");
    int count = qpdf_oh_is_array(work->pdf, kids) ? qpdf_oh_get_array_n_items(work->pdf, kids) : 0;
    for (int i = 0; i < count; i++)
        put(work, qpdf_oh_get_array_item(work->pdf, kids, i), "/P", root);
    put(work, root, "/K", kids);
    put(work, root, "/P", tree);
    put(work, tree, "/K", root);
}

/* Does the text begin with the line "/NonStruct << /MCID 7 >> BDC\n"? */
static bool is_frame_mark(struct epo_span text) {
    static const char HEAD[] = "/" EPO_FRAME_TAG " << /MCID ", TAIL[] = " >> BDC\n";
    size_t len = sizeof HEAD - 1;
    if (!epo_span_starts(text, (struct epo_span){HEAD, len}))
        return false;
    while (len < text.len && text.at[len] >= '0' && text.at[len] <= '9')
        len++;
    struct epo_span rest = {text.at + len, text.len - len};
    return epo_span_starts(rest, EPO_SPAN(TAIL));
}

/* Such a line becomes "/Artifact BMC". What a person typed may look like one, but stands in a
 * string, whose lines end with "\": there it is left alone. */
static bool mark_artifacts(struct finishing *work, qpdf_oh page) {
    struct epo_buffer out;
    unsigned char *bytes = NULL;
    size_t len = 0;
    if (qpdf_oh_get_page_content_data(work->pdf, page, &bytes, &len) >= QPDF_ERRORS)
        return false;
    struct epo_span rest = {(const char *)bytes, len};
    bool plain = true; /* the line before is not going on */
    epo_buffer_init(&out, EPO_DOCUMENT_BYTES_MAX);
    while (rest.len > 0) {
        const char *end = memchr(rest.at, '\n', rest.len);
        size_t line = end != NULL ? (size_t)(end - rest.at) + 1 : rest.len;
        if (plain && is_frame_mark(rest))
            epo_buffer_string(&out, "/Artifact BMC\n");
        else
            epo_buffer_append(&out, rest.at, line);
        plain = line < 2 || rest.at[line - 2] != '\\';
        rest = (struct epo_span){rest.at + line, rest.len - line};
    }
    qpdf_oh stream = qpdf_oh_new_stream(work->pdf), none = qpdf_oh_new_null(work->pdf);
    qpdf_oh_replace_stream_data(work->pdf, stream, (const unsigned char *)out.at, out.len, none,
                                none);
    put(work, page, "/Contents", stream);
    bool ok = !out.failed;
    epo_buffer_clear(&out);
    free(bytes);
    return ok;
}

/* ---- attached files ---- */

/* "application/json" as a name: "/application#2Fjson". */
static const char *type_name(const struct finishing *work, const char *type) {
    struct epo_span rest, first = epo_span_cut(epo_span(type), '/', &rest);
    return epo_pool_printf(work->pool, "/%.*s#2F%.*s", EPO_ARG(first), EPO_ARG(rest));
}

static qpdf_oh file_stream(const struct finishing *work, const struct epo_attached *file) {
    qpdf_oh stream = qpdf_oh_new_stream(work->pdf), none = qpdf_oh_new_null(work->pdf);
    qpdf_oh dict = qpdf_oh_get_dict(work->pdf, stream);
    qpdf_oh_replace_stream_data(work->pdf, stream, (const unsigned char *)file->bytes.at,
                                file->bytes.len, none, none);
    put(work, dict, "/Type", parse(work, "/EmbeddedFile"));
    put(work, dict, "/Subtype", parse(work, type_name(work, file->type)));
    put(work, dict, "/Params",
        parse(work, epo_pool_printf(work->pool, "<< /Size %zu >>", file->bytes.len)));
    return stream;
}

static void attach(const struct finishing *work, qpdf_oh root) {
    qpdf_oh names = qpdf_oh_new_array(work->pdf), all = qpdf_oh_new_array(work->pdf);
    for (const struct epo_attached *file = work->document->attached; file != NULL;
         file = file->next) {
        qpdf_oh stream = file_stream(work, file), held = parse(work, "<< >>");
        qpdf_oh dict = parse(work, "<< /Type /Filespec /AFRelationship /Data >>");
        put(work, held, "/F", stream);
        put(work, held, "/UF", stream);
        put(work, dict, "/F", text(work, file->name));
        put(work, dict, "/UF", text(work, file->name));
        put(work, dict, "/Desc", text(work, file->description));
        put(work, dict, "/EF", held);
        dict = qpdf_make_indirect_object(work->pdf, dict);
        qpdf_oh_append_item(work->pdf, names, text(work, file->name));
        qpdf_oh_append_item(work->pdf, names, dict);
        qpdf_oh_append_item(work->pdf, all, dict);
    }
    qpdf_oh tree = parse(work, "<< >>"), files = parse(work, "<< >>");
    put(work, files, "/Names", names);
    put(work, tree, "/EmbeddedFiles", files);
    put(work, root, "/Names", tree);
    put(work, root, "/AF", all);
}

/* ---- the whole ---- */

static bool change(struct finishing *work) {
    qpdf_oh root = qpdf_get_root(work->pdf), tree = get(work, root, "/StructTreeRoot");
    const char *lang = work->document->head.lang;
    put(work, root, "/Lang",
        qpdf_oh_new_string(work->pdf, strcmp(lang, "cs") == 0 ? "cs-CZ" : lang));
    put(work, root, "/MarkInfo", parse(work, "<< /Marked true >>"));
    put(work, root, "/ViewerPreferences", parse(work, "<< /DisplayDocTitle true >>"));
    if (qpdf_oh_is_dictionary(work->pdf, tree)) {
        walk(work, tree, 0);
        forget_frames(work, tree);
        wrap_tree(work, tree);
    }
    for (int i = 0, count = qpdf_get_num_pages(work->pdf); i < count; i++) {
        qpdf_oh page = qpdf_get_page_n(work->pdf, (size_t)i);
        put(work, page, "/Tabs", parse(work, "/S"));
        if (!mark_artifacts(work, page))
            return false;
    }
    if (work->document->attached != NULL)
        attach(work, root);
    return !qpdf_has_error(work->pdf);
}

static bool write_file(struct finishing *work, struct epo_span *pdf) {
    if (qpdf_init_write_memory(work->pdf) >= QPDF_ERRORS)
        return false;
    qpdf_set_deterministic_ID(work->pdf, QPDF_TRUE);
    qpdf_set_object_stream_mode(work->pdf, qpdf_o_generate);
    qpdf_set_minimum_pdf_version(work->pdf, "1.7");
    if (qpdf_write(work->pdf) >= QPDF_ERRORS || qpdf_has_error(work->pdf))
        return false;
    *pdf = epo_pool_copy(work->pool, (struct epo_span){(const char *)qpdf_get_buffer(work->pdf),
                                                       qpdf_get_buffer_length(work->pdf)});
    return true;
}

bool epo_document_finish(struct epo_document *document, struct epo_span drawn,
                         const struct epo_span *alts, size_t alt_count, struct epo_span *pdf,
                         struct epo_error *error) {
    struct finishing work = {.pdf = qpdf_init(),
                             .pool = document->pool,
                             .document = document,
                             .alts = alts,
                             .alt_count = alt_count};
    qpdf_silence_errors(work.pdf);
    qpdf_set_suppress_warnings(work.pdf, QPDF_TRUE);
    bool ok = qpdf_read_memory(work.pdf, "drawn", drawn.at, drawn.len, NULL) < QPDF_ERRORS &&
              change(&work) && write_file(&work, pdf);
    if (!ok)
        epo_fail(error, EPO_ERROR_BROKEN, "document.broken", "the drawn PDF cannot be finished: %s",
                 qpdf_has_error(work.pdf)
                     ? qpdf_get_error_full_text(work.pdf, qpdf_get_error(work.pdf))
                     : "too large");
    qpdf_cleanup(&work.pdf);
    return ok;
}
