import type { FolderAccess } from '../../store/driver.ts';
import { commandFault, healByCommand } from './by-command.ts';
import { describeFolder, folderPath, type StoreFolder } from './places.ts';
import { storeFault } from './store-fault.ts';

const fileName = 'corral-foreign-file.txt';

// NFS clients cache a folder for 1 s (actimeo=1), so each change waits 1.2 s. The file belongs to the owner of the
// folder that it is in, because clients of the store act as that user.
const script = `
exec {nap}<> <(:)
nap() { read -r -t 1.2 -u "$nap" || true; }
case $1 in
  set)
    [[ -d \${2%/*} ]] || { echo 'there is no such folder'; exit 1; }
    printf 'not a file of Longhorn' > "$2" && chown --reference="\${2%/*}" -- "$2" && nap ;;
  clear)
    [[ -e $2 ]] || { echo 'it is gone'; exit 0; }
    rm -- "$2" && echo 'it is removed' && nap ;;
  clear-all) find "$2" -name '${fileName}' -type f -print -delete ;;
  prove) [[ -f $2 ]] || { echo 'there is no such file'; exit 1; }; echo 'it is there' ;;
esac`;

/** The command that sets, clears or proves the fault. */
export const foreignFileCommand = (
  action: 'set' | 'clear' | 'clear-all' | 'prove',
  path: string,
): string[] => ['bash', '-c', script, 'corral-foreign-file', action, path];

/** A folder of the store has a file that Longhorn did not write. */
export const foreignFile = storeFault({
  name: 'foreignFile',
  ledgerName: 'foreign-file',
  needs: 'a backup store into which a file can be put',
  targetSays: ['target-not-listed'],
  sentence: 'there is a file of others in {folder}',
  parameters: (where: StoreFolder) => ({ folder: describeFolder(where) }),
  ways: {
    folder: {
      make: (access: FolderAccess, title: string, where: StoreFolder) => {
        const path = `${access.root}/${folderPath(where)}/${fileName}`;
        const failed = `the fault is not in force: ${title}`;
        return commandFault(access, path, { command: (action) => foreignFileCommand(action, path), failed });
      },
      ...healByCommand({ command: foreignFileCommand, faulty: 'unclean', healed: 'clean' }),
    },
  },
  document: {
    about:
      'A folder of the store has a file that is not of Longhorn, as people, indexers and file managers leave them.',
    inject: "the file is written in the pod of the store's server",
    prove: 'the file is there',
    heal: 'it is removed; clients see it within a second',
    bound: 'none; the store goes with the scenario',
    otherUsers: 'nobody; only clients of this store see the file',
    'in scenarios': '`given.foreignFile`, healed by `when.released`',
  },
});
