import type { ApiServer } from '../run/api-server.ts';
import type { RunningNode } from '../run/nodes.ts';
import type { Processes } from '../run/processes.ts';
import type { LabSettings } from '../run/settings.ts';

/**
 * What an action on a lab that is up is given; it runs in the lab's supervisor, inside the lab's namespaces.
 */
export type LabContext = {
  settings: LabSettings;
  nodes: readonly RunningNode[];
  apiServer: ApiServer;
  processes: Processes;
};

/** Something that a lab does when it is asked to; `asked` is JSON from outside, the result becomes JSON. */
export type LabAction = (context: LabContext, request: unknown) => Promise<unknown>;

/** The node of that name; throws with the names that there are. */
export const nodeNamed = ({ nodes }: LabContext, name: string): RunningNode => {
  const found = nodes.find((node) => node.name === name);
  if (found === undefined)
    throw new Error(`the lab has no node named ${name}; it has ${nodes.map((node) => node.name).join(', ')}`);
  return found;
};
