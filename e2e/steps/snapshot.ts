import { longhornApiVersion as apiVersion, longhornResources, longhornNamespace as namespace } from '../longhorn/resources.ts';
import type { Snapshot } from '../longhorn/types.ts';
import { once } from '../observe/expectation.ts';
import type { Context } from './context.ts';
import type { SnapshotHandle, VolumeHandle } from './handles.ts';
import { runLabel } from './made.ts';

/** Takes a snapshot of a volume and returns when it can be backed up. */
export const makeSnapshot = async (context: Context, volume: VolumeHandle): Promise<SnapshotHandle> => {
  const { cluster, timelines, made, run, limits } = context;
  const name = context.uniqueName('snapshot');
  made.snapshots.push(name);
  await cluster.create(longhornResources.snapshots, {
    apiVersion,
    kind: 'Snapshot',
    metadata: { name, namespace, labels: runLabel(run) },
    spec: { volume: volume.name, createSnapshot: true },
  });
  await once(timelines.snapshots, ({ status }) => status?.readyToUse === true, {
    name,
    label: `snapshot ${name} is ready`,
    describe: describeSnapshot,
    ...limits.snapshotReady,
  });
  return { name, volume };
};

/** One line about a snapshot. */
export const describeSnapshot = ({ status }: Snapshot): string =>
  status?.readyToUse ? 'ready' : status?.error ? `not ready: ${status.error}` : 'not ready';
