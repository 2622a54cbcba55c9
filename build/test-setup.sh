#!/bin/sh
# Installs, or asks for, the programs that the tests use.
set -eu
"$(dirname "$0")/ensure-programs.sh" \
    ssh:openssh-client \
    sshd:openssh-server \
    sshpass:sshpass \
    chromium:chromium \
    busybox:busybox-static \
    ip:iproute2 \
    ps:procps \
    curl:curl \
    zsh:zsh \
    sudo:sudo \
    ansible-inventory:ansible-core \
    ansible-lint:ansible-lint \
    vim.tiny:vim-tiny \
    less:less \
    tmux:tmux \
    htop:htop \
    dockerd:docker.io \
    podman:podman \
    crun:crun
"$(dirname "$0")/compose/setup.sh"
