// SPDX-License-Identifier: MIT

package nabd

import "context"

// Messages receives in a goroutine of its own and gives copies through a channel, until the
// context is done or there is an error; then the channel is closed, and the function that comes
// with it tells the error: that of the context, ErrClosed, or whatever it was.
//
//	messages, failed := q.Messages(ctx)
//	for msg := range messages {
//		…
//	}
//	return failed()
//
// A message is released when somebody has taken it out of the channel: nothing is lost when the
// context ends. ErrLapped does not end it: see Lost for how many there were.
func (r *receiver) Messages(ctx context.Context) (<-chan Msg, func() error) {
	messages := make(chan Msg)
	var failed error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(messages)
		failed = r.Each(ctx, func(msg Msg) error {
			select {
			case messages <- msg.Clone():
				return nil
			case <-ctx.Done():
				return ctx.Err()
			case <-r.life.done:
				return ErrClosed
			}
		})
	}()
	return messages, func() error {
		<-ended
		return failed
	}
}

// Each is PeekContext for one message after the other, until fn answers an error, one comes up,
// or the context is done, however many messages there are. ErrLapped does not end it.
func (r *receiver) Each(ctx context.Context, fn func(Msg) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.PeekContext(ctx, fn); err != nil && err != error(ErrLapped) {
			return err
		}
	}
}

// Clone copies the message's data, so that it can be kept.
func (m Msg) Clone() Msg {
	m.Data = append([]byte{}, m.Data...)
	return m
}
