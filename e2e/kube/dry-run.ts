import type { Cluster, KubernetesObject, Resource } from './cluster.ts';
import { ApiError } from './errors.ts';
import { throwUnlessOk } from './request.ts';
import { pathOf } from './resources.ts';

/** What would come of a request: an object as it would be kept, or the refusal. */
export type DryRun<T = KubernetesObject> = { taken: T } | { refused: ApiError };

type DryRunRequest = { method: 'POST' | 'PATCH' | 'DELETE'; type?: string; body: object };

const dryRun = async <T>(
  cluster: Cluster,
  path: string,
  { method, type = 'application/json', body }: DryRunRequest,
): Promise<DryRun<T>> => {
  const headers = { 'content-type': type };
  const response = await cluster.request(path, { method, headers, body: JSON.stringify(body) });
  try {
    await throwUnlessOk(response, `a dry run of ${method} ${path}`);
  } catch (error) {
    // What went wrong in the server itself says nothing of the request.
    if (error instanceof ApiError && error.status < 500) return { refused: error };
    throw error;
  }
  return { taken: (await response.json()) as T };
};

/** Asks what the API server would say to a new object, which is not made. */
export const tryCreation = <T extends KubernetesObject>(
  cluster: Cluster,
  resource: Resource,
  object: T,
): Promise<DryRun<T>> => {
  const { namespace } = object.metadata;
  const path = `${pathOf(resource, { ...(namespace !== undefined && { namespace }) })}?dryRun=All`;
  return dryRun(cluster, path, { method: 'POST', body: object });
};

/** The same of a merge patch of an object, which is not changed. */
export const tryChange = <T extends KubernetesObject>(
  cluster: Cluster,
  [resource, object]: [Resource, { namespace: string; name: string }],
  body: object,
): Promise<DryRun<T>> =>
  dryRun(cluster, `${pathOf(resource, object)}?dryRun=All`, {
    method: 'PATCH',
    type: 'application/merge-patch+json',
    body,
  });

/** The same of the deletion of an object, which stays. */
export const tryDeletion = (
  cluster: Cluster,
  resource: Resource,
  object: { namespace: string; name: string },
): Promise<DryRun> =>
  dryRun(cluster, pathOf(resource, object), {
    method: 'DELETE',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] },
  });
