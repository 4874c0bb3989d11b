import type { Cluster } from '../../e2e/kube/cluster.ts';
import { inHostPod } from './host-pods.ts';

const target = 'iqn.2026-01.test.corral:disk';

/** Exports a file at /var/lib/longhorn as an iSCSI disk, from a pod that runs tgtd; `size` as `256M`. */
export const exportDisk = async (
  cluster: Cluster,
  { pod, size }: { pod: string; size: string },
): Promise<void> => {
  const script = `
    truncate -s ${size} /var/lib/longhorn/disk
    tgtadm --op new --mode target --tid 1 --targetname ${target}
    tgtadm --op new --mode logicalunit --tid 1 --lun 1 --backing-store /var/lib/longhorn/disk
    tgtadm --op bind --mode target --tid 1 --initiator-address ALL`;
  await inHostPod(cluster, pod, script);
};

/**
 * Logs the host of a pod in to that disk, as Longhorn does: by the host's own iscsiadm; returns the device
 * that appeared.
 */
export const logIn = async (
  cluster: Cluster,
  { pod, address }: { pod: string; address: string },
): Promise<string> => {
  const script = `
    host iscsiadm -m discovery -t sendtargets -p ${address} > /dev/null
    host iscsiadm -m node -T ${target} -p ${address} --login > /dev/null
    host iscsiadm -m session -P 3 | sed -n 's/.*Attached scsi disk \\(\\S*\\).*/\\1/p'`;
  return `/dev/${await inHostPod(cluster, pod, script)}`;
};

/** Logs the host of a pod out again. */
export const logOut = async (cluster: Cluster, { pod }: { pod: string }): Promise<void> => {
  await inHostPod(cluster, pod, `host iscsiadm -m node -T ${target} --logout > /dev/null`);
};
