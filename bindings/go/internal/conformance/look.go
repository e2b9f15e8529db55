// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"libnabd/nabd"
)

func init() {
	add(map[string]command{
		"stats":             {2, many, runStats},
		"group":             {3, many, runGroup},
		"member":            {4, many, runMember},
		"metrics":           {2, many, runMetrics},
		"group_metrics":     {3, many, runGroupMetrics},
		"member_metrics":    {4, many, runMemberMetrics},
		"snapshot":          {2, 2, runSnapshot},
		"rates":             {3, many, runRates},
		"latency":           {4, 4, runLatency},
		"latency_since":     {3, 3, runLatencySince},
		"latency_summary":   {1, many, runLatencySummary},
		"format":            {2, 2, runFormat},
		"empty":             {1, 1, func(r *runner, w []string) { r.sayAnswer(r.queue(w[1]).Empty()) }},
		"full":              {1, 1, func(r *runner, w []string) { r.sayAnswer(r.queue(w[1]).Full()) }},
		"fill":              {1, 1, runFill},
		"min_tail":          {1, 1, runMinTail},
		"set_wait":          {2, 4, runSetWait},
		"wake":              {1, 1, func(r *runner, w []string) { r.say(r.receiver(w[1]).Wake()) }},
		"fd":                {1, 1, runFd},
		"arm":               {1, 1, func(r *runner, w []string) { r.sayAnswer(r.receiver(w[1]).Arm()) }},
		"readable":          {1, 1, runReadable},
		"wait_any":          {2, many, runWaitAny},
		"checkpoint_save":   {2, 2, func(r *runner, w []string) { r.say(r.member(w[1]).Save(w[2])) }},
		"checkpoint_load":   {2, many, runLoad},
		"resume":            {2, 4, runResume},
		"checkpoint_auto":   {4, 4, runAuto},
		"checkpoint_status": {1, 1, runStatus},
		"diagnose":          {1, 1, runDiagnose},
		"recover":           {2, 2, runRecover},
		"strerror":          {1, 1, runStrerror},
		"error_name":        {1, 1, runErrorName},
		"version":           {0, 0, runVersion},
	})
}

func runStats(r *runner, w []string) {
	if v := r.find(w[1]); v.m != nil {
		stats, err := v.m.Stats()
		r.sayFields(stats, err, w[2:])
		return
	}
	stats, err := r.queue(w[1]).Stats()
	r.sayFields(stats, err, w[2:])
}

func runGroup(r *runner, w []string) {
	info, err := r.queue(w[1]).GroupInfo(r.int(w[2]))
	r.sayFields(info, err, w[3:])
}

func runMember(r *runner, w []string) {
	info, err := r.queue(w[1]).MemberInfo(r.int(w[2]), r.int(w[3]))
	r.sayFields(info, err, w[4:])
}

func runMetrics(r *runner, w []string) {
	metrics, err := r.queue(w[1]).Metrics()
	r.sayFields(metrics, err, w[2:])
}

func runGroupMetrics(r *runner, w []string) {
	metrics, err := r.queue(w[1]).GroupMetrics(r.int(w[2]))
	r.sayFields(metrics, err, w[3:])
}

func runMemberMetrics(r *runner, w []string) {
	metrics, err := r.queue(w[1]).MemberMetrics(r.int(w[2]), r.int(w[3]))
	r.sayFields(metrics, err, w[4:])
}

func runSnapshot(r *runner, w []string) {
	metrics, err := r.queue(w[2]).Metrics()
	*r.variable(w[1]) = variable{name: w[1], fd: -1, look: metrics}
	r.say(err)
}

func runRates(r *runner, w []string) {
	rates, err := nabd.RatesBetween(r.find(w[1]).look, r.find(w[2]).look)
	var values []string
	for _, name := range w[3:] {
		sign := "0"
		if value := r.field(rates, name).Float(); value > 0 {
			sign = "+"
		} else if value < 0 {
			sign = "-"
		}
		values = append(values, name+"="+sign)
	}
	r.say(err, values...)
}

func (r *runner) numberOrAll(word string) uint {
	if word == "all" {
		return nabd.LatencyAll
	}
	return uint(r.number(word))
}

func runLatency(r *runner, w []string) {
	ages, err := r.queue(w[2]).Latency(r.numberOrAll(w[3]), r.numberOrAll(w[4]))
	*r.variable(w[1]) = variable{name: w[1], fd: -1, ages: ages}
	r.say(err)
}

func runLatencySince(r *runner, w []string) {
	since, err := r.find(w[3]).ages.Since(r.find(w[2]).ages)
	if err == nil {
		*r.variable(w[1]) = variable{name: w[1], fd: -1, ages: since}
	}
	r.say(err)
}

func runLatencySummary(r *runner, w []string) {
	summary, err := r.find(w[1]).ages.Summary()
	var values []string
	for _, name := range w[2:] {
		value := fmt.Sprint(r.field(summary, name))
		if strings.HasSuffix(name, "_ns") && value != "0" {
			value = "+"
		}
		values = append(values, name+"="+value)
	}
	r.say(err, values...)
}

