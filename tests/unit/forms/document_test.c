/* Documents as others read them: qpdf, pdfinfo and pdftotext are asked, not our own code. */
#include "document_helpers.h"

#include "base/limits.h"

static struct epo_pool *pool;
static struct epo_catalog *catalog;
static struct test_folder folder;

static int set_up(void **state) {
    (void)state;
    pool = epo_pool_create();
    catalog = open_catalog();
    test_folder_make(&folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    test_folder_remove(&folder);
    epo_catalog_free(catalog);
    epo_pool_free(pool);
    return 0;
}

#define CZECH "Příliš žluťoučký kůň úpěl ďábelské ódy"

static struct epo_document *begin(void) {
    struct epo_document_head head = {.lang = "cs",
                                     .catalog = catalog,
                                     .title = EPO_SPAN("Žádost o zábor"),
                                     .author = EPO_SPAN("Statutární město Plzeň"),
                                     .note = EPO_SPAN("ukázka"),
                                     .footer = EPO_SPAN("2026-000123"),
                                     .made_at_us = 1795849200000000};
    return epo_document_begin(pool, &head);
}

static struct epo_span end(struct epo_document *document) {
    struct epo_error error = {0};
    struct epo_span pdf;
    if (!epo_document_end(document, &pdf, &error))
        fail_msg("%s: %s", error.code, error.text);
    return pdf;
}

static const char ANSWERS[] = "{\"jméno\":\"Karel Čapek\",\"dní\":12}";

/* One of each part. */
static struct epo_span all_parts(void) {
    static const struct epo_span headers[] = {EPO_SPAN("Kdy"), EPO_SPAN("Co")};
    static const struct epo_span cells[] = {EPO_SPAN("1. 12. 2026"), EPO_SPAN("podáno")};
    static const double shares[] = {1, 3};
    struct epo_document *document = begin();
    epo_document_title(document, EPO_SPAN("Žádost o zábor"), EPO_SPAN("číslo 2026-000123"));
    epo_document_paragraph(document, EPO_SPAN(CZECH ", office a fjord"));
    epo_document_heading(document, 2, EPO_SPAN("Žadatel"));
    epo_document_row(document, EPO_SPAN("Jméno"), EPO_SPAN("Karel Čapek"));
    epo_document_row(document, EPO_SPAN("Poznámka"), EPO_SPAN("první řádek\ndruhý řádek"));
    epo_document_table(document, headers, shares, 2);
    epo_document_cells(document, cells, 2);
    epo_document_heading(document, 3, EPO_SPAN("Přílohy"));
    epo_document_item(document, EPO_SPAN("plánek"));
    epo_document_item(document, EPO_SPAN("souhlas"));
    epo_document_picture(document, drawn_png(pool), 60, EPO_SPAN("Mapka s místem"),
                         EPO_SPAN("Místo na mapě"));
    epo_document_code(document, EPO_SPAN("https://plzen.example/submissions/2026-000123"),
                      EPO_SPAN("Kód s adresou"), EPO_SPAN("Ověřte doklad na adrese:"),
                      EPO_SPAN("https://plzen.example/submissions/2026-000123?key=abc"));
    epo_document_small(document, EPO_SPAN("drobné písmo"));
    epo_document_attach(document, EPO_SPAN("odpovedi.json"), "application/json", epo_span(ANSWERS),
                        EPO_SPAN("Odpovědi"));
    return end(document);
}

static void test_judges_read_it(void **state) {
    (void)state;
    char *file = write_pdf(pool, &folder, all_parts());
    assert_contains(ask(pool, "qpdf --check %s", file), "No syntax or stream encoding errors");
    const char *info = ask(pool, "pdfinfo %s", file);
    assert_contains(info, "Žádost o zábor");
    assert_contains(info, "Statutární město Plzeň");
    assert_contains(info, "Tagged:          yes");
    assert_contains(info, "(A4)");
    assert_contains(ask(pool, "qpdf --json=2 --json-key=qpdf %s", file), "\"/Lang\": \"u:cs-CZ\"");
    assert_contains(ask(pool, "pdffonts %s", file), "OpenSans");
    assert_lacks(ask(pool, "pdffonts %s | tail -n +3 | awk '{print $(NF-4)}'", file), "no");
}

static void test_text_in_the_order_of_reading(void **state) {
    (void)state;
    static const char *const PIECES[] = {
        "Žádost o zábor", "číslo 2026-000123", CZECH,         "office a fjord", "Žadatel", "Jméno",
        "Karel Čapek",    "první řádek",       "Kdy",         "podáno",         "Přílohy", "plánek",
        "Místo na mapě",  "Ověřte doklad",     "drobné písmo"};
    const char *text = ask(pool, "pdftotext -raw %s -", write_pdf(pool, &folder, all_parts()));
    const char *at = text;
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        at = strstr(at, PIECES[i]);
        if (at == NULL)
            fail_msg("\"%s\" does not follow what is before it in:\n%s", PIECES[i], text);
    }
    assert_contains(text, "Strana 1 z 1");
}

