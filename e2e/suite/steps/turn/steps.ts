import { formatDuration } from '../../../kube/duration.ts';
import { type BugId, hasBug } from '../../../longhorn/bugs/bugs.ts';
import { type SharedThing, sharedThings } from '../../../longhorn/shared.ts';
import type { Context } from '../context.ts';
import { step } from '../step.ts';

const list = (things: Iterable<SharedThing>): string =>
  [...things].map((thing) => sharedThings[thing]).join(' and ');

const haveExclusive = async (context: Context, ...things: SharedThing[]): Promise<number> => {
  const waited = await context.turn.exclusive(...things);
  for (const thing of things) context.exclusive.add(thing);
  return waited;
};

/** The steps by which a scenario gets for itself what it declares to need alone, and gives it back. */
export const turnSteps = {
  /**
   * All of them at once, until nothing of it is left in Longhorn; what was set up before was set up beside
   * other scenarios.
   */
  'given.exclusive': step({
    sentence: 'Given that nobody else uses {things}',
    parameters: (...things) => ({ things: list(things) }),
    action: haveExclusive,
    detail: (waited) => `waited ${formatDuration(waited)}`,
  }),
  /** The same where this Longhorn has a bug by which others would be hurt; where it has not, nothing. */
  'given.exclusiveBefore': step({
    sentence: 'Given that nobody else uses {things}',
    parameters: (_, ...things) => ({ things: list(things) }),
    only: ({ version }, bug) => hasBug(bug, version),
    action: (context: Context, _: BugId, ...things: SharedThing[]) => haveExclusive(context, ...things),
    detail: (waited) => `waited ${formatDuration(waited)}`,
  }),
  /**
   * What the scenario had alone is everybody's again, and so is all that it shared: what follows, up to its
   * cleanup, looks at its own store only.
   */
  'when.givenBack': step({
    sentence: 'When others may use {things} again',
    parameters: () => ({ things: ({ exclusive }: Context) => list(exclusive) }),
    action: (context: Context) => context.turn.releaseUntilCleanup(),
  }),
};
