import { z } from 'zod';
import type { Cluster } from '../../kube/cluster.ts';
import type { FolderAccess, S3ServerAccess } from '../../store/driver.ts';
import { bucket, placeSchema, prefixOf } from '../../store/drivers/s3/place.ts';
import { withDeletionAllowed, withDeletionDenied } from '../../store/drivers/s3/policy.ts';
import { changePolicies, changePolicy, findServers } from '../../store/drivers/s3/server.ts';
import type { FaultOperations } from '../fault.ts';
import { commandFault, healByCommand } from './by-command.ts';
import { describeFile, type FaultyFile, filePath } from './places.ts';
import { storeFault } from './store-fault.ts';

// The proof reads the inode flag, and opens the file for appending without writing anything. The file system must
// refuse that.
const script = `
case $1 in
  set) chattr +i -- "$2" ;;
  clear) [[ -e $2 ]] || { echo "it is gone"; exit 0; }; chattr -i -- "$2" && echo "it is mutable" ;;
  clear-all)
    shopt -s nullglob globstar
    for file in "$2"/**; do
      [[ -f $file ]] || continue
      flags=$(lsattr -d -- "$file") && [[ \${flags%% *} == *i* ]] && chattr -i -- "$file" && printf '%s\\n' "$file"
    done
    exit 0 ;;
  prove)
    flags=$(lsattr -d -- "$2") || exit 1
    flags=\${flags%% *}
    [[ $flags == *i* ]] || { echo "its attributes are $flags"; exit 1; }
    said=$({ : >> "$2"; } 2>&1) && { echo "its attributes are $flags, and yet it can be written to"; exit 1; }
    echo "lsattr $flags; writing to it: \${said##*: }" ;;
esac`;

/**
 * The command for the immutable flag of a file: `set`, `clear` or `prove`. `clear-all` clears the flag of every file
 * below a folder and prints those files.
 */
export const attributeCommand = (action: 'set' | 'clear' | 'clear-all' | 'prove', path: string): string[] => [
  'bash',
  '-c',
  script,
  'corral-immutable',
  action,
  path,
];

// The pod needs CAP_LINUX_IMMUTABLE, and a file system with inode flags (ext4, xfs, btrfs).
const inFolder = {
  make: (access: FolderAccess, failed: string, file: FaultyFile) => {
    const path = `${access.root}/${filePath(file)}`;
    return commandFault(access, path, { command: (action) => attributeCommand(action, path), failed });
  },
  ...healByCommand({ command: attributeCommand, faulty: 'immutable', healed: 'mutable' }),
};

const schema = z.object({ place: placeSchema, key: z.string() });

// The bucket's policy denies the deletion of the object to Longhorn's user.
const byPolicy = {
  make: ({ server, place }: S3ServerAccess, title: string, file: FaultyFile): FaultOperations => {
    const key = `${prefixOf(place)}/${filePath(file)}`;
    const { user, login } = server;
    return {
      data: { place, key },
      inject: async () => {
        await changePolicy(server, (policy) => withDeletionDenied(policy, { user: login.user, key }));
      },
      // No object has this ETag, so nothing is deleted even if deletion is allowed.
      prove: async () => {
        const { ETag } = await user.headObject({ Bucket: bucket, Key: key });
        const said = await user.deleteObject({ Bucket: bucket, Key: key, IfMatch: '"none"' }).then(
          () => 'it is deleted',
          ({ name }: Error) => name,
        );
        if (said !== 'AccessDenied')
          throw new Error(`the fault is not in force: ${title}: asked to delete it, the server says ${said}`);
        return `it is there (ETag ${ETag}); deleting it as Longhorn's user: ${said}`;
      },
    };
  },
  // If the server is gone, its bucket is gone too.
  heal: async (cluster: Cluster, data: unknown): Promise<string> => {
    const { place, key } = schema.parse(data);
    const servers = await findServers(cluster, place);
    if (servers.length === 0) return `the server of ${key} is gone, and its bucket with it`;
    const changed = await Promise.all(
      servers.map((server) => changePolicy(server, (policy) => withDeletionAllowed(policy, key))),
    );
    return changed.some(Boolean) ? `${key} can be deleted` : `nothing denies the deletion of ${key}`;
  },
  healByLabels: (cluster: Cluster, run: string, namespace?: string): Promise<string[]> =>
    changePolicies(
      cluster,
      { run, namespace },
      {
        change: (server) => changePolicy(server, (policy) => withDeletionAllowed(policy)),
        now: 'all in it can be deleted again',
      },
    ),
};

/** No client can remove a file of the store. In a folder, clients cannot change or replace it either. */
export const immutableFile = storeFault({
  name: 'immutableFile',
  ledgerName: 'immutable-file',
  needs: 'a backup store that can be made to refuse the removal of a file',
  sentence: '{file} is immutable',
  parameters: (file: FaultyFile) => ({ file: describeFile(file) }),
  ways: { folder: inFolder, s3Server: byPolicy },
  document: {
    about:
      'The config of a backup, or another file, cannot be changed or removed by any client: its deletion fails with `operation not permitted`, on CIFS with `permission denied`. On S3 it cannot be deleted: a real engine of v1.12.1 says `failed to delete objects [KEY]`, and `AccessDenied` in its log alone.',
    inject:
      "`chattr +i` in the pod of the store's server; on S3, the bucket's policy denies `s3:DeleteObject` of that key to Longhorn's user",
    prove:
      "`lsattr` shows the flag, and writing to the file there is refused; on S3, a deletion as Longhorn's user (of an ETag that it does not have, so that nothing could go) gets `AccessDenied`",
    heal: '`chattr -i`; on S3, the policy is as before',
    bound: 'none; the store goes with the scenario',
    otherUsers:
      'nobody; only clients of this store see the file, and may see its former state for up to a second',
    'in scenarios':
      '`given.immutableConfig`, healed by `when.madeMutable`, and `given.immutableBlock`, healed by `when.released`',
  },
});
