// SPDX-License-Identifier: MIT

//go:build go1.23

package nabd

import (
	"context"
	"testing"
)

// Each message is released when the loop comes back, also by break; an error ends it.
func TestAll(t *testing.T) {
	q := both(t)
	push(t, q, "a", "b", "c")
	for msg, err := range q.All(patient(t)) {
		if must(t, err); string(msg.Data) == "b" {
			break
		}
	}
	if value := panics(func() {
		for range q.All(patient(t)) {
			panic(errOwn)
		}
	}); value != errOwn {
		t.Error(value)
	}
	pops(t, q, "c")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rounds := 0
	for _, err := range q.All(ctx) {
		wants(t, err, context.Canceled)
		rounds++
	}
	if rounds != 1 {
		t.Errorf("%d rounds", rounds)
	}
}
