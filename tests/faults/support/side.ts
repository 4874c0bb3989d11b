import { once } from '../../../e2e/history/expectation.ts';
import type { Cluster, KubernetesObject } from '../../../e2e/kube/cluster.ts';
import { longhornClocks } from '../../../e2e/longhorn/clocks.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../e2e/longhorn/resources.ts';
import type { Volume } from '../../../e2e/longhorn/types.ts';
import { driverNamed } from '../../../e2e/store/drivers/index.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import { requestBackup, untilCompleted, untilSettled } from '../../../e2e/suite/steps/backup/backup.ts';
import { type Context, createStep } from '../../../e2e/suite/steps/context.ts';
import type { BackupHandle, VolumeHandle } from '../../../e2e/suite/steps/handles.ts';
import { nothingMade, uniqueName } from '../../../e2e/suite/steps/made.ts';
import { makeTarget } from '../../../e2e/suite/steps/target.ts';
import { openTimelines } from '../../../e2e/suite/steps/timelines.ts';
import { timeoutsOn } from '../../../e2e/suite/steps/timeouts.ts';
import { writeData } from '../../../e2e/suite/steps/volume/data.ts';
import { makeSnapshot } from '../../../e2e/suite/steps/volume/snapshot.ts';
import { detach, makeVolume, untilDetached } from '../../../e2e/suite/steps/volume/volume.ts';
import { storeImage } from '../../../lab/images/core.ts';
import { record } from '../../support/test-context.ts';

const mebibyte = 1 << 20;
const replicaResource = { group: 'longhorn.io', version: 'v1beta2', plural: 'replicas' };
type Replica = KubernetesObject & { spec: { volumeName: string }; status?: { currentState: string } };

const timeouts = timeoutsOn(longhornClocks);

/** Somebody on a cluster with a backup store and a target of their own. */
export type Side = { context: Context };

/** Sets the fixture of somebody, with their store on whatever node Kubernetes likes. */
export const openSide = async (
  cluster: Cluster,
  { run, living }: { run: string; living: AbortSignal },
): Promise<Side> => {
  const nameOf = (what: string): string => uniqueName(run, what);
  const [timelines, store] = await Promise.all([
    openTimelines(cluster, living),
    driverNamed().start(cluster, {
      namespace: nameOf('store'),
      run,
      image: storeImage,
      needs: ['denyReading', 'littleSpace'],
      signal: living,
    }),
  ]);
  const target = nameOf('target');
  await makeTarget({ cluster, targets: timelines.backupTargets, timeouts }, { name: target, store, run });
  const { report } = record();
  const fixture = {
    cluster,
    run,
    timeouts,
    target,
    store,
    timelines,
    living,
    without: [],
    made: nothingMade(),
  };
  const context = {
    ...fixture,
    report,
    step: createStep({ report, signal: living }),
    uniqueName: nameOf,
  } as unknown as Context;
  return { context };
};

/** A volume attached to a node. */
export const attached = ({ context }: Side, node: string): Promise<VolumeHandle> =>
  makeVolume(context, { size: 16 * mebibyte, node });

/** Writes to a volume and backs it up; its BackupVolume knows of the backup. */
export const backedUp = async ({ context }: Side, volume: VolumeHandle): Promise<BackupHandle> => {
  await writeData(context, { volume, offset: 0, size: 4 * mebibyte });
  const backup = await requestBackup(context, await makeSnapshot(context, volume));
  await untilCompleted(context, backup);
  await untilSettled(context, backup);
  return backup;
};

/** A volume's folder in a store, relative to the export. */
export const folderOf = ({ name }: VolumeHandle): string => volumeFolder(name);

/**
 * Begins to attach a volume, and returns as soon as its replica is on its way; `done` ends when it is
 * attached.
 */
export const attaching = async (side: Side, node: string): Promise<{ done: Promise<VolumeHandle> }> => {
  const { made, timelines } = side.context;
  const before = new Set(made.volumes);
  const done = attached(side, node);
  const isOnItsWay = ({ metadata: { name }, status }: Volume): boolean =>
    made.volumes.includes(name) &&
    !before.has(name) &&
    ['attaching', 'attached'].includes(status?.state ?? '');
  await Promise.race([
    once(timelines.volumes, isOnItsWay, { label: 'a volume is being attached', ...timeouts.attached }),
    done,
  ]);
  return { done };
};

/**
 * How a stranger's volume is: the volume, its replicas, and what is wrong with its backups in the store,
 * block by block.
 */
export const howIs = async ({ context }: Side, volume: VolumeHandle) => {
  const { cluster, store } = context;
  const { status } = await cluster.get<Volume>(longhornResources.volumes, { namespace, name: volume.name });
  const { items } = await cluster.list<Replica>(replicaResource, { namespace });
  const replicas = items
    .filter(({ spec }) => spec.volumeName === volume.name)
    .map((replica) => replica.status?.currentState);
  const { backups, problems } = await store.inspect(volume.name, {
    seconds: 180,
    owner: "this test: a lock's life",
  });
  return { state: status?.state, robustness: status?.robustness, replicas, backups, problems };
};

/** Lets a volume be detached. */
export const detached = async ({ context }: Side, { name }: VolumeHandle): Promise<void> => {
  await detach(context, name);
  await untilDetached(context, name);
};
