# SPDX-License-Identifier: MIT
# One behaviour in all languages: C's part of it is built and run by make check.
check_PROGRAMS += bindings/conformance/conformance
bindings_conformance_conformance_SOURCES = \
	bindings/conformance/c/keep.c \
	bindings/conformance/c/look.c \
	bindings/conformance/c/receive.c \
	bindings/conformance/c/run.c \
	bindings/conformance/c/run.h \
	bindings/conformance/c/send.c \
	bindings/conformance/c/wait.c \
	bindings/conformance/c/words.c
bindings_conformance_conformance_LDADD = lib/libnabd.la

EXTRA_DIST += bindings/conformance/README.md bindings/conformance/run-cases.py
