/* SPDX-License-Identifier: MIT */
/*
 * The screen of nabd top. Everything is drawn anew each time, for the size that the
 * terminal has then; curses sends what has changed.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curses.h>

#include "term.h"
#include "top.h"

#define LEAST_COLUMNS 40
#define NAME_MOST     24
#define FIXED         55 /* columns of all between the name and the history, */
#define LATENCY       9  /* and of the latency, if there is one to show and room for it */

struct screen {
	struct top *top;
	size_t first; /* row at the top */
	bool colours, paused, help;
	uint64_t interval;
	int fixed; /* columns between the name and the history */
};

static attr_t attribute(const struct screen *s, enum term_style style)
{
	static const attr_t plain[] = {
		[TERM_BOLD] = A_BOLD, [TERM_DIM] = A_DIM, [TERM_BAD] = A_BOLD, [TERM_NAME] = A_BOLD,
		[TERM_PLAIN] = 0, [TERM_GOOD] = 0, [TERM_WARN] = 0,
	};

	if (!s->colours || style == TERM_PLAIN || style == TERM_BOLD || style == TERM_DIM)
		return plain[style];
	return (attr_t)COLOR_PAIR(style) | (style == TERM_NAME ? A_BOLD : 0);
}

static void paint(const struct screen *s, enum term_style style, const char *text)
{
	/* What does not fit is left out: at the edge curses would go on in the next line. */
	if ((int)term_columns(text) >= COLS - getcurx(stdscr))
		return;
	attron(attribute(s, style));
	addstr(text);
	attroff(attribute(s, style));
}

static void draw_title(const struct screen *s)
{
	char rate[TERM_TEXT], bytes[TERM_TEXT], clock[16] = "", right[96];
	const time_t now = time(NULL);
	struct tm tm;
	int at;

	if (localtime_r(&now, &tm) != NULL)
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	attron(A_REVERSE);
	mvhline(0, 0, ' ', COLS);
	mvprintw(0, 1, "nabd top  %.30s  %zu queue%s%s", look_dir(), s->top->count,
		 s->top->count == 1 ? "" : "s", s->paused ? "  PAUSED" : "");
	snprintf(right, sizeof(right), "%s msg/s  %s/s  %s", term_count(rate, s->top->sum.messages),
		 term_bytes(bytes, s->top->sum.bytes), clock);
	at = COLS - (int)strlen(right) - 1;
	if (at > getcurx(stdscr) + 1)
		mvaddstr(0, at, right);
	attroff(A_REVERSE);
}

/* The history's newest width values, each as a block of its height. */
static void draw_spark(const struct screen *s, const struct top_row *row, unsigned width)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char plain[] = ".:-=+*%#";
	double most = 0;

	if (width > TOP_HISTORY)
		width = TOP_HISTORY;
	for (unsigned i = 0; i < width; i++)
		if (row->history[TOP_HISTORY - 1 - i] > most)
			most = row->history[TOP_HISTORY - 1 - i];
	attron(attribute(s, TERM_NAME));
	for (unsigned i = width; i-- > 0;) {
		const double value = row->history[TOP_HISTORY - 1 - i];
		const unsigned level = most > 0 ? (unsigned)(value / most * 7.999) : 0;

		if (i >= row->filled)
			addch(' ');
		else if (value <= 0)
			addstr(term_utf8() ? "▁" : "_");
		else if (term_utf8())
			addstr(blocks[level]);
		else
			addch((chtype)plain[level]);
	}
	attroff(attribute(s, TERM_NAME));
}

static int fixed_width(const struct top *top)
{
	for (size_t i = 0; i < top->count; i++)
		if (top->rows[i].timed)
			return COLS >= FIXED + LATENCY + 12 ? FIXED + LATENCY : FIXED;
	return FIXED;
}

static unsigned name_width(const struct screen *s)
{
	const int spare = COLS - s->fixed - 12;

	return spare < 12 ? 12 : spare > (int)NAME_MOST ? NAME_MOST : (unsigned)spare;
}

static void draw_row(const struct screen *s, int y, const struct top_row *row)
{
	const struct look *look = &row->queue.look;
	const bool sends = (look->stats.state & NABD_STATE_PRODUCER) != 0;
	const unsigned names = name_width(s);
	char text[128], number[TERM_TEXT], bar[32];
	unsigned lag;

	snprintf(text, sizeof(text), "%-*.*s ", (int)names, (int)names, row->queue.name);
	move(y, 0);
	paint(s, TERM_NAME, text);
	if (row->queue.error != NABD_OK) {
		paint(s, TERM_BAD, nabd_strerror(row->queue.error));
		return;
	}
	lag = (unsigned)(look->lag * 100 / look->stats.slots);
	term_bar(bar, 8, look->fill);
	snprintf(text, sizeof(text), "%s%4u%%", bar, look->fill);
	paint(s, term_level(look->fill), text);
	snprintf(text, sizeof(text), " %8s", term_count(number, (double)look->lag));
	paint(s, look->lag > 0 ? term_level(lag) : TERM_DIM, text);
	snprintf(text, sizeof(text), " %7s", term_count(number, row->rate.messages));
	paint(s, row->rate.messages > 0 ? TERM_BOLD : TERM_DIM, text);
	snprintf(text, sizeof(text), " %8s", term_bytes(number, row->rate.bytes));
	paint(s, row->rate.bytes > 0 ? TERM_PLAIN : TERM_DIM, text);
	if (s->fixed != FIXED) {
		snprintf(text, sizeof(text), " %8s", row->latency.count == 0 ? "-" :
			 term_span(number, row->latency.p99_ns));
		paint(s, row->latency.count > 0 ? TERM_PLAIN : TERM_DIM, text);
	}
	snprintf(text, sizeof(text), " %3u", look->group_count);
	paint(s, look->group_count > 0 ? TERM_PLAIN : TERM_DIM, text);
	snprintf(text, sizeof(text), " %3u", look->readers);
	paint(s, look->readers > 0 ? TERM_GOOD : TERM_WARN, text);
	paint(s, sends ? TERM_GOOD : TERM_DIM, sends ? "   yes " : "    no ");
	if (COLS > (int)names + s->fixed)
		draw_spark(s, row, (unsigned)(COLS - s->fixed) - names);
}

