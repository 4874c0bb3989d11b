import type { Cluster, Resource } from '../kube/cluster.ts';
import { pathOf } from '../kube/resources.ts';

/** What the API server answers to a deletion that it is asked about without it being done: the HTTP status, and what it says where it refuses. */
export type DryDeletion = { allowed: boolean; status: number; message: string };

/** Asks the API server what it would say to the deletion of an object (a server-side dry run). */
export const dryDeletion = async (
  cluster: Cluster,
  resource: Resource,
  object: { namespace: string; name: string },
): Promise<DryDeletion> => {
  const response = await cluster.request(pathOf(resource, object), {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] }),
  });
  const text = await response.text();
  return { allowed: response.ok, status: response.status, message: response.ok ? '' : messageOf(text) };
};

const messageOf = (text: string): string => {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text;
  }
};