static void test_tree_of_tags(void **state) {
    (void)state;
    static const char *const TAGS[] = {
        "Document",        "H1",    "P",  "H2", "Table", "TR",  "TH",    "\"Jméno\"", "TD",
        "\"Karel Čapek\"", "Table", "H3", "L",  "LI",    "Lbl", "LBody", "Figure",    "Link"};
    char *file = write_pdf(pool, &folder, all_parts());
    const char *tree = ask(pool, "pdfinfo -struct-text %s", file), *at = tree;
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++) {
        at = strstr(at, TAGS[i]);
        if (at == NULL)
            fail_msg("%s is not in its place in:\n%s", TAGS[i], tree);
    }
    assert_contains(ask(pool, "qpdf --json=2 --json-key=qpdf %s", file),
                    "\"/Alt\": \"u:Mapka s místem\"");
    /* head and foot are not read with the text */
    assert_lacks(tree, "NonStruct");
    assert_lacks(tree, "Strana 1");
    assert_lacks(tree, "ukázka");
}

static void test_the_attached_file_is_the_same(void **state) {
    (void)state;
    char *file = write_pdf(pool, &folder, all_parts());
    assert_contains(ask(pool, "pdfdetach -list %s", file), "odpovedi.json");
    assert_string_equal(ask(pool, "qpdf --show-attachment=odpovedi.json %s", file), ANSWERS);
    assert_contains(ask(pool, "qpdf --qdf --object-streams=disable %s -", file),
                    "/AFRelationship /Data");
}

static void test_same_input_same_bytes(void **state) {
    (void)state;
    struct epo_span one = all_parts(), other = all_parts();
    assert_true(epo_span_equal(one, other));
}

static void test_long_texts_go_on_over_pages(void **state) {
    (void)state;
    struct epo_document *document = begin();
    struct epo_buffer text;
    epo_buffer_init(&text, 1 << 20);
    for (int i = 0; i < 3000; i++)
        epo_buffer_printf(&text, "slovo%04d ", i);
    epo_document_heading(document, 2, EPO_SPAN("Dlouhé"));
    epo_document_row(document, EPO_SPAN("Text"), epo_buffer_get(&text));
    epo_document_paragraph(document, epo_buffer_get(&text));
    epo_document_row(document, EPO_SPAN("Poslední"), EPO_SPAN("konec"));
    epo_buffer_clear(&text);
    char *file = write_pdf(pool, &folder, end(document));
    const char *words = ask(pool, "pdftotext -raw %s -", file);
    for (int i = 0; i < 3000; i++) { /* none is cut off */
        const char *word = epo_pool_printf(pool, "slovo%04d", i), *first = strstr(words, word);
        assert_non_null(first);
        assert_non_null(strstr(first + 1, word));
    }
    int pages = 0;
    assert_int_equal(sscanf(strstr(ask(pool, "pdfinfo %s", file), "Pages:"), "Pages: %d", &pages),
                     1);
    assert_true(pages > 10);
    assert_contains(words, epo_pool_printf(pool, "Strana %d z %d", pages, pages));
    assert_contains(ask(pool, "qpdf --check %s", file), "No syntax or stream encoding errors");
    assert_contains(ask(pool, "pdfinfo -struct-text %s", file), "slovo2999");
}

static void test_what_is_too_large_or_wrong(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_span pdf;
    struct epo_document *document = begin();
    for (int i = 0; i <= EPO_DOCUMENT_PAGES_MAX; i++) {
        epo_document_new_page(document);
        epo_document_paragraph(document, EPO_SPAN("strana"));
    }
    assert_false(epo_document_end(document, &pdf, &error));
    assert_string_equal(error.code, "document.large");

    document = begin();
    epo_document_picture(document, EPO_SPAN("no picture"), 50, EPO_SPAN("x"), EPO_SPAN(""));
    assert_false(epo_document_end(document, &pdf, &error));
    assert_string_equal(error.code, "document.picture");

    document = begin();
    char *much = epo_pool_alloc(pool, 5001);
    memset(much, 'a', 5000);
    epo_document_code(document, epo_span(much), EPO_SPAN("x"), EPO_SPAN(""), EPO_SPAN(""));
    assert_false(epo_document_end(document, &pdf, &error));
    assert_string_equal(error.code, "document.code");

    /* What looks like our own mark is a text, wherever its lines break in the file. */
    document = begin();
    for (int i = 0; i < 80; i++)
        epo_document_paragraph(document,
                               epo_span(epo_pool_printf(pool, "%.*s/NonStruct << /MCID 7 >> BDC", i,
                                                        "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
                                                        "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii")));
    const char *words = ask(pool, "pdftotext -raw %s -", write_pdf(pool, &folder, end(document)));
    size_t found = 0;
    for (const char *at = words; (at = strstr(at, "MCID 7")) != NULL; at++)
        found++;
    assert_int_equal(found, 80);

    document = begin(); /* quotes would end what cairo reads */
    epo_document_link(document, EPO_SPAN("https://a.example/' dest='x"));
    assert_lacks(ask(pool, "pdfinfo -struct-text %s", write_pdf(pool, &folder, end(document))),
                 "Link");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judges_read_it),
        cmocka_unit_test(test_text_in_the_order_of_reading),
        cmocka_unit_test(test_tree_of_tags),
        cmocka_unit_test(test_the_attached_file_is_the_same),
        cmocka_unit_test(test_same_input_same_bytes),
        cmocka_unit_test(test_long_texts_go_on_over_pages),
        cmocka_unit_test(test_what_is_too_large_or_wrong),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
