import { z } from 'zod';
import { formatDuration } from '../../e2e/kube/duration.ts';
import type { RunningNode } from '../run/nodes.ts';
import { ensureCondition, type LabCondition } from './condition.ts';
import { findNode, findRequestedNode, type LabAction, type LabContext } from './context.ts';
import { runInNode } from './in-node.ts';
import { undoUnlessDown } from './power.ts';

/** A smaller difference counts as right, in ms. */
const TOLERANCE_MS = 100;

/** Setting a clock takes time, on a busy machine more than the tolerance. Then it is set again, at most this often. */
const MOST_ROUNDS = 5;

// The lab's certificates are valid from 10 days before its start to 10 days after it.
const LONGEST_MS = 9 * 24 * 3_600_000;

const skewSchema = z.object({
  node: z.string(),
  skewMs: z
    .number()
    .min(-LONGEST_MS, 'a clock can be set back 9 days at most')
    .max(LONGEST_MS, 'a clock can be set forward 9 days at most'),
});

/**
 * A node's clock is between `least` and `most` ms ahead of the host's, because the node read it between
 * request and response.
 */
type Skew = LabCondition & { least: number; most: number };

// The tolerance grows with the skew: half a second for a skew of a minute.
const isSkewedBy = ({ least, most }: Pick<Skew, 'least' | 'most'>, ms: number): boolean => {
  const tolerance = Math.max(TOLERANCE_MS, Math.abs(ms) / 100);
  return ms > least - tolerance && ms < most + tolerance;
};

const measureSkew = async (
  context: LabContext,
  node: RunningNode,
): Promise<{ least: number; most: number }> => {
  const before = Date.now();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: bash reads it, in microseconds.
  const there = Number(await runInNode(context, node, 'echo ${EPOCHREALTIME/./}')) / 1000;
  return { least: there - Date.now(), most: there - before };
};

/**
 * Measures the difference between a node's clock and the host's: the most precise of three measurements, where a busy
 * machine makes the first one imprecise.
 */
export const readClockCondition = async (context: LabContext, node: RunningNode): Promise<Skew> => {
  let { least, most } = await measureSkew(context, node);
  for (let more = 2; more > 0 && most - least > TOLERANCE_MS; more -= 1) {
    const again = await measureSkew(context, node);
    if (again.most - again.least < most - least) ({ least, most } = again);
  }
  const middle = (least + most) / 2;
  const measured = `it differs from the host's by ${Math.round(middle)} ms, measured to ${Math.ceil((most - least) / 2)} ms`;
  const seen = { faulty: false, text: `${node.name}'s clock is right: ${measured}`, least, most };
  if (isSkewedBy(seen, 0)) return seen;
  const wrong = `${formatDuration(Math.abs(middle))} ${middle > 0 ? 'ahead' : 'behind'}`;
  return { ...seen, faulty: true, text: `${node.name}'s clock is ${wrong}: ${measured}` };
};

// Adds a difference instead of setting a time, so that the delay until the command runs does not matter.
const addScript = (ms: number): string => `us=$((\${EPOCHREALTIME/./} + ${Math.round(ms * 1000)}))
date -s "@\${us:0:-6}.\${us: -6}"`;

const setSkew = (context: LabContext, node: RunningNode, skewMs: number) =>
  ensureCondition({
    read: () => readClockCondition(context, node),
    isWanted: (now) => isSkewedBy(now, skewMs),
    act: async (before) => {
      let now = before;
      for (let round = 0; round < MOST_ROUNDS && !isSkewedBy(now, skewMs); round += 1) {
        await runInNode(context, node, addScript(skewMs - (now.least + now.most) / 2));
        now = await readClockCondition(context, node);
      }
    },
  });

/**
 * Skews a node's clock by an amount in ms, negative for the past. Timers that count from the boot continue unchanged.
 */
export const skewClock: LabAction = async (context, request) => {
  const { node, skewMs } = skewSchema.parse(request);
  return setSkew(context, findNode(context, node), skewMs);
};

/** Sets a node's clock to the host's. */
export const healClock: LabAction = async (context, request) => {
  const node = findRequestedNode(context, request);
  return undoUnlessDown(context, node, () => setSkew(context, node, 0));
};
