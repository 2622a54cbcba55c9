# Starts a shell inside a container: bash with the integration ($1) where there is one, else sh.
# POSIX sh. Not a login shell: /etc/profile of many images would put their PATH aside.
if command -v bash >/dev/null 2>&1; then
    if stty -echo 2>/dev/null; then
        printf '\033]633;HomelabAsk\007'
        export HOMELAB_SHELL="$1"
        exec bash --rcfile /dev/fd/3 3<<'END'
printf -v __homelab_script %b "$HOMELAB_SHELL" && eval "$__homelab_script"
END
    fi
    printf '\033]633;HomelabNone\007'
    exec bash
fi
printf '\033]633;HomelabNone\007'
exec sh
