import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runLabCommand } from '../../lab/command/run.ts';
import { plainProgress } from '../../providers/progress.ts';
import { dockerSave, layerOf, tarOf } from '../support/image-archives.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import '../support/image-tools.ts';

// What is given to `lab up` is looked at before anything is built or booted.

const { step } = plainProgress(() => {});
const lab = (...args: string[]) => runInProcess(() => runLabCommand(args, step));

test('a manifest that is none ends it before images are read, and an archive before anything is built', async () => {
  const dir = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  const [manifest, archive, good] = [join(dir, 'bad.yaml'), join(dir, 'bad.tar'), join(dir, 'good.tar')];
  const image = { names: ['example.test/web:v1'], layers: [await layerOf({ a: 'a' })] };
  await writeFile(good, await tarOf(dockerSave([image], 'new')));
  await writeFile(manifest, 'apiVersion: v1\nkind: Pod\n');
  await writeFile(archive, 'no tar');
  expect(await lab('up', '--images', archive, '--manifest', manifest)).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: `lab: ${manifest}: document 1 (line 1): no Kubernetes object: it has no metadata`,
  });
  expect(await lab('up', '--images', good, '--images', archive)).toMatchObject({ exitCode: 3 });
  const artifacts = await readdir(join(dir, 'cache/corral/parts'));
  expect(artifacts).toEqual([expect.stringMatching(/^archive-good-tar-/)]);
});
