/* SPDX-License-Identifier: MIT */
/*
 * Tables: cells are gathered row by row, and printed when their widths are known. In JSON
 * nothing of this is used.
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"

struct cell {
	char *text; /* NULL: memory ran out */
	enum term_style style;
};

struct term_table {
	const char *const *heads;
	const char *right;
	unsigned columns;
	size_t count, room;
	struct cell *cells;
};

struct term_table *term_table_new(unsigned columns, const char *const *heads,
				  const char *right_aligned)
{
	struct term_table *table = calloc(1, sizeof(*table));

	if (table != NULL) {
		table->columns = columns;
		table->heads = heads;
		table->right = right_aligned;
	}
	return table;
}

void term_cell(struct term_table *table, enum term_style style, const char *format, ...)
{
	va_list arguments;
	struct cell *cell;
	int rc;

	if (table == NULL)
		return;
	if (table->count == table->room) {
		const size_t room = table->room > 0 ? 2 * table->room : 64;
		struct cell *cells = realloc(table->cells, room * sizeof(*cells));

		if (cells == NULL)
			return;
		table->cells = cells;
		table->room = room;
	}
	cell = &table->cells[table->count++];
	cell->style = style;
	va_start(arguments, format);
	rc = vasprintf(&cell->text, format, arguments);
	va_end(arguments);
	if (rc < 0)
		cell->text = NULL;
}

static const char *text_of(const struct cell *cell)
{
	return cell->text != NULL ? cell->text : "?";
}

static void print_cell(const struct term_table *table, unsigned column, size_t width,
		       enum term_style style, const char *text)
{
	const size_t columns = term_columns(text);
	const int pad = width > columns ? (int)(width - columns) : 0;
	const bool last = column + 1 == table->columns;
	const bool right = table->right[column] == 'r';

	/* No blanks at the end of a line. */
	printf("%*s%s%s%s%*s%s", right ? pad : 0, "", style != TERM_PLAIN ? term_style(style) : "",
	       text, style != TERM_PLAIN ? term_style(TERM_PLAIN) : "", right || last ? 0 : pad, "",
	       last ? "\n" : "  ");
}

void term_table_print(struct term_table *table)
{
	size_t widths[16] = { 0 };

	if (table == NULL)
		return;
	for (unsigned i = 0; i < table->columns; i++)
		widths[i] = term_columns(table->heads[i]);
	for (size_t i = 0; i < table->count; i++) {
		const size_t columns = term_columns(text_of(&table->cells[i]));

		if (columns > widths[i % table->columns])
			widths[i % table->columns] = columns;
	}
	for (unsigned i = 0; i < table->columns; i++)
		print_cell(table, i, widths[i], TERM_BOLD, table->heads[i]);
	for (size_t i = 0; i < table->count; i++) {
		const unsigned column = (unsigned)(i % table->columns);

		print_cell(table, column, widths[column], table->cells[i].style,
			   text_of(&table->cells[i]));
		free(table->cells[i].text);
	}
	free(table->cells);
	free(table);
}

void term_table_drop(struct term_table *table)
{
	free(table);
}
