#!/bin/sh
# Makes sure that the tests have a Compose plugin: the one that docker has, or Debian 13's as a private copy in .tools/compose that
# changes nothing of the system's. Says what it did; does nothing when there is one already.
set -eu

repository=$(cd "$(dirname "$0")/../.." && pwd)
target=$repository/.tools/compose

if [ -x "$target/docker-compose" ] || docker compose version >/dev/null 2>&1; then
    exit 0
fi

fail() {
    echo "compose: $1 Install Docker's Compose plugin to have its tests run." >&2
    exit 1
}

. "$repository/build/private-apt.sh"
echo "compose: getting a private copy from Debian 13 into .tools/compose"
mkdir -p "$repository/.tools"
work=$(mktemp -d "$repository/.tools/compose.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
private_apt_begin "$work/apt" trixie
mkdir "$work/root"
(cd "$work/root" && private_apt download docker-compose) || fail "docker-compose could not be downloaded."
dpkg -x "$work"/root/docker-compose_*.deb "$work/root"
plugin=$(find "$work/root" -name docker-compose -type f -perm -u+x | head -n 1)
[ -n "$plugin" ] || fail "the package does not hold the plugin."
mkdir "$work/compose"
mv "$plugin" "$work/compose/docker-compose"
rm -rf "$target"
mv "$work/compose" "$target"
echo "compose: $("$target/docker-compose" version) is ready"
