import { chmod, rename, writeFile } from 'node:fs/promises';
import { engineBinary, engineImage } from '../../../emulator/modelled-on.ts';
import type { LocalCluster } from '../support/local-cluster.ts';

const script = `#!/bin/sh
if [ "$1 $2" = "backup rm" ]; then
  echo "stubbed backup deletion for testing" >&2
  exit 1
fi
exec "$0-real" "$@"
`;

/**
 * Puts a script before the longhorn command of every node, by which no backup can be deleted; gives what
 * takes it away again.
 */
export const wrapEngine = async ({ nodes, dataRoot }: LocalCluster): Promise<() => Promise<void>> => {
  const binaries = nodes.map((node) => engineBinary(engineImage, dataRoot(node)));
  for (const binary of binaries) {
    await writeFile(`${binary}-wrapper`, script);
    await chmod(`${binary}-wrapper`, 0o755);
    await rename(binary, `${binary}-real`);
    await rename(`${binary}-wrapper`, binary);
  }
  return async () => {
    for (const binary of binaries) await rename(`${binary}-real`, binary);
  };
};
