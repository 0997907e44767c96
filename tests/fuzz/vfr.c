/* RÚIAN's exchange format from outside: what comes out of it can be written into a map base. */
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <stdlib.h>

#include "maps/blob.h"
#include "maps/gdal.h"
#include "maps/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_place(struct epo_import_row *row) {
    struct epo_settled settled;
    epo_place_settle(row->system, row->geometry, row->plan->shape, &settled);
    if (settled.fault == NULL) {
        struct epo_buffer blob;
        struct epo_extent box;
        epo_buffer_init(&blob, 64u << 20);
        epo_assert(epo_blob_write(&blob, settled.wkb, true, &box));
        epo_assert(box.min_x >= -950000 && box.max_x <= -400000); /* in Czechia */
        epo_assert(box.min_y >= -1250000 && box.max_y <= -900000);
        epo_buffer_clear(&blob);
    }
    epo_settled_clear(&settled);
}

static bool take(void *arg, struct epo_import_row *row, struct epo_error *error) {
    (void)arg;
    (void)error;
    epo_assert(row->plan != NULL);
    if (row->gone || row->fault != NULL || row->geometry == NULL)
        return true;
    check_place(row);
    bool address = strcmp(row->plan->name, "address") == 0;
    epo_assert(address ? row->address.code[0] != '\0' : row->feature.code[0] != '\0');
    epo_assert(epo_text_valid(epo_span(address ? row->address.code : row->feature.code)));
    return true;
}

static const char *name_of(void *arg, const char *layer, const char *code) {
    (void)arg;
    (void)layer;
    return code[0] == '1' ? "known" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const char PATH[] = "/vsimem/fuzz.xml";
    static struct epo_plan *plan;
    struct epo_error error = {0};
    epo_assert(epo_gdal_load(&error));
    if (plan == NULL) {
        struct epo_plan_file file = {EPO_SHARE "/maps/layers.json", true};
        plan = epo_plan_read(epo_pool_create(), &file, 1, &error);
        epo_assert(plan != NULL);
        CPLPushErrorHandler(CPLQuietErrorHandler);
    }
    struct epo_import_options options = {0};
    struct epo_import_input input = {PATH, "fuzz.xml", &epo_import_vfr};
    double done = 0;
    struct epo_import_source source = {.input = &input,
                                       .options = &options,
                                       .plan = plan,
                                       .pool = epo_pool_create(),
                                       .take = take,
                                       .done = &done,
                                       .name_of = name_of};
    VSIFCloseL(VSIFileFromMemBuffer(PATH, (GByte *)bytes, len, FALSE));
    bool read = epo_import_vfr.read(&source, &error);
    epo_assert(read || error.code[0] != '\0');
    VSIUnlink(PATH);
    epo_pool_free(source.pool);
    return 0;
}
