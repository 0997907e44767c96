#!/usr/bin/env bash
# clang-format decides layout.
git ls-files -- 'core/*.[ch]' 'forms/*.[ch]' 'maps/*.[ch]' 'lua/*.[ch]' 'plugins/*.[ch]' 'tests/*.[ch]' |
    xargs -r clang-format --dry-run --Werror
