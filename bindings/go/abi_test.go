// SPDX-License-Identifier: MIT

package nabd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

type abiFile struct {
	Errors map[string]struct {
		Value int
		Text  string
	}
	Constants map[string]json.RawMessage
	Structs   map[string]struct {
		Fields []struct{ Name string }
	}
}

// abi is what the header says; a package of the sources alone has not got it.
func abi(t *testing.T) (abi abiFile) {
	text, err := os.ReadFile("../abi/abi.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("bindings/abi/abi.json is not here")
	}
	must(t, err)
	must(t, json.Unmarshal(text, &abi))
	if len(abi.Errors) < 30 || len(abi.Constants) < 30 || len(abi.Structs) < 10 {
		t.Fatal("abi.json is not what it was")
	}
	return abi
}

var allErrors = map[string]Err{
	"NABD_EMPTY": ErrEmpty, "NABD_FULL": ErrFull, "NABD_INVALID": ErrInvalid, "NABD_NAME": ErrName,
	"NABD_RANGE": ErrRange, "NABD_TOOBIG": ErrTooBig, "NABD_BUFFER": ErrBuffer,
	"NABD_STATE": ErrState, "NABD_ROLE": ErrRole, "NABD_BUSY": ErrBusy, "NABD_FORKED": ErrForked,
	"NABD_NOTFOUND": ErrNotFound, "NABD_EXISTS": ErrExists, "NABD_ACCESS": ErrAccess,
	"NABD_OWNER": ErrOwner, "NABD_UNSAFE": ErrUnsafe, "NABD_NOTQUEUE": ErrNotQueue,
	"NABD_TRUNCATED": ErrTruncated, "NABD_FORMAT": ErrFormat, "NABD_BYTEORDER": ErrByteOrder,
	"NABD_CORRUPT": ErrCorrupt, "NABD_GEOMETRY": ErrGeometry, "NABD_NOSPACE": ErrNoSpace,
	"NABD_NOMEM": ErrNoMem, "NABD_SYSTEM": ErrSystem, "NABD_DROPPED": ErrDropped,
	"NABD_EVICTED": ErrEvicted, "NABD_LAPPED": ErrLapped, "NABD_TIMEOUT": ErrTimeout,
	"NABD_WOKEN": ErrWoken, "NABD_UNLINKED": ErrUnlinked, "NABD_NOPRODUCER": ErrNoProducer,
	"NABD_FOREIGN": ErrForeign, "NABD_NOTCHECKPOINT": ErrNotCheckpoint,
}

// Every error of the header is an Err, with its number, name and text.
func TestErrorsAreThoseOfTheHeader(t *testing.T) {
	abi := abi(t)
	for name, is := range abi.Errors {
		err, known := allErrors[name]
		if name == "NABD_OK" {
			continue
		}
		if !known || int(err) != is.Value || err.Name() != name || err.Text() != is.Text {
			t.Errorf("%s: %d %q %q", name, err, err.Name(), err.Text())
		}
		if errTable[-is.Value] != error(err) {
			t.Errorf("%s: another in the table", name)
		}
	}
	for name := range allErrors {
		if _, known := abi.Errors[name]; !known {
			t.Errorf("%s is not in the header", name)
		}
	}
	if Err(-999).Name() != "" || Err(-999).Error() == "" {
		t.Error("a number that is no error")
	}
}

// Every field of a struct that tells something has one of the same name here.
func TestStructsHaveTheFieldsOfTheHeader(t *testing.T) {
	ours := map[string]any{
		"nabd_stats": Stats{}, "nabd_consumer_stats": MemberStats{}, "nabd_group_info": GroupInfo{},
		"nabd_member_info": MemberInfo{}, "nabd_metrics": Metrics{}, "nabd_rates": Rates{},
		"nabd_group_metrics": GroupMetrics{}, "nabd_member_metrics": MemberMetrics{},
		"nabd_checkpoint": Checkpoint{}, "nabd_resume": Resumed{}, "nabd_latency": LatencyHistogram{},
		"nabd_latency_summary": LatencySummary{}, "nabd_memory": Memory{},
	}
	abi := abi(t)
	for name, one := range ours {
		is, known := abi.Structs[name]
		if !known {
			t.Errorf("%s is not in the header", name)
		}
		fields := 0
		for _, field := range is.Fields {
			if field.Name == "size" || field.Name == "reserved" ||
				(name == "nabd_resume" && field.Name == "flags") {
				continue
			}
			camel := ""
			for _, part := range strings.Split(field.Name, "_") {
				camel += strings.ToUpper(part[:1]) + part[1:]
			}
			if _, has := reflect.TypeOf(one).FieldByName(camel); !has {
				t.Errorf("%s: %T has no %s", name, one, camel)
			}
			fields++
		}
		if n := len(reflect.VisibleFields(reflect.TypeOf(one))); n != fields && name != "nabd_metrics" {
			t.Errorf("%T has %d fields, %s %d", one, n, name, fields)
		}
	}
}

