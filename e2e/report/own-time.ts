import type { ScenarioReport } from './schema.ts';

/**
 * How long a scenario took by itself, in ms: without its time in line for what others had, which says how
 * many were run beside it.
 */
export const ownTime = ({ duration, account }: Pick<ScenarioReport, 'duration' | 'account'>): number =>
  Math.max(0, duration - account.locks);
