#include "ico.h"

enum { DIGITS = 8, MODULUS = 11 };

int public_space_ico_fits(epo_str ico) {
    int sum = 0;
    if (ico.len != DIGITS)
        return 0;
    for (int i = 0; i < DIGITS; i++)
        if (ico.at[i] < '0' || ico.at[i] > '9')
            return 0;
    for (int i = 0; i < DIGITS - 1; i++)
        sum += (ico.at[i] - '0') * (DIGITS - i);
    return ico.at[DIGITS - 1] - '0' == (MODULUS - sum % MODULUS) % 10;
}
