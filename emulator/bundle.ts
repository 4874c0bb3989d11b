import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the image has its Node. The shebang makes a command's arguments read `node .../longhorn backup rm URL` in /proc. */
const shebang = '#!/usr/local/bin/node\n';

/** Writes longhorn-manager.mjs and longhorn.mjs to a folder: all the emulator's code, each in one file without dependencies. */
export const bundle = async (outDir: string): Promise<void> => {
  const common = { platform: 'node', logLevel: 'silent' } as const;
  const output = { format: 'esm', minify: true, codeSplitting: false } as const;
  await build({
    ...common,
    input: source('manager/longhorn-manager.ts'),
    output: { ...output, file: join(outDir, 'longhorn-manager.mjs') },
  });
  const command = join(outDir, 'longhorn.mjs');
  await build({ ...common, input: source('engine/longhorn.ts'), output: { ...output, file: command } });
  await writeFile(command, shebang + (await readFile(command, 'utf8')));
  await chmod(command, 0o755);
};
