import type { Verdict } from '../../history/expectation.ts';

/** When an expectation that was met reached a step (counted from 0), and the resourceVersion that the object had then. */
export const reached = ({ steps }: Verdict, position: number): { at: number; resourceVersion: string } => {
  const found = steps[position]?.reached;
  if (found === undefined) throw new Error(`an expectation was met without its step ${position + 1}`);
  return found;
};
