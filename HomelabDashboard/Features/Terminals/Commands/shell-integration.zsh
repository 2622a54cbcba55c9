# Read by a zsh that was started for a terminal of the dashboard's, as its first start-up file of the user's; the user's own follow.
# Tells the dashboard, by marks in the output, which commands are run, and keeps blocked ones from running.
command rm -rf -- "$ZDOTDIR"
if (( ${+HOMELAB_ZDOTDIR} )); then ZDOTDIR=$HOMELAB_ZDOTDIR; else unset ZDOTDIR; fi
unset HOMELAB_SHELL HOMELAB_ZDOTDIR __homelab_script

zmodload zsh/datetime zsh/mathfunc 2>/dev/null
typeset -gF __homelab_begun=0
typeset -g __homelab_nonce= __homelab_folder= __homelab_escaped= __homelab_running= __homelab_number=0
typeset -ga __homelab_rules __homelab_reasons

# The dashboard's answer: its nonce, two lines a rule, and an end.
__homelab_read() {
    emulate -L zsh
    local line rule reason
    IFS= read -r -t 2 line || return
    [[ $line == 'homelab '* ]] || return
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

# Puts into __homelab_escaped what may stand in a mark.
__homelab_escape() {
    emulate -L zsh
    local text=$1 code character i
    text=${text//\\/\\\\}
    text=${text//;/\\x3b}
    if [[ $text == *[[:cntrl:]]* ]]; then
        for i in {1..31}; do
            printf -v code '\\x%02x' $i
            printf -v character "\\x$code[-2,-1]"
            text=${text//$character/$code}
        done
    fi
    __homelab_escaped=$text
}

# Before the prompt.
__homelab_precmd() {
    local code=$?
    { emulate -L zsh; setopt no_xtrace; } 2>/dev/null
    if [[ -n $__homelab_running ]]; then
        __homelab_running=
        printf '\e]633;D;%s;%s;%s;%s\a' $code $__homelab_nonce $__homelab_number "${EPOCHREALTIME:+$(( int((EPOCHREALTIME - __homelab_begun) * 1000000) ))}" >&2
    fi
    if [[ $PWD != $__homelab_folder ]]; then
        __homelab_folder=$PWD
        __homelab_escape "$PWD"
        printf '\e]633;P;Cwd=%s;%s\a' "$__homelab_escaped" $__homelab_nonce >&2
    fi
}

# Before a command; $1 is what was typed.
__homelab_preexec() {
    { emulate -L zsh; setopt no_xtrace; } 2>/dev/null
    if [[ $1 != [[:space:]]* && -n $1 ]]; then
        __homelab_running=yes
        (( ++__homelab_number ))
        __homelab_begun=${EPOCHREALTIME:-0}
        __homelab_escape "${1[1,8193]}"
        printf '\e]633;E;%s;%s;%s\a' "$__homelab_escaped" $__homelab_nonce $__homelab_number >&2
    fi
}

# On Enter, before the shell gets the line: whether it may have it.
__homelab_check() {
    { emulate -L zsh; setopt no_xtrace; } 2>/dev/null
    local text i
    # A line that a program asked for, by vared, is none of ours.
    if (( ! $#__homelab_rules )) || [[ $CONTEXT != (start|cont) ]]; then return 0; fi
    if [[ -o bang_hist && $BUFFER == *'!'* ]]; then zle .expand-history; fi
    text=$PREBUFFER$BUFFER
    for (( i = 1; i <= $#__homelab_rules; i++ )); do
        if [[ $text =~ $__homelab_rules[i] ]]; then
            zle -I
            printf '\e[1;31mNot run:\e[0m %s\n' "$__homelab_reasons[i]" >&2
            if [[ $text != [[:space:]]* ]]; then
                __homelab_escape "${text[1,8193]}"
                printf '\e]633;HomelabBlocked;%s;%s;%s\a' "$__homelab_escaped" $__homelab_nonce $((i - 1)) >&2
            fi
            print -rs -- "$text"
            zle send-break
            return 1
        fi
    done
}

# At the first prompt, when the user's own files have been read.
__homelab_install() {
    local code=$? widget
    precmd_functions=(${precmd_functions:#__homelab_install})
    if [[ -z $__homelab_nonce || ! -o zle ]]; then
        printf '\e]633;HomelabNone\a' >&2
    else
        precmd_functions=(__homelab_precmd $precmd_functions)
        preexec_functions+=(__homelab_preexec)
        for widget in accept-line accept-and-hold accept-line-and-down-history accept-and-infer-next-history; do
            zle -A $widget homelab-$widget
            functions[__homelab_$widget]="__homelab_check && zle homelab-$widget -- \"\$@\""
            zle -N $widget __homelab_$widget
        done
        __homelab_precmd
    fi
    unfunction __homelab_read __homelab_install
    return $code
}

if [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then source ${ZDOTDIR:-$HOME}/.zshenv; fi
typeset -ga precmd_functions preexec_functions
precmd_functions+=(__homelab_install)
