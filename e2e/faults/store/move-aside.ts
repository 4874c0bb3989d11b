import type { FolderAccess } from '../../store/driver.ts';
import { storeFolder } from '../../store/format/layout.ts';
import { commandFault, healByCommand } from './by-command.ts';
import { type FaultyFile, filePath } from './places.ts';

/**
 * A fault that keeps a copy of a file aside. `set`, `prove` and `putBack` are bash. `set` and `prove` use `$file` and
 * `$aside`; `prove` prints evidence or exits with 1. `putBack` is an `if`/`elif` chain without `fi` on `$1` (file)
 * and `$2` (copy) that prints the result. `kept` names the folder of copies. `faulty` and `healed` are adjectives: the
 * state with the fault, and after the heal.
 */
type Aside = {
  kept: string;
  set: string;
  putBack: string;
  prove: string;
  faulty: string;
  healed: string;
};

type Action = 'set' | 'clear' | 'clear-all' | 'prove';

/**
 * The path of the copy of a file. It is in the exported folder, outside Longhorn's own folders. For the exported
 * folder itself: the folder of all copies of this kind.
 */
const asideOf = (path: string, kept: Aside['kept']): string => {
  const at = path.lastIndexOf(`/${storeFolder}/`);
  const [root, below] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
  return `${root}/corral-aside/${kept}${below}`;
};

// NFS clients cache a file or folder for 1 s (actimeo=1), so each change waits 1.2 s.
const scriptOf = ({ set, putBack, prove }: Aside): string => `
exec {nap}<> <(:)
nap() { read -r -t "$1" -u "$nap" || true; }
put_back() {
  ${putBack}; fi && rm -f -- "$2"
}
action=$1 file=$2 aside=$3
case $action in
  set)
    ${set} && nap 1.2 ;;
  clear)
    [[ -e $aside ]] || { echo 'nothing is kept of it'; exit 0; }
    put_back "$file" "$aside" && nap 1.2 ;;
  clear-all)
    [[ -d $aside ]] || exit 0
    while IFS= read -r -d '' kept; do
      put_back "$file/$kept" "$aside/$kept" > /dev/null && printf '%s\\n' "$file/$kept"
    done < <(find "$aside" -type f -printf '%P\\0') ;;
  prove)
    ${prove} ;;
esac`;

/**
 * Creates such a fault for a folder that a pod serves, with its command. `clear-all` puts back all files of the
 * exported folder and prints them.
 */
export const moveAsideFault = (aside: Aside) => {
  const { kept, faulty, healed } = aside;
  const script = scriptOf(aside);
  const command = (action: Action, path: string): string[] => [
    'bash',
    '-c',
    script,
    `corral-${kept}`,
    action,
    path,
    asideOf(path, kept),
  ];
  return {
    command,
    folder: {
      make: (access: FolderAccess, title: string, file: FaultyFile) => {
        const path = `${access.root}/${filePath(file)}`;
        const failed = `the fault is not in force: ${title}`;
        return commandFault(access, path, { command: (action) => command(action, path), failed });
      },
      ...healByCommand({ command, faulty, healed }),
    },
  };
};
