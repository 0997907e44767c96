/* RÚIAN's address CSV from outside: every line becomes a row that can be written, or one with a
 * reason. */
#include <cpl_vsi.h>
#include <math.h>

#include "maps/gdal.h"
#include "maps/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool take(void *arg, struct epo_import_row *row, struct epo_error *error) {
    const struct epo_build_address *a = &row->address;
    int64_t *last = arg;
    (void)error;
    epo_assert(row->row > *last);
    *last = row->row;
    if (row->fault != NULL)
        return true;
    const char *texts[] = {a->code, a->street,   a->part,  a->postcode,
                           a->city, a->district, a->letter};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        epo_assert(epo_text_valid(epo_span(texts[i])));
    epo_assert(a->code[0] != '\0' && a->conscription >= 0 && a->orientation >= 0);
    epo_assert(isfinite(row->point->x) && isfinite(row->point->y));
    epo_assert(row->point->x <= 0 && row->point->y <= 0); /* signs are turned */
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const char PATH[] = "/vsimem/fuzz.csv";
    struct epo_error error = {0};
    epo_assert(epo_gdal_load(&error));
    struct epo_plan plan = {.pool = epo_pool_create()};
    struct epo_import_options options = {0};
    struct epo_import_input input = {PATH, "fuzz.csv", &epo_import_ruian_csv};
    int64_t last = 1;
    double done = 0;
    struct epo_import_source source = {.input = &input,
                                       .options = &options,
                                       .plan = &plan,
                                       .pool = plan.pool,
                                       .take = take,
                                       .arg = &last,
                                       .done = &done};
    VSIFCloseL(VSIFileFromMemBuffer(PATH, (GByte *)bytes, len, FALSE));
    struct epo_span head = {(const char *)bytes,
                            len < EPO_IMPORT_HEAD_BYTES ? len : EPO_IMPORT_HEAD_BYTES};
    bool known = len > 0 && epo_import_ruian_csv.recognise(head, "fuzz.csv");
    bool read = epo_import_ruian_csv.read(&source, &error);
    epo_assert(read || error.code[0] != '\0');
    epo_assert(!known || read || len > EPO_IMPORT_HEAD_BYTES);
    VSIUnlink(PATH);
    epo_pool_free(plan.pool);
    return 0;
}
