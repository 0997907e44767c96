#include <stdio.h>

#include <zbar.h>

#include "codes/codes.h"

enum { SIZES = 3 }; /* a sharp small code is found in the whole picture, a blurred one in less */

static int find_in(const struct grey *grey) {
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    int count = 0;
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, grey->width, grey->height);
    zbar_image_set_data(image, grey->at, (unsigned long)grey->width * grey->height, NULL);
    zbar_scan_image(scanner, image);
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol(image); symbol != NULL;
         symbol = zbar_symbol_next(symbol)) {
        fwrite(zbar_symbol_get_data(symbol), 1, zbar_symbol_get_data_length(symbol), stdout);
        fputc('\n', stdout);
        count++;
    }
    fflush(stdout); /* whoever waits for us has it even where the rest takes too long */
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return count;
}

int find_codes(const struct grey *grey) {
    struct grey now = *grey, next;
    int count = find_in(grey);
    for (int i = 1; i < SIZES && grey_halve(&now, &next); i++) {
        if (now.at != grey->at)
            grey_free(&now);
        now = next;
        count += find_in(&now);
    }
    if (now.at != grey->at)
        grey_free(&now);
    return count;
}
