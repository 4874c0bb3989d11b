# Stops a server's process for a while, or again and again, inside the container in which it runs:
#   stall TOKEN PROGRAM BOUND_SECONDS STOP RUN   stops it for STOP seconds, lets it run for RUN, and so on; RUN 0 stops it for good.
#                                                After BOUND_SECONDS at the latest it runs again
#   release TOKEN PROGRAM                        ends what `stall` with this token does, and lets the process run whoever stopped it
#   look PROGRAM                                 looks at it a hundred times within about a second, and prints how often it was stopped
# The server must not be the first process of its container: to that one, signals that stop do nothing.
mode=$1
shopt -s nullglob
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap"; }

arguments() { { mapfile -d '' -t argv <"/proc/$1/cmdline"; } 2>/dev/null; }

# Process ids whose program is called `$1`, in `pids`: Samba calls a process of its own `smbd: NAME`.
find_program() {
  local directory pid
  pids=()
  for directory in /proc/[0-9]*; do
    pid=${directory#/proc/}
    argv=()
    arguments "$pid" && [[ ${argv[0]##*/} == "$1" || $argv == "$1: "* ]] && pids+=("$pid")
  done
  ((${#pids[@]} > 0))
}

# Process ids of `stall` with the token `$1`, in `holders`.
find_holders() {
  local directory pid i
  holders=()
  for directory in /proc/[0-9]*; do
    pid=${directory#/proc/}
    argv=()
    arguments "$pid" || continue
    for ((i = 0; i + 2 < ${#argv[@]}; i++)); do
      [[ ${argv[i]} == corral-stall && ${argv[i + 1]} == stall && ${argv[i + 2]} == "$1" ]] && holders+=("$pid") && break
    done
  done
  ((${#holders[@]} > 0))
}

# Whether the first of `pids` is stopped now.
is_stopped() {
  local stat=
  { read -r stat <"/proc/${pids[0]}/stat"; } 2>/dev/null
  stat=${stat##*) }
  [[ ${stat:0:1} == T ]]
}

case $mode in
  look)
    find_program "$2" || { echo "no process is called $2"; exit 1; }
    stopped=0
    for ((i = 0; i < 100; i++)); do
      is_stopped && ((stopped++))
      nap 0.01
    done
    echo "$stopped"
    ;;
  release)
    find_holders "$2" && kill -TERM "${holders[@]}" 2>/dev/null
    for ((i = 0; i < 50; i++)); do
      find_holders "$2" || break
      nap 0.1
    done
    find_program "$3" || { echo 'it has ended'; exit 0; }
    kill -CONT "${pids[@]}" 2>/dev/null
    echo 'it runs again'
    ;;
  stall)
    program=$3 bound=$4 stop=$5 run=$6
    find_program "$program" || { echo "no process is called $program"; exit 1; }
    asked=
    trap '' PIPE
    trap 'asked=yes' TERM INT HUP
    kill -STOP "${pids[@]}" || exit 1
    end=$((SECONDS + bound))
    # It stops when it next has a processor, which on a busy node takes a while.
    until is_stopped || [[ -n $asked ]] || ((SECONDS >= end)); do nap 0.01; done
    printf 'stalled %s\n' "${pids[*]}"
    while [[ -z $asked ]] && ((SECONDS < end)); do
      if [[ $run == 0 ]]; then
        nap 0.1
      else
        nap "$stop"
        kill -CONT "${pids[@]}" 2>/dev/null
        nap "$run"
        kill -STOP "${pids[@]}" 2>/dev/null
      fi
    done
    kill -CONT "${pids[@]}" 2>/dev/null
    echo 'runs again'
    ;;
esac
