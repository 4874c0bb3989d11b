import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const run = async (path: string, file: string, ...words: string[]) => {
  const cache = await temporaryFolder();
  const { exitCode, stdout, stderr } = await execa(file, words, {
    cwd: join(root, 'docs'),
    env: { PATH: path, HOME: cache, npm_config_cache: cache, npm_config_loglevel: 'error' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode, stdout, stderr };
};
// Without the second that npx takes, and without the Node that it puts on the PATH.
const corral = (...words: string[]) => run('/usr/bin:/bin', join(root, 'scripts/corral'), ...words);

test('npx corral --help names every command that users of a checkout have, and examples', async () => {
  // As in a checkout after npm ci, and of no help from a registry.
  const { exitCode, stdout } = await run(process.env.PATH ?? '', 'npx', '--offline', 'corral', '--help');
  expect(exitCode).toBe(0);
  const named = [...(stdout.split('Examples:')[0] ?? '').matchAll(/^ {2}([a-z0-9-]+) {2,}\S/gm)].map(
    ([, name]) => name,
  );
  const ofUsers = [
    'e2e',
    'crash-matrix',
    'soak',
    'doctor',
    'rbac',
    'heal',
    'cleanup',
    'fleet',
    'lab',
    'store',
    'emulator',
  ];
  const ofReports = [
    'report',
    'merge-reports',
    'compare',
    'replay',
    'explain',
    'bugs',
    'promises',
    'traceability',
  ];
  expect(named.toSorted()).toEqual([...ofUsers, ...ofReports, 'docs', 'mutants', 'bench'].toSorted());
});

test('all of the output reaches the next command of a pipe', async () => {
  const piped = `'${join(root, 'scripts/corral')}' promises --output json | cat`;
  const { stdout } = await run('/usr/bin:/bin', 'sh', '-c', piped);
  expect(JSON.parse(stdout).length).toBeGreaterThan(300);
});

test('a checkout without dependencies says that npm ci is missing', async () => {
  const folder = await temporaryFolder();
  await cp(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  const stderr = `corral: its dependencies are not installed: run \`npm ci\` in ${folder}`;
  expect(await run('/usr/bin:/bin', join(folder, 'scripts/corral'))).toEqual({
    exitCode: 3,
    stdout: '',
    stderr,
  });
});

// That a command has its own flags and exit code, those of the documents show.
const wrong = {
  e3e: "unknown command 'e3e' (Did you mean e2e?): see npx corral --help",
  'store-image': 'store-image is now store image: npx corral store image',
};

test.each(Object.entries(wrong))('npx corral %s ends with one line', async (word, line) => {
  const stderr = `corral: ${line}`;
  expect(await corral(word)).toEqual({ exitCode: 2, stdout: '', stderr });
});

test('help and --version answer as those of git and kubectl do', async () => {
  const { stdout } = await corral('bugs', '--help');
  expect(await corral('help', 'bugs')).toEqual({ exitCode: 0, stdout, stderr: '' });
  expect(await corral('--version')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/),
  });
});
