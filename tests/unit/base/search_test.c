/* The portal's own search: words in any form, without diacritics, with a typing error, best first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/search.h"

static struct epo_search *search;
static struct epo_pool *pool;

static void add(const char *name, const char *title, const char *text) {
    uint32_t entry = epo_search_add(search, name);
    epo_search_text(search, entry, epo_span(title), 8);
    epo_search_text(search, entry, epo_span(text), 1);
}

static int set_up(void **state) {
    (void)state;
    pool = epo_pool_create();
    search = epo_search_create("cs");
    add("dogs", "Poplatek ze psů", "Za psa staršího 3 měsíců se platí místní poplatek.");
    add("waste", "Poplatek za odpad", "Objem nádob a jak často se vyvážejí. Psi ani domek ne.");
    add("space", "Zvláštní užívání veřejného prostranství",
        "Lešení, kontejner, předzahrádka v ulici.");
    add("slovany", "Úřad městského obvodu Plzeň 2-Slovany", "Koterovská 83");
    add("praha", "Odhlášení v Praze", "Hlášení a lešení; úřad domku.");
    epo_search_ready(search);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    epo_search_free(search);
    epo_pool_free(pool);
    return 0;
}

/* The names of what is found, best first: "dogs waste". */
static const char *found(const char *query) {
    struct epo_search_hit hits[EPO_SEARCH_HITS_MAX];
    size_t count = epo_search_find(search, pool, epo_span(query), hits, EPO_SEARCH_HITS_MAX);
    const char *names = "";
    for (size_t i = 0; i < count; i++) {
        names =
            epo_pool_printf(pool, "%s%s%s", names, i > 0 ? " " : "", (const char *)hits[i].shown);
        if (i > 0)
            assert_true(hits[i - 1].score >= hits[i].score);
    }
    return names;
}

static void finds_forms_of_words(void **state) {
    static const char *const rows[][2] = {
        {"psů", "dogs waste"},     {"pes", "dogs waste"},      {"psům", "dogs waste"},
        {"PSI", "dogs waste"},     {"poplatku", "dogs waste"}, {"poplatcích", "dogs waste"},
        {"odpadů", "waste"},       {"lešením", "space praha"}, {"leseni", "space praha"},
        {"předzahrádek", "space"}, {"Praha", "praha"},         {"Slovanech", "slovany"},
        {"ulice", "space"},        {"domek", "waste praha"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(found(rows[i][0]), rows[i][1]) != 0)
            fail_msg("%s: %s", rows[i][0], found(rows[i][0]));
    }
}

static void finds_beginnings_and_typing_errors(void **state) {
    (void)state;
    assert_string_equal(found("odp"), "waste");
    assert_string_equal(found("prostr"), "space");
    assert_string_equal(found("kontjener"), "space");  /* swapped */
    assert_string_equal(found("kntejner"), "space");   /* missing */
    assert_string_equal(found("Slovanny"), "slovany"); /* too many */
    assert_string_equal(found("prostaranstvi"), "space");
    assert_string_equal(found("koza"), "");
    assert_string_equal(found("pas"), ""); /* too short to have an error */
}

static void wants_every_word_or_the_most(void **state) {
    (void)state;
    assert_string_equal(found("poplatek odpad"), "waste");
    assert_string_equal(found("poplatek za psa"), "dogs waste");
    assert_string_equal(found("odpad v galaxii"), "waste"); /* no entry has both */
    assert_string_equal(found("úřad Slovany"), "slovany");
}

static void bears_any_query(void **state) {
    char many[4000] = "";
    (void)state;
    assert_string_equal(found(""), "");
    assert_string_equal(found("  ,.-!  "), "");
    assert_string_equal(found("a v na"), "");
    assert_string_equal(found("\xff\xfe"), "");
    for (int i = 0; i < 300; i++)
        strcat(many, "odpad ");
    assert_string_equal(found(many), "waste");
    memset(many, 'x', sizeof many - 1);
    assert_string_equal(found(many), "");
    struct epo_search *empty = epo_search_create("en");
    struct epo_search_hit hit;
    epo_search_ready(empty);
    assert_int_equal(epo_search_find(empty, pool, EPO_SPAN("dog"), &hit, 1), 0);
    epo_search_free(empty);
}

static void knows_english_too(void **state) {
    (void)state;
    struct epo_search *english = epo_search_create("en");
    struct epo_search_hit hits[2];
    epo_search_text(english, epo_search_add(english, "dogs"), EPO_SPAN("Dog fee"), 8);
    epo_search_text(english, epo_search_add(english, "cases"), EPO_SPAN("Building permits"), 8);
    epo_search_ready(english);
    assert_int_equal(epo_search_find(english, pool, EPO_SPAN("fees for dogs"), hits, 2), 1);
    assert_string_equal(hits[0].shown, "dogs");
    assert_int_equal(epo_search_find(english, pool, EPO_SPAN("permit to build"), hits, 2), 1);
    assert_string_equal(hits[0].shown, "cases");
    epo_search_free(english);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_forms_of_words),
        cmocka_unit_test(finds_beginnings_and_typing_errors),
        cmocka_unit_test(wants_every_word_or_the_most),
        cmocka_unit_test(bears_any_query),
        cmocka_unit_test(knows_english_too),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
