#!/bin/sh
# The dashboard's hosts as a dynamic inventory of Ansible's: ansible-playbook -i inventory playbook.yml
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
case "$1" in
    --host) echo '{}' ;;
    *) exec cat "$here/inventory.json" ;;
esac
