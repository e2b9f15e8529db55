#!/bin/sh
# SPDX-License-Identifier: MIT
# check-samples.py can fail: samples that are wrong, one way after another, are found out.
set -eu
exec "$(dirname "$0")/check-samples.py" --self-test
