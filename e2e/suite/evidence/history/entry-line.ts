import type { RecordedEvent } from '../../../history/recording.ts';
import type { GapEntry, ObjectEntry } from '../../../history/timeline.ts';
import { withoutManagedFields } from '../../../kube/objects.ts';
import { countUpTo, type RecordedWatch } from './places.ts';

/** Writes a time in ms since the epoch as seconds from the start of a history. */
export type Seconds = (at: number) => number;

const types = { listed: 'ADDED', added: 'ADDED', modified: 'MODIFIED', deleted: 'DELETED' } as const;

/** The line of a state that an object was seen in. */
export const toObjectLine = (
  { kind, at, object, inferred }: ObjectEntry,
  { place, seconds }: Pick<RecordedWatch, 'place'> & { seconds: Seconds },
): RecordedEvent => ({
  at: seconds(at),
  type: types[kind],
  ...place,
  object: withoutManagedFields(object),
  ...(kind === 'listed' && { listed: true as const }),
  ...(inferred && { inferred }),
});

/**
 * The line of a gap. Which earlier ones it throws doubt on is a number of lines: their order of arrival is
 * not known in another process.
 */
export const toGapLine = (
  { at, since, from, reason }: GapEntry,
  { place, sequences, seconds }: RecordedWatch & { seconds: Seconds },
): RecordedEvent => ({
  at: seconds(at),
  type: 'GAP',
  ...place,
  reason,
  since: seconds(since),
  ...(from !== undefined && { doubts: sequences.length - countUpTo(sequences, from - 1) }),
});
