import type { FolderAccess } from '../../store/driver.ts';
import { commandFault, healByCommand } from './by-command.ts';
import { storeFault } from './store-fault.ts';

// While the file is there, the server's pod does not start its program again (fixtures/nfs-backupstore/manifest.yaml).
const script = `
exec {nap}<> <(:)
nap() { read -r -t 0.1 -u "$nap" || true; }
action=$1 program=$2 away=/tmp/corral-away
find_program() {
  local directory argv
  pids=()
  for directory in /proc/[0-9]*; do
    argv=()
    { mapfile -d '' -t argv <"$directory/cmdline"; } 2>/dev/null
    [[ \${argv[0]##*/} == "$program" ]] && pids+=("\${directory#/proc/}")
  done
  ((\${#pids[@]} > 0))
}
answers() { (: <>/dev/tcp/127.0.0.1/2049) 2>/dev/null; }
heal() {
  rm -f -- "$away"
  for ((i = 0; i < 600; i++)); do answers && return; nap; done
  echo 'it does not answer on port 2049, after 60 s'
  return 1
}
case $action in
  set)
    find_program || { echo "no process is called $program"; exit 1; }
    : >"$away" && kill -KILL "\${pids[@]}" || exit 1
    for ((i = 0; i < 100; i++)); do find_program && nap || break; done ;;
  prove)
    ! find_program || { echo "it runs, as process \${pids[*]}"; exit 1; }
    ! answers || { echo 'port 2049 answers'; exit 1; }
    [[ -e $away ]] || { echo 'nothing keeps it away'; exit 1; }
    echo "$program does not run, and port 2049 does not answer" ;;
  clear) heal && echo 'it answers again' ;;
  clear-all)
    [[ -e $away ]] || exit 0
    heal && echo 'its server' ;;
esac`;

/** The command that ends a server for good, starts it again, or proves that it is away. */
const endedCommand = (action: 'set' | 'clear' | 'clear-all' | 'prove', program: string): string[] => [
  'bash',
  '-c',
  script,
  'corral-ended-server',
  action,
  program,
];

/**
 * The program of a server is killed, and stays away until the heal: connections to it end, and new ones are refused.
 * `serverGone` keeps its connections, on which an NFS 4 client waits without an end, however it is mounted.
 */
export const serverEnded = storeFault({
  name: 'serverEnded',
  ledgerName: 'ended-server',
  needs: 'a backup store whose server can be ended, and kept away',
  disruption: 'store-stall',
  sentence: "the store's server has ended",
  parameters: () => ({}),
  targetSays: ['target-not-mounted', 'target-not-listed'],
  ways: {
    endableServer: {
      make: (access: FolderAccess, title: string) =>
        commandFault(access, access.program, {
          command: (action) => endedCommand(action, access.program),
          failed: `the fault is not in force: ${title}`,
        }),
      ...healByCommand({ command: endedCommand, faulty: 'away', healed: 'up' }),
    },
  },
  document: {
    about: "The program of the store's server is killed, and does not come back, as if its machine was lost.",
    inject: 'a command in its pod makes a file that keeps the program away, and kills it (SIGKILL)',
    prove: 'no such process is there, its port does not answer, and the file is there',
    heal: 'the file is removed; healed means that the port answers again',
    bound: 'the pod starts the program again after an hour',
    otherUsers:
      'each longhorn-manager that reads this store waits until its mount gives up: one of its workers is busy until then. Nothing remains once the server runs again',
    'in scenarios': '`given.serverEnded`, healed by `when.released`',
  },
});
