/* SPDX-License-Identifier: MIT */
/* The scenes, a table of each file; the last of a table has no name. */
#ifndef SCENES_H
#define SCENES_H

#include "model.h"

extern const struct model_scene model_scenes_litmus[];
extern const struct model_scene model_scenes_group[];
extern const struct model_scene model_scenes_join[];
extern const struct model_scene model_scenes_end[];
extern const struct model_scene model_scenes_over[];
extern const struct model_scene model_scenes_ring[];
extern const struct model_scene model_scenes_sleep[];

#endif
