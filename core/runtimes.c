/* How agendas can be written, besides as native plugins, which the registry always knows. */
#include "cli.h"

const struct epo_runtime *const epo_runtimes[] = {NULL};
const size_t epo_runtime_count = 0;
