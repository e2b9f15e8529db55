// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"libnabd/nabd"
)

func (r *runner) number(word string) int64 {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		r.fail("not a number: %s", word)
	}
	return n
}

func (r *runner) int(word string) int { return int(r.number(word)) }

// data is the bytes that a word stands for.
func (r *runner) data(word string) []byte {
	if word == "-" {
		return nil
	}
	if star := strings.IndexByte(word, '*'); star > 0 && star == len(word)-2 {
		if n, err := strconv.Atoi(word[:star]); err == nil {
			return []byte(strings.Repeat(word[star+1:], n))
		}
	}
	return []byte(word)
}

func (r *runner) list(word string) (msgs [][]byte) {
	if word == "none" {
		return nil
	}
	for _, item := range strings.Split(word, ",") {
		msgs = append(msgs, r.data(item))
	}
	return msgs
}

// name is an error's name without NABD_: what C answers, in the words of this binding.
func name(err error) string {
	var e nabd.Err
	switch {
	case err == nil:
		return "OK"
	case errors.Is(err, nabd.ErrClosed):
		return "INVALID"
	case errors.Is(err, context.DeadlineExceeded):
		return "TIMEOUT"
	case errors.As(err, &e):
		return strings.TrimPrefix(e.Name(), "NABD_")
	}
	return err.Error()
}

func (r *runner) say(err error, values ...string) {
	fmt.Fprint(r.out, "= ", name(err))
	if err == nil {
		r.values(values)
	}
	fmt.Fprintln(r.out)
}

func (r *runner) sayAlways(err error, values ...string) {
	fmt.Fprint(r.out, "= ", name(err))
	r.values(values)
	fmt.Fprintln(r.out)
}

func (r *runner) values(values []string) {
	for _, value := range values {
		fmt.Fprint(r.out, " ", value)
	}
}

func (r *runner) sayAnswer(yes bool, err error) {
	if yes {
		r.say(err, "1")
	} else {
		r.say(err, "0")
	}
}

func text(data []byte) string {
	switch {
	case len(data) == 0:
		return "-"
	case len(data) <= 16:
		return string(data)
	case strings.Count(string(data), string(data[:1])) == len(data):
		return fmt.Sprintf("%d*%c", len(data), data[0])
	}
	return fmt.Sprintf("%d bytes", len(data))
}

func inPlace(msg nabd.Msg) string {
	s := fmt.Sprintf("%s@%d", text(msg.Data), msg.Sequence)
	if msg.Redelivered {
		s += "!"
	}
	if msg.Deliveries > 1 {
		s += fmt.Sprintf("x%d", msg.Deliveries)
	}
	return s
}

func allInPlace(msgs []nabd.Msg) (texts []string) {
	for _, msg := range msgs {
		texts = append(texts, inPlace(msg))
	}
	return texts
}

func texts(b *nabd.Batch) (texts []string) {
	for i := 0; i < b.Len(); i++ {
		texts = append(texts, text(b.At(i)))
	}
	return texts
}

// field finds high_fill as HighFill.
func (r *runner) field(of any, name string) reflect.Value {
	camel := ""
	for _, part := range strings.Split(name, "_") {
		camel += strings.ToUpper(part[:1]) + part[1:]
	}
	value := reflect.ValueOf(of).FieldByName(camel)
	if !value.IsValid() {
		r.fail("unknown field %s", name)
	}
	return value
}

func (r *runner) sayFields(of any, err error, names []string) {
	var values []string
	for _, name := range names {
		values = append(values, fmt.Sprintf("%s=%v", name, r.field(of, name)))
	}
	r.say(err, values...)
}

// timeout makes a context of nanoseconds.
func (r *runner) timeout(word string) (context.Context, context.CancelFunc) {
	ns := r.number(word)
	if ns < 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), time.Duration(ns))
}

// set makes what the names of a+b stand for.
func (r *runner) set(word string, known map[string]func()) {
	if word == "0" {
		return
	}
	for _, part := range strings.Split(word, "+") {
		if known[part] == nil {
			r.fail("unknown flag %s", part)
		}
		known[part]()
	}
}
