import { isDeepStrictEqual } from 'node:util';
import type { ObjectState, Transcript } from './transcript.ts';

type Is = ObjectState['is'] | undefined;

const field = (is: Is, name: string): string | undefined =>
  is === undefined || is === 'gone' ? undefined : is[name];

/**
 * A state that appears only by chance, with the states before and after it in the history of its object.
 */
type Optional = {
  resource: string;
  why: string;
  matches(is: Is, around: { before: Is; after: Is }): boolean;
};

/**
 * The states that may be missing on either side. A test checks that each is in some recordings and not in others.
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

/** The reason why a state may be missing on one side. Undefined if it may not. */
const mayBeMissing = (resource: string, is: Is, around: { before: Is; after: Is }): string | undefined =>
  optional.find((rule) => rule.resource === resource && rule.matches(is, around))?.why;

const keyOf = ({ resource, name }: ObjectState): string => `${resource} ${name}`;

type Placed = ObjectState & { segment: number };

/** The actions of a transcript, and each state of each object, with the number of actions before. */
const place = (transcript: Transcript): { markers: string[]; histories: Map<string, Placed[]> } => {
  const markers = ['the start'];
  const histories = new Map<string, Placed[]>();
  for (const line of transcript) {
    if ('marker' in line) markers.push(line.marker);
    else
      histories.set(keyOf(line), [
        ...(histories.get(keyOf(line)) ?? []),
        { ...line, segment: markers.length - 1 },
      ]);
  }
  return { markers, histories };
};

/** A history without the states that may be missing. */
const firm = (history: readonly Placed[]): Placed[] =>
  history.filter(
    ({ resource, is }, at) =>
      mayBeMissing(resource, is, { before: history[at - 1]?.is, after: history[at + 1]?.is }) === undefined,
  );

/** The part of a text around its first difference from another text. */
const around = (text: string, other: string): string => {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  const from = Math.max(0, at - 40);
  return `${from > 0 ? '...' : ''}${text.slice(from, at + 120)}${at + 120 < text.length ? '...' : ''}`;
};

/** Describes how two states differ, field by field. */
const difference = (recorded: Is, got: Is): string[] => {
  const whole = (is: Is): string => (is === undefined ? '(nothing)' : JSON.stringify(is));
  const [left, right] = [recorded ?? 'gone', got ?? 'gone'];
  const isOne = recorded === undefined || got === undefined || left === 'gone' || right === 'gone';
  const fields: [string, string, string][] = isOne
    ? [['state', whole(recorded), whole(got)]]
    : [...new Set([...Object.keys(left), ...Object.keys(right)])]
        .filter((name) => left[name] !== right[name])
        .map((name) => [name, left[name] ?? '(none)', right[name] ?? '(none)']);
  return fields.map(
    ([name, a, b]) =>
      `  ${name} recorded: ${around(a, b)}\n  ${' '.repeat(name.length)} emulator: ${around(b, a)}`,
  );
};

/**
 * Describes how two transcripts differ. Empty if they do not. It compares the states of each object between two
 * actions.
 */
export const compare = (expected: Transcript, got: Transcript): string[] => {
  const [left, right] = [place(expected), place(got)];
  const wrong = isDeepStrictEqual(left.markers, right.markers)
    ? []
    : [`the actions are ${right.markers.join(', ')}; recorded are ${left.markers.join(', ')}`];
  for (const key of new Set([...left.histories.keys(), ...right.histories.keys()])) {
    const recorded = firm(left.histories.get(key) ?? []);
    const own = firm(right.histories.get(key) ?? []);
    // A recording has the state before the first action only if the object is written again.
    if (own[0]?.inherited && !isDeepStrictEqual(own[0].is, recorded[0]?.is)) own.shift();
    for (const [segment, marker] of left.markers.entries()) {
      const [a, b] = [recorded, own].map((transcript) =>
        transcript.filter((each) => each.segment === segment),
      );
      const states = [a, b].map((ofSegment) => ofSegment?.map(({ is }) => is) ?? []) as [Is[], Is[]];
      if (isDeepStrictEqual(...states)) continue;
      const length = Math.max(states[0].length, states[1].length);
      const at = Array.from({ length }, (_, index) => index).find(
        (index) => !isDeepStrictEqual(states[0][index], states[1][index]),
      );
      const time = (b?.[at ?? 0] ?? b?.at(-1))?.at.toFixed(1) ?? 'never';
      wrong.push(
        `${key}, state ${(at ?? 0) + 1} after "${marker}" (${time} s):`,
        ...difference(states[0][at ?? 0], states[1][at ?? 0]),
      );
    }
  }
  return wrong;
};
