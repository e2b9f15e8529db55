# SPDX-License-Identifier: MIT
"""Builds the extension module against the installed library, which pkg-config finds.

The limited API of Python 3.11 is used, so that one file serves all later versions.
NABD_RPATH=1 makes the module find a library outside of the system's folders by itself.
"""
import os
import shlex
import subprocess
from glob import glob
from pathlib import Path

from setuptools import Extension, setup

HERE = Path(__file__).resolve().parent
MINIMUM = "0.9.0"


def pkg_config(*arguments: str) -> list[str]:
    program = os.environ.get("PKG_CONFIG", "pkg-config")
    try:
        done = subprocess.run([program, *arguments, "libnabd"], capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit(f"{program} is missing: install pkgconf") from None
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr}The library libnabd >= {MINIMUM} is needed, with its "
                         "header: install libnabd-dev, or set PKG_CONFIG_PATH")
    return shlex.split(done.stdout)


def rpath() -> list[str]:
    if not os.environ.get("NABD_RPATH"):
        return []
    return [f[2:] for f in pkg_config("--libs-only-L", "--keep-system-libs")] \
        or pkg_config("--variable=libdir")


pkg_config(f"--atleast-version={MINIMUM}", "--print-errors")
flags = pkg_config("--cflags")
libs = pkg_config("--libs")

os.chdir(HERE)
setup(
    version=pkg_config("--modversion")[0],
    ext_modules=[
        Extension(
            "nabd._nabd",
            sorted(glob("ext/*.c")),
            depends=sorted(glob("ext/*.h")),
            py_limited_api=True,
            define_macros=[("Py_LIMITED_API", "0x030b0000")],
            extra_compile_args=["-std=gnu11", "-fvisibility=hidden", "-Wall", "-Wextra",
                                "-Wno-missing-field-initializers", *flags],
            extra_link_args=libs,
            runtime_library_dirs=rpath(),
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
