/* A template from an agenda: whatever compiles draws without harm, ends, and lets no value of the
 * model out of its escaping. */
#include "base/limits.h"
#include "view/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* No template of the corpus has these bytes, so they can only come from the model. */
static const char model_text[] =
    "{\"x\":\"<\x7f>\\\"'&\",\"n\":3,\"b\":true,\"e\":\"\",\"l\":[{\"x\":\"<\x7f>\",\"n\":1},"
    "{\"n\":2,\"l\":[1,[2],null]}],\"o\":{\"x\":\"<\x7f>\",\"p\":\"fuzz/page\"},\"u\":"
    "\"javascript:x\"}";

static void use(struct epo_pool *pool, struct epo_span source) {
    struct epo_error error;
    struct epo_program program = {.name = "fuzz/page", .file = "page.html", .linked = true};
    if (!epo_program_compile(pool, &program, source, &error))
        return;
    for (uint32_t i = 0; i < program.count; i++)
        if (program.list[i].op == EPO_OP_PARTIAL || program.list[i].op == EPO_OP_LAYOUT)
            program.list[i].target = &program;
    struct epo_catalog *catalog = epo_catalog_create();
    struct epo_templates *templates = epo_templates_create(catalog);
    struct epo_buffer out;
    epo_buffer_init(&out, 100000);
    struct epo_json *model = epo_json_parse(pool, EPO_SPAN(model_text), &error);
    epo_assert(model != NULL);
    bool drawn = epo_program_run(templates, &program, "cs", model, &out, &error);
    if (drawn && memmem(source.at, source.len, "<\x7f", 2) == NULL)
        epo_assert(out.len == 0 || memmem(out.at, out.len, "<\x7f", 2) == NULL);
    epo_buffer_clear(&out);
    epo_templates_free(templates);
    epo_catalog_free(catalog);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    use(pool, epo_pool_copy(pool, (struct epo_span){(const char *)bytes, len}));
    epo_pool_free(pool);
    return 0;
}
