# SPDX-License-Identifier: MIT
# For doxygen: a document in Markdown, as it is read on its own or in a repository's pages,
# becomes a page of the reference. Its title gets an id, links to other pages are by that id,
# and links to what is not in the reference are only their words. Lines keep their numbers.
BEGIN {
	split("design groups operating performance ten-minutes sizes crash-safety waiting " \
		"many-machines porting", known)
	for (i in known)
		pages[known[i]] = 1
}

function id(path)
{
	sub(/^.*\//, "", path)
	sub(/\.md.*$/, "", path)
	return tolower(path)
}

# The first line says the licence; doxygen wants the title there.
NR == 1 { $0 = "" }
/^```/ { inside = !inside }
!inside && !titled && /^# / {
	name = FILENAME
	if (id(name) in pages)
		$0 = $0 " {#" id(name) "}"
	titled = 1
}
{
	line = $0
	done = ""
	# Not a picture, which has a ! before it.
	while (!inside && match(line, /(^|[^!])\[[^]]*\]\([^)]*\)/)) {
		link = substr(line, RSTART, RLENGTH)
		done = done substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + RLENGTH)
		at = index(link, "](")
		path = substr(link, at + 2, length(link) - at - 2)
		if (path ~ /^https?:/)
			done = done link
		else if (id(path) in pages)
			done = done substr(link, 1, at) "(@ref " id(path) ")"
		else {
			words = substr(link, 1, at - 1)
			sub(/\[/, "", words)
			done = done words
		}
	}
	print done line
}
