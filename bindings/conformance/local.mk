# SPDX-License-Identifier: MIT
# One behaviour in all languages: C's part of it is built and run by make check.
EXTRA_DIST += bindings/conformance/README.md
