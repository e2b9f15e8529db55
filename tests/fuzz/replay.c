/* SPDX-License-Identifier: MIT */
/*
 * A main for a fuzz target without a fuzzer: runs it on every input of CORPUS, a
 * text file of lines "name: hexadecimal bytes", and on MUTATIONS variants of
 * each, the same ones every time.
 *
 *	replay              run all of it
 *	replay unpack DIR   write a file for each input, for a fuzzer to start from
 *	replay one FILE     run the target on a file that a fuzzer left behind
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

#define MOST_INPUTS 256u
#define MOST_BYTES  1024u

struct entry {
	char name[64];
	uint8_t bytes[MOST_BYTES];
	size_t size;
};

static struct entry entries[MOST_INPUTS];
static unsigned count;
static char folder[64];

static uint64_t chance(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

static void read_corpus(const char *path)
{
	static char line[4 * MOST_BYTES];
	FILE *file = fopen(path, "r");

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		struct entry *e = &entries[count];
		char *at = strchr(line, ':');
		unsigned byte;

		if (line[0] == '#' || line[0] == '\n')
			continue;
		demand(at != NULL && count < MOST_INPUTS);
		*at++ = '\0';
		(void)snprintf(e->name, sizeof(e->name), "%.60s", line);
		for (; sscanf(at, " %2x", &byte) == 1; at += strspn(at, " ") + 2) {
			demand(e->size < MOST_BYTES);
			e->bytes[e->size++] = (uint8_t)byte;
		}
		demand(strspn(at, " \n") == strlen(at));
		count++;
	}
	(void)fclose(file);
	demand(count > 0);
}

/* A block of exactly that many bytes: a detector sees a step beyond it. */
static void run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size > 0 ? size : 1);

	demand(exact != NULL);
	memcpy(exact, bytes, size);
	demand(LLVMFuzzerTestOneInput(exact, size) == 0);
	free(exact);
}

static void run_variants(const struct entry *e, uint64_t *state)
{
	for (unsigned i = 0; i < MUTATIONS; i++) {
		const struct entry *other = &entries[chance(state) % count];
		struct entry v = *e;

		for (uint64_t n = chance(state) % 4; n > 0 && v.size > 0; n--)
			v.bytes[chance(state) % v.size] ^= (uint8_t)(1u << chance(state) % 8);
		for (uint64_t n = chance(state) % 4; n > 0 && v.size > 0; n--)
			v.bytes[chance(state) % v.size] = (uint8_t)chance(state);
		if (chance(state) % 4 == 0 && v.size > 0) /* cut */
			v.size = (size_t)chance(state) % v.size;
		if (chance(state) % 4 == 0) { /* go on as another one does */
			size_t from = other->size > 0 ? (size_t)chance(state) % other->size : 0;
			size_t len = other->size - from;

			if (len > MOST_BYTES - v.size)
				len = MOST_BYTES - v.size;
			memcpy(v.bytes + v.size, other->bytes + from, len);
			v.size += len;
		}
		run(v.bytes, v.size);
	}
}

static void unpack(const char *to)
{
	char path[512];

	for (unsigned i = 0; i < count; i++) {
		FILE *file;

		(void)snprintf(path, sizeof(path), "%.400s/%.60s", to, entries[i].name);
		file = fopen(path, "w");
		demand(file != NULL);
		demand(fwrite(entries[i].bytes, 1, entries[i].size, file) == entries[i].size);
		demand(fclose(file) == 0);
	}
}

static void run_file(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "r");

	demand(file != NULL);
	run(bytes, fread(bytes, 1, sizeof(bytes), file));
	(void)fclose(file);
}

static void remove_folder(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(folder);
}

static void run_all(void)
{
	uint64_t state = 88172645463325252;

	for (unsigned i = 0; i < count; i++) {
		printf("%s\n", entries[i].name);
		(void)fflush(stdout);
		run(entries[i].bytes, entries[i].size);
		run_variants(&entries[i], &state);
	}
	printf("%u inputs and %u variants\n", count, count * MUTATIONS);
}

/* In a child, so that the folder is removed also if the target crashes. */
static int in_a_folder(const char *file)
{
	int status = 0;
	pid_t pid;

	(void)snprintf(folder, sizeof(folder), "/dev/shm/nabd-fuzz-%ld", (long)getpid());
	demand(mkdir(folder, 0700) == 0 && setenv("NABD_DIR", folder, 1) == 0);
	pid = fork();
	demand(pid >= 0);
	if (pid == 0) {
		if (file != NULL)
			run_file(file);
		else
			run_all();
		exit(0);
	}
	demand(waitpid(pid, &status, 0) == pid);
	remove_folder();
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/" CORPUS, top != NULL ? top : ".");
	read_corpus(path);
	if (argc == 1)
		return in_a_folder(NULL);
	if (argc == 3 && strcmp(argv[1], "one") == 0)
		return in_a_folder(argv[2]);
	if (argc != 3 || strcmp(argv[1], "unpack") != 0) {
		fprintf(stderr, "usage: replay [unpack DIR | one FILE]\n");
		return 2;
	}
	unpack(argv[2]);
	return 0;
}
