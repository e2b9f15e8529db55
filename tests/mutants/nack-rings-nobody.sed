# SPDX-License-Identifier: MIT
# What is given back wakes nobody.
# file: nack.c
# test: model/sleep-nack
/^int nabdi_member_nack/,/^}/{
	/nabdi_bell_ring(/d
}
