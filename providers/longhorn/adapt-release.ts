import semver from 'semver';
import { parse, stringify } from 'yaml';
import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { versionOf } from '../../e2e/longhorn/version.ts';
import type { NamedImage } from './images.ts';
import {
  type Container,
  containersOf,
  findObject,
  manifestObjectName,
  type ReleaseObject,
} from './manifest.ts';

/** A change of a release's manifest for small nodes. */
type ManifestChange = { what: string; from: string; to: string; why: string };

/** Formats a change as one line. */
export const describeChange = ({ what, from, to, why }: ManifestChange): string =>
  `${what}: ${from} -> ${to} (${why})`;

/** The version of a release. An unknown one is treated as new. */
const releaseVersion = (objects: readonly ReleaseObject[]): string => {
  const manager = findObject(objects, 'DaemonSet', 'longhorn-manager');
  const image = manager && containersOf(manager).find(({ name }) => name === 'longhorn-manager')?.image;
  return versionOf(undefined, image) ?? 'v1.12.0';
};

/**
 * Adapts a release's objects to the small nodes of a cluster made for a run, and returns the changes.
 * `missing` are images that the nodes will lack: workloads that need them are not started.
 */
export const adaptToCluster = (
  release: readonly ReleaseObject[],
  { missing }: { missing: readonly NamedImage[] },
): { objects: ReleaseObject[]; changes: ManifestChange[] } => {
  const objects = structuredClone([...release]);
  const lacks = (need: NamedImage['need']): boolean => missing.some((image) => image.need === need);
  const on = (
    kind: string,
    name: string,
    change: (object: ReleaseObject['object']) => ManifestChange[],
  ): ManifestChange[] => {
    const object = findObject(objects, kind, name);
    return object === undefined ? [] : change(object);
  };
  const changes = [
    ...on('ConfigMap', 'longhorn-default-setting', (object) =>
      adaptSettings(object, releaseVersion(objects)),
    ),
    ...on('DaemonSet', 'longhorn-manager', adaptManager),
    ...on('Deployment', 'longhorn-driver-deployer', (object) =>
      lacks('csi') ? adaptReplicas(object, 0, 'the nodes lack its images') : adaptCsi(object),
    ),
    ...on('Deployment', 'longhorn-ui', (object) =>
      lacks('ui')
        ? adaptReplicas(object, 0, 'the nodes lack its image')
        : adaptReplicas(object, 1, 'one does for a test'),
    ),
    ...objects.flatMap(({ object }) => adaptContainers(object)),
  ];
  return { objects, changes };
};

type ConfigMap = KubernetesObject & { data?: Record<string, string> };

const key = 'default-setting.yaml';

type AdaptedSetting = {
  name: string;
  value: string;
  release: string;
  why: string;
  ofEngine?: true;
  /** The first version that has the setting. Default: all versions have it. */
  since?: string;
};

// Seen on a v1.12.1 in a lab at load 22: the engine's program needs more than 4 s to print its version. The
// probe then ends its pod and removes the program, so that no replica starts.
const probed = 'a busy node needs longer to answer';

const settings: AdaptedSetting[] = [
  {
    name: 'default-replica-count',
    value: '2',
    release: '3',
    why: 'a third replica would only be one more writer on the same disk',
    ofEngine: true,
  },
  {
    name: 'guaranteed-instance-manager-cpu',
    value: '0',
    release: '12',
    why: 'a small node has no processor to reserve',
    ofEngine: true,
  },
  {
    name: 'storage-reserved-percentage-for-default-disk',
    value: '0',
    release: '30',
    why: "nothing of a node's disk has to be kept for others",
  },
  { name: 'storage-minimal-available-percentage', value: '5', release: '25', why: 'the disks are small' },
  {
    name: 'snapshot-data-integrity',
    value: 'disabled',
    release: 'fast-check',
    why: 'hashing snapshots takes the processors from backups',
    ofEngine: true,
  },
  {
    name: 'backup-concurrent-limit',
    value: '1',
    release: '2',
    why: 'an upload must last long enough for its state to be seen',
  },
  {
    name: 'recurring-successful-jobs-history-limit',
    value: '10',
    release: '1',
    why: "a run's jobs and their logs stay until it is over",
  },
  {
    name: 'engine-image-pod-liveness-probe-timeout',
    value: '60',
    release: '4',
    why: probed,
    since: '1.12.0-0',
  },
  {
    name: 'engine-image-pod-liveness-probe-period',
    value: '60',
    release: '5',
    why: 'each asks the program of an engine, which takes the processors from backups',
    since: '1.12.0-0',
  },
  {
    name: 'engine-image-pod-liveness-probe-failure-threshold',
    value: '10',
    release: '3',
    why: probed,
    since: '1.12.0-0',
  },
  {
    name: 'instance-manager-pod-liveness-probe-timeout',
    value: '60',
    release: '10',
    why: probed,
    since: '1.9.2-0',
  },
  { name: 'upgrade-checker', value: 'false', release: 'true', why: 'a test asks nobody outside' },
  {
    name: 'allow-collecting-longhorn-usage-metrics',
    value: 'false',
    release: 'true',
    why: 'a test asks nobody outside',
  },
];

