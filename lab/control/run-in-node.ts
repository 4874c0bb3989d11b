import { z } from 'zod';
import { type Action, nodeNamed } from './context.ts';

const schema = z.object({ node: z.string(), script: z.string(), withinMs: z.number().positive().optional() });

/** Runs a bash script in a node, as root, and says what it came to. */
export const runInNode: Action = async (context, asked) => {
  const { node, script, withinMs } = schema.parse(asked);
  return nodeNamed(context, node)
    .current()
    .agent.run(script, withinMs === undefined ? {} : { within: withinMs });
};
