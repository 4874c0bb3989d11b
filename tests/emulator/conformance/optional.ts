import type { Told } from './transcript.ts';

type Is = Told['is'] | undefined;

const field = (is: Is, name: string): string | undefined =>
  is === undefined || is === 'gone' ? undefined : is[name];

/**
 * A state that comes or does not come by luck: with which others before and after it in the history of its
 * object.
 */
export type Optional = {
  resource: string;
  why: string;
  matches(is: Is, around: { before: Is; after: Is }): boolean;
};

/**
 * What may be missing on either side, and nothing else may. Each of these is there in some recordings and not
 * in others, which a test sees to.
 */
export const optional: readonly Optional[] = [
  {
    resource: 'backups',
    why: 'an upload that ends before the first question for its progress is never seen InProgress',
    matches: (is, { before, after }) =>
      field(is, 'state') === 'InProgress' &&
      ['new', 'Pending'].includes(field(before, 'state') ?? '') &&
      field(after, 'state') === 'Completed',
  },
  {
    resource: 'backupvolumes',
    why: 'a poll of the target may meet a volume whose first backup is still uploading',
    matches: (is, { before }) =>
      field(is, 'lastBackup') === 'none' &&
      field(is, 'dataStored') === '0' &&
      field(before, 'lastBackup') === 'none' &&
      field(before, 'dataStored') === undefined,
  },
  {
    resource: 'snapshots',
    why: 'up to v1.8 a snapshot has no status before it is ready',
    matches: (is, { before }) => field(is, 'state') === 'not ready' && before === undefined,
  },
];

/** Why a state may be missing on one side, undefined if it may not. */
export const mayBeMissing = (
  resource: string,
  is: Is,
  around: { before: Is; after: Is },
): string | undefined => optional.find((rule) => rule.resource === resource && rule.matches(is, around))?.why;
