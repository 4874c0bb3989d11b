import { isDeepStrictEqual } from 'node:util';
import { align } from './align.ts';
import { mayBeMissing } from './optional.ts';
import type { Told, Transcript } from './transcript.ts';

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
