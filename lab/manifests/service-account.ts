import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import type { ManifestObject } from './read.ts';

/** Waits by watch until the service account of a bare pod is there: a namespace gets its own a moment after it is made. */
export const serviceAccountOf = async (
  cluster: Cluster,
  { kind, apiVersion, namespace = 'default', object }: ManifestObject,
  signal?: AbortSignal,
) => {
  if (kind !== 'Pod' || apiVersion !== 'v1') return;
  const { serviceAccountName: name = 'default' } = (object.spec ?? {}) as { serviceAccountName?: string };
  const timeline = await follow(cluster, resources.serviceAccounts, { namespace, ...(signal && { signal }) });
  const owner = "the manifests': a namespace has its service account within a second";
  try {
    await once(timeline, () => true, { name, label: `${namespace} has the service account ${name}`, within: '30s', owner });
  } finally {
    await timeline.stop();
  }
};
