import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import {
  type Cluster,
  connect,
  type KubernetesObject,
  type Resource,
  resources,
} from '../../e2e/kube/cluster.ts';
import { kubernetes } from '../../lab/build/kubernetes.ts';
import { ownedCommand } from '../../lab/build/owned-command.ts';
import { cached } from '../../lab/cache/cache.ts';
import { labDir, labFiles } from '../../lab/run/settings.ts';
import { dockerSave, layerOf, ociLayout, tarOf } from '../support/image-archives.ts';

const name = `archives-${process.pid}`;
const web = join(import.meta.dirname, 'web');
const manifest = join(web, 'web.yaml');
let cluster: Cluster;
let archives: string;

/**
 * Two programs that are not ours, in a folder: CoreDNS by `docker save`, a web server as an OCI layout with
 * two names.
 */
const makeArchives = async (): Promise<string> => {
  const binaries = await kubernetes();
  const sources = ['main.go', 'go.mod', 'go.sum', '../../support/image-archives.ts'].map((file) =>
    readFile(join(web, file), 'utf8'),
  );
  return cached({
    name: 'test-archives',
    inputs: { sources: await Promise.all(sources), kubernetes: binaries.inputs },
    build: async (dir) => {
      const coredns = await readFile(join(await cached(binaries), 'coredns'));
      const names = await layerOf({ coredns });
      const save = dockerSave(
        [{ names: ['coredns:v1'], layers: [names], config: { Entrypoint: ['/coredns'] } }],
        'old',
      );
      await writeFile(join(dir, 'coredns.tar.gz'), gzipSync(await tarOf(save), { level: 1 }));
      const build = ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(dir, 'binary'), '.'];
      await execa('go', build, { cwd: web, env: { CGO_ENABLED: '0' } });
      const layers = [
        await layerOf({ web: await readFile(join(dir, 'binary')) }),
        await layerOf({ greeting: 'greetings,' }),
      ];
      const image = {
        names: ['example.test/web:v1', 'example.test/web:stable'],
        layers,
        config: { Cmd: ['/web'] },
      };
      const loose = {
        ...image,
        names: ['example.test/loose:v1'],
        compress: 'gzip',
        nested: 'loose',
      } as const;
      await writeFile(
        join(dir, 'web.tar'),
        await tarOf(ociLayout([{ ...image, compress: 'zstd', nested: true }, loose])),
      );
    },
  });
};

const lab = (...args: string[]) =>
  ownedCommand('node', ['scripts/lab.ts', ...args, '--name', name], { reject: false });
// A lab that a command brings up outlives it: this takes it down when its input ends, which is when this
// process does at the latest.
const downInTheEnd = execa('sh', ['-c', 'read -r _; exec node scripts/lab.ts down --name "$0"', name], {
  stdin: 'pipe',
  stdout: 'ignore',
  stderr: 'ignore',
  detached: true,
  cleanup: false,
  reject: false,
});

beforeAll(async () => {
  archives = await makeArchives();
  const size = ['--nodes', '1', '--memory', '512M'];
  const up = await lab('up', ...size, '--images', archives, '--manifest', manifest);
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  cluster = connect({ kubeconfig: labFiles(labDir(name)).kubeconfig });
});

afterAll(async () => {
  downInTheEnd.stdin.end();
  await downInTheEnd;
});

const isTrue =
  (condition: string) =>
  ({ status }: KubernetesObject): boolean =>
    ((status as { conditions?: { type: string; status: string }[] })?.conditions ?? []).some(
      ({ type, status }) => type === condition && status === 'True',
    );

const becomes = async (
  resource: Resource,
  object: { namespace: string; name: string },
  condition: string,
): Promise<void> => {
  const timeline = await follow(cluster, resource, { namespace: object.namespace });
  const label = `${object.name} is ${condition}`;
  await once(timeline, isTrue(condition), {
    name: object.name,
    label,
    within: '5m',
    owner: 'this test, on a busy machine',
  }).finally(() => timeline.stop());
};

test('Deployments of images from archives become available, by each of their names', async () => {
  await becomes(resources.deployments, { namespace: 'web', name: 'web' }, 'Available');
  await becomes(resources.deployments, { namespace: 'default', name: 'names' }, 'Available');
});

test('what they serve is reached through a Service by its name', async () => {
  await becomes(resources.deployments, { namespace: 'web', name: 'web' }, 'Available');
  await becomes(resources.pods, { namespace: 'web', name: 'client' }, 'Ready');
  const ask = String.raw`exec 3<>/dev/tcp/web.web/80; printf 'GET /hello/lab HTTP/1.0\r\n\r\n' >&3; cat <&3`;
  const { stdout } = await cluster.exec({ namespace: 'web', name: 'client' }, ['bash', '-c', ask]);
  expect(stdout).toMatch(/^HTTP\/1\.0 200 OK\r\n.*\r\n\r\ngreetings, lab\n$/s);
});

test('an object of a kind that the same manifest defines is there, in the namespace default, with its numbers read as Kubernetes does', async () => {
  const greetings = { group: 'corral.test', version: 'v1', plural: 'greetings' };
  const hello = await cluster.get<KubernetesObject & { mode: number }>(greetings, {
    namespace: 'default',
    name: 'hello',
  });
  expect(hello.mode).toBe(0o644);
  expect(
    (hello.metadata as { managedFields?: { manager: string }[] }).managedFields?.map(
      ({ manager }) => manager,
    ),
  ).toEqual(['corral-lab']);
});

const listed = async (): Promise<string[]> => {
  const ended = await lab('images', 'ls');
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
  return ended.stdout.split('\n');
};

test('an image that the lab lacks is put into its nodes while it runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-import-'));
  const archive = join(folder, 'late.tar');
  const binary = await readFile(join(archives, 'binary'));
  await writeFile(
    archive,
    await tarOf(
      dockerSave(
        [{ names: ['late/web:v2'], layers: [await layerOf({ web: binary })], config: { Cmd: ['/web'] } }],
        'new',
      ),
    ),
  );
  const before = await listed();
  expect(before).toHaveLength(8);
  expect(before.join()).not.toContain('late/web');
  const imported = await lab('images', 'import', archive);
  await rm(folder, { recursive: true });
  expect(imported, imported.stderr).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/docker.io\/late\/web:v2$/),
  });
  expect(await listed()).toEqual([
    expect.stringMatching(/^docker\.io\/corral\/coredns:lab +\d+\.\d MiB +all nodes$/),
    expect.stringMatching(/^docker\.io\/corral\/nfs-backupstore:lab /),
    expect.stringMatching(/^docker\.io\/corral\/node:lab /),
    expect.stringMatching(/^docker\.io\/corral\/pause:lab /),
    expect.stringMatching(/^docker\.io\/late\/web:v2 /),
    expect.stringMatching(/^docker\.io\/library\/coredns:v1 /),
    expect.stringMatching(/^example\.test\/loose:v1 /),
    expect.stringMatching(/^example\.test\/web:stable /),
    expect.stringMatching(/^example\.test\/web:v1 /),
  ]);
  await cluster.create(resources.pods, {
    metadata: { name: 'late', namespace: 'web' },
    spec: { containers: [{ name: 'web', image: 'late/web:v2' }], terminationGracePeriodSeconds: 0 },
  });
  await becomes(resources.pods, { namespace: 'web', name: 'late' }, 'Ready');
});
