#!/bin/sh
# Makes sure that there is a ttyd: the one on PATH, the distribution's, or a private copy in .tools/ttyd that changes nothing of
# the system's. Says what it did; does nothing when there is one already.
set -eu

repository=$(cd "$(dirname "$0")/../.." && pwd)
target=$repository/.tools/ttyd

works() { "$1" --version >/dev/null 2>&1; }
fail() {
    echo "ttyd: $1" >&2
    echo "ttyd: install ttyd 1.7.4 or later (Ubuntu: apt-get install ttyd, macOS: brew install ttyd, others: https://github.com/tsl0922/ttyd/releases), or name one in Homelab__Terminals__TtydPath." >&2
    exit 1
}

if command -v ttyd >/dev/null && works "$(command -v ttyd)"; then
    exit 0
fi
if [ -x "$target/ttyd" ] && works "$target/ttyd"; then
    exit 0
fi
# A fresh system has no package lists yet, and then knows of no package.
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] && [ -z "$(apt-cache --names-only search '^openssh-client$' 2>/dev/null)" ]; then
    apt-get -o DPkg::Lock::Timeout=300 update -qq || fail "the package lists could not be read."
fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "there is none on PATH, and this system has no apt to get one with."

if [ -n "$(apt-cache --names-only search '^ttyd$' 2>/dev/null)" ]; then
    [ "$(id -u)" = 0 ] || fail "there is none on PATH; this system has a package of it."
    echo "ttyd: installing the system's package"
    apt-get -o DPkg::Lock::Timeout=300 install -y -qq ttyd >/dev/null || fail "the package could not be installed."
    exit 0
fi

. "$repository/build/private-apt.sh"
echo "ttyd: getting a private copy from Debian's unstable suite into .tools/ttyd"
mkdir -p "$repository/.tools"
work=$(mktemp -d "$repository/.tools/ttyd.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
private_apt_begin "$work/apt" sid
mkdir -p "$work/ttyd/root" "$work/ttyd/plugins"
private_apt --download-only -y install ttyd >/dev/null || fail "ttyd could not be downloaded."
for package in "$work"/apt/cache/archives/*.deb; do
    dpkg -x "$package" "$work/ttyd/root"
done

cd "$work/ttyd"
ttyd=$(find root -path '*/bin/ttyd' -type f | head -n 1)
loader=$(find root -name 'ld-linux*.so.*' | head -n 1)
plugin=$(find root -name 'libwebsockets-evlib_uv.so' | head -n 1)
libraries=$(dirname "$(find root -name 'libc.so.6' | head -n 1)")
[ -n "$ttyd" ] && [ -n "$loader" ] && [ -n "$plugin" ] || fail "the packages do not hold what is needed."
ln -s "../$plugin" plugins/libwebsockets-evlib_uv.so

# libwebsockets looks for its plugin in the working folder, so that is where ttyd runs; its programs get the caller's.
cat >ttyd <<SCRIPT
#!/bin/sh
caller=\$(pwd)
here=\$(dirname "\$(readlink -f "\$0")")
cd "\$here/plugins" && exec "\$here/$loader" --library-path "\$here/$libraries" --argv0 ttyd "\$here/$ttyd" -w "\$caller" "\$@"
SCRIPT
chmod +x ttyd
works ./ttyd || fail "the private copy does not run here."
cd "$repository"
rm -rf "$target"
mv "$work/ttyd" "$target"
echo "ttyd: $("$target/ttyd" --version) is ready"
