import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import type { ManifestObject } from './read.ts';

type Definition = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };

/** Whether an object adds a kind to the API. */
export const isDefinition = ({ kind, apiVersion }: ManifestObject): boolean =>
  kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/');

/** The kind that a definition adds, as `KIND in GROUP`. */
export const definedKind = ({ object }: ManifestObject): string => {
  const { group, names } = (object.spec ?? {}) as { group?: string; names?: { kind?: string } };
  return `${names?.kind} in ${group}`;
};

const isEstablished = ({ status }: Definition): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;

/** Waits by watch until the definitions of these names are Established: before that, the server has no such kind. */
export const definitionsEstablished = async (cluster: Cluster, names: readonly string[], signal?: AbortSignal): Promise<void> => {
  if (names.length === 0) return;
  const timeline = await follow<Definition>(cluster, resources.customResourceDefinitions, signal ? { signal } : {});
  const owner = "the manifests': a definition is Established within a second";
  const wait = (name: string) =>
    once(timeline, isEstablished, { name, label: `the definition ${name} is Established`, within: '30s', owner });
  try {
    await Promise.all(names.map(wait));
  } finally {
    await timeline.stop();
  }
};
