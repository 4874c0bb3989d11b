import { stringify } from 'yaml';
import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { type Manifest, objectsOf } from '../../lab/manifests/read.ts';

/** An object of a release's manifest, and the file that it comes from. */
export type ReleaseObject = { source: string; object: KubernetesObject };

/** A container, as far as it is read and changed here. */
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

/** The objects of a release's files, in their order. */
export const readObjects = (manifests: readonly Manifest[]): ReleaseObject[] =>
  manifests.flatMap((manifest) =>
    objectsOf(manifest).map(({ object }) => ({
      source: manifest.source,
      object: object as KubernetesObject,
    })),
  );

/**
 * Writes objects as the files that they come from; so that the server, which reads YAML 1.1, gets the same:
 * `"no"` is no text without quotes there.
 */
export const writeObjects = (objects: readonly ReleaseObject[]): Manifest[] =>
  [...Map.groupBy(objects, ({ source }) => source)].map(([source, ofSource]) => ({
    // Documents and lines are counted anew.
    source: `${source} (as fitted)`,
    text: ofSource.map(({ object }) => stringify(object, { version: '1.1', lineWidth: 0 })).join('---\n'),
  }));

/** How a reader calls an object: `DaemonSet longhorn-manager`. */
export const manifestObjectName = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata?.name}`;

/** The first object of that kind and name. */
export const find = (
  objects: readonly ReleaseObject[],
  kind: string,
  name: string,
): KubernetesObject | undefined =>
  objects.find(({ object }) => object.kind === kind && object.metadata?.name === name)?.object;

/** All containers of a workload, those that run before the others first; none for what is no workload. */
export const containersOf = (object: KubernetesObject): Container[] => {
  const { spec } = object as Workload;
  const pod = object.kind === 'Pod' ? spec : (spec?.template ?? spec?.jobTemplate?.spec?.template)?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
};

/** What stands behind a flag in a container's command, as `--flag VALUE` or `--flag=VALUE`. */
export const flagsOf = ({ command = [], args = [] }: Container): Map<string, string> => {
  const words = [...command, ...args];
  return new Map(
    words.flatMap((word, index): [string, string][] => {
      const [, flag, value] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
      const behind = value ?? words[index + 1];
      return flag === undefined || behind === undefined || (value === undefined && behind.startsWith('--'))
        ? []
        : [[flag, behind]];
    }),
  );
};
