import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { ensureCondition, type ReadLabCondition } from './condition.ts';
import { findRequestedNode, type LabAction, type LabContext } from './context.ts';

const linkSchema = z.array(z.object({ flags: z.array(z.string()) })).length(1);

const ip = ({ settings }: LabContext, ...args: string[]) => execa(join(settings.tools, 'ip'), args);

/** Whether a node is disconnected from the network. */
export const readCableCondition: ReadLabCondition = async (context, { name, port }) => {
  const { stdout } = await ip(context, '-json', 'link', 'show', 'dev', port);
  const isUp = linkSchema.parse(JSON.parse(stdout))[0]?.flags.includes('UP') === true;
  return isUp
    ? { faulty: false, text: `${name} is joined: ${port}, its port on the bridge, is up` }
    : { faulty: true, text: `${name} is cut off: ${port}, its port on the bridge, is down` };
};

const setPort =
  (state: 'up' | 'down'): LabAction =>
  async (context, request) => {
    const node = findRequestedNode(context, request);
    return ensureCondition({
      read: () => readCableCondition(context, node),
      isWanted: ({ faulty }) => faulty === (state === 'down'),
      act: async () => {
        await ip(context, 'link', 'set', node.port, state);
      },
    });
  };

/** Cuts a node off the network: it neither receives nor delivers any packet. */
export const disconnectNode: LabAction = setPort('down');

/** Reconnects a node to the network. */
export const reconnectNode: LabAction = setPort('up');
