# Stops the process of a server once or repeatedly, inside its container. Commands:
#
# stall TOKEN PROGRAM BOUND_SECONDS STOP RUN
#   Stops it for STOP seconds, lets it run for RUN seconds, and repeats. RUN 0 stops it permanently. It runs
#   again after BOUND_SECONDS at the latest.
# release TOKEN PROGRAM
#   Ends `stall TOKEN`, and lets the process run, whatever stopped it.
# look PROGRAM
#   Checks the process 100 times within about a second, and prints how often it was stopped.
#
# The server must not be process 1 of its container: stop signals have no effect on that process.
mode=$1
shopt -s nullglob
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap"; }

arguments() { { mapfile -d '' -t argv <"/proc/$1/cmdline"; } 2>/dev/null; }

# Sets `pids` to the processes of program `$1`. Samba names its child processes `smbd: NAME`.
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

# Sets `holders` to the `stall` processes with token `$1`.
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

# Whether the first process of `pids` is stopped.
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
    # The process stops when it is scheduled next, which can take a while on a busy node.
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
