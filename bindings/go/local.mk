# SPDX-License-Identifier: MIT
# The sources of this binding; what a build makes is never here.
EXTRA_DIST += \
	bindings/go/README.md \
	bindings/go/abi_test.go \
	bindings/go/admin.go \
	bindings/go/batch.go \
	bindings/go/build.sh \
	bindings/go/check.sh \
	bindings/go/checkpoint.go \
	bindings/go/deadletter.c \
	bindings/go/deadletter.go \
	bindings/go/doc.go \
	bindings/go/env.sh \
	bindings/go/errors.go \
	bindings/go/example_test.go \
	bindings/go/go.mod \
	bindings/go/helper_test.go \
	bindings/go/helpers.h \
	bindings/go/internal/bench/main.go \
	bindings/go/internal/conformance/look.go \
	bindings/go/internal/conformance/main.go \
	bindings/go/internal/conformance/members.go \
	bindings/go/internal/conformance/queues.go \
	bindings/go/internal/conformance/words.go \
	bindings/go/internal/peer/main.go \
	bindings/go/iter_go123.go \
	bindings/go/latency.go \
	bindings/go/latency_test.go \
	bindings/go/look.go \
	bindings/go/member.go \
	bindings/go/messages.go \
	bindings/go/metrics.go \
	bindings/go/options.go \
	bindings/go/peek.go \
	bindings/go/pressure.go \
	bindings/go/queue.go \
	bindings/go/queue_test.go \
	bindings/go/receive.go \
	bindings/go/send.go \
	bindings/go/test.sh \
	bindings/go/version.go \
	bindings/go/wait.go \
	bindings/go/waitany.go \
	bindings/go/waived.txt
