/* What a scanner or an attached file gives for a form on paper. First byte: "j" for JSON, else the
 * text of codes. What is understood must be understood again after it was written. */
#include "forms/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(struct epo_pool *pool, const struct epo_paper *paper) {
    struct epo_span codes[EPO_PAPER_CODES_MAX];
    struct epo_paper again;
    size_t count, missing;
    const char *text = "";
    if (!epo_paper_encode(pool, paper, codes, &count, NULL))
        return; /* too large, or no version */
    for (size_t i = 0; i < count; i++)
        text = epo_pool_printf(pool, "%s%.*s", text, EPO_ARG(codes[i]));
    epo_assert(epo_paper_decode(pool, epo_span(text), &again, &missing, NULL) && missing == 0);
    epo_assert(epo_span_equal(again.agenda, paper->agenda));
    epo_assert(epo_span_equal(again.form, paper->form));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span text = {(const char *)bytes, len};
    struct epo_paper paper;
    size_t missing = 0;
    bool json = len > 0 && bytes[0] == 'j';
    if (json)
        text = (struct epo_span){text.at + 1, text.len - 1};
    if (json ? epo_paper_from_json(pool, text, &paper, NULL)
             : epo_paper_decode(pool, text, &paper, &missing, NULL) && missing == 0)
        check(pool, &paper);
    epo_pool_free(pool);
    return 0;
}
