import type { FolderAccess } from '../../store/driver.ts';
import { smallStoreSize } from '../../store/drivers/folder/place.ts';
import { commandFault, healByCommand } from './by-command.ts';
import { storeFault } from './store-fault.ts';

// The proof writes one byte more than may be left; the file system must refuse it. The size limit protects file
// systems that other programs use.
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

/** The file that fills a store. It is in the exported folder, outside Longhorn's own folders. */
const ballastFile = 'corral-ballast';

/**
 * The command for the file that fills a file system. `set` leaves `left` bytes free and refuses file systems larger
 * than `most` bytes. `clear` removes the file; `clear-all` removes it from a folder and prints its path. `prove`
 * shows that a larger write fails.
 */
export const ballastCommand = (
  action: 'set' | 'clear' | 'clear-all' | 'prove',
  path: string,
  { left = 0, most = smallStoreSize }: { left?: number; most?: number } = {},
): string[] => ['bash', '-c', script, 'corral-ballast', action, path, String(left), String(most)];

/** The store has only so many bytes free. The file that fills it is outside Longhorn's own folders. */
export const diskNearlyFull = storeFault({
  name: 'diskNearlyFull',
  ledgerName: 'filled-store',
  needs: 'a backup store of little space, which can be filled up',
  features: ['small-disk'],
  sentence: 'the store has only {left} of space left',
  parameters: (left: number) => ({ left: `${left / (1 << 20)} MiB` }),
  ways: {
    folder: {
      make: (access: FolderAccess, title: string, left: number) => {
        const path = `${access.root}/${ballastFile}`;
        const failed = `the fault is not in force: ${title}`;
        return commandFault(access, path, {
          command: (action) => ballastCommand(action, path, { left }),
          failed,
        });
      },
      ...healByCommand({ command: ballastCommand, faulty: 'full', healed: 'free' }),
    },
  },
  document: {
    about:
      'The store takes only so many bytes more: what is written beyond that fails with `no space left on device`.',
    inject: `a file in the exported folder, beside what Longhorn writes, fills the store's file system but for those bytes. The server of a scenario that needs this has its files in memory, on a file system of 64 MiB that is its own (\`medium: Memory\`, \`sizeLimit\`); any other is never filled`,
    prove: 'a write of one byte more than was to be left is refused there (`No space left on device`)',
    heal: 'the file is removed',
    bound: 'none; the store goes with the scenario',
    otherUsers:
      "nobody; only clients that write to this store notice it. It takes 64 MiB of the memory of the node on which the store's server runs",
    'in scenarios': '`given.diskNearlyFull`, healed by `when.released`',
  },
});
