# SPDX-License-Identifier: MIT
# For doxygen: a line of the header that begins a section, as in
#	/* ------------------------- open -- */
# becomes a page of its own, of what follows it. Lines keep their numbers.
NR > 1 && /^#ifdef __cplusplus$/ && open {
	# The last section ends before extern "C" does, in the blank line.
	before = "/** @} */"
	open = 0
}
NR > 1 { print before }
# The three lines that end each call's text are three lines.
/^ \* (Concurrency|Progress|Ordering): / {
	sub(/\* /, /Concurrency/ ? "* <b>" : "* <br/><b>")
	sub(/:/, ":</b>")
}
{ before = $0 }
/^\/\* -+ [a-z ]+ -- \*\/$/ {
	gsub(/^\/\* -+ | -- \*\/$/, "")
	before = (open ? "/** @} */ " : "") "/** @defgroup calls-" $0 " " \
		toupper(substr($0, 1, 1)) substr($0, 2) " */ /** @{ */"
	open = 1
}
END { print before }
