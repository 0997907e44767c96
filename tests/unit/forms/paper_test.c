/* What a code on paper carries, and conditions in words. */
#include "forms_helpers.h"

#include "base/limits.h"
#include "forms/paper.h"

static struct epo_pool *pool;
static struct epo_catalog *catalog;

static int set_up(void **state) {
    (void)state;
    pool = epo_pool_create();
    catalog = open_catalog();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    epo_catalog_free(catalog);
    epo_pool_free(pool);
    return 0;
}

#define VERSION "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct epo_paper paper_of(const char *raw) {
    return (struct epo_paper){EPO_SPAN("dog_fee"), EPO_SPAN("registration"), EPO_SPAN(VERSION),
                              parse_json(pool, epo_span(raw))};
}

/* Numbers nobody can make shorter. */
static struct epo_paper long_paper(size_t len, unsigned seed) {
    struct epo_paper paper = paper_of("{}");
    char *text = epo_pool_alloc(pool, len + 1);
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1103515245u + 12345u;
        text[i] = (char)('!' + (seed >> 16) % 90);
    }
    epo_json_set_string(pool, paper.raw, "note", text);
    return paper;
}

static size_t encode(const struct epo_paper *paper, struct epo_span *codes) {
    struct epo_error error = {0};
    size_t count;
    if (!epo_paper_encode(pool, paper, codes, &count, &error))
        fail_msg("%s: %s", error.code, error.text);
    return count;
}

/* Of all but one code (skip < 0: all), the last one first, with what a reader puts between. */
static struct epo_span text_of(const struct epo_span *codes, size_t count, int skip) {
    const char *all = "scan:";
    for (size_t i = count; i > 0; i--)
        if ((int)i - 1 != skip)
            all = epo_pool_printf(pool, "%s\r\n%.*s ", all, EPO_ARG(codes[i - 1]));
    return epo_span(all);
}

static void assert_refused(struct epo_span text, const char *code) {
    struct epo_error error = {0};
    struct epo_paper paper;
    size_t missing;
    assert_false(epo_paper_decode(pool, text, &paper, &missing, &error));
    assert_string_equal(error.code, code);
}

static void assert_same(const struct epo_paper *one, const struct epo_paper *other) {
    assert_true(epo_span_equal(one->agenda, other->agenda));
    assert_true(epo_span_equal(one->form, other->form));
    assert_true(epo_span_equal(one->version, other->version));
    assert_true(epo_span_equal(epo_json_print(pool, one->raw), epo_json_print(pool, other->raw)));
}

static void test_there_and_back(void **state) {
    (void)state;
    struct epo_span codes[EPO_PAPER_CODES_MAX];
    struct epo_error error = {0};
    struct epo_paper back;
    size_t missing;
    for (size_t len = 0; len < 5000; len = len * 3 / 2 + 1) {
        struct epo_paper paper = long_paper(len, (unsigned)len);
        size_t count = encode(&paper, codes);
        for (size_t i = 0; i < count; i++) /* a code of 81 modules */
            assert_true(codes[i].len <= 656);
        if (!epo_paper_decode(pool, text_of(codes, count, -1), &back, &missing, &error))
            fail_msg("%zu: %s", len, error.code);
        assert_int_equal(missing, 0);
        assert_same(&paper, &back);
    }
    struct epo_paper paper = paper_of("{\"name\":\"Jiří Žák\",\"pets\":[\"pes\",\"kočka\"]}");
    size_t count = encode(&paper, codes);
    assert_int_equal(count, 1);
    assert_true(epo_paper_decode(pool, codes[0], &back, &missing, &error));
    assert_same(&paper, &back);
}

static void test_the_first_code_opens_the_form(void **state) {
    (void)state;
    struct epo_span codes[EPO_PAPER_CODES_MAX];
    struct epo_error error = {0};
    struct epo_paper paper = long_paper(1500, 1), other = long_paper(1500, 2), back;
    size_t missing, count = encode(&paper, codes);
    assert_true(count > 3);
    assert_true(epo_paper_decode(pool, codes[0], &back, &missing, &error));
    assert_int_equal(missing, count - 1);
    assert_int_equal(back.raw->count, 0);
    assert_true(epo_span_equal(back.form, paper.form));
    assert_refused(text_of(codes, count, 0), "paper.first");
    struct epo_span others[EPO_PAPER_CODES_MAX];
    encode(&other, others);
    assert_refused(
        epo_span(epo_pool_printf(pool, "%.*s %.*s", EPO_ARG(codes[0]), EPO_ARG(others[1]))),
        "paper.mixed");
    struct epo_paper large = long_paper(20000, 3);
    assert_false(epo_paper_encode(pool, &large, codes, &count, &error));
    assert_string_equal(error.code, "paper.large");
}

