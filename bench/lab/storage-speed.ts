import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Cluster, connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { removeStore, startStore } from '../../e2e/store/drivers/nfs/fixture.ts';
import { storeImage } from '../../lab/images/core.ts';
import { labDir } from '../../lab/run/settings.ts';
import type { Step } from '../../lab/step.ts';
import { up } from '../../lab/up.ts';
import { inHostPod, startHostPods } from '../../tests/support/host-pods.ts';
import { exportDisk, logIn, logOut } from '../../tests/support/iscsi.ts';
import { tgtArchive, tgtImage } from '../../tests/support/tgt-image.ts';

const MEBIBYTES = 256;

/** A bash script that writes to a path and reads it back, both past the page cache; it prints both speeds in MiB/s. */
const measure = (path: string): string => `
  now() { echo "\${EPOCHREALTIME/./}"; }
  speed() { local start=$(now); "$@" status=none; echo $((${MEBIBYTES} * 1000000 / ($(now) - start))); }
  speed dd if=/dev/zero of=${path} bs=1M count=${MEBIBYTES} oflag=direct conv=notrunc,fsync
  speed dd if=${path} of=/dev/null bs=1M count=${MEBIBYTES} iflag=direct`;

const withNfs = async (cluster: Cluster, use: (client: string, mountOptions: string) => Promise<void>): Promise<void> => {
  const namespace = 'bench-store';
  const store = await startStore(cluster, { namespace, run: 'bench', image: storeImage, signal: AbortSignal.timeout(60_000) });
  const { spec } = await cluster.get<KubernetesObject & { spec: { nodeName: string } }>(resources.pods, store.pod);
  await use(
    spec.nodeName === 'node1' ? 'manager2' : 'manager1',
    `-t nfs4 -o nfsvers=4.2,actimeo=1,soft backupstore.${namespace}:${store.root}`,
  );
  await removeStore(cluster, { namespace });
};

/** How fast this machine's disk is, a node's at /var/lib/longhorn, one of another node by iSCSI, and a file of another node by NFS, in MiB/s. */
export const storageSpeed = async (name: string): Promise<Map<string, number>> => {
  const figures = new Map<string, number>();
  const note = (what: string, said: string) => {
    const [write = 0, read = 0] = said.trim().split('\n').map(Number);
    figures.set(`${what}, written`, write).set(`${what}, read`, read);
  };
  const step: Step = (_, work) => work(() => {});
  const lab = await up({ name, nodes: 2, memory: '1024M', disk: '2G', archives: [tgtArchive], step });
  try {
    const cluster = connect(lab);
    const addresses = await startHostPods(cluster, [
      { name: 'manager1', node: 'node1' },
      { name: 'manager2', node: 'node2' },
      { name: 'target', node: 'node1', image: tgtImage, command: ['tgtd', '-f'] },
    ]);
    const file = join(labDir(name), 'speed');
    note("this machine's disk", (await execa('bash', ['-c', measure(file)])).stdout);
    await rm(file);
    note("a node's disk", await inHostPod(cluster, 'manager2', `${measure('/var/lib/longhorn/speed')}\nrm /var/lib/longhorn/speed`));
    await exportDisk(cluster, { pod: 'target', size: `${MEBIBYTES}M` });
    note(
      'iSCSI',
      await inHostPod(cluster, 'manager2', measure(await logIn(cluster, { pod: 'manager2', address: addresses.target as string }))),
    );
    await logOut(cluster, { pod: 'manager2' });
    await withNfs(cluster, async (client, mountOptions) =>
      note('NFS', await inHostPod(cluster, client, `mount ${mountOptions} /mnt\n${measure('/mnt/speed')}\numount /mnt`)),
    );
    return figures;
  } finally {
    await lab.stop();
  }
};
