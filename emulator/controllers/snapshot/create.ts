import { ownerReference } from '../../kubernetes/objects.ts';
import type { Snapshot, Volume } from '../../longhorn/objects.ts';
import type { Datastore } from '../../manager/datastore.ts';
import { finalizer, labels } from '../../modelled-on.ts';

/** Makes a Snapshot of a volume, with all that Longhorn's webhook adds, so that no controller has to. */
export const createSnapshot = (
  { snapshots }: Pick<Datastore, 'snapshots'>,
  volume: Volume,
  { name, ...spec }: { name: string } & Omit<Snapshot['spec'], 'volume'>,
): Promise<Snapshot> =>
  snapshots.create({
    metadata: {
      ...{ name, labels: { [labels.volume]: volume.metadata.name } },
      ...{ finalizers: [finalizer], ownerReferences: [ownerReference(volume)] },
    },
    spec: { volume: volume.metadata.name, ...spec },
  });
