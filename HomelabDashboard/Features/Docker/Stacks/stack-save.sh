# Checks one file of a project and, when asked to, puts it in place of the one that is there, which it keeps beside it as .bak.
# $1 is the engine's client. Standard input, a line each: check or save, the file, the SHA-256 of what it must hold now, the new
# file's size, the project's name, its folder, its environment file or nothing, the number of its files, and their paths; then the new file.
client=$1
IFS= read -r what
IFS= read -r edited
IFS= read -r held
IFS= read -r size
IFS= read -r name
IFS= read -r folder
IFS= read -r environment
IFS= read -r count
new=${edited%/*}/.homelab-$$.yaml
copy=${edited%/*}/.homelab-$$.new
trap 'rm -f "$new" "$copy"' EXIT
trap 'exit 1' HUP INT TERM PIPE
set -- compose -p "$name" --project-directory "$folder"
if [ -n "$environment" ]; then set -- "$@" --env-file "$environment"; fi
while [ "$count" -gt 0 ]; do
    IFS= read -r file || exit 1
    if [ "$file" = "$edited" ]; then file=$new; fi
    set -- "$@" -f "$file"
    count=$((count - 1))
done
# Whether the file is still the one that was edited; without sha256sum nobody can tell.
same() {
    command -v sha256sum >/dev/null 2>&1 || return 0
    has=$(sha256sum <"$edited")
    [ "${has%% *}" = "$held" ]
}
umask 077
# set -C: never into a file, or through a link, that is there already.
if ! (set -C && head -c "$size" >"$new"); then echo denied; exit; fi
if [ "$(($(wc -c <"$new")))" -ne "$size" ]; then echo short; exit; fi
if ! [ -f "$edited" ]; then echo missing; exit; fi
if ! same; then echo changed; exit; fi
if ! (set -C && : >"$copy"); then echo denied; exit; fi
checked=checked
if ! "$client" compose version >/dev/null 2>&1; then
    checked=unchecked
elif ! "$client" "$@" config -q </dev/null >"$copy" 2>&1; then
    echo invalid
    head -c 8192 "$copy"
    exit
fi
if [ "$what" = save ]; then
    target=$(readlink -f "$edited" 2>/dev/null) && [ -n "$target" ] || target=$edited
    if ! { rm -f "$edited.bak" && (set -C && : >"$edited.bak") && cp -p "$target" "$edited.bak" && cp -p "$target" "$copy" && cat "$new" >"$copy"; }; then echo denied; exit; fi
    if ! same; then echo changed; exit; fi
    if ! mv -f "$copy" "$target"; then echo denied; exit; fi
fi
# Whoever reads the answer finds the folder as it stays.
rm -f "$new" "$copy"
echo "$checked"
