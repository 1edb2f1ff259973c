# shellcheck shell=sh
# Sourced by the scripts beside it: `environment runtime` or `environment dev` leaves a ready .venv in the
# checkout and its interpreter in $python. A .venv made before is used again while pyproject.toml is the same.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$root/.venv
python=$venv/bin/python

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    found=$(python3 --version 2>&1) || found='no python3 at all'
    fail "artcelery needs Python 3.11 or newer; this machine has: $found.
On Debian 12, Ubuntu 24.04 or newer: sudo apt-get install python3 python3-venv
Elsewhere: https://www.python.org/downloads/"
}

# Installs a package of Debian or Ubuntu where that is possible without asking; says so.
apt_install() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return; fi
    say "$1 is missing; installing $2 with apt-get."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$2"; } >&2 || true
}

has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

need_venv_module() {
    has_venv "$1" && return
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    apt_install "Python's venv module" "$package"
    has_venv "$1" && return
    fail "Python's venv module is missing (Debian and Ubuntu pack it apart). Install it, then try again:
    sudo apt-get install $package"
}

# The tests start a server of their own; the one that the package would start is not needed.
need_redis() {
    command -v redis-server >/dev/null && return
    apt_install 'The Redis server, which the tests use,' redis-server
    command -v redis-server >/dev/null && return
    fail "The Redis server, which the tests use, is missing. Install it, then try again:
    sudo apt-get install redis-server
Elsewhere: https://redis.io/docs/latest/operate/oss_and_stack/install/"
}

# The tests start one of their own, with the configuration of `deploy`.
need_nginx() {
    command -v nginx >/dev/null && return
    apt_install 'nginx, which the tests put before a server,' nginx-light
    command -v nginx >/dev/null && return
    say "nginx is missing: its tests are left out. sudo apt-get install nginx-light"
}

# The tests of the pages look at them with it; what downloads browsers of its own is not needed.
need_chromium() {
    command -v chromium >/dev/null && return
    apt_install 'Chromium, in which the tests open the pages,' chromium
    command -v chromium >/dev/null && return
    fail "Chromium, in which the tests open the pages, is missing. Install it, then try again:
    sudo apt-get install chromium"
}

make_venv() {
    if is_new_enough "$python"; then return; fi
    if [ -e "$python" ] && "$python" --version >/dev/null 2>&1; then
        fail "$venv holds $("$python" --version), and artcelery needs 3.11 or newer.
Move that folder away, then try again."
    fi
    creator=$(find_python)
    need_venv_module "$creator"
    "$creator" -m venv --clear "$venv" || fail "Could not make the virtual environment $venv: the lines above say why."
}

# What an install depends on: the requirements, where the checkout lies, and the interpreter.
fingerprint() {
    cksum <"$root/pyproject.toml"
    echo "$root"
    "$python" --version
}

is_installed() { [ -f "$1" ] && [ "$(cat "$1")" = "$(fingerprint)" ]; }

install() {
    log=$venv/install.log
    "$python" -c 'import pip' 2>/dev/null || "$python" -m ensurepip >"$log" 2>&1 || true
    say "Installing $2 into $venv (once; a minute or two) ..."
    if ! "$python" -m pip install --quiet --disable-pip-version-check --editable "$root$1" >"$log" 2>&1; then
        tail -n 12 "$log" >&2
        fail "The install failed: the lines above say why, all of them are in $log.
If there is no network, connect it (or point pip at a mirror with PIP_INDEX_URL) and try again."
    fi
}

environment() {
    make_venv
    if is_installed "$venv/.dev"; then return; fi
    if [ "$1" = dev ]; then
        install '[dev]' 'artcelery and the tools of its tests'
        fingerprint >"$venv/.dev"
    elif ! is_installed "$venv/.runtime"; then
        install '' 'artcelery'
        fingerprint >"$venv/.runtime"
    fi
}
