// SPDX-License-Identifier: MIT

// Command conformance runs a case of bindings/conformance with this binding, and prints the file
// as it should be.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"libnabd/nabd"
)

// A variable of the case: a queue, a member, or a look at metrics or ages.
type variable struct {
	name  string
	q     *nabd.Queue
	m     *nabd.Member
	look  nabd.Metrics
	ages  nabd.LatencyHistogram
	fd    int
	slot  []byte
	slots [][]byte
}

type runner struct {
	out  *bufio.Writer
	vars []*variable
}

// types is what is answered to what can't be written down.
type types struct{}

func (r *runner) fail(format string, args ...any) {
	r.out.Flush()
	fmt.Fprintf(os.Stderr, "conformance-go: "+format+"\n", args...)
	os.Exit(2)
}

// find gives a variable, or one without handles: what was closed, or never opened, is nil in Go.
func (r *runner) find(name string) *variable {
	for _, v := range r.vars {
		if v.name == name {
			return v
		}
	}
	r.fail("unknown name %s", name)
	return nil
}

func (r *runner) variable(name string) *variable {
	for _, v := range r.vars {
		if v.name == name {
			return v
		}
	}
	v := &variable{name: name, fd: -1}
	r.vars = append(r.vars, v)
	return v
}

// queue gives the queue that a name stands for; a nil one can't be written down, as its methods panic.
func (r *runner) queue(name string) *nabd.Queue {
	v := r.find(name)
	if v.q == nil {
		panic(types{})
	}
	return v.q
}

func (r *runner) member(name string) *nabd.Member {
	v := r.find(name)
	if v.m == nil {
		panic(types{})
	}
	return v.m
}

// receiver is what queues and members have in common.
func (r *runner) receiver(name string) receiver {
	v := r.find(name)
	switch {
	case v.m != nil:
		return v.m
	case v.q != nil:
		return v.q
	}
	panic(types{})
}

// close does what a program does that closes: nothing is left lent, as that would delay it.
func (v *variable) close() (err error) {
	switch {
	case v.m != nil:
		v.m.Keep()
		err = v.m.Close()
	case v.q != nil:
		if _, busy := v.q.Stats(); busy == nil {
			err = v.q.Close()
			if err == nil {
				v.q.Keep()
				v.q.Abort()
			}
		} else {
			err = v.q.Close()
		}
	default:
		panic(types{})
	}
	return err
}

func (r *runner) line(line string) {
	if line == "" || line[0] == '#' {
		fmt.Fprintln(r.out, line)
		return
	}
	if line[0] == '=' {
		return
	}
	fmt.Fprintln(r.out, line)
	words := strings.Split(strings.TrimPrefix(line, "? "), " ")
	command, known := commands[words[0]]
	if !known {
		r.fail("unknown command %s", words[0])
	}
	if n := len(words) - 1; n < command.min || n > command.max {
		r.fail("%s: wrong number of words", line)
	}
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case types:
			if !strings.HasPrefix(line, "? ") {
				r.fail("%s: can't be written down", line)
			}
			fmt.Fprintln(r.out, "= TYPES")
		default:
			panic(reason)
		}
	}()
	command.run(r, words)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: conformance-go CASEFILE")
		os.Exit(2)
	}
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance-go:", err)
		os.Exit(2)
	}
	r := &runner{out: bufio.NewWriter(os.Stdout)}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		r.line(lines.Text())
	}
	if err := lines.Err(); err != nil {
		r.fail("%v", err)
	}
	for i := len(r.vars) - 1; i >= 0; i-- {
		if v := r.vars[i]; v.m != nil || v.q != nil {
			v.close()
		}
	}
	r.out.Flush()
}
