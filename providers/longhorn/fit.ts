import semver from 'semver';
import { versionOf } from '../../e2e/longhorn/version.ts';
import { fitSettings } from './fit-settings.ts';
import { fitContainers, fitCsi, fitManager, fitReplicas } from './fit-workload.ts';
import type { NamedImage } from './images.ts';
import { containersOf, find, type ManifestObject } from './manifest.ts';

/** Something in a release's manifest that is made otherwise for small nodes. */
export type Change = { what: string; from: string; to: string; why: string };

/** A change in one line. */
export const describeChange = ({ what, from, to, why }: Change): string => `${what}: ${from} -> ${to} (${why})`;

/** Since v1.10; a version that cannot be told is taken for a new one. */
const keepsValuePerEngine = (objects: readonly ManifestObject[]): boolean => {
  const manager = find(objects, 'DaemonSet', 'longhorn-manager');
  const image = manager && containersOf(manager).find(({ name }) => name === 'longhorn-manager')?.image;
  return semver.gte(versionOf(undefined, image) ?? 'v1.10.0', 'v1.10.0-0');
};

/**
 * Fits a release's objects to the small nodes of a cluster made for a run, and says what it changed.
 * `missing` are the images that the nodes will lack: what cannot start without them is not started.
 */
export const fitToCluster = (
  release: readonly ManifestObject[],
  { missing }: { missing: readonly NamedImage[] },
): { objects: ManifestObject[]; changes: Change[] } => {
  const objects = structuredClone([...release]);
  const lacks = (need: NamedImage['need']): boolean => missing.some((image) => image.need === need);
  const on = (kind: string, name: string, change: (object: ManifestObject['object']) => Change[]): Change[] => {
    const object = find(objects, kind, name);
    return object === undefined ? [] : change(object);
  };
  const changes = [
    ...on('ConfigMap', 'longhorn-default-setting', (object) => fitSettings(object, { perEngine: keepsValuePerEngine(objects) })),
    ...on('DaemonSet', 'longhorn-manager', fitManager),
    ...on('Deployment', 'longhorn-driver-deployer', (object) =>
      lacks('csi') ? fitReplicas(object, 0, 'the nodes lack its images') : fitCsi(object),
    ),
    ...on('Deployment', 'longhorn-ui', (object) =>
      lacks('ui') ? fitReplicas(object, 0, 'the nodes lack its image') : fitReplicas(object, 1, 'one does for a test'),
    ),
    ...objects.flatMap(({ object }) => fitContainers(object)),
  ];
  return { objects, changes };
};
