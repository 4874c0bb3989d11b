import { z } from 'zod';
import type { ApiServer } from '../run/api-server.ts';
import type { RunningNode } from '../run/nodes.ts';
import type { Processes } from '../run/processes.ts';
import type { LabSettings } from '../run/settings.ts';

/** What an action on a running lab gets. Actions run in the lab's supervisor, inside the lab's namespaces. */
export type LabContext = {
  settings: LabSettings;
  nodes: readonly RunningNode[];
  apiServer: ApiServer;
  processes: Processes;
};

/** An action of a lab. `request` is JSON from outside, and the result becomes JSON. */
export type LabAction = (context: LabContext, request: unknown) => Promise<unknown>;

/** Returns the node of that name. The error lists the existing names. */
export const findNode = ({ nodes }: LabContext, name: string): RunningNode => {
  const found = nodes.find((node) => node.name === name);
  if (found === undefined)
    throw new Error(`the lab has no node named ${name}; it has ${nodes.map((node) => node.name).join(', ')}`);
  return found;
};

const schema = z.object({ node: z.string() });

/** Returns the node that a request names. */
export const findRequestedNode = (context: LabContext, request: unknown): RunningNode =>
  findNode(context, schema.parse(request).node);
