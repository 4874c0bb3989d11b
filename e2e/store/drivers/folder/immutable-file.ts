import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { Trouble } from '../../driver.ts';
import { healByCommand, troubleByCommand } from './by-command.ts';

// The proof is what the file system itself says, and that it refuses a change which would be none: nothing is
// appended.
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
 * The command that sets, clears or proves the immutability of a file, or clears that of every file below a
 * folder (`clear-all`) and prints those that had it.
 */
export const attributeCommand = (action: 'set' | 'clear' | 'clear-all' | 'prove', path: string): string[] => [
  'bash',
  '-c',
  script,
  'corral-immutable',
  action,
  path,
];

/**
 * A file of the server is immutable where it lies: no client can remove, change or replace it.
 * The pod needs CAP_LINUX_IMMUTABLE and a file system with inode flags (ext4, xfs, btrfs).
 */
export const immutableFile = (
  cluster: Cluster,
  file: { pod: PodTarget; path: string; title: string },
): Trouble =>
  troubleByCommand(cluster, file, {
    command: (action) => attributeCommand(action, file.path),
    failed: file.title,
  });

/** Makes files mutable again. */
export const makeMutable = healByCommand({ command: attributeCommand, made: 'immutable', again: 'mutable' });
