import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { type Cluster, connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { askLab } from '../../lab/control/ask.ts';
import { inHostPod, startHostPods } from '../support/host-pods.ts';
import { exportDisk, logIn, logOut } from '../support/iscsi.ts';
import { share } from '../support/share.ts';
import { tgtImage } from '../support/tgt-image.ts';
import { hostCheckScript, parseHostCheck } from './nodes/longhorn-host-check.ts';

// A real Longhorn needs all of this of its nodes; here it is shown without one.

let name: string;
let cluster: Cluster;
let addresses: Record<string, string>;

beforeAll(async () => {
  const lab = await share('lab');
  name = lab.name;
  cluster = connect(lab);
  addresses = await startHostPods(cluster, [
    { name: 'manager1', node: 'node1', propagation: 'Bidirectional' },
    { name: 'manager2', node: 'node2' },
    {
      name: 'target',
      node: 'node1',
      image: tgtImage,
      command: ['tgtd', '-f'],
      propagation: 'HostToContainer',
    },
  ]);
});

test("each node passes Longhorn's own check of its hosts", async () => {
  const { items } = await cluster.list<KubernetesObject & { status: { nodeInfo: { osImage: string } } }>(
    resources.nodes,
  );
  // Which packages it looks for depends on this name.
  expect(items.map(({ status }) => status.nodeInfo.osImage)).toEqual(
    Array(3).fill(expect.stringMatching(/debian/i)),
  );
  for (const node of ['1', '2']) {
    expect(parseHostCheck(await inHostPod(cluster, `manager${node}`, hostCheckScript))).toEqual({
      initiator: expect.stringMatching(/^iscsiadm version 2\./),
      initiatorName: `iqn.2026-01.test.corral:node${node}`,
      missing: '',
      multipathd: '',
      absent: '',
      nfsClient: expect.stringMatching(/CONFIG_NFS_V4=[my] .*CONFIG_NFS_V4_2=y/),
      nfsDefault: expect.stringMatching(/^none$|=4\.[012]$/),
      directoryDelegations: 'N',
      propagation: 'shared',
      dataOn: 'ext4 /dev/mapper/longhorn',
      openFiles: '65536',
      inotifyInstances: '1024',
    });
  }
});

test("a node's clock goes with this machine's, to 50 ms", async () => {
  for (const node of ['node1', 'node2']) {
    const before = Date.now();
    const { stdout } = (await askLab(name, { action: 'run', node, script: 'date +%s.%N' })) as {
      stdout: string;
    };
    const there = Number(stdout) * 1000;
    expect(there).toBeGreaterThan(before - 50);
    expect(there).toBeLessThan(Date.now() + 50);
  }
});

test('the clock of a node is read without a system call, where the processor has a counter for it', async () => {
  // 4 KiB behind the address; mov $SYS_clock_gettime, %eax; syscall; ret.
  const script = `
    page=$(sed -n 's/-.*\\[vdso]$//p' /proc/self/maps)
    dd if=/proc/self/mem bs=4096 skip=$((16#$page / 4096)) count=1 status=none | od -An -v -tx1 | tr -d ' \\n'`;
  const { stdout } = (await askLab(name, { action: 'run', node: 'node1', script })) as { stdout: string };
  expect(stdout).toMatch(/^7f454c46/);
  const flags = await readFile('/proc/cpuinfo', 'utf8');
  const hasCounter = ['constant_tsc', 'nonstop_tsc'].every((flag) => flags.includes(` ${flag} `));
  expect(stdout.includes('b8e40000000f05c3')).toBe(!hasCounter);
});

test('a pod gets its share of the processor, however many processes that are of no pod want it', async () => {
  const script = `
    cd /sys/fs/cgroup
    # Only what holds containers, and no other group, has processes.
    pod=$(grep -rl . --include=cgroup.procs kubepods | head -1)
    busy() { timeout 4 bash -c 'echo $$ > "$0"; while :; do :; done' "$1" & }
    used() { sed -n 's/usage_usec //p' kubepods/cpu.stat cpu.stat; }
    before=($(used))
    busy "$pod"
    for process in 1 2 3 4; do busy /dev/null; done
    wait
    after=($(used))
    echo $((100 * (after[0] - before[0]) / (after[1] - before[1])))`;
  const { stdout } = (await askLab(name, { action: 'run', node: 'node1', script })) as { stdout: string };
  // In percent. Of five equals it would be one's fifth, and with the weight of all pods together 9; 34 was seen
  // on a machine with ten processes for each of its processors.
  expect(Number(stdout)).toBeGreaterThan(25);
});

test('what a pod mounts with Bidirectional propagation is seen by the host and by other pods', async () => {
  await inHostPod(
    cluster,
    'manager1',
    'mkdir /plugins/made; mount -t tmpfs made /plugins/made; echo seen > /plugins/made/file',
  );
  expect(await inHostPod(cluster, 'manager1', 'host cat /var/lib/kubelet/plugins/made/file')).toBe('seen');
  expect(await inHostPod(cluster, 'target', 'cat /plugins/made/file')).toBe('seen');
  await inHostPod(cluster, 'manager1', 'umount /plugins/made');
  expect(await inHostPod(cluster, 'target', 'ls /plugins/made')).toBe('');
});

test('a disk exported by iSCSI is a file system on another node', async () => {
  await exportDisk(cluster, { pod: 'target', size: '256M' });
  const device = await logIn(cluster, { pod: 'manager2', address: addresses.target as string });
  expect(await inHostPod(cluster, 'target', 'tgtadm --op show --mode target')).toContain(
    'Initiator: iqn.2026-01.test.corral:node2',
  );

  const write = `
    mkfs.ext4 -q ${device}
    mount ${device} /mnt
    head -c 16M /dev/urandom > /tmp/data
    sum=$(sha256sum < /tmp/data)
    start=\${EPOCHREALTIME/./}
    dd if=/tmp/data of=/mnt/data bs=1M oflag=direct conv=fsync status=none
    echo $((16 * 1000000 / (\${EPOCHREALTIME/./} - start)))
    umount /mnt
    mount ${device} /mnt
    [ "$(sha256sum < /mnt/data)" = "$sum" ] && echo same
    umount /mnt
    rm /tmp/data`;
  const [mibPerSecond, comparison] = (await inHostPod(cluster, 'manager2', write)).split('\n');
  expect(comparison).toBe('same');
  // It does not stall. 68 were measured on a quiet machine of two cores, 2 on one with 20 processes for each.
  expect(Number(mibPerSecond)).toBeGreaterThan(0.5);

  await logOut(cluster, { pod: 'manager2' });
  expect(await inHostPod(cluster, 'manager2', `test -e ${device} || echo gone`)).toBe('gone');
});