/**
 * The value in the form in which Longhorn stores it: since v1.10 some settings have one value per engine.
 * Longhorn accepts a plain value, but never stores it: every manager writes the setting again at its start. A
 * manager that meets another's write ends with "the object has been modified" (seen on a v1.12.1: three
 * managers, five restarts; M:datastore/longhorn.go createOrUpdateSetting).
 */
const written = ({ value, ofEngine }: AdaptedSetting, version: string): string =>
  ofEngine && semver.gte(version, '1.10.0-0') ? JSON.stringify({ v1: value, v2: value }) : value;

/** Adds the settings for small nodes to the ConfigMap of default settings. Settings in the manifest stay unchanged. */
const adaptSettings = (object: KubernetesObject, version: string): ManifestChange[] => {
  const map = object as ConfigMap;
  const own = (parse(map.data?.[key] ?? '') ?? {}) as Record<string, unknown>;
  const missing = settings.filter(
    ({ name, since }) => own[name] === undefined && (since === undefined || semver.gte(version, since)),
  );
  if (missing.length === 0) return [];
  const fitted = {
    ...own,
    ...Object.fromEntries(missing.map((setting) => [setting.name, written(setting, version)])),
  };
  // Quoted, because Longhorn reads every value as a string.
  map.data = {
    ...map.data,
    [key]: stringify(fitted, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 }),
  };
  return missing.map(({ name, value, release, why }) => ({
    what: `setting ${name}`,
    from: release,
    to: value,
    why,
  }));
};

const csiParts = ['ATTACHER', 'PROVISIONER', 'RESIZER', 'SNAPSHOTTER'];

/** Sets one replica of each CSI part instead of three. A count in the manifest stays unchanged. */
const adaptCsi = (object: KubernetesObject): ManifestChange[] => {
  const deployer = containersOf(object).find(({ name }) => name === 'longhorn-driver-deployer');
  if (deployer === undefined) return [];
  const env = deployer.env ?? [];
  const missing = csiParts
    .map((part) => `CSI_${part}_REPLICA_COUNT`)
    .filter((name) => !env.some((each) => each.name === name));
  if (missing.length === 0) return [];
  deployer.env = [...env, ...missing.map((name) => ({ name, value: '1' }))];
  return [
    {
      what: `${missing.join(', ')} of ${manifestObjectName(object)}`,
      from: '3',
      to: '1',
      why: 'one of each does for a test',
    },
  ];
};

/** Reduces the replicas of a Deployment to this number. */
const adaptReplicas = (object: KubernetesObject, replicas: number, why: string): ManifestChange[] => {
  const deployment = object as KubernetesObject & { spec: { replicas?: number } };
  const before = deployment.spec.replicas ?? 1;
  if (before <= replicas) return [];
  deployment.spec.replicas = replicas;
  return [
    { what: `replicas of ${manifestObjectName(object)}`, from: String(before), to: String(replicas), why },
  ];
};

/**
 * Each manager waits at its start until the previous one is reachable through the service. A pod is in the
 * service once its probe has succeeded, and Kubernetes probes only every 10 s. The total time until a failing
 * pod leaves the service stays 30 s: if a busy pod left earlier, the others would lose the webhooks.
 */
const adaptManager = (object: KubernetesObject): ManifestChange[] => {
  const probe = containersOf(object).find(({ name }) => name === 'longhorn-manager')?.readinessProbe;
  if (probe === undefined || probe.periodSeconds !== undefined || probe.failureThreshold !== undefined)
    return [];
  Object.assign(probe, { periodSeconds: 2, failureThreshold: 15 });
  return [
    {
      what: `readiness probe of ${manifestObjectName(object)}`,
      from: '3 times 10 s',
      to: '15 times 2 s',
      why: 'the managers start one after the other',
    },
  ];
};

const pulls = ({ image = '', imagePullPolicy }: Container): boolean =>
  imagePullPolicy === 'Always' || (imagePullPolicy === undefined && !/@|:(?!latest$)[^/]*$/.test(image));

/** Containers neither pull their images, which the nodes have, nor request resources, which small nodes lack. */
const adaptContainers = (object: KubernetesObject): ManifestChange[] =>
  containersOf(object).flatMap((container) => {
    const what = (field: string) => `${field} of ${manifestObjectName(object)}, container ${container.name}`;
    const changes: ManifestChange[] = [];
    if (pulls(container)) {
      container.imagePullPolicy = 'IfNotPresent';
      changes.push({
        what: what('imagePullPolicy'),
        from: 'Always',
        to: 'IfNotPresent',
        why: 'the nodes have the images',
      });
    }
    const { requests } = container.resources ?? {};
    if (container.resources !== undefined && requests !== undefined) {
      delete container.resources.requests;
      const from = Object.entries(requests).map(([name, amount]) => `${name} ${amount}`);
      changes.push({
        what: what('requests'),
        from: from.join(', '),
        to: 'none',
        why: 'a small node could not schedule it',
      });
    }
    return changes;
  });
