import { z } from 'zod';
import type { RunningNode } from '../run/nodes.ts';
import { ensureCondition, type LabCondition } from './condition.ts';
import { findNode, findRequestedNode, type LabAction, type LabContext } from './context.ts';
import { runInNode } from './in-node.ts';
import { undoUnlessDown } from './power.ts';

const slowSchema = z
  .object({
    node: z.string(),
    delayMs: z.number().nonnegative().default(0),
    lossPercent: z.number().min(0).max(100).default(0),
  })
  .refine(
    ({ delayMs, lossPercent }) => delayMs + lossPercent > 0,
    'neither a delay nor a loss is given: one of them must be above 0',
  );

const qdiscSchema = z.array(
  z.object({
    kind: z.string(),
    dev: z.string(),
    // tc prints a delay in seconds and a loss as a fraction.
    options: z
      .object({
        delay: z.object({ delay: z.number() }).optional(),
        'loss-random': z.object({ loss: z.number() }).optional(),
      })
      .optional(),
  }),
);

type Slowness = LabCondition & { delayMs: number; lossPercent: number };

/** Whether the traffic of a node is delayed or lost because of a fault. */
export const readSpeedCondition = async (context: LabContext, node: RunningNode): Promise<Slowness> => {
  const netem = qdiscSchema
    .parse(JSON.parse(await runInNode(context, node, 'tc -json qdisc show')))
    .filter(({ kind, dev }) => kind === 'netem' && ['vec0', 'ifb0'].includes(dev));
  const options = netem[0]?.options;
  const delayMs = Math.round((options?.delay?.delay ?? 0) * 1000);
  const lossPercent = Number(((options?.['loss-random']?.loss ?? 0) * 100).toFixed(2));
  if (netem.length === 0)
    return {
      faulty: false,
      text: `${node.name} is as fast as ever: no netem on its network`,
      delayMs,
      lossPercent,
    };
  const where = netem
    .map(({ dev }) => (dev === 'vec0' ? 'what it sends (vec0)' : 'what it receives (ifb0)'))
    .join(' and ');
  return {
    faulty: true,
    text: `${node.name} is slow: netem delays ${where} by ${delayMs} ms and loses ${lossPercent} % of it`,
    delayMs,
    lossPercent,
  };
};

// netem works only on outgoing traffic of an interface. Incoming traffic is redirected through another interface, ifb0.
const slowScript = (netem: string): string => `set -e
modprobe ifb numifbs=0
modprobe -a sch_netem sch_ingress cls_matchall act_mirred
[ -e /sys/class/net/ifb0 ] || ip link add ifb0 type ifb
ip link set ifb0 up
tc qdisc replace dev vec0 root netem ${netem}
tc qdisc replace dev ifb0 root netem ${netem}
[ "$(tc filter show dev vec0 ingress)" ] || {
  tc qdisc replace dev vec0 ingress
  tc filter add dev vec0 ingress matchall action mirred egress redirect dev ifb0
}`;

const fastScript = `
tc qdisc del dev vec0 ingress
ip link del ifb0
tc qdisc del dev vec0 root
true`;

/** Delays a node's traffic in both directions, or loses a share of it. */
export const slowNetwork: LabAction = async (context, request) => {
  const { node: name, delayMs, lossPercent } = slowSchema.parse(request);
  const node = findNode(context, name);
  return ensureCondition({
    read: () => readSpeedCondition(context, node),
    // netem rounds to its own steps.
    isWanted: (now) =>
      now.faulty && Math.abs(now.delayMs - delayMs) <= 1 && Math.abs(now.lossPercent - lossPercent) <= 0.01,
    act: () => runInNode(context, node, slowScript(`delay ${delayMs}ms loss ${lossPercent}%`)).then(() => {}),
  });
};

/** Removes delay and loss from a node's network. */
export const healNetwork: LabAction = async (context, request) => {
  const node = findRequestedNode(context, request);
  return undoUnlessDown(context, node, () =>
    ensureCondition({
      read: () => readSpeedCondition(context, node),
      isWanted: ({ faulty }) => !faulty,
      act: () => runInNode(context, node, fastScript).then(() => {}),
    }),
  );
};
