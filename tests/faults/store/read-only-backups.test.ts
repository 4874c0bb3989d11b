import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../../e2e/faults/ledger.ts';
import { healByLabels, healLeftOver, openFaults } from '../../../e2e/faults/open-faults.ts';
import { readOnlyBackups } from '../../../e2e/faults/store/read-only-backups.ts';
import { type Cluster, resources } from '../../../e2e/kube/cluster.ts';
import { engineBinary } from '../../../e2e/longhorn/engine-binary.ts';
import { storeMount } from '../../../e2e/store/drivers/nfs/mounts.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import { localStore } from '../../store/support/local-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const url = 'nfs://backupstore.corral-abc123-store-1:/opt/backupstore';
const mount = '/var/lib/longhorn-backupstore-mounts/backupstore_corral-abc123-store-1/opt/backupstore';
const volume = volumeFolder('corral-abc123-volume-1');
const title = 'the backups of it are read-only within longhorn-manager';
const pod = (name: string) => ({ namespace: 'longhorn-system', name, container: 'longhorn-manager' });

/** Whether this machine lets a test have mounts that nobody else sees. */
const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

/** Some mounts of its own, as a container has, until they are ended; `/var/lib` is empty in it. */
const openNamespace = async () => {
  const script = 'mount -t tmpfs none /var/lib && echo ready && read -r';
  const child = spawn('unshare', ['-m', 'bash', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  // bash reads ~/.bashrc if its input is a socket, and that of the one who runs the tests may print.
  const enter = ['nsenter', '-m', '-t', String(child.pid), '--', 'env', 'HOME=/var/lib'];
  const exec: Cluster['exec'] = (pod, command, options) =>
    stubCluster().exec(pod, [...enter, ...command], options);
  return { exec, end: () => child.stdin.end() };
};

let folder: string;
let store: string;
let binary: string;
/**
 * What is mounted in each manager's pod; the store, which is a folder of this machine, stands for the NFS
 * export.
 */
let pods: Map<string, Awaited<ReturnType<typeof openNamespace>>>;
let cluster: Cluster;

const openCluster = () =>
  stubCluster({
    objects: {
      settings: [{ metadata: { name: 'default-engine-image' }, value: 'longhornio/longhorn-engine:v1.12.1' }],
      pods: ['manager-1', 'manager-2'].map((name) => ({
        metadata: { name, labels: { app: 'longhorn-manager' } },
        spec: { nodeName: `on-${name}` },
        status: { phase: 'Running' },
      })),
    },
    exec: (target, ...command) =>
      pods.get(target.name)?.exec(target, ...command) ?? Promise.reject(new Error(`no pod ${target.name}`)),
  });

const inPod = async (name: string, script: string): Promise<string> => {
  const { stdout, stderr } = await cluster.exec(pod(name), ['bash', '-c', script]);
  return `${stdout}${stderr}`.trim();
};

/** A manager's pod with Longhorn's command, which mounts the store when it looks into it. */
const openPod = async (name: string): Promise<void> => {
  pods.set(name, await openNamespace());
  const script = `#!/bin/sh
[ "$*" = 'backup ls --volume-only ${url}' ] && echo asked >>${folder}/${name} && mkdir -p ${mount} && mount --bind ${store} ${mount}`;
  await inPod(
    name,
    `mkdir -p ${binary.replace(/\/longhorn$/, '')}; cat >${binary} <<'END'\n${script}\nEND\nchmod 755 ${binary}`,
  );
};

beforeEach(async () => {
  folder = await temporaryFolder();
  store = join(folder, 'store');
  for (const each of ['backups', 'locks']) await mkdir(join(store, volume, each), { recursive: true });
  await writeFile(join(store, volume, 'backups/backup_b1.cfg'), '{}');
  cluster = openCluster();
  binary = await engineBinary(cluster);
  pods = new Map();
  if (canMount) for (const name of ['manager-1', 'manager-2']) await openPod(name);
});
afterEach(async () => {
  for (const { end } of pods.values()) end();
});

const inject = async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(join(folder, 'out')) });
  const access = { managerMount: { cluster, url, mountPoint: () => storeMount(url) } };
  const mounted = { ...localStore(store, cluster), access };
  return faults.inject(await readOnlyBackups.on(mounted, { name: 'corral-abc123-volume-1', called: 'it' }));
};
const remove = (name: string) =>
  inPod(name, `rm ${mount}/${volume}/backups/backup_b1.cfg; touch ${mount}/${volume}/locks/a.lck`);
