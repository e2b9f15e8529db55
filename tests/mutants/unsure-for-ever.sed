# SPDX-License-Identifier: MIT
# The first sleep without a barrier is as long as any.
# file: wait.c
# test: model/sleep-fence
/^uint64_t nabdi_waiter_mark/,/^}/s/longest = UNSURE_NS;/(void)0;/
