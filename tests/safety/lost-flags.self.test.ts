import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-lost-'));
  // As in this project, and one that calls it as a script of somebody's may.
  const scripts = {
    heal: `"${process.execPath}" ${root}scripts/heal.ts`,
    outer: 'npm run --silent heal -- --kubeconfig /nowhere --run abc123',
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }));
});
afterAll(() => rm(folder, { recursive: true }));

const npm = async (...args: string[]) => {
  // Whatever called these tests is none of it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { exitCode, stderr } = await execa('npm', ['run', '--silent', ...args], {
    cwd: folder,
    env,
    extendEnv: false,
    reject: false,
  });
  return { exitCode, said: stderr.split('\n').filter((line) => line.startsWith('heal: ')) };
};

test('a flag that npm keeps for itself is refused, with the line to type', async () => {
  expect(await npm('heal', '--kubeconfig=/nowhere', '--run=abc123')).toEqual({
    exitCode: 2,
    said: [
      'heal: npm keeps --kubeconfig, --run for itself where no -- stands before: type npm run heal -- --kubeconfig /nowhere --run abc123: see npm run heal -- --help',
    ],
  });
});

test('one that a script around it was given is not taken for it', async () => {
  const said = [
    "heal: cannot read the kubeconfig /nowhere: ENOENT: no such file or directory, open '/nowhere'",
  ];
  expect(await npm('outer', '--run=xyz789')).toEqual({ exitCode: 1, said });
});
