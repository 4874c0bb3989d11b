import type { InjectedFault } from '../../../faults/fault.ts';
import { waitUntil } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { isConditionTrue } from '../../../kube/objects.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Node } from '../../../longhorn/types.ts';
import { backupIs } from '../backup/expectations.ts';
import { crashNodeOfUploader } from '../backup/uploader.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { hasOnlyError } from '../lock/expectations.ts';
import { crashNodeOfRestore } from '../restore/restore.ts';
import { step } from '../step.ts';
import { failureMessages } from '../store/expectations.ts';
import { type CrashedAfterSnapshot, crashAfterSnapshot, judgeOpenedAgain } from './after-snapshot.ts';
import { cordonOf, leaveOneNode } from './cordon.ts';
import type { CrashedNode } from './crash.ts';
import { evictNodeOf, untilEvicted } from './eviction.ts';

// Longhorn may lose the replica, or the engine, or wait for the engine in vain.
const reasons: readonly MessageId[] = [...failureMessages('upload-lost'), 'creation-gave-up'];

/**
 * The steps for nodes that take no replicas, or lose their power, which needs the lab and nobody else on it. `when.released` starts the node
 * again, and returns when Longhorn has all that it had there.
 */
export const nodeSteps = {
  /** In force until the end of the scenario, for all volumes. */
  'given.cordoned': step({
    sentence: 'Given that replicas can be scheduled on one node alone, as that of the volume is cordoned',
    action: async (context: Context, volume: VolumeHandle) => ({ on: await leaveOneNode(context, volume) }),
    detail: ({ on }) => on,
  }),
  /** Of a volume with one replica. In force until the end of the scenario, for all volumes. */
  'when.evicted': step({
    sentence: 'When all replicas on the node of {standby} are to be evicted',
    action: evictNodeOf,
    detail: (node) => node,
  }),
  'then.evicted': step({
    sentence: 'Then {standby} has its replica on another node than {node}',
    parameters: (standby, node) => ({ standby, node }),
    waitsForTimer: true,
    action: untilEvicted,
    detail: (node) => node,
  }),
  /** One of these stays. In force until `when.released`. */
  'when.nodesCordoned': step({
    sentence: 'When all nodes but one are cordoned',
    parameters: () => ({}),
    action: async ({ cluster, faults }: Context, { nodes }: { nodes: readonly string[] }) => {
      const cordoned: InjectedFault[] = [];
      for (const node of nodes.slice(1)) cordoned.push(await faults.inject(cordonOf(cluster, node)));
      return cordoned;
    },
    detail: (cordoned) => cordoned.map(({ title }) => title).join(', '),
  }),
  'when.uploaderNodeCrashed': step({
    sentence: 'When a node of the upload of {backup} loses its power',
    action: crashNodeOfUploader,
    detail: ({ node }) => node,
  }),
  /** `backup`: the one that a volume on standby is restoring, if it is not its first. */
  'when.restorerNodeCrashed': step({
    sentence: 'When a node of {restore} loses its power',
    action: crashNodeOfRestore,
    detail: ({ node }) => node,
  }),
  /** A volume that is `local`. */
  'when.nodeCrashedAfterSnapshot': step({
    sentence:
      "When a snapshot is taken, and the volume's node loses its power before it has written all files",
    action: crashAfterSnapshot,
    detail: ({ node }) => node,
  }),
  /** Known bug power-loss-empties-metadata counts only with the empty file, and with the data in the snapshot's image. */
  'then.openedAgain': step({
    sentence: 'Then the volume is healthy again, and has the written data',
    waitsForTimer: true,
    action: (
      context: Context,
      volume: VolumeHandle,
      how: { crashed: CrashedAfterSnapshot; data: WrittenData },
    ) => judgeOpenedAgain(context, volume, how),
  }),
  'then.nodeLost': step({
    sentence: 'Then Longhorn takes {node} for lost',
    parameters: ({ node }) => ({ node }),
    waitsForTimer: true,
    action: async ({ cluster, timeouts }: Context, { node: name }: CrashedNode) => {
      await using nodes = await follow<Node>(cluster, longhornResources.nodes, { namespace });
      await waitUntil(nodes, (node) => !isConditionTrue(node, 'Ready'), {
        name,
        label: `Longhorn says that ${name} is not ready`,
        ...timeouts.nodeLost,
      });
    },
  }),
  /** Returns the backup if it is Completed. Which it is depends on what the node had. */
  'then.endsInAnyCase': step({
    sentence: 'Then {backup} is Completed, or fails with the reason',
    waitsForTimer: true,
    action: async (context: Context, backup: BackupHandle): Promise<BackupHandle[]> => {
      const { timelines, timeouts, expected, version } = context;
      const { name, label } = backup;
      expected.push(...reasons.map((id) => ({ id, of: name })), {
        id: 'waits-for-readiness',
        of: name,
        lasts: true,
      });
      const states = [
        backupIs('Completed'),
        hasOnlyError('Error (with the reason)', { id: reasons, class: 'failure' }, version),
      ];
      const ended = await waitUntil(
        timelines.backups,
        (each) => states.some((state) => state.matches(each)),
        {
          name,
          label: `${label} is Completed, or in Error with the reason`,
          describe: describeBackup,
          ...timeouts.uploadLostWithPod,
        },
      );
      return backupState(ended) === 'Completed' ? [backup] : [];
    },
    detail: (completed, { timelines }, { name }) =>
      completed.length > 0 ? 'Completed' : (timelines.backups.current(name)?.status?.error ?? ''),
  }),
};
