/* SPDX-License-Identifier: MIT */
/*
 * run.h - the runner of conformance cases: what its files share.
 *
 * run.c reads lines and knows the names; words.c reads and prints words; the commands
 * are in send.c, receive.c, look.c, wait.c and keep.c, each with a table of its own.
 */
#ifndef RUN_H
#define RUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <nabd/nabd.h>

#define MAX_WORDS 40
#define MAX_VARS  64
#define MAX_BATCH 64
#define MAX_DATA  65536 /* bytes of a message */

/* What a name of the case stands for. After close, or an open that failed, q and c are NULL. */
struct var {
	char name[32];
	int is_consumer;
	nabd_t *q;
	nabd_consumer_t *c;
	int fd;                  /* of nabd_fd(), or -1 */
	int take;                /* what the callback for dead letters answers */
	struct nabd_metrics look; /* of snapshot */
	struct nabd_latency ages; /* of latency and latency_since */
	void *slots[MAX_BATCH];  /* what is reserved */
	size_t reserved, len;    /* how many slots, and how long each is */
};

/* A command: its words, [0] being its name; vars by words. */
struct line {
	char *word[MAX_WORDS];
	int words;
};

struct command {
	const char *name;
	int min, max; /* words after the name */
	void (*run)(struct line *line);
};

/* Each ends with an entry without a name. */
extern const struct command send_commands[], receive_commands[], look_commands[];
extern const struct command wait_commands[], keep_commands[];

/* run.c */
void fail(const char *what, const char *word) __attribute__((noreturn));
struct var *var_new(const char *name);
struct var *var_find(const char *name);
nabd_t *handle_find(const char *name);
int var_close(struct var *v);

/* words.c */
int64_t number(const char *word);
const char *value_of(const char *word, const char *key);
unsigned flags(char *word, const char *const *names);
size_t data(const char *word, unsigned char *buf, size_t room);
size_t list(char *word, unsigned char *buf, size_t each, uint32_t *lens);
const char *name_of(int error);
void print_data(const void *bytes, size_t len);
void print_message(const struct nabd_msg *msg);
void say(int error);                    /* = NAME, and nothing else */
int begin(int error);                   /* = NAME, values follow; tells whether it is OK */
void end(void);                         /* of the line */
void say_number(int error, int64_t n);  /* with n if it is OK */
void say_answer(int answer);            /* of a question: = OK 1 */

#endif
