import type { Cluster } from '../../../kube/cluster.ts';
import { managerPods } from '../../../longhorn/manager.ts';

/** Returns the mount options of a store in all managers, one entry for each mount. */
export const mountsOf = async (cluster: Cluster, mountPoint: string): Promise<string[]> => {
  const tables = (await managerPods(cluster)).map((pod) => cluster.exec(pod, ['cat', '/proc/mounts']));
  return (await Promise.all(tables)).flatMap(({ stdout }) =>
    stdout.split('\n').flatMap((line) => {
      const [, where, , options = ''] = line.split(' ');
      return where === mountPoint ? options : [];
    }),
  );
};

const lacks = (mount: string, wanted: readonly string[]): string[] => {
  const options = mount.split(',');
  return wanted
    .filter((option) => !options.includes(option))
    .map((option) => `a mount has no ${option}: ${mount}`);
};

const notMounted = 'no longhorn-manager has mounted it';

/** One of Longhorn's default options. It is in the mount table only if the target has no options. */
const ownOption = 'acregmin=1';

/**
 * Returns what is wrong with the options in a target's URL and in its mounts, one line for each problem. The mount
 * table shows `nfsvers` as `vers`, and does not show `retry`.
 */
export const wrongOptions = (
  wanted: readonly string[],
  { url, mounts }: { url: string; mounts: readonly string[] },
): string[] => {
  const inURL = new URLSearchParams(url.split('?')[1]).get('nfsOptions') ?? '';
  const same = inURL.split(',').toSorted().join() === wanted.toSorted().join();
  const shown = wanted
    .filter((option) => !option.startsWith('retry='))
    .map((each) => each.replace(/^nfs/, ''));
  const lacking = mounts.flatMap((mount) => [
    ...lacks(mount, shown),
    ...(mount.split(',').includes(ownOption) ? [`a mount has ${ownOption} too: ${mount}`] : []),
  ]);
  return [
    ...(same ? [] : [`its URL has ${inURL || 'no options'}, not ${wanted.join()}`]),
    ...(mounts.length === 0 ? [notMounted] : []),
    ...lacking,
  ];
};

// `actimeo=1` is these four in the mount table, which does not show `retry=2`.
const defaultOptions = ['acregmin=1', 'acregmax=1', 'acdirmin=1', 'acdirmax=1', 'soft', 'timeo=300'];

/** Returns what is wrong with the mounts of a target whose URL has no options, one line for each problem. */
export const wrongDefaults = (mounts: readonly string[]): string[] => {
  if (mounts.length === 0) return [notMounted];
  return mounts.flatMap((mount) => {
    const isVersion4 = mount.split(',').some((option) => /^vers=4\.[0-2]$/.test(option));
    return [
      ...lacks(mount, defaultOptions),
      ...(isVersion4 ? [] : [`a mount is not of version 4: ${mount}`]),
    ];
  });
};