static void test_mistakes_are_seen(void **state) {
    (void)state;
    struct epo_span codes[EPO_PAPER_CODES_MAX];
    struct epo_paper paper = paper_of("{\"name\":\"Karel\"}");
    encode(&paper, codes);
    for (size_t i = 4; i < codes[0].len; i++) { /* one letter read as another */
        char *text = epo_pool_string(pool, codes[0]);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        assert_refused(epo_span(text), "paper.damaged");
    }
    for (size_t len = 5; len < codes[0].len; len++) /* the end is missing */
        assert_refused((struct epo_span){codes[0].at, len}, "paper.damaged");
    assert_refused(EPO_SPAN(""), "paper.none");
    assert_refused(EPO_SPAN("https://example.cz"), "paper.none");
    assert_refused(EPO_SPAN("EPO1"), "paper.damaged");
    assert_refused(EPO_SPAN("EPO10003:/// /"), "paper.damaged");
}

/* Not even our own checksums make more of it than a browser could send. */
static void test_only_what_a_browser_sends(void **state) {
    (void)state;
    static const char *const RAW[] = {"{\"_action\":\"send\"}", "{\"a\":1}", "{\"a\":[[\"b\"]]}",
                                      "{\"a\":{\"b\":\"c\"}}",  "[\"a\"]",   "{\"\":\"x\"}"};
    struct epo_span codes[EPO_PAPER_CODES_MAX];
    struct epo_error error = {0};
    struct epo_paper back;
    for (size_t i = 0; i < sizeof RAW / sizeof *RAW; i++) {
        struct epo_paper paper = paper_of(RAW[i]);
        encode(&paper, codes);
        assert_refused(codes[0], "paper.damaged");
        assert_false(epo_paper_from_json(pool, epo_json_print(pool, epo_paper_json(pool, &paper)),
                                         &back, &error));
    }
    struct epo_paper paper = paper_of("{\"name\":\"Karel\"}");
    assert_true(epo_paper_from_json(pool, epo_json_print(pool, epo_paper_json(pool, &paper)), &back,
                                    &error));
    assert_same(&paper, &back);
}

static const char FORM[] =
    "{\"id\":\"f\",\"title\":{\"cs\":\"F\",\"en\":\"F\"},\"sections\":[{\"id\":\"s\",\"title\":"
    "{\"cs\":\"S\",\"en\":\"S\"},\"fields\":["
    "{\"id\":\"who\",\"type\":\"choice\",\"label\":{\"cs\":\"Kdo "
    "žádá\",\"en\":\"Who\"},\"options\":["
    "{\"value\":\"p\",\"label\":{\"cs\":\"člověk\",\"en\":\"person\"}},"
    "{\"value\":\"c\",\"label\":{\"cs\":\"firma\",\"en\":\"company\"}}]},"
    "{\"id\":\"days\",\"type\":\"number\",\"label\":{\"cs\":\"Počet dní\",\"en\":\"Days\"}},"
    "{\"id\":\"road\",\"type\":\"yes_no\",\"label\":{\"cs\":\"Na silnici\",\"en\":\"On a "
    "road\"}}]}]}";

static void test_conditions_in_words(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {"{\"==\":[{\"var\":\"who\"},\"c\"]}", "„Kdo žádá“ je: firma"},
        {"{\"!=\":[{\"var\":\"who\"},\"c\"]}", "„Kdo žádá“ není: firma"},
        {"{\"in\":[{\"var\":\"who\"},[\"p\",\"c\"]]}", "„Kdo žádá“ je: člověk nebo firma"},
        {"{\"and\":[{\">\":[{\"var\":\"days\"},30]},{\"==\":[{\"var\":\"road\"},true]}]}",
         "„Počet dní“ je víc než 30 a zároveň „Na silnici“ je: Ano"},
        {"{\"<\":[{\"+\":[{\"var\":\"days\"},1]},5]}", "to plyne z odpovědí výše"},
        {"{\"==\":[{\"var\":\"nobody\"},1]}", "to plyne z odpovědí výše"},
    };
    struct epo_form *form = read_form(pool, epo_span(FORM));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct epo_span words =
            epo_paper_condition(form, pool, "cs", catalog, parse_json(pool, epo_span(CASES[i][0])));
        assert_string_equal(epo_pool_string(pool, words), CASES[i][1]);
    }
    epo_form_free(form);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_the_first_code_opens_the_form),
        cmocka_unit_test(test_mistakes_are_seen),
        cmocka_unit_test(test_only_what_a_browser_sends),
        cmocka_unit_test(test_conditions_in_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
