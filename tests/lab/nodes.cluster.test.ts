import { beforeAll, expect, test } from 'vitest';
import { type Cluster, connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { exportPath } from '../../e2e/store/drivers/nfs/place.ts';
import { startServer } from '../../e2e/store/drivers/nfs/server.ts';
import { askLab } from '../../lab/control/ask.ts';
import { storeImage } from '../../lab/images/core.ts';
import { inHostPod, startHostPods } from '../support/host-pods.ts';
import { exportDisk, logIn, logOut } from '../support/iscsi.ts';
import { share } from '../support/share.ts';
import { tgtImage } from '../support/tgt-image.ts';
import { hostCheckScript, parseHostCheck } from './nodes/longhorn-host-check.ts';
import { startWebhook, webhookConfiguration, webhookConfigurations } from './nodes/webhook.ts';

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

test('files at /var/lib/longhorn have holes, extents and direct writes', async () => {
  const script = `
    cd /var/lib/longhorn
    dd if=/dev/urandom of=file bs=1M count=4 oflag=direct conv=fsync status=none
    fallocate --punch-hole --offset 1MiB --length 2MiB file
    filefrag -v file | sed -nE 's/^ *[0-9]+: *([0-9]+)\\.\\. *([0-9]+):.*/\\1..\\2/p'
    stat -c '%s %b' file
    rm file`;
  // In blocks of 4 KiB, then in bytes and in blocks of 512.
  expect((await inHostPod(cluster, 'manager1', script)).split('\n')).toEqual([
    '0..255',
    '768..1023',
    `${4 * 2 ** 20} ${2 * 2048}`,
  ]);
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
  // In percent. Of five equals it would be one's fifth, and with the weight of all pods together 9.
  expect(Number(stdout)).toBeGreaterThan(40);
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

test('the API server asks an admission webhook that a pod serves, by its Service', async () => {
  const ca = await startWebhook(cluster, { name: 'webhook', node: 'node2' });
  await cluster.create(webhookConfigurations, webhookConfiguration({ name: 'webhook', ca }));
  const make = async (label: string) => {
    const object = { metadata: { generateName: 'asked-', namespace: 'default', labels: { webhook: label } } };
    return cluster.create(resources.configMaps, object).then(
      () => 'made',
      (error: Error) => error.message,
    );
  };
  // The API server does not say when it has begun to ask a new webhook.
  await expect
    .poll(() => make('refuse'), { timeout: 300_000, interval: 200 })
    .toContain('denied the request: a pod on node2 refuses it');
  expect(await make('allow')).toBe('made');
});

test('a loop device that a pod makes is a device of its host', async () => {
  const script = `
    truncate -s 64M /var/lib/longhorn/image
    device=$(losetup --find --show /var/lib/longhorn/image)
    mkfs.ext4 -q "$device"
    host blkid -o value -s TYPE "$device"
    losetup --detach "$device"
    rm /var/lib/longhorn/image`;
  expect(await inHostPod(cluster, 'manager2', script)).toBe('ext4');
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
  // It does not stall. 68 were measured on a quiet machine of two cores, 2 on one with 20 processes for each;
  // npm run bench:lab measures.
  expect(Number(mibPerSecond)).toBeGreaterThan(0.5);

  await logOut(cluster, { pod: 'manager2' });
  expect(await inHostPod(cluster, 'manager2', `test -e ${device} || echo gone`)).toBe('gone');
});

test('an NFS store is mounted from another node as Longhorn mounts it, listed without error, and refuses by its flags', async () => {
  const namespace = 'nodes-store';
  const store = await startServer(cluster, {
    namespace,
    run: 'nodes',
    image: storeImage,
    signal: AbortSignal.timeout(300_000),
  });
  const { spec } = await cluster.get<KubernetesObject & { spec: { nodeName: string } }>(
    resources.pods,
    store.pod,
  );
  const client = spec.nodeName === 'node1' ? 'manager2' : 'manager1';
  const onServer = async (script: string) =>
    expect(await cluster.exec(store.pod, ['bash', '-c', script])).toMatchObject({ exitCode: 0 });

  for (const version of ['4.2', '4.1']) {
    const mount = `
      mkdir -p /mnt/store
      mount -t nfs4 -o nfsvers=${version},actimeo=1,soft,timeo=300,retry=2 backupstore.${namespace}:${exportPath} /mnt/store
      grep -o 'vers=[0-9.]*' /proc/mounts
      dd if=/dev/urandom of=/mnt/store/data-${version} bs=1M count=4 conv=fsync status=none
      mkdir /mnt/store/folder-${version}
      for number in {1..20}; do echo $number > /mnt/store/folder-${version}/$number; done
      for try in {1..100}; do mapfile -t names < <(ls /mnt/store/folder-${version}); echo \${#names[@]}; done | sort | uniq -c | tr -s ' '`;
    expect((await inHostPod(cluster, client, mount)).split('\n')).toEqual([`vers=${version}`, ' 100 20']);
    await onServer(`chattr +i ${exportPath}/folder-${version}/7`);
    const remove = `rm /mnt/store/folder-${version}/7 2>&1 || true`;
    expect(await inHostPod(cluster, client, remove)).toMatch(/Operation not permitted$/);
    await onServer(`chattr -i ${exportPath}/folder-${version}/7`);
    expect(
      await inHostPod(
        cluster,
        client,
        `${remove}; ls /mnt/store/folder-${version} | wc -l; umount /mnt/store`,
      ),
    ).toBe('19');
  }
});
