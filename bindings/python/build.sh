#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the package into OUT/lib and its commands into OUT/bin:
#
#	build.sh OUT
#
# PKG_CONFIG_PATH and LD_LIBRARY_PATH name an installed library; PYTHON another Python than
# Debian's. SANITIZER (address,undefined) is what the module is compiled with; then test.sh preloads
# its library. Nothing is written into the sources. 77: a tool is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# = 1 ] || { echo "usage: build.sh OUT" >&2; exit 2; }
mkdir -p "$1/bin"
out=$(cd "$1" && pwd)
python=${PYTHON:-/usr/bin/python3}

command -v "$python" >/dev/null || { echo "$python is missing: python3"; exit 77; }
"$python" - <<'END' || exit 77
import sys
import sysconfig
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 is needed")
if not Path(sysconfig.get_path("include"), "Python.h").exists():
    sys.exit("the headers of Python are missing: python3-dev")
try:
    import setuptools
except ImportError:
    sys.exit("setuptools is missing: python3-setuptools")
assert setuptools
END

if [ -n "${SANITIZER:-}" ]; then
	CFLAGS="${CFLAGS:-} -fsanitize=$SANITIZER -fno-sanitize-recover=all -fno-omit-frame-pointer"
	LDFLAGS="${LDFLAGS:-} -fsanitize=$SANITIZER"
	export CFLAGS LDFLAGS
fi

# setup.py writes beside itself.
rm -rf "${out:?}/sources" "${out:?}/lib"
mkdir -p "$out/sources"
(cd "$here" && cp -R ext src pyproject.toml setup.py README.md MANIFEST.in "$out/sources")
if ! (cd "$out/sources" && PYTHONDONTWRITEBYTECODE=1 "$python" -W ignore setup.py -q \
	build -b "$out/build" --build-lib "$out/lib" >"$out/build.log" 2>&1); then
	cat "$out/build.log" >&2
	exit 1
fi
if grep -i 'warning: .*\[-W' "$out/build.log"; then
	echo "the compiler warns" >&2
	exit 1
fi

for tool in conformance peer bench; do
	cat >"$out/bin/$tool-python" <<END
#!/bin/sh
# Made by build.sh.
PYTHONPATH='$out/lib' PYTHONPYCACHEPREFIX='$out/cache' exec '$python' '$here/tools/$tool.py' "\$@"
END
	chmod +x "$out/bin/$tool-python"
done
echo "built into $out"
