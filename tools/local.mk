# SPDX-License-Identifier: MIT
# The command nabd: one file for each subcommand, cmd_NAME.c, and what they share.

if ENABLE_TOOLS
bin_PROGRAMS += tools/nabd
dist_man_MANS += man/man1/nabd.1
endif
# In the tarball also where the command is not built.
EXTRA_DIST += man/man1/nabd.1

tools_nabd_SOURCES = \
	tools/args.c \
	tools/cmd_bench.c \
	tools/cmd_clean.c \
	tools/cmd_create.c \
	tools/cmd_doctor.c \
	tools/cmd_dump.c \
	tools/cmd_hz.c \
	tools/cmd_ls.c \
	tools/cmd_metrics.c \
	tools/cmd_pop.c \
	tools/cmd_push.c \
	tools/cmd_record.c \
	tools/cmd_replay.c \
	tools/cmd_rm.c \
	tools/cmd_stat.c \
	tools/cmd_tail.c \
	tools/cmd_top.c \
	tools/doctor.h tools/doctor_host.c tools/doctor_queues.c \
	tools/frame.c tools/frame.h \
	tools/list.c \
	tools/look.c tools/look.h tools/look_latency.c \
	tools/nabd.c \
	tools/out.c \
	tools/reader.c tools/reader.h \
	tools/say.c \
	tools/show.c tools/show.h \
	tools/stop.c \
	tools/table.c \
	tools/tape.c tools/tape.h \
	tools/term.c tools/term.h \
	tools/tool.h \
	tools/top.c tools/top.h tools/top_screen.c
tools_nabd_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(NCURSES_CFLAGS)
tools_nabd_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tools_nabd_LDADD = lib/libnabd.la $(JANSSON_LIBS) $(NCURSES_LIBS) -lm

bashcompletiondir = $(datadir)/bash-completion/completions
nabddatadir = $(datadir)/nabd
if ENABLE_TOOLS
dist_bashcompletion_DATA = tools/completion/nabd
dist_nabddata_DATA = tools/nabd.schema.json
endif
