#!/bin/sh
# SPDX-License-Identifier: MIT
# Roles across PID namespaces, where making one is permitted.
set -eu
: "${top_builddir:?}"
exec "$top_builddir/tests/fault/roles" --pid-namespace
