# What ./check needs from the system beside Python: installed on Debian, named elsewhere. Sourced.

need() { # need COMMAND DEBIAN_PACKAGE
  command -v "$1" >/dev/null 2>&1 && return
  if command -v apt-get >/dev/null 2>&1; then
    printf 'Dialoog: installing %s ...\n' "$2"
    as_root apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq "$2" >/dev/null 2>&1
  fi
  command -v "$1" >/dev/null 2>&1 || fail "$1 is needed for ./check, and was not found. Install the package $2 and start again."
}

need msgfmt gettext
