import type { RecordedEvent } from '../../../history/recording.ts';
import type { GapEntry, ObjectEntry } from '../../../history/timeline.ts';
import { withoutManagedFields } from '../../../kube/objects.ts';
import { countUpTo, type RecordedWatch } from './recorded-watches.ts';

/** Converts a time in ms since the epoch to seconds since the start of a history. */
export type Seconds = (at: number) => number;

const types = { listed: 'ADDED', added: 'ADDED', modified: 'MODIFIED', deleted: 'DELETED' } as const;

/** Returns the history line for one observed state of an object. */
export const toObjectLine = (
  { kind, at, object, inferred }: ObjectEntry,
  { origin, seconds }: Pick<RecordedWatch, 'origin'> & { seconds: Seconds },
): RecordedEvent => ({
  at: seconds(at),
  type: types[kind],
  ...origin,
  object: withoutManagedFields(object),
  ...(kind === 'listed' && { listed: true as const }),
  ...(inferred && { inferred }),
});

/**
 * Returns the history line for a gap in a watch. `doubts` is the number of earlier lines that the gap makes doubtful.
 * A count is written, because sequence numbers have no meaning in another process.
 */
export const toGapLine = (
  { at, since, from, reason }: GapEntry,
  { origin, sequences, seconds }: RecordedWatch & { seconds: Seconds },
): RecordedEvent => ({
  at: seconds(at),
  type: 'GAP',
  ...origin,
  reason,
  since: seconds(since),
  ...(from !== undefined && { doubts: sequences.length - countUpTo(sequences, from - 1) }),
});