static void draw_help(const struct screen *s)
{
	static const char *const lines[] = {
		"q       quit",
		"s       sort by lag, rate or name",
		"p       pause, or go on",
		"+ -     look more often, or less",
		"up down scroll; also k, j",
		"",
		"FILL  slots in use      LAG   messages that the slowest group is behind",
		"GRP   groups            RD    live readers of all groups",
		"P99   age at which 99 of a hundred messages were received",
		"SEND  a producer lives  RATE  messages a second, newest at the right",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		mvaddnstr(3 + (int)i, 2, lines[i], COLS - 3);
	(void)s;
}

static void draw(struct screen *s)
{
	static const char *const orders[] = { "lag", "rate", "name" };
	char span[TERM_TEXT], heads[128];
	const size_t room = LINES > 4 ? (size_t)LINES - 4 : 0;

	erase();
	if (COLS < LEAST_COLUMNS || LINES < 5) {
		mvaddnstr(0, 0, "too small", COLS);
		refresh();
		return;
	}
	s->fixed = fixed_width(s->top);
	draw_title(s);
	attron(A_BOLD);
	snprintf(heads, sizeof(heads), "%-*s %-13s %8s %7s %8s%s %3s %3s  %4s",
		 (int)name_width(s), "QUEUE", "FILL", "LAG", "MSG/S", "BYTES/S",
		 s->fixed != FIXED ? "      P99" : "", "GRP", "RD", "SEND");
	mvaddnstr(2, 0, heads, COLS - 1);
	if (COLS > (int)name_width(s) + s->fixed + 5)
		mvaddstr(2, (int)name_width(s) + s->fixed, "RATE");
	attroff(A_BOLD);
	if (s->first + room > s->top->count)
		s->first = s->top->count > room ? s->top->count - room : 0;
	if (s->help)
		draw_help(s);
	else if (s->top->count == 0)
		mvaddstr(4, 2, "no queues here yet");
	for (size_t i = 0; !s->help && i < room && s->first + i < s->top->count; i++)
		draw_row(s, 3 + (int)i, &s->top->rows[s->first + i]);
	move(LINES - 1, 1);
	attron(attribute(s, TERM_DIM));
	snprintf(heads, sizeof(heads),
		 "q quit  s sort: %s  p pause  +/- every %s  h help  %zu of %zu",
		 orders[s->top->order], term_span(span, s->interval),
		 s->top->count < room ? s->top->count : room, s->top->count);
	addnstr(heads, COLS - 2);
	attroff(attribute(s, TERM_DIM));
	refresh();
}

/* False: quit. */
static bool obey(struct screen *s, int key)
{
	switch (key) {
	case 'q':
	case 'Q':
	case 3: /* control-C, where the terminal does not make it a signal */
		return false;
	case 's':
		s->top->order = (enum top_order)((s->top->order + 1) % TOP_ORDERS);
		top_sort(s->top);
		break;
	case 'p':
	case ' ':
		s->paused = !s->paused;
		break;
	case 'h':
	case '?':
		s->help = !s->help;
		break;
	case '+':
		s->interval = s->interval > 100000000 ? s->interval / 2 : s->interval;
		break;
	case '-':
		s->interval = s->interval < 32000000000 ? s->interval * 2 : s->interval;
		break;
	case KEY_DOWN:
	case 'j':
		s->first++; /* draw() knows the end */
		break;
	case KEY_UP:
	case 'k':
		s->first -= s->first > 0;
		break;
	default: /* also KEY_RESIZE: draw anew */
		break;
	}
	return true;
}

static void set_colours(struct screen *s)
{
	static const short colours[] = {
		[TERM_GOOD] = COLOR_GREEN, [TERM_WARN] = COLOR_YELLOW,
		[TERM_BAD] = COLOR_RED, [TERM_NAME] = COLOR_CYAN,
	};

	s->colours = *term_style(TERM_BOLD) != '\0' && has_colors();
	if (!s->colours)
		return;
	start_color();
	use_default_colors();
	for (short i = TERM_GOOD; i <= TERM_NAME; i++)
		init_pair(i, colours[i], -1);
}

int top_screen(struct top *top, uint64_t interval, uint64_t count)
{
	struct screen s = { .top = top, .interval = interval };
	SCREEN *screen = newterm(NULL, stdout, stdin);
	uint64_t next = tool_now() + interval;
	int rc = TOOL_OK;

	if (screen == NULL) {
		tool_say("this terminal is not known (TERM); use --batch");
		return TOOL_FAILED;
	}
	set_colours(&s);
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	while (tool_stopped == 0 && rc == TOOL_OK && count > 0) {
		uint64_t now;

		draw(&s);
		now = tool_now();
		timeout(now < next ? (int)((next - now) / 1000000) + 1 : 0);
		if (!obey(&s, getch()))
			break;
		if (tool_now() < next)
			continue;
		next = tool_now() + s.interval;
		if (!s.paused)
			rc = top_update(top);
		count--;
	}
	endwin();
	delscreen(screen);
	return rc;
}
