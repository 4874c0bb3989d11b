import { z } from 'zod';
import type { Cluster } from '../kube/cluster.ts';
import { formatDuration } from '../kube/duration.ts';
import { askSocket } from '../kube/json-socket.ts';
import type { Fault, FaultKind } from './fault.ts';
import { type ReturningNode, returningNodeSchema, untilReturned } from './returning-node.ts';

/** A request to a lab. lab/control/actions.ts lists the actions. */
type LabQuestion = { action: string } & Record<string, unknown>;

/** The lab is not running any more. */
class LabGone extends Error {
  override readonly name = 'LabGone';
}

// In ms. The longest action, the start of a node, has its own limit of 60 s.
const answerTimeout = 120_000;

const answerSchema = z.union([
  z.object({ error: z.string() }),
  z.object({ result: z.object({ faulty: z.boolean(), text: z.string() }) }),
]);

/** Sends a request to the lab of a folder. Throws `LabGone` if nothing listens there. */
const askLab = async (folder: string, question: LabQuestion): Promise<{ faulty: boolean; text: string }> => {
  const answer = await askSocket({ folder, name: 'control.sock' }, question, { within: answerTimeout }).catch(
    (error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      throw code === 'ENOENT' || code === 'ECONNREFUSED'
        ? new LabGone(`no lab is up in ${folder}`, { cause: error })
        : error;
    },
  );
  const parsed = answerSchema.parse(answer);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.result;
};

const schema = z.object({
  lab: z.string(),
  undo: z.looseObject({
    action: z.enum(['start', 'thaw', 'join', 'fast', 'disk-heal', 'clock-heal', 'apiserver-start']),
  }),
  returning: returningNodeSchema.optional(),
});

/** A fault of a lab: the folder of the lab, the request that undoes the fault, and a node that Longhorn is to have back. */
type LabFault = z.infer<typeof schema>;

const goneWithIt = 'the lab is gone, and the fault with it';

/** A node, and the folder of its lab. */
type LabNode = { lab: string; node: string };

const labFault = (
  folder: string,
  {
    title,
    at,
    inject,
    undo,
    returning,
  }: { title: string; at: { at: string; node?: string }; inject: LabQuestion } & Omit<LabFault, 'lab'>,
): Fault => ({
  kind: labFaultKind,
  title,
  data: { lab: folder, undo, ...(returning && { returning }) } satisfies LabFault,
  inject: async () => {
    await askLab(folder, inject);
  },
  prove: async () => {
    const { faulty, text } = await askLab(folder, { action: 'look', ...at });
    if (!faulty) throw new Error(`the fault is not in force: ${title}: ${text}`);
    return text;
  },
});

/**
 * Creates the fault that a node loses power. Unwritten data are lost; the disks are kept. After the heal the node
 * boots from them. With `returning`, it is healed when Longhorn has what it had there.
 */
export const nodeCrashed = ({
  lab,
  node,
  returning,
}: LabNode & { returning?: ReturningNode | undefined }): Fault =>
  labFault(lab, {
    returning,
    title: `${node} is without power`,
    at: { at: 'power', node },
    inject: { action: 'crash', node },
    undo: { action: 'start', node },
  });

/** Creates the fault that a node is frozen. It does not answer, and its connections stay open. */
export const nodeFrozen = ({ lab, node }: LabNode): Fault =>
  labFault(lab, {
    title: `${node} is frozen`,
    at: { at: 'freeze', node },
    inject: { action: 'freeze', node },
    undo: { action: 'thaw', node },
  });

/** Creates the fault that a node has no network. Its processes continue. */
export const nodeCut = ({ lab, node }: LabNode): Fault =>
  labFault(lab, {
    title: `${node} is cut off the network`,
    at: { at: 'cable', node },
    inject: { action: 'cut', node },
    undo: { action: 'join', node },
  });

/**
 * Creates the fault that a node's network is slow (`delayMs`, ms each way) or loses packets (`lossPercent`, percent
 * each way).
 */
export const nodeSlow = ({
  lab,
  node,
  delayMs = 0,
  lossPercent = 0,
}: LabNode & { delayMs?: number; lossPercent?: number }): Fault =>
  labFault(lab, {
    title: `${node}'s network is ${delayMs} ms slow each way and loses ${lossPercent} %`,
    at: { at: 'speed', node },
    inject: { action: 'slow', node, delayMs, lossPercent },
    undo: { action: 'fast', node },
  });

/**
 * Creates the fault that a node's disk at /var/lib/longhorn fails with EIO. It starts `afterSeconds` seconds after
 * the inject; the default is 0.
 */
