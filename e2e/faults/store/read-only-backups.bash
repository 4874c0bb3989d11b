# Makes the folder of a volume's backups read-only for the programs of this container, by a bind mount of the folder
# onto itself. Commands:
#
# set STORE FOLDER BINARY URL
#   STORE is the mount point of the store. If it is not mounted, Longhorn's BINARY mounts it. Can run twice.
# prove STORE FOLDER
#   Prints the error of creating a file. Fails if a file can be created in FOLDER, or cannot beside it.
# clear STORE FOLDER
#   Undoes `set`, even if the store does not answer.
# clear-run ROOT RUN
#   Undoes `set` for every volume of a run in all stores below ROOT, and prints each folder.
#
# The mount exists only in the mount namespace of the container, and ends with the container.
export LC_ALL=C
mode=$1 store=$2 folder=$3
say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Prints the options of the mount at a path, or nothing if there is none. The last line of mountinfo is the top mount.
options_of() {
  local point options found=
  while read -r _ _ _ _ point options _; do [[ $point == "$1" ]] && found=$options; done </proc/self/mountinfo
  printf '%s' "$found"
}

# Does not access the folder, because its server may be gone. If the folder cannot be unmounted, the mount of the
# whole store is detached lazily; Longhorn mounts it again when needed.
take_off() {
  while [[ -n $(options_of "$2") ]]; do
    timeout -s KILL 10 umount -i -c -l -- "$2" 2>/dev/null || umount -i -c -l -- "$1" || return 1
  done
}

case $mode in
  set)
    [[ ,$(options_of "$folder"), == *,ro,* ]] && exit 0
    if [[ -z $(options_of "$store") ]]; then
      said=$("$4" backup ls --volume-only "$5" 2>&1) || fail "the store could not be mounted as Longhorn does it: $said"
      [[ -n $(options_of "$store") ]] || fail "$4 has looked into $5, and nothing is mounted at $store"
    fi
    [[ -d $folder ]] || fail "there is no $folder"
    mount -i --bind -- "$folder" "$folder" && mount -i -o remount,bind,ro -- "$folder"
    ;;
  prove)
    options=$(options_of "$folder")
    [[ -n $options ]] || fail "nothing is mounted at $folder: it has gone with the container, where a manager was started again, or with the store's mount, where Longhorn took that off because the store did not answer"
    file=$folder/.corral-$BASHPID
    if said=$({ : >"$file"; } 2>&1); then rm -f -- "$file"; fail "a file can be made in $folder, which is mounted $options"; fi
    [[ $said == *': Read-only file system' ]] || fail "a file cannot be made in $folder for another reason: $said"
    [[ -w ${folder%/*} ]] || fail "${folder%/*} cannot be written to either"
    say "a file cannot be made in $folder (${said##*: }), and can be beside it"
    ;;
  clear)
    take_off "$store" "$folder" || exit 1
    say 'it is writable'
    ;;
  clear-run)
    mapfile -t mounts </proc/self/mountinfo
    for each in "${mounts[@]}"; do
      read -r _ _ _ _ point _ <<<"$each"
      [[ $point == "$2"/*/backupstore/volumes/*/*/corral-"$3"-*/backups ]] || continue
      take_off "${point%/backupstore/volumes/*}" "$point" || exit 1
      say "$point"
    done
    ;;
esac
