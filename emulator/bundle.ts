import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Where the image has its Node. The shebang makes a command's arguments read `node .../longhorn backup rm
 * URL` in /proc.
 */
const shebang = '#!/usr/local/bin/node\n';

const commands = {
  'longhorn-manager.mjs': 'manager/longhorn-manager.ts',
  'longhorn-ui.mjs': 'ui/longhorn-ui.ts',
  'longhorn.mjs': 'engine/longhorn.ts',
};

/**
 * Writes longhorn-manager.mjs, longhorn-ui.mjs and longhorn.mjs to a folder: all the emulator's code as three
 * commands, each in one file without dependencies; and page.js, the script of its user interface.
 */
export const bundle = async (outDir: string): Promise<void> => {
  for (const [name, input] of Object.entries(commands)) {
    const file = join(outDir, name);
    const output = { format: 'esm', minify: true, codeSplitting: false, file } as const;
    await build({ platform: 'node', logLevel: 'silent', input: source(input), output });
    await writeFile(file, shebang + (await readFile(file, 'utf8')));
    await chmod(file, 0o755);
  }
  const output = {
    format: 'esm',
    minify: true,
    codeSplitting: false,
    file: join(outDir, 'page.js'),
  } as const;
  await build({ platform: 'browser', logLevel: 'silent', input: source('ui/page/main.ts'), output });
};
