import type { PointsTo } from './schema.ts';

const suspects: Record<PointsTo['at'], string> = {
  longhorn: 'Longhorn',
  cluster: 'the cluster',
  suite: 'the suite',
  unclear: 'not clear',
};

/** Names the place where to look first. The emulator is not called Longhorn. */
export const describeSuspect = ({ at }: Pick<PointsTo, 'at'>, target: string): string =>
  at === 'longhorn' && target === 'emulator' ? 'the emulator (in the place of Longhorn)' : suspects[at];
