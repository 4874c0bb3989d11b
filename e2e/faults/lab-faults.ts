import { z } from 'zod';
import type { Cluster } from '../kube/cluster.ts';
import { formatDuration } from '../kube/duration.ts';
import { askSocket } from '../kube/json-socket.ts';
import type { Fault, FaultKind } from './fault.ts';

/** What a lab is asked; its actions are listed in lab/control/actions.ts. */
type LabQuestion = { action: string } & Record<string, unknown>;

/** The lab that was asked is not up any more. */
class LabGone extends Error {
  override readonly name = 'LabGone';
}

// The longest order, the start of a node, ends after 60 s by itself.
const answerTimeout = 120_000;

const answerSchema = z.union([
  z.object({ error: z.string() }),
  z.object({ result: z.object({ faulty: z.boolean(), text: z.string() }) }),
]);

/**
 * Asks the lab in a folder to do something, or to look at something; throws LabGone when nobody listens
 * there.
 */
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
});

/** A fault of a lab: the lab's folder, and what it is asked to do to undo it. */
type LabFault = z.infer<typeof schema>;

const goneWithIt = 'the lab is gone, and the fault with it';

/** A node of the lab in a folder. */
type LabNode = { lab: string; node: string };

const labFault = (
  folder: string,
  {
    title,
    at,
    inject,
    undo,
  }: { title: string; at: { at: string; node?: string }; inject: LabQuestion; undo: LabFault['undo'] },
): Fault => ({
  kind: lab,
  title,
  data: { lab: folder, undo } satisfies LabFault,
  inject: async () => {
    await askLab(folder, inject);
  },
  prove: async () => {
    const { faulty, text } = await askLab(folder, { action: 'look', ...at });
    if (!faulty) throw new Error(`it is not so that ${title}: ${text}`);
    return text;
  },
});

/**
 * The fault that a node has lost its power: what it had not written is lost, its disks are not. Healed, it
 * boots from them.
 */
export const nodeCrashed = ({ lab, node }: LabNode): Fault =>
  labFault(lab, {
    title: `${node} has lost its power`,
    at: { at: 'power', node },
    inject: { action: 'crash', node },
    undo: { action: 'start', node },
  });

/** The fault that a node stands still: it answers nothing, and its connections stay open. */
export const nodeFrozen = ({ lab, node }: LabNode): Fault =>
  labFault(lab, {
    title: `${node} is frozen`,
    at: { at: 'freeze', node },
    inject: { action: 'freeze', node },
    undo: { action: 'thaw', node },
  });

/** The fault that a node is off the network while all in it goes on. */
export const nodeCut = ({ lab, node }: LabNode): Fault =>
  labFault(lab, {
    title: `${node} is cut off the network`,
    at: { at: 'cable', node },
    inject: { action: 'cut', node },
    undo: { action: 'join', node },
  });

/**
 * The fault that a node's network is slow (ms, each way) or loses some of what it carries (percent, each
 * way).
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
 * The fault that a node's disk at /var/lib/longhorn fails with EIO, from a time (s) after the inject; by
 * default at once.
 */
export const diskFailing = ({ lab, node, afterSeconds = 0 }: LabNode & { afterSeconds?: number }): Fault =>
  labFault(lab, {
    title: `${node}'s disk fails${afterSeconds === 0 ? '' : ` after ${formatDuration(afterSeconds * 1000)}`}`,
    at: { at: 'disk', node },
    inject: { action: 'disk-fail', node, afterSeconds },
    undo: { action: 'disk-heal', node },
  });

/** The fault that a node's clock is wrong, by `skewMs` (negative: behind), 9 days at most. */
export const clockSkewed = ({ lab, node, skewMs }: LabNode & { skewMs: number }): Fault =>
  labFault(lab, {
    title: `${node}'s clock is ${formatDuration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead'}`,
    at: { at: 'clock', node },
    inject: { action: 'clock-skew', node, skewMs },
    undo: { action: 'clock-heal', node },
  });

/** The fault that there is no API server; etcd, the controllers and the nodes go on. */
export const apiServerStopped = ({ lab }: { lab: string }): Fault =>
  labFault(lab, {
    title: 'the API server is stopped',
    at: { at: 'apiserver' },
    inject: { action: 'apiserver-stop' },
    undo: { action: 'apiserver-start' },
  });

/**
 * Compacts etcd, so that no watch can be resumed from before; nothing undoes that. Returns what was done, and
 * what shows it.
 */
export const compactEtcd = async ({ lab }: { lab: string }): Promise<string> =>
  (await askLab(lab, { action: 'etcd-compact' })).text;

const undo = async (_: Cluster, data: unknown): Promise<string> => {
  const { lab, undo } = schema.parse(data);
  try {
    return (await askLab(lab, undo)).text;
  } catch (error) {
    if (error instanceof LabGone) return goneWithIt;
    throw error;
  }
};

/**
 * A fault of a lab; one whose lab is not up any more has gone with it. Where the replicas of a volume lie is not
 * watched, and what manages it may be on any node: so it reaches everything.
 */
export const lab = {
  name: 'lab',
  ledgerName: 'lab',
  disruption: 'node-fault',
  reach: 'everything',
  heal: undo,
  document: {
    about: `| what | inject | prove | heal |
| --- | --- | --- | --- |
| \`nodeCrashed\` | the node's kernel is killed, as by a loss of power | no process of it is left | it boots from its disks |
| \`nodeFrozen\` | the node's kernel stands still | each of its processes is in state \`T\` | it goes on |
| \`nodeCut\` | its network port goes down | the port's state | the port goes up |
| \`nodeSlow\` | its network is slow, or loses some of what it carries | the queueing discipline in the node | as it was |
| \`diskFailing\` | its disk at \`/var/lib/longhorn\` fails with EIO, at once or later | the device's table, and a read that fails | the disk works; its file system is checked and mounted anew |
| \`clockSkewed\` | its clock is wrong, by 9 days at most | its time beside the host's | its clock is set |
| \`apiServerStopped\` | kube-apiserver is killed; etcd, controllers and nodes go on | a connection is refused | it is started |`,
    bound: 'a fault that is in force when the lab goes down goes with it',
    strangers:
      'whoever is on that node, as with a real one; who is on others, with a store on others, lives on. Without an API server everybody waits',
  },
} as const satisfies FaultKind;

/**
 * Says so when a fault was one of a lab that is not up any more: then there is no cluster to heal it in, nor
 * a need to.
 */
export const goneWithItsLab = async ({
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
