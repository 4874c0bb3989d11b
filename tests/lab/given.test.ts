import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { refuseLostFlags } from '../../e2e/cli/arguments/flags.ts';
import { runLabCommand } from '../../lab/command/run.ts';
import { plainProgress } from '../../providers/progress.ts';
import { dockerSave, layerOf, tarOf } from '../support/image-archives.ts';
import { runInProcess } from '../support/run-in-process.ts';

// What is given to `lab up` is looked at before anything is built or booted.

let dir: string;
let good: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-given-'));
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  good = join(dir, 'good.tar');
  await writeFile(
    good,
    await tarOf(dockerSave([{ names: ['example.test/web:v1'], layers: [await layerOf({ a: 'a' })] }], 'new')),
  );
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

const { step } = plainProgress(() => {});
const lab = (...args: string[]) => runInProcess(() => runLabCommand(args, { step, check: refuseLostFlags }));

/** The names of what the cache has, and of what is being made in it. */
const inCache = async () =>
  (
    await Promise.all(
      ['parts', 'drafts'].map((folder) => readdir(join(dir, 'cache/corral', folder)).catch(() => [])),
    )
  ).flat();

test('a manifest that is none ends it before images are read, and an archive before anything is built', async () => {
  const [manifest, archive] = [join(dir, 'bad.yaml'), join(dir, 'bad.tar')];
  await writeFile(manifest, 'apiVersion: v1\nkind: Pod\n');
  await writeFile(archive, 'no tar');
  expect(await lab('up', '--images', archive, '--manifest', manifest)).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: `lab: ${manifest}: document 1 (line 1): no Kubernetes object: it has no metadata`,
  });
  expect(await lab('up', '--images', good, '--images', archive)).toMatchObject({ exitCode: 3 });
  expect(await inCache()).toEqual([]);
});

test('where there is no room for the images, one line says how much they take', async () => {
  const script = 'mkdir -p "$0"; mount -t tmpfs -o size=64M cache "$0"; exec "$@"';
  const small = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, join(dir, 'cache')];
  const [command = '', ...rest] = [...small, process.execPath, 'scripts/lab.ts', 'up', '--images', good];
  const ended = await execa(command, rest, { reject: false, stdin: 'ignore' });
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toBe(
    `lab: only 0.1 GiB are free under ${dir}/cache/corral, these images take 2.5: free some, or set XDG_CACHE_HOME`,
  );
});

test('images ls says what is in archives, and that they are sound', async () => {
  expect(await lab('images', 'ls', good)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^example\.test\/web:v1 {2}sha256:[0-9a-f]{64} {2}0\.0 MiB {2}plain$/),
    stderr: '',
  });
});
