import type { Backup } from '../../../longhorn/types.ts';
import { type Expectation, gone, type Step } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { type Actor, is, story } from '../backup/expectations.ts';
import { failed } from '../deletion/expectations.ts';

/** Who refuses the removal of an old backup's files, and what its Backup says then. */
export const refusals = { 'the mount': 'deletion-read-only', 'the store': 'deletion-denied' } as const;

export type Refusing = keyof typeof refusals;

type OldOne = { backup: Actor; version: string };

const untilOld = [is(''), is('Pending'), is('InProgress'), is('Completed')];

const isRefused = (by: readonly Refusing[], version: string): Step<Backup> =>
  failed(
    `Error (with the refusal of ${by.join(' or ')})`,
    by.map((each) => refusals[each]),
    version,
  );

// A deletion that is tried while another backup of the volume uploads loses the lock, and is tried again.
const isLocked = (version: string): Step<Backup> => failed('Error (with the text on a lock)', ['deletion-lost-lock'], version);

/** A backup of an earlier run is deleted by a later one, and its deletion fails. */
export const oldOneFails = (backups: Timeline<Backup>, { backup, version, by }: OldOne & { by: Refusing }): Expectation<Backup> =>
  story(backups, backup)
    .startingAs(...untilOld)
    .goes(is('Deleting'), isRefused([by], version))
    .allowing(isLocked(version));

/** A backup of an earlier run is deleted by a later one, at once or after any number of failures. */
export const oldOneGoes = (backups: Timeline<Backup>, { backup, version }: OldOne): Expectation<Backup> =>
  story(backups, backup)
    .startingAs(...untilOld)
    .goes(is('Deleting'), gone)
    .allowing(isRefused(['the mount', 'the store'], version), isLocked(version));