const refused = `rm: cannot remove '${mount}/${volume}/backups/backup_b1.cfg': Read-only file system`;
const isRefused = `a file cannot be made in ${mount}/${volume}/backups (Read-only file system), and can be beside it`;

describe.runIf(canMount)('where there are mounts', () => {
  test('managers cannot remove a backup from the inject to the heal, everybody else can make one, and the proof says so', async () => {
    const engine = () => inPod('manager-1', `stat -c '%i %Y %s' ${binary}`);
    const before = await engine();
    const fault = await inject();
    for (const name of pods.keys()) expect(await remove(name)).toBe(refused);
    expect(await fault.prove()).toBe(`in manager-1, manager-2: ${isRefused}`);
    await writeFile(join(store, volume, 'backups/backup_b2.cfg'), '{}');
    expect(await fault.heal()).toBe('manager-1: it is writable, manager-2: it is writable');
    expect(await remove('manager-2')).toBe('');
    expect(await readdir(join(store, volume, 'backups'))).toEqual(['backup_b2.cfg']);
    // Of both, whichever is the first to answer.
    await expect(fault.prove()).rejects.toThrow(
      new RegExp(
        `^${title}: prove failed in manager-\\d on on-manager-\\d with exit code 1: nothing is mounted at ${mount}`,
      ),
    );
    // Who starts a program by the engine's path meanwhile finds itself there.
    expect(await engine()).toBe(before);
    // Longhorn's own command mounted the store, once.
    for (const name of pods.keys()) expect(await readFile(join(folder, name), 'utf8')).toBe('asked\n');
  });

  test("what a killed suite left is undone by the ledger alone, twice too, or by the run's id, and another's is left", async () => {
    await inject();
    await inject();
    const healed = `${title}: manager-1: it is writable, manager-2: it is writable`;
    const ledger = await openLedger(join(folder, 'out'));
    expect(await healLeftOver({ cluster, ledger })).toEqual([healed, healed]);
    await inject();
    expect(await healByLabels(cluster, 'other1')).toEqual([]);
    expect(await remove('manager-1')).toBe(refused);
    expect(await healByLabels(cluster, 'abc123')).toEqual(
      [...pods.keys()].map((name) => `${mount}/${volume}/backups in ${name}: writable again`),
    );
    expect(await remove('manager-1')).toBe('');
  });

  test('where a manager was started again, its pod is gone, or the store was unmounted, nothing is left to be undone', async () => {
    const fault = await inject();
    pods.get('manager-1')?.end();
    await openPod('manager-1');
    await expect(fault.prove()).rejects.toThrow(
      'it has gone with the container, where a manager was started again, or with the store',
    );
    expect(await fault.heal()).toBe('manager-1: it is writable, manager-2: it is writable');
    const again = await inject();
    pods.get('manager-1')?.end();
    pods.delete('manager-1');
    await cluster.delete(resources.pods, pod('manager-1'));
    await inPod('manager-2', `umount -l ${mount}`);
    expect(await again.heal()).toBe('manager-1: gone, and its mounts with it, manager-2: it is writable');
  });

  test('a store that cannot be reached any more is taken off as a whole', async () => {
    const fault = await inject();
    // Who umounts the folder waits for a server that is silent.
    const stub = `#!/bin/sh\ncase "$*" in *backups) exit 32;; esac\nexec /var/lib/real "$@"`;
    await inPod(
      'manager-1',
      `cp -p "$(command -v umount)" /var/lib/real; printf '%s' '${stub}' >/var/lib/stub; chmod 755 /var/lib/stub
mount --bind /var/lib/stub "$(command -v umount)"`,
    );
    await fault.heal();
    expect(await inPod('manager-1', `grep -c ${mount} /proc/self/mountinfo`)).toBe('0');
  });
});

test('a store that is not on NFS is refused', () => {
  expect(() => storeMount('s3://b@r/')).toThrow('s3://b@r/ is no backup target on NFS');
});
