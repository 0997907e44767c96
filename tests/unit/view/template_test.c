/* Templates: every tag, escaping in every position, what is refused at load with file:line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"
#include "view/view.h"

static struct test_folder folder;
static struct epo_catalog *catalog;

static int setup(void **state) {
    (void)state;
    test_folder_make(&folder);
    test_folder_write(&folder, "texts/cs.json",
                      "{\"hi\":\"Dobrý den & vítejte\",\"count\":\"Máte {n} {what}.\","
                      "\"only.cs\":\"jen česky\",\"state.open\":\"otevřené\"}");
    test_folder_write(&folder, "texts/en.json",
                      "{\"hi\":\"Hello & welcome\",\"count\":\"You have {n} {what}.\"}");
    struct epo_error error;
    char path[128];
    catalog = epo_catalog_create();
    snprintf(path, sizeof(path), "%s/texts", folder.path);
    assert_true(epo_catalog_add(catalog, path, "", &error));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    epo_catalog_free(catalog);
    test_folder_remove(&folder);
    return 0;
}

struct set {
    struct test_folder folder;
    struct epo_templates *templates;
    struct epo_error error;
    bool loaded;
};

static void open_set(struct set *set, bool trusted, const char *const *files) {
    memset(set, 0, sizeof(*set));
    test_folder_make(&set->folder);
    for (; files[0] != NULL; files += 2)
        test_folder_write(&set->folder, files[0], files[1]);
    set->templates = epo_templates_create(catalog);
    set->loaded = epo_templates_add(set->templates, set->folder.path, "t", trusted, &set->error) &&
                  epo_templates_link(set->templates, &set->error);
}

static void close_set(struct set *set) {
    epo_templates_free(set->templates);
    test_folder_remove(&set->folder);
}

static bool draw(struct set *set, const char *lang, const char *model_text,
                 struct epo_buffer *out) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *model = epo_json_parse(pool, epo_span(model_text), &set->error);
    assert_non_null(model);
    bool drawn = epo_templates_render(set->templates, "t/page", lang, model, out, &set->error);
    epo_pool_free(pool);
    return drawn;
}

static void check_drawn(const char *const *files, const char *model, const char *expected) {
    struct set set;
    struct epo_buffer out;
    epo_buffer_init(&out, 1 << 20);
    open_set(&set, true, files);
    if (!set.loaded || !draw(&set, "en", model, &out))
        fail_msg("%s: %s", set.error.where, set.error.text);
    epo_buffer_byte(&out, '\0');
    assert_string_equal(out.at, expected);
    epo_buffer_clear(&out);
    close_set(&set);
}

static void page(const char *source, const char *model, const char *expected) {
    check_drawn((const char *const[]){"page.html", source, NULL}, model, expected);
}

static void values(void **state) {
    (void)state;
    page("{{a}} {{b.c}} {{l.1}} {{none}}{{b.none.x}}.", "{\"a\":1,\"b\":{\"c\":\"x\"},\"l\":[5,6]}",
         "1 x 6 .");
    page("{{a}} {{b}} {{c}} {{d}}", "{\"a\":true,\"b\":false,\"c\":null,\"d\":2.5}",
         "true false  2.5");
    page("{{a}}", "{\"a\":[1,\"<\"]}", "[1,&quot;&lt;&quot;]");
    page("{{a-b}}{{a_b}}", "{\"a-b\":1,\"a_b\":2}", "12");
    page("{{l.9}}{{l.x}}{{l.-1}}", "{\"l\":[1]}", "");
}

static void escaping(void **state) {
    (void)state;
    const char *model = "{\"x\":\"<b>\\\"&'\",\"u\":\"a b/č?&=\"}";
    page("<p>{{x}}</p>", model, "<p>&lt;b&gt;&quot;&amp;&#39;</p>");
    page("<p title=\"{{x}}\" data-y='{{x}}'>", model,
         "<p title=\"&lt;b&gt;&quot;&amp;&#39;\" data-y='&lt;b&gt;&quot;&amp;&#39;'>");
    page("<a href=\"/s?q={{url u}}\">", model, "<a href=\"/s?q=a%20b%2F%C4%8D%3F%26%3D\">");
    page("{{raw x}}", model, "<b>\"&'");
    page("<script type=\"application/ld+json\">{{json x}}</script>{{x}}",
         "{\"x\":{\"a\":\"</script><!--&\",\"b\":[1]}}",
         "<script "
         "type=\"application/ld+json\">{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\",\"b\":[1]}"
         "</script>{&quot;a&quot;:&quot;&lt;/script&gt;&lt;!--&amp;&quot;,&quot;b&quot;:[1]}");
    page("{{t \"hi\"}}", model, "Hello &amp; welcome");
    page("{{t \"count\" n=x what=u}}", model, "You have &lt;b&gt;&quot;&amp;&#39; a b/č?&amp;=.");
}

static void links(void **state) {
    (void)state;
    static const char *const bad[] = {
        "javascript:alert(1)",  "JaVaScRiPt:x",      "java\\nscript:x",
        " javascript:x",        "data:text/html,x",  "vbscript:x",
        "\\\\\\\\evil.example", "/\\\\evil.example", "a:b/"};
    static const char *const good[] = {
        "/a/b",  "?x=1", "#a", "https://example.cz/a", "mailto:a@b.cz", "tel:+420602123456",
        "x/y:z", ""};
    char model[128], expected[128];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(model, sizeof(model), "{\"x\":\"%s\"}", bad[i]);
        page("<a href=\"{{x}}\">", model, "<a href=\"#\">");
        page("<img src='{{x}}'>", model, "<img src='#'>");
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        snprintf(model, sizeof(model), "{\"x\":\"%s\"}", good[i]);
        snprintf(expected, sizeof(expected), "<a href=\"%s\">", good[i]);
        page("<a href=\"{{x}}\">", model, expected);
    }
    page("<a href=\"{{#if x}}{{x}}{{else}}/{{/if}}\">", "{\"x\":\"javascript:1\"}",
         "<a href=\"#\">");
    page("<a href=\"/p/{{x}}\">", "{\"x\":\"javascript:1\"}", "<a href=\"/p/javascript:1\">");
}

static void blocks(void **state) {
    (void)state;
    page("{{#if a}}1{{else}}2{{/if}}{{#unless a}}3{{/unless}}", "{\"a\":[]}", "23");
    page("{{#if a}}1{{/if}}{{#if b}}2{{/if}}{{#if c}}3{{/if}}{{#if d}}4{{/if}}{{#if e}}5{{/if}}",
         "{\"a\":\"\",\"b\":0,\"c\":null,\"d\":{},\"e\":\"0\"}", "5");
    page("{{#if a == \"x\"}}1{{else}}2{{/if}}{{#if n == \"3\"}}3{{/if}}{{#unless a}}4{{/unless}}",
         "{\"a\":\"x\",\"n\":3}", "13");
    page("{{#each l}}{{@index}}:{{n}}{{o}}{{#unless @last}},{{/unless}}{{else}}-{{/each}}",
         "{\"o\":\"!\",\"l\":[{\"n\":\"a\"},{\"n\":\"b\",\"o\":\"?\"}]}", "0:a!,1:b?");
    page("{{#each l}}{{.}}{{#if @first}}*{{/if}}{{/each}}", "{\"l\":[1,2]}", "1*2");
    page("{{#each l}}x{{else}}none{{/each}}", "{\"l\":[]}", "none");
    page("{{#each l}}x{{else}}none{{/each}}", "{\"l\":\"text\"}", "none");
    page("{{#with a}}{{b}}{{out}}{{/with}}{{#with none}}x{{/with}}", "{\"a\":{\"b\":1},\"out\":2}",
         "12");
    page("{{#each a}}{{#each .}}{{.}}{{@index}} {{/each}}/{{/each}}", "{\"a\":[[7,8],[9]]}",
         "70 81 /90 /");
    page("a\n  {{#if x}}\n  b\n  {{else}}\n  c\n  {{/if}}\n{{! note }}\nd\n", "{\"x\":1}",
         "a\n  b\nd\n");
    page("a {{#if x}}b{{/if}}\nc", "{\"x\":1}", "a b\nc");
}

static void texts(void **state) {
    (void)state;
    page("{{t \"only.cs\"}} {{t \"nowhere\"}}", "{}", "jen česky nowhere");
    page("{{tr s}} {{tr x}}", "{\"s\":\"state.open\",\"x\":\"un<known\"}", "otevřené un&lt;known");
    page("{{t \"count\" n=a}}", "{\"a\":3}", "You have 3 {what}.");
}

static void partials_and_layouts(void **state) {
    (void)state;
    check_drawn(
        (const char *const[]){"page.html", "{{#each f}}{{> (p)}}{{/each}}{{> t/in/x}}", "a.html",
                              "[a {{v}}]", "b.html", "[b {{v}}]", "in/x.html", "{{v}}!", NULL},
        "{\"v\":0,\"f\":[{\"p\":\"t/a\",\"v\":1},{\"p\":\"t/b\",\"v\":2}]}", "[a 1][b 2]0!");
    check_drawn((const char *const[]){"page.html", "{{#layout \"t/frame\"}}<p>{{x}}</p>{{/layout}}",
                                      "frame.html", "<main>{{raw content}}</main>{{x}}", NULL},
                "{\"x\":\"<\",\"content\":\"not this\"}", "<main><p>&lt;</p></main>&lt;");
    check_drawn((const char *const[]){"page.html", "{{#layout \"t/a\"}}x{{/layout}}", "a.html",
                                      "{{#layout \"t/b\"}}({{raw content}}){{/layout}}", "b.html",
                                      "[{{raw content}}]", NULL},
                "{}", "[(x)]");
}

static void refused(const char *source, int line, const char *part) {
    struct set set;
    char where[128];
    open_set(&set, false, (const char *const[]){"page.html", source, NULL});
    if (set.loaded)
        fail_msg("accepted: %s", source);
    snprintf(where, sizeof(where), "%s/page.html:%d", set.folder.path, line);
    assert_string_equal(set.error.where, where);
    if (strstr(set.error.text, part) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", source, part, set.error.text);
    close_set(&set);
}

static void faults(void **state) {
    (void)state;
    refused("a\nb {{x\n", 2, "close the tag");
    refused("{{#if a}}\n{{#each b}}\n{{/each}}\n", 1, "never closed");
    refused("\n{{/if}}", 2, "no block is open");
    refused("{{#if a}}{{/each}}", 1, "another block");
    refused("{{else}}", 1, "else without");
    refused("{{#if a}}{{else}}{{else}}{{/if}}", 1, "else without");
    refused("{{#with a}}{{else}}{{/with}}", 1, "else without");
    refused("{{#loop a}}{{/loop}}", 1, "unknown block");
    refused("{{foo bar}}", 1, "unknown tag");
    refused("{{}}", 1, "not a name");
    refused("{{a..b}}", 1, "not a name");
    refused("{{a.}}", 1, "not a name");
    refused("{{a|b}}", 1, "unknown tag");
    refused("{{a.b.c.d.e.f.g.h.i}}", 1, "not a name");
    refused("{{t key}}", 1, "key in quotes");
    refused("{{t \"k\" n}}", 1, "name=path");
    refused("{{#if a == b}}{{/if}}", 1, "literal in quotes");
    refused("{{#if a b}}{{/if}}", 1, "too much");
    refused("{{> }}", 1, "name of a template");
    refused("{{> (a}}", 1, "missing");
    refused("x\n{{> t/none}}", 2, "no template");
    refused("{{#layout \"t/none\"}}{{/layout}}", 1, "no template");
    refused("\n\n{{raw x}}", 3, "not allowed");
}

static void positions(void **state) {
    (void)state;
    refused("{{json x}}", 1, "application/ld+json");
    refused("<script>{{json x}}</script>", 1, "application/ld+json");
    refused("<script type=\"application/ld+json\"></script><script>{{json x}}", 1, "ld+json");
    refused("<script type=\"application/ld+json\">{{x}}", 1, "inside a script");
    refused("<p class={{x}}>", 1, "inside a tag");
    refused("<p {{x}}>", 1, "inside a tag");
    refused("<{{x}}>", 1, "inside a tag");
    refused("<p\n title=\"a\" {{t \"hi\"}}>", 2, "inside a tag");
    refused("<script>\nvar x = \"{{x}}\";</script>", 2, "inside a script");
    refused("<style>{{x}}</style>", 1, "inside a script");
    refused("<!-- {{x}} -->", 1, "inside a script");
    refused("<p onclick=\"go('{{x}}')\">", 1, "event handler");
    refused("<p STYLE='color:{{x}}'>", 1, "event handler");
    refused("<p title=\"{{> t/page}}\">", 1, "inside an attribute");
    refused("<p title=\"{{#if a}}\"{{else}}x{{/if}}>", 1, "end where it began");
    refused("{{#each a}}<p title=\"{{/each}}", 1, "end where it began");
    refused("{{#if a}}<script>{{/if}}", 1, "end where it began");
    page("<script src=\"/a.js\"></script><p>{{x}}</p>", "{\"x\":1}",
         "<script src=\"/a.js\"></script><p>1</p>");
    page("<input{{#if c}} checked{{/if}} value=\"{{v}}\"{{#if d}} aria-label=\"{{d}}\"{{/if}}>",
         "{\"c\":1,\"v\":\"\\\"\",\"d\":\"x\"}",
         "<input checked value=\"&quot;\" aria-label=\"x\">");
    page("<!-- note --><p>{{x}}", "{\"x\":1}", "<!-- note --><p>1");
}

static void limits(void **state) {
    (void)state;
    struct set set;
    struct epo_buffer out;
    epo_buffer_init(&out, 1000);
    open_set(&set, true, (const char *const[]){"page.html", "x\n{{> t/page}}", NULL});
    assert_true(set.loaded);
    assert_false(draw(&set, "cs", "{}", &out));
    assert_string_equal(set.error.code, "view.depth");
    assert_non_null(strstr(set.error.where, "page.html:2"));
    epo_buffer_clear(&out);
    close_set(&set);

    epo_buffer_init(&out, 1000);
    open_set(&set, true,
             (const char *const[]){"page.html", "{{#each l}}0123456789{{/each}}", NULL});
    char model[2048] = "{\"l\":[1";
    for (int i = 0; i < 200; i++)
        strncat(model, ",1", sizeof(model) - strlen(model) - 1);
    strncat(model, "]}", sizeof(model) - strlen(model) - 1);
    assert_false(draw(&set, "cs", model, &out));
    assert_int_equal(set.error.kind, EPO_ERROR_TOO_LARGE);
    epo_buffer_clear(&out);
    close_set(&set);

    /* three loops in one another over 500 items: 125 million rounds without a limit of steps */
    epo_buffer_init(&out, 1000);
    open_set(&set, false,
             (const char *const[]){"page.html", "{{#if a}}{{> t/b}}{{> t/b}}{{/if}}", "b.html",
                                   "{{#each l}}{{#each l}}{{#each l}}{{/each}}{{/each}}{{/each}}",
                                   NULL});
    char many[4096] = "{\"a\":1,\"l\":[1";
    for (int i = 0; i < 500; i++)
        strncat(many, ",1", sizeof(many) - strlen(many) - 1);
    strncat(many, "]}", sizeof(many) - strlen(many) - 1);
    assert_false(draw(&set, "cs", many, &out));
    assert_string_equal(set.error.code, "view.steps");
    epo_buffer_clear(&out);
    close_set(&set);

    char deep[2048] = "";
    for (int i = 0; i < 40; i++)
        strncat(deep, "{{#if a}}", sizeof(deep) - strlen(deep) - 1);
    refused(deep, 1, "too many blocks");
    refused("{{#each x}}\xff{{/each}}", 1, "not UTF-8");

    epo_buffer_init(&out, 1000);
    open_set(&set, true, (const char *const[]){"page.html", "{{> (p)}}", NULL});
    assert_false(draw(&set, "cs", "{\"p\":\"t/../../etc\"}", &out));
    assert_string_equal(set.error.code, "view.unknown_template");
    assert_false(epo_templates_render(set.templates, "t/nothing", "cs", NULL, &out, &set.error));
    epo_buffer_clear(&out);
    close_set(&set);
}

