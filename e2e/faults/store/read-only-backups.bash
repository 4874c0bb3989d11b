# Makes the folder of a volume's backups in a store read-only for the programs of this container alone, by a mount of it onto itself:
#   set STORE FOLDER BINARY URL   STORE is where the store is mounted; where it is not yet, Longhorn's own binary is asked to. Twice is no harm
#   prove STORE FOLDER            tries it and says what was said; fails where a file can be made in it, or not beside it
#   clear STORE FOLDER            undoes it, also where the store answers no more
#   clear-run ROOT RUN            undoes it for every volume of this run in any store below ROOT, and prints each folder
# The mount is one of the container's own mount namespace and of no other, and goes with the container.
export LC_ALL=C
mode=$1 store=$2 folder=$3
say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Options of what is mounted at a path, empty where nothing is; the last one is on top.
options_of() {
  local point options found=
  while read -r _ _ _ _ point options _; do [[ $point == "$1" ]] && found=$options; done </proc/self/mountinfo
  printf '%s' "$found"
}

# Without looking at what is there: a server may have gone. Who cannot reach the folder any more takes the whole store's mount away, lazily;
# Longhorn makes that anew when it needs it.
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
