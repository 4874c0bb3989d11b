import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { deployBinary } from '../../../emulator/engine/binary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// That it can be moved away for a wrapper, the replicas' tests show.
test('the binary is the command, arguments and exit code included, under the name longhorn', async () => {
  const folder = await temporaryFolder();
  const [file, beside] = [join(folder, 'command.mjs'), join(folder, 'beside.mjs')];
  const binary = join(folder, 'engine-binaries/engine/longhorn');
  const program = `import './beside.mjs';
console.log(JSON.stringify(process.argv.slice(1)));
process.exitCode = process.argv[4] ? 3 : 0;`;
  await writeFile(file, `#!${process.execPath}\n${program}\n`, { mode: 0o755 });
  await writeFile(beside, '');
  await deployBinary({ file, beside: [beside] }, binary);
  const run = promisify(execFile);
  const { stdout } = await run(binary, ['backup', 'ls & rm']);
  expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/\/longhorn$/), 'backup', 'ls & rm']);
  await expect(run(binary, ['backup', 'rm', 'url'])).rejects.toMatchObject({ code: 3 });
});
