import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// As in this project, and one that calls it as a script of somebody's may.
const heal = `"${process.execPath}" ${root}scripts/heal.ts`;
const scripts = { heal, outer: 'npm run --silent heal -- --kubeconfig /nowhere --run abc123' };

test.each([
  [
    'a flag that npm keeps for itself is refused, with the line to type',
    ['heal', '--kubeconfig=/nowhere', '--run=abc123'],
    2,
    'npm keeps --kubeconfig, --run for itself where no -- stands before: type npm run heal -- --kubeconfig /nowhere --run abc123: see npm run heal -- --help',
  ],
  [
    'one that a script around it was given is not taken for it',
    ['outer', '--run=xyz789'],
    1,
    "cannot read the kubeconfig /nowhere: ENOENT: no such file or directory, open '/nowhere'",
  ],
])('%s', async (_, args, code, line) => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }));
  // Whatever called these tests is none of it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const options = { cwd, env, extendEnv: false, reject: false } as const;
  const { exitCode, stderr } = await execa('npm', ['run', '--silent', ...args], options);
  const said = stderr.split('\n').filter((each) => each.startsWith('heal: '));
  expect([exitCode, ...said]).toEqual([code, `heal: ${line}`]);
});
