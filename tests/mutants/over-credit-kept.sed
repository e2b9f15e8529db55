# SPDX-License-Identifier: MIT
# A slot that was taken away from readers, and not used, is credit for a plain copy.
# file: producer.h
# test: tsan/groups
/^static inline void nabdi_producer_give_up/,/^}/s/p->pressure.on || p->overwrite/p->pressure.on/
