import { z } from 'zod';
import type { RunningNode } from '../run/nodes.ts';
import {
  readApiServerCondition,
  restartApiServer,
  startStoppedApiServer,
  stopApiServer,
} from './api-server.ts';
import { applyAsAdmin } from './apply.ts';
import { healClock, readClockCondition, skewClock } from './clock.ts';
import { compactRevisions } from './compact.ts';
import type { LabCondition, ReadLabCondition } from './condition.ts';
import { findNode, type LabAction, type LabContext } from './context.ts';
import { cpuByComponent } from './cpu.ts';
import { disconnectNode, readCableCondition, reconnectNode } from './cut.ts';
import { delayDisk, failDisk, healDisk, readDiskCondition } from './disk.ts';
import { freezeNode, readFreezeCondition, thawNode } from './freeze.ts';
import { importImages } from './import-images.ts';
import { crashNode, readPowerCondition, startNode } from './power.ts';
import { healNetwork, readSpeedCondition, slowNetwork } from './slow.ts';

// `outer` conditions are checked from outside the node, before `inner` ones: a node that is down or frozen
// does not respond.
const outer: Record<string, ReadLabCondition> = {
  power: readPowerCondition,
  freeze: readFreezeCondition,
  cable: readCableCondition,
};
const inner: Record<string, ReadLabCondition> = {
  speed: readSpeedCondition,
  disk: readDiskCondition,
  clock: readClockCondition,
};
const readers = { ...outer, ...inner };

const requestSchema = z.union([
  z.object({ at: z.literal('apiserver') }),
  z.object({ at: z.enum(Object.keys(readers)), node: z.string() }),
]);

/** Reads one condition of the lab: whether a fault is in force, and the evidence. */
const read: LabAction = async (context, request) => {
  const what = requestSchema.parse(request);
  if (!('node' in what)) return readApiServerCondition(context);
  return readers[what.at]?.(context, findNode(context, what.node));
};

const ofNode = async (context: LabContext, node: RunningNode): Promise<LabCondition[]> => {
  const seen = await Promise.all(Object.values(outer).map((each) => each(context, node)));
  const [power, freeze] = seen;
  if (power?.faulty || freeze?.faulty) return seen;
  return [...seen, ...(await Promise.all(Object.values(inner).map((each) => each(context, node))))];
};

/** All faults in force in a lab, as sentences. `of` is a node's name or `apiserver`. */
const faults: LabAction = async (context) => {
  const subjects = [
    { of: 'apiserver', conditions: readApiServerCondition(context).then((one) => [one]) },
    ...context.nodes.map((node) => ({
      of: node.name,
      conditions: ofNode(context, node).catch((error: Error) => [{ faulty: true, text: error.message }]),
    })),
  ];
  const all = await Promise.all(
    subjects.map(async ({ of, conditions }) => (await conditions).map((one) => ({ of, ...one }))),
  );
  return all
    .flat()
    .filter(({ faulty }) => faulty)
    .map(({ of, text }) => ({ of, text }));
};

const runSchema = z.object({
  node: z.string(),
  script: z.string(),
  withinMs: z.number().positive().optional(),
});

/** Runs a bash script in a node as root. Returns exit code and output. */
const runScriptInNode: LabAction = async (context, request) => {
  const { node, script, withinMs } = runSchema.parse(request);
  return findNode(context, node)
    .current()
    .agent.run(script, withinMs === undefined ? {} : { within: withinMs });
};

/** All actions of a running lab, by name. */
export const labActions: Record<string, LabAction> = {
  run: runScriptInNode,
  look: read,
  faults,
  crash: crashNode,
  start: startNode,
  freeze: freezeNode,
  thaw: thawNode,
  cut: disconnectNode,
  join: reconnectNode,
  slow: slowNetwork,
  fast: healNetwork,
  'disk-fail': failDisk,
  'disk-delay': delayDisk,
  'disk-heal': healDisk,
  'clock-skew': skewClock,
  'clock-heal': healClock,
  'apiserver-stop': stopApiServer,
  'apiserver-start': startStoppedApiServer,
  'apiserver-restart': restartApiServer,
  'etcd-compact': compactRevisions,
  'import-images': importImages,
  apply: applyAsAdmin,
  cpu: cpuByComponent,
};
