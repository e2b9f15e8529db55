# SPDX-License-Identifier: MIT
# quickstart.awk - make a program of the two blocks of C in the README's quick
# start: what README.md shows is what is compiled, word for word.
#
# A block's own #include lines go to the top, the rest becomes a function.

/^```c$/ && blocks < 2 { inside = 1; blocks++; next }
/^```$/ { inside = 0; next }
inside && /^#include/ { includes = includes $0 "\n"; next }
inside { body[blocks] = body[blocks] "\t" $0 "\n" }

END {
	if (blocks != 2) {
		print "README.md: two blocks of C wanted, found " blocks > "/dev/stderr"
		exit 1
	}
	# The receiver prints by %s what has no NUL of its own, and is left open.
	if (body[2] !~ /nabd_close/)
		body[2] = body[2] "\tnabd_close(q);\n"
	printf "/* Made from README.md by quickstart.awk. */\n"
	printf "#include <stdio.h>\n#include <string.h>\n%s\n", includes
	for (i = 1; i <= 2; i++)
		printf "static void block_%d(void)\n{\n%s}\n\n", i, body[i]
	printf "static void zero_the_stack(void)\n{\n\tvolatile char zeroes[65536];\n\n"
	printf "\tmemset((char *)zeroes, 0, sizeof(zeroes));\n}\n\n"
	printf "int main(void)\n{\n\tblock_1();\n\tzero_the_stack();\n\tblock_2();\n\treturn 0;\n}\n"
}
