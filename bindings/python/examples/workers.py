# SPDX-License-Identifier: MIT
"""A group of worker processes share the messages; one is killed at work, and nothing is lost."""
import multiprocessing
import os
import signal
import time

import nabd

COUNT = 200
jobs, results = f"/nabd-jobs-{os.getpid()}", f"/nabd-results-{os.getpid()}"


def work(number: int, jobs: str, results: str) -> None:
    with nabd.Consumer(jobs, group=1) as c, nabd.Producer(results) as out:
        while True:
            message = c.peek_wait()
            with message as view:
                out.push_wait(bytes(view))  # the work
                if number == 0 and message.sequence > 5:
                    time.sleep(3600)  # stuck, with the message in hand


def main() -> None:
    context = multiprocessing.get_context("spawn")
    with nabd.Producer(jobs, 256, 32, create=True) as out:
        inputs = [nabd.Consumer(f"{results}-{i}", 1024, 32, create=True) for i in range(3)]
        workers = [
            context.Process(target=work, args=(i, jobs, f"{results}-{i}"), daemon=True)
            for i in range(3)
        ]
        for w in workers:
            w.start()
        done: set[int] = set()
        sent = 0
        killed = False
        while len(done) < COUNT:
            if not workers[1].is_alive() or not workers[2].is_alive():
                raise SystemExit("a worker has ended")
            if sent < COUNT and not out.full():
                sent += out.push_many(b"%d" % i for i in range(sent, min(COUNT, sent + 8)))
            try:
                ready = nabd.wait_any(inputs, 0.05)
            except nabd.Timeout:
                ready = []
            for item, error in ready:
                assert error is None
                for message in item.pop_many(64):
                    if int(message) in done:
                        print(f"message {int(message)} was delivered again")
                    done.add(int(message))
            if not killed and len(done) > COUNT // 2:
                pid = workers[0].pid
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                killed = True
        print(f"all {len(done)} messages were worked on, though a worker was killed")
        for w in workers:
            w.kill()
            w.join()
        for c in inputs:
            c.close()


if __name__ == "__main__":
    try:
        main()
    finally:
        for name in [jobs, *(f"{results}-{i}" for i in range(3))]:
            try:
                nabd.unlink(name)
            except nabd.NotFoundError:
                pass
