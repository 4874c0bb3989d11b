import { execFile } from 'node:child_process';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { deployBinary } from '../../../emulator/engine/binary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);

let folder: string;
let binary: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  binary = join(folder, 'engine-binaries/engine/longhorn');
  const command = join(folder, 'command.mjs');
  await writeFile(
    command,
    `#!${process.execPath}\nconsole.log(JSON.stringify(process.argv.slice(1)));\nif (process.argv[4]) process.exit(3);\n`,
  );
  await chmod(command, 0o755);
  const beside = join(folder, 'beside.mjs');
  await writeFile(beside, '');
  await deployBinary({ file: command, beside: [beside] }, binary);
});

test('the binary is the command, arguments and exit code included, under the name longhorn', async () => {
  const { stdout } = await run(binary, ['backup', 'ls & rm']);
  expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/\/longhorn$/), 'backup', 'ls & rm']);
  await expect(run(binary, ['backup', 'rm', 'url'])).rejects.toMatchObject({ code: 3 });
});

test('it can be moved away for a wrapper, and still is the command there', async () => {
  const real = join(folder, 'engine-binaries/engine/real/longhorn');
  await mkdir(join(real, '..'));
  await rename(binary, real);
  await writeFile(binary, '#!/bin/sh\nexec "$(dirname "$0")/real/longhorn" "$@"\n', { mode: 0o755 });
  expect(JSON.parse((await run(binary, ['version'])).stdout).slice(1)).toEqual(['version']);
});
