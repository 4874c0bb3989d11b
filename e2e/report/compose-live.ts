import { formatDuration } from '../kube/duration.ts';
import type { Paint } from './console.ts';
import type { Awaited, RunningScenario } from './under-way.ts';

/** How many scenarios have ended, and how, and how many are to come. */
export type Counts = {
  passed: number;
  knownBugs: number;
  failed: number;
  skipped: number;
  toCome: number;
};

/**
 * What stands below what has ended: by when, on which terminal, whose number is which, and how many have
 * ended and are to come.
 */
export type Frame = Counts & {
  now: number;
  columns: number;
  rows: number;
  paint: Paint;
  tagOf: (test: RunningScenario['test']) => string | undefined;
};

// A whole second is as fine as a line needs that is drawn once a second.
const span = (milliseconds: number): string =>
  milliseconds < 1000 ? '0 s' : formatDuration(Math.floor(milliseconds / 1000) * 1000);

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;

/** The first of these that fits into the width; the last one, cut, where none does. */
const firstThatFits = (texts: readonly [string, ...string[]], width: number): string =>
  texts.find((text) => text.length <= width) ?? cut(texts.at(-1) ?? '', width);

// One column stays free: some terminals break a line that fills the last one.
const room = ({ columns }: Frame, indent: number): number => Math.max(1, columns - 1 - indent);

/**
 * Says what is awaited, the state that stands instead and since when, and what is left of whose time: the
 * whole, then shorter and shorter.
 */
const describeAwaited = (
  { what, now: state, since, at, limit, owner }: Awaited,
  now: number,
): [string, ...string[]] => {
  const spent = span(now - since);
  const seen = state === null ? 'not seen yet' : `now ${state}, for ${spent}`;
  const left = `${span(at + limit - now)} left`;
  return [
    `awaited: ${what}; ${seen}; ${left} of ${formatDuration(limit)} (${owner})`,
    `awaited: ${what}; ${seen}; ${left}`,
    `awaited: ${what}; ${state === null ? seen : `now ${state} (${spent})`}; ${left}`,
    `${seen}; awaited: ${what}`,
  ];
};

/** A text with the time since when, which is never what is cut. */
const composeTimed = (
  text: string,
  { since, indent, style }: { since: number; indent: string; style?: 'bold' },
  frame: Frame,
): string => {
  const time = ` (${span(frame.now - since)})`;
  const shown = cut(text, room(frame, indent.length) - time.length);
  return `${indent}${style === undefined ? shown : frame.paint(style, shown)}${frame.paint('dim', time)}`;
};

/** What a scenario is at, in as many lines: in two of them, what is awaited says more than the step. */
const composeRunning = (
  { test, at, step, awaited }: RunningScenario,
  depth: number,
  frame: Frame,
): string[] => {
  const { now, paint, tagOf } = frame;
  const tag = tagOf(test);
  const head = tag === undefined ? '' : `${tag} `;
  const waits = awaited && describeAwaited(awaited, now);
  if (depth === 1) {
    const name = cut(test.name, Math.floor(room(frame, head.length) / 2));
    const rest = waits?.at(-1) ?? step?.sentence ?? 'begins';
    return [
      `${head}${paint('bold', name)}${paint('dim', `: ${cut(rest, room(frame, head.length + name.length + 2))}`)}`,
    ];
  }
  const indent = ' '.repeat(Math.max(2, head.length));
  const below = [
    ...(step === undefined ? [] : [composeTimed(step.sentence, { since: step.at, indent }, frame)]),
    ...(waits === undefined
      ? []
      : [`${indent}${paint('dim', firstThatFits(waits, room(frame, indent.length)))}`]),
  ];
  return [
    composeTimed(test.name, { since: at, indent: head, style: 'bold' }, frame),
    ...below.slice(1 - depth),
  ];
};

const composeCounts = ({ passed, knownBugs, failed, skipped, toCome }: Counts, running: number): string => {
  const counted: [number, string][] = [
    [running, 'at work'],
    [passed, 'passed'],
    [knownBugs, knownBugs === 1 ? 'known bug' : 'known bugs'],
    [failed, 'failed'],
    [skipped, 'skipped'],
    [toCome, 'to come'],
  ];
  return counted.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
};

/**
 * Composes the area that is drawn again: what each scenario is at, as deep as the rows of the terminal allow,
 * and how many there are.
 */
export const composeLive = (running: readonly RunningScenario[], frame: Frame): string[] => {
  if (running.length === 0) return [];
  // A row for what has ended, an empty one below it, one for the counts, and one that the cursor stands in.
  const rows = Math.max(1, frame.rows - 4);
  const inDepth = (depth: number) => running.flatMap((each) => composeRunning(each, depth, frame));
  const lines = [3, 2].map(inDepth).find(({ length }) => length <= rows) ?? inDepth(1);
  const shown =
    lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `… and ${lines.length - rows + 1} more`];
  return ['', ...shown, frame.paint('dim', cut(composeCounts(frame, running.length), room(frame, 0)))];
};

const describeStep = ({ step, awaited }: RunningScenario, now: number): string => {
  if (step === undefined) return '';
  const [waits] = awaited === undefined ? [''] : describeAwaited(awaited, now);
  return `still at: ${step.sentence}, for ${span(now - step.at)}${waits && `; ${waits}`}`;
};

/** The line that says, where nothing was printed for long, what is under way: how many, and who is longest at a step. */
export const composeSilence = (running: readonly RunningScenario[], counts: Counts, now: number): string => {
  const [longest] = running
    .filter(({ step }) => step !== undefined)
    .toSorted((one, other) => (one.step?.at ?? 0) - (other.step?.at ?? 0));
  const at = longest === undefined ? '' : `; longest: ${longest.test.name}, ${describeStep(longest, now)}`;
  return `· ${composeCounts(counts, running.length) || 'no scenario has begun'}${at}`;
};
