import { startController } from '../../kubernetes/controller.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { longhornProvisioner } from '../../modelled-on.ts';
import { isTicketSatisfied } from '../volume/tickets.ts';
import { isLeader, onLeadership } from './leader.ts';

const type = 'csi-attacher';

const withdraw = async ({ datastore }: ManagerContext, id: string): Promise<void> => {
  for (const { metadata, spec } of datastore.volumeAttachments.list())
    if (spec.attachmentTickets?.[id]?.type === type)
      await datastore.volumeAttachments.patch(metadata.name, { spec: { attachmentTickets: { [id]: null } } });
};

/**
 * Kubernetes makes a VolumeAttachment of its own for a pod that is to have a volume, and deletes that when the pod is
 * gone. It gets a ticket of Longhorn's, under its name.
 */
const reconcile = async (context: ManagerContext, id: string): Promise<void> => {
  const { datastore } = context;
  if (!isLeader(context)) return;
  const wanted = datastore.kubernetesAttachments.get(id);
  if (wanted === undefined) return withdraw(context, id);
  const { attacher, nodeName, source } = wanted.spec;
  const volume = datastore.persistentVolumes.get(source.persistentVolumeName ?? '')?.spec.csi?.volumeHandle;
  if (attacher !== longhornProvisioner || wanted.metadata.deletionTimestamp) return;
  if (volume === undefined) throw new Error(`persistentvolume ${source.persistentVolumeName} not found`);
  const attachment = datastore.volumeAttachments.get(volume);
  if (attachment === undefined) throw new Error(`volume ${volume} has no attachment yet`);
  if (attachment.spec.attachmentTickets?.[id] === undefined) {
    const ticket = { id, type, nodeID: nodeName, generation: 0, parameters: { disableFrontend: 'false' } };
    await datastore.volumeAttachments.patch(volume, { spec: { attachmentTickets: { [id]: ticket } } });
  }
  if (isTicketSatisfied(attachment, id) && !wanted.status?.attached)
    await datastore.kubernetesAttachments.patch(id, { status: { attached: true } }, 'status');
};

/** Does what csi-attacher and the CSI plugin do: attaches the volumes of pods to their nodes. */
export const startCsiAttacher = (context: ManagerContext): void => {
  const { kubernetesAttachments, volumeAttachments } = context.datastore;
  const enqueue = startController(
    { name: 'csi-attacher', reconcile: (id) => reconcile(context, id) },
    context,
  );
  kubernetesAttachments.onEvent(enqueue);
  onLeadership(context, kubernetesAttachments, enqueue);
  volumeAttachments.onEvent((name) => {
    for (const { id, type: of } of Object.values(volumeAttachments.get(name)?.spec.attachmentTickets ?? {}))
      if (of === type) enqueue(id);
  });
};
