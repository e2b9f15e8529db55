# SPDX-License-Identifier: MIT
# A thread may be cancelled in the middle of a save, and leaves the file locked.
# file: save.c
# test: behaviour/check_checkpoint_held
/^int nabdi_save(/,/^}/s/= nabdi_os_cancel_off()/= 0/
