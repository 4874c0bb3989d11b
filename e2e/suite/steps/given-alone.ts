import { formatDuration } from '../../kube/duration.ts';
import { type SharedThing, sharedThings } from '../../longhorn/shared.ts';
import type { Context } from './context.ts';

/** The step by which a scenario gets for itself what it declares to need alone. */
export type GivenAlone = {
  /** All of them at once, until nothing of it is left in Longhorn; what was set up before was set up beside other scenarios. */
  alone(...things: SharedThing[]): Promise<void>;
};

/** The step by which it gives that back. */
export type WhenGivenBack = {
  /** What the scenario had alone is everybody's again, and so is all that it shared: what follows, up to its clean-up, looks at its own store only. */
  givenBack(): Promise<void>;
};

/** Makes that step. */
export const createWhenGivenBack = (context: Context): WhenGivenBack => ({
  givenBack: () =>
    context.step(`When others may use ${[...context.alone].map((thing) => sharedThings[thing]).join(' and ')} again`, () => context.rest()),
});

/** Makes the step that gets it. */
export const createGivenAlone = (context: Context): GivenAlone => ({
  alone: (...things) =>
    context
      .step(
        `Given that nobody else uses ${things.map((thing) => sharedThings[thing]).join(' and ')}`,
        async () => {
          const waited = await context.haveAlone(...things);
          for (const thing of things) context.alone.add(thing);
          return waited;
        },
        (waited) => `waited ${formatDuration(waited)}`,
      )
      .then(() => {}),
});
