import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'corral-cache-'));
});

afterAll(() => rm(cache, { recursive: true }));

const lab = (...args: string[]) =>
  execa('node', ['scripts/lab.ts', ...args], { reject: false, env: { XDG_CACHE_HOME: cache }, stdin: 'ignore' });

test.each([
  [[], 2, '', 'lab: name a command: up, down, status, shell NODE or logs WHAT; npm run lab -- --help lists them all'],
  [['frob'], 2, '', "lab: unknown command 'frob'"],
  [['up', '--frob'], 2, '', "lab: unknown option '--frob'"],
  [['up', '--name', 'A B'], 2, '', "lab: option '--name <name>' argument 'A B' is invalid. use up to 31 small letters, digits and dashes."],
  [['shell'], 2, '', "lab: missing required argument 'node'"],
  [['shell', 'node1'], 1, '', 'lab: no lab named lab is up; npm run lab -- status lists them'],
  [['logs', 'etcd'], 1, '', 'lab: no lab named lab is up; npm run lab -- status lists them'],
  [['crash', 'node1'], 1, '', 'lab: no lab named lab is up; npm run lab -- status lists them'],
  [['slow', 'node1'], 2, '', 'lab: give --delay, --loss or both'],
  [['slow', 'node1', '--loss', '101%'], 2, '', "lab: option '--loss <share>' argument '101%' is invalid. give it as 5%, 100% at most."],
  [['disk', 'node1', '--heal', '--delay', '1s'], 2, '', 'lab: give one of --error-after, --delay, --heal'],
  [['clock', 'node1', '--skew', '-10m'], 1, '', 'lab: no lab named lab is up; npm run lab -- status lists them'],
  [['clock', 'node1'], 2, '', 'lab: give one of --skew, --heal'],
  [
    ['apiserver', 'pause'],
    2,
    '',
    "lab: command-argument value 'pause' is invalid for argument 'do'. Allowed choices are stop, start, restart.",
  ],
  [['status'], 0, 'no lab is up; npm run lab -- up starts one', ''],
  [['down'], 0, 'No lab named lab was up.', ''],
])('lab %j ends with exit code %i', async (args, exitCode, stdout, stderr) => {
  const result = await lab(...args);
  expect(result).toMatchObject({ exitCode, stdout, stderr });
});
