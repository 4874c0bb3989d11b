import semver from 'semver';
import { type Cluster, unlessGone } from '../kube/cluster.ts';
import { managerPods } from './manager.ts';
import { longhornNamespace, longhornResources } from './resources.ts';
import type { Setting } from './types.ts';

/**
 * The version of the installed Longhorn, as `v1.12.1`: from Longhorn's setting, otherwise from the tag of the
 * manager's image.
 */
export const readVersion = async (cluster: Cluster): Promise<string> => {
  const setting = await cluster
    .get<Setting>(longhornResources.settings, {
      namespace: longhornNamespace,
      name: 'current-longhorn-version',
    })
    .catch(unlessGone);
  const [pod] = await managerPods(cluster);
  const version = versionOf(setting?.value, pod?.image);
  if (version === undefined) {
    throw new Error(
      `the version of Longhorn is not known: setting current-longhorn-version is ${JSON.stringify(setting?.value ?? null)}, the manager's image ${JSON.stringify(pod?.image ?? null)}`,
    );
  }
  return version;
};

/** Chooses the version from the setting or else from the image tag. Undefined if neither contains one. */
export const versionOf = (setting: string | undefined, image: string | undefined): string | undefined =>
  [setting, image?.split('@')[0]?.split(':').at(-1)]
    .map((text) => semver.valid(text ?? null))
    .filter((found) => found !== null)
    .map((found) => `v${found}`)[0];
