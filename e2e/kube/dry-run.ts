import type { Cluster, KubernetesObject, Resource } from './cluster.ts';
import { pathOf } from './resources.ts';

/** What the API server would say: undefined where it takes it, else its words. */
type Refusal = string | undefined;

const dryRun = async (
  cluster: Cluster,
  path: string,
  { method, body }: { method: 'POST' | 'DELETE'; body: object },
): Promise<Refusal> => {
  const response = await cluster.request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return response.ok ? undefined : text;
};

/** Asks what the API server would say to a new object, which is not made. */
export const refusalOfCreation = (
  cluster: Cluster,
  resource: Resource,
  object: KubernetesObject,
): Promise<Refusal> => {
  const { namespace } = object.metadata;
  const path = `${pathOf(resource, { ...(namespace !== undefined && { namespace }) })}?dryRun=All`;
  return dryRun(cluster, path, { method: 'POST', body: object });
};

/** Asks what the API server would say to the deletion of an object, which stays. */
export const refusalOfDeletion = (
  cluster: Cluster,
  resource: Resource,
  object: { namespace: string; name: string },
): Promise<Refusal> =>
  dryRun(cluster, pathOf(resource, object), {
    method: 'DELETE',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] },
  });
