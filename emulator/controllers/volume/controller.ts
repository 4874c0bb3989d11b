import { isDeepStrictEqual } from 'node:util';
import { ensureHead, headFile } from '../../engine/replica-files.ts';
import type { TargetClient } from '../../engine/target-client.ts';
import { alreadyExists } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import { ownerReference, withCondition } from '../../kubernetes/objects.ts';
import type { Volume } from '../../longhorn/objects.ts';
import { type Context, timestamp } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { isResponsible } from '../../manager/ownership.ts';
import { engineImage, finalizer, labels } from '../../modelled-on.ts';
import { defaultJobGroup } from '../default-job-group.ts';
import { admit, lacksFinalizer } from '../finalizer.ts';
import { detach, removeVolume } from './removal.ts';
import { ensureReplica, replicaDirectory } from './replica-of.ts';
import { type Restores, requestRestore, restoreRequest, stepRestore } from './restore.ts';
import { nextStep } from './state.ts';
import { actualSize, lastBackup, newStatus } from './status.ts';
import { runReplica } from './volume-replica.ts';

type Status = NonNullable<Volume['status']>;
type Memory = { restores: Restores; client: TargetClient; enqueue: (name: string) => void };

const isMine = ({ node, datastore }: Context, volume: Volume): boolean =>
  isResponsible({ self: node, owner: volume.status?.ownerID ?? '', preferred: volume.spec.nodeID, nodes: datastore.nodes.list() });

const attach = async (context: Context, volume: Volume): Promise<void> => {
  const directory = replicaDirectory(await ensureReplica(context, volume));
  const head = await ensureHead(directory, Number(volume.spec.size));
  if (!volume.status?.restoreRequired && !volume.spec.disableFrontend) await context.devices.attach(volume.metadata.name, head);
};

const restore = (context: Context, volume: Volume, { restores, client, enqueue }: Memory): Promise<Partial<Status>> => {
  const { name } = volume.metadata;
  return stepRestore(context, volume, {
    restores,
    run: async () => client.restore(volume.spec.fromBackup ?? '', headFile(replicaDirectory(await ensureReplica(context, volume)))),
    onEnd: () => enqueue(name),
    // Before its status says so: a user who is attached already may write at once.
    onDone: async () => attach(context, { ...volume, status: { ...(volume.status as Status), restoreRequired: false } }),
  });
};

const ensureAttachment = async ({ datastore }: Context, volume: Volume): Promise<void> => {
  const { name } = volume.metadata;
  if (datastore.volumeAttachments.get(name)) return;
  await datastore.volumeAttachments
    .create({
      metadata: { name, labels: { [labels.volume]: name }, finalizers: [finalizer], ownerReferences: [ownerReference(volume)] },
      spec: { volume: name, attachmentTickets: {} },
    })
    .catch((error) => {
      if (!alreadyExists(error)) throw error;
    });
};

const reconcile = async (context: Context, name: string, memory: Memory): Promise<void> => {
  const { datastore } = context;
  const found = datastore.volumes.get(name);
  if (!found || !isMine(context, found)) return;
  if (found.metadata.deletionTimestamp) return removeVolume(context, found);
  let volume = lacksFinalizer(found)
    ? await admit(datastore.volumes, found, {
        ...defaultJobGroup(found),
        [labels.backupTarget]: found.spec.backupTargetName,
        [labels.volume]: name,
      })
    : found;
  if (volume.status?.ownerID !== context.node) {
    volume = await datastore.volumes.updateStatus({
      ...volume,
      status: { ...newStatus, ...volume.status, ...restoreRequest(volume), ownerID: context.node },
    });
  }
  const status = { ...newStatus, ...volume.status };
  const beyond = notEmulated(volume);
  for (const message of beyond) context.recorder(volume, { type: 'Warning', reason: 'NotEmulated', message });
  const conditions = withCondition(
    status.conditions,
    {
      type: 'Scheduled',
      status: beyond.length > 0 ? 'False' : 'True',
      reason: beyond.length > 0 ? 'NotEmulated' : '',
      message: beyond.join('; '),
    },
    timestamp(),
  );
  if (beyond.length > 0) {
    if (!isDeepStrictEqual(conditions, status.conditions))
      await datastore.volumes.updateStatus({ ...volume, status: { ...status, conditions } });
    return;
  }
  await ensureAttachment(context, volume);
  if (status.restoreRequired) await requestRestore(context, volume);

  const wanted = volume.spec.nodeID === context.node;
  const runs = wanted && (status.state === 'attaching' || status.state === 'attached');
  const replica = runs ? await runReplica(context, volume, () => memory.enqueue(name)) : undefined;
  const step = nextStep({ state: status.state, robustness: status.robustness, wanted, replica });
  const isHere = !step && wanted && status.state === 'attached';
  if (step?.device === 'detach') await detach(context, volume);
  // Also without a step: after a restart of the node the device has to be made again.
  if (step?.device === 'attach' || isHere) await attach(context, volume);
  const restored = isHere && status.restoreRequired ? await restore(context, volume, memory) : {};
  const next: Status = {
    ...status,
    ...lastBackup(context, volume),
    conditions,
    ...(step && { state: step.state, robustness: step.robustness }),
    currentImage: engineImage,
    currentNodeID: step?.device === 'attach' ? context.node : step?.device === 'detach' ? '' : status.currentNodeID,
    frontendDisabled: status.restoreRequired || (volume.spec.disableFrontend ?? false),
    actualSize: wanted ? await actualSize(context, volume) : status.actualSize,
    ...restored,
  };
  if (!isDeepStrictEqual(next, status)) await datastore.volumes.updateStatus({ ...volume, status: next });
};

/** Brings volumes to the node their spec names: folder, loop device, /dev/longhorn/NAME; and takes all of it away with the volume. */
export const startVolumeController = (context: Context, client: TargetClient): void => {
  const { datastore } = context;
  const memory: Memory = { restores: new Map(), client, enqueue: (name) => enqueue(name) };
  const enqueue = startController({ name: 'volume', reconcile: (name) => reconcile(context, name, memory) }, context);
  datastore.volumes.onEvent(enqueue);
  datastore.volumeAttachments.onEvent(enqueue);
  const volumeOf = { replicas: (name: string) => name.replace(/-r-[0-9a-f]{8}$/, '') };
  datastore.replicas.onEvent((name) => enqueue(volumeOf.replicas(name)));
  datastore.backupVolumes.onEvent((name) => {
    const volume = datastore.backupVolumes.get(name)?.spec.volumeName;
    if (volume) enqueue(volume);
  });
};
