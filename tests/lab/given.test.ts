import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
