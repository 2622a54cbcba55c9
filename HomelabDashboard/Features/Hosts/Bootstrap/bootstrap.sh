{
# Read whole before it runs; what follows on standard input is values that it asks for. Idempotent.
mark=@MARK@
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
export LC_ALL PATH
say() { printf '%s %s\n' "$mark" "$*"; }
fail() { say "fail $*"; exit 1; }

say "ask values"
IFS= read -r user && IFS= read -r key || exit 1

# What is put into the user's own folder is put there as that user.
put_key=$(cat <<'PUT'
IFS= read -r key
umask 077
mkdir -p "$HOME/.ssh" && chmod 700 "$HOME/.ssh" || exit 1
file=$HOME/.ssh/authorized_keys
if [ -f "$file" ] && grep -qF "$key" "$file"; then echo present; exit 0; fi
if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then echo >> "$file"; fi
printf '%s homelab-dashboard\n' "$key" >> "$file" && chmod 600 "$file" && echo added
PUT
)

as_root=$(cat <<'ROOT'
mark=$1 user=$2 key=$3 put_key=$4
say() { printf '%s %s\n' "$mark" "$*"; }
fail() { say "fail $*"; exit 1; }
first() { printf '%s\n' "$1" | head -n 1; }
has() { command -v "$1" >/dev/null 2>&1; }
say "done"

say "step create_user"
found=present
if ! id -u "$user" >/dev/null 2>&1; then
    found=added
    shell=/bin/sh
    if [ -x /bin/bash ]; then shell=/bin/bash; elif [ -x /bin/ash ]; then shell=/bin/ash; fi
    if has useradd; then
        out=$(useradd -m -s "$shell" "$user" 2>&1) || fail "command $(first "$out")"
    elif has adduser; then
        out=$(adduser -D -s "$shell" "$user" 2>&1) || fail "command $(first "$out")"
    else
        fail "no_useradd"
    fi
fi
uid=$(id -u "$user") || fail "command id"
# sshd refuses a locked account, with a key too; a star lets in by key and by nothing else.
if [ "$uid" != 0 ] && awk -F: -v u="$user" '$1 == u && $2 ~ /^!+$/ { f = 1 } END { exit !f }' /etc/shadow 2>/dev/null; then
    usermod -p '*' "$user" >/dev/null 2>&1 || printf '%s:*\n' "$user" | chpasswd -e >/dev/null 2>&1 || fail "locked"
fi
say "done $found"

say "step install_key"
home=$(awk -F: -v u="$user" '$1 == u { print $6; exit }' /etc/passwd)
[ -n "$home" ] || home=$(getent passwd "$user" 2>/dev/null | cut -d: -f6)
[ -n "$home" ] || fail "no_home"
if [ ! -d "$home" ]; then
    mkdir -p "$home" && chown "$user" "$home" && chmod 700 "$home" || fail "no_home"
fi
if [ "$uid" = "$(id -u)" ]; then
    out=$(printf '%s\n' "$key" | HOME=$home sh -c "$put_key" 2>&1) || fail "command $(first "$out")"
else
    out=$(printf '%s\n' "$key" | su -s /bin/sh "$user" -c "$put_key" 2>&1) || fail "command $(first "$out")"
fi
if has restorecon; then restorecon -R "$home/.ssh" >/dev/null 2>&1; fi
say "done $(printf '%s\n' "$out" | tail -n 1)"

say "step allow_root"
if [ "$uid" = 0 ]; then
    say "done root"
elif has sudo; then
    file=/etc/sudoers.d/homelab-$(printf '%s' "$user" | tr . _)
    line="$user ALL=(ALL:ALL) NOPASSWD: ALL"
    if [ "$(cat "$file" 2>/dev/null)" = "$line" ]; then
        found=present
    else
        found=added
        # A name with a dot in it is not read by sudo, so nothing half-written ever counts.
        next=/etc/sudoers.d/.homelab.new
        mkdir -p /etc/sudoers.d && printf '%s\n' "$line" > "$next" && chmod 440 "$next" || fail "sudoers"
        if has visudo; then visudo -cf "$next" >/dev/null 2>&1 || { rm -f "$next"; fail "sudoers"; }; fi
        mv -f "$next" "$file" || fail "sudoers"
    fi
    out=$(su -s /bin/sh "$user" -c "sudo -n true" 2>&1) || fail "sudo_refuses $(first "$out")"
    say "done $found"
elif has doas; then
    file=/etc/doas.conf
    if [ -d /etc/doas.d ]; then file=/etc/doas.d/homelab.conf; fi
    line="permit nopass $user"
    found=present
    if ! grep -qxF "$line" "$file" 2>/dev/null; then
        found=added
        printf '%s\n' "$line" >> "$file" && chmod 600 "$file" || fail "sudoers"
    fi
    out=$(su -s /bin/sh "$user" -c "doas -n true" 2>&1) || fail "sudo_refuses $(first "$out")"
    say "done $found"
else
    fail "no_sudo"
fi
say "end"
ROOT
)

say "step become_root"
if [ "$(id -u)" = 0 ]; then
    sh -c "$as_root" sh "$mark" "$user" "$key" "$put_key"
elif command -v sudo >/dev/null 2>&1; then
    if sudo -n true >/dev/null 2>&1; then
        sudo -n sh -c "$as_root" sh "$mark" "$user" "$key" "$put_key"
    else
        say "ask password"
        IFS= read -r secret || exit 1
        [ -n "$secret" ] || fail "sudo_asks"
        # printf is the shell's own, so that the password is on no command line.
        printf '%s\n' "$secret" | sudo -S -p '' sh -c "$as_root" sh "$mark" "$user" "$key" "$put_key"
    fi
elif command -v doas >/dev/null 2>&1 && doas -n true >/dev/null 2>&1; then
    doas -n sh -c "$as_root" sh "$mark" "$user" "$key" "$put_key"
else
    fail "not_root"
fi
exit
}
