# SPDX-License-Identifier: MIT
"""Sends and receives in one program: copies, in place, several at once."""
import os

import nabd

name = f"/nabd-example-{os.getpid()}"
try:
    with nabd.Producer(name, 16, 256, create=True) as out, nabd.Consumer(name) as into:
        out.push(b"a copy")
        with out.reserve(8) as view:
            view[:] = b"in place"
        out.push_many([b"one", b"two", b"three"])
        print(into.pop().decode())
        with into.peek() as view:
            print(bytes(view).decode())
        print([m.decode() for m in into.pop_many(10)])
        try:
            into.pop_wait(timeout=0.01)
        except nabd.Timeout:
            print("nothing more")
finally:
    nabd.unlink(name)
