import type { RunningNode } from '../run/nodes.ts';
import type { LabContext } from './context.ts';

/** The present state of something that can have a fault. */
export type LabCondition = {
  /** Whether a fault is in force. */
  faulty: boolean;
  /** The state and its evidence: `node1 is cut off: port1, its port on the bridge, is down`. */
  text: string;
};

/** Reads one condition of a node. */
export type ReadLabCondition = (context: LabContext, node: RunningNode) => Promise<LabCondition>;

/**
 * Injects or heals a fault, unless the wanted state is already there. Throws if the state afterwards is not
 * the wanted one. If `act` resolves to a text, it is added to the result as a remark.
 */
export const ensureCondition = async <C extends LabCondition>(options: {
  read: () => Promise<C>;
  act: (now: C) => Promise<unknown>;
  isWanted: (now: C) => boolean;
  /** Act even if the state is already there, because a time in it counts from the request. */
  always?: boolean;
}): Promise<LabCondition> => {
  const { read, act, isWanted, always = false } = options;
  const before = await read();
  if (isWanted(before) && !always)
    return { faulty: before.faulty, text: `${before.text} (it was so before)` };
  const remark = await act(before);
  const after = await read();
  if (!isWanted(after)) throw new Error(`that had no effect: ${after.text}`);
  return { faulty: after.faulty, text: typeof remark === 'string' ? `${after.text}; ${remark}` : after.text };
};
