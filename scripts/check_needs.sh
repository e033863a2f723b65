# What ./check needs from the system beside Python: installed on Debian, named elsewhere. Sourced.

is_there() { # a command, a shared library when it ends on .so.N, or a part of PHP as php:NAME
  case "$1" in
    php:*) php -r "exit(extension_loaded('${1#php:}') ? 0 : 1);" 2>/dev/null ;;
    *.so.*) "$PYTHON" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

need() { # need COMMAND_OR_LIBRARY DEBIAN_PACKAGE
  is_there "$1" && return
  if command -v apt-get >/dev/null 2>&1; then
    printf 'Dialoog: installing %s ...\n' "$2"
    as_root apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq "$2" >/dev/null 2>&1
  fi
  is_there "$1" || fail "$1 is needed for ./check, and was not found. Install the package $2 and start again."
}

need msgfmt gettext
need node nodejs
need npm npm
# One package of the Bluesky server is compiled.
need make make
need g++ g++
need chromium chromium
need pg_ctlcluster postgresql
# The PDF of a report is drawn with pango; pdftoppm lets a test look at it.
need libpango-1.0.so.0 libpango-1.0-0
need libpangoft2-1.0.so.0 libpangoft2-1.0-0
need libharfbuzz-subset.so.0 libharfbuzz-subset0
need pdftoppm poppler-utils
# The WordPress of the tests is Debian's package, unpacked into a folder of its own; elsewhere its tests are left out.
if command -v apt-get >/dev/null 2>&1; then
  need php php-cli
  need php:mysqli php-mysql
  need php:gd php-gd
  need php:dom php-xml
  need php:mbstring php-mbstring
  need mariadb-install-db mariadb-server-core
  need my_print_defaults mariadb-client-core
fi
if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  fail "Node 20 or newer is needed for ./check (found $(node --version)): the Bluesky server of the tests runs on it."
fi
