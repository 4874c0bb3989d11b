import type { AttachmentTicket, VolumeAttachment } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { findReplica } from './replica.ts';

/** ID of the ticket by which a controller asks for a volume: its type and the object's name. */
export const ticketID = (type: AttachmentTicket['type'], name: string): string => `${type}-${name}`;

/**
 * Asks for a volume to be attached wherever it is or can be, best on a preferred node, unless that has been
 * asked already; throws if there is no such volume.
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
  // By a patch of this one entry: users and other controllers add and take theirs at the same time.
  await datastore.volumeAttachments.patch(volumeName, { spec: { attachmentTickets: { [id]: ticket } } });
};

/** Takes such a request back, if there is one. */
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

/** Whether a volume is attached on behalf of a ticket. */
export const isSatisfied = (attachment: VolumeAttachment | undefined, id: string): boolean =>
  attachment?.spec.attachmentTickets?.[id] !== undefined &&
  attachment.status?.attachmentTicketStatuses?.[id]?.satisfied === true;
