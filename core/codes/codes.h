/* epo-codes: a program of its own that reads the QR codes in a photograph, a scan or a PDF. What it
 * is given comes from anywhere and goes through large libraries, so the portal runs one process for
 * each (core/http/codes.c), which lives some seconds, may open no network and write no file.
 *
 * The file comes on standard input, JPEG, PNG or PDF. On standard output comes what stands in each
 * code found, in a line; or, of a PDF of our own, the JSON attached to it. Exit status 0 also where
 * nothing was found, 2 where it is none of these files or is too large. */
#ifndef EPO_CODES_CODES_H
#define EPO_CODES_CODES_H

#include <stdbool.h>
#include <stddef.h>

struct grey { /* a picture, one byte a pixel */
    unsigned char *at;
    unsigned width, height;
};

/* image.c: NULL-safe free; false where the bytes are no such picture or it has too many pixels. */
bool grey_from_jpeg(const unsigned char *bytes, size_t len, struct grey *grey);
bool grey_from_png(const unsigned char *bytes, size_t len, struct grey *grey);
/* Half the size. */
bool grey_halve(const struct grey *from, struct grey *to);
void grey_free(struct grey *grey);

/* find.c: prints what stands in each QR code of the picture, tried in several sizes; how many. */
int find_codes(const struct grey *grey);

/* pdf.c: prints the attached JSON, or the codes of its pages. False: no PDF. */
bool read_pdf(const unsigned char *bytes, size_t len);

#endif
