# Brings a project up, applies its changed files, takes it down, or says which services its files name. $1 is the engine's client. Standard input, a line each: what to
# do, the project's name, its folder, its environment file or nothing, the number of its files, and their paths.
client=$1
IFS= read -r what
IFS= read -r name
IFS= read -r folder
IFS= read -r environment
IFS= read -r count
set -- compose -p "$name" --project-directory "$folder"
if [ -n "$environment" ]; then set -- "$@" --env-file "$environment"; fi
while [ "$count" -gt 0 ]; do
    IFS= read -r file || exit 1
    set -- "$@" -f "$file"
    count=$((count - 1))
done
if ! "$client" compose version >/dev/null 2>&1; then exit 96; fi
case $what in
    deploy) exec "$client" "$@" up -d </dev/null 2>&1 ;;
    mutate) exec "$client" "$@" up -d --remove-orphans </dev/null 2>&1 ;;
    # Looking fetches nothing from elsewhere.
    services) export COMPOSE_EXPERIMENTAL_GIT_REMOTE=false COMPOSE_EXPERIMENTAL_OCI_REMOTE=false
        exec "$client" "$@" config --services </dev/null 2>/dev/null ;;
    down) exec "$client" "$@" down </dev/null 2>&1 ;;
esac
