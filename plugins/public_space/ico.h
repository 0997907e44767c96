/* Registration numbers of economic entities (IČO). Pure. */
#ifndef PUBLIC_SPACE_ICO_H
#define PUBLIC_SPACE_ICO_H

#include "epo.h"

/* 1 for eight digits whose last one fits the others modulo 11 (weights 8 to 2). */
int public_space_ico_fits(epo_str ico);

#endif
