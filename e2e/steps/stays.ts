import type { Backup } from '../longhorn/types.ts';
import type { Duration } from '../observe/duration.ts';
import { type Expectation, ExpectationError } from '../observe/expectation.ts';

/**
 * Watches for a while that a history does not go on (see `remains`): returns when the time is over, throws at once when it does.
 * This is a length of time that is looked at, not a wait for something.
 */
export const stays = async (expectation: Expectation<Backup>, time: Duration): Promise<void> => {
  try {
    await expectation.within(time, 'the stretch in which nothing may change');
  } catch (error) {
    if (error instanceof ExpectationError && error.verdict.state === 'timed-out') return;
    throw error;
  }
};
