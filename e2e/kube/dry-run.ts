import type { Cluster, KubernetesObject, Resource } from './cluster.ts';
import { ApiError } from './errors.ts';
import { throwUnlessOk } from './request.ts';
import { pathOf } from './resources.ts';

/**
 * The result of a dry run that may be refused: the object as it would be stored, or the refusal. A dry run that must
 * be accepted is an option of Cluster.create, patch and delete; it is sent again when a webhook refuses it too early.
 */
export type DryRun<T = KubernetesObject> = { accepted: T } | { refused: ApiError };

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
    // An internal error of the server does not mean that it refuses the request.
    if (error instanceof ApiError && error.status < 500) return { refused: error };
    throw error;
  }
  return { accepted: (await response.json()) as T };
};

/** Sends the creation of an object as a server-side dry run. */
export const tryCreation = <T extends KubernetesObject>(
  cluster: Cluster,
  resource: Resource,
  object: T,
): Promise<DryRun<T>> => {
  const { namespace } = object.metadata;
  const path = `${pathOf(resource, { ...(namespace !== undefined && { namespace }) })}?dryRun=All`;
  return dryRun(cluster, path, { method: 'POST', body: object });
};

/** Sends a merge patch of an object as a server-side dry run. */
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

/** Sends the deletion of an object as a server-side dry run. */
export const tryDeletion = (
  cluster: Cluster,
  resource: Resource,
  object: { namespace: string; name: string },
): Promise<DryRun> =>
  dryRun(cluster, pathOf(resource, object), {
    method: 'DELETE',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] },
  });
