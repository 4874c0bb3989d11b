# Holds or releases the process that deletes one backup, inside the container in which it runs:
#   hold TOKEN BACKUP SEARCH_SECONDS HOLD_SECONDS [FILE...]    waits for the process, stops it, and lets it go after HOLD_SECONDS at the latest
#   further TOKEN                                    has what `hold` with this token has stopped go on until its first FILE is gone, and one of the others where there
#                                                    are any, and be stopped again; its lock is kept from then on. The first is the config of the backup
#   release TOKEN BACKUP                             ends what `hold` with this token does, and lets the process go whoever stopped it
#   state PID...                                     prints the state letter of each process, T for a stopped one, - for one that is gone
# Builtins alone, no fork for each process looked at: the deletion can be caught only in its first seconds, and a fork is slow on some nodes.
mode=$1

# The state letter in a file of /proc in `letter`, - where it is gone. It stands behind the program's name, which is
# in brackets and may hold anything.
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

# Nobody may read any more what is said here; the release must come all the same.
trap '' PIPE
asked= further=
trap 'asked=yes' TERM INT HUP
trap 'further=yes' USR1

# A pipe that nobody writes to: reading from it with a time-out is a sleep without a process, and no failure.
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

# Process ids of which the given test holds, in `pids`.
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

# Stops the processes, and waits until each of their threads has stopped: a signal is sent long before, and what
# they still do would be taken for done under a hold.
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
  printf 'let go of %s\n' "${#pids[@]}"
  exit 0
fi

if [[ $mode == further ]]; then
  find_processes is_holder || { printf 'nothing holds it any more\n'; exit 1; }
  kill -USR1 "${pids[@]}"
  exit
fi

# Whether a lock of the volume is open in one of the processes, as it is while it is written: under another name at first.
writes_lock() {
  local pid open lock
  for pid in "${pids[@]}"; do
    for open in /proc/"$pid"/fd/*; do
      for lock in "$volume"/locks/*; do [[ $open -ef $lock ]] && return 0; done
    done
  done
  return 1
}

# Has it go on for some milliseconds; false where that is not to be, or it has ended.
a_little() {
  [[ -z $asked ]] && ((SECONDS < end)) || return
  kill -CONT "${pids[@]}" && nap 0.005
  stop_all || { printf 'ended before it was stopped again\n'; return 1; }
}

# Before it has mounted its store no file is there. After the first has gone, it goes on a little at a time, looked
# at while it is stopped, so that it cannot end between two looks.
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
  # An open file of a mount stays in its folder when it is removed, under another name.
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
# Once it has its lock it writes it anew from time to time, which nobody does while it is stopped.
volume=${6%/*/*} written=
until [[ -n $asked ]] || ((SECONDS >= end)); do
  nap 0.1
  [[ -n $further ]] && further= && go_on "${@:6}" && written=$SECONDS
  [[ -n $written ]] && ((SECONDS > written + 1)) && written=$SECONDS && touch -c -- "$volume"/locks/*.lck 2>/dev/null
done
kill -CONT "${pids[@]}" 2>/dev/null
[[ -n $asked ]] && printf 'released\n' || printf 'released by its bound of %s s\n' "$hold"
