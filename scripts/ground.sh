# Shared by ./run and ./check: a Python that is new enough, and uv. Sourced, never run.

fail() { printf 'Dialoog: %s\n' "$1" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi
}

find_python() {
  for name in "${DIALOOG_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      PYTHON=$(command -v "$name"); return
    fi
  done
  fail "Python 3.11 or newer is needed, and was not found. Install it (Debian: apt install python3) and start again."
}

find_uv() {
  if command -v uv >/dev/null 2>&1; then UV=$(command -v uv); return; fi
  home="${XDG_DATA_HOME:-$HOME/.local/share}/dialoog/uv"
  UV="$home/bin/uv"
  [ -x "$UV" ] && return
  printf 'Dialoog: fetching uv, which installs the rest ...\n'
  if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
    as_root apt-get install -y -qq python3-venv >/dev/null 2>&1 ||
      fail "Python's venv is missing, and can't be installed from here. Install it (Debian: apt install python3-venv) or install uv, and start again."
  fi
  "$PYTHON" -m venv "$home" && "$home/bin/pip" install -q uv ||
    fail "uv could not be installed. Is there a connection to the package index?"
}
