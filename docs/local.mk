# SPDX-License-Identifier: MIT
# The reference of the C interface as HTML, in html/. It says nothing of when and where it
# was made. Whole or not at all: an error of doxygen leaves no folder.
html_sources = \
	docs/reference.css docs/reference.md docs/sections.awk docs/DESIGN.md docs/GROUPS.md

html-local: html/index.html

html/index.html: docs/Doxyfile $(html_sources) include/nabd/nabd.h include/nabd/version.h
	$(AM_V_GEN)rm -rf html html.tmp && doxygen docs/Doxyfile && mv html.tmp html

clean-local: html-clean
html-clean:
	rm -rf html html.tmp

.PHONY: html-clean
EXTRA_DIST += $(html_sources) docs/OPERATING.md docs/PERFORMANCE.md docs/RELEASE.md docs/peers.svg
