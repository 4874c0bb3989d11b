import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import { healByLabels, healLeftOver, openFaults } from '../../../../e2e/faults/open-faults.ts';
import { type Cluster, resources } from '../../../../e2e/kube/cluster.ts';
import { engineBinary } from '../../../../e2e/longhorn/engine-binary.ts';
import { readOnlyBackups } from '../../../../e2e/store/drivers/nfs/read-only-backups.ts';
import { canMount, type Namespace, openNamespace } from '../../../support/mount-namespaces.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const url = 'nfs://backupstore.corral-abc123-store-1:/opt/backupstore';
const mount = '/var/lib/longhorn-backupstore-mounts/backupstore_corral-abc123-store-1/opt/backupstore';
const volume = 'backupstore/volumes/97/d4/corral-abc123-volume-1';
const title = 'the backups are read-only';
const pod = (name: string) => ({ namespace: 'longhorn-system', name, container: 'longhorn-manager' });

let folder: string;
let store: string;
let binary: string;
/**
 * What is mounted in each manager's pod; the store, which is a folder of this machine, stands for the NFS
 * export.
 */
let pods: Map<string, Namespace>;
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
  const script = `#!/bin/sh\nif [ "$1" = late ]; then echo begun >${folder}/begun; read -r _; [ -x "$0" ] && echo 'lives on'; exit; fi
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
  return faults.inject({
    ...(await readOnlyBackups(cluster, { url, path: `${volume}/backups`, title })),
    kind: 'read-only-backups',
  });
};
const remove = (name: string) =>
  inPod(name, `rm ${mount}/${volume}/backups/backup_b1.cfg; touch ${mount}/${volume}/locks/a.lck`);
const refused = `rm: cannot remove '${mount}/${volume}/backups/backup_b1.cfg': Read-only file system`;
const isRefused = `a file cannot be made in ${mount}/${volume}/backups (Read-only file system), and can be beside it`;

describe.runIf(canMount)('where there are mounts', () => {
  test('managers cannot remove a backup from the inject to the heal, everybody else can make one, and the proof says so', async () => {
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
  });

  test("a store that a manager has not looked into yet is mounted by Longhorn's own command, once", async () => {
    await inPod('manager-1', `${binary} backup ls --volume-only ${url}`);
    await (await inject()).heal();
    await (await inject()).prove();
    expect(await readFile(join(folder, 'manager-1'), 'utf8')).toBe('asked\n');
    expect(await readFile(join(folder, 'manager-2'), 'utf8')).toBe('asked\n');
  });

  test('one that cannot be mounted so is an error that says why, when the others have ended too', async () => {
    const mountsLate = `read -r _ <${folder}/go; mkdir -p ${mount} && mount --bind ${store} ${mount}`;
    await inPod('manager-1', `mkfifo ${folder}/go; printf '#!/bin/sh\\n${mountsLate}' >${binary}`);
    await inPod(
      'manager-2',
      `printf '#!/bin/sh\\necho >${folder}/failed; echo cannot mount; exit 1' >${binary}`,
    );
    let error: unknown;
    const injected = inject().catch((thrown: unknown) => {
      error = thrown;
    });
    await inPod('manager-2', `until [[ -e ${folder}/failed ]]; do :; done; sync`);
    const early = error;
    await inPod('manager-1', `echo >${folder}/go`);
    await injected;
    expect(early).toBeUndefined();
    expect(String(error)).toContain(
      'set failed in manager-2 on on-manager-2 with exit code 1: the store could not be mounted as Longhorn does it: cannot mount',
    );
  });

  test("a program that is started by the engine's path meanwhile finds itself there after the heal", async () => {
    const before = await inPod('manager-1', `stat -c '%i %Y %s' ${binary}`);
    const fault = await inject();
    expect(await inPod('manager-1', `stat -c '%i %Y %s' ${binary}`)).toBe(before);
    const late = inPod('manager-1', `mkfifo ${folder}/go; ${binary} late <>${folder}/go`);
    await inPod('manager-1', `until [[ -s ${folder}/begun ]]; do :; done`);
    await fault.heal();
    await inPod('manager-1', `echo >${folder}/go`);
    expect(await late).toBe('lives on');
  });

  test('what a killed suite left behind is undone by the ledger alone, and once more', async () => {
    await inject();
    await inject();
    const healed = `${title}: manager-1: it is writable, manager-2: it is writable`;
    expect(await healLeftOver({ cluster, ledger: await openLedger(join(folder, 'out')) })).toEqual([
      healed,
      healed,
    ]);
    expect(await remove('manager-1')).toBe('');
  });

  test("it is found by the run's id too, and another run's is left", async () => {
    await inject();
    expect(await healByLabels(cluster, 'other1')).toEqual([]);
    expect(await remove('manager-1')).toBe(refused);
    expect(await healByLabels(cluster, 'abc123')).toEqual(
      [...pods.keys()].map((name) => `${mount}/${volume}/backups in ${name}: writable again`),
    );
    expect(await remove('manager-1')).toBe('');
  });

  test('a manager that was started again has it no more, which the proof says, and the heal is content', async () => {
    const fault = await inject();
    pods.get('manager-1')?.end();
    await openPod('manager-1');
    await expect(fault.prove()).rejects.toThrow(
      'it has gone with the container, where a manager was started again, or with the store',
    );
    expect(await fault.heal()).toBe('manager-1: it is writable, manager-2: it is writable');
  });

  test('where the pod is gone, or the store was unmounted under it, nothing is left to be undone', async () => {
    const fault = await inject();
    pods.get('manager-1')?.end();
    pods.delete('manager-1');
    await cluster.delete(resources.pods, pod('manager-1'));
    await inPod('manager-2', `umount -l ${mount}`);
    expect(await fault.heal()).toBe('manager-1: gone, and its mounts with it, manager-2: it is writable');
  });

  test('a store that cannot be reached any more is taken off as a whole', async () => {
    const fault = await inject();
    // Who umounts the folder waits for a server that is silent.
    const stub = `#!/bin/sh\ncase "$*" in *backups) exit 32;; esac\nexec /var/lib/real "$@"`;
    await inPod(
      'manager-1',
      `cp -p "$(command -v umount)" /var/lib/real; printf '%s' '${stub}' >/var/lib/stub; chmod 755 /var/lib/stub`,
    );
    await inPod('manager-1', 'mount --bind /var/lib/stub "$(command -v umount)"');
    await fault.heal();
    expect(await inPod('manager-1', `grep -c ${mount} /proc/self/mountinfo`)).toBe('0');
  });

  test.each([
    ['somebody has made it writable', 'mount -o remount,bind,rw', 'a file can be made in'],
    [
      'all around it is read-only as well',
      `mount -o remount,bind,ro ${mount};:`,
      'cannot be written to either',
    ],
  ])('it is not in force where %s', async (_, script, why) => {
    const fault = await inject();
    await inPod('manager-1', `${script} ${mount}/${volume}/backups`);
    await expect(fault.prove()).rejects.toThrow(why);
    expect(await readdir(join(store, volume, 'backups'))).toEqual(['backup_b1.cfg']);
  });
});

test('a store that is not on NFS is refused', async () => {
  await expect(readOnlyBackups(cluster, { url: 's3://b@r/', path: volume, title })).rejects.toThrow(
    's3://b@r/ is no backup target on NFS',
  );
});
