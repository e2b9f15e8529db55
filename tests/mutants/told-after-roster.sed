# SPDX-License-Identifier: MIT
# The producer passes through the roster before it tells how far it will go (edge C).
# file: group.c
# test: model/join-oldest
/^uint64_t nabdi_group_renew/,/^}/{
	/cell_store_release(&producer->told, next);/d
	s/if (roster == watch->roster .*/cell_store_release(\&producer->told, next);\n\t\t&/
}
