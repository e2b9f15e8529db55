# SPDX-License-Identifier: MIT
# For doxygen: a line of the header that begins a section, as in
#	/* ------------------------- open -- */
# becomes the heading of what follows it. Lines keep their numbers.
NR > 1 && /^#ifdef __cplusplus$/ && open {
	# The last section ends before extern "C" does, in the blank line.
	before = "/** @} */"
	open = 0
}
NR > 1 { print before }
{ before = $0 }
/^\/\* -+ [a-z ]+ -- \*\/$/ {
	gsub(/^\/\* -+ | -- \*\/$/, "")
	before = (open ? "/** @} */ " : "") "/** @name " toupper(substr($0, 1, 1)) substr($0, 2) " */ /** @{ */"
	open = 1
}
END { print before }
