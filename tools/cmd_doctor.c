/* SPDX-License-Identifier: MIT */
/*
 * nabd doctor: what on this machine stands in the way of queues, and what to do about it.
 * It changes nothing. Asked about some queues, it explains each of them, and finds what is
 * wrong with these alone.
 */
#include "config.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "look.h"
#include "term.h"

static const struct tool_option options[] = {
	{ 0, NULL, NULL, NULL },
};

static json_t *findings, *diagnoses;
static unsigned counts[FINDING_TROUBLE + 1];

bool doctor_read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool good;

	if (file == NULL)
		return false;
	good = fgets(line, (int)size, file) != NULL;
	if (good)
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
	return good;
}

void doctor_find(enum finding_level level, const char *topic, const char *advice,
		 const char *format, ...)
{
	static const char *const names[] = { "good", "hint", "trouble" };
	static const char *const utf8[] = { "✔", "•", "✘" }, *const ascii[] = { "+", "*", "!" };
	static const enum term_style styles[] = { TERM_GOOD, TERM_WARN, TERM_BAD };
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	counts[level]++;
	if (tool_settings.json) {
		json_array_append_new(findings, json_pack(
			"{s:s, s:s, s:s, s:s?}", "level", names[level], "topic", topic, "text",
			text, "advice", advice));
		return;
	}
	printf("%s%s%s %s%-12s%s %s\n", term_style(styles[level]),
	       term_utf8() ? utf8[level] : ascii[level], term_style(TERM_PLAIN),
	       term_style(TERM_BOLD), topic, term_style(TERM_PLAIN), text);
	if (advice != NULL)
		printf("               %s%s %s%s\n", term_style(TERM_DIM),
		       term_utf8() ? "→" : "->", advice, term_style(TERM_PLAIN));
}

void doctor_explain(const char *name, int code, const char *text)
{
	if (tool_settings.json)
		json_array_append_new(diagnoses, json_pack("{s:s, s:s, s:s}", "name", name, "code",
							   nabd_error_name(code), "text", text));
	else
		printf("%s\n", text);
}

static int run(int argc, char **argv)
{
	while (tool_next_option(&tool_doctor, argc, argv) != -1)
		;
	tool_operands(&tool_doctor, argc, 0, -1);
	findings = json_array();
	diagnoses = json_array();
	if (optind < argc) {
		doctor_named(argv + optind, argc - optind);
	} else {
		doctor_host();
		doctor_queues();
	}
	if (tool_settings.json) {
		tool_print_json(json_pack("{s:s, s:s, s:o, s:o}", "command", "doctor", "dir",
					  look_dir(), "diagnoses", diagnoses, "findings",
					  findings));
	} else {
		json_decref(findings);
		json_decref(diagnoses);
		printf("\n%u in order, %u hints, %s%u in trouble%s\n", counts[FINDING_GOOD],
		       counts[FINDING_HINT],
		       counts[FINDING_TROUBLE] > 0 ? term_style(TERM_BAD) : "",
		       counts[FINDING_TROUBLE],
		       counts[FINDING_TROUBLE] > 0 ? term_style(TERM_PLAIN) : "");
	}
	return counts[FINDING_TROUBLE] > 0 ? TOOL_FAILED : TOOL_OK;
}

const struct tool_command tool_doctor = {
	"doctor", "[QUEUE…]", "find what stands in the way, and say what to do", options, true, run,
};
