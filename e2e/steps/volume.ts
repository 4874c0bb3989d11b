import { managerPods } from '../longhorn/manager.ts';
import { longhornApiVersion as apiVersion, longhornResources, longhornNamespace as namespace } from '../longhorn/resources.ts';
import type { Node, Volume, VolumeAttachment } from '../longhorn/types.ts';
import { once } from '../observe/expectation.ts';
import type { Context } from './context.ts';
import type { VolumeHandle } from './handles.ts';
import { limits } from './limits.ts';
import { runLabel } from './made.ts';

const ticket = 'corral';

/** Makes a volume and attaches it to a node that Longhorn calls ready, or to the one given. */
export const makeVolume = async (context: Context, { size, node }: { size: number; node?: string }): Promise<VolumeHandle> => {
  const { cluster, made, run } = context;
  const ready = await readyNodes(context);
  const chosen = node ?? ready[0];
  if (chosen === undefined) throw new Error('no node is ready for Longhorn and has a running longhorn-manager pod');
  const name = context.uniqueName('volume');
  made.volumes.push(name);
  await cluster.create(longhornResources.volumes, {
    apiVersion,
    kind: 'Volume',
    metadata: { name, namespace, labels: runLabel(run) },
    spec: {
      size: String(size),
      // Two replicas are what the recordings of real Longhorns were made with; a third would only be one more writer.
      numberOfReplicas: Math.min(2, ready.length),
      frontend: 'blockdev',
      // The slowest there is: an upload must last long enough for its state to be seen (Longhorn asks for it every 2 s).
      backupCompressionMethod: 'gzip',
    },
  });
  await attach(context, { name, node: chosen });
  return { name, node: chosen, size };
};

const attach = async ({ cluster, timelines }: Context, { name, node }: { name: string; node: string }): Promise<void> => {
  await once(timelines.attachments, () => true, { name, label: `volume ${name} has an attachment`, ...limits.attachmentExists });
  await cluster.patch(longhornResources.volumeAttachments, { namespace, name }, ticketPatch(node));
  await once(timelines.attachments, (attachment) => attachment.status?.attachmentTicketStatuses?.[ticket]?.satisfied === true, {
    name,
    label: `volume ${name} is attached to ${node}`,
    describe: describeAttachment,
    ...limits.attached,
  });
  await once(timelines.volumes, ({ status }) => status?.state === 'attached' && status.robustness === 'healthy', {
    name,
    label: `volume ${name} is attached and healthy`,
    describe: describeVolume,
    ...limits.attached,
  });
};

/** Takes the suite's own ticket out of a volume's attachment; Longhorn detaches a volume that nobody wants any more. */
export const detach = async ({ cluster }: Pick<Context, 'cluster'>, name: string): Promise<void> => {
  await cluster.patch(longhornResources.volumeAttachments, { namespace, name }, { spec: { attachmentTickets: { [ticket]: null } } });
};

/** One line about a volume. */
export const describeVolume = ({ status }: Volume): string => `${status?.state || 'new'}, ${status?.robustness || 'robustness not known'}`;

const describeAttachment = ({ status }: VolumeAttachment): string =>
  JSON.stringify(status?.attachmentTicketStatuses?.[ticket] ?? 'no answer to the ticket yet');

const ticketPatch = (node: string) => ({
  spec: { attachmentTickets: { [ticket]: { id: ticket, type: 'longhorn-api', nodeID: node, parameters: { disableFrontend: 'false' } } } },
});

/** The names of the nodes that Longhorn calls ready and that have a running longhorn-manager pod. */
export const readyNodes = async ({ cluster }: Pick<Context, 'cluster'>): Promise<string[]> => {
  const [{ items }, pods] = await Promise.all([cluster.list<Node>(longhornResources.nodes, { namespace }), managerPods(cluster)]);
  return items
    .filter(({ status }) => status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
    .map(({ metadata }) => metadata.name)
    .filter((name) => pods.some((pod) => pod.node === name))
    .sort();
};
