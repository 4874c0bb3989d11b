import { formatDuration } from '../../../kube/duration.ts';
import { type BugId, hasBug } from '../../../longhorn/bugs/bugs.ts';
import { type SharedResource, sharedResources } from '../../../longhorn/shared.ts';
import type { Context } from '../context.ts';
import { step } from '../step.ts';

const list = (things: Iterable<SharedResource>): string =>
  [...things].map((thing) => sharedResources[thing]).join(' and ');

const haveExclusive = async (context: Context, ...things: SharedResource[]): Promise<number> => {
  const waited = await context.turn.exclusive(...things);
  for (const thing of things) context.exclusive.add(thing);
  return waited;
};

/** The steps with which a scenario gets its declared exclusive things, and releases them. */
export const turnSteps = {
  /**
   * Gets all things at once, until everything of the scenario is removed from Longhorn. Earlier steps ran beside
   * other scenarios.
   */
  'given.exclusive': step({
    sentence: 'Given that nobody else uses {things}',
    parameters: (...things) => ({ things: list(things) }),
    action: haveExclusive,
    detail: (waited) => `waited ${formatDuration(waited)}`,
  }),
  /** The same, but only if this Longhorn has a bug that would affect other scenarios. */
  'given.exclusiveBefore': step({
    sentence: 'Given that nobody else uses {things}',
    parameters: (_, ...things) => ({ things: list(things) }),
    only: ({ version }, bug) => hasBug(bug, version),
    action: (context: Context, _: BugId, ...things: SharedResource[]) => haveExclusive(context, ...things),
    detail: (waited) => `waited ${formatDuration(waited)}`,
  }),
  /**
   * Releases all exclusive and shared things. The following steps must only read the scenario's own store, until its
   * cleanup.
   */
  'when.sharedAgain': step({
    sentence: 'When others may use {things} again',
    parameters: () => ({ things: ({ exclusive }: Context) => list(exclusive) }),
    action: (context: Context) => context.turn.releaseUntilCleanup(),
  }),
  /** Releases all exclusive things. The following steps use them beside other scenarios, as before. */
  'when.shared': step({
    sentence: 'When other scenarios may use {things} too',
    parameters: () => ({ things: ({ exclusive }: Context) => list(exclusive) }),
    action: (context: Context) => context.turn.share(),
    detail: (waited) => `waited ${formatDuration(waited)}`,
  }),
};
