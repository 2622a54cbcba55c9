# Read by a bash that was started for a terminal of the dashboard's, in place of its profiles, or inside a container of its ~/.bashrc,
# which it reads in turn.
# Tells the dashboard, by marks in the output, which commands are run, and keeps blocked ones from running.
unset HOMELAB_SHELL ENV __homelab_script
exec 3<&-
set +o posix
shopt -u inherit_errexit 2>/dev/null
if [[ ${HISTFILE-} == ~/.sh_history ]]; then HISTFILE=~/.bash_history; fi
if shopt -q login_shell && ((BASH_VERSINFO[0] >= 5)); then BASH_ARGV0=-bash; fi

__homelab_nonce=
__homelab_rules=()
__homelab_reasons=()

# The dashboard's answer: its nonce, two lines a rule, and an end.
__homelab_read() {
    local line rule reason
    IFS= read -r -t 2 line || return
    [[ $line == homelab\ * ]] || return
    __homelab_nonce=${line#homelab }
    while IFS= read -r -t 2 line && [[ $line != end ]]; do
        printf -v rule %b "$line"
        IFS= read -r -t 2 line
        printf -v reason %b "$line"
        __homelab_rules+=("$rule")
        __homelab_reasons+=("$reason")
    done
}

__homelab_read
stty echo

if ! shopt -q login_shell; then
    if [[ -r ~/.bashrc ]]; then . ~/.bashrc; fi
else
    if [[ -r /etc/profile ]]; then . /etc/profile; fi
    if [[ -r ~/.bash_profile ]]; then
        . ~/.bash_profile
    elif [[ -r ~/.bash_login ]]; then
        . ~/.bash_login
    elif [[ -r ~/.profile ]]; then
        . ~/.profile
    fi
fi

# Puts into __homelab_escaped what may stand in a mark.
__homelab_escape() {
    local text=$1 backslash='\' i code
    text=${text//"$backslash"/"$backslash$backslash"}
    text=${text//;/"${backslash}x3b"}
    text=${text//$'\n'/"${backslash}x0a"}
    if [[ $text == *[[:cntrl:]]* ]]; then
        for ((i = 1; i < 32; i++)); do
            printf -v code '\\x%02x' "$i"
            text=${text//"${__homelab_controls:i-1:1}"/"$code"}
        done
    fi
    __homelab_escaped=$text
}

# Before the prompt.
__homelab_precmd() {
    local code=$?
    { local -; set +eux; } 2>/dev/null
    # After a command, and not after an empty line or Ctrl-C.
    if [[ $__homelab_mark ]] && ((!__homelab_prompting)); then
        printf '\e]633;D;%s;%s;%s;%s\a' "$code" "$__homelab_nonce" "$__homelab_number" "${__homelab_clock:+$((${EPOCHREALTIME//[^0-9]/} - __homelab_begun))}" >&2
    fi
    if [[ $PWD != "$__homelab_folder" ]]; then
        __homelab_folder=$PWD
        __homelab_escape "$PWD"
        printf '\e]633;P;Cwd=%s;%s\a' "$__homelab_escaped" "$__homelab_nonce" >&2
    fi
    if [[ ${PS0-} != *__homelab_mark* ]]; then
        PS0=${PS0-}'${__homelab_mark-}'$__homelab_ps0'${__homelab_none[__homelab_prompting=0]-}'
    fi
    __homelab_fresh=1
    __homelab_prompting=1
}

# On Enter, before the shell gets the line.
__homelab_line() {
    { local - IFS=$' \t\n'; set +eux; } 2>/dev/null
    # A line that a program asked for, by read -e, is none of ours.
    if ((!__homelab_prompting)); then return; fi
    local line=$READLINE_LINE last i nocase=

    if ((__homelab_blocked)); then
        __homelab_blocked=0
        __homelab_bind accept-line operate-and-get-next
    fi
    if [[ $- == *H* && $line == *'!'* ]]; then
        last=$(HISTTIMEFORMAT= history 1 2>/dev/null)
        # history -p leaves out the newest line, which it takes for itself, unless that was put there.
        line=$(history -s -- "${last#*[0-9]  }"; history -p "$line" 2>/dev/null) && [[ $line ]] || line=$READLINE_LINE
    fi
    if ((__homelab_fresh)); then
        __homelab_fresh=0
        ((++__homelab_number))
        __homelab_text=$line
        __homelab_first=$READLINE_LINE
    else
        __homelab_text+=$'\n'$line
    fi

    __homelab_mark=
    if [[ $__homelab_text == *[^[:space:]]* ]]; then
        if shopt -q nocasematch; then nocase=1; shopt -u nocasematch; fi
        for i in "${!__homelab_rules[@]}"; do
            if [[ $__homelab_text =~ ${__homelab_rules[i]} ]]; then
                __homelab_refuse "$i"
                break
            fi
        done
        if [[ $nocase ]]; then shopt -s nocasematch; fi
        if ((!__homelab_blocked)) && [[ $__homelab_first != [[:space:]]* ]]; then
            __homelab_escape "${__homelab_text:0:8193}"
            printf -v __homelab_mark '\e]633;E;%s;%s;%s\a' "$__homelab_escaped" "$__homelab_nonce" "$__homelab_number"
        fi
    fi
}

# The line is shown, with the reason, and is not given to the shell; the arrow up brings it back.
__homelab_refuse() {
    printf '%s\n\e[1;31mNot run:\e[0m %s\n' "$READLINE_LINE" "${__homelab_reasons[$1]}" >&2
    if [[ $__homelab_first != [[:space:]]* ]]; then
        __homelab_escape "${__homelab_text:0:8193}"
        printf '\e]633;HomelabBlocked;%s;%s;%s\a' "$__homelab_escaped" "$__homelab_nonce" "$1" >&2
    fi
    history -s -- "$READLINE_LINE"
    __homelab_blocked=1
    __homelab_fresh=1
    __homelab_bind redraw-current-line redraw-current-line
    if [[ $__homelab_text != "$READLINE_LINE" && $__homelab_text == *$'\n'* ]]; then
        # The lines before it are with the shell already, which drops them as on Ctrl-C.
        kill -INT $$
    fi
    READLINE_LINE=
    READLINE_POINT=0
}

# What follows __homelab_line on Enter, and on Ctrl-O.
__homelab_bind() {
    local map
    for map in emacs vi-insert vi-command; do
        bind -m "$map" '"\C-x\C-h2": '"$1"
        bind -m "$map" '"\C-x\C-h3": '"$2"
    done
}

__homelab_install() {
    { local - IFS=$' \t\n'; set +eux; } 2>/dev/null
    local map keys command=()
    shopt -q promptvars && [[ -o emacs || -o vi ]] && ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || return
    # Whoever gave Enter a meaning of their own keeps it.
    keys=$(bind -q accept-line 2>/dev/null)
    [[ $keys == *'"\C-m"'* ]] || return
    for map in emacs vi-insert vi-command; do
        bind -m "$map" -x '"\C-x\C-h1": __homelab_line "$_"'
        bind -m "$map" '"\C-m": "\C-x\C-h1\C-x\C-h2"'
        bind -m "$map" '"\C-j": "\C-x\C-h1\C-x\C-h2"'
    done
    bind -m emacs '"\C-o": "\C-x\C-h1\C-x\C-h3"'
    __homelab_bind accept-line operate-and-get-next
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
        [[ ${PROMPT_COMMAND[*]-} ]] && command=("${PROMPT_COMMAND[@]}")
        PROMPT_COMMAND=(__homelab_precmd "${command[@]}")
    else
        PROMPT_COMMAND="__homelab_precmd${PROMPT_COMMAND:+; $PROMPT_COMMAND}"
    fi
    printf -v __homelab_controls '\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37'
}

# When the first part of a line begins, in microseconds, where the shell has a clock.
__homelab_ps0= __homelab_clock= __homelab_begun=0 __homelab_timed=0
if ((BASH_VERSINFO[0] >= 5)); then
    __homelab_clock=yes
    __homelab_ps0='${__homelab_none[__homelab_begun=__homelab_timed==__homelab_number?__homelab_begun:${EPOCHREALTIME//[^0-9]/},__homelab_timed=__homelab_number,0]-}'
fi
__homelab_mark= __homelab_text= __homelab_first= __homelab_folder= __homelab_escaped=
__homelab_fresh=1 __homelab_prompting=0 __homelab_number=0 __homelab_blocked=0
if [[ ! $__homelab_nonce ]] || ! __homelab_install; then
    printf '\e]633;HomelabNone\a' >&2
fi
unset -f __homelab_read __homelab_install
