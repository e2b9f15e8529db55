/* SPDX-License-Identifier: MIT */
/*
 * model                   explore the small scenes, then all bugs
 * model scene …           explore these
 * model --large [scene …] explore the large ones
 * model --bugs [bug …]    weaken an ordering at a time, and demand that it is seen
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scenes.h"

#define MOST UINT64_C(2000000000) /* executions of a scene */

static const struct model_scene *const tables[] = {
	model_scenes_litmus, model_scenes_ring, model_scenes_group,
	model_scenes_join,   model_scenes_end,  model_scenes_over,
	model_scenes_sleep,
};

static bool named(const char *name, char **names, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static double seconds(void)
{
	struct timespec now;

	timespec_get(&now, TIME_UTC);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const struct model_scene *next_scene(unsigned *table, unsigned *row)
{
	while (*table < sizeof(tables) / sizeof(tables[0])) {
		if (tables[*table][*row].name != NULL)
			return &tables[*table][(*row)++];
		*table += 1;
		*row = 0;
	}
	return NULL;
}

static bool explore(const struct model_scene *scene)
{
	const double begin = seconds();
	const bool all = model_explore(scene, MOST);

	printf("%-22s %9ju executions, %9ju cut as seen before, %6.2f s: %s\n",
	       scene->name, (uintmax_t)model_executions, (uintmax_t)model_cut, seconds() - begin,
	       model_failure != NULL ? "FAILS" : scene->samples != 0 ? "drawn" :
	       all ? "all" : "not all");
	fflush(stdout);
	return all;
}

/* What is left out must be the same as what is not. */
static void compare(const struct model_scene *scene)
{
	const uint64_t seen = model_behaviours;

	if (!scene->compare || model_failure != NULL)
		return;
	model_reduce = false;
	model_explore(scene, MOST);
	model_reduce = true;
	printf("%-22s %9ju executions without leaving out any: %ju behaviours, %ju of them new\n",
	       "", (uintmax_t)(model_executions + model_cut), (uintmax_t)model_behaviours,
	       (uintmax_t)(model_behaviours - seen));
	if (model_failure == NULL && model_behaviours != seen)
		model_failure = "something was left out that is not the same";
}

static int run_scenes(bool large, char **names, int count)
{
	const struct model_scene *scene;
	unsigned table = 0, row = 0;
	int failures = 0;

	while ((scene = next_scene(&table, &row)) != NULL) {
		bool all;

		if (count > 0 ? !named(scene->name, names, count) : scene->large != large)
			continue;
		all = explore(scene);
		compare(scene);
		if (model_failure != NULL) {
			printf("%s (%s): %s\n", scene->name, scene->what, model_failure);
			model_print_trace();
		}
		failures += model_failure != NULL || !all;
	}
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A bug is seen when the scene fails; that it does not without it is what run_scenes() shows. */
static int run_bugs(char **names, int count)
{
	int failures = 0;

	for (const struct model_bug *bug = model_bugs; bug->name != NULL; bug++) {
		const struct model_scene *scene;
		unsigned table = 0, row = 0;

		if (count > 0 && !named(bug->name, names, count))
			continue;
		while ((scene = next_scene(&table, &row)) != NULL)
			if (strcmp(scene->name, bug->scene) == 0)
				break;
		if (scene == NULL) {
			printf("%s: no scene %s\n", bug->name, bug->scene);
			return EXIT_FAILURE;
		}
		model_bug = bug;
		model_explore(scene, MOST);
		printf("%-34s %-14s %9ju executions: %s\n", bug->name, bug->scene,
		       (uintmax_t)(model_executions + model_cut),
		       model_failure != NULL ? model_failure : "NOT SEEN");
		fflush(stdout);
		if (model_failure != NULL && count > 0)
			model_print_trace();
		failures += model_failure == NULL;
	}
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--bugs") == 0)
		return run_bugs(argv + 2, argc - 2);
	if (argc > 1 && strcmp(argv[1], "--large") == 0)
		return run_scenes(true, argv + 2, argc - 2);
	if (argc > 1)
		return run_scenes(false, argv + 1, argc - 1);
	return run_scenes(false, NULL, 0) == EXIT_SUCCESS ? run_bugs(NULL, 0) : EXIT_FAILURE;
}
