import type { FolderAccess } from '../../store/driver.ts';
import { squashedClient } from '../../store/drivers/folder/place.ts';
import type { FaultDocument } from '../fault.ts';
import { commandFault, healByCommand } from './by-command.ts';
import { describeFolder, folderPath, type StoreFolder } from './places.ts';
import { storeFault } from './store-fault.ts';

// The folder belongs to Longhorn's user, so the owner's rights decide. NFS clients cache a folder for 1 s
// (actimeo=1). The proof runs as the user that the server maps all clients to. The owner of the folder, which a
// client created, confirms this mapping.
const script = `
shopt -s nullglob
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || true; }
action=$1 folder=$2 mode=$3 user=$4
case $action in
  set) chmod "$mode" -- "$folder" && nap 1.2 ;;
  clear)
    [[ -e $folder ]] || { echo 'it is gone'; exit 0; }
    chmod u+rwx -- "$folder" && nap 1.2 && echo 'its owner has all rights' ;;
  clear-all) find "$folder" -type d ! -perm -u=rwx -printf '%p\\n' -exec chmod u+rwx -- {} ';' ;;
  prove)
    export LC_ALL=C
    as_client() { setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@" 2>&1; }
    owner=$(stat -c %u -- "$folder" 2>&1) || { echo "$owner"; exit 1; }
    [[ $owner == "$user" ]] || { echo "the folder is user $owner's, not user $user's, whom all clients are to be"; exit 1; }
    if [[ $mode == u-w ]]; then
      said=$(as_client mktemp -d -- "$folder/corral-XXXXXX") && { rmdir -- "$said"; echo 'it can be written to'; exit 1; }
      [[ $said == *': Permission denied' ]] || { echo "it cannot be written to for another reason: $said"; exit 1; }
      echo 'as the user of its clients: nothing can be made in it (Permission denied)'
      exit 0
    fi
    said=$(as_client ls -- "$folder") && { echo 'it can be listed'; exit 1; }
    [[ $said == *': Permission denied' ]] || { echo "it cannot be listed for another reason: $said"; exit 1; }
    files=("$folder"/*)
    ((\${#files[@]} > 0)) || { echo 'nothing is in it'; exit 1; }
    said=$(as_client stat -c %n -- "\${files[0]}") && can=can || can=cannot
    [[ $mode == *x* ]] && want=cannot || want=can
    [[ $can == "$want" ]] || { echo "what is in it $can be looked at: $said"; exit 1; }
    echo "as the user of its clients: it cannot be listed (Permission denied), and what is in it $can be looked at" ;;
esac`;

/** The rights of the owner to remove, in chmod syntax: `u-r` denies listing, `u-rx` all access, `u-w` writing. */
type Mode = 'u-r' | 'u-rx' | 'u-w';

/**
 * The command for the rights on a folder. `set` removes them by a chmod mode, `clear` restores them. `clear-all`
 * restores them for every folder below a folder that lacks one, and prints those. `prove` shows that access is refused.
 */
export const readingCommand = (
  action: 'set' | 'clear' | 'clear-all' | 'prove',
  folder: string,
  { mode = '', user = squashedClient }: { mode?: Mode | ''; user?: string } = {},
): string[] => ['bash', '-c', script, 'corral-denied-reading', action, folder, mode, user];

const denied = (mode: Mode) => ({
  make: (access: FolderAccess, title: string, folder: StoreFolder) => {
    const path = `${access.root}/${folderPath(folder)}`;
    const failed = `the fault is not in force: ${title}`;
    return commandFault(access, path, {
      command: (action) => readingCommand(action, path, { mode }),
      failed,
    });
  },
  ...healByCommand({ command: readingCommand, faulty: 'unreadable', healed: 'readable' }),
});

const document: FaultDocument = {
  about: `A folder of the store cannot be listed by any client, while what is in it can be read, changed and removed by its name; or nothing in it can be looked at either; or nothing can be made in it. All are answered with \`Permission denied\`.`,
  inject: `the owner's right to read the folder is taken away (\`chmod\`), or that to enter it as well, or that to write to it. For root no right counts, so the server of a scenario that needs this is started with \`Squash = All\`: every client is the user 65534 there, to whom all files belong. On CIFS that is always so. On CIFS the folder can still be opened, and only its listing fails: a real v1.12.1 writes that to its log alone`,
  prove:
    "in the pod of the store's server, as that user: the folder is that user's, as a client has made it; its listing is refused, and a file in it can be looked at, or not; or a new folder in it is refused",
  heal: 'the owner gets the rights back; clients see it within a second',
  bound: 'none; the store goes with the scenario',
  otherUsers: 'nobody; only clients of this store see the folder',
  'in scenarios':
    '`given.listingDenied`, `given.readingDenied`, `given.writingDenied`, healed by `when.released`',
};

const about = {
  ledgerName: 'denied-reading',
  needs: 'a backup store whose server can be made to refuse the reading of a folder to every client',
  features: ['one-user'],
  parameters: (folder: StoreFolder) => ({ folder: describeFolder(folder) }),
  document,
} as const;

/** No client can list a folder of the store. Files in it can be read by name. */
export const listingDenied = storeFault({
  ...about,
  name: 'listingDenied',
  sentence: 'the listing of {folder} is denied',
  ways: { folder: denied('u-r') },
});

/** No client can list a folder of the store, or read, change or remove anything in it. */
export const readingDenied = storeFault({
  ...about,
  name: 'readingDenied',
  sentence: 'all reading of {folder} is denied',
  ways: { folder: denied('u-rx') },
});

/** No client can make anything in a folder of the store, as with an export that makes root another user. */
export const writingDenied = storeFault({
  ...about,
  name: 'writingDenied',
  needs: 'a backup store whose server can be made to refuse each client to write to a folder',
  sentence: 'no client may write to {folder}',
  ways: { folder: denied('u-w') },
});
