# SPDX-License-Identifier: MIT
# The first message of a batch is published before it is copied.
# file: producer.c
# test: model/batch
/^int nabdi_producer_push_batch/,/^}/s/^\t\tnabdi_producer_copy_in(p, nabdi_ring_payload(&ring, head + i), block/\t\tnabdi_ring_publish(nabdi_ring_payload(\&ring, head + i), head + i, lens[i]);\n&/
