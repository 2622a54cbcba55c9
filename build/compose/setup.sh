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

. /etc/os-release
[ "${ID:-}" = debian ] && command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "there is none, and this system is no Debian to get one on."
mirror=$(apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)' 'Created-By: Packages' |
    awk -F'|' -v release="${VERSION_CODENAME:-}" '$2 == release && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || fail "apt names no mirror of Debian ${VERSION_CODENAME:-}."

echo "compose: getting a private copy from Debian 13 into .tools/compose"
mkdir -p "$repository/.tools"
work=$(mktemp -d "$repository/.tools/compose.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/root"
: >"$work/apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/apt/sources.list"
private_apt() {
    apt-get -qq -o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State="$work/apt" -o Dir::State::Lists="$work/apt/lists" -o Dir::State::Status="$work/apt/status" \
        -o Dir::Cache="$work/apt/cache" -o Dir::Cache::Archives="$work/apt/cache/archives" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::Log="$work/apt" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none -o Debug::NoLocking=true "$@"
}
private_apt update || fail "Debian 13 could not be read from $mirror."
(cd "$work/root" && private_apt download docker-compose) || fail "docker-compose could not be downloaded from $mirror."
dpkg -x "$work"/root/docker-compose_*.deb "$work/root"
plugin=$(find "$work/root" -name docker-compose -type f -perm -u+x | head -n 1)
[ -n "$plugin" ] || fail "the package does not hold the plugin."
mkdir "$work/compose"
mv "$plugin" "$work/compose/docker-compose"
rm -rf "$target"
mv "$work/compose" "$target"
echo "compose: $("$target/docker-compose" version) is ready"
