import type { FolderAccess } from '../../store/driver.ts';
import { volumesFolder } from '../../store/format/layout.ts';
import { doneByCommand, undoneByCommand } from './by-command.ts';
import { type FaultyFile, filePath } from './places.ts';

/**
 * A fault that keeps something of a file aside, as commands of bash on `$file` and `$aside`: `set` brings it about,
 * `prove` prints what is so or exits with 1, `putBack` is a chain of `if` and `elif` on `$1` and `$2` that prints what became of
 * it. `kept` names its folder; `made` and `again` are adjectives: how a file was, and is then.
 */
type Aside = {
  kept: string;
  set: string;
  putBack: string;
  prove: string;
  made: string;
  again: string;
};

type Action = 'set' | 'clear' | 'clear-all' | 'prove';

/**
 * Where what a fault keeps of a file is, in the folder that is exported, beside what Longhorn writes; of the
 * exported folder itself, where all of that kind is.
 */
const asideOf = (path: string, kept: Aside['kept']): string => {
  const at = path.lastIndexOf(`/${volumesFolder}/`);
  const [root, below] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
  return `${root}/corral-aside/${kept}${below}`;
};

// A client believes for a second what it knows of a file or folder (actimeo=1).
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
 * Such a fault in a folder that a pod serves, and its command, which does the same to every file of the exported
 * folder (`clear-all`) and prints those.
 */
export const keepingAside = (aside: Aside) => {
  const { kept, made, again } = aside;
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
        const failed = `it is not so that ${title}`;
        return doneByCommand(access, path, { command: (action) => command(action, path), failed });
      },
      ...undoneByCommand({ command, made, again }),
    },
  };
};
