import type { AttachmentTicket, VolumeAttachment } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { findReplica } from './replica.ts';

/** ID of the ticket of a controller: its type and the object's name. */
export const ticketID = (type: AttachmentTicket['type'], name: string): string => `${type}-${name}`;

/**
 * Requests the attachment of a volume with a ticket, unless the ticket exists. Prefers the volume's node,
 * then its replica's node, then `preferred`. Throws if the volume does not exist.
 */
export const requestAttachment = async (
  context: ManagerContext,
  volumeName: string,
  type: AttachmentTicket['type'],
  name: string,
  preferred = '',
): Promise<void> => {
  const { datastore } = context;
  const attachment = datastore.volumeAttachments.get(volumeName);
  const volume = datastore.volumes.get(volumeName);
  if (!attachment || !volume) throw new Error(`failed to find the attachment of volume ${volumeName}`);
  const id = ticketID(type, name);
  if (attachment.spec.attachmentTickets?.[id]) return;
  const nodeID =
    volume.spec.nodeID ||
    findReplica(context, volumeName)?.spec.nodeID ||
    preferred ||
    volume.status?.ownerID ||
    context.node;
  const ticket: AttachmentTicket = {
    id,
    type,
    nodeID,
    generation: 0,
    parameters: { disableFrontend: 'any' },
  };
  // Patches only this entry, because users and other controllers add and remove theirs at the same time.
  await datastore.volumeAttachments.patch(volumeName, { spec: { attachmentTickets: { [id]: ticket } } });
};

/** Requests the attachment for a ticket on another node. */
export const moveTicket = async (
  { datastore }: ManagerContext,
  volumeName: string,
  id: string,
  nodeID: string,
): Promise<void> => {
  await datastore.volumeAttachments.patch(volumeName, { spec: { attachmentTickets: { [id]: { nodeID } } } });
};

/** Removes the ticket, if it exists. */
export const withdrawAttachment = async (
  { datastore }: ManagerContext,
  volumeName: string,
  type: AttachmentTicket['type'],
  name: string,
): Promise<void> => {
  const id = ticketID(type, name);
  if (!datastore.volumeAttachments.get(volumeName)?.spec.attachmentTickets?.[id]) return;
  await datastore.volumeAttachments.patch(volumeName, { spec: { attachmentTickets: { [id]: null } } });
};

/** Whether a volume is attached for a ticket. */
export const isTicketSatisfied = (attachment: VolumeAttachment | undefined, id: string): boolean =>
  attachment?.spec.attachmentTickets?.[id] !== undefined &&
  attachment.status?.attachmentTicketStatuses?.[id]?.satisfied === true;
