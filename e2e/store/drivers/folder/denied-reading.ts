import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { DeniedReading, Trouble } from '../../driver.ts';
import { healByCommand, troubleByCommand } from './by-command.ts';
import { squashedClient } from './place.ts';

// The folder is Longhorn's, so what counts is what its owner may do. A client believes for a second what it
// knows of a folder (actimeo=1). The proof is asked as the user that all clients are; that they are is seen
// by whose the folder is, as a client has made it.
const script = `
shopt -s nullglob
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || true; }
action=$1 folder=$2 mode=$3 user=$4
case $action in
  set) chmod "$mode" -- "$folder" && nap 1.2 ;;
  clear)
    [[ -e $folder ]] || { echo 'it is gone'; exit 0; }
    chmod u+rwx -- "$folder" && nap 1.2 && echo 'it can be read' ;;
  clear-all) find "$folder" -type d ! -perm -u=rwx -printf '%p\\n' -exec chmod u+rwx -- {} ';' ;;
  prove)
    export LC_ALL=C
    as_client() { setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@" 2>&1; }
    owner=$(stat -c %u -- "$folder" 2>&1) || { echo "$owner"; exit 1; }
    [[ $owner == "$user" ]] || { echo "the folder is user $owner's, not user $user's, whom all clients are to be"; exit 1; }
    said=$(as_client ls -- "$folder") && { echo 'it can be listed'; exit 1; }
    [[ $said == *': Permission denied' ]] || { echo "it cannot be listed for another reason: $said"; exit 1; }
    files=("$folder"/*)
    ((\${#files[@]} > 0)) || { echo 'nothing is in it'; exit 1; }
    said=$(as_client stat -c %n -- "\${files[0]}") && can=can || can=cannot
    [[ $mode == *x* ]] && want=cannot || want=can
    [[ $can == "$want" ]] || { echo "what is in it $can be looked at: $said"; exit 1; }
    echo "as the user of its clients: it cannot be listed (Permission denied), and what is in it $can be looked at" ;;
esac`;

// By what is taken from the owner's rights.
const modes: Record<DeniedReading, string> = { 'its listing': 'u-r', 'all that is in it': 'u-rx' };

/**
 * The command that takes rights on a folder (by a mode of chmod), gives them back, does so for every folder
 * below one that lacks any (`clear-all`) and prints those, or proves that they count.
 */
export const readingCommand = (
  action: 'set' | 'clear' | 'clear-all' | 'prove',
  folder: string,
  { denied, user = squashedClient }: { denied?: DeniedReading; user?: string } = {},
): string[] => [
  'bash',
  '-c',
  script,
  'corral-denied-reading',
  action,
  folder,
  denied === undefined ? '' : modes[denied],
  user,
];

type Folder = { pod: PodTarget; path: string; denied: DeniedReading; title: string };

/**
 * A folder of the server cannot be read by its clients. They must be made one user there, not root (see
 * manifest.yaml): the server is started so where the scenario says that it needs this.
 */
export const deniedReading = (cluster: Cluster, { denied, ...folder }: Folder): Trouble =>
  troubleByCommand(cluster, folder, {
    command: (action) => readingCommand(action, folder.path, { denied }),
    failed: `it is not so that ${folder.title}`,
  });

/** Lets folders be read again. */
export const allowReading = healByCommand({ command: readingCommand, made: 'unreadable', again: 'readable' });
