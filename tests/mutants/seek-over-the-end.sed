# SPDX-License-Identifier: MIT
# A seek opens a group that has ended.
# file: seek.c
# test: unit/check_seek
/^static int move/,/^}/s/ && nabdi_group_has_tag(word, m->claims.tag); i++)/ \&\& word != 0; i++)/
