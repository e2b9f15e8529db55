# SPDX-License-Identifier: MIT
# What a group might do with a checkpoint that is replaced, another group may.
# file: os_file.c
# needs: root
# test: behaviour/check_checkpoint_held
s/(same ? 0777 : 0700)/0777/
