import { isDeepStrictEqual } from 'node:util';
import type { Told, Transcript } from './transcript.ts';

type Pair<T> = { expected?: T; got?: T };

/**
 * Puts two sequences side by side so that as many as possible are the same; what is left between them is
 * paired in order.
 */
const align = <T>(expected: readonly T[], got: readonly T[], same: (a: T, b: T) => boolean): Pair<T>[] => {
  // The longest common subsequence of all rests; the sequences have tens of elements.
  const lengths = Array.from({ length: expected.length + 1 }, () =>
    new Array<number>(got.length + 1).fill(0),
  );
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = expected.length - 1; i >= 0; i -= 1) {
    for (let j = got.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] as number[];
      row[j] = same(expected[i] as T, got[j] as T)
        ? length(i + 1, j + 1) + 1
        : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const pairs: Pair<T>[] = [];
  let left: T[] = [];
  let right: T[] = [];
  const flush = (): void => {
    for (let k = 0; k < Math.max(left.length, right.length); k += 1) {
      pairs.push({
        ...(k < left.length && { expected: left[k] as T }),
        ...(k < right.length && { got: right[k] as T }),
      });
    }
    [left, right] = [[], []];
  };
  let [i, j] = [0, 0];
  while (i < expected.length || j < got.length) {
    const [a, b] = [expected[i] as T, got[j] as T];
    if (i < expected.length && j < got.length && same(a, b)) {
      flush();
      pairs.push({ expected: a, got: b });
      i += 1;
      j += 1;
    } else if (j >= got.length || (i < expected.length && length(i + 1, j) >= length(i, j + 1))) {
      left.push(a);
      i += 1;
    } else {
      right.push(b);
      j += 1;
    }
  }
  flush();
  return pairs;
};

type Is = Told['is'] | undefined;

const field = (is: Is, name: string): string | undefined =>
  is === undefined || is === 'gone' ? undefined : is[name];

/**
 * A state that comes or does not come by luck: with which others before and after it in the history of its
 * object.
 */
type Optional = {
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
const mayBeMissing = (resource: string, is: Is, around: { before: Is; after: Is }): string | undefined =>
  optional.find((rule) => rule.resource === resource && rule.matches(is, around))?.why;

/** A line of the comparison: an action, or what is told of an object on either side. */
export type Row =
  | { marker: string; gotMarker?: string; differs: boolean }
  | {
      expected?: Told;
      got?: Told;
      differs: boolean /** Why it may be missing on one side. */;
      allowed?: string;
    };

type Ordered = Row & { order: number };

type Placed = Told & { segment: number; index: number };

/** The lines of a transcript with the number of actions before each. */
const place = (transcript: Transcript): { markers: string[]; told: Placed[] } => {
  const markers: string[] = [];
  const told: Placed[] = [];
  for (const [index, line] of transcript.entries()) {
    if ('marker' in line) markers.push(line.marker);
    else told.push({ ...line, segment: markers.length, index });
  }
  return { markers, told };
};

const keyOf = ({ resource, name }: Told): string => `${resource}/${name}`;

const same = (a: Told, b: Told): boolean => isDeepStrictEqual(a.is, b.is);

const around = (history: readonly Told[], told: Told) => {
  const at = history.indexOf(told);
  return { before: history[at - 1]?.is, after: history[at + 1]?.is };
};

/**
 * Compares what two transcripts tell of one object, within one stretch between actions; histories are of the
 * whole transcripts.
 */
const compareStretch = (segment: number, expected: Placed[], got: Placed[]): Ordered[] => {
  const of = (history: Placed[]) => history.filter((told) => told.segment === segment);
  let order = -1;
  return align(of(expected), of(got), same).flatMap((pair): Ordered[] => {
    order = pair.expected ? pair.expected.index : order + 0.001;
    if (pair.expected && pair.got && same(pair.expected, pair.got))
      return [{ ...pair, differs: false, order }];
    // One at a time: what may be missing on one side does not excuse another thing on the other.
    const sides = [pair.expected && { expected: pair.expected }, pair.got && { got: pair.got }].filter(
      (side) => side !== undefined,
    );
    const reasons = [
      pair.expected &&
        mayBeMissing(pair.expected.resource, pair.expected.is, around(expected, pair.expected)),
      pair.got &&
        (pair.got.inherited
          ? 'was so before the first action'
          : mayBeMissing(pair.got.resource, pair.got.is, around(got, pair.got))),
    ].filter((_, index) => (index === 0 ? pair.expected : pair.got));
    if (reasons.every((reason) => reason === undefined)) return [{ ...pair, differs: true, order }];
    return sides.map((side, index) => ({
      ...side,
      differs: reasons[index] === undefined,
      ...(reasons[index] !== undefined && { allowed: reasons[index] }),
      order: order + index * 0.0001,
    }));
  });
};

/**
 * Compares two transcripts object by object, in each stretch between two actions; the rows are in the order
 * of the expected one.
 */
export const compare = (expected: Transcript, got: Transcript): Row[] => {
  const [left, right] = [place(expected), place(got)];
  const keys = [...new Set([...left.told, ...right.told].map(keyOf))];
  const rows: Row[] = [];
  const segments = Math.max(left.markers.length, right.markers.length);
  for (let segment = 0; segment <= segments; segment += 1) {
    if (segment > 0) {
      const [marker, gotMarker] = [left.markers[segment - 1], right.markers[segment - 1]];
      rows.push({
        marker: marker ?? 'nothing',
        differs: marker !== gotMarker,
        ...(marker !== gotMarker && { gotMarker: gotMarker ?? 'nothing' }),
      });
    }
    const histories = (told: Placed[], key: string) => told.filter((each) => keyOf(each) === key);
    const stretch = keys.flatMap((key) =>
      compareStretch(segment, histories(left.told, key), histories(right.told, key)),
    );
    rows.push(...stretch.sort((a, b) => a.order - b.order).map(({ order: _, ...row }) => row));
  }
  return rows;
};
