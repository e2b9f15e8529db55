#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check-contract.py --self-test, as a test of its own."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
os.execv(sys.executable, [sys.executable, os.path.join(HERE, "..", "check-contract.py"),
                          "--self-test"])
