import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { type Cluster, connect, resources } from '../../../e2e/kube/cluster.ts';
import { dockerProvider } from '../../../providers/docker/provider.ts';
import { kindTool } from '../../../providers/kind/tool.ts';
import { retryUntilSuccess } from '../../../providers/longhorn/attempts.ts';
import { namedImages } from '../../../providers/longhorn/images.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { type ApiServer, startApiServer } from '../../support/api-server.ts';
import { stubDocker } from '../../support/docker-stubs.ts';
import { layerOf, ociLayout, tarOf } from '../../support/image-archives.ts';
import { imitate, nodes } from '../../support/imitate-controllers.ts';
import { releaseText } from '../../support/longhorn-release.ts';

// The whole provider, on a kind that makes no containers: its cluster is a bare API server, on which a script
// imitates all controllers.
let server: ApiServer;
let cluster: Cluster;
let stubs: Awaited<ReturnType<typeof stubDocker>>;
let dir: string;

const name = `corral-${process.pid}`;
const provider = dockerProvider({ ...kindTool, workers: () => [...nodes] });

const imitateAll = async (...parts: (keyof typeof imitate)[]): Promise<void> => {
  const signal = new AbortController().signal;
  for (const part of parts)
    await retryUntilSuccess(async () => String(await imitate[part](cluster)), {
      signal,
      onMissing: () => {},
    });
};

const makeNodes = async (): Promise<void> => {
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  for (const name of nodes) {
    await cluster.create(resources.nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name } });
    await cluster.patch(resources.nodes, { name }, { status }, { subresource: 'status' });
  }
};

beforeAll(async () => {
  server = await startApiServer();
  const kubeconfig = await server.kubeconfig();
  cluster = connect({ kubeconfig });
  stubs = await stubDocker();
  await stubs.serves(await readFile(kubeconfig, 'utf8'));
  dir = await mkdtemp(join(tmpdir(), 'corral-kind-release-'));
  const text = releaseText('v1.12.1');
  const layer = await layerOf({ a: 'b' });
  const images = namedImages(readObjects([{ source: '', text }])).map((image) => ({
    names: [image.name],
    layers: [layer],
    nested: true as const,
  }));
  await mkdir(join(dir, 'images'));
  await writeFile(join(dir, 'longhorn.yaml'), text);
  await writeFile(join(dir, 'images/all.tar'), await tarOf(ociLayout(images)));
  return async () => {
    await rm(dir, { recursive: true });
    await stubs.stop();
    await server.stop();
  };
});

const up = (signal: AbortSignal, lines: string[] = []) => {
  const progress = plainProgress((line) => lines.push(line));
  return provider.up({ longhorn: `archive:${dir}`, run: 'abc123', out: dir, signal, progress });
};

test('interrupted while Longhorn is waited for, it deletes the cluster', async () => {
  const interruption = new AbortController();
  const lines: string[] = [];
  const rising = up(interruption.signal, lines);
  await expect.poll(() => lines.at(-1), { timeout: 300_000 }).toBe('Wait until 3 nodes are Ready ...');
  expect(stubs.clusters()).toEqual([name]);
  interruption.abort(new Error('interrupted by SIGINT'));
  await expect(rising).rejects.toThrow('interrupted by SIGINT');
  expect(stubs.clusters()).toEqual([]);
});

test('it brings a Longhorn, and takes all of it down', async () => {
  const lines: string[] = [];
  await makeNodes();
  const rising = up(new AbortController().signal, lines);
  await imitateAll('settings', 'target', 'store', 'managers', 'webhooks', 'nodes', 'engineImage');
  await imitateAll('instanceManagers', 'targetAvailable', 'csi', 'deployments');
  const { down, keep: _keep, kubeconfig, lost, problems, accessHints, ...known } = await rising;
  expect(known).toMatchObject({
    provider: 'kind',
    context: `kind-${name}`,
    storeImage: 'docker.io/corral/nfs-backupstore:lab',
    target: { name: 'archive', version: 'v1.12.1' },
    without: ['block-device', 'volume-snapshots'],
  });
  expect([lost.aborted, problems(), accessHints]).toEqual([
    false,
    [],
    [`export KUBECONFIG=${kubeconfig}`, `kind delete cluster --name ${name}`],
  ]);
  expect(lines.filter((line) => line.startsWith('Fitted to the cluster: '))).not.toEqual([]);
  const loaded = stubs.calls().flatMap(({ line }) => /^kind load image-archive (\S+)/.exec(line)?.[1] ?? []);
  expect(loaded.slice(-2)).toEqual([
    expect.stringMatching(/store-image-\w+\/images.tar$/),
    expect.stringMatching(/archives-\w+\/images.tar$/),
  ]);
  // An index would be taken for all its platforms, which are not there.
  const { stdout } = await execa('tar', ['-xOf', loaded.at(-1) as string, 'index.json']);
  expect(stdout).not.toContain('application/vnd.oci.image.index.v1+json');
  await down();
  expect(stubs.clusters()).toEqual([]);
  expect(stubs.calls().at(-1)?.line).toBe(`kind delete cluster --name ${name}`);
});
