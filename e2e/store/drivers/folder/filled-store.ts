import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { Trouble } from '../../driver.ts';
import { healByCommand, troubleByCommand } from './by-command.ts';
import { littleSpace } from './place.ts';

// The proof is a write of more than is to be left, which the file system itself must refuse. A file system
// that is not a small one of the store's own is let be: it would be somebody else's that is full then.
const script = `
export LC_ALL=C
action=$1 file=$2 left=$3 most=$4
case $action in
  set)
    read -r size free < <(df --output=size,avail -B1 -- "\${file%/*}" | tail -n 1)
    ((size <= most)) || { echo "it is on a file system of $size bytes, of which no more than $most are to be filled"; exit 1; }
    ((free > left)) || { echo "it has no more than $free bytes free as it is"; exit 1; }
    head -c "$((free - left))" /dev/zero > "$file" ;;
  clear) rm -f -- "$file" && echo 'it has space' ;;
  clear-all) find "$file" -maxdepth 1 -name corral-ballast -printf '%p\\n' -delete ;;
  prove)
    [[ -s $file ]] || { echo 'nothing fills it'; exit 1; }
    free=$(df --output=avail -B1 -- "$file" | tail -n 1)
    said=$(head -c "$((left + 1))" /dev/zero 2>&1 > "$file.more")
    ended=$?
    rm -f -- "$file.more"
    ((ended != 0)) || { echo "it takes more than $left bytes"; exit 1; }
    [[ $said == *': No space left on device' ]] || { echo "it takes no more for another reason: $said"; exit 1; }
    echo "it has $((free)) bytes free, and a write of $((left + 1)) is refused (No space left on device)" ;;
esac`;

/** The file that fills a store, in the folder that is exported, beside what Longhorn writes. */
export const ballastFile = 'corral-ballast';

/**
 * The command that fills a file system with a file but for some bytes, removes that file, or any in a folder
 * (`clear-all`) and prints it, or proves that nothing more is taken.
 */
export const ballastCommand = (
  action: 'set' | 'clear' | 'clear-all' | 'prove',
  path: string,
  { left = 0, most = littleSpace }: { left?: number; most?: number } = {},
): string[] => ['bash', '-c', script, 'corral-ballast', action, path, String(left), String(most)];

type Filled = { pod: PodTarget; root: string; left: number; title: string };

/**
 * The store takes only so many bytes more. Its files must be on a small file system of their own: the server
 * is started so where the scenario says that it needs this.
 */
export const filledStore = (cluster: Cluster, { root, left, ...of }: Filled): Trouble => {
  const path = `${root}/${ballastFile}`;
  return troubleByCommand(
    cluster,
    { ...of, path },
    {
      command: (action) => ballastCommand(action, path, { left }),
      failed: `it is not so that ${of.title}`,
    },
  );
};

/** Takes the file away that fills a store. */
export const makeSpace = healByCommand({ command: ballastCommand, made: 'full', again: 'free' });
