# SPDX-License-Identifier: MIT
# The public headers, installed in $(includedir)/nabd/.
nabdincludedir = $(includedir)/nabd
nabdinclude_HEADERS = include/nabd/inline.h include/nabd/inline_layout.h \
	include/nabd/inline_steps.h include/nabd/nabd.h
nodist_nabdinclude_HEADERS = include/nabd/version.h
