#!/usr/bin/env bash
# The whole portal under kill -9, a hundred times, while requests are being filed.
set -euo pipefail
exec node "$(dirname "${BASH_SOURCE[0]}")/killportal.mjs" "${EPO_KILLS:-100}"
