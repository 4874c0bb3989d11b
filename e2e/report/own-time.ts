import type { ScenarioReport } from './schema.ts';

/**
 * The time of a scenario without its waits for locks, in ms. Those waits depend on the scenarios that run in parallel.
 */
export const ownTime = ({ duration, account }: Pick<ScenarioReport, 'duration' | 'account'>): number =>
  Math.max(0, duration - account.locks);