func runFormat(r *runner, w []string) {
	formats := map[string]nabd.MetricsFormat{"text": nabd.MetricsText, "json": nabd.MetricsJSON,
		"prometheus": nabd.MetricsPrometheus}
	format, known := formats[w[2]]
	if !known {
		r.fail("unknown format %s", w[2])
	}
	text, err := r.queue(w[1]).FormatMetrics(format)
	if err != nil {
		r.say(err)
		return
	}
	r.say(nil, text[:1])
}

func runFill(r *runner, w []string) {
	n, err := r.queue(w[1]).FillLevel()
	r.say(err, strconv.Itoa(n))
}

func runMinTail(r *runner, w []string) {
	n, err := r.queue(w[1]).MinTail()
	r.say(err, strconv.FormatUint(n, 10))
}

func runSetWait(r *runner, w []string) {
	how, known := map[string]nabd.WaitOptions{"balanced": nabd.Balanced, "latency": nabd.Latency,
		"power": nabd.Power}[w[2]]
	if !known {
		r.fail("unknown way to wait: %s", w[2])
	}
	for _, word := range w[3:] {
		how.UntilUnlinked = how.UntilUnlinked || word == "unlink"
		how.WhileProducer = how.WhileProducer || word == "producer"
	}
	r.say(r.receiver(w[1]).SetWait(how))
}

func runFd(r *runner, w []string) {
	fd, err := r.receiver(w[1]).Fd()
	if err == nil {
		r.find(w[1]).fd = fd
	}
	r.say(err)
}

func runReadable(r *runner, w []string) {
	fd := struct {
		fd      int32
		events  int16
		revents int16
	}{int32(r.find(w[1]).fd), 1, 0}
	n, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&fd)), 1,
		uintptr(unsafe.Pointer(&syscall.Timespec{})), 0, 0, 0)
	if errno != 0 {
		r.fail("poll: %v", errno)
	}
	r.sayAnswer(n == 1, nil)
}

func runWaitAny(r *runner, w []string) {
	ctx, cancel := r.timeout(w[1])
	defer cancel()
	var items []nabd.Waitable
	for _, word := range w[2:] {
		items = append(items, r.receiver(word))
	}
	ready, err := nabd.WaitAny(ctx, items...)
	var values []string
	for i, one := range ready {
		value := "0"
		if one.Is {
			value = "1"
		} else if one.Err != nil {
			value = name(one.Err)
		}
		values = append(values, w[2+i]+":"+value)
	}
	r.say(err, values...)
}

func runLoad(r *runner, w []string) {
	checkpoint, err := nabd.LoadCheckpoint(w[1])
	r.sayFields(checkpoint, err, w[2:])
}

func runResume(r *runner, w []string) {
	var flags nabd.ResumeFlags
	for _, word := range w[3:] {
		if word == "oldest" {
			flags |= nabd.ResumeOldest
		} else {
			flags |= nabd.ResumeNewest
		}
	}
	resumed, err := r.member(w[1]).Resume(w[2], flags)
	r.sayFields(resumed, err, []string{"sequence", "lost", "state"})
}

func runAuto(r *runner, w []string) {
	m := r.member(w[1])
	if w[2] == "none" {
		r.say(m.CheckpointStop())
		return
	}
	r.say(m.CheckpointAuto(w[2], uint64(r.number(w[3])), time.Duration(r.number(w[4]))))
}

func runStatus(r *runner, w []string) {
	sequence, saving, err := r.member(w[1]).CheckpointStatus()
	r.say(err, "error="+name(saving), fmt.Sprintf("sequence=%d", sequence))
}

func (r *runner) sayText(text string, err error) {
	if text == "" {
		r.sayAlways(err, "none")
	} else {
		r.sayAlways(err, "some")
	}
}

func runDiagnose(r *runner, w []string) { r.sayText(nabd.Diagnose(w[1])) }

func runRecover(r *runner, w []string) {
	var flags nabd.RecoverFlags
	bit := func(flag nabd.RecoverFlags) func() { return func() { flags |= flag } }
	r.set(w[2], map[string]func(){"do": bit(nabd.RecoverDo), "remove": bit(nabd.RecoverRemove),
		"discard": bit(nabd.RecoverDiscard)})
	r.sayText(nabd.Recover(w[1], flags))
}

func runStrerror(r *runner, w []string) {
	fmt.Fprintln(r.out, "=", nabd.Err(r.number(w[1])).Text())
}

func runErrorName(r *runner, w []string) {
	name := nabd.Err(r.number(w[1])).Name()
	if name == "" {
		name = "none"
	}
	fmt.Fprintln(r.out, "=", name)
}

func runVersion(r *runner, _ []string) {
	version := nabd.Version()
	if version == nabd.CompiledVersion {
		version = "same"
	}
	r.say(nil, version)
}
