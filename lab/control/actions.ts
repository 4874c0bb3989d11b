import type { Action } from './context.ts';
import { runInNode } from './run-in-node.ts';

/** All that a lab that is up can be asked to do, by name. */
export const actions: Record<string, Action> = {
  run: runInNode,
};
