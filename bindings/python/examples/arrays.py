# SPDX-License-Identifier: MIT
"""numpy arrays that live in the queue's memory: nothing is copied."""
import os

import numpy as np

import nabd

name = f"/nabd-example-{os.getpid()}"
SAMPLES = 1000
try:
    with nabd.Producer(name, 8, SAMPLES * 8, create=True, align=64) as out, \
            nabd.Consumer(name) as into:
        with out.reserve(SAMPLES * 8) as view:
            samples = np.frombuffer(view, dtype=np.float64)
            np.sin(np.linspace(0, np.pi, SAMPLES), out=samples)
            del samples  # no array may outlive its slot
        with into.peek() as view:
            samples = np.frombuffer(view, dtype=np.float64)
            print(f"{SAMPLES} samples, the largest {samples.max():.3f}")
            del samples
finally:
    nabd.unlink(name)
