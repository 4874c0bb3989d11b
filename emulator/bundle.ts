import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Path of Node in the image. With this shebang, a command's arguments in /proc are `node --single-threaded
 * .../longhorn backup rm URL`. V8 works in no other thread: a Node that ends may wait for one forever
 * (nodejs/node#54918, seen after a restore).
 */
const shebang = '#!/usr/local/bin/node --single-threaded\n';

const commands = {
  'longhorn-manager.cjs': 'manager/longhorn-manager.ts',
  'longhorn-ui.cjs': 'ui/longhorn-ui.ts',
  'longhorn.cjs': 'engine/longhorn.ts',
};

const s3Client = 's3-client.mjs';
const forS3 = /^.*\bs3-client\.ts$/;

/**
 * Bundles the emulator into a folder: longhorn-manager.cjs, longhorn-ui.cjs and longhorn.cjs, each one file without
 * dependencies, and page.js, the script of its user interface. s3-client.mjs is separate: it is only read if a store is
 * in a bucket. A run starts some 300 commands: as modules, their start would touch a tenth more of memory.
 */
export const bundleEmulator = async (outDir: string): Promise<void> => {
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
