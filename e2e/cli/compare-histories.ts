import { meaningsOf } from '../longhorn/messages/look-up.ts';
import type { Lane, ReportTimeline } from '../report/html/data.ts';

/** The maximum length of a printed message. Longer messages contain the log of a command. */
const longestText = 160;

const cut = (text: string): string => {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  const half = longestText / 2;
  return line.length > longestText ? `${line.slice(0, half)} ... ${line.slice(-half)}` : line;
};

/** A state of an object. `at` is in seconds since the action. */
type State = { at: number; state: string; texts: readonly string[] };

/** The start of the first action of a scenario. Two histories are aligned there. */
type Action = { sentence: string; from: number };

const actionOf = ({ sentences }: ReportTimeline): Action | undefined =>
  sentences.flatMap(({ sentence, from }) =>
    sentence.startsWith('When ') && from !== null ? [{ sentence, from }] : [],
  )[0];

/** The states of an object since the start of the action. The last one may be that the object is gone. */
const statesOf = (lane: Lane | undefined, zero: number): State[] => {
  const bars = (lane?.bars ?? [])
    .filter(({ to }) => to > zero)
    .map(({ from, state, texts }) => ({ at: Math.max(0, from - zero), state, texts }));
  const gone = (lane?.symbols ?? [])
    .filter(({ shape, at }) => shape === 'gone' && at > zero)
    .map(({ at }) => ({ at: at - zero, state: 'gone', texts: [] }));
  const isNew = ({ state, texts }: State, before: State | undefined): boolean =>
    before?.state !== state || before.texts.join() !== texts.join();
  return [...bars, ...gone]
    .toSorted((one, other) => one.at - other.at)
    .filter((each, index, all) => isNew(each, all[index - 1]));
};

// Names, addresses and numbers differ between runs. A message of the catalogue is compared by its id.
const idsOf = (text: string): string =>
  meaningsOf(text)
    .map(({ id }) => id)
    .join(' or ');

const meaningOf = (text: string): string =>
  idsOf(text) ||
  text
    .slice(0, longestText)
    .replaceAll(/corral-[a-z0-9]{6}-|\b[0-9a-f]{6,}\b/g, '')
    .replaceAll(/\d+/g, '0');

const isSame = (one: State | undefined, other: State | undefined): boolean =>
  one?.state === other?.state &&
  one?.texts.map(meaningOf).join('\n') === other?.texts.map(meaningOf).join('\n');

const firstDifference = ([one, other]: Pair['states']): number | undefined => {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1)
    if (!isSame(one[index], other[index])) return index;
  return undefined;
};

/** The object with the same kind and position in both histories, such as the first backup, with its states in each. */
type Pair = { title: string; names: string[]; states: [State[], State[]] };

const isObject = ({ kind, events }: Lane): boolean =>
  !['steps', 'fault', 'lock'].includes(kind) && events.length > 0;

// Objects are paired by their order, because names differ between runs.
const pairsOf = (both: [ReportTimeline, ReportTimeline], zeros: [number, number]): Pair[] => {
  const [one, other] = both.map(({ lanes }) => Map.groupBy(lanes.filter(isObject), ({ kind }) => kind)) as [
    Map<string, Lane[]>,
    Map<string, Lane[]>,
  ];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((kind) => {
    const [ones = [], others = []] = [one.get(kind), other.get(kind)];
    return Array.from({ length: Math.max(ones.length, others.length) }, (_, index): Pair => {
      const lanes = [ones[index], others[index]];
      return {
        title: `${kind} ${index + 1}`,
        names: lanes.map((lane) => lane?.name ?? 'not there'),
        states: lanes.map((lane, side) => statesOf(lane, zeros[side] ?? 0)) as Pair['states'],
      };
    });
  });
};

const shown = (state: State | undefined): string =>
  state === undefined ? '-' : `${state.at.toFixed(1).padStart(7)} s  ${state.state}`;

/** The number of rows before and after the row that differs. */
const around = 3;

const rowsOf = ({ states: [one, other] }: Pair, at: number): string[] => {
  const first = Math.max(0, at - around);
  const last = Math.min(Math.max(one.length, other.length), at + around + 1);
  const rows = Array.from({ length: last - first }, (_, index) => first + index);
  const width = Math.max(...rows.map((row) => shown(one[row]).length));
  const texts = (side: string, state: State | undefined): string[] =>
    (state?.texts ?? []).map(
      (text) => `        ${side}, ${idsOf(text) || 'not in the catalogue'}: ${cut(text)}`,
    );
  return rows.flatMap((row) => [
    `    ${row === at ? '≠' : ' '} ${shown(one[row]).padEnd(width)}    ${shown(other[row])}`.trimEnd(),
    ...(row === at ? [...texts('first', one[row]), ...texts('second', other[row])] : []),
  ]);
};

/**
 * Describes where two histories of one scenario start to differ, aligned at the first action: the states of the first
 * object that differs in a state or a message, and the names of the others. Objects under test come before the
 * objects that they depend on.
 */
export const describeDivergence = (one: ReportTimeline, other: ReportTimeline): string[] => {
  const [here, there] = [actionOf(one), actionOf(other)];
  const zeros: [number, number] = here && there ? [here.from, there.from] : [0, 0];
  const from =
    here && there ? `"${here.sentence}"` : 'its beginning, as one of them did not get to an action';
  const pairs = pairsOf([one, other], zeros);
  const parted = pairs.flatMap((pair) => {
    const at = firstDifference(pair.states);
    return at === undefined ? [] : [{ pair, at }];
  });
  const [first, ...rest] = parted;
  if (first === undefined)
    return [`  counted from ${from}, all objects went through the same states, and said the same`];
  const { title, names } = first.pair;
  return [
    `  counted from ${from}; the first state that differs, of ${title} (${names.join(' | ')}):`,
    ...rowsOf(first.pair, first.at),
    ...(rest.length === 0
      ? []
      : [`  states differ too of: ${rest.map(({ pair }) => pair.title).join(', ')}`]),
  ];
};
