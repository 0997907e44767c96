/* A form definition: read or refused with faults; what is read can be drawn, described, asked, and
 * reads the same again when printed. */
#include "forms/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void use(struct epo_pool *pool, const struct epo_form *form) {
    struct epo_form_result result;
    struct epo_error error = {0};
    struct epo_form_fault *faults = NULL;
    struct epo_catalog *catalog = epo_catalog_create();
    epo_form_view(form, pool, "cs", catalog, NULL);
    epo_form_schema(form, pool, "en");
    for (int source = 0; source < 2; source++)
        if (epo_form_check(form, pool, source, epo_json_object(pool), NULL, catalog, "cs", &result,
                           &error)) {
            epo_form_view(form, pool, "en", catalog, &result);
            epo_form_summary(form, pool, "cs", catalog, result.answers, result.facts);
        }
    struct epo_span printed = epo_json_print(pool, epo_form_definition(form));
    struct epo_form *again = epo_form_read(pool, printed, "again.json", NULL, &faults);
    epo_assert(again != NULL);
    epo_assert(strcmp(epo_form_version(form), epo_form_version(again)) == 0);
    epo_form_free(again);
    epo_catalog_free(catalog);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_form_fault *faults = NULL;
    struct epo_form *form =
        epo_form_read(pool, (struct epo_span){(const char *)bytes, len}, "f.json", NULL, &faults);
    if (form != NULL)
        use(pool, form);
    else
        epo_assert(faults != NULL && faults->text[0] != '\0');
    epo_form_free(form);
    epo_pool_free(pool);
    return 0;
}
