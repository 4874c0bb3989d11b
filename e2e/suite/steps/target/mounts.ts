import type { Cluster } from '../../../kube/cluster.ts';
import { resources } from '../../../kube/resources.ts';
import { instanceManagerLabel, instanceManagerPod, managerPods } from '../../../longhorn/manager.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';

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

// $1 is the host of the store. Lazy, so that no process that still has a file open is disturbed.
const unmountHost = `
mounted() { while read -r source where _; do case $source in "$1":/*|"//$1"/*) echo "$where";; esac; done < /proc/mounts; }
for where in $(mounted "$1"); do umount -l "$where"; done
test -z "$(mounted "$1")"`;

// The time-out of an NFS client whose server does not answer any more.
const longestUnmount = 90_000;

/**
 * Unmounts a store in all pods that mount stores, while its server still runs. Longhorn v1.12.1 leaves the store of a
 * deleted target mounted (backup_target_controller.go, cleanUpAllMounts), and a process that meets a mount without a
 * server cannot be ended for minutes. Pods that cannot be entered are left out.
 */
export const unmountStore = async (cluster: Cluster, url: string): Promise<void> => {
  const [, host = ''] = /^\w+:\/\/([^:/]+)/.exec(url) ?? [];
  const { items } = await cluster.list(resources.pods, {
    namespace,
    labelSelector: instanceManagerLabel,
  });
  const instanceManagers = items.map(({ metadata: { name } }) => instanceManagerPod(name));
  await Promise.all(
    [...(await managerPods(cluster)), ...instanceManagers].map(async (pod) => {
      const signal = AbortSignal.timeout(longestUnmount);
      const done = await cluster
        .exec(pod, ['bash', '-c', unmountHost, 'bash', host], { signal })
        .catch(() => undefined);
      if (done !== undefined && done.exitCode !== 0)
        throw new Error(`${host} is still mounted in pod ${namespace}/${pod.name}: ${done.stderr.trim()}`);
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
