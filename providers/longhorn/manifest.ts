import { stringify } from 'yaml';
import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { type Manifest, objectsOf } from '../../lab/manifests/read.ts';

/** An object of a release's manifest, and its file. */
export type ReleaseObject = { source: string; object: KubernetesObject };

/** The fields of a container that are read or changed here. */
export type Container = {
  name: string;
  image?: string;
  imagePullPolicy?: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  resources?: { requests?: Record<string, string> };
  readinessProbe?: { periodSeconds?: number; failureThreshold?: number };
};

type Template = { spec?: { containers?: Container[]; initContainers?: Container[] } };
type Workload = {
  spec?: { template?: Template; jobTemplate?: { spec?: { template?: Template } } } & Template['spec'];
};

/** Returns the objects of a release's files, in their order. */
export const readObjects = (manifests: readonly Manifest[]): ReleaseObject[] =>
  manifests.flatMap((manifest) =>
    objectsOf(manifest).map(({ object }) => ({
      source: manifest.source,
      object: object as KubernetesObject,
    })),
  );

/**
 * Writes objects back as their files, in YAML 1.1, which the server reads: `"no"` without quotes is not a string there.
 */
export const writeObjects = (objects: readonly ReleaseObject[]): Manifest[] =>
  [...Map.groupBy(objects, ({ source }) => source)].map(([source, ofSource]) => ({
    // The numbers of documents and lines are new.
    source: `${source} (as fitted)`,
    text: ofSource.map(({ object }) => stringify(object, { version: '1.1', lineWidth: 0 })).join('---\n'),
  }));

/** The name of an object for messages: `DaemonSet longhorn-manager`. */
export const manifestObjectName = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata?.name}`;

/** Returns the first object with this kind and name. */
export const findObject = (
  objects: readonly ReleaseObject[],
  kind: string,
  name: string,
): KubernetesObject | undefined =>
  objects.find(({ object }) => object.kind === kind && object.metadata?.name === name)?.object;

/** Throws PreconditionError if a release has no longhorn-manager. `where` names the release. */
export const requireManager = (release: readonly ReleaseObject[], where: string): void => {
  if (findObject(release, 'DaemonSet', 'longhorn-manager') !== undefined) return;
  throw new PreconditionError({
    code: 'release-without-manager',
    what: `no manifest in ${where} has the DaemonSet longhorn-manager`,
    remedy: "put the release's longhorn.yaml into it",
  });
};

/** Returns all containers of a workload, init containers first. Empty for an object that is not a workload. */
export const containersOf = (object: KubernetesObject): Container[] => {
  const { spec } = object as Workload;
  const pod = object.kind === 'Pod' ? spec : (spec?.template ?? spec?.jobTemplate?.spec?.template)?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
};
