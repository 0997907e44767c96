/* Days off of a year range, for the test that compares them with another's list:
 *
 *   support_workday 2000 2040      prints one holiday a line, "2000-01-01" */
#include <stdio.h>
#include <stdlib.h>

#include "base/workday.h"

int main(int argc, char **argv) {
    char out[EPO_TIME_SIZE];
    if (argc != 3)
        return 2;
    int64_t last = epo_date_days((struct epo_date){atoi(argv[2]), 12, 31});
    for (int64_t day = epo_date_days((struct epo_date){atoi(argv[1]), 1, 1}); day <= last; day++)
        if (epo_holiday(epo_date_from_days(day)))
            puts(epo_date_iso(epo_date_from_days(day), out));
    return 0;
}
