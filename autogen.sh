#!/bin/sh
# SPDX-License-Identifier: MIT
# Make ./configure from configure.ac (needs autoconf, automake, libtool, pkgconf).
set -eu
cd "$(dirname "$0")"
exec autoreconf --force --install --warnings=all,error
