import { type Expectation, expectHistory, waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import type { FatalState } from '../../../history/fatal-states.ts';
import { entriesOf } from '../../../history/history.ts';
import { namedState } from '../../../history/named-state.ts';
import { namingCause } from '../../../history/nearest-cause.ts';
import { isConditionTrue } from '../../../kube/objects.ts';
import { volumeGroupLabel } from '../../../longhorn/job-types.ts';
import { managerPods } from '../../../longhorn/manager.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import type { Node, Volume, VolumeAttachment } from '../../../longhorn/types.ts';
import type { CompressionMethod } from '../../../store/format/decompress.ts';
import { blockSize as smallestBlock } from '../../../store/format/pack-block.ts';
import type { Context } from '../context.ts';
import { runLabel, scenarioAnnotation } from '../created-objects.ts';
import type { BackupHandle, SnapshotHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import { judgeWithin, type Timeout } from '../timeouts.ts';
import { causeOfVolume, instancesProbe } from './causes.ts';

const ticket = 'corral';

/**
 * How to make a volume. `size` and `blockSize` (of its backups' blocks) are in bytes; `compression` is the method for
 * its backups.
 */
export type VolumeOptions = {
  size: number;
  node?: string;
  compression?: CompressionMethod | undefined;
  /** The group of recurring jobs that it belongs to from its creation. */
  group?: string | undefined;
  blockSize?: number | undefined;
  /** It has one replica, on its node (data locality strict-local). */
  local?: true | undefined;
  /** Whether what is discarded in it goes from its snapshots too, which Longhorn removes then. */
  trimsSnapshots?: boolean | undefined;
  /** How many snapshots it may have, at least 2, and how large all of them may be, at least twice its size. */
  snapshots?: { maxCount?: number; maxSize?: number } | undefined;
};

/**
 * Makes a volume and attaches it to `node`, by default to the ready node after the store's node. Kubernetes spreads
 * the stores of parallel scenarios over the nodes, so their volumes are spread too.
 */
export const makeVolume = async (
  context: Context,
  { node, ...wish }: VolumeOptions & { target: TargetHandle; name?: string },
): Promise<VolumeHandle> => {
  const { size, target } = wish;
  const ready = await readyNodes(context);
  const chosen = node ?? ready[(ready.indexOf(target.store.node ?? '') + 1) % ready.length];
  if (chosen === undefined)
    throw new Error('no node is ready for Longhorn and has a running longhorn-manager pod');
  const { name } = await createVolume(context, { ...wish, nodes: ready.length });
  await attach(context, { name, node: chosen });
  return { name, target, node: chosen, size };
};

// A clone has its data, and becomes healthy when it is attached (volume_controller.go, CopyCompletedAwaitingHealthy).
const cloneEnds = ['copy-completed-awaiting-healthy', 'completed', 'failed'];

/** Whether a volume has the data of its source, or has failed to get them. */
export const isCloned = ({ status }: Volume): boolean => cloneEnds.includes(status?.cloneStatus?.state ?? '');

/** Waits until a volume that was cloned, or restored and cloned, is detached after that. */
export const untilCloned = async (
  { timelines, timeouts }: Context,
  name: string,
  limit: Timeout = timeouts.restored,
): Promise<void> => {
  const { status } = await waitUntil(
    timelines.volumes,
    (volume) =>
      volume.status?.state === 'detached' &&
      volume.status.restoreRequired !== true &&
      (!volume.spec.fromBackup || volume.status.restoreInitiated === true) &&
      (!volume.spec.dataSource || isCloned(volume)),
    {
      name,
      label: `volume ${name} has its data, and is detached`,
      describe: describeVolume,
      fatal: [faultedForGood(timelines.volumes, name)],
      ...limit,
    },
  );
  if (status?.cloneStatus?.state === 'failed') throw new Error(`volume ${name} could not be cloned`);
};

/** Makes a volume that is to get the data of another one, or of a snapshot of that. */
export const createClone = async (
  context: Context,
  { name: source, size, target }: Pick<VolumeHandle, 'name' | 'size' | 'target'>,
  snapshot?: SnapshotHandle,
): Promise<CreatedVolume> => {
  const nodes = (await readyNodes(context)).length;
  const dataSource = snapshot ? `snap://${source}/${snapshot.name}` : `vol://${source}`;
  return createVolume(context, { size, target, nodes, dataSource });
};

/** Makes a volume with the data of another one, and attaches it to the same node. */
export const makeClone = async (context: Context, source: VolumeHandle): Promise<VolumeHandle> => {
  const { name } = await createClone(context, source);
  await untilCloned(context, name);
  await attach(context, { name, node: source.node });
  return { ...source, name };
};

/** Makes a clone, and returns it once Longhorn has attached it to copy the data. */
export const beginClone = async (
  context: Context,
  source: VolumeHandle,
  snapshot?: SnapshotHandle,
): Promise<VolumeHandle> => {
  const { timelines, timeouts } = context;
  const { name } = await createClone(context, source, snapshot);
  await waitUntil(timelines.volumes, (volume) => volume.status?.state === 'attached' || isCloned(volume), {
    name,
    label: `volume ${name} is attached to be cloned`,
    describe: describeVolume,
    ...timeouts.restored,
  });
  return { ...source, name };
};

/** Whether the recurring jobs of a volume are restored with its backup, whatever the setting of Longhorn says. */
export type RestoredJobs = 'enabled' | 'disabled';

/** The tags that a volume selects its nodes and its disks by. */
export type Selectors = { node?: string; disk?: string };

/** A volume that was created, and the number of replicas that it is to have. */
export type CreatedVolume = { name: string; replicas: number };

/**
 * Creates a volume. `nodes` is the number of ready nodes, `name` that of a volume that is gone. The volume is empty, or
 * restored from the backup at the URL `fromBackup`; with `standby`, it also follows later backups. With `dataSource`, it
 * gets the data of another volume.
 */
export const createVolume = async (
  context: Context,
  {
    size,
    nodes,
    target,
    fromBackup,
    dataSource,
    standby = false,
    jobs,
    // The recordings of real Longhorns were made with two replicas. A third would only be one more writer.
    replicas = Math.min(2, nodes),
    name = context.uniqueName('volume'),
    tags,
    encrypted = false,
    // The slowest method: an upload must last long enough for its state to be observed (Longhorn polls each 2 s).
    compression = 'gzip',
    group,
    local,
    trimsSnapshots,
    snapshots: { maxCount, maxSize } = {},
    // Backups of a restored volume are compared block by block with the backup that it comes from. Versions before
    // v1.10 know no other size.
    blockSize = fromBackup === undefined ? undefined : smallestBlock,
  }: Omit<VolumeOptions, 'node'> & {
    nodes: number;
    target: TargetHandle;
    fromBackup?: string;
    dataSource?: string;
    standby?: boolean;
    jobs?: RestoredJobs | undefined;
    replicas?: number | undefined;
    name?: string;
    tags?: Selectors | undefined;
    encrypted?: boolean;
  },
): Promise<CreatedVolume> => {
  const { cluster, made, run, scenario } = context;
  if (!made.volumes.includes(name)) made.volumes.push(name);
  made.filled = made.filled.filter(({ volume }) => volume !== name);
  await cluster.create(longhornResources.volumes, {
    apiVersion,
    kind: 'Volume',
    metadata: {
      name,
      namespace,
      labels: { ...runLabel(run), ...(group !== undefined && { [volumeGroupLabel(group)]: 'enabled' }) },
      annotations: { [scenarioAnnotation]: scenario },
    },
    spec: {
      size: String(size),
      numberOfReplicas: replicas,
      // A standby volume has no frontend until it is activated.
      frontend: standby ? '' : 'blockdev',
      // Longhorn's spelling (k8s/pkg/apis). Kubernetes ignores any other spelling, and the volume would be an
      // ordinary one.
      ...(standby && { Standby: true }),
      ...(local && { numberOfReplicas: 1, dataLocality: 'strict-local' }),
      ...(maxCount !== undefined && { snapshotMaxCount: maxCount }),
      ...(maxSize !== undefined && { snapshotMaxSize: String(maxSize) }),
      ...(encrypted && { encrypted: true }),
      ...(trimsSnapshots && { unmapMarkSnapChainRemoved: 'enabled' }),
      ...(trimsSnapshots !== undefined && {
        unmapMarkSnapChainRemoved: trimsSnapshots ? 'enabled' : 'disabled',
      }),
      backupTargetName: target.name,
      backupCompressionMethod: compression,
      ...(fromBackup !== undefined && { fromBackup }),
      ...(dataSource !== undefined && { dataSource }),
      ...(tags?.node !== undefined && { nodeSelector: [tags.node] }),
      ...(tags?.disk !== undefined && { diskSelector: [tags.disk] }),
      ...(jobs !== undefined && { restoreVolumeRecurringJob: jobs }),
      ...(blockSize !== undefined && { backupBlockSize: String(blockSize) }),
    },
  });
  return { name, replicas };
};

type Attachment = { name: string; node: string; disableFrontend?: boolean; lacksReplica?: boolean };

/** Attaches a volume to a node, with or without its frontend. Returns when it is healthy, or degraded if it lacks a replica. */
export const attach = (context: Attaching, how: Attachment): Promise<void> =>
  namingCause(
    () => untilAttached(context, how),
    (signal) => causeOfVolume(context, how.name, signal),
  );

/** Asks for a volume on a node, with its frontend. Returns when Longhorn has answered, be it that it does not get it. */
export const askForVolume = async (
  { cluster, timelines, timeouts }: Attaching,
  { name, node }: { name: string; node: string },
): Promise<void> => {
  await cluster.patch(longhornResources.volumeAttachments, { namespace, name }, ticketPatch(node, false));
  await waitUntil(
    timelines.attachments,
    ({ status }) => status?.attachmentTicketStatuses?.[ticket] !== undefined,
    { name, label: `volume ${name} has an answer for ${node}`, ...timeouts.attachmentExists },
  );
};

type Attaching = Pick<Context, 'cluster' | 'timelines' | 'timeouts'>;

const untilAttached = async (
  { cluster, timelines, timeouts }: Attaching,
  { name, node, disableFrontend = false, lacksReplica = false }: Attachment,
): Promise<void> => {
  const fatal = [faultedForGood(timelines.volumes, name)];
  await waitUntil(timelines.attachments, () => true, {
    name,
    label: `volume ${name} has an attachment`,
    fatal,
    ...timeouts.attachmentExists,
  });
  // The request may reach the webhook of another manager, which does not know a new volume yet (seen on a v1.12.1).
  // When the volume has a state, the other managers have had time to learn of it.
  await waitUntil(timelines.volumes, ({ status }) => Boolean(status?.state), {
    name,
    label: `volume ${name} has a state`,
    describe: describeVolume,
    fatal,
    ...timeouts.attachmentExists,
  });
  await cluster.patch(
    longhornResources.volumeAttachments,
    { namespace, name },
    ticketPatch(node, disableFrontend),
  );
  await waitUntil(
    timelines.attachments,
    (attachment) => attachment.status?.attachmentTicketStatuses?.[ticket]?.satisfied === true,
    {
      name,
      label: `volume ${name} is attached to ${node}`,
      describe: describeAttachment,
      fatal,
      ...timeouts.attached,
    },
  );
  await waitUntil(timelines.volumes, lacksReplica ? isDegraded : isHealthy().matches, {
    name,
    label: `volume ${name} is attached and ${lacksReplica ? 'degraded' : 'healthy'}`,
    describe: describeVolume,
    fatal,
    ...timeouts.attached,
  });
};

/**
 * A volume is faulted when all its replicas have failed. If it was never healthy, it stays so, because no replica can
 * be salvaged (seen on v1.12.1 for 5 min). If it was healthy before, Longhorn may repair it.
 */
const faultedForGood = (volumes: Context['timelines']['volumes'], name: string): FatalState<Volume> => ({
  timeline: volumes,
  name,
  describe: describeVolume,
  because: ({ status }) => {
    const wasHealthy = entriesOf(volumes, name).some(({ object }) => object.status?.robustness === 'healthy');
    return status?.robustness === 'faulted' && !wasHealthy
      ? `volume ${name} is faulted, all its replicas have failed`
      : undefined;
  },
});

/** Makes a standby volume an ordinary one. */
export const endStandby = async ({ cluster }: Pick<Context, 'cluster'>, name: string): Promise<void> => {
  const spec = { frontend: 'blockdev', Standby: false };
  await cluster.patch(longhornResources.volumes, { namespace, name }, { spec });
};

/** Removes the suite's ticket from a volume's attachment. Longhorn detaches a volume without tickets. */
export const detach = async ({ cluster }: Pick<Context, 'cluster'>, name: string): Promise<void> => {
  await cluster.patch(
    longhornResources.volumeAttachments,
    { namespace, name },
    { spec: { attachmentTickets: { [ticket]: null } } },
  );
};

/** Waits until a volume is detached. The error names the remaining tickets. */
export const untilDetached = (context: Attaching, name: string): Promise<void> =>
  namingCause(
    async () => {
      const { cluster, timelines, timeouts } = context;
      await waitUntil(timelines.volumes, ({ status }) => status?.state === 'detached', {
        name,
        label: `volume ${name} is detached`,
        describe: describeVolume,
        probe: instancesProbe({ cluster }, name),
        ...timeouts.detached,
      });
    },
    (signal) => causeOfVolume(context, name, signal),
  );

const isGrowing = namedState('volume-grows', () => ({
  label: 'growing',
  matches: ({ status }: Volume) => status?.expansionRequired === true,
}));

const isGrown = namedState('volume-has-size', (size: number) => ({
  label: `of ${size} bytes, and no longer growing`,
  matches: ({ spec, status }: Volume) => Number(spec.size) === size && status?.expansionRequired !== true,
}));

/** Makes an attached volume larger, and returns it when its replicas and its device have the new size, in bytes. */
export const growVolume = async (
  { cluster, timelines: { volumes }, timeouts }: Attaching,
  volume: VolumeHandle,
  size: number,
): Promise<VolumeHandle> => {
  const { name } = volume;
  const from = volumes.lastSequence();
  await cluster.patch(longhornResources.volumes, { namespace, name }, { spec: { size: String(size) } });
  await judgeWithin(healthySince(volumes, { name, from }).goes(isGrowing(), isGrown(size)), timeouts.grown);
  return { ...volume, size };
};

/** The volume is attached, and all its replicas are healthy. */
export const isHealthy = namedState('volume-is-healthy', () => ({
  label: 'attached, healthy',
  matches: ({ status }: Volume) => status?.state === 'attached' && status.robustness === 'healthy',
}));

type Volumes = Context['timelines']['volumes'];
type VolumeSubject = { name: string; from: number };

const healthySince = (volumes: Volumes, { name, from }: VolumeSubject) =>
  expectHistory(volumes, { name, label: `volume ${name}`, describe: describeVolume })
    .from(from)
    .startingAs(isHealthy());

/** Whether an attached volume has lost a replica. */
export const isDegraded = ({ status }: Volume): boolean => status?.robustness === 'degraded';

/** Matches no state. Used to expect that the volume does not change. */
const volumeNeverReached = namedState('volume-changes', () => ({
  label: 'unchanged',
  matches: (_: Volume) => false,
}));

/**
 * The volume stays attached and healthy after this sequence. To be met, the expectation must time out (see `stays`).
 */
export const staysHealthy = (volumes: Volumes, subject: VolumeSubject): Expectation<Volume> =>
  healthySince(volumes, subject).goes(volumeNeverReached());

const isOrdinary = namedState('volume-is-ordinary', () => ({
  label: 'not on standby, and not being restored',
  matches: ({ status }: Volume) => status?.isStandby !== true && status?.restoreRequired !== true,
}));

/** The same for a volume that is not on standby. */
export const staysOrdinary = (volumes: Volumes, { name, from }: VolumeSubject): Expectation<Volume> =>
  expectHistory(volumes, { name, label: `volume ${name}`, describe: describeVolume })
    .from(from)
    .startingAs(isOrdinary())
    .goes(volumeNeverReached());

/** Matches a volume that lacks a replica, or is not attached. */
const isNotHealthy = namedState('volume-is-not-healthy', () => ({
  label: 'not healthy',
  matches: (volume: Volume) => !isHealthy().matches(volume),
}));

/** The volume lacks a replica, after it had all of them at this sequence. */
export const becomesDegraded = (volumes: Volumes, subject: VolumeSubject): Expectation<Volume> =>
  healthySince(volumes, subject).goes(isNotHealthy());

/** The volume has lost a replica since this sequence, and is attached and healthy again. */
export const recovers = (volumes: Volumes, subject: VolumeSubject): Expectation<Volume> =>
  healthySince(volumes, subject).goes(isNotHealthy(), isHealthy());

/** Describes a volume in one line. */
export const describeVolume = ({ status }: Volume): string =>
  `${status?.state || 'new'}, ${status?.robustness || 'robustness not known'}`;

const describeAttachment = ({ status }: VolumeAttachment): string =>
  JSON.stringify(status?.attachmentTicketStatuses?.[ticket] ?? 'no answer to the ticket yet');

const ticketPatch = (nodeID: string, disableFrontend: boolean) => ({
  spec: {
    attachmentTickets: {
      [ticket]: {
        id: ticket,
        type: 'longhorn-api',
        nodeID,
        parameters: { disableFrontend: String(disableFrontend) },
      },
    },
  },
});

/** Returns the names of the nodes that are ready in Longhorn and have a running longhorn-manager pod. */
export const readyNodes = async ({ cluster }: Pick<Context, 'cluster'>): Promise<string[]> => {
  const [{ items }, pods] = await Promise.all([
    cluster.list<Node>(longhornResources.nodes, { namespace }),
    managerPods(cluster),
  ]);
  return items
    .filter((node) => isConditionTrue(node, 'Ready'))
    .map(({ metadata }) => metadata.name)
    .filter((name) => pods.some((pod) => pod.node === name))
    .sort();
};

/** Detaches and removes a volume with its snapshots, and returns when it is gone. Its backups stay. */
export const removeVolume = async (context: Context, volume: VolumeHandle): Promise<void> => {
  await detach(context, volume.name);
  await untilDetached(context, volume.name);
  await deleteVolume(context, volume);
};

/** Deletes a volume, attached or not, with its snapshots, and returns when it is gone. Its backups stay. */
export const deleteVolume = async (
  { cluster, timelines, timeouts }: Context,
  { name }: VolumeHandle,
): Promise<void> => {
  await cluster.delete(longhornResources.volumes, { namespace, name });
  await waitUntilGone(timelines.volumes, {
    name,
    label: `volume ${name} is gone`,
    describe: describeVolume,
    probe: instancesProbe({ cluster }, name),
    ...timeouts.volumeGone,
  });
};

/** Waits until the attachment of a volume that is gone has gone too. A new volume of that name gets another one. */
export const untilAttachmentGone = (
  { timelines, timeouts }: Pick<Context, 'timelines' | 'timeouts'>,
  name: string,
): Promise<unknown> =>
  waitUntilGone(timelines.attachments, {
    name,
    label: `the attachment of volume ${name} is gone`,
    describe: describeAttachment,
    ...timeouts.volumeGone,
  });

/** The volume is in this state, with any robustness. */
const inState = namedState('volume-in-state', (state: string) => ({
  label: state,
  matches: ({ status }: Volume) => status?.state === state,
}));

/** A detached volume is attached and detached again, after this sequence. */
export const isAttachedMeanwhile = (
  volumes: Context['timelines']['volumes'],
  { name, from }: { name: string; from: number },
): Expectation<Volume> =>
  expectHistory(volumes, { name, label: `volume ${name}`, describe: describeVolume })
    .from(from)
    .startingAs(inState('detached'))
    .goes(inState('attached'), inState('detached'))
    .allowing(inState('attaching'), inState('detaching'));

/** An attached volume is detached and attached again, after this sequence. */
export const attachesAgain = (volumes: Volumes, { name, from }: VolumeSubject): Expectation<Volume> =>
  expectHistory(volumes, { name, label: `volume ${name}`, describe: describeVolume })
    .from(from)
    .startingAs(inState('attached'))
    .goes(inState('detached'), inState('attached'))
    .allowing(inState('detaching'), inState('attaching'));

/** Waits until Longhorn has removed a backup's attachment ticket from its volume. Throws if there was none. */
export const untilGivenBack = async (
  { timelines: { attachments }, timeouts }: Pick<Context, 'timelines' | 'timeouts'>,
  { name, label, volume }: BackupHandle,
): Promise<void> => {
  const id = `backup-controller-${name}`;
  const has = ({ spec }: VolumeAttachment): boolean => Boolean(spec.attachmentTickets?.[id]);
  const had = entriesOf(attachments, volume.name).some(({ object }) => has(object));
  if (!had) throw new Error(`nobody saw that ${label} asks for volume ${volume.name} to be attached (${id})`);
  await waitUntil(attachments, (attachment) => !has(attachment), {
    name: volume.name,
    label: `nothing is asked of volume ${volume.name} any more by ${label}`,
    describe: ({ spec }) =>
      `asked for by ${Object.keys(spec.attachmentTickets ?? {}).join(', ') || 'nobody'}`,
    ...timeouts.attachmentGivenBack,
  });
};