/* An agenda's own templates and texts over the host's. */
static void children(void **state) {
    (void)state;
    struct set host;
    struct test_folder own;
    struct epo_error error;
    open_set(
        &host, true,
        (const char *const[]){"frame.html", "{{t \"hi\"}}|{{t \"own\"}}|{{raw content}}", NULL});
    test_folder_make(&own);
    test_folder_write(&own, "t/page.html", "{{#layout \"t/frame\"}}{{t \"own\"}}{{/layout}}");
    test_folder_write(&own, "texts/en.json", "{\"own\":\"mine\"}");
    char path[128];
    struct epo_catalog *own_texts = epo_catalog_child(catalog);
    snprintf(path, sizeof(path), "%s/texts", own.path);
    assert_true(epo_catalog_add(own_texts, path, "", &error));
    struct epo_templates *child = epo_templates_child(host.templates, own_texts);
    snprintf(path, sizeof(path), "%s/t", own.path);
    assert_true(epo_templates_add(child, path, "agenda", false, &error));
    struct epo_buffer out;
    epo_buffer_init(&out, 1000);
    assert_false(epo_templates_render(child, "agenda/page", "en", NULL, &out, &error));
    assert_string_equal(error.code, "view.not_linked");
    assert_true(epo_templates_link(child, &error));
    assert_true(epo_templates_render(child, "agenda/page", "en", NULL, &out, &error));
    epo_buffer_byte(&out, '\0');
    assert_string_equal(out.at, "Hello &amp; welcome|mine|mine");
    assert_string_equal(epo_catalog_text(own_texts, "cs", "only.cs").at, "jen česky");
    assert_string_equal(epo_catalog_text(own_texts, "cs", "own").at, "mine");
    epo_buffer_clear(&out);
    epo_templates_free(child);
    epo_catalog_free(own_texts);
    test_folder_remove(&own);
    close_set(&host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values), cmocka_unit_test(escaping),
        cmocka_unit_test(links),  cmocka_unit_test(blocks),
        cmocka_unit_test(texts),  cmocka_unit_test(partials_and_layouts),
        cmocka_unit_test(faults), cmocka_unit_test(positions),
        cmocka_unit_test(limits), cmocka_unit_test(children),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
