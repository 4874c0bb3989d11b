import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Cluster, connect } from '../../e2e/kube/cluster.ts';
import { driverNamed } from '../../e2e/store/drivers/index.ts';
import { storeImage } from '../../lab/images/core.ts';
import { labDir } from '../../lab/run/settings.ts';
import type { StepRunner } from '../../lab/step.ts';
import { up } from '../../lab/up.ts';
import { inHostPod, startHostPods } from '../../tests/support/host-pods.ts';
import { exportDisk, logIn, logOut } from '../../tests/support/iscsi.ts';
import { tgtArchive, tgtImage } from '../../tests/support/tgt-image.ts';

const MEBIBYTES = 256;

/**
 * A bash script that writes to a path and reads it back, both past the page cache; it prints both speeds in
 * MiB/s.
 */
const measure = (path: string): string => `
  now() { echo "\${EPOCHREALTIME/./}"; }
  speed() { local start=$(now); "$@" status=none; echo $((${MEBIBYTES} * 1000000 / ($(now) - start))); }
  speed dd if=/dev/zero of=${path} bs=1M count=${MEBIBYTES} oflag=direct conv=notrunc,fsync
  speed dd if=${path} of=/dev/null bs=1M count=${MEBIBYTES} iflag=direct`;

// The store of a run, mounted on another node than its server's; `what` is its name in the table.
const withStore = async (
  cluster: Cluster,
  use: (client: string, mountArguments: string, what: string) => Promise<void>,
): Promise<void> => {
  const driver = driverNamed();
  const namespace = 'bench-store';
  const { node, mountArguments } = await driver.start(cluster, {
    namespace,
    run: 'bench',
    image: storeImage,
    signal: AbortSignal.timeout(60_000),
  });
  if (mountArguments !== undefined)
    await use(node === 'node1' ? 'manager2' : 'manager1', mountArguments, driver.name.toUpperCase());
  await driver.remove(cluster, { namespace });
};

/**
 * How fast this machine's disk is, a node's at /var/lib/longhorn, one of another node by iSCSI, and a file of
 * a backup store on another node, in MiB/s.
 */
export const storageSpeed = async (name: string): Promise<Map<string, number>> => {
  const figures = new Map<string, number>();
  const note = (what: string, said: string) => {
    const [write = 0, read = 0] = said.trim().split('\n').map(Number);
    figures.set(`${what}, written`, write).set(`${what}, read`, read);
  };
  const step: StepRunner = (_, work) => work(() => {});
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
    note(
      "a node's disk",
      await inHostPod(
        cluster,
        'manager2',
        `${measure('/var/lib/longhorn/speed')}\nrm /var/lib/longhorn/speed`,
      ),
    );
    await exportDisk(cluster, { pod: 'target', size: `${MEBIBYTES}M` });
    note(
      'iSCSI',
      await inHostPod(
        cluster,
        'manager2',
        measure(await logIn(cluster, { pod: 'manager2', address: addresses.target as string })),
      ),
    );
    await logOut(cluster, { pod: 'manager2' });
    await withStore(cluster, async (client, mountArguments, what) =>
      note(
        what,
        await inHostPod(
          cluster,
          client,
          `mount ${mountArguments} /mnt\n${measure('/mnt/speed')}\numount /mnt`,
        ),
      ),
    );
    return figures;
  } finally {
    await lab.stop();
  }
};
