import type { RunningNode } from '../run/nodes.ts';
import type { LabContext } from './context.ts';

/** How something that can be made to fail is now, as just seen. */
export type LabCondition = {
  /** Whether a fault of it is in force. */
  faulty: boolean;
  /** What is so, and what shows it: `node1 is cut off: port1, its port on the bridge, is down`. */
  text: string;
};

/** Reads one thing of a node. */
export type ReadLabCondition = (context: LabContext, node: RunningNode) => Promise<LabCondition>;

/**
 * Makes something fail or work again, unless it is so already; throws when what is seen afterwards is not
 * what was wanted.
 *
 * When `act` resolves to a text, it is a remark on what had to be done beside.
 */
export const turn = async <C extends LabCondition>(options: {
  read: () => Promise<C>;
  act: (now: C) => Promise<unknown>;
  isSo: (now: C) => boolean;
  /** Act even when it is so: something in it counts from the time it was asked for. */
  again?: boolean;
}): Promise<LabCondition> => {
  const { read, act, isSo, again = false } = options;
  const before = await read();
  if (isSo(before) && !again) return { faulty: before.faulty, text: `${before.text} (it was so before)` };
  const remark = await act(before);
  const after = await read();
  if (!isSo(after)) throw new Error(`that had no effect: ${after.text}`);
  return { faulty: after.faulty, text: typeof remark === 'string' ? `${after.text}; ${remark}` : after.text };
};
