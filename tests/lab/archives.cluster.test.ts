import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { connect, resources } from '../../e2e/kube/cluster.ts';
import { kubernetesArtifact } from '../../lab/build/kubernetes.ts';
import { ownedCommand } from '../../lab/build/owned-command.ts';
import { ensureCached } from '../../lab/cache/cache.ts';
import { dockerSave, layerOf, ociLayout, tarOf } from '../support/image-archives.ts';
import type { Pod } from '../support/lab-pods.ts';
import { share } from '../support/share.ts';

test('images of archives of any kind are put into the nodes of a running lab, and run by each of their names', async () => {
  const { name, ...where } = await share('lab');
  const folder = await mkdtemp(join(tmpdir(), 'corral-import-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pause = await readFile(join(await ensureCached(await kubernetesArtifact()), 'pause'));
  const [lower, upper] = [await layerOf({ pause }), await layerOf({ greeting: 'hello' })];
  const image = { layers: [lower, upper], config: { Cmd: ['/pause'] } };
  const save = dockerSave([{ ...image, names: ['idle:v1'] }], 'old');
  await writeFile(join(folder, 'save.tar.gz'), gzipSync(await tarOf(save), { level: 1 }));
  const names = ['example.test/idle:v1', 'example.test/idle:stable'];
  const whole = { ...image, names, compress: 'zstd', nested: true } as const;
  const loose = { ...image, names: ['example.test/loose:v1'], compress: 'gzip', nested: 'loose' } as const;
  await writeFile(join(folder, 'layout.tar'), await tarOf(ociLayout([whole, loose])));

  const images = (...args: string[]) =>
    ownedCommand('node', ['scripts/corral.ts', 'lab', 'images', ...args, '--name', name], { reject: false });
  const imported = await images('import', folder);
  expect(imported, imported.stderr).toMatchObject({ exitCode: 0 });
  // Docker's short name: docker.io/library/ is meant.
  const full = ['docker.io/library/idle:v1', ...names.toReversed(), 'example.test/loose:v1'];
  expect(imported.stdout.split('\n').slice(-4).sort()).toEqual(full);
  const list = await images('ls');
  expect(list, list.stderr).toMatchObject({ exitCode: 0 });
  const listed = list.stdout.split('\n');
  for (const each of full)
    expect(listed).toContainEqual(expect.stringMatching(new RegExp(`^${each} +\\d+\\.\\d \\w+ +all nodes$`)));

  const cluster = connect(where);
  const pods = await follow<Pod>(cluster, resources.pods, { namespace: 'default' });
  onTestFinished(() => pods.stop());
  const containers = ['idle:v1', 'example.test/loose:v1', ...names].map((each, index) => ({
    ...{ name: `idle-${index}`, image: each, imagePullPolicy: 'Never' },
  }));
  await cluster.create(resources.pods, {
    metadata: { name: 'imported', namespace: 'default' },
    spec: { containers, terminationGracePeriodSeconds: 0 },
  });
  const isReady = ({ status }: Pod) => status.containerStatuses?.every(({ ready }) => ready) === true;
  const limit = { within: '5m', owner: 'this test, on a busy machine' } as const;
  await waitUntil(pods, isReady, { name: 'imported', label: 'all its containers run', ...limit });
});
