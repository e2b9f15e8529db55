# SPDX-License-Identifier: MIT
"""What the commands of conformance cases do, and the words that they are made of."""
from __future__ import annotations

import select
from collections.abc import Callable
from typing import Any

import nabd
from nabd import _nabd

Words = list[str]


class Unwritable(Exception):
    """What the shape of this binding leaves no way to say."""


class Var:
    """A handle or member of the case, with what it has open."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.slot: Any = None  # Reservation, Message, or a batch of them


handles: dict[str, Var] = {}
looks: dict[str, nabd.Metrics] = {}
ages: dict[str, nabd.Latency] = {}
descriptors: dict[str, int] = {}


def data_of(word: str) -> bytes:
    if word == "-":
        return b""
    count, star, byte = word.partition("*")
    return byte.encode() * int(count) if star else word.encode()


def list_of(word: str) -> list[bytes]:
    return [] if word == "none" else [data_of(w) for w in word.split(",")]


def shown(message: bytes) -> str:
    if not message:
        return "-"
    if len(message) <= 16:
        return message.decode()
    if message == message[:1] * len(message):
        return f"{len(message)}*{message[:1].decode()}"
    return f"{len(message)} bytes"


def in_place(m: Any, data: bytes) -> str:
    again = "!" if m.redelivered else ""
    times = f"x{m.deliveries}" if m.deliveries > 1 else ""
    return f"{shown(data)}@{m.sequence}{again}{times}"


def seconds(word: str) -> float | None:
    return None if int(word) < 0 else int(word) / 1e9


def fields(told: Any, names: Words) -> str:
    return " ".join(f"{name}={int(getattr(told, name))}" for name in names)


def var(word: str) -> Var:
    if word not in handles:
        raise Unwritable
    return handles[word]


def say_later(what: str) -> Callable[[Any], None]:
    return lambda _: print(f"= {what}")


def run_open(w: Words) -> str:
    options: dict[str, Any] = {}
    flags = {"create": "create", "excl": "exclusive", "producer": "producer",
             "consumer": "consumer", "observe": "observe", "overwrite": "overwrite",
             "timestamps": "timestamps"}
    for flag in w[5].split("+") if w[5] != "0" else []:
        options[flags[flag]] = True
    for word in w[6:]:
        key, _, value = word.partition("=")
        if key == "opts":
            options.update({flag: True for flag in value.split("+")})
        elif key == "dir":
            options[key] = value
        else:
            options[key] = int(value, 8 if key == "mode" else 10)
    handles.pop(w[1], None)
    handles[w[1]] = Var(nabd.Queue(w[2], int(w[3]), int(w[4]), **options))
    return ""


def letter(taken: bool) -> Callable[[nabd.DeadLetter], bool]:
    def dead_letter(m: nabd.DeadLetter) -> bool:
        print(f"= dead_letter {in_place(m, m.data)}")
        return taken
    return dead_letter


def run_join(w: Words) -> str:
    options: dict[str, Any] = {}
    for word in w[4:]:
        key, _, value = word.partition("=")
        if key in ("oldest", "newest"):
            options["start"] = key
        elif key == "sequence":
            options["start"] = int(value)
        elif key == "ephemeral":
            options["ephemeral"] = True
        elif key == "dead_letter":
            options["dead_letter"] = letter(value == "take")
        elif key == "dead_letters":
            options["dead_letters"] = var(value).handle
        elif key == "max_stall_ms":
            options["max_stall"] = int(value) / 1000
        else:
            options[key] = int(value)
    handle = var(w[2]).handle
    handles.pop(w[1], None)
    if "oldest" in w and "newest" in w:
        _nabd.Member(handle, int(w[3]), flags=_nabd.JOIN_OLDEST | _nabd.JOIN_NEWEST)
    handles[w[1]] = Var(nabd.Member(handle, int(w[3]), **options))
    return ""


def run_close(w: Words) -> str:
    v = var(w[1])
    if v.handle.closed:
        raise Unwritable  # close() twice is no error here
    v.slot = None
    v.handle.close()
    return ""


def opened(v: Var, slot: Any, answer: str = "") -> str:
    v.slot = slot
    return answer


def run_commit(w: Words) -> str:
    slot, data = var(w[1]).slot, data_of(w[2])
    if not isinstance(slot, nabd.Reservation):
        raise Unwritable
    if slot.open:
        with slot.view as view:
            cut = data[:len(view)]
            view[:len(cut)] = cut
    slot.commit(len(data))
    return ""


def run_commit_batch(w: Words) -> str:
    batch, messages = var(w[1]).slot, list_of(w[2])
    if not isinstance(batch, nabd.Reservations):
        raise Unwritable
    for slot, data in zip(batch, messages):
        with slot.view as view:
            cut = data[:len(view)]
            view[:len(cut)] = cut
    batch.commit([len(m) for m in messages])
    return ""


def run_abort(w: Words) -> str:
    slot = var(w[1]).slot
    if not isinstance(slot, (nabd.Reservation, nabd.Reservations)):
        raise Unwritable
    slot.abort()
    return ""


def run_release(w: Words) -> str:
    slot = var(w[1]).slot
    if not isinstance(slot, nabd.Message):
        raise Unwritable
    slot.release()
    return ""


def run_release_batch(w: Words) -> str:
    slot = var(w[1]).slot
    if not isinstance(slot, nabd.Messages):
        raise Unwritable
    slot.release(int(w[2]))
    return ""


def peeked(v: Var, m: nabd.Message) -> str:
    return opened(v, m, in_place(m, bytes(m.view)))


def peeked_all(v: Var, batch: nabd.Messages) -> str:
    return opened(v, batch, " ".join(in_place(m, bytes(m.view)) for m in batch))


def reserved_all(v: Var, batch: nabd.Reservations) -> str:
    return opened(v, batch, str(len(batch)))


def popped(messages: list[bytes]) -> str:
    return " ".join(map(shown, messages))


def pop_into(v: Var, size: int) -> str:
    buffer = bytearray(size)
    return shown(bytes(buffer[:v.handle.pop_into(buffer)]))


def push_batch_wait(w: Words) -> str:
    return str(var(w[1]).handle.push_many_wait(list_of(w[2]), seconds(w[3])))


def run_seek(w: Words) -> str:
    places = {"oldest": 0, "newest": 2**64 - 1}
    return str(var(w[1]).handle.seek(places[w[2]] if w[2] in places else int(w[2])))


def run_stats(w: Words) -> str:
    handle = var(w[1]).handle
    told = handle.consumer_stats() if isinstance(handle, nabd.Member) else handle.stats()
    return fields(told, w[2:])


def run_snapshot(w: Words) -> str:
    looks[w[1]] = var(w[2]).handle.metrics()
    return ""


def run_rates(w: Words) -> str:
    told = nabd.rates(looks[w[1]], looks[w[2]])
    return " ".join(f"{n}={'+' if getattr(told, n) > 0 else '0'}" for n in w[3:])


def run_latency(w: Words) -> str:
    group, member = (None if word == "all" else int(word) for word in w[3:5])
    ages[w[1]] = var(w[2]).handle.latency(group, member)
    return ""


def run_latency_since(w: Words) -> str:
    ages[w[1]] = ages[w[3]].since(ages[w[2]])
    return ""


def run_latency_summary(w: Words) -> str:
    told = nabd.latency_summary(ages[w[1]])
    return " ".join(fields(told, [n]) if not n.endswith("_ns") else
                    f"{n}={'+' if getattr(told, n) > 0 else '0'}" for n in w[2:])


def run_fd(w: Words) -> str:
    descriptors[w[1]] = var(w[1]).handle.fileno()
    return ""


def run_readable(w: Words) -> str:
    poll = select.poll()
    poll.register(descriptors[w[1]], select.POLLIN)
    return str(int(bool(poll.poll(0))))


def run_wait_any(w: Words) -> str:
    names = w[2:]
    result = dict.fromkeys(names, "0")
    for ready in nabd.wait_any([var(n).handle for n in names], seconds(w[1])):
        name = next(n for n in names if handles[n].handle is ready.item)
        result[name] = "1" if ready.error is None else ready.error.name[5:]
    return " ".join(f"{n}:{result[n]}" for n in names)


def run_backpressure(w: Words) -> str:
    handle = var(w[1]).handle
    if w[2] == "none":
        handle.clear_backpressure()
    else:
        handle.set_backpressure(int(w[2]), int(w[3]), on_high=say_later("on_high"),
                                on_low=say_later("on_low"), on_full=say_later("on_full"))
    return ""


def run_set_wait(w: Words) -> str:
    var(w[1]).handle.set_wait(w[2], unlink="unlink" in w[3:], producer="producer" in w[3:])
    return ""


def run_resume(w: Words) -> str:
    if len(w) > 4:  # both words: not to be said but by the module in C
        var(w[1]).handle._resume(w[2], _nabd.RESUME_OLDEST | _nabd.RESUME_NEWEST)
    told = var(w[1]).handle.resume(w[2], w[3] if len(w) == 4 else None)
    return fields(told, ["sequence", "lost", "state"])


def run_checkpoint_auto(w: Words) -> str:
    var(w[1]).handle.checkpoint_auto(None if w[2] == "none" else w[2],
                                     every_messages=int(w[3]), every=int(w[4]) / 1e9)
    return ""


def run_checkpoint_status(w: Words) -> str:
    told = var(w[1]).handle.checkpoint_status()
    if told.sequence is None:
        raise nabd.NotFoundError
    return f"error={told.error.name[5:] if told.error else 'OK'} sequence={told.sequence}"


def backoff(retries: int) -> str:
    delays = nabd.Backoff(retries, 1e-6, 1e-6)
    count = 0
    while delays.wait():
        count += 1
    return f"TIMEOUT {count}"


def reported(call: Callable[[], nabd.Report]) -> str:
    try:
        report = call()
    except nabd.Error as error:
        return f"{error.name[5:]} none"
    name = report.error.name[5:] if report.error else "OK"
    return f"{name} {'some' if report.text else 'none'}"


def run_recover(w: Words) -> str:
    flags: dict[str, Any] = {flag: True for flag in w[2].split("+") if flag != "0"}
    return reported(lambda: nabd.recover(w[1], **flags))
