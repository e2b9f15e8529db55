/* SPDX-License-Identifier: MIT */
/*
 * The command nabd: finds the subcommand. Each is in a file cmd_NAME.c of its own.
 */
#include "config.h"

#include <string.h>

#include "term.h"
#include "tool.h"

const struct tool_command *const tool_commands[] = {
	&tool_create, &tool_ls, &tool_stat, &tool_top, &tool_hz, &tool_push, &tool_pop, &tool_tail,
	&tool_dump, &tool_metrics, &tool_record, &tool_replay, &tool_rm, &tool_clean,
	&tool_doctor, &tool_bench, NULL,
};

static void help(void)
{
	const char *bold = term_style(TERM_BOLD), *plain = term_style(TERM_PLAIN);

	printf("%sUsage:%s nabd COMMAND [OPTION…] [OPERAND…]\n"
	       "Look at, feed and drain queues of libnabd.\n\n",
	       bold, plain);
	for (int i = 0; tool_commands[i] != NULL; i++)
		printf("  %s%-8s%s %s\n", bold, tool_commands[i]->name, plain,
		       tool_commands[i]->summary);
	printf("\n      --help     show this help; nabd COMMAND --help shows its options\n"
	       "      --version  show the versions of command and library\n\n"
	       "Exit codes: 0 done, 1 failed, 2 called wrongly, 3 not found or stale, "
	       "124 timeout.\nThe whole manual: man nabd\n");
}

static const struct tool_command *find(const char *name)
{
	for (int i = 0; tool_commands[i] != NULL; i++)
		if (strcmp(tool_commands[i]->name, name) == 0)
			return tool_commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct tool_command *command;
	int code;

	term_begin();
	tool_catch_signals();
	if (argc < 2)
		tool_usage("it needs a command");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    (strcmp(argv[1], "help") == 0 && argc == 2)) {
		help();
		return tool_finish(TOOL_OK);
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("nabd %s, libnabd %s\n", NABD_VERSION_STRING, nabd_version());
		return tool_finish(TOOL_OK);
	}
	if (strcmp(argv[1], "help") == 0 && find(argv[2]) != NULL) {
		tool_help(find(argv[2]));
		return tool_finish(TOOL_OK);
	}
	command = find(argv[1]);
	if (command == NULL)
		tool_usage("there is no command %s", argv[1]);
	tool_running = command->name;
	code = tool_finish(command->run(argc - 1, argv + 1));
	tool_die_if_stopped();
	return code;
}
