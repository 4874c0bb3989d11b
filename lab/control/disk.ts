import { z } from 'zod';
import type { RunningNode } from '../run/nodes.ts';
import { type Condition, turn } from './condition.ts';
import { type Action, type LabContext, nodeNamed } from './context.ts';
import { healFileSystem, lookScript, mapTo } from './disk-scripts.ts';
import { inNode } from './in-node.ts';
import { unlessDown } from './power.ts';

const failSchema = z.object({ node: z.string(), afterSeconds: z.number().int().nonnegative().max(86_400) });
const delaySchema = z.object({ node: z.string(), delayMs: z.number().int().positive().max(60_000) });
const nodeSchema = z.object({ node: z.string() });

type Disk = Condition & {
  /** Its table in the device mapper, as `0 25165824 linear 98:32 0`. */
  table: string;
};

// dm-flakey takes its turns by these: so long that the first failure is for good.
const FOR_GOOD_S = 100_000_000;

const describeFault = (table: string): string | undefined => {
  const [, , target, , , first] = table.split(' ');
  if (target === 'flakey') return `fails for good, from ${first === '0' ? 'the order' : `${first} s after the order`} on`;
  if (target === 'delay') return `makes each read and write wait ${first} ms`;
  return undefined;
};

const describeSystem = (options: string): string => {
  if (options === '') return 'its file system is not mounted';
  return /\b(emergency_)?ro\b/.test(options) ? 'its file system is read-only' : 'its file system is writable';
};

/** Whether a node's disk at /var/lib/longhorn was made to fail or wait, or its file system has not got over that. */
export const lookAtDisk = async (context: LabContext, node: RunningNode): Promise<Disk> => {
  const [table = '', read = '', options = ''] = (await inNode(context, node, lookScript)).split('\n');
  const disk = `${node.name}'s disk at /var/lib/longhorn`;
  const mapped = `its device is a dm-${table.split(' ')[2]}`;
  const reading = read === 'ok' ? 'a read of it goes well' : `a read of it ends with "${read}"`;
  const fault = describeFault(table);
  if (fault !== undefined) return { faulty: true, text: `${disk} ${fault}: ${mapped}, and now ${reading}`, table };
  const system = describeSystem(options);
  const isSound = read === 'ok' && system.endsWith('writable');
  return { faulty: !isSound, text: `${disk} ${isSound ? 'works' : 'does not work'}: ${mapped}, ${reading}, ${system}`, table };
};

/** Makes every read and write of a node's disk fail with EIO, from a time (s) after now. */
export const failDisk: Action = async (context, asked) => {
  const { node: name, afterSeconds } = failSchema.parse(asked);
  const node = nodeNamed(context, name);
  const flakey = `0 ${afterSeconds} ${FOR_GOOD_S}`;
  return turn({
    look: () => lookAtDisk(context, node),
    isSo: ({ table }) => table.includes(' flakey ') && table.includes(` ${flakey} `),
    again: afterSeconds > 0,
    act: () => inNode(context, node, mapTo(`flakey /dev/ubdc ${flakey}`)).then(() => {}),
  });
};

/** Makes every read and write of a node's disk wait. */
export const delayDisk: Action = async (context, asked) => {
  const { node: name, delayMs } = delaySchema.parse(asked);
  const node = nodeNamed(context, name);
  return turn({
    look: () => lookAtDisk(context, node),
    isSo: ({ table }) => table.includes(' delay ') && table.endsWith(` 0 ${delayMs}`),
    act: () => inNode(context, node, mapTo(`delay /dev/ubdc 0 ${delayMs}`)).then(() => {}),
  });
};

/** Makes a node's disk work again, and the file system on it, which may have gone read-only. */
export const healDisk: Action = async (context, asked) => {
  const node = nodeNamed(context, nodeSchema.parse(asked).node);
  return unlessDown(context, node, () =>
    turn({
      look: () => lookAtDisk(context, node),
      isSo: ({ faulty }) => !faulty,
      act: async () => {
        await inNode(context, node, mapTo('linear /dev/ubdc 0'));
        return (await inNode(context, node, healFileSystem)).trim() || undefined;
      },
    }),
  );
};
