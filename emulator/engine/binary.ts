import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The longhorn command, and the files that it reads from its own folder. */
export type CommandFiles = { file: string; companionFiles: readonly string[] };

// Uses a rename, so that a running command keeps the file it was started from.
const put = async (path: string, write: (path: string) => Promise<void>): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await write(`${path}.new`);
  await chmod(`${path}.new`, 0o755);
  await rename(`${path}.new`, path);
};

// The replica's process starts its helper from its own path ($0) when its standard input has a line. Both end
// when their standard input closes. For a mutant, the third argument is another path.
const script = (command: string): string => `#!/bin/sh
case $1 in
  replica)
    self=\${3:-$0}
    read -r _ || exit 0
    if [ ! -x "$self" ]; then
      echo "Error running start replica command: exec: \\"$self\\": stat $self: no such file or directory"
      exit 1
    fi
    for metadata in "$2"/volume-head-*.img.meta; do
      if [ -e "$metadata" ] && [ ! -s "$metadata" ]; then
        echo 'Error running start replica command: EOF'
        exit 1
      fi
    done
    "$self" sync-agent
    exit
    ;;
  sync-agent)
    echo 'Listening on sync agent server'
    while read -r _; do :; done
    exit 0
    ;;
esac
exec '${command}' "$@"
`;

/**
 * Installs the longhorn command as the default engine image's binary on this node. In Longhorn, a DaemonSet
 * of that image does this. The binary is a shell script that executes the command. It is also the process of
 * a replica and of its helper: a Node process for each would be too much for a small node. The command is
 * called longhorn too, so that processes have that name.
 */
export const deployBinary = async ({ file, companionFiles }: CommandFiles, binary: string): Promise<void> => {
  const command = join(dirname(dirname(binary)), '.command/longhorn');
  await put(command, (path) => copyFile(file, path));
  for (const each of companionFiles)
    await put(join(dirname(command), basename(each)), (path) => copyFile(each, path));
  await put(binary, (path) => writeFile(path, script(command)));
};
