#!/bin/sh
# Finds out whether the package feed in use is the full one, and writes the answer
# to .feed/answer.props, which Directory.Build.props imports.
set -eu
cd "$(dirname "$0")"

placeholders='Microsoft.JSInterop.WebAssembly Microsoft.VisualStudio.SolutionPersistence Mono.TextTemplating'

mkdir -p .feed
log=.feed/probe.log
rm -f .feed/answer.props

if dotnet restore probe/Probe.csproj --force >"$log" 2>&1; then
    answer='<Project />'
    echo 'Package feed: full.'
elif grep -Eq 'error NU110[123]\b' "$log" && ! grep -Eq 'error NU1301\b' "$log"; then
    echo 'Package feed: partial, see build/partial-feed/README.md.'
    rm -rf .feed/packages
    for id in $placeholders; do
        dotnet pack placeholder/Placeholder.csproj --nologo -v quiet -p:PackageId="$id"
    done
    dotnet build blazor-script/BlazorScript.csproj --nologo -v quiet
    if ! ldconfig -p 2>/dev/null | grep -q 'libsqlite3\.so\.0' && ! ls /usr/lib/*/libsqlite3.so.0 >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get -o DPkg::Lock::Timeout=300 update -qq
            apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends libsqlite3-0
        else
            echo 'On this package feed the system SQLite library (libsqlite3.so.0) is needed.' >&2
            echo 'Install it, on Debian and Ubuntu with: sudo apt-get install libsqlite3-0' >&2
            exit 1
        fi
    fi
    answer='<Project><Import Project="../partial-feed.props" /></Project>'
else
    cat "$log" >&2
    echo 'The package feed could not be read. Check the network and `dotnet nuget list source`, then try again.' >&2
    exit 1
fi

printf '%s\n' "$answer" >.feed/answer.props.new
mv .feed/answer.props.new .feed/answer.props
