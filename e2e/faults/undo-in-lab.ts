import { z } from 'zod';
import type { Cluster } from '../kube/cluster.ts';
import { askLab, LabGone } from './ask-lab.ts';

const schema = z.object({
  lab: z.string(),
  undo: z.looseObject({ action: z.enum(['start', 'thaw', 'join', 'fast', 'disk-heal', 'clock-heal', 'apiserver-start']) }),
});

/** A fault of a lab: the lab's folder, and what it is asked to do to undo it. */
export type LabFault = z.infer<typeof schema>;

const goneWithIt = 'the lab is gone, and the fault with it';

/** Undoes a fault of a lab; one whose lab is not up any more has gone with it. */
export const undoInLab = async (_: Cluster, data: unknown): Promise<string> => {
  const { lab, undo } = schema.parse(data);
  try {
    return (await askLab(lab, undo)).text;
  } catch (error) {
    if (error instanceof LabGone) return goneWithIt;
    throw error;
  }
};

/** Says so when a fault was one of a lab that is not up any more: then there is no cluster to heal it in, nor a need to. */
export const goneWithItsLab = async ({ kind, data }: { kind: string; data: unknown }): Promise<string | undefined> => {
  if (kind !== 'lab') return undefined;
  const { lab } = schema.parse(data);
  const error = await askLab(lab, { action: 'look', at: 'apiserver' }).catch((thrown: unknown) => thrown);
  return error instanceof LabGone ? goneWithIt : undefined;
};
