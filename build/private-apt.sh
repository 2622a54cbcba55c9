# To be sourced: an apt with its own sources, lists and cache, to download packages of another suite of Debian and to change nothing of
# this system's. An empty status file: the whole closure of a package comes, its libc too. Needs a function fail.
#
# private_apt_begin FOLDER SUITE   makes it in the folder and reads the suite's lists, from the mirror that this system uses
# private_apt ARGUMENT...          apt-get with it

private_apt_begin() {
    . /etc/os-release
    [ "${ID:-}" = debian ] && command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "there is none, and this system is no Debian to get one on."
    mirror=$(apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)' 'Created-By: Packages' |
        awk -F'|' -v release="${VERSION_CODENAME:-}" '$2 == release && $3 == "main" { print $1; exit }')
    [ -n "$mirror" ] || fail "apt names no mirror of Debian ${VERSION_CODENAME:-}."
    apt=$1
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main" >"$apt/sources.list"
    private_apt update || fail "Debian's suite $2 could not be read from $mirror."
}

private_apt() {
    apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::Status="$apt/status" \
        -o Dir::Cache="$apt/cache" -o Dir::Cache::Archives="$apt/cache/archives" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::Log="$apt" \
        -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Acquire::Languages=none -o Debug::NoLocking=true "$@"
}