// Every constant of the header is here, or has no use here.
func TestConstantsAreThoseOfTheHeader(t *testing.T) {
	ours := map[string]uint64{
		"NABD_STATE_PRODUCER": uint64(StateProducer), "NABD_STATE_CONSUMER": uint64(StateConsumer),
		"NABD_STATE_GROUP0": uint64(StateGroup0), "NABD_STATE_UNLINKED": uint64(StateUnlinked),
		"NABD_STATE_TIMESTAMPS": uint64(StateTimestamps), "NABD_LATENCY_ALL": LatencyAll,
		"NABD_LATENCY_BUCKETS": LatencyBuckets,
		"NABD_STATE_OVERWRITE": uint64(StateOverwrite), "NABD_STATE_FULL": uint64(StateFull),
		"NABD_STATE_PRESSURED":       uint64(StatePressured),
		"NABD_GROUP_STATE_EPHEMERAL": uint64(GroupEphemeral),
		"NABD_GROUP_STATE_ALIVE":     uint64(GroupAlive),
		"NABD_GROUP_STATE_HOLDS":     uint64(GroupHolds),
		"NABD_GROUP_OWNER_NONE":      uint64(OwnerNone), "NABD_GROUP_OWNER_ALIVE": uint64(OwnerAlive),
		"NABD_GROUP_OWNER_DEAD": uint64(OwnerDead), "NABD_MAX_GROUPS": MaxGroups,
		"NABD_MAX_MEMBERS": MaxMembers, "NABD_MAX_DELIVERIES": MostDeliveries,
		"NABD_WAIT_ANY_MAX": MaxWaitAny, "NABD_METRICS_TEXT": uint64(MetricsText),
		"NABD_METRICS_JSON": uint64(MetricsJSON), "NABD_METRICS_PROMETHEUS": uint64(MetricsPrometheus),
		"NABD_RECOVER_DO": uint64(RecoverDo), "NABD_RECOVER_REMOVE": uint64(RecoverRemove),
		"NABD_RECOVER_DISCARD": uint64(RecoverDiscard), "NABD_RESUME_OLDEST": uint64(ResumeOldest),
		"NABD_RESUME_NEWEST": uint64(ResumeNewest), "NABD_RESUMED_EXACT": uint64(ResumedExact),
		"NABD_RESUMED_GAP": uint64(ResumedGap), "NABD_RESUMED_OTHER": uint64(ResumedOther),
		"NABD_DEFAULT_SLOTS": DefaultSlots, "NABD_DEFAULT_SLOT_SIZE": DefaultSlotSize,
		"NABD_MAX_SLOTS": MaxSlots, "NABD_MAX_SLOT_SIZE": MaxSlotSize, "NABD_MAX_ALIGN": MaxAlign,
		"NABD_MAX_NAME": MaxName, "NABD_WAIT_SLICE_NS": uint64(DefaultSlice),
	}
	// Options, of which the tests of options tell.
	options := "CREATE EXCL PRODUCER CONSUMER OBSERVE OVERWRITE TIMESTAMPS PREFAULT MLOCK ANY_OWNER " +
		"HUGE_PAGES OWNER_UID SET_GROUP MSG_REDELIVERED JOIN_OLDEST JOIN_NEWEST JOIN_SEQUENCE GROUP_EPHEMERAL " +
		"WAIT_UNLINK WAIT_PRODUCER"
	abi := abi(t)
	for _, name := range strings.Fields(options) {
		if _, known := abi.Constants["NABD_"+name]; !known {
			t.Errorf("NABD_%s is not in the header", name)
		}
		delete(abi.Constants, "NABD_"+name)
	}
	for name, raw := range abi.Constants {
		var is uint64
		if json.Unmarshal(raw, &is) != nil {
			continue // a text
		}
		value, known := ours[name]
		if !known || value != is {
			t.Errorf("%s: here %d (%v), there %s", name, value, known, raw)
		}
	}
}

func TestErrorsSpeakGo(t *testing.T) {
	dir := place(t)
	_, err := Open("none", dir, Consumer())
	wants(t, err, ErrNotFound)
	wants(t, err, fs.ErrNotExist)
	var e *Error
	if !errors.As(err, &e) || e.Op != "nabd_open_opts" || e.Name != "none" || e.Errno != 0 {
		t.Errorf("%#v", e)
	}
	var n Err
	if !errors.As(fmt.Errorf("more: %w", err), &n) || n != ErrNotFound {
		t.Errorf("%v", n)
	}
	if text := err.Error(); !strings.Contains(text, "none") || !strings.Contains(text, n.Text()) {
		t.Error(text)
	}
	for _, is := range []struct{ err, target error }{
		{ErrExists, fs.ErrExist}, {ErrAccess, fs.ErrPermission}, {ErrOwner, fs.ErrPermission},
		{ErrTimeout, os.ErrDeadlineExceeded}, {ErrClosed, os.ErrClosed},
		{&Error{Err: ErrSystem, Errno: syscall.EMFILE}, syscall.EMFILE},
		{&Error{Err: ErrSystem, Errno: syscall.EMFILE}, ErrSystem},
	} {
		wants(t, is.err, is.target)
	}
	if errors.Is(ErrEmpty, fs.ErrNotExist) || errors.Is(ErrFull, ErrEmpty) {
		t.Error("all are the same")
	}
	if !ErrFull.Temporary() || ErrRole.Temporary() {
		t.Error("Temporary")
	}
}

// A failed system call tells how.
func TestSystemErrorsTellErrno(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs a file that is not to be removed by its owner")
	}
	_, err := LoadCheckpoint("/proc/self/mem")
	var e *Error
	if err == nil || !errors.As(err, &e) || e.Op != "nabd_checkpoint_load" {
		t.Fatalf("%v", err)
	}
	if e.Err == ErrSystem && e.Errno == 0 {
		t.Errorf("no errno: %v", err)
	}
}

func TestVersions(t *testing.T) {
	if Version() != CompiledVersion || versionError != nil {
		t.Errorf("%s is running, compiled with %s: %v", Version(), CompiledVersion, versionError)
	}
	for _, bad := range []struct {
		running  string
		compiled int
	}{{"0.8.9", 900}, {"0.9.0", 901}, {"1.0.0", 900}, {"nonsense", 900}, {"1.x.0", 900}} {
		if versionTrouble(bad.running, bad.compiled) == nil {
			t.Errorf("%s passes for %d", bad.running, bad.compiled)
		}
	}
	if err := versionTrouble("0.10.3", 900); err != nil {
		t.Error(err)
	}
}
