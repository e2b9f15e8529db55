# SPDX-License-Identifier: MIT
# A checkpoint that is replaced belongs to who replaces it.
# file: os_file.c
# needs: root
# test: behaviour/check_checkpoint_held
s/fchown(to, st.st_uid, st.st_gid) == 0/fchown(to, (uid_t)-1, st.st_gid) == 0/
