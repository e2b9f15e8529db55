#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every language sends to every other, and takes over from every other that is killed.

    matrix.py LANG=PEER…

PEER is the command of README.md. For each pair a sender and a receiver move MESSAGES; then
for each pair a member of a group is killed with a message in its hands, while one of the other
language serves the same group: every message must have been shown to one of the two, and
what the dead one held to the living. Then once more, at whatever moment it comes to.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import zlib

MESSAGES = 2000
SEED = 42
KILLED_AFTER = 100  # messages that the victim gets done
GROUP_MESSAGES = 600
STORM_MESSAGES = 14000  # lines of so many do not fit into a pipe: nobody can print them all
SHOWN_BEFORE = 20   # by the survivor before the kill; fewer than the ring has behind the victim
# Seconds for a pair, less than a peer's patience; none takes ten.
LIMIT = int(os.environ.get("MATRIX_LIMIT", "50"))
MASK = (1 << 64) - 1


def random_numbers(state):
    """splitmix64"""
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        yield z ^ z >> 31


def expected(count, seed):
    """The line that a sender and a receiver print."""
    numbers, crc = random_numbers(seed), 0
    for _ in range(count):
        payload = next(numbers) % 1013
        word = next(numbers).to_bytes(8, "little")
        crc = zlib.crc32((word * (payload // 8 + 1))[:payload], crc)
    return "%d %08x\n" % (count, crc)


def kill(process):
    """The whole group of a process, which may be a script's that waits for another."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # all of them have ended


class Pair:
    """Processes on a queue of their own: all are gone, and it too, at the end."""

    def __init__(self):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.TemporaryDirectory(prefix="nabd-pair-", dir=memory)
        self.running = []
        self.timer = threading.Timer(LIMIT, self.kill_all)

    def __enter__(self):
        self.timer.start()
        return self

    def __exit__(self, *_):
        self.timer.cancel()
        self.kill_all()
        for process in self.running:
            process.wait()
            process.stdout.close()
        self.folder.cleanup()

    def kill_all(self):
        for process in self.running:
            kill(process)

    def start(self, peer, *args):
        process = subprocess.Popen(
            [peer] + [str(a) for a in args], env=dict(os.environ, NABD_DIR=self.folder.name),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.running.append(process)
        return process


def move(sender, receiver):
    """What is wrong with a pair, or None."""
    want = expected(MESSAGES, SEED)
    with Pair() as pair:
        ends = [pair.start(sender, "send", "q", MESSAGES, SEED),
                pair.start(receiver, "receive", "q", MESSAGES, SEED)]
        for what, process in zip(("the sender", "the receiver"), ends):
            printed = process.communicate()[0]
            if process.returncode != 0 or printed != want:
                return "%s: status %d, \"%s\", not \"%s\"" % (
                    what, process.returncode, printed.strip(), want.strip())
    return None


def read_until(process, done):
    """Lines up to the first for which done() says yes, and that one; fewer at the end."""
    lines = []
    for line in process.stdout:
        lines.append(line.split())
        if done(lines):
            return lines
    return lines


def compare(victim, survivor):
    """What the lines of the two say that should not be, or None."""
    held = int(victim[-1][1])
    done = [int(words[0]) for words in victim[1:-1]]
    shown = [int(words[0]) for words in survivor[1:]]
    redelivered = [int(words[0]) for words in survivor if words[1:] == ["redelivered"]]
    missing = sorted(set(range(GROUP_MESSAGES)) - set(done) - set(shown))
    if missing:
        return "messages %s are lost" % missing[:10]
    if len(done) + len(shown) != GROUP_MESSAGES:
        return "%d and %d messages of %d" % (len(done), len(shown), GROUP_MESSAGES)
    if held not in redelivered:
        return "message %d, held by the dead one, came without a mark" % held
    return None


def take_over(sender, dying, living):
    """What is wrong when a member is killed while another serves the group, or None."""
    with Pair() as pair:
        victim = pair.start(dying, "member", "q", 1, KILLED_AFTER, "hold")
        first = read_until(victim, lambda lines: lines[-1] == ["joined"])
        source = pair.start(sender, "send", "q", GROUP_MESSAGES, SEED)
        first += read_until(victim, lambda lines: lines[-1][0] == "holding")
        if first[-1:] == [] or first[-1][0] != "holding":
            return "the victim ended before its time"
        survivor = pair.start(living, "member", "q", 1, GROUP_MESSAGES - KILLED_AFTER)
        second = read_until(survivor, lambda lines: len(lines) > SHOWN_BEFORE)
        kill(victim)
        second += read_until(survivor, lambda lines: False)
        if victim.wait() != -signal.SIGKILL:
            return "the victim ended with %d, and was not killed" % victim.returncode
        # Before the sender, which waits for ever for a group that has lost its members.
        said = compare(first, second)
        if said is None and (survivor.wait() != 0 or source.wait() != 0):
            said = "the survivor ended with %d, the sender with %d" % (
                survivor.returncode, source.returncode)
    return said


class Lines(threading.Thread):
    """The whole lines that a process has printed, read as they come."""

    def __init__(self, process, changed):
        super().__init__(daemon=True)
        self.process, self.changed = process, changed
        self.first = threading.Event()
        self.numbers, self.marked = [], set()
        self.ended = False
        self.start()

    def run(self):
        for line in self.process.stdout:
            self.first.set()
            with self.changed:
                words = line.split() if line.endswith("\n") else ["torn"]
                if words[0].isdigit():
                    self.numbers.append(int(words[0]))
                    if words[1:] == ["redelivered"]:
                        self.marked.add(int(words[0]))
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.first.set()
            self.changed.notify_all()


def storm(sender, dying, living, after):
    """The same, killed when after messages have been shown to either; nobody holds still."""
    changed = threading.Condition()
    with Pair() as pair:
        ends = []
        for peer in (dying, living):
            process = pair.start(peer, "member", "q", 1, STORM_MESSAGES)
            ends.append(Lines(process, changed))
            ends[-1].first.wait()
        victim, survivor = ends
        pair.start(sender, "send", "q", STORM_MESSAGES, SEED)
        with changed:
            changed.wait_for(lambda: victim.ended or survivor.ended or
                             len(victim.numbers) + len(survivor.numbers) > after)
        kill(victim.process)
        with changed:
            changed.wait_for(lambda: victim.ended)
            # One message may be shown by both: the victim's last.
            changed.wait_for(lambda: survivor.ended or len(victim.numbers) +
                             len(survivor.numbers) >= STORM_MESSAGES)
            if len(set(victim.numbers + survivor.numbers)) < STORM_MESSAGES:
                changed.wait_for(lambda: survivor.ended or len(victim.numbers) +
                                 len(survivor.numbers) > STORM_MESSAGES)
    for end in ends:
        end.join()
    if victim.process.returncode != -signal.SIGKILL:
        return "the victim ended with %d, and was not killed" % victim.process.returncode
    missing = sorted(set(range(STORM_MESSAGES)).difference(victim.numbers, survivor.numbers))
    twice = sorted(set(victim.numbers).intersection(survivor.numbers))
    last = victim.numbers[-1:]
    if missing:
        return "messages %s are lost" % missing[:10]
    if twice and (twice != last or last[0] not in survivor.marked):
        return "messages %s came twice, of which %s may, if marked" % (twice[:10], last)
    return None


def main():
    peers = dict(arg.split("=", 1) for arg in sys.argv[1:])
    if not peers:
        print(__doc__)
        return 2
    bad, chance = 0, random.Random(SEED)
    for one, sender in peers.items():
        for other, receiver in peers.items():
            said = move(sender, receiver)
            if said is not None:
                print("%s to %s: %s" % (one, other, said))
                bad += 1
            said = take_over(sender, sender, receiver)
            if said is not None:
                print("%s killed, %s goes on: %s" % (one, other, said))
                bad += 1
            after = chance.randrange(STORM_MESSAGES // 4)
            said = storm(sender, sender, receiver, after)
            if said is not None:
                print("%s killed at message %d, %s goes on: %s" % (one, after, other, said))
                bad += 1
    print("%d pairs of %s, each with two kills: %d failed" % (
        len(peers) ** 2, ", ".join(peers), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
