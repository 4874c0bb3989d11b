import type { FolderAccess } from '../../store/driver.ts';
import { storeFolder } from '../../store/format/layout.ts';
import { commandFault, healByCommand } from './by-command.ts';
import { storeFault } from './store-fault.ts';

// The folder moves aside within the exported folder, so each direction is one rename. NFS clients cache a folder for
// 1 s (actimeo=1). Empty folders that Longhorn creates meanwhile do not count as content.
const script = `
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || true; }
action=$1 root=$2
there=$root/${storeFolder} aside=$root/corral-aside/whole-store
put_back() {
  [[ ! -d $there ]] || find "$there" -depth -type d -empty -delete
  [[ ! -e $there ]] || { echo 'something was written there meanwhile'; return 1; }
  mv -- "$aside" "$there" && echo 'it has its content'
}
case $action in
  set)
    [[ -d $there ]] || { echo 'nothing is in it'; exit 1; }
    mkdir -p -- "\${aside%/*}" && mv -- "$there" "$aside" && nap 1.2 ;;
  clear)
    [[ -e $aside ]] || { echo 'nothing is kept of it'; exit 0; }
    put_back; nap 1.2 ;;
  clear-all)
    [[ -e $aside ]] || exit 0
    put_back > /dev/null && printf '%s\\n' "$root" ;;
  prove)
    files=$(find "$there" -type f 2> /dev/null | wc -l)
    ((files == 0)) || { echo "there are $files files in it"; exit 1; }
    [[ -d $aside ]] || { echo 'nothing is kept of it'; exit 1; }
    echo "there is no file in it, and $(find "$aside" -type f | wc -l) are kept aside" ;;
esac`;

/** The command that empties a store, restores its content, or proves that it is empty. */
export const emptyStoreCommand = (
  action: 'set' | 'clear' | 'clear-all' | 'prove',
  root: string,
): string[] => ['bash', '-c', script, 'corral-emptied-store', action, root];

/** The store answers but is empty, as if another disk had been mounted in its place. */
export const storeEmptied = storeFault({
  name: 'storeEmptied',
  ledgerName: 'emptied-store',
  needs: 'a backup store whose folders can be moved out of it, and back',
  sentence: 'the store is empty',
  parameters: () => ({}),
  ways: {
    folder: {
      make: (access: FolderAccess, title: string) =>
        commandFault(access, access.root, {
          command: (action) => emptyStoreCommand(action, access.root),
          failed: `the fault is not in force: ${title}`,
        }),
      ...healByCommand({ command: emptyStoreCommand, faulty: 'empty', healed: 'whole' }),
    },
  },
  document: {
    about:
      'The store answers but is empty, as if the disk of its server was not mounted, or another one was.',
    inject: 'all that Longhorn has written is moved aside in the exported folder',
    prove: 'there is no file, and some are kept aside',
    heal: 'it is moved back, unless files were written again meanwhile; clients see it within a second',
    bound: 'none; the store goes with the scenario',
    otherUsers: 'nobody; only clients of this store find it empty',
    'in scenarios': '`given.storeEmptied`, healed by `when.released`',
  },
});
