/* SPDX-License-Identifier: MIT */
/*
 * run.c - the conformance cases in C, which the other languages are compared with.
 *
 *	conformance CASEFILE
 *
 * Copies the file, makes each call and prints what it answers: README.md has the format.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <string.h>

#include "run.h"

static struct var vars[MAX_VARS];
static size_t n_vars;
static unsigned line_number;

void fail(const char *what, const char *word)
{
	fflush(stdout);
	fprintf(stderr, "line %u: %s: %s\n", line_number, what, word);
	exit(2);
}

static struct var *look_up(const char *name)
{
	size_t i;

	for (i = 0; i < n_vars; i++)
		if (strcmp(vars[i].name, name) == 0)
			return &vars[i];
	return NULL;
}

/* A name may be used again when what it stood for is closed. */
struct var *var_new(const char *name)
{
	struct var *v = look_up(name);

	if (v != NULL && (v->q != NULL || v->c != NULL))
		fail("is open already", name);
	if (v == NULL) {
		if (n_vars == MAX_VARS || strlen(name) >= sizeof(v->name))
			fail("one name too many, or too long", name);
		v = &vars[n_vars++];
	}
	memset(v, 0, sizeof(*v));
	strcpy(v->name, name);
	v->fd = -1;
	return v;
}

struct var *var_find(const char *name)
{
	struct var *v = look_up(name);

	if (v == NULL)
		fail("no such name", name);
	return v;
}

nabd_t *handle_find(const char *name)
{
	struct var *v = var_find(name);

	if (v->is_consumer)
		fail("not a handle", name);
	return v->q;
}

int var_close(struct var *v)
{
	int err;

	/* NULL may be closed; but here it is a handle that is not there. */
	if (v->q == NULL && v->c == NULL)
		return NABD_INVALID;
	err = v->is_consumer ? nabd_consumer_close(v->c) : nabd_close(v->q);
	if (err == NABD_OK || (v->is_consumer && err == NABD_SYSTEM)) {
		v->q = NULL;
		v->c = NULL;
	}
	return err;
}

static const struct command *find_command(const char *name)
{
	static const struct command *const tables[] = { send_commands, receive_commands,
							look_commands, wait_commands,
							keep_commands };
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct command *command = tables[i];

		for (; command->name != NULL; command++)
			if (strcmp(command->name, name) == 0)
				return command;
	}
	fail("no such command", name);
}

static void run_line(char *text)
{
	const struct command *command;
	struct line line = { .words = 0 };
	char *rest = NULL, *word;

	for (word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		if (line.words == 0 && strcmp(word, "?") == 0)
			continue;
		if (line.words == MAX_WORDS)
			fail("too many words", word);
		line.word[line.words++] = word;
	}
	if (line.words == 0)
		fail("no command", "");
	command = find_command(line.word[0]);
	if (line.words - 1 < command->min || line.words - 1 > command->max)
		fail("too many words, or too few", line.word[0]);
	command->run(&line);
}

int main(int argc, char **argv)
{
	static char text[16384];
	FILE *file;
	size_t i;

	if (argc != 2 || (file = fopen(argv[1], "r")) == NULL) {
		fprintf(stderr, "usage: conformance CASEFILE\n");
		return 2;
	}
	while (fgets(text, sizeof(text), file) != NULL) {
		line_number++;
		if (text[0] == '=')
			continue;
		fputs(text, stdout);
		text[strcspn(text, "\n")] = '\0';
		if (text[0] != '\0' && text[0] != '#')
			run_line(text);
	}
	fclose(file);
	for (i = n_vars; i-- > 0;)
		if (vars[i].q != NULL || vars[i].c != NULL)
			var_close(&vars[i]);
	return fflush(stdout) == 0 ? 0 : 2;
}
