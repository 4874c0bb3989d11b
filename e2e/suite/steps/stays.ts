import type { Expectation } from '../../history/expectation.ts';
import type { Duration } from '../../kube/duration.ts';
import type { Backup } from '../../longhorn/types.ts';

/**
 * Watches for a while that a history does not go on (see `remains`): returns when the time is over, throws at once when it does.
 * This is a length of time that is looked at, not a wait for something.
 */
export const stays = (expectation: Expectation<Backup>, time: Duration): Promise<void> =>
  expectation.undecidedFor(time, 'the stretch in which nothing may change');
