import type { AttachmentTicket, Volume } from '../longhorn/objects.ts';
import type { Action, Call } from './call.ts';
import { NotFound, wrapped } from './errors.ts';
import { textOf } from './input.ts';
import { toVolume } from './volume.ts';

const patchTickets = async ({ datastore, name }: Call, tickets: Record<string, AttachmentTicket | null> | null): Promise<Volume> => {
  const volume = datastore.volumes.get(name);
  if (!volume) throw new NotFound('volume', name);
  await datastore.volumeAttachments.patch(name, { spec: { attachmentTickets: tickets } });
  return volume;
};

const attach: Action = async (call) => {
  const { input, datastore, links } = call;
  const [nodeID, id] = [textOf(input, 'hostId'), textOf(input, 'attachmentID')];
  const ticket: AttachmentTicket = {
    id,
    type: textOf(input, 'attacherType') || 'longhorn-api',
    nodeID,
    parameters: { disableFrontend: String(input.disableFrontend === true), lastAttachedBy: textOf(input, 'attachedBy') },
  };
  return wrapped(`unable to attach volume ${call.name} to ${nodeID}`, async () => {
    if (!datastore.nodes.get(nodeID)) throw new NotFound('node', nodeID);
    return toVolume(datastore, await patchTickets(call, { [id]: ticket }), links);
  });
};

const detach: Action = (call) =>
  wrapped(`unable to detach volume ${call.name}`, async () => {
    const { input, datastore, links } = call;
    const tickets = input.forceDetach === true ? null : { [textOf(input, 'attachmentID')]: null };
    return toVolume(datastore, await patchTickets(call, tickets), links);
  });

/** What can be done to a volume's attachment, by the action's name. */
export const attachmentActions: Record<string, Action> = { attach, detach };
