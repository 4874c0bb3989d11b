# Holds or releases the process that deletes one backup, inside its container. Commands:
#
# hold TOKEN BACKUP SEARCH_SECONDS HOLD_SECONDS [FILE...]
#   Waits for the process, stops it, and releases it after HOLD_SECONDS at the latest. The first FILE is the
#   config of the backup.
# continue TOKEN
#   Lets the process that `hold TOKEN` stopped continue until the first FILE is gone and, if there are others,
#   one of them too. Then the process is stopped again, and `hold` refreshes its lock from then on.
# release TOKEN BACKUP
#   Ends `hold TOKEN`, and lets the process continue, whatever stopped it.
# state PID...
#   Prints the state letter of each process: T if it is stopped, - if it has ended.
#
# The search uses only builtins and does not fork: the deletion can be caught only in its first seconds, and a fork is
# slow on some nodes.
mode=$1

# Sets `letter` to the state letter in a file of /proc, or to - if the process has ended. The letter follows the
# program's name, which is in parentheses and may contain any character.
state_in() {
  local stat=
  { read -r stat <"$1"; } 2>/dev/null
  stat=${stat##*) }
  letter=${stat:0:1}
  letter=${letter:--}
}

if [[ $mode == state ]]; then
  for pid in "${@:2}"; do
    state_in "/proc/$pid/stat"
    printf '%s\n' "$letter"
  done
  exit 0
fi

token=$2 backup=$3 search=${4:-0} hold=${5:-0}
shopt -s nullglob

# The client may have closed the stream. The release must work even then.
trap '' PIPE
asked= resumed=
trap 'asked=yes' TERM INT HUP
trap 'resumed=yes' USR1

# A pipe without a writer. Reading from it with a time-out sleeps without a process.
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || :; }

arguments() { { mapfile -d '' -t argv <"/proc/$1/cmdline"; } 2>/dev/null; }

is_deletion() {
  local i url
  for ((i = 0; i + 3 < ${#argv[@]}; i++)); do
    [[ ${argv[i]} == */longhorn && ${argv[i + 1]} == backup && ${argv[i + 2]} == rm ]] || continue
    for url in "${argv[@]:i + 3}"; do
      [[ $url == *[?\&]backup="$backup" || $url == *[?\&]backup="$backup"\&* ]] && return 0
    done
  done
  return 1
}

is_holder() {
  local i
  for ((i = 0; i + 2 < ${#argv[@]}; i++)); do
    [[ ${argv[i]} == corral-hold && ${argv[i + 1]} == hold && ${argv[i + 2]} == "$token" ]] && return 0
  done
  return 1
}

# Sets `pids` to the processes for which the given test succeeds.
find_processes() {
  local directory pid
  pids=()
  for directory in /proc/[0-9]*; do
    pid=${directory#/proc/}
    argv=()
    arguments "$pid" && "$1" && pids+=("$pid")
  done
  ((${#pids[@]} > 0))
}

# Stops the processes and waits until every thread has stopped. The signal takes effect later than `kill` returns, and
# a thread could still change files in between.
stop_all() {
  local pid thread letter
  kill -STOP "${pids[@]}" 2>/dev/null || return
  for pid in "${pids[@]}"; do
    for thread in /proc/"$pid"/task/*/stat; do
      until state_in "$thread"; [[ $letter == [TZX-] || -n $asked ]] || ((SECONDS >= end)); do nap 0.002; done
    done
  done
}

if [[ $mode == release ]]; then
  find_processes is_holder && kill -TERM "${pids[@]}" 2>/dev/null
  for ((i = 0; i < 50; i++)); do
    find_processes is_holder || break
    nap 0.1
  done
  find_processes is_deletion && kill -CONT "${pids[@]}" 2>/dev/null
  printf 'released %s\n' "${#pids[@]}"
  exit 0
fi

if [[ $mode == continue ]]; then
  find_processes is_holder || { printf 'nothing holds it any more\n'; exit 1; }
  kill -USR1 "${pids[@]}"
  exit
fi

# Whether one of the processes has a lock file of the volume open. It has while it writes the lock, which first has
# another name.
writes_lock() {
  local pid open lock
  for pid in "${pids[@]}"; do
    for open in /proc/"$pid"/fd/*; do
      for lock in "$volume"/locks/*; do [[ $open -ef $lock ]] && return 0; done
    done
  done
  return 1
}

# Lets the processes run for 5 ms. Fails if the hold has to end or the processes have ended.
a_little() {
  [[ -z $asked ]] && ((SECONDS < end)) || return
  kill -CONT "${pids[@]}" && nap 0.005
  stop_all || { printf 'ended before it was stopped again\n'; return 1; }
}

# No file exists before the process has mounted its store, so the first FILE must be seen before its absence counts.
# After that the process runs 5 ms at a time and is checked while it is stopped, so that it cannot end between checks.
go_on() {
  local file gone=$1 seen=
  [[ -e $1 ]] && seen=yes
  kill -CONT "${pids[@]}"
  until [[ -n $seen && ! -e $1 ]]; do
    [[ -e $1 ]] && seen=yes
    [[ -n $asked ]] || ((SECONDS >= end)) && return
    kill -0 "${pids[@]}" || { printf 'ended before it was stopped again\n'; return; }
    nap 0.002
  done
  stop_all
  while (($# > 1)); do
    gone=
    for file in "${@:2}"; do [[ -e $file ]] || { gone=$file; break; }; done
    [[ -n $gone ]] && break
    a_little || return
  done
  # A mounted file system may keep a file that is removed while open, under another name in the same folder.
  while writes_lock; do a_little || return; done
  printf 'stopped again, %s is gone\n' "${gone##*/}"
} 2>/dev/null

printf 'watching\n'
end=$((SECONDS + search))
until find_processes is_deletion; do
  [[ -n $asked ]] && { printf 'ended without a find\n'; exit; }
  ((SECONDS >= end)) && { printf 'not found in %s s\n' "$search"; exit; }
  nap 0.02
done

end=$((SECONDS + hold))
stop_all
printf 'stopped %s\n' "${pids[*]}"
# A process with a lock refreshes it from time to time. It cannot while it is stopped, so this loop does.
volume=${6%/*/*} written=
until [[ -n $asked ]] || ((SECONDS >= end)); do
  nap 0.1
  [[ -n $resumed ]] && resumed= && go_on "${@:6}" && written=$SECONDS
  [[ -n $written ]] && ((SECONDS > written + 1)) && written=$SECONDS && touch -c -- "$volume"/locks/*.lck 2>/dev/null
done
kill -CONT "${pids[@]}" 2>/dev/null
[[ -n $asked ]] && printf 'released\n' || printf 'released by its bound of %s s\n' "$hold"
