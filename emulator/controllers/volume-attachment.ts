import { isDeepStrictEqual } from 'node:util';
import { startController } from '../kubernetes/controller.ts';
import { withCondition } from '../kubernetes/objects.ts';
import type { AttachmentTicket, AttachmentTicketStatus, Replica, Volume, VolumeAttachment } from '../longhorn/objects.ts';
import { type Context, timestamp } from '../manager/context.ts';
import { isResponsible } from '../manager/ownership.ts';
import { release } from './finalizer.ts';
import { findReplica } from './replica-of.ts';

const byPriority = (a: AttachmentTicket, b: AttachmentTicket): number =>
  Number(b.type === 'longhorn-api') - Number(a.type === 'longhorn-api') || (a.id < b.id ? -1 : 1);

/** The node a volume is to be on, '' for none: where it is as long as a ticket asks for that, else where the first ticket wants it. */
export const wantedNode = (tickets: AttachmentTicket[], now: string): string =>
  tickets.some(({ nodeID }) => nodeID === now) ? now : (tickets.toSorted(byPriority)[0]?.nodeID ?? '');

const beyond = ({ parameters }: AttachmentTicket): string =>
  parameters?.disableFrontend === 'true' ? 'not emulated: attaching without a frontend' : '';

const obstacle = (ticket: AttachmentTicket, volume: Volume, replica: Replica | undefined): string => {
  if (beyond(ticket)) return beyond(ticket);
  if (replica && replica.spec.nodeID !== ticket.nodeID) {
    return `not emulated: attaching to ${ticket.nodeID}, for the only replica of the volume is on ${replica.spec.nodeID}`;
  }
  return volume.spec.nodeID === ticket.nodeID ? '' : `the volume is asked for on ${volume.spec.nodeID || 'no node'}`;
};

/** What a ticket's status says, given its volume. */
export const ticketStatus = (
  ticket: AttachmentTicket,
  {
    volume,
    replica,
    before,
    now,
  }: { volume: Volume; replica: Replica | undefined; before: AttachmentTicketStatus | undefined; now: string },
): AttachmentTicketStatus => {
  const satisfied = !beyond(ticket) && volume.status?.state === 'attached' && volume.status.currentNodeID === ticket.nodeID;
  const message = satisfied ? '' : obstacle(ticket, volume, replica);
  const condition = { type: 'Satisfied', status: satisfied ? ('True' as const) : ('False' as const), message };
  return {
    id: ticket.id,
    satisfied,
    generation: ticket.generation ?? 0,
    conditions: withCondition(before?.conditions, condition, now),
  };
};

const reconcile = async (context: Context, name: string): Promise<void> => {
  const { datastore, node } = context;
  const attachment = datastore.volumeAttachments.get(name);
  if (!attachment) return;
  const volume = datastore.volumes.get(attachment.spec.volume);
  const owner = volume?.status?.ownerID ?? '';
  if (!isResponsible({ self: node, owner, nodes: datastore.nodes.list() })) return;
  if (attachment.metadata.deletionTimestamp) return release(datastore.volumeAttachments, attachment);
  if (!volume || volume.metadata.deletionTimestamp || !volume.status?.state) return;

  const tickets = Object.values(attachment.spec.attachmentTickets ?? {});
  const replica = findReplica(context, volume.metadata.name);
  const possible = tickets.filter((ticket) => !beyond(ticket) && (replica === undefined || replica.spec.nodeID === ticket.nodeID));
  const nodeID = wantedNode(possible, volume.spec.nodeID);
  const settled = ['detached', 'attached'].includes(volume.status.state);
  if (nodeID !== volume.spec.nodeID && settled) {
    // From one node to another only by way of none: the device must be gone before it is made elsewhere.
    const next = volume.status.state === 'attached' ? '' : nodeID;
    await datastore.volumes.update({ ...volume, spec: { ...volume.spec, nodeID: next } });
  }
  const statuses: VolumeAttachment['status'] = {
    attachmentTicketStatuses: Object.fromEntries(
      tickets.map((ticket) => {
        const before = attachment.status?.attachmentTicketStatuses?.[ticket.id];
        return [ticket.id, ticketStatus(ticket, { volume, replica, before, now: timestamp() })];
      }),
    ),
  };
  if (!isDeepStrictEqual(statuses, attachment.status)) await datastore.volumeAttachments.updateStatus({ ...attachment, status: statuses });
};

/** Turns the tickets of a VolumeAttachment into its volume's spec.nodeID, and tells each ticket how it stands. */
export const startVolumeAttachmentController = (context: Context): void => {
  const enqueue = startController({ name: 'volume-attachment', reconcile: (name) => reconcile(context, name) }, context);
  context.datastore.volumeAttachments.onEvent(enqueue);
  context.datastore.volumes.onEvent(enqueue);
};
