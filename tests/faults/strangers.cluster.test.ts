import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeRunId } from '../../e2e/config/run-id.ts';
import { deniedDeletion } from '../../e2e/faults/denied-deletion.ts';
import type { Fault, Faults, Injected } from '../../e2e/faults/fault.ts';
import { heldDeletion } from '../../e2e/faults/held-deletion.ts';
import { killedPod } from '../../e2e/faults/killed-pod.ts';
import { clockSkewed, nodeCut, nodeSlow } from '../../e2e/faults/lab-faults.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { openFaults } from '../../e2e/faults/open-faults.ts';
import { patchedObject } from '../../e2e/faults/patched-object.ts';
import {
  deniedFile,
  deniedReading,
  filledStore,
  foreignLock,
  readOnlyBackups,
  stalledServer,
} from '../../e2e/faults/store-faults.ts';
import { type Cluster, connect } from '../../e2e/kube/cluster.ts';
import { managerLabel, managerPodOf, managerPods } from '../../e2e/longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import { backupConfigPath } from '../../e2e/store/format/layout.ts';
import { requestDeletion } from '../../e2e/suite/steps/deletion/deletion.ts';
import { install } from '../../emulator/install.ts';
import { askLab } from '../../lab/control/ask.ts';
import type { Lab } from '../../lab/run/start.ts';
import { up } from '../../lab/up.ts';
import { emulatorArchive, emulatorImage } from '../../providers/emulator-image.ts';
import {
  attached,
  attaching,
  backedUp,
  detached,
  folderOf,
  howIs,
  openSide,
  type Side,
} from './support/side.ts';

const name = `strangers-${process.pid}`;
const run = makeRunId();
const over = new AbortController();
let lab: Lab;
let cluster: Cluster;
let faults: Faults;
let out: string;
/** Whose faults they are, and somebody else on the cluster. */
let own: Side;
let stranger: Side;

