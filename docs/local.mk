# SPDX-License-Identifier: MIT
# The guide and the reference of the C interface as HTML, in html/. It says nothing of when
# and where it was made. Whole or not at all: an error of doxygen leaves no folder.
guide = \
	docs/guide/ten-minutes.md \
	docs/guide/sizes.md \
	docs/guide/groups.md \
	docs/guide/crash-safety.md \
	docs/guide/waiting.md \
	docs/guide/operating.md \
	docs/guide/many-machines.md \
	docs/guide/porting.md
drawings = docs/guide/message.svg docs/guide/segment.svg docs/growth.svg docs/peers.svg
html_sources = $(guide) $(drawings) \
	docs/reference.css docs/reference.md docs/layout.xml docs/pages.awk docs/sections.awk \
	docs/DESIGN.md docs/PERFORMANCE.md

html-local: html/index.html

html/index.html: docs/Doxyfile $(html_sources) include/nabd/nabd.h include/nabd/inline.h \
		include/nabd/version.h
	$(AM_V_GEN)rm -rf html html.tmp && doxygen docs/Doxyfile && mv html.tmp html

clean-local: html-clean
html-clean:
	rm -rf html html.tmp

.PHONY: html-clean
EXTRA_DIST += $(html_sources) docs/RELEASE.md docs/draw.py
