import type { Cluster, Resource } from '../../e2e/kube/cluster.ts';

type ResourceList = { resources?: { name: string; kind: string; namespaced: boolean }[] };

/** Finds out under which path the server keeps a kind of object; undefined for a kind that it does not have, or not yet. */
export type FindResource = (object: { apiVersion: string; kind: string }) => Promise<Resource | undefined>;

/** Makes the finder for one cluster: what was found is kept, what was not is asked for again the next time. */
export const resourceFinder = (cluster: Cluster, signal: AbortSignal | undefined): FindResource => {
  const known = new Map<string, Resource>();
  const learn = async (apiVersion: string): Promise<void> => {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const answer = await cluster.request(path, signal ? { signal } : {});
    const { resources = [] } = answer.ok ? ((await answer.json()) as ResourceList) : {};
    if (!answer.ok) await answer.body?.cancel();
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    for (const { name, kind, namespaced } of resources) {
      // `deployments/scale` is no resource of its own.
      if (!name.includes('/')) known.set(`${apiVersion} ${kind}`, { group, version, plural: name, namespaced });
    }
  };
  return async ({ apiVersion, kind }) => {
    const key = `${apiVersion} ${kind}`;
    if (!known.has(key)) await learn(apiVersion);
    return known.get(key);
  };
};
