# SPDX-License-Identifier: MIT
# A slot given up for a later message is damage to a successor.
# file: producer.c
# test: unit/check_over
/^static bool ends_here/,/^}/s/(overwrite && nabdi_over_unfinished(stamp) &&/(overwrite \&\& stamp == 0 \&\&/