export const diskFailing = ({ lab, node, afterSeconds = 0 }: LabNode & { afterSeconds?: number }): Fault =>
  labFault(lab, {
    title: `${node}'s disk fails${afterSeconds === 0 ? '' : ` after ${formatDuration(afterSeconds * 1000)}`}`,
    at: { at: 'disk', node },
    inject: { action: 'disk-fail', node, afterSeconds },
    undo: { action: 'disk-heal', node },
  });

/** Creates the fault that a node's clock is wrong by `skewMs` ms; a negative value is behind. The limit is 9 days. */
export const clockSkewed = ({ lab, node, skewMs }: LabNode & { skewMs: number }): Fault =>
  labFault(lab, {
    title: `${node}'s clock is ${formatDuration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead'}`,
    at: { at: 'clock', node },
    inject: { action: 'clock-skew', node, skewMs },
    undo: { action: 'clock-heal', node },
  });

/** Creates the fault that the API server is stopped. etcd, the controllers and the nodes continue. */
export const apiServerStopped = ({ lab }: { lab: string }): Fault =>
  labFault(lab, {
    title: 'the API server is stopped',
    at: { at: 'apiserver' },
    inject: { action: 'apiserver-stop' },
    undo: { action: 'apiserver-start' },
  });

/**
 * Compacts etcd, so that no watch can resume from an older revision. This cannot be undone. Returns what was done,
 * with evidence.
 */
export const compactEtcd = async ({ lab }: { lab: string }): Promise<string> =>
  (await askLab(lab, { action: 'etcd-compact' })).text;

/** Applies a manifest to the cluster of a lab, as its admin. The scenario itself has not the rights. */
export const applyInLab = async ({ lab, manifest }: { lab: string; manifest: string }): Promise<void> =>
  void (await askLab(lab, { action: 'apply', manifest }));

const undo = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { lab, undo, returning } = schema.parse(data);
  try {
    const { text } = await askLab(lab, undo);
    return returning === undefined ? text : `${text}; ${await untilReturned(cluster, returning)}`;
  } catch (error) {
    if (error instanceof LabGone) return goneWithIt;
    throw error;
  }
};

/**
 * A fault of a lab. It ends with its lab. Its reach is `everything`: nothing records on which nodes the replicas of a
 * volume are, or which node manages it.
 */
export const labFaultKind = {
  name: 'lab',
  ledgerName: 'lab',
  disruption: 'node-fault',
  reach: 'everything',
  heal: undo,
  document: {
    about: `| what | inject | prove | heal |
| --- | --- | --- | --- |
| \`nodeCrashed\` | the node's kernel is killed, as by a loss of power | no process of it is left | it boots from its disks, and Longhorn's pods there are ready |
| \`nodeFrozen\` | the node's kernel stands still | each of its processes is in state \`T\` | it goes on |
| \`nodeCut\` | its network port goes down | the port's state | the port goes up |
| \`nodeSlow\` | its network is slow, or loses some of what it carries | the queueing discipline in the node | as it was |
| \`diskFailing\` | its disk at \`/var/lib/longhorn\` fails with EIO, at once or later | the device's table, and a read that fails | the disk works; its file system is checked and mounted anew |
| \`clockSkewed\` | its clock is wrong, by 9 days at most | its time beside the host's | its clock is set |
| \`apiServerStopped\` | kube-apiserver is killed; etcd, controllers and nodes go on | a connection is refused | it is started |`,
    'in scenarios':
      '`when.uploaderNodeCrashed`, `when.restorerNodeCrashed` and `when.nodeCrashedAfterSnapshot`, healed by `when.released`; no scenario uses the others',
    bound: 'a fault that is in force when the lab goes down goes with it',
    otherUsers:
      'everyone on that node, as with a real fault. Those on other nodes, with a store on other nodes, are not affected. Without an API server everyone waits',
  },
} as const satisfies FaultKind;

/**
 * Returns a sentence if a fault belongs to a lab that is not running any more. Such a fault needs no heal, and there
 * is no cluster to heal.
 */
export const describeGoneLab = async ({
  kind,
  data,
}: {
  kind: string;
  data: unknown;
}): Promise<string | undefined> => {
  if (kind !== 'lab') return undefined;
  const { lab } = schema.parse(data);
  const error = await askLab(lab, { action: 'look', at: 'apiserver' }).catch((thrown: unknown) => thrown);
  return error instanceof LabGone ? goneWithIt : undefined;
};
