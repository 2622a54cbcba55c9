# Starts the login shell of a terminal, and where it is bash or zsh, hands it the integration: $1 for bash, $2 for zsh.
# POSIX sh. Nothing of anybody's is in it; what belongs to the session is read from the terminal by the shell itself.
shell=${SHELL:-/bin/sh}
kind=${shell##*/}

# A zsh whose system-wide start-up file moves the others elsewhere would not find ours.
elsewhere() {
    for file in /etc/zshenv /etc/zsh/zshenv; do
        if [ -r "$file" ] && grep -q -e '^[^#]*ZDOTDIR' -e '^[^#]*[Rr][Cc][Ss]' "$file"; then return 0; fi
    done
    return 1
}

case $kind in
    bash) ask=yes ;;
    zsh)
        ask=
        if ! elsewhere && folder=$(mktemp -d 2>/dev/null); then
            ask=yes
            printf '%s\n' 'printf -v __homelab_script %b "$HOMELAB_SHELL" && eval "$__homelab_script"' >"$folder/.zshenv"
        fi
        ;;
    *) ask= ;;
esac

if [ "$ask" ] && stty -echo 2>/dev/null; then
    printf '\033]633;HomelabAsk\007'
else
    ask=
    printf '\033]633;HomelabNone\007'
fi

if ! [ -e "$HOME/.hushlogin" ]; then
    for file in /run/motd.dynamic /etc/motd; do
        if [ -s "$file" ]; then cat "$file"; fi
    done
fi

if [ "$ask" ] && [ "$kind" = bash ]; then
    # A login shell in POSIX mode reads $ENV instead of its profiles; ours leaves that mode and reads them.
    export HOMELAB_SHELL="$1" ENV=/dev/fd/3
    exec "$shell" --posix -l 3<<'END'
printf -v __homelab_script %b "$HOMELAB_SHELL" && eval "$__homelab_script"
END
elif [ "$ask" ]; then
    if [ "${ZDOTDIR+set}" ]; then export HOMELAB_ZDOTDIR="$ZDOTDIR"; fi
    export HOMELAB_SHELL="$2" ZDOTDIR="$folder"
    exec "$shell" -l
elif [ "$kind" = sh ] || [ "$kind" = dash ]; then
    # Older ones have no -l.
    "$shell" -nlc : 2>/dev/null || exec "$shell"
fi
exec "$shell" -l
