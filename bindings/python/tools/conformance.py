# SPDX-License-Identifier: MIT
"""The runner of conformance cases in Python; ../../conformance/README.md has the format."""
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from case_commands import (
    Unwritable,
    backoff,
    data_of,
    fields,
    handles,
    list_of,
    opened,
    peeked,
    peeked_all,
    pop_into,
    popped,
    push_batch_wait,
    reported,
    reserved_all,
    run_abort,
    run_backpressure,
    run_checkpoint_auto,
    run_checkpoint_status,
    run_close,
    run_commit,
    run_commit_batch,
    run_fd,
    run_join,
    run_latency,
    run_latency_since,
    run_latency_summary,
    run_open,
    run_rates,
    run_readable,
    run_recover,
    run_release,
    run_release_batch,
    run_resume,
    run_seek,
    run_set_wait,
    run_snapshot,
    run_stats,
    run_wait_any,
    seconds,
    shown,
    var,
)

import nabd
from nabd import _nabd

Words = list[str]


def handle_call(name: str, *how: Callable[[str], Any]) -> Callable[[Words], str]:
    """A method of the handle, whose arguments are the words behind the handle's."""
    def run(w: Words) -> str:
        answer = getattr(var(w[1]).handle, name)(*(f(x) for f, x in zip(how, w[2:])))
        if answer is None:
            return ""
        return shown(answer) if isinstance(answer, bytes) else str(int(answer))
    return run


def look_call(name: str, numbers: int) -> Callable[[Words], str]:
    def run(w: Words) -> str:
        told = getattr(var(w[1]).handle, name)(*map(int, w[2:2 + numbers]))
        return fields(told, w[2 + numbers:])
    return run


def run_unlink(w: Words) -> str:
    nabd.unlink(w[1])
    return ""


def on(f: Callable[..., str]) -> Callable[[Words], str]:
    return lambda w: f(var(w[1]), w)


# These say their error's name themselves.
WHOLE: dict[str, Callable[[Words], str]] = {
    "backoff": lambda w: backoff(int(w[1])),
    "diagnose": lambda w: reported(lambda: nabd.diagnose(w[1])),
    "recover": run_recover,
    "strerror": lambda w: nabd.strerror(int(w[1])),
    "error_name": lambda w: nabd.error_name(int(w[1])) or "none",
}

COMMANDS: dict[str, Callable[[Words], str]] = {
    "open": run_open,
    "close": run_close,
    "unlink": run_unlink,
    "push": handle_call("push", data_of),
    "push_wait": handle_call("push_wait", data_of, seconds),
    "push_backoff": lambda w: var(w[1]).handle.push_backoff(
        data_of(w[2]), retries=int(w[3]), base=1e-6, cap=1e-6) or "",
    "reserve": on(lambda v, w: opened(v, v.handle.reserve(int(w[2])))),
    "reserve_wait": on(lambda v, w: opened(v, v.handle.reserve_wait(int(w[2]), seconds(w[3])))),
    "commit": run_commit,
    "abort": run_abort,
    "reserve_batch": on(lambda v, w: reserved_all(
        v, v.handle.reserve_many(int(w[2]), int(w[3])))),
    "reserve_batch_wait": on(lambda v, w: reserved_all(
        v, v.handle.reserve_many_wait(int(w[2]), int(w[3]), seconds(w[4])))),
    "commit_batch": run_commit_batch,
    "push_batch": handle_call("push_many", list_of),
    "push_batch_wait": push_batch_wait,
    "peek": on(lambda v, w: peeked(v, v.handle.peek())),
    "peek_wait": on(lambda v, w: peeked(v, v.handle.peek_wait(seconds(w[2])))),
    "release": run_release,
    "pop": handle_call("pop"),
    "pop_into": on(lambda v, w: pop_into(v, int(w[2]))),
    "pop_wait": handle_call("pop_wait", seconds),
    "peek_batch": on(lambda v, w: peeked_all(v, v.handle.peek_many(int(w[2])))),
    "peek_batch_wait": on(lambda v, w: peeked_all(
        v, v.handle.peek_many_wait(int(w[2]), seconds(w[3])))),
    "release_batch": run_release_batch,
    "pop_batch": on(lambda v, w: popped(v.handle.pop_many(int(w[2])))),
    "pop_batch_wait": on(lambda v, w: popped(v.handle.pop_many_wait(int(w[2]), seconds(w[3])))),
    "lost": on(lambda v, w: fields(v.handle.lost(), ["gap", "total"])),
    "join": run_join,
    "nack": handle_call("nack"),
    "seek": run_seek,
    "drop": handle_call("drop_group", int),
    "stats": run_stats,
    "group": look_call("group", 1),
    "member": look_call("member", 2),
    "metrics": look_call("metrics", 0),
    "group_metrics": look_call("group_metrics", 1),
    "member_metrics": look_call("member_metrics", 2),
    "snapshot": run_snapshot,
    "rates": run_rates,
    "latency": run_latency,
    "latency_since": run_latency_since,
    "latency_summary": run_latency_summary,
    "format": on(lambda v, w: str(v.handle.format_metrics(w[2])[0])),
    "empty": handle_call("empty"),
    "full": handle_call("full"),
    "fill": handle_call("fill_level"),
    "min_tail": handle_call("min_tail"),
    "set_wait": run_set_wait,
    "wake": handle_call("wake"),
    "fd": run_fd,
    "arm": handle_call("arm"),
    "readable": run_readable,
    "wait_any": run_wait_any,
    "backpressure": run_backpressure,
    "pressured": handle_call("is_pressured"),
    "checkpoint_save": handle_call("checkpoint_save", str),
    "checkpoint_load": lambda w: fields(nabd.checkpoint_load(w[1]), w[2:]),
    "resume": run_resume,
    "checkpoint_auto": run_checkpoint_auto,
    "checkpoint_status": run_checkpoint_status,
    "version": lambda w: "same" if nabd.version() == _nabd.VERSION_STRING else nabd.version(),
}


def answer(words: Words) -> str:
    name = words[0]
    if name in WHOLE:
        return WHOLE[name](words)
    try:
        values = COMMANDS[name](words)
    except nabd.BufferTooSmallError as error:
        return f"BUFFER {error.needed}"
    except nabd.Error as error:
        told = f" {error.sent}" if hasattr(error, "sent") and name == "push_batch_wait" else ""
        return error.name[5:] + told
    except OverflowError:
        return "INVALID"
    except Unwritable:
        return "TYPES"
    return f"OK {values}".rstrip()


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as case:
        for line in case.read().splitlines():
            if line.startswith("="):
                continue
            print(line)
            if not line or line.startswith("#"):
                continue
            words = line.removeprefix("? ").split(" ")
            if words[0] not in WHOLE and words[0] not in COMMANDS:
                print(f"not understood: {line}", file=sys.stderr)
                return 2
            print(f"= {answer(words)}")
    while handles:
        handles.popitem()[1].handle.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
