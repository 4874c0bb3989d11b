import type { RecordedEvent, RecordedLine, Recording } from '../../e2e/history/recording.ts';
import type { Backup } from './longhorn-recordings.ts';

/**
 * A bug of the kind that Longhorn has had, or could have, put into a recording; the recording itself is left
 * as it is.
 */
export type Mutation = (recording: Recording) => Recording;

/** An event of a backup, while a mutation looks at it. */
type BackupEvent = { at: number; type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: Backup };

type Pick = (event: BackupEvent) => boolean;

/** Events of one backup: all of them, or those in a state. */
export const of =
  (name: string, ...states: string[]): Pick =>
  ({ object, type }) =>
    object.metadata.name === name &&
    type !== 'DELETED' &&
    (states.length === 0 || states.includes(object.status?.state ?? ''));

/** The event that tells of a backup's end. */
export const endOf =
  (name: string): Pick =>
  ({ object, type }) =>
    object.metadata.name === name && type === 'DELETED';

const onBackups = (
  recording: Recording,
  change: (event: BackupEvent, line: RecordedEvent) => RecordedLine[],
): Recording => ({
  ...recording,
  lines: recording.lines.flatMap((line) =>
    'object' in line && line.resource === 'backups' ? change(line as BackupEvent, line) : [line],
  ),
});

/** Events that never came. */
export const without =
  (...picks: Pick[]): Mutation =>
  (recording) =>
    onBackups(recording, (event, line) => (picks.some((pick) => pick(event)) ? [] : [line]));

/** Another status than was recorded. */
export const withStatus =
  (pick: Pick, change: (status: NonNullable<Backup['status']>) => Backup['status']): Mutation =>
  (recording) =>
    onBackups(recording, (event, line) => {
      if (!pick(event)) return [line];
      return [
        { ...line, object: { ...event.object, status: change(event.object.status ?? {}) } } as RecordedEvent,
      ];
    });

/** Another uid than was recorded: as if the object had been made again. */
export const madeAgain =
  (pick: Pick): Mutation =>
  (recording) =>
    onBackups(recording, (event, line) => {
      if (!pick(event)) return [line];
      return [
        {
          ...line,
          object: { ...event.object, metadata: { ...event.object.metadata, uid: 'another-uid' } },
        } as RecordedEvent,
      ];
    });

/** The first event picked comes right before the first event of the other kind. */
export const movedBefore =
  (pick: Pick, other: Pick): Mutation =>
  (recording) => {
    const events = recording.lines.filter(
      (line): line is RecordedEvent => 'object' in line && line.resource === 'backups',
    );
    const moved = events.find((event) => pick(event as BackupEvent));
    if (moved === undefined) throw new Error('no event to move');
    return onBackups(recording, (event, line) => {
      if (line === moved) return [];
      return other(event) ? [{ ...moved, at: event.at }, line] : [line];
    });
  };

/** The watch lost what happened right before the first event picked. */
export const gapBefore =
  (pick: Pick): Mutation =>
  (recording) => {
    let done = false;
    return onBackups(recording, (event, line) => {
      if (done || !pick(event)) return [line];
      done = true;
      return [
        { at: event.at, type: 'GAP', resource: 'backups', reason: 'the events were compacted away' },
        line,
      ];
    });
  };

/** One mutation after the other. */
export const both =
  (...mutations: Mutation[]): Mutation =>
  (recording) =>
    mutations.reduce((changed, mutate) => mutate(changed), recording);
