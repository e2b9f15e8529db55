/* SPDX-License-Identifier: MIT */
/*
 * Options: one table a subcommand gives getopt_long its arrays and the user the help, so
 * that the two can't disagree.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"
#include "tool.h"

#define MOST_OPTIONS 32

struct tool_settings tool_settings;

static const struct tool_option common[] = {
	{ 'd', "dir", "DIR", "where queues are (default: $NABD_DIR, else /dev/shm)" },
	{ 'A', "any-owner", NULL, "accept queues that belong to other users" },
	{ 'h', "help", NULL, "show this help" },
	{ 0, NULL, NULL, NULL },
};

static const struct tool_option json_option[] = {
	{ 'j', "json", NULL, "print JSON, one document a line" },
	{ 0, NULL, NULL, NULL },
};

/* What getopt_long wants, made of the tables. */
static struct option longs[MOST_OPTIONS + 1];
static char shorts[3 + 2 * MOST_OPTIONS];

static void add_options(const struct tool_option *options, size_t *n, size_t *s)
{
	for (; options->key != 0 && *n < MOST_OPTIONS; options++, ++*n) {
		longs[*n] = (struct option){
			.name = options->name,
			.has_arg = options->argument != NULL ? required_argument : no_argument,
			.val = options->key,
		};
		if (options->key > 255)
			continue;
		shorts[(*s)++] = (char)options->key;
		if (options->argument != NULL)
			shorts[(*s)++] = ':';
	}
}

static void set_up(const struct tool_command *command)
{
	size_t n = 0, s = 0;

	if (longs[0].name != NULL)
		return;
	shorts[s++] = ':'; /* we complain ourselves */
	add_options(command->options, &n, &s);
	if (command->json)
		add_options(json_option, &n, &s);
	add_options(common, &n, &s);
}

int tool_next_option(const struct tool_command *command, int argc, char **argv)
{
	for (;;) {
		int key;

		set_up(command);
		key = getopt_long(argc, argv, shorts, longs, NULL);
		switch (key) {
		case 'h':
			tool_help(command);
			exit(tool_finish(TOOL_OK));
		case 'd':
			tool_settings.dir = optarg;
			continue;
		case 'A':
			tool_settings.any_owner = true;
			continue;
		case 'j':
			tool_settings.json = true;
			continue;
		case ':':
			tool_usage("%s needs a value", argv[optind - 1]);
		case '?':
			if (optopt > 0 && optopt < 256)
				tool_usage("there is no option -%c", optopt);
			tool_usage("no such option, or not only one: %s", argv[optind - 1]);
		default:
			return key;
		}
	}
}

void tool_operands(const struct tool_command *command, int argc, int min, int max)
{
	const int n = argc - optind;

	if (n < min)
		tool_usage("it needs %s", command->operands);
	if (max >= 0 && n > max)
		tool_usage("too many operands");
}

void tool_usage(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "nabd%s%s: ", *tool_running != '\0' ? " " : "", tool_running);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nTry: nabd%s%s --help\n", *tool_running != '\0' ? " " : "", tool_running);
	exit(TOOL_USAGE);
}

static void help_options(const struct tool_option *options)
{
	for (; options->key != 0; options++) {
		char left[64];

		snprintf(left, sizeof(left), "%s%s%s", options->name,
			 options->argument != NULL ? "=" : "",
			 options->argument != NULL ? options->argument : "");
		if (options->key < 256)
			printf("  -%c, --%-18s %s\n", options->key, left, options->help);
		else
			printf("      --%-18s %s\n", left, options->help);
	}
}

void tool_help(const struct tool_command *command)
{
	printf("%sUsage:%s nabd %s [OPTION…]%s%s\n%s.\n\n", term_style(TERM_BOLD),
	       term_style(TERM_PLAIN), command->name, *command->operands != '\0' ? " " : "",
	       command->operands, command->summary);
	help_options(command->options);
	if (command->json)
		help_options(json_option);
	help_options(common);
	printf("\nThe whole manual: man nabd\n");
}

uint64_t tool_number(const char *option, const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0)
		tool_usage("%s: not a number: %s", option, text);
	if (number < min || number > max)
		tool_usage("%s: %s is not from %llu to %llu", option, text,
			   (unsigned long long)min, (unsigned long long)max);
	return number;
}

uint64_t tool_size(const char *option, const char *text, uint64_t max)
{
	static const char units[] = "KMG";
	char *end;
	unsigned long long number;
	const char *unit;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || errno != 0)
		tool_usage("%s: not a size: %s", option, text);
	unit = *end != '\0' ? strchr(units, *end) : NULL;
	if (unit != NULL) {
		const unsigned shift = 10 * (unsigned)(unit - units + 1);

		if (number > UINT64_MAX >> shift)
			tool_usage("%s: too large: %s", option, text);
		number <<= shift;
		end++;
	}
	if (*end != '\0')
		tool_usage("%s: not a size (64, 4K, 1M, 1G): %s", option, text);
	if (number > max)
		tool_usage("%s: more than %llu: %s", option, (unsigned long long)max, text);
	return number;
}

int64_t tool_duration(const char *option, const char *text)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "", 1e9 },   { "s", 1e9 },  { "ms", 1e6 },    { "us", 1e3 },
		      { "ns", 1 }, { "m", 60e9 }, { "h", 3600e9 } };
	char *end;
	double number;

	number = strtod(text, &end);
	if (end != text && isfinite(number) && number >= 0) {
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (strcmp(end, units[i].unit) == 0 && number * units[i].ns < 9e18)
				return (int64_t)(number * units[i].ns);
	}
	tool_usage("%s: not a duration (2, 1.5s, 20ms, 1m): %s", option, text);
}

double tool_factor(const char *option, const char *text)
{
	char *end;
	const double number = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(number) || number < 0)
		tool_usage("%s: not a number from 0 on: %s", option, text);
	return number;
}
