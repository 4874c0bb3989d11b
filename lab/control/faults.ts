import { z } from 'zod';
import type { RunningNode } from '../run/nodes.ts';
import { lookAtApiServer } from './api-server.ts';
import { lookAtClock } from './clock.ts';
import type { Condition, Look } from './condition.ts';
import { type Action, type LabContext, nodeNamed } from './context.ts';
import { lookAtCable } from './cut.ts';
import { lookAtDisk } from './disk.ts';
import { lookAtFreeze } from './freeze.ts';
import { lookAtPower } from './power.ts';
import { lookAtSpeed } from './slow.ts';

// From without, then from within: who is down or frozen answers nothing.
const outer: Record<string, Look> = { power: lookAtPower, freeze: lookAtFreeze, cable: lookAtCable };
const inner: Record<string, Look> = { speed: lookAtSpeed, disk: lookAtDisk, clock: lookAtClock };
const looks = { ...outer, ...inner };

const lookSchema = z.union([z.object({ at: z.literal('apiserver') }), z.object({ at: z.enum(Object.keys(looks)), node: z.string() })]);

/** Looks at one thing that can be made to fail: whether a fault of it is in force, and what shows it. */
export const look: Action = async (context, asked) => {
  const what = lookSchema.parse(asked);
  if (!('node' in what)) return lookAtApiServer(context);
  return looks[what.at]?.(context, nodeNamed(context, what.node));
};

const ofNode = async (context: LabContext, node: RunningNode): Promise<Condition[]> => {
  const seen = await Promise.all(Object.values(outer).map((each) => each(context, node)));
  const [power, freeze] = seen;
  if (power?.faulty || freeze?.faulty) return seen;
  return [...seen, ...(await Promise.all(Object.values(inner).map((each) => each(context, node))))];
};

/** All faults of a lab that are in force now, as sentences, by what they are faults of: a node's name, or `apiserver`. */
export const faults: Action = async (context) => {
  const subjects = [
    { of: 'apiserver', conditions: lookAtApiServer(context).then((one) => [one]) },
    ...context.nodes.map((node) => ({
      of: node.name,
      conditions: ofNode(context, node).catch((error: Error) => [{ faulty: true, text: error.message }]),
    })),
  ];
  const all = await Promise.all(subjects.map(async ({ of, conditions }) => (await conditions).map((one) => ({ of, ...one }))));
  return all
    .flat()
    .filter(({ faulty }) => faulty)
    .map(({ of, text }) => ({ of, text }));
};
