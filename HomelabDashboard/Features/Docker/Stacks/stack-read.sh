# Reads the files of a project. $1 is the engine's client. Standard input: the number of files, and a path a line.
# Says which Compose there is, and for each file one word, or its size and then what is in it.
printf 'compose %s\n' "$("$1" compose version --short 2>/dev/null | head -n 1)"
IFS= read -r count
while [ "$count" -gt 0 ]; do
    IFS= read -r file || exit 1
    count=$((count - 1))
    if ! [ -e "$file" ]; then echo missing
    elif ! [ -f "$file" ] || ! [ -r "$file" ]; then echo denied
    else
        size=$(($(wc -c <"$file")))
        if [ "$size" -gt 262144 ]; then echo large
        else
            echo "file $size"
            head -c "$size" <"$file"
        fi
    fi
done
