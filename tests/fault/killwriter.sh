#!/usr/bin/env bash
# The writer alone under kill -9, a hundred times.
set -euo pipefail
exec "$EPO_BIN_DIR/tests/fault_killwriter" "${EPO_KILLS:-100}"
