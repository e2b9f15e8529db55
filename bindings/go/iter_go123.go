// SPDX-License-Identifier: MIT

//go:build go1.23

package nabd

import (
	"context"
	"iter"
)

// All is the messages in place, one after the other, until the loop ends, the context is done or
// there is an error, which is the last of the pairs. Each is released when the loop comes
// back for the next, also by break; it is not if the loop panics.
//
//	for msg, err := range q.All(ctx) {
//		…
//	}
func (r *receiver) All(ctx context.Context) iter.Seq2[Msg, error] {
	return func(yield func(Msg, error) bool) {
		for goOn := true; goOn; {
			err := ctx.Err()
			if err == nil {
				err = r.PeekContext(ctx, func(msg Msg) error {
					goOn = yield(msg, nil)
					return nil
				})
			}
			if err != nil && goOn && err != error(ErrLapped) {
				yield(Msg{}, err)
				return
			}
		}
	}
}
