import { isDeepStrictEqual } from 'node:util';
import { startController } from '../../kubernetes/controller.ts';
import { withCondition } from '../../kubernetes/objects.ts';
import type {
  AttachmentTicket,
  AttachmentTicketStatus,
  Volume,
  VolumeAttachment,
} from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { isResponsibleFor } from '../../manager/ownership.ts';
import type { Mutant } from '../../mutants.ts';
import { removeFinalizer } from '../finalizer.ts';
import { findReplica } from './replica.ts';

const byPriority = (a: AttachmentTicket, b: AttachmentTicket): number =>
  Number(b.type === 'longhorn-api') - Number(a.type === 'longhorn-api') || (a.id < b.id ? -1 : 1);

const isWorkload = ({ type }: AttachmentTicket): boolean => ['longhorn-api', 'csi-attacher'].includes(type);

const givesWay = ({ type }: AttachmentTicket): boolean =>
  ['snapshot-controller', 'backup-controller'].includes(type);

/**
 * The node that a volume should be on, '' for none. It stays on its node while a ticket requests that node, unless only
 * snapshots and backups do, and a workload requests another one (volume_attachment_controller.go, shouldDoDetach).
 * Otherwise the first ticket decides.
 */
const wantedNode = (tickets: AttachmentTicket[], now: string, mutant: Mutant | undefined): string => {
  const here = tickets.filter(({ nodeID }) => nodeID === now);
  const isCutOff =
    here.every(givesWay) && tickets.some(isWorkload) && mutant !== 'fixed:workload-cuts-off-backup';
  return here.length > 0 && !isCutOff ? now : (tickets.toSorted(byPriority)[0]?.nodeID ?? '');
};

/** Whether a volume that is attached for these tickets gets no device. It gets one if all have the value `any`. */
const wantsNoFrontend = (tickets: AttachmentTicket[], nodeID: string): boolean => {
  const relevant = tickets.filter(
    (ticket) => ticket.nodeID === nodeID && ticket.parameters?.disableFrontend !== 'any',
  );
  const [first] = relevant.toSorted(byPriority);
  return first?.parameters?.disableFrontend === 'true';
};

const fits = ({ parameters }: AttachmentTicket, { spec }: Volume): boolean =>
  parameters?.disableFrontend === 'any' ||
  (parameters?.disableFrontend === 'true') === (spec.disableFrontend ?? false);

// A snapshot or a backup needs no frontend.
const isHeldByRestore = ({ parameters }: AttachmentTicket, { status }: Volume): boolean =>
  status?.restoreRequired === true && parameters?.disableFrontend !== 'any';

const attachmentProblem = (ticket: AttachmentTicket, volume: Volume): string => {
  if (isHeldByRestore(ticket, volume)) return 'the volume is being restored';
  if (volume.spec.nodeID === ticket.nodeID && !fits(ticket, volume))
    return `not emulated: attaching with and without a frontend at a time; it is attached ${volume.spec.disableFrontend ? 'without' : 'with'} one`;
  return volume.spec.nodeID === ticket.nodeID
    ? ''
    : `the volume is asked for on ${volume.spec.nodeID || 'no node'}`;
};

/** The status of a ticket, from its volume. */
const ticketStatus = (
  ticket: AttachmentTicket,
  {
    volume,
    before,
    now,
  }: {
    volume: Volume;
    before: AttachmentTicketStatus | undefined;
    now: string;
  },
): AttachmentTicketStatus => {
  const isThere = volume.status?.state === 'attached' && volume.status.currentNodeID === ticket.nodeID;
  // Longhorn does not look at spec.nodeID here. Its managers see a detachment in milliseconds, not after a second.
  const stays = volume.spec.nodeID === ticket.nodeID;
  const satisfied = isThere && stays && !isHeldByRestore(ticket, volume) && fits(ticket, volume);
  const message = satisfied ? '' : attachmentProblem(ticket, volume);
  const condition = {
    type: 'Satisfied',
    status: satisfied ? ('True' as const) : ('False' as const),
    message,
  };
  return {
    id: ticket.id,
    satisfied,
    generation: ticket.generation ?? 0,
    conditions: withCondition(before?.conditions, condition, now),
  };
};

const reconcile = async (context: ManagerContext, name: string): Promise<void> => {
  const { datastore, mutant } = context;
  const attachment = datastore.volumeAttachments.get(name);
  if (!attachment) return;
  const volume = datastore.volumes.get(attachment.spec.volume);
  if (!isResponsibleFor(context, volume)) return;
  if (attachment.metadata.deletionTimestamp) return removeFinalizer(datastore.volumeAttachments, attachment);
  if (!volume || volume.metadata.deletionTimestamp || !volume.status?.state) return;

  const tickets = Object.values(attachment.spec.attachmentTickets ?? {});
  const replica = findReplica(context, volume.metadata.name);
  const stays = mutant === 'volume-stays-on-its-node' && replica !== undefined;
  const possible = tickets.filter((ticket) => !stays || replica.spec.nodeID === ticket.nodeID);
  const nodeID = wantedNode(possible, volume.spec.nodeID, mutant);
  const settled = ['detached', 'attached'].includes(volume.status.state);
  if (nodeID !== volume.spec.nodeID && settled) {
    // A volume changes its node only through a detachment: the device must be gone before it is made elsewhere.
    const next = volume.status.state === 'attached' ? '' : nodeID;
    const disableFrontend = wantsNoFrontend(possible, next);
    await datastore.volumes.update({ ...volume, spec: { ...volume.spec, nodeID: next, disableFrontend } });
  }
  const statuses: VolumeAttachment['status'] = {
    attachmentTicketStatuses: Object.fromEntries(
      tickets.map((ticket) => {
        const before = attachment.status?.attachmentTicketStatuses?.[ticket.id];
        return [ticket.id, ticketStatus(ticket, { volume, before, now: timestamp() })];
      }),
    ),
  };
  if (!isDeepStrictEqual(statuses, attachment.status))
    await datastore.volumeAttachments.updateStatus({ ...attachment, status: statuses });
};

/** Sets spec.nodeID of a volume from the tickets of its VolumeAttachment, and writes the status of each ticket. */
export const startVolumeAttachmentController = (context: ManagerContext): void => {
  const enqueue = startController(
    { name: 'volume-attachment', reconcile: (name) => reconcile(context, name) },
    context,
  );
  context.datastore.volumeAttachments.onEvent(enqueue);
  context.datastore.volumes.onEvent(enqueue);
};
