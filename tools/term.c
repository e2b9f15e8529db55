/* SPDX-License-Identifier: MIT */
/*
 * How things look on a terminal and in a pipe: colours, numbers, bars.
 */
#include "config.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "term.h"

static bool colours, utf8;

void term_begin(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	setlocale(LC_CTYPE, ""); /* numbers stay as programs read them */
	utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	colours = isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL &&
		  strcmp(term, "dumb") != 0;
}

bool term_utf8(void)
{
	return utf8;
}

const char *term_style(enum term_style style)
{
	static const char *const sequences[] = {
		[TERM_PLAIN] = "\033[0m",  [TERM_BOLD] = "\033[1m",  [TERM_DIM] = "\033[2m",
		[TERM_GOOD] = "\033[32m",  [TERM_WARN] = "\033[33m", [TERM_BAD] = "\033[31m",
		[TERM_NAME] = "\033[1;36m",
	};

	return colours ? sequences[style] : "";
}

/* Three digits that count, and a unit. */
static const char *scaled(char text[TERM_TEXT], double number, double step,
			  const char *const *units, unsigned count)
{
	unsigned i = 0;

	while (number >= step * 0.9995 && i + 1 < count) {
		number /= step;
		i++;
	}
	snprintf(text, TERM_TEXT, "%.*f%s",
		 number >= 99.95 || (i == 0 && number == (double)(uint64_t)number) ? 0
		 : number >= 9.995						   ? 1
										   : 2,
		 number, units[i]);
	return text;
}

const char *term_count(char text[TERM_TEXT], double number)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E" };

	if (number < 10000 && number == (double)(uint64_t)number)
		snprintf(text, TERM_TEXT, "%.0f", number);
	else
		scaled(text, number, 1000, units, 7);
	return text;
}

const char *term_bytes(char text[TERM_TEXT], double bytes)
{
	static const char *const units[] = { " B", " KiB", " MiB", " GiB", " TiB", " PiB" };

	return scaled(text, bytes, 1024, units, 6);
}

const char *term_span(char text[TERM_TEXT], uint64_t ns)
{
	const uint64_t s = ns / 1000000000;

	if (ns < 1000)
		snprintf(text, TERM_TEXT, "%u ns", (unsigned)ns);
	else if (ns < 1000000)
		snprintf(text, TERM_TEXT, "%.1f us", (double)ns / 1e3);
	else if (s < 1)
		snprintf(text, TERM_TEXT, "%.1f ms", (double)ns / 1e6);
	else if (s < 120)
		snprintf(text, TERM_TEXT, "%u s", (unsigned)s);
	else if (s < 7200)
		snprintf(text, TERM_TEXT, "%u min", (unsigned)(s / 60));
	else if (s < 48 * 3600)
		snprintf(text, TERM_TEXT, "%u h", (unsigned)(s / 3600));
	else
		snprintf(text, TERM_TEXT, "%llu days", (unsigned long long)(s / 86400));
	return text;
}

enum term_style term_level(unsigned percent)
{
	return percent >= 90 ? TERM_BAD : percent >= 60 ? TERM_WARN : TERM_GOOD;
}

void term_bar(char *to, unsigned width, unsigned percent)
{
	static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	unsigned eighths = (percent > 100 ? 100 : percent) * width * 8 / 100, i;

	if (percent > 0 && eighths == 0)
		eighths = 1;
	for (i = 0; i < eighths / 8; i++)
		to = stpcpy(to, utf8 ? "█" : "#");
	if (i < width && eighths % 8 != 0) {
		to = stpcpy(to, utf8 ? parts[eighths % 8] : "+");
		i++;
	}
	for (; i < width; i++)
		to = stpcpy(to, utf8 ? "·" : ".");
	*to = '\0';
}

size_t term_columns(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}
