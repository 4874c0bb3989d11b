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
  const lacking = mounts.flatMap((mount) => {
    const options = mount.split(',');
    const missing = shown.filter((option) => !options.includes(option));
    return [
      ...missing.map((option) => `a mount has no ${option}: ${mount}`),
      ...(options.includes(ownOption) ? [`a mount has ${ownOption} too: ${mount}`] : []),
    ];
  });
  return [
    ...(same ? [] : [`its URL has ${inURL || 'no options'}, not ${wanted.join()}`]),
    ...(mounts.length === 0 ? ['no longhorn-manager has mounted it'] : []),
    ...lacking,
  ];
};
