import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import type { Pod } from '../../e2e/kube/pods.ts';
import { kubeBinary } from '../../lab/build/kubernetes.ts';
import { startOwned } from './owned-process.ts';

/** What becomes of a pod of a Job: what its log holds and how it ends, or that it goes on. */
export type PodFate = { log: string; exitCode: number } | 'goes on';

const node = 'node1';

/**
 * What a bare API server lacks to run a Job: the real controllers of Jobs, namespaces and owners, and a
 * fake kubelet that ends its pods as `fate` says by their index, and serves their logs.
 */
export const startJobHands = async (
  cluster: Cluster,
  { kubeconfig, fate }: { kubeconfig: string; fate: (index: number) => PodFate },
) => {
  const controllers = startOwned(await kubeBinary(), [
    'kube-controller-manager',
    `--kubeconfig=${kubeconfig}`,
    '--controllers=job-controller,garbage-collector-controller,namespace-controller',
    '--leader-elect=false',
    '--secure-port=0',
  ]);
  const logs = new Map<string, string>();
  const certificates = join(dirname(kubeconfig), 'certificates');
  const [cert, key] = await Promise.all(
    ['crt', 'key'].map((end) => readFile(join(certificates, `apiserver.${end}`))),
  );
  const kubelet = createServer({ ...(cert && { cert }), ...(key && { key }) }, ({ url = '' }, response) => {
    const [, pod = ''] = /^\/containerLogs\/[^/]+\/([^/]+)\//.exec(url) ?? [];
    response.end(logs.get(pod) ?? '');
  }).listen(0, '127.0.0.1');
  await once(kubelet, 'listening');
  await cluster.create(resources.nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: (kubelet.address() as AddressInfo).port } },
  };
  await cluster.patch(resources.nodes, { name: node }, { status }, { subresource: 'status' });

  const end = async ({ metadata }: Pod): Promise<void> => {
    const { name, namespace = '', annotations = {} } = metadata;
    const fated = fate(Number(annotations['batch.kubernetes.io/job-completion-index']));
    if (fated === 'goes on') return;
    const target = { kind: 'Node', name: node };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Binding', metadata: { name }, target });
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`;
    const headers = { 'content-type': 'application/json' };
    await cluster.request(path, { method: 'POST', headers, body });
    logs.set(name, fated.log);
    const { exitCode } = fated;
    const state = {
      terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', containerID: 'x://1' },
    };
    const container = { name: 'shard', image: 'x', imageID: 'x', ready: false, restartCount: 0, state };
    const status = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [container] };
    await cluster.patch(resources.pods, { namespace, name }, { status }, { subresource: 'status' });
  };
  const pods = await follow<Pod>(cluster, resources.pods);
  pods.onEntry((entry) => {
    if (entry.kind === 'added') void end(entry.object);
  });
  return {
    stop: async () => {
      await pods.stop();
      kubelet.close();
      await controllers.kill();
      await cluster.delete(resources.nodes, { name: node });
    },
  };
};
