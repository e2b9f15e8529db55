# SPDX-License-Identifier: MIT
# A newcomer believes what it read before its mark (edge C).
# file: group.c
# test: model/join-oldest
/^static uint64_t settle/,/^}/{
	s/: head;/: nabdi_group_sequence(word, group);/
	/if (above(told, next))/{
		N
		d
	}
}
