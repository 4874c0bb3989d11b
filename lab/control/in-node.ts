import type { RunningNode } from '../run/nodes.ts';
import type { LabContext } from './context.ts';
import { readFreezeCondition } from './freeze.ts';
import { readPowerCondition } from './power.ts';

/**
 * Runs a bash script in a node and returns its output. Throws if the script fails, or if the node is down or frozen.
 */
export const runInNode = async (context: LabContext, node: RunningNode, script: string): Promise<string> => {
  const [power, freeze] = [await readPowerCondition(context, node), await readFreezeCondition(context, node)];
  if (power.faulty) throw new Error(`${power.text}; start it first`);
  if (freeze.faulty) throw new Error(`${freeze.text}; thaw it first`);
  const { exitCode, stdout, stderr } = await node.current().agent.run(script);
  if (exitCode !== 0)
    throw new Error(
      `a command in ${node.name} failed (exit code ${exitCode}): ${stderr.trim() || 'it said nothing'}`,
    );
  return stdout;
};
