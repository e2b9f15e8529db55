/* SPDX-License-Identifier: MIT */
/*
 * How things look: colours, numbers for people, bars and tables.
 */
#ifndef NABD_TOOL_TERM_H
#define NABD_TOOL_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum term_style { TERM_PLAIN, TERM_BOLD, TERM_DIM, TERM_GOOD, TERM_WARN, TERM_BAD, TERM_NAME };

/* Look at the locale, NO_COLOR, TERM and standard output, once. */
void term_begin(void);
bool term_utf8(void);
/* The escape sequence of a style for standard output; "" without colours. */
const char *term_style(enum term_style style);

/* Numbers for people, at most 7 columns: 12, 1.23k, 45.6M; 4 KiB, 1.5 GiB; 3 ms, 2 days. */
#define TERM_TEXT 24
const char *term_count(char text[TERM_TEXT], double number);
const char *term_bytes(char text[TERM_TEXT], double bytes);
const char *term_span(char text[TERM_TEXT], uint64_t ns);

/* How bad a fill or lag of so many percent is. */
enum term_style term_level(unsigned percent);
/* A bar of width columns; to is large enough for 3 * width + 1 bytes. */
void term_bar(char *to, unsigned width, unsigned percent);
/* Columns that a UTF-8 text takes. */
size_t term_columns(const char *text);

/* A table: cells are gathered, columns aligned when it is printed. */
struct term_table;
struct term_table *term_table_new(unsigned columns, const char *const *heads,
				  const char *right_aligned); /* a letter r or l each */
void term_cell(struct term_table *table, enum term_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void term_table_print(struct term_table *table); /* and free it */
void term_table_drop(struct term_table *table); /* free it unprinted; it has no cells */

#endif
