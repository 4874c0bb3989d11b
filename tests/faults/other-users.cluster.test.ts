import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeRunId } from '../../e2e/config/run-id.ts';
import { deniedDeletion } from '../../e2e/faults/denied-deletion.ts';
import type { Fault, Faults, InjectedFault } from '../../e2e/faults/fault.ts';
import { heldDeletion } from '../../e2e/faults/held-deletion.ts';
import { killedPod } from '../../e2e/faults/killed-pod.ts';
import { clockSkewed, nodeCut, nodeSlow } from '../../e2e/faults/lab-faults.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { openFaults } from '../../e2e/faults/open-faults.ts';
import { patchedObject } from '../../e2e/faults/patched-object.ts';
import { diskNearlyFull } from '../../e2e/faults/store/disk-nearly-full.ts';
import { fileEmptied } from '../../e2e/faults/store/file-emptied.ts';
import { fileMissing } from '../../e2e/faults/store/file-missing.ts';
import { foreignLock } from '../../e2e/faults/store/foreign-lock/foreign-lock.ts';
import { immutableFile } from '../../e2e/faults/store/immutable-file.ts';
import { readOnlyBackups } from '../../e2e/faults/store/read-only-backups.ts';
import { listingDenied, readingDenied } from '../../e2e/faults/store/reading-denied.ts';
import { serverFrozen, serverSlow } from '../../e2e/faults/store/server-stalled.ts';
import { featuresFor } from '../../e2e/faults/store/store-faults.ts';
import { type Cluster, connect, type KubernetesObject } from '../../e2e/kube/cluster.ts';
import { longhornClocks } from '../../e2e/longhorn/clocks.ts';
import { managerLabel, managerPodOf, managerPods } from '../../e2e/longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import type { Volume } from '../../e2e/longhorn/types.ts';
import { driverNamed } from '../../e2e/store/drivers/index.ts';
import { volumeFolder } from '../../e2e/store/format/layout.ts';
import { requestBackup, untilCompleted, untilSettled } from '../../e2e/suite/steps/backup/backup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import { uniqueName } from '../../e2e/suite/steps/created-objects.ts';
import { requestDeletion } from '../../e2e/suite/steps/deletion/deletion.ts';
import type { BackupHandle, TargetHandle, VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { makeTarget } from '../../e2e/suite/steps/target/target.ts';
import { openTimelines } from '../../e2e/suite/steps/timelines.ts';
import { timeoutsOn } from '../../e2e/suite/steps/timeouts.ts';
import { writeData } from '../../e2e/suite/steps/volume/data.ts';
import { makeSnapshot } from '../../e2e/suite/steps/volume/snapshot.ts';
import { detach, makeVolume, untilDetached } from '../../e2e/suite/steps/volume/volume.ts';
import { installEmulator } from '../../emulator/install.ts';
import { askLab } from '../../lab/control/ask.ts';
import { storeImage } from '../../lab/images/core.ts';
import type { Lab } from '../../lab/run/start.ts';
import { buildAndStartLab } from '../../lab/up.ts';
import { emulatorArchive, emulatorImage } from '../../providers/emulator-image.ts';
import { createTestContext } from '../support/test-context.ts';

const name = `other-users-${process.pid}`;
const run = makeRunId();
const over = new AbortController();
let lab: Lab;
let cluster: Cluster;
let faults: Faults;
let out: string;
/** Whose faults they are, and somebody else on the cluster. */
let own: Context;
let otherUser: Context;

beforeAll(async () => {
  const meanwhile = ({ kubeconfig }: Lab, signal: AbortSignal) =>
    installEmulator({ kubeconfig, clock: 'fast', image: emulatorImage, nodes: 3, signal });
  const archives = [await emulatorArchive()];
  lab = await buildAndStartLab({ name, archives, meanwhile, step: (_title, work) => work(() => {}) });
  cluster = connect(lab);
  out = await mkdtemp(join(tmpdir(), 'corral-other-users-'));
  faults = openFaults({ cluster, ledger: await openLedger(out) });
  [own, otherUser] = await Promise.all([openSide(run), openSide(makeRunId())]);
  // The first folders of a store are made by one alone: of two nodes that make them at once, the emulator's
  // upload was seen to fail (mkdir: not a directory).
  await Promise.all(
    [own, otherUser].map(async (side) => {
      const volume = await attached(side, 'node1');
      await backedUp(side, volume);
      await detached(side, volume);
    }),
  );
});
afterEach(() => faults?.healAll());
afterAll(async () => {
  over.abort(new Error('the tests are over'));
  await lab?.stop();
  if (out !== undefined) await rm(out, { recursive: true, force: true });
});

const mebibyte = 1 << 20;
type Replica = KubernetesObject & { spec: { volumeName: string }; status?: { currentState: string } };

const timeouts = timeoutsOn(longhornClocks);

/** Somebody on a cluster with a backup store, on whatever node Kubernetes likes, and a target of their own. */
const openSide = async (run: string, kind?: string): Promise<Context> => {
  const nameOf = (what: string): string => uniqueName(run, what);
  const [timelines, store] = await Promise.all([
    openTimelines(cluster, over.signal),
    driverNamed(kind).start(cluster, {
      namespace: nameOf('store'),
      run,
      image: storeImage,
      features: featuresFor(['readingDenied', 'diskNearlyFull']),
      signal: over.signal,
    }),
  ]);
  const target = nameOf('target');
  await makeTarget(
    { cluster, watched: () => timelines.backupTargets, timeouts },
    { name: target, store, run },
  );
  const world = { cluster, run, target, store, timelines, scenarioSignal: over.signal, uniqueName: nameOf };
  return createTestContext(world).context;
};

const targetOf = ({ own }: Context): TargetHandle => own.targets[0] as TargetHandle;

const attached = (context: Context, node: string): Promise<VolumeHandle> =>
  makeVolume(context, { size: 16 * mebibyte, node, target: targetOf(context) });

/** Writes to a volume and backs it up; its BackupVolume knows of the backup. */
const backedUp = async (context: Context, volume: VolumeHandle): Promise<BackupHandle> => {
  await writeData(context, { volume, offset: 0, size: 4 * mebibyte });
  const backup = await requestBackup(context, await makeSnapshot(context, volume));
  await untilCompleted(context, backup);
  await untilSettled(context, backup);
  return backup;
};

/**
 * How another user's volume is: the volume, its replicas, and what is wrong with its backups in the store,
 * block by block.
 */
const howIs = async (context: Context, volume: VolumeHandle) => {
  const { store } = targetOf(context);
  const { status } = await cluster.get<Volume>(longhornResources.volumes, { namespace, name: volume.name });
  const { items } = await cluster.list<Replica>(longhornResources.replicas, { namespace });
  const replicas = items
    .filter(({ spec }) => spec.volumeName === volume.name)
    .map((replica) => replica.status?.currentState);
  const { backups, problems } = await store.inspect(volume.name, {
    seconds: 180,
    owner: "this test: a lock's life",
  });
  return { state: status?.state, robustness: status?.robustness, replicas, backups, problems };
};

const detached = async (context: Context, { name }: VolumeHandle): Promise<void> => {
  await detach(context, name);
  await untilDetached(context, name);
};

const sound = { state: 'attached', robustness: 'healthy', replicas: ['running'], problems: [] };

/**
 * Others on a node who begin before the faults are injected, begin and end while they are in force, and
 * attach while they are healed. All live on; `during` is done when the faults are in force.
 */
const otherUsersBeside = async (
  node: string,
  make: readonly Fault[],
  during: () => Promise<unknown> = async () => {},
) => {
  const begun = await attached(otherUser, node);
  const live = async (): Promise<void> => {
    const volume = await attached(otherUser, node);
    const backup = await backedUp(otherUser, volume);
    expect(await howIs(otherUser, volume)).toEqual({ ...sound, backups: [backup.name] });
    await detached(otherUser, volume);
  };
  const inForce = async (): Promise<InjectedFault[]> => {
    const injected = await Promise.all(make.map((fault) => faults.inject(fault)));
    await Promise.all([live(), during()]);
    return injected;
  };
  const [first, injected] = await Promise.all([backedUp(otherUser, begun), inForce()]);
  for (const fault of injected) await fault.prove();

  const [late] = await Promise.all([attached(otherUser, node), faults.healAll()]);
  const again = await backedUp(otherUser, late);
  const both = await Promise.all([begun, late].map((volume) => howIs(otherUser, volume)));
  expect(both).toEqual([first, again].map(({ name }) => ({ ...sound, backups: [name] })));
  await Promise.all([begun, late].map((volume) => detached(otherUser, volume)));
};

/** What is done to the files of a backup in its store, to a file or a folder each, and a lock beside them. */
const faultsOfFiles = async (
  side: Context,
  backup: BackupHandle,
  denied: typeof listingDenied | typeof readingDenied,
): Promise<Fault[]> => {
  const { name, volume } = backup;
  const { store } = targetOf(side);
  const [emptied, missing] = (await store.config(volume.name, name))?.blocks ?? [];
  const blockOf = (block = emptied) => ({ of: volume, block: block?.checksum ?? '', called: 'a block' });
  return Promise.all([
    immutableFile.on(store, { configOf: backup }),
    foreignLock.on(store, { volume: volume.name, of: 'a backup', life: 15, counts: 600 }),
    denied.on(store, { of: volume, folder: 'blocks' }),
    fileEmptied.on(store, blockOf()),
    fileMissing.on(store, blockOf(missing)),
  ]);
};

const inTurn = async (fault: Fault): Promise<void> => {
  const injected = await faults.inject(fault);
  await injected.prove();
  await injected.heal();
};

/** In how many mount namespaces of a node something is mounted read-only at a folder of a store. */
const seenReadOnly = async (node: string, folder: string): Promise<string> => {
  const script = `grep -l '${folder}/backups ro[, ]' /proc/[0-9]*/mountinfo | sed s:mountinfo:ns/mnt: | xargs -r readlink | sort -u | wc -l`;
  const { stdout } = (await askLab(name, { action: 'run', node, script })) as { stdout: string };
  return stdout.trim();
};

test('another user lives on beside the faults of Longhorn and of the files of a store', async () => {
  const node = 'node1';
  const [one, other] = await Promise.all([attached(own, node), attached(own, 'node2')]);
  const [kept, held] = await Promise.all([backedUp(own, one), backedUp(own, other)]);
  const { store } = targetOf(own);
  const named = { namespace, name: 'recurring-failed-jobs-history-limit' };
  const { settings: resource } = longhornResources;
  const { value } = await cluster.get<KubernetesObject & { value: string }>(resource, named);
  const changed = { resource, ...named, before: { value }, after: { value: '7' } };
  const pods = await managerPods(cluster);
  await otherUsersBeside(
    node,
    [
      ...(await faultsOfFiles(own, kept, listingDenied)),
      await readOnlyBackups.on(store, { name: one.name, called: 'a volume' }),
      deniedDeletion.on(cluster, {
        policy: `corral-${run}-policy-1`,
        labels: {},
        resource: longhornResources.backups,
        whose: `oldObject.metadata.name == '${kept.name}'`,
        probe: { namespace, name: kept.name },
        title: 'a backup may not be deleted',
      }),
      patchedObject.on(cluster, { title: 'a setting is another', ...changed }),
    ],
    async () => {
      // The upload of a replica's process sees nothing of it, nor does anything outside the managers'
      // containers.
      await backedUp(own, one);
      for (const each of ['node1', 'node2', 'node3'])
        expect(await seenReadOnly(each, volumeFolder(one.name))).toBe('1');
      const hold = await faults.inject(heldDeletion.on(cluster, { pods, backup: held.name }));
      await requestDeletion(own, held);
      await hold.prove();
      await hold.heal();
    },
  );
});

test('another user lives on beside the faults of another node, a manager that is killed there, and a server that stalls or is full', async () => {
  const other = targetOf(otherUser).store.node === 'node3' ? 'node2' : 'node3';
  const on = { lab: dirname(lab.kubeconfig), node: other };
  const { name: pod, uid, node } = await managerPodOf(cluster, other);
  const victim = { pod: { namespace, name: pod, uid }, selector: managerLabel, node };
  const kill = killedPod.on(cluster, { title: 'a manager is killed', ...victim });
  const making = [kill, nodeSlow({ ...on, delayMs: 50 }), clockSkewed({ ...on, skewMs: -60_000 })];
  // Longhorn takes the mount of a store off that does not answer, and the read-only folder with it: so these
  // are not beside that one.
  await otherUsersBeside('node1', making, async () => {
    const { store } = targetOf(own);
    for (const stalled of [serverSlow, serverFrozen]) await inTurn(await stalled.on(store));
    await inTurn(await diskNearlyFull.on(store, 1 << 20));
    await inTurn(nodeCut(on));
  });
});

test('what is done to a store on CIFS is proven there and healed, and its backup is whole then', async () => {
  const side = await openSide(makeRunId(), 'cifs');
  const { store } = targetOf(side);
  const volume = await attached(side, 'node2');
  const backup = await backedUp(side, volume);
  for (const fault of [
    ...(await faultsOfFiles(side, backup, readingDenied)),
    await serverSlow.on(store),
    await serverFrozen.on(store),
    await diskNearlyFull.on(store, 1 << 20),
  ])
    await inTurn(fault);
  expect(await howIs(side, volume)).toEqual({ ...sound, backups: [backup.name] });
});
