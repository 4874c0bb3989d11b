import { deleteError, deleteErrorSameTime, lockConflict, normal } from './deletion-plays.ts';
import { wrappedEngine } from './engine-plays.ts';
import { controllerCrash, held, heldCrash } from './held-plays.ts';
import { faultyCleanup, recurringJob } from './job-plays.ts';
import type { Play } from './play.ts';

/**
 * A play with what it needs: a cluster of its own, as it disturbs all of it; root, as only root can make a
 * single file immutable.
 */
export type Staged = {
  play: Play;
  disturbs?: true;
  root?: true /** Names that are not played. */;
  leftOut?: RegExp;
};

/** A play for each recording. */
export const plays: Record<string, Staged> = {
  'v1.12.1/normal': { play: normal({ volume: 'vz-n', of: 'zn' }) },
  'v1.12.1/delete-error': { play: deleteError({ volume: 'vz-e', of: 'ze' }), root: true },
  'v1.12.1/lock-conflict': { play: lockConflict({ volume: 'vz-l', of: 'zl' }) },
  'v1.12.1/held': { play: held({ volume: 'hold', of: 'ho' }) },
  'v1.12.1/controller-crash': {
    play: controllerCrash({ volume: 'vz-c', of: 'zc' }),
    disturbs: true,
    root: true,
  },
  'v1.12.1/held-crash': { play: heldCrash({ volume: 'hold', of: 'ho' }), disturbs: true },
  'v1.12.1/recurring-job': { play: recurringJob },
  'v1.12.1/recurring-job-faulty-cleanup': { play: faultyCleanup, leftOut: /^ra$|[ -]ra$|-ra-|^rj-a$/ },
  'v1.8.2/normal': { play: normal({ volume: 'vz-n', of: 'zn' }) },
  'v1.8.2/delete-error': { play: deleteError({ volume: 'vz-e', of: 'ze' }), root: true },
  'v1.8.2/delete-error-same-time': { play: deleteErrorSameTime({ volume: 'same', of: 'sa' }), root: true },
  'v1.8.2/wrapped-engine': { play: wrappedEngine({ volume: 'same', of: 'sa' }), disturbs: true },
};

const mayPlay = ({ root }: Staged): boolean => !root || process.getuid?.() === 0;

const namesOf = (is: (staged: Staged) => boolean): string[] =>
  Object.entries(plays).flatMap(([name, staged]) => (is(staged) ? [name] : []));

/** The recordings by how they are played here. */
export const casts = {
  together: namesOf((staged) => mayPlay(staged) && !staged.disturbs),
  apart: namesOf((staged) => mayPlay(staged) && staged.disturbs === true),
  /** Not played by an ordinary user. */
  left: namesOf((staged) => !mayPlay(staged)),
};
