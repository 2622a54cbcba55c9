{
# Read whole before it runs. Says which boot this is, and with an action carries that out as root.
mark=@MARK@ action=@ACTION@
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
export LC_ALL PATH
say() { printf '%s %s\n' "$mark" "$*"; }

boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
[ -n "$boot" ] || { say "fail no_boot_id"; exit; }
say "boot $boot"
[ "$action" = none ] && exit

root=
if [ "$(id -u)" != 0 ]; then
    for root in 'sudo -n' 'doas -n' ''; do
        [ -n "$root" ] || { say "fail not_root"; exit; }
        $root true </dev/null >/dev/null 2>&1 && break
    done
fi
say "order"
if out=$($root $action 2>&1 </dev/null); then
    say "taken"
else
    say "fail command $(printf '%s\n' "$out" | head -n 1)"
fi
exit
}
