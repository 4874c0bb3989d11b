import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { isReady, type Pod } from '../../e2e/kube/pods.ts';
import { askLab } from '../../lab/control/ask.ts';
import { storeImage } from '../../lab/images/core.ts';
import { share } from '../support/share.ts';
import { tgtImage } from '../support/tgt-image.ts';
import { hostCheckScript, parseHostCheck } from './nodes/longhorn-host-check.ts';

/** A pod of a test, on a node of its choice. */
type HostPod = {
  name: string;
  node: string;
  image?: string;
  command?: string[];
  env?: Record<string, string>;
  labels?: Record<string, string>;
  /** How mounts under /plugins, a folder of the kubelet's, go between pod and host. */
  propagation?: 'Bidirectional' | 'HostToContainer';
  readinessProbe?: object;
};

const podOf = ({
  name,
  node,
  image = storeImage,
  command,
  env = {},
  labels = {},
  propagation,
  readinessProbe,
}: HostPod) => {
  const hostFolders = ['proc', 'boot', 'etc'];
  const container = {
    name: 'main',
    image,
    imagePullPolicy: 'Never',
    command: command ?? ['sleep', 'infinity'],
    env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    securityContext: { privileged: true },
    ...(readinessProbe && { readinessProbe }),
    volumeMounts: [
      ...hostFolders.map((folder) => ({ name: folder, mountPath: `/host/${folder}` })),
      { name: 'dev', mountPath: '/dev' },
      { name: 'data', mountPath: '/var/lib/longhorn' },
      { name: 'plugins', mountPath: '/plugins', mountPropagation: propagation ?? 'None' },
    ],
  };
  const paths = { data: '/var/lib/longhorn', plugins: '/var/lib/kubelet/plugins' };
  const volumes = [
    ...[...hostFolders, 'dev'].map((folder) => [folder, `/${folder}`]),
    ...Object.entries(paths),
  ].map(([volume, path]) => ({
    name: volume,
    hostPath: { path, type: volume === 'plugins' ? 'DirectoryOrCreate' : 'Directory' },
  }));
  return {
    metadata: { name, namespace: 'default', labels },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 0,
      containers: [container],
      volumes,
    },
  };
};

/**
 * Starts privileged pods that see their host as Longhorn's own do (its /proc, /dev, /boot, /etc and
 * /var/lib/longhorn), in the namespace `default`.
 *
 * Returns the address of each, by its name, when all are ready.
 */
const startHostPods = async (cluster: Cluster, pods: readonly HostPod[]): Promise<Record<string, string>> => {
  const timeline = await follow<Pod>(cluster, resources.pods, { namespace: 'default' });
  try {
    for (const pod of pods) await cluster.create(resources.pods, podOf(pod));
    const wait = {
      within: '5m',
      owner: 'the test: a pod starts in 2 s, on a busy machine in a minute',
    } as const;
    const ready = await Promise.all(
      pods.map(({ name }) => waitUntil(timeline, isReady, { ...wait, name, label: `${name} is ready` })),
    );
    return Object.fromEntries(ready.map(({ metadata, status }) => [metadata.name, status?.podIP ?? '']));
  } finally {
    await timeline.stop();
  }
};

/**
 * Runs a bash script in such a pod, where `host` runs a command in the host's own namespaces; throws when it
 * fails.
 */
const inHostPod = async (cluster: Cluster, name: string, script: string): Promise<string> => {
  const host = 'host() { nsenter --mount=/host/proc/1/ns/mnt --net=/host/proc/1/ns/net -- "$@"; }';
  const command = ['bash', '-c', `set -eu -o pipefail\n${host}\n${script}`];
  const { exitCode, stdout, stderr } = await cluster.exec({ namespace: 'default', name }, command);
  if (exitCode !== 0)
    throw new Error(`a script in the pod ${name} ended with exit code ${exitCode}:\n${stdout}${stderr}`);
  return stdout.trim();
};

const target = 'iqn.2026-01.test.corral:disk';

/** Exports a file at /var/lib/longhorn as an iSCSI disk, from a pod that runs tgtd; `size` as `256M`. */
const exportDisk = async (cluster: Cluster, { pod, size }: { pod: string; size: string }): Promise<void> => {
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
const logIn = async (
  cluster: Cluster,
  { pod, address }: { pod: string; address: string },
): Promise<string> => {
  const script = `
    host iscsiadm -m discovery -t sendtargets -p ${address} > /dev/null
    host iscsiadm -m node -T ${target} -p ${address} --login > /dev/null
    # The kernel reads the size of the disk after it has attached it.
    for ((i = 0; i < 300; i++)); do
      disk=$(host iscsiadm -m session -P 3 | sed -n 's/.*Attached scsi disk \\(\\S*\\).*/\\1/p')
      [ "$(cat "/sys/block/$disk/size" 2> /dev/null || echo 0)" -gt 0 ] && break
      sleep 0.1
    done
    echo "$disk"`;
  return `/dev/${await inHostPod(cluster, pod, script)}`;
};

/** Logs the host of a pod out again. */
const logOut = async (cluster: Cluster, { pod }: { pod: string }): Promise<void> => {
  await inHostPod(cluster, pod, `host iscsiadm -m node -T ${target} --logout > /dev/null`);
};

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
