#!/bin/sh
# Makes sure that programs are there: ensure-programs.sh PROGRAM:PACKAGE...
# As root on Debian or Ubuntu the missing ones are installed; elsewhere the one command is printed.
set -eu

# sshd and ip live in folders that are often not on a user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

missing_packages() {
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || printf ' %s' "${pair#*:}"
    done
}

missing=$(missing_packages "$@")
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 update -qq
    # shellcheck disable=SC2086 # a list of package names
    apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >/dev/null
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || exit 0
    echo "Still missing after the installation:$missing" >&2
    exit 1
fi

echo 'Some programs are missing. Install them, on Debian and Ubuntu with:' >&2
echo "    sudo apt-get install --no-install-recommends$missing" >&2
exit 1
