# Kills the process of one replica, inside the container of its instance manager. Commands:
#
# kill DIRECTORY
#   Kills the process whose data are in the folder `replicas/DIRECTORY`, and waits until it has ended, for 5 s
#   at most. Prints its PID and its start time.
# running PID START...
#   Prints those of the processes that still run.
mode=$1

# Sets `start` to the start time of a process. Fails if the process has ended. The fields follow the program's name,
# which is in parentheses and may contain any character.
started() {
  local stat=
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null
  read -ra stat <<<"${stat##*) }"
  start=${stat[19]}
  [[ -n $start && ${stat[0]} != [ZX] ]]
}

# Whether the process with these arguments is the replica's: `PATH/longhorn ... replica FOLDER ...`.
is_replica() {
  local word program= command= folder=
  for word in "$@"; do
    [[ $word == */longhorn ]] && program=yes
    [[ $word == replica ]] && command=yes
    [[ $word == */replicas/"$directory" ]] && folder=yes
  done
  [[ -n $program && -n $command && -n $folder ]]
}

if [[ $mode == running ]]; then
  shift
  while (($# > 1)); do
    started "$1" && [[ $start == "$2" ]] && printf '%s\n' "$1"
    shift 2
  done
  exit 0
fi

directory=$2
for process in /proc/[0-9]*; do
  argv=()
  { mapfile -d '' -t argv <"$process/cmdline"; } 2>/dev/null
  is_replica "${argv[@]}" || continue
  pid=${process#/proc/}
  started "$pid" && kill -KILL "$pid" || continue
  printf '%s %s\n' "$pid" "$start"
  found=yes
  for ((i = 0; i < 100; i++)); do started "$pid" && sleep 0.05 || break; done
done
[[ -n $found ]] || { printf 'no process has the folder replicas/%s\n' "$directory"; exit 1; }
