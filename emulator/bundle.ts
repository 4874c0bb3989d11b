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
  'longhorn-manager.cjs': 'manager/longhorn-manager.ts',
  'longhorn-ui.cjs': 'ui/longhorn-ui.ts',
  'longhorn.cjs': 'engine/longhorn.ts',
};

const s3Client = 's3-client.mjs';
const forS3 = /^.*\bs3-client\.ts$/;

/**
 * Writes longhorn-manager.cjs, longhorn-ui.cjs and longhorn.cjs to a folder: all the emulator's code as three
 * commands, each in one file without dependencies, but for s3-client.mjs, which is read where a store is in a
 * bucket; and page.js, the script of its user interface. A run starts some 300 of them: as modules their start
 * would touch a tenth more of memory.
 */
export const bundle = async (outDir: string): Promise<void> => {
  const write = async (name: string, input: string, external: RegExp[]): Promise<string> => {
    const file = join(outDir, name);
    const paths = (id: string): string => id.replace(forS3, `./${s3Client}`);
    const format = name.endsWith('.cjs') ? 'cjs' : 'esm';
    const output = { format, minify: true, codeSplitting: false, file, paths } as const;
    await build({ platform: 'node', logLevel: 'silent', input: source(input), external, output });
    return file;
  };
  await write(s3Client, 'backupstore/s3-client.ts', []);
  for (const [name, input] of Object.entries(commands)) {
    const file = await write(name, input, [forS3]);
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