beforeAll(async () => {
  const meanwhile = ({ kubeconfig }: Lab, signal: AbortSignal) =>
    install({ kubeconfig, clock: 'fast', image: emulatorImage, nodes: 3, signal });
  lab = await up({
    name,
    archives: [await emulatorArchive()],
    meanwhile,
    step: (_title, work) => work(() => {}),
  });
  cluster = connect(lab);
  out = await mkdtemp(join(tmpdir(), 'corral-strangers-'));
  faults = openFaults({ cluster, ledger: await openLedger(out) });
  [own, stranger] = await Promise.all([
    openSide(cluster, { run, living: over.signal }),
    openSide(cluster, { run: makeRunId(), living: over.signal }),
  ]);
  // The first folders of a store are made by one alone: of two nodes that make them at once, the emulator's
  // upload was seen to fail (mkdir: not a directory).
  await Promise.all(
    [own, stranger].map(async (side) => {
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

const sound = { state: 'attached', robustness: 'healthy', replicas: ['running'], problems: [] };

/**
 * Strangers on a node who begin before the faults are injected, begin and end while they are in force, and
 * begin to attach when they are healed. All live on; `during` is done when the faults are in force.
 */
const strangersBeside = async (
  node: string,
  make: readonly Fault[],
  during: () => Promise<unknown> = async () => {},
) => {
  const begun = await attached(stranger, node);
  const live = async (): Promise<void> => {
    const volume = await attached(stranger, node);
    const backup = await backedUp(stranger, volume);
    expect(await howIs(stranger, volume)).toEqual({ ...sound, backups: [backup.name] });
    await detached(stranger, volume);
  };
  const inForce = async (): Promise<Injected[]> => {
    const injected = await Promise.all(make.map((fault) => faults.inject(fault)));
    await Promise.all([live(), during()]);
    return injected;
  };
  const [first, injected] = await Promise.all([backedUp(stranger, begun), inForce()]);
  for (const fault of injected) await fault.prove();

  const { done } = await attaching(stranger, node);
  await faults.healAll();
  const late = await done;
  const again = await backedUp(stranger, late);
  const both = await Promise.all([begun, late].map((volume) => howIs(stranger, volume)));
  expect(both).toEqual([first, again].map(({ name }) => ({ ...sound, backups: [name] })));
  await Promise.all([begun, late].map((volume) => detached(stranger, volume)));
};

/** In how many mount namespaces of a node something is mounted read-only at a folder of a store. */
const seenReadOnly = async (node: string, folder: string): Promise<string> => {
  const script = `for each in $(grep -l '${folder}/backups ro[, ]' /proc/[0-9]*/mountinfo); do readlink \${each%/mountinfo}/ns/mnt; done | sort -u | wc -l`;
  const { stdout } = (await askLab(name, { action: 'run', node, script, withinMs: 60_000 })) as {
    stdout: string;
  };
  return stdout.trim();
};

test('a stranger lives on beside the faults of Longhorn and of the files of a store', async () => {
  const node = 'node1';
  const [one, other] = await Promise.all([attached(own, node), attached(own, 'node2')]);
  const [kept, held] = await Promise.all([backedUp(own, one), backedUp(own, other)]);
  const { store } = own.context;
  const setting = 'recurring-failed-jobs-history-limit';
  const { value } = await cluster.get<{ metadata: { name: string }; value: string }>(
    longhornResources.settings,
    {
      namespace,
      name: setting,
    },
  );
  const pods = await managerPods(cluster);
  await strangersBeside(
    node,
    [
      deniedFile(store, {
        path: `${folderOf(one)}/${backupConfigPath(kept.name)}`,
        title: 'a config is immutable',
      }),
      foreignLock(store, { volume: one.name, of: 'a backup', life: 15, counts: 600 }),
      await readOnlyBackups(store, { path: `${folderOf(one)}/backups`, title: 'the backups are read-only' }),
      deniedReading(store, {
        path: `${folderOf(one)}/blocks`,
        denied: 'its listing',
        title: 'the listing of the blocks is denied',
      }),
      deniedDeletion(cluster, {
        policy: `corral-${run}-policy-1`,
        labels: {},
        resource: longhornResources.backups,
        whose: `oldObject.metadata.name == '${kept.name}'`,
        probe: { namespace, name: kept.name },
        title: 'a backup may not be deleted',
      }),
      patchedObject(cluster, {
        title: 'a setting is another',
        resource: longhornResources.settings,
        namespace,
        name: setting,
        before: { value },
        after: { value: '7' },
      }),
    ],
    async () => {
      // The upload of a replica's process sees nothing of it, nor does anything outside the managers'
      // containers.
      await backedUp(own, one);
      for (const each of ['node1', 'node2', 'node3'])
        expect(await seenReadOnly(each, folderOf(one))).toBe('1');
      const hold = await faults.inject(heldDeletion(cluster, { pods, backup: held.name }));
      await requestDeletion(own.context, held);
      await hold.prove();
      await hold.heal();
    },
  );
});

test('a stranger lives on beside a manager that is killed on another node, and a server that stalls or is full', async () => {
  const { name: pod, uid, node } = await managerPodOf(cluster, 'node3');
  const kill = killedPod(cluster, {
    title: 'a manager is killed',
    pod: { namespace, name: pod, uid },
    selector: managerLabel,
    node,
  });
  // Longhorn takes the mount of a store off that does not answer, and the read-only folder with it: so these
  // are not beside that one.
  await strangersBeside('node1', [kill], async () => {
    for (const how of ['slow', 'frozen'] as const) {
      const stalled = await faults.inject(stalledServer(own.context.store, how, 'the store stalls'));
      await stalled.prove();
      await stalled.heal();
    }
    const title = 'the store has hardly any space left';
    const filled = await faults.inject(filledStore(own.context.store, { left: 1 << 20, title }));
    await filled.prove();
    await filled.heal();
  });
});

test('a stranger on another node lives on beside the faults of a node', async () => {
  const store = stranger.context.store.node ?? '';
  const on = { lab: dirname(lab.kubeconfig), node: store === 'node3' ? 'node2' : 'node3' };
  await strangersBeside(
    store,
    [nodeSlow({ ...on, delayMs: 50 }), clockSkewed({ ...on, skewMs: -60_000 })],
    async () => {
      const cut = await faults.inject(nodeCut(on));
      await cut.prove();
      await cut.heal();
    },
  );
});
