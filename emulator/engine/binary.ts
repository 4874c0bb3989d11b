import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The longhorn command, and the files that it reads from beside itself. */
export type CommandFiles = { file: string; beside: readonly string[] };

// By renaming: a command that is running keeps the file it was started from.
const put = async (path: string, write: (path: string) => Promise<void>): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await write(`${path}.new`);
  await chmod(`${path}.new`, 0o755);
  await rename(`${path}.new`, path);
};

// A replica's process knows itself by the path that it was started by, and starts its helper from there, when
// it is released. Both end when their standard input does. The path can be given, for a
// bug.
const script = (command: string): string => `#!/bin/sh
case $1 in
  replica)
    self=\${3:-$0}
    read -r _ || exit 0
    if [ ! -x "$self" ]; then
      echo "Error running start replica command: exec: \\"$self\\": stat $self: no such file or directory"
      exit 1
    fi
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
 * Puts the longhorn command where the default engine image's binary lies on this node. In Longhorn a
 * DaemonSet of that image does it. What lies there is a shell script that becomes the command, and is itself
 * the process of a replica and its helper: a Node for each would be more than a small node can hold. The
 * command is called longhorn too, which is what its process is known by.
 */
export const deployBinary = async ({ file, beside }: CommandFiles, binary: string): Promise<void> => {
  const command = join(dirname(dirname(binary)), '.command/longhorn');
  await put(command, (path) => copyFile(file, path));
  for (const each of beside)
    await put(join(dirname(command), basename(each)), (path) => copyFile(each, path));
  await put(binary, (path) => writeFile(path, script(command)));
};
