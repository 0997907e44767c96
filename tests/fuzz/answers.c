/* Answers to forms with every type of field and every kind of place. First byte: which form, and
 * HTML or JSON; then the raw
 * answers as a JSON object. What is accepted, from whichever source, must be accepted again as
 * JSON and stay the same. */
#include "forms/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define DEFINITIONS EPO_SOURCE "/tests/forms/definitions/"
static const char *const files[] = {DEFINITIONS "all_types.json", DEFINITIONS "conditions.json",
                                    DEFINITIONS "described.json", DEFINITIONS "places.json",
                                    DEFINITIONS "groups.json"};
static struct epo_form *forms[5];
static struct epo_catalog *catalog;

static void load(void) {
    static char text[1 << 16];
    struct epo_pool *pool = epo_pool_create();
    catalog = epo_catalog_create();
    for (size_t i = 0; i < 5; i++) {
        struct epo_form_fault *faults = NULL;
        FILE *file = fopen(files[i], "r");
        epo_assert(file != NULL);
        size_t len = fread(text, 1, sizeof(text), file);
        fclose(file);
        forms[i] = epo_form_read(pool, (struct epo_span){text, len}, files[i], NULL, &faults);
        epo_assert(forms[i] != NULL);
    }
    epo_pool_free(pool);
}

static void check(struct epo_pool *pool, const struct epo_form *form,
                  enum epo_answers_source source, const struct epo_json *raw) {
    struct epo_form_result first, second;
    struct epo_error error = {0};
    if (!epo_form_check(form, pool, source, raw, NULL, catalog, "cs", &first, &error))
        return;
    epo_form_view(form, pool, "cs", catalog, &first);
    epo_form_hidden(form, pool, raw);
    epo_form_summary(form, pool, "en", catalog, first.answers, first.facts);
    if (first.errors->count > 0)
        return;
    epo_assert(epo_form_check(form, pool, EPO_ANSWERS_FROM_JSON, first.answers, NULL, catalog, "cs",
                              &second, &error));
    epo_assert(second.errors->count == 0);
    epo_assert(
        epo_span_equal(epo_json_print(pool, first.answers), epo_json_print(pool, second.answers)));
}

/* The steps of a page without a script, whatever was posted beside them. */
static void step(struct epo_pool *pool, const struct epo_form *form, const struct epo_json *given) {
    struct epo_json *raw = epo_json_copy(pool, given);
    struct epo_form_steps steps;
    struct epo_form_result result;
    struct epo_error error = {0};
    if (raw->type == EPO_JSON_OBJECT)
        epo_form_take_groups(form, pool, raw, epo_json_get_text(raw, "_action"));
    if (raw->type != EPO_JSON_OBJECT ||
        !epo_form_take_places(form, pool, NULL, raw, epo_json_get_text(raw, "_action"), &steps,
                              &error) ||
        !epo_form_check(form, pool, EPO_ANSWERS_FROM_HTML, raw, NULL, catalog, "cs", &result,
                        &error))
        return;
    epo_form_view_places(form, pool, "cs", catalog, NULL, raw, &steps,
                         epo_form_view(form, pool, "cs", catalog, &result));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_error error;
    if (forms[0] == NULL)
        load();
    if (len < 1)
        return 0;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *raw =
        epo_json_parse(pool, (struct epo_span){(const char *)bytes + 1, len - 1}, &error);
    const struct epo_form *form = forms[bytes[0] & 0x80   ? 3
                                        : bytes[0] & 0x40 ? 4
                                                          : (bytes[0] >> 1) % 3];
    if (raw != NULL && (bytes[0] & 1) == 0)
        step(pool, form, raw);
    if (raw != NULL)
        check(pool, form, bytes[0] & 1 ? EPO_ANSWERS_FROM_JSON : EPO_ANSWERS_FROM_HTML, raw);
    epo_pool_free(pool);
    return 0;
}
